//! The listener: takes connections, and hands each request to its surface.
//!
//! Which surface, by first match: a request that carries SigV4 is Connect's or an extension's wherever it points;
//! AuthZEN's under `/access/v1` and `/.well-known/authzen-configuration`; the console's pages under `/connect/`; the
//! program's own (`/health/…`, `/metrics`); everything else is Connect's, which asks for a signature.

mod activity;
mod workers;

use std::convert::Infallible;
use std::future::{poll_fn, ready};
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_rustls::server::TlsStream;

use crate::app::App;
use crate::authzen;
use crate::connect;
use crate::console::{self, Console};
use crate::metrics::CallLabels;
use crate::tls::{self, Tls};
use activity::{Activity, Bidding, Connections, LOOK_EVERY, Marked};
pub(crate) use workers::Workers;

/// Bytes of a request's body, at most.
pub(crate) const BODY_MAX: usize = 2 * 1024 * 1024;

/// What is served and specified nowhere else, for programs that read such documents.
const OPENAPI: &str = include_str!("../data/openapi.json");

/// How long a request's body may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Bytes of a request's headers. How many there may be is left at hyper's bound, 100: one that is set makes hyper fill
/// room for as many at every request.
const HEADER_BYTES_MAX: usize = 16 * 1024;

/// Connections at a time. Beyond them new ones wait until one ends.
const CONNECTIONS_MAX: usize = 10_000;

/// How long requests under way may take when the server stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// An answer, whole.
pub(crate) type Answer = Response<Full<Bytes>>;

/// An answer with what is counted about it.
pub(crate) struct Counted {
    pub(crate) answer: Answer,
    pub(crate) surface: &'static str,
    pub(crate) operation: &'static str,
}

/// A request with its body.
pub(crate) struct Call {
    pub(crate) parts: http::request::Parts,
    pub(crate) body: Result<Bytes, BodyError>,
    /// The address of the client, behind trusted proxies too.
    pub(crate) client: IpAddr,
}

/// Why a body could not be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// More than [`BODY_MAX`] bytes.
    TooLarge,
    /// It did not come, or not in time.
    Incomplete,
}

/// Answers on the listener until `stop` is done, then lets requests under way end.
pub(crate) async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    only_metrics: bool,
    workers: Workers,
    stop: impl Future<Output = ()>,
) {
    let mut builder = http1::Builder::new();
    // How long a head takes is seen to by `activity`.
    builder.header_read_timeout(None).max_buf_size(HEADER_BYTES_MAX);
    let console = Arc::new(Console::new(app.clone()));
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let connections = Arc::new(Connections::default());
    let watching = connections.clone();
    let watching = tokio::spawn(async move { watching.watch(LOOK_EVERY).await });
    tokio::pin!(stop);
    loop {
        let place = places.clone().acquire_owned();
        let (stream, peer, place) = tokio::select! {
            () = &mut stop => break,
            (accepted, place) = async { let place = place.await; (listener.accept().await, place) } => match accepted {
                Ok((stream, peer)) => (stream, peer, place),
                Err(error) => {
                    // Out of file descriptors, most likely: it passes when connections end.
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        let _ = stream.set_nodelay(true);
        let Ok(stream) = stream.into_std() else { continue };
        let tls = app.tls.clone().filter(|_| !only_metrics);
        let connection = connections.open();
        let (app, console, main) = (app.clone(), console.clone(), Handle::current());
        let caller = Caller { app, console, peer, only_metrics, activity: connection.clone(), main };
        let builder = builder.clone();
        workers.spawn(async move {
            let _place = place;
            let ended = match (TcpStream::from_std(stream), tls) {
                (Err(_), _) => return,
                (Ok(stream), None) => attend(stream, caller, &builder).await,
                (Ok(stream), Some(tls)) => match encrypted(&tls, stream).await {
                    Some(stream) => attend(stream, caller, &builder).await,
                    None => return,
                },
            };
            drop(connection);
            if let Err(error) = ended {
                tracing::debug!(%peer, %error, "a connection ended early");
            }
        });
    }
    drop(listener);
    watching.abort();
    connections.finish();
    let _ = tokio::time::timeout(STOP_TIMEOUT, places.acquire_many(CONNECTIONS_MAX as u32)).await;
}

/// Answers at one connection until it ends, or nothing goes on there any more.
async fn attend<I>(stream: I, caller: Caller, builder: &http1::Builder) -> Result<(), hyper::Error>
where
    I: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let activity = caller.activity.clone();
    let stream = TokioIo::new(Marked::new(stream, activity.clone()));
    let caller = Arc::new(caller);
    let service = service_fn(move |request| {
        caller.activity.begin();
        let (caller, mut begun) = (caller.clone(), caller.begin(request));
        async move { Ok::<_, Infallible>(caller.end(&mut begun).await) }
    });
    let mut connection = pin!(builder.serve_connection(stream, service));
    let mut finishing = false;
    poll_fn(|context| {
        if let Poll::Ready(ended) = connection.as_mut().poll(context) {
            return Poll::Ready(ended);
        }
        match activity.bidding(context) {
            Bidding::Close => Poll::Ready(Ok(())),
            Bidding::Finish if !finishing => {
                finishing = true;
                connection.as_mut().graceful_shutdown();
                connection.as_mut().poll(context)
            }
            Bidding::Finish | Bidding::GoOn => Poll::Pending,
        }
    })
    .await
}

/// Agrees on keys with whoever connects; `None` if they don't in time, or speak no TLS.
async fn encrypted(tls: &Tls, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
    match tokio::time::timeout(tls::HANDSHAKE_TIMEOUT, tls.acceptor().accept(stream)).await {
        Ok(Ok(stream)) => Some(stream),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a connection does not speak TLS");
            None
        }
        Err(_) => None,
    }
}

/// Whoever asks at one connection.
struct Caller {
    app: Arc<App>,
    console: Arc<Console>,
    peer: SocketAddr,
    /// Whether nothing is answered here but metrics.
    only_metrics: bool,
    activity: Arc<Activity>,
    /// Where what is no question is answered.
    main: Handle,
}

/// A request that is being answered.
enum Begun {
    Question(authzen::Posted, Instant),
    /// Elsewhere, or already.
    Other(Pin<Box<dyn Future<Output = Answer> + Send>>),
}

impl Caller {
    /// Begins to answer a request.
    fn begin(&self, request: Request<Incoming>) -> Begun {
        let at = Instant::now();
        let (parts, body) = request.into_parts();
        if !self.only_metrics && authzen::is_authzen(parts.uri.path()) && !connect::is_signed(&parts) {
            return match authzen::begin(&self.app, &parts, body) {
                Ok(posted) => Begun::Question(posted, at),
                Err((endpoint, answer)) => {
                    self.count(endpoint, answer.status(), at.elapsed());
                    Begun::Other(Box::pin(ready(answer)))
                }
            };
        }
        let (app, console) = (self.app.clone(), self.console.clone());
        let answer = answer_other(app, console, parts, body, self.peer.ip(), self.only_metrics, at);
        // Given up when whoever asks goes away.
        let mut elsewhere = JoinSet::new();
        elsewhere.spawn_on(answer, &self.main);
        Begun::Other(Box::pin(async move {
            if let Some(Ok(answer)) = elsewhere.join_next().await {
                return answer;
            }
            tracing::error!("a request was not answered: its handler broke off");
            text(StatusCode::INTERNAL_SERVER_ERROR, "The server could not do this; its log says why.\n")
        }))
    }

    /// Answers a request, and counts it.
    async fn end(&self, begun: &mut Begun) -> Answer {
        let mut answer = match begun {
            Begun::Question(posted, at) => {
                let answer = posted.answer(&self.app).await;
                self.count(Some(posted.endpoint), answer.status(), at.elapsed());
                answer
            }
            Begun::Other(answer) => answer.await,
        };
        if self.app.tls.is_some() && !self.only_metrics {
            // Browsers come over TLS only from now on.
            let value = HeaderValue::from_static("max-age=31536000");
            answer.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, value);
        }
        self.activity.end();
        answer
    }

    /// Counts a request to AuthZEN's surface.
    fn count(&self, endpoint: Option<authzen::Endpoint>, status: StatusCode, elapsed: Duration) {
        let metrics = &self.app.metrics;
        match endpoint {
            Some(endpoint) if status == StatusCode::OK => metrics.count_answered(endpoint, elapsed),
            _ => {
                let operation = endpoint.map_or("none", authzen::Endpoint::name);
                let labels = CallLabels { surface: authzen::SURFACE, operation, status: status.as_u16() };
                metrics.count(&labels, elapsed);
            }
        }
    }
}

/// Answers what is no question.
async fn answer_other(
    app: Arc<App>,
    console: Arc<Console>,
    parts: http::request::Parts,
    body: Incoming,
    peer: IpAddr,
    only_metrics: bool,
    begun: Instant,
) -> Answer {
    let client = app.trusted_proxies.client(peer, &parts.headers);
    let counted = if only_metrics {
        program(&app, &parts, true)
    } else if !connect::is_signed(&parts) && is_console(parts.uri.path()) {
        let body = read(body).await;
        console.answer(Call { parts, body, client }).await
    } else if let Some(counted) = (!connect::is_signed(&parts)).then(|| program(&app, &parts, false)).filter(is_found) {
        counted
    } else {
        let body = read(body).await;
        connect::answer(&app, Call { parts, body, client }).await
    };
    let labels =
        CallLabels { surface: counted.surface, operation: counted.operation, status: counted.answer.status().as_u16() };
    app.metrics.count(&labels, begun.elapsed());
    counted.answer
}

async fn read(body: Incoming) -> Result<Bytes, BodyError> {
    let limited = Limited::new(body, BODY_MAX);
    match tokio::time::timeout(BODY_TIMEOUT, limited.collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => Err(BodyError::TooLarge),
        Ok(Err(_)) | Err(_) => Err(BodyError::Incomplete),
    }
}

/// The program's own pages; 404 for every other path.
fn program(app: &App, parts: &http::request::Parts, only_metrics: bool) -> Counted {
    let counted = |answer, operation| Counted { answer, surface: "program", operation };
    if parts.method != http::Method::GET && parts.method != http::Method::HEAD {
        return counted(text(StatusCode::NOT_FOUND, "There is nothing here.\n"), "none");
    }
    match parts.uri.path() {
        "/metrics" if only_metrics || app.metrics_here => {
            let mut answer = text(StatusCode::OK, &app.metrics.render(app.service.engine()));
            let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
            answer.headers_mut().insert(header::CONTENT_TYPE, kind);
            counted(answer, "metrics")
        }
        "/openapi.json" if !only_metrics => {
            let mut answer = text(StatusCode::OK, OPENAPI);
            answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            counted(answer, "openapi")
        }
        "/health/live" if !only_metrics => counted(text(StatusCode::OK, "live\n"), "live"),
        "/health/ready" if !only_metrics => match app.service.trouble() {
            None => counted(text(StatusCode::OK, "ready\n"), "ready"),
            Some(trouble) => {
                counted(text(StatusCode::SERVICE_UNAVAILABLE, &format!("not ready: {trouble}\n")), "ready")
            }
        },
        "/" if !only_metrics => {
            let mut answer = text(StatusCode::SEE_OTHER, "");
            answer.headers_mut().insert(header::LOCATION, HeaderValue::from_static(console::ROOT));
            counted(answer, "lead on")
        }
        _ => counted(text(StatusCode::NOT_FOUND, "There is nothing here.\n"), "none"),
    }
}

fn is_found(counted: &Counted) -> bool {
    counted.operation != "none"
}

/// Whether a path is one of the console's.
fn is_console(path: &str) -> bool {
    path.starts_with(console::ROOT) || path == console::ROOT.trim_end_matches('/')
}

fn text(status: StatusCode, text: &str) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(text.to_owned())));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
