//! The console: HTML pages under `/connect/`.
//!
//! Each request must first pass the same-origin check. The console then looks up the session and calls the handler.
//! Handlers use the directory and the service in the same way as all other interfaces. A handler responds with a page
//! or a 303 redirect. If a handler fails, it returns a `PageError`. This module renders the error as a page in the
//! layout of the signed-in user.
//!
//! Every page works without JavaScript. The `web` module contains the code that all sections share. Each section has
//! its own folder, and its templates are in `templates/`.

mod access;
mod check_access;
mod factors;
mod history;
mod home;
mod notifications;
mod outbox;
mod permissions;
mod profile_fields;
mod profiles;
mod search;
mod settings;
mod sign_in;
mod undo;
mod user;
mod user_fields;
mod users;
mod web;
mod who_has_what;

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::FromRequestParts as _;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use tower::ServiceExt as _;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};

use floorkey_authzen::AuthZen;
use floorkey_http::{BODY_MAX, BodyError, FullResponse, LabeledResponse, collect};
use floorkey_service::login_activity::LoginActivities;
use floorkey_service::mail::Mailer;
use floorkey_service::sealing::Sealer;
use floorkey_service::service::Service;
use notifications::UnreadCounts;
pub use users::UserList;
use web::current_user::{ClientInfo, RequestContext};
use web::page_error::{self, PageError};
pub use web::routes::Route;
use web::routes::Routes;
use web::{assets, flash, layout, origin, session};

/// The components and settings that the console uses.
pub struct ConsoleState {
    /// The service that reads and changes the directories of all instances.
    pub service: Arc<Service>,
    /// Seals cookies and secrets.
    pub sealer: Arc<Sealer>,
    /// Sends mail to users.
    pub mailer: Arc<Mailer>,
    /// The times of the users' last sign-ins and last activity.
    pub activity: Arc<LoginActivities>,
    /// Evaluates the questions that users ask on the Check access page.
    pub authzen: Arc<AuthZen>,
    /// The AWS region in ARNs.
    pub region: String,
    /// The AWS account ID that ARNs contain.
    pub account: String,
    /// The public address of the server, without a slash at the end.
    pub public_url: String,
}

impl ConsoleState {
    /// Whether browsers connect to the console over TLS, according to the public address.
    pub(crate) fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// The maximum size, in bytes, of sign-in forms and of any other form that is sent without a session.
const SIGN_IN_FORM_MAX: usize = 16 * 1024;

/// The path prefix of the console.
pub const ROOT: &str = "/connect/";

/// The console as a service that the listener calls.
pub struct Console {
    app: Arc<ConsoleState>,
    router: Router,
    unread: UnreadCounts,
}

impl Console {
    /// Creates the console.
    #[must_use]
    pub fn new(app: Arc<ConsoleState>) -> Self {
        // Fonts are compressed already.
        let compressible = DefaultPredicate::new().and(NotForContentType::const_new("font/"));
        let router = all_routes()
            .into_router()
            .fallback(|| async { PageError::NotFound("page".to_owned()) })
            .layer(CompressionLayer::new().compress_when(compressible))
            .with_state(app.clone());
        Self { app, router, unread: UnreadCounts::default() }
    }

    /// Handles a request for a console page.
    pub async fn answer(&self, mut parts: Parts, body: Incoming, address: IpAddr) -> LabeledResponse {
        let counted = |answer, operation| LabeledResponse { response: answer, surface: "console", operation };
        if let Some(to) = without_slash(&parts) {
            return counted(finish(layout::redirect_to(&to)).await, "lead on");
        }
        let mut client = match ClientInfo::identify(&self.app, &parts, address).await {
            Ok(client) => client,
            Err(failure) => return counted(finish(page_error::plain_text(&failure.into())).await, "none"),
        };
        let body = match origin::check(&parts, &self.app.public_url) {
            Err(error) => Err(error),
            Ok(()) => read_body(&parts, body, client.is_signed_in()).await,
        };
        // The session may have ended, or the user's permissions may have changed, while the body was being received.
        if has_body(&parts) {
            client = match ClientInfo::identify(&self.app, &parts, address).await {
                Ok(client) => client,
                Err(failure) => return counted(finish(page_error::plain_text(&failure.into())).await, "none"),
            };
        }
        client.unread = self.unread(&parts, &client).await;
        parts.extensions.insert(client.clone());
        let response = match body {
            Err(error) => page_error::placeholder(error),
            Ok(body) => self.handle(Request::from_parts(parts.clone(), Body::from(body))).await,
        };
        let mut response = match response.extensions().get::<Arc<PageError>>().cloned() {
            Some(error) => {
                let context = RequestContext::from_request_parts(&mut parts, &self.app).await.ok();
                page_error::page(&error, context.as_ref())
            }
            None => response,
        };
        if client.flash.is_some() && is_page(&response) {
            let secure = self.app.is_secure();
            layout::add_cookie(&mut response, &session::removal_cookie(secure, flash::Flash::COOKIE));
        }
        counted(finish(response).await, "page")
    }

    /// Returns the number of unread notifications for the layout of the page. If it can't be determined, the page is
    /// shown without it.
    async fn unread(&self, parts: &Parts, client: &ClientInfo) -> Option<usize> {
        if parts.uri.path().starts_with(assets::FOLDER) {
            return None;
        }
        let viewer = RequestContext { app: self.app.clone(), client: client.clone() }.signed_in_user()?;
        match self.unread.get(&viewer).await {
            Ok(unread) => unread,
            Err(error) => {
                tracing::warn!(%error, "can't count the notifications");
                None
            }
        }
    }

    async fn handle(&self, request: Request<Body>) -> Response<Body> {
        match self.router.clone().oneshot(request).await {
            Ok(response) => response.map(Body::new),
            Err(never) => match never {},
        }
    }
}

fn all_routes() -> Routes {
    let users = Arc::new(users::UserIndexCache::default());
    Routes::new()
        .merge(assets::routes())
        .merge(sign_in::routes())
        .merge(home::routes())
        .merge(history::routes())
        .merge(access::routes())
        .merge(outbox::routes())
        .merge(settings::routes())
        .merge(notifications::routes())
        .merge(search::routes(users.clone()))
        .merge(users::routes(users))
        .merge(profiles::routes())
        .merge(undo::routes())
        .merge(permissions::routes())
        .merge(who_has_what::routes())
        .merge(check_access::routes())
        .merge(user::routes())
}

/// Returns every route of the console with its method and path. Path parameters are in braces.
#[must_use]
pub fn console_routes() -> Vec<Route> {
    all_routes().into_table()
}

/// Whether the request has a body to read.
fn has_body(parts: &Parts) -> bool {
    !matches!(parts.method, Method::GET | Method::HEAD)
}

/// Reads the body of a request. Without a session, and on sign-in pages, the body is limited to [`SIGN_IN_FORM_MAX`].
///
/// # Errors
/// Returns a [`PageError`] if the body is too large, too slow or incomplete.
async fn read_body(parts: &Parts, mut body: Incoming, is_signed_in: bool) -> Result<Bytes, PageError> {
    if !has_body(parts) {
        return Ok(Bytes::new());
    }
    let bytes_max = match !is_signed_in || sign_in::is_sign_in_page(parts.uri.path()) {
        true => SIGN_IN_FORM_MAX,
        false => BODY_MAX,
    };
    collect(&mut body, Bytes::new(), bytes_max, None).await.map_err(|error| match error {
        // The session may have ended while the page was open.
        BodyError::TooLarge if !is_signed_in && !sign_in::is_sign_in_page(parts.uri.path()) => PageError::SignIn,
        BodyError::TooLarge => PageError::too_large(bytes_max),
        BodyError::TooSlow => PageError::bad_request("The form came too slowly."),
        BodyError::Incomplete | BodyError::BudgetExhausted | BodyError::Unread => {
            PageError::bad_request("The form was not received completely.")
        }
    })
}

/// Whether the response is an HTML page that displays the flash message. Downloads, redirects, and responses that set a
/// cookie don't display the message.
fn is_page<B>(response: &Response<B>) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html")) && response.headers().get(header::SET_COOKIE).is_none()
}

/// Returns the address without its trailing slash: `/connect/users` for `/connect/users/`. Returns `None` if the
/// address has no trailing slash or the method is not GET.
fn without_slash(parts: &Parts) -> Option<String> {
    let path = parts.uri.path();
    let trimmed = path.strip_suffix('/').filter(|trimmed| path != ROOT && !trimmed.is_empty())?;
    let safe = parts.method == Method::GET && !trimmed.ends_with('/');
    safe.then(|| match parts.uri.query() {
        Some(query) => format!("{trimmed}?{query}"),
        None => trimmed.to_owned(),
    })
}

/// Buffers the response for the listener and adds the security headers.
async fn finish(response: Response<Body>) -> FullResponse {
    const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
        font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'";
    let (mut parts, body) = response.into_parts();
    let Ok(body) = body.collect().await else {
        let mut answer = Response::new(Full::new(Bytes::from_static(b"The page broke off.\n")));
        *answer.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        return answer;
    };
    let mut set = |name, value| parts.headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    parts.headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    Response::from_parts(parts, Full::new(body.to_bytes()))
}
