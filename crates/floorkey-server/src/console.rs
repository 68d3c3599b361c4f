//! The console: pages for people, under `/connect/`.
//!
//! A request goes through here in this order: does it come from our own pages; who is signed in; then its handler
//! asks the directory or the service, as every other surface does, and answers with a page or leads on with 303.
//! Handlers return a [`Problem`] where they can't; it becomes a page here, in the viewer's frame.
//!
//! Every page works without script. Pages stand in a folder a section, with their templates in `templates/`.

mod access;
mod assets;
mod check_access;
mod csv;
mod effect_words;
mod factors;
mod fields;
mod flash;
mod guard_flags;
mod history;
mod home;
mod layout;
mod missing;
mod origin;
mod outbox;
mod permissions;
mod problem;
mod profiles;
mod routes;
mod search_words;
mod session;
mod sign_in;
mod undo;
mod user;
mod users;
mod viewer;
mod who_has_what;
pub(crate) mod words;

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

use crate::app::App;
use crate::listener::{Answer, BODY_MAX, BodyError, Counted, collect};
use problem::Problem;
pub use routes::Route;
use routes::Routes;
pub use users::UserList;
use viewer::{Visit, Visitor};

/// Bytes of a form of the sign-in, and of anything else that is sent without a session.
const SIGN_IN_FORM_MAX: usize = 16 * 1024;

/// Where the console lives.
pub(crate) const ROOT: &str = "/connect/";

/// The pages, as a service behind the listener.
pub(crate) struct Console {
    app: Arc<App>,
    router: Router,
}

impl Console {
    pub(crate) fn new(app: Arc<App>) -> Self {
        let router = all_routes()
            .into_router()
            .fallback(|| async { Problem::NotFound("page".to_owned()) })
            .layer(CompressionLayer::new())
            .with_state(app.clone());
        Self { app, router }
    }

    /// Answers a request for a page.
    pub(crate) async fn answer(&self, mut parts: Parts, body: Incoming, client: IpAddr) -> Counted {
        let counted = |answer, operation| Counted { answer, surface: "console", operation };
        if let Some(to) = without_slash(&parts) {
            return counted(finish(problem::lead_to(&to)).await, "lead on");
        }
        let mut visitor = match Visitor::identify(&self.app, &parts, client).await {
            Ok(visitor) => visitor,
            Err(failure) => return counted(finish(problem::bare(&failure.into())).await, "none"),
        };
        let body = match origin::check(&parts, &self.app.public_url) {
            Err(problem) => Err(problem),
            Ok(()) => form(&parts, body, visitor.is_signed_in()).await,
        };
        // The session may have ended, and what its user may do may have changed, while the form was on its way.
        if sends_form(&parts) {
            visitor = match Visitor::identify(&self.app, &parts, client).await {
                Ok(visitor) => visitor,
                Err(failure) => return counted(finish(problem::bare(&failure.into())).await, "none"),
            };
        }
        parts.extensions.insert(visitor.clone());
        let response = match body {
            Err(problem) => problem::marked(problem),
            Ok(body) => self.handle(Request::from_parts(parts.clone(), Body::from(body))).await,
        };
        let mut response = match response.extensions().get::<Arc<Problem>>().cloned() {
            Some(problem) => {
                let visit = Visit::from_request_parts(&mut parts, &self.app).await.ok();
                problem::page(&problem, visit.as_ref())
            }
            None => response,
        };
        if visitor.flash.is_some() && is_page(&response) {
            let secure = self.app.is_secure();
            layout::add_cookie(&mut response, &session::gone(secure, flash::Flash::COOKIE));
        }
        counted(finish(response).await, "page")
    }

    async fn handle(&self, request: Request<Body>) -> Response<Body> {
        match self.router.clone().oneshot(request).await {
            Ok(response) => response.map(Body::new),
            Err(never) => match never {},
        }
    }
}

fn all_routes() -> Routes {
    Routes::new()
        .merge(assets::routes())
        .merge(sign_in::routes())
        .merge(home::routes())
        .merge(history::routes())
        .merge(access::routes())
        .merge(outbox::routes())
        .merge(users::routes())
        .merge(profiles::routes())
        .merge(undo::routes())
        .merge(permissions::routes())
        .merge(who_has_what::routes())
        .merge(check_access::routes())
        .merge(user::routes())
}

/// Every route of the console, as the router has them: method, and path with what it leaves open in braces.
#[must_use]
pub fn console_routes() -> Vec<Route> {
    all_routes().into_table()
}

/// Whether a request has a body that is read.
fn sends_form(parts: &Parts) -> bool {
    !matches!(parts.method, Method::GET | Method::HEAD)
}

/// Takes the body of a request. Only the forms of the sign-in are sent by somebody who is not signed in, and those are
/// short.
///
/// # Errors
/// What is wrong with it.
async fn form(parts: &Parts, mut body: Incoming, is_signed_in: bool) -> Result<Bytes, Problem> {
    if !sends_form(parts) {
        return Ok(Bytes::new());
    }
    let bytes_max = match !is_signed_in || sign_in::is_form(parts.uri.path()) {
        true => SIGN_IN_FORM_MAX,
        false => BODY_MAX,
    };
    collect(&mut body, Bytes::new(), bytes_max, None).await.map_err(|error| match error {
        // A session may have ended while a page was open.
        BodyError::TooLarge if !is_signed_in && !sign_in::is_form(parts.uri.path()) => Problem::SignIn,
        BodyError::TooLarge => Problem::too_large(bytes_max),
        BodyError::TooSlow => Problem::wrong("The form came too slowly."),
        BodyError::Incomplete | BodyError::NoRoom | BodyError::Unread => Problem::wrong("The form did not come whole."),
    })
}

/// Whether people see it, and with it what the last page left to say: no file, and no leading on.
fn is_page<B>(response: &Response<B>) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html")) && response.headers().get(header::SET_COOKIE).is_none()
}

/// The same address without a slash at its end: `/connect/users/` is `/connect/users`.
fn without_slash(parts: &Parts) -> Option<String> {
    let path = parts.uri.path();
    let trimmed = path.strip_suffix('/').filter(|trimmed| path != ROOT && !trimmed.is_empty())?;
    let safe = parts.method == Method::GET && !trimmed.ends_with('/');
    safe.then(|| match parts.uri.query() {
        Some(query) => format!("{trimmed}?{query}"),
        None => trimmed.to_owned(),
    })
}

/// The answer as the listener sends it: whole, and with what keeps a browser from doing anything else with it.
async fn finish(response: Response<Body>) -> Answer {
    const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
        connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'";
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
