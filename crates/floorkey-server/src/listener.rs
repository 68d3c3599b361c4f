//! The listener, which accepts connections and routes each request to an interface.
//!
//! The first matching rule determines the route:
//!
//! - A request with an AWS signature goes to STS if it is signed for STS, regardless of its path. Other signed requests
//!   go to Connect or the management API.
//! - `/access/v1` and `/.well-known/authzen-configuration` belong to AuthZEN.
//! - `/connect/` belongs to the console.
//! - The program itself responds to `/`, `/health/…`, `/metrics` and `/openapi.json`.
//! - All other requests go to Connect, which requires a signature.

mod activity;
mod connections;
mod head_check;
mod program;
mod stream;
mod workers;

use std::convert::Infallible;
use std::future::{pending, poll_fn, ready};
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use floorkey_api::sts;
use floorkey_authzen::{self as authzen, AuthZen};
use floorkey_console as console;
use floorkey_http::{BODY_MAX, BodyBudget, BodyError, FullRequest, FullResponse, LabeledResponse, collect};
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};
use tokio_rustls::server::TlsStream;

use crate::metrics::CallLabels;
use crate::server::Server;
use crate::tls::{self, Tls};
use activity::{ConnectionActivity, ShutdownSignal};
use connections::{Connections, WATCH_INTERVAL};
use floorkey_service::connection_thread::{Work, run_on_main, start_on_connection_thread};
use program::{is_found, program};
use stream::TrackedStream;
pub(crate) use workers::Workers;

/// The maximum number of bytes in the headers of a request. The number of headers is limited to 100, which is hyper's
/// default. The limit is not set explicitly, because hyper would then allocate space for 100 headers for every request.
const HEADER_BYTES_MAX: usize = 16 * 1024;

/// The maximum number of concurrent connections. When the limit is reached, connections without a request in progress
/// are closed to make room, starting with the network that has the most such connections.
const CONNECTIONS_MAX: usize = 10_000;

/// How long a new connection waits before more connections are closed to make room for it.
const MAKE_ROOM_INTERVAL: Duration = Duration::from_millis(100);

/// How long the server waits for requests in progress when it stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// Accepts and serves connections until `stop` completes. Then waits for the requests in progress to finish.
pub(crate) async fn serve(
    server: Arc<Server>,
    listener: TcpListener,
    only_metrics: bool,
    workers: Workers,
    stop: impl Future<Output = ()>,
) {
    let mut builder = http1::Builder::new();
    // The modules `activity` and `connections` enforce the time limit for receiving the head of a request.
    builder.header_read_timeout(None).max_buf_size(HEADER_BYTES_MAX);
    let permits = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let connections = Arc::new(Connections::default());
    let (watcher, idle) = (connections.clone(), server.connection_settings.idle);
    let watcher = tokio::spawn(async move { watcher.watch(WATCH_INTERVAL, idle).await });
    let budget = Arc::new(BodyBudget::default());
    tokio::pin!(stop);
    loop {
        let (stream, peer, permit) = tokio::select! {
            () = &mut stop => break,
            (accepted, permit) = accept(&listener, &permits, &connections) => match accepted {
                Ok((stream, peer)) => (stream, peer, permit),
                Err(error) => {
                    // The most likely cause is that the process has run out of file descriptors.
                    tracing::warn!(%error, "can't accept a connection");
                    connections.make_room();
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        let is_proxy = server.trusted_proxies.contains(peer.ip());
        let most = if is_proxy { usize::MAX } else { server.connection_settings.per_address_max };
        let Some(connection) = connections.open(peer.ip(), most) else {
            tracing::debug!(%peer, most, "closed a connection: its address has too many connections");
            continue;
        };
        let _ = stream.set_nodelay(true);
        let Ok(stream) = stream.into_std() else { continue };
        let tls = server.tls.clone().filter(|_| !only_metrics);
        let (server, main, budget) = (server.clone(), Handle::current(), budget.clone());
        let handler = ConnectionHandler { server, peer, only_metrics, activity: connection.clone(), main, budget };
        let builder = builder.clone();
        workers.spawn(async move {
            let _permit = permit;
            let result = match (TcpStream::from_std(stream), tls) {
                (Err(_), _) => return,
                (Ok(stream), None) => serve_connection(stream, handler, &builder).await,
                (Ok(stream), Some(tls)) => match accept_tls(&tls, stream).await {
                    Some(stream) => serve_connection(stream, handler, &builder).await,
                    None => return,
                },
            };
            drop(connection);
            if let Err(error) = result {
                tracing::debug!(%peer, %error, "a connection ended unexpectedly");
            }
        });
    }
    drop(listener);
    watcher.abort();
    connections.finish();
    let _ = tokio::time::timeout(STOP_TIMEOUT, permits.acquire_many(CONNECTIONS_MAX as u32)).await;
}

/// Accepts a connection, and then waits until a permit for it is available.
async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
    connections: &Connections,
) -> (std::io::Result<(TcpStream, SocketAddr)>, Result<OwnedSemaphorePermit, AcquireError>) {
    (listener.accept().await, acquire_permit(permits, connections).await)
}

/// Waits for a permit for a new connection. If none is available, closes connections that have no request in progress.
async fn acquire_permit(
    permits: &Arc<Semaphore>,
    connections: &Connections,
) -> Result<OwnedSemaphorePermit, AcquireError> {
    loop {
        if let Ok(permit) = permits.clone().try_acquire_owned() {
            return Ok(permit);
        }
        connections.make_room();
        if let Ok(permit) = tokio::time::timeout(MAKE_ROOM_INTERVAL, permits.clone().acquire_owned()).await {
            return permit;
        }
    }
}

/// Serves one connection until it ends or is closed.
async fn serve_connection<I>(
    stream: I,
    handler: ConnectionHandler,
    builder: &http1::Builder,
) -> Result<(), hyper::Error>
where
    I: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let activity = handler.activity.clone();
    let stream = TokioIo::new(TrackedStream::new(stream, activity.clone()));
    let handler = Arc::new(handler);
    let service = service_fn(move |request| {
        handler.activity.begin();
        let (handler, mut started) = (handler.clone(), handler.begin(request));
        async move { Ok::<_, Infallible>(handler.end(&mut started).await) }
    });
    let mut connection = pin!(builder.serve_connection(stream, service));
    let mut finishing = false;
    poll_fn(|context| {
        if let Poll::Ready(result) = connection.as_mut().poll(context) {
            return Poll::Ready(result);
        }
        match activity.shutdown_signal(context) {
            ShutdownSignal::Close => Poll::Ready(Ok(())),
            ShutdownSignal::Finish if !finishing => {
                finishing = true;
                connection.as_mut().graceful_shutdown();
                connection.as_mut().poll(context)
            }
            ShutdownSignal::Finish | ShutdownSignal::Continue => Poll::Pending,
        }
    })
    .await
}

/// Performs the TLS handshake. Returns `None` if the handshake fails or times out.
async fn accept_tls(tls: &Tls, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
    match tokio::time::timeout(tls::HANDSHAKE_TIMEOUT, tls.acceptor().accept(stream)).await {
        Ok(Ok(stream)) => Some(stream),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a TLS handshake failed");
            None
        }
        Err(_) => None,
    }
}

/// The state of one connection.
struct ConnectionHandler {
    server: Arc<Server>,
    peer: SocketAddr,
    /// Whether the listener serves only metrics.
    only_metrics: bool,
    activity: Arc<ConnectionActivity>,
    /// The main runtime. It runs all requests except for evaluations and for signed GET requests that finish
    /// immediately.
    main: Handle,
    budget: Arc<BodyBudget>,
}

/// A request in progress.
enum StartedResponse {
    AuthZen(authzen::PendingRequest, Arc<AuthZen>, Instant),
    /// A signed GET request, which starts on the connection's thread.
    SignedRead(Work<FullResponse>),
    /// A request that runs on the main runtime, or a response that is already complete.
    Other(Work<FullResponse>),
}

impl ConnectionHandler {
    /// Starts handling a request.
    fn begin(&self, request: Request<Incoming>) -> StartedResponse {
        let at = Instant::now();
        let (parts, body) = request.into_parts();
        let is_signed = floorkey_api::is_signed(&parts);
        if !self.only_metrics && authzen::is_authzen(parts.uri.path()) && !is_signed {
            let state = &self.server.interfaces().authzen;
            return match authzen::begin(state, &parts, body) {
                Ok(pending_request) => StartedResponse::AuthZen(pending_request, state.clone(), at),
                Err((endpoint, answer)) => {
                    self.count(endpoint, answer.status(), at.elapsed());
                    StartedResponse::Other(Box::pin(ready(answer)))
                }
            };
        }
        let (server, peer, budget) = (self.server.clone(), self.peer.ip(), self.budget.clone());
        let other = OtherRequest { server, parts, body, peer, budget, only_metrics: self.only_metrics, is_signed };
        if other.is_signed_read() {
            return StartedResponse::SignedRead(Box::pin(other.answer(at)));
        }
        let (answer, main) = (other.answer(at), self.main.clone());
        StartedResponse::Other(Box::pin(async move { run_on_main(answer, &main).await.unwrap_or_else(internal_error) }))
    }

    /// Completes a request and returns the response.
    async fn end(&self, started: &mut StartedResponse) -> FullResponse {
        let mut answer = match started {
            StartedResponse::AuthZen(pending_request, state, at) => {
                let answer = pending_request.answer(state).await;
                self.count(Some(pending_request.endpoint), answer.status(), at.elapsed());
                answer
            }
            StartedResponse::SignedRead(answer) => {
                // The placeholder is never polled, because a request is completed only once.
                let answer = std::mem::replace(answer, Box::pin(pending()));
                start_on_connection_thread(answer, &self.main).await.unwrap_or_else(internal_error)
            }
            StartedResponse::Other(answer) => answer.await,
        };
        if self.server.tls.is_some() && !self.only_metrics {
            // The header `Strict-Transport-Security` makes browsers use only TLS for the next year.
            let value = HeaderValue::from_static("max-age=31536000");
            answer.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, value);
        }
        self.activity.end();
        answer
    }

    /// Counts a request to the AuthZEN interface in the metrics.
    fn count(&self, endpoint: Option<authzen::Endpoint>, status: StatusCode, elapsed: Duration) {
        let operation = endpoint.map_or("none", authzen::Endpoint::name);
        let labels = CallLabels { surface: authzen::SURFACE, operation, status: status.as_u16() };
        self.server.metrics.count(&labels, elapsed);
    }
}

/// A request to an interface other than AuthZEN.
struct OtherRequest {
    server: Arc<Server>,
    parts: http::request::Parts,
    body: Incoming,
    peer: IpAddr,
    budget: Arc<BodyBudget>,
    only_metrics: bool,
    is_signed: bool,
}

impl OtherRequest {
    /// Whether this is a signed GET request without a body.
    fn is_signed_read(&self) -> bool {
        self.is_signed && !self.only_metrics && self.parts.method == http::Method::GET && self.body.is_end_stream()
    }

    async fn answer(self, started: Instant) -> FullResponse {
        let server = self.server.clone();
        let LabeledResponse { response: answer, surface, operation } = self.respond().await;
        let labels = CallLabels { surface, operation, status: answer.status().as_u16() };
        server.metrics.count(&labels, started.elapsed());
        answer
    }

    async fn respond(self) -> LabeledResponse {
        let Self { server, parts, mut body, peer, budget, only_metrics, is_signed } = self;
        let interfaces = Arc::clone(&server.interfaces());
        let client = server.trusted_proxies.client(peer, &parts.headers);
        if only_metrics {
            return program(&server, &parts, true);
        }
        if !is_signed {
            if is_console(parts.uri.path()) {
                return interfaces.console.answer(parts, body, client).await;
            }
            if let Some(response) = Some(program(&server, &parts, false)).filter(is_found) {
                return response;
            }
        }
        // The client is unauthenticated until the whole body has arrived, because the signature can't be verified
        // before then.
        let is_sts = sts::is_sts(&parts);
        let bytes_max = if is_sts { sts::BODY_MAX } else { BODY_MAX };
        let mut reservation = budget.reserve(client);
        let body = match body.is_end_stream() {
            true => Ok(Bytes::new()),
            false if floorkey_api::is_refused_unread(&interfaces.api, &parts) => Err(BodyError::Unread),
            false => collect(&mut body, Bytes::new(), bytes_max, Some(&mut reservation)).await,
        };
        let call = FullRequest { parts, body, client };
        if is_sts {
            sts::answer(&interfaces.api, call).await
        } else {
            floorkey_api::answer(&interfaces.api, call).await
        }
    }
}

fn internal_error() -> FullResponse {
    tracing::error!("a request was not answered because its handler panicked");
    text_response(
        StatusCode::INTERNAL_SERVER_ERROR,
        "The request failed because of an internal error. See the server's log.\n",
    )
}

/// Whether a path belongs to the web console.
fn is_console(path: &str) -> bool {
    path.starts_with(console::ROOT) || path == console::ROOT.trim_end_matches('/')
}

fn text_response(status: StatusCode, text: &str) -> FullResponse {
    let mut answer = Response::new(Full::new(Bytes::from(text.to_owned())));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
