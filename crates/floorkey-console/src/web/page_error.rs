//! Errors that prevent a page from being shown or an action from being performed, rendered as a page with suggestions.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::response::IntoResponse;
use floorkey::{PermissionSet, Refusal};
use floorkey_store::StoreError;
use http::{HeaderValue, Response, StatusCode, header};

use super::current_user::Visit;
use super::granting_profiles::granting;
use super::layout::{self, Layout};
use super::text;
use floorkey_service::event_types;
use floorkey_service::failure::{BUSY_SECONDS, Failure};

/// The reason why the requested page is not shown.
#[derive(Debug)]
pub(crate) enum Problem {
    /// No user is signed in.
    SignIn,
    /// The user still has a temporary password and must change it.
    ChoosePassword,
    /// A recent sign-in is required.
    Prove,
    /// The resource, described by this noun, does not exist or is not visible to the viewer.
    NotFound(String),
    /// The request comes from another site.
    OtherSite,
    /// The input is invalid: a status and a full sentence.
    Wrong(StatusCode, String),
    /// A refusal by the rules, or a failure of the store or the server.
    Failure(Failure),
}

impl Problem {
    /// Returns a 400 error for input that no page of the console sends.
    pub(crate) fn wrong(sentence: impl Into<String>) -> Self {
        Self::Wrong(StatusCode::BAD_REQUEST, sentence.into())
    }

    /// Returns a 404 error with a full sentence as the reason.
    pub(crate) fn missing(sentence: impl Into<String>) -> Self {
        Self::Wrong(StatusCode::NOT_FOUND, sentence.into())
    }

    /// Returns the error for a request body above the size limit.
    pub(crate) fn too_large(bytes_max: usize) -> Self {
        let text = format!("At most {} kB are taken at once.", bytes_max / 1024);
        Self::Wrong(StatusCode::PAYLOAD_TOO_LARGE, text)
    }
}

impl<E: Into<Failure>> From<E> for Problem {
    fn from(error: E) -> Self {
        match error.into() {
            Failure::Refused(refusal) if matches!(refusal.root(), Refusal::NotFresh { .. }) => Self::Prove,
            Failure::Refused(refusal) if matches!(refusal.root(), Refusal::CredentialsEnded) => Self::SignIn,
            failure => Self::Failure(failure),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        marked(self)
    }
}

/// Returns a placeholder response for a problem, rendered when the layout is known.
pub(crate) fn marked(problem: Problem) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(Arc::new(problem));
    response
}

/// Names permissions that are all required or, if `all_of` is empty, of which any one suffices.
fn needed(all_of: &PermissionSet, any_of: &PermissionSet) -> String {
    let names: Vec<_> = all_of.union(any_of).iter().map(text::permission).collect();
    names.join(if all_of.is_empty() { " or " } else { " and " })
}

/// Describes a refusal or another failure in a full sentence for the console.
pub(crate) fn sentence(failure: &Failure) -> String {
    let text = match failure {
        Failure::Refused(refusal) => why(refusal),
        Failure::Busy | Failure::TooManyChanges | Failure::MailFull | Failure::NoInstance(_) | Failure::Stopping => {
            failure.to_string()
        }
        Failure::Store(error) => match error {
            StoreError::Conflict { .. } | StoreError::Unavailable { .. } | StoreError::Fatal { .. } => {
                "nothing can be saved at the moment; nothing has changed: try again soon".to_owned()
            }
            _ => "the server could not do this; its log says why".to_owned(),
        },
        Failure::Internal(_) => "the server could not do this; its log says why".to_owned(),
    };
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    let text = format!("{first}{}", chars.as_str());
    if text.ends_with(['.', '?', '!']) { text } else { format!("{text}.") }
}

/// Explains a refusal to a person. API errors contain the operation, API names of permissions and the index in a batch;
/// here, the text contains the names of the permission grid and the affected user.
fn why(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotPermitted { all_of, any_of, .. } if !(all_of.is_empty() && any_of.is_empty()) => {
            format!("this needs the permission {}, which you do not hold", needed(all_of, any_of))
        }
        Refusal::NotAdministrator { act } => {
            let act = event_types::infinitive(*act);
            format!(
                "you must be a full administrator to {act}: your security profiles must grant every permission, undated and unscoped"
            )
        }
        Refusal::Restricted { act, restrictions } => {
            let names: Vec<_> = restrictions.iter().map(text::permission).collect();
            let act = event_types::infinitive(*act);
            format!("you can't {act}: one of your security profiles has the restriction {}", names.join(" and "))
        }
        Refusal::Guard(exceeded) => format!("you can't do this: {}", exceeded.words(text::permission)),
        // API errors contain the resource id, which the caller sent. Console users did not enter an id and may not be
        // allowed to see it.
        Refusal::OutOfScope { .. } => "your permission for this reaches other users or resources only".to_owned(),
        Refusal::InBatch { subject, refusal, .. } if !subject.is_empty() => {
            format!("for {subject}: {}", why(refusal))
        }
        Refusal::InBatch { refusal, .. } => why(refusal),
        Refusal::Withheld { refusal, reference: Some(reference), .. } => {
            format!("{}. Ask an administrator and give the reference {reference}", why(refusal))
        }
        Refusal::Withheld { refusal, reference: None, .. } => why(refusal),
        refusal => refusal.to_string(),
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    layout: Layout,
    headline: &'static str,
    text: String,
    /// The missing permissions; the visible profiles that grant them, and whether that list is complete.
    missing: String,
    profiles: Vec<String>,
    complete: bool,
}

/// Renders the problem as a page in the visitor's layout, or redirects to the page that resolves it.
pub(crate) fn page(problem: &Problem, visit: Option<&Visit>) -> Response<Body> {
    let Some(visit) = visit else { return bare(problem) };
    let here = &visit.visitor.here;
    let next = form_urlencoded::Serializer::new(String::new()).append_pair("next", here).finish();
    match problem {
        Problem::SignIn if here == crate::ROOT => return layout::lead_to("/connect/login"),
        Problem::SignIn => return layout::lead_to(&format!("/connect/login?{next}")),
        Problem::ChoosePassword => return layout::lead_to("/connect/password"),
        Problem::Prove => return layout::lead_to(&format!("/connect/prove?{next}")),
        _ => {}
    }
    let (status, headline) = status(problem);
    let retry_after = matches!(problem, Problem::Failure(Failure::Busy)).then_some(BUSY_SECONDS);
    let viewer = visit.newcomer();
    let mut page = ProblemPage {
        layout: viewer.as_ref().map_or_else(|| visit.layout(headline), |viewer| viewer.layout(headline)),
        headline,
        text: text(problem),
        missing: String::new(),
        profiles: Vec::new(),
        complete: false,
    };
    if let (Problem::Failure(Failure::Refused(Refusal::NotPermitted { all_of, any_of, .. })), Some(viewer)) =
        (problem, &viewer)
    {
        page.missing = needed(all_of, any_of);
        let helps = granting(viewer, all_of, any_of);
        page.profiles = helps.names.iter().take(5).map(ToString::to_string).collect();
        page.complete = helps.complete;
    }
    let mut response = layout::page_with(status, &page);
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Renders the problem as plain text, for when there is no layout.
pub(crate) fn bare(problem: &Problem) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("{}\n", text(problem))));
    *response.status_mut() = status(problem).0;
    response
}

/// Redirects without rendering a page.
pub(crate) fn lead_to(address: &str) -> Response<Body> {
    layout::lead_to(address)
}

fn text(problem: &Problem) -> String {
    match problem {
        Problem::SignIn => "Sign in first.".to_owned(),
        Problem::ChoosePassword => "Choose a password of your own first.".to_owned(),
        Problem::Prove => "Sign in again first.".to_owned(),
        Problem::NotFound(what) => {
            format!("There is no such {what}. It may have been deleted, or the address is wrong.")
        }
        Problem::OtherSite => {
            "This request came from another site, so nothing was done. Open the page here and try again.".to_owned()
        }
        Problem::Wrong(_, sentence) => sentence.clone(),
        Problem::Failure(failure) => sentence(failure),
    }
}

fn status(problem: &Problem) -> (StatusCode, &'static str) {
    match problem {
        Problem::SignIn | Problem::ChoosePassword | Problem::Prove => (StatusCode::UNAUTHORIZED, "Sign in"),
        Problem::NotFound(_) | Problem::Wrong(StatusCode::NOT_FOUND, _) => (StatusCode::NOT_FOUND, "Not found"),
        Problem::OtherSite => (StatusCode::FORBIDDEN, "Not done"),
        Problem::Wrong(status, _) => (*status, "Not understood"),
        Problem::Failure(failure) => match failure {
            Failure::Refused(refusal) => refused(refusal),
            Failure::Busy | Failure::TooManyChanges | Failure::MailFull | Failure::Stopping => {
                (StatusCode::SERVICE_UNAVAILABLE, "Try again in a moment")
            }
            Failure::NoInstance(_) => (StatusCode::NOT_FOUND, "Not found"),
            Failure::Store(StoreError::Unavailable { .. } | StoreError::Fatal { .. } | StoreError::Conflict { .. }) => {
                (StatusCode::SERVICE_UNAVAILABLE, "Not saved")
            }
            Failure::Store(_) | Failure::Internal(_) => {
                tracing::error!(%failure, "a page failed");
                (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong")
            }
        },
    }
}

fn refused(refusal: &Refusal) -> (StatusCode, &'static str) {
    match refusal {
        Refusal::NotPermitted { .. }
        | Refusal::NotAdministrator { .. }
        | Refusal::NotFresh { .. }
        | Refusal::CredentialsEnded
        | Refusal::OutOfScope { .. }
        | Refusal::Restricted { .. } => (StatusCode::FORBIDDEN, "Not permitted"),
        Refusal::SignatureUsed => (StatusCode::TOO_MANY_REQUESTS, "Try again in a moment"),
        Refusal::Guard(_) => (StatusCode::FORBIDDEN, "Refused by the escalation guard"),
        Refusal::LastAdministrator { .. } => (StatusCode::CONFLICT, "Somebody must stay administrator"),
        Refusal::NotFound { .. } => (StatusCode::NOT_FOUND, "Not found"),
        Refusal::Duplicate { .. } | Refusal::Reserved { .. } => (StatusCode::CONFLICT, "The name is taken"),
        Refusal::InUse { .. } => (StatusCode::CONFLICT, "Still in use"),
        Refusal::Stale { .. } => (StatusCode::CONFLICT, "Changed in the meantime"),
        Refusal::InBatch { refusal, .. } | Refusal::Withheld { refusal, .. } => refused(refusal),
        Refusal::LimitExceeded { .. } | Refusal::Invalid(_) | Refusal::UnknownPermissions(_) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "Not possible like this")
        }
    }
}

#[cfg(test)]
mod tests {
    use floorkey::Act;

    use super::*;

    fn of(refusal: Refusal) -> Problem {
        let in_batch = |refusal| Refusal::InBatch { index: 1, subject: "ann".to_owned(), refusal: Box::new(refusal) };
        Failure::Refused(in_batch(refusal)).into()
    }

    #[test]
    fn refusals_in_a_batch_redirect_to_sign_in() {
        assert!(matches!(of(Refusal::NotFresh { act: Act::SetEscalationGuard }), Problem::Prove));
        assert!(matches!(of(Refusal::CredentialsEnded), Problem::SignIn));
        assert!(matches!(of(Refusal::NotAdministrator { act: Act::SetEscalationGuard }), Problem::Failure(_)));
    }
}
