//! Errors that prevent the console from showing a page or performing an action. Each error is rendered as a page with
//! suggestions.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::response::IntoResponse;
use floorkey::{PermissionSet, Refusal};
use floorkey_store::StoreError;
use http::{HeaderValue, Response, StatusCode, header};

use super::current_user::RequestContext;
use super::granting_profiles::granting_profiles;
use super::layout::{self, Layout};
use super::text;
use floorkey_service::event_types;
use floorkey_service::failure::{BUSY_SECONDS, Failure};

/// The reason why the console does not show the requested page or perform the requested action.
#[derive(Debug)]
pub(crate) enum PageError {
    /// No user is signed in.
    SignIn,
    /// The user still has a temporary password and must change it.
    PasswordChangeRequired,
    /// A recent sign-in is required.
    ReauthenticationRequired,
    /// The resource does not exist, or the viewer cannot see it. The string names the kind of resource, such as `user`.
    NotFound(String),
    /// The request comes from another site.
    CrossSiteRequest,
    /// The input is invalid. The values are the HTTP status and a full sentence that describes the problem.
    InvalidInput(StatusCode, String),
    /// The command or operation was refused, or the store or the server failed.
    Failure(Failure),
}

impl PageError {
    /// Returns a 400 error for input that the console's pages never send.
    pub(crate) fn bad_request(sentence: impl Into<String>) -> Self {
        Self::InvalidInput(StatusCode::BAD_REQUEST, sentence.into())
    }

    /// Returns a 404 error with a full sentence that states the reason.
    pub(crate) fn not_found(sentence: impl Into<String>) -> Self {
        Self::InvalidInput(StatusCode::NOT_FOUND, sentence.into())
    }

    /// Returns the error for a request body above the size limit.
    pub(crate) fn too_large(bytes_max: usize) -> Self {
        let text = format!("At most {} kB are taken at once.", bytes_max / 1024);
        Self::InvalidInput(StatusCode::PAYLOAD_TOO_LARGE, text)
    }
}

impl<E: Into<Failure>> From<E> for PageError {
    fn from(error: E) -> Self {
        match error.into() {
            Failure::Refused(refusal) if matches!(refusal.root(), Refusal::NotRecentlyAuthenticated { .. }) => {
                Self::ReauthenticationRequired
            }
            Failure::Refused(refusal) if matches!(refusal.root(), Refusal::CredentialsEnded) => Self::SignIn,
            failure => Self::Failure(failure),
        }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response<Body> {
        placeholder(self)
    }
}

/// Returns a placeholder response for an error. The error page is rendered later, once the layout is known.
pub(crate) fn placeholder(error: PageError) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(Arc::new(error));
    response
}

/// Names the required permissions. If `all_of` is not empty, all permissions in `all_of` are required. Otherwise, any
/// one permission in `any_of` is sufficient.
fn required_names(all_of: &PermissionSet, any_of: &PermissionSet) -> String {
    let names: Vec<_> = all_of.union(any_of).iter().map(text::permission).collect();
    names.join(if all_of.is_empty() { " or " } else { " and " })
}

/// Describes a refusal or another failure in a full sentence, for pages of the console.
pub(crate) fn to_sentence(failure: &Failure) -> String {
    let text = match failure {
        Failure::Refused(refusal) => explain(refusal),
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
    floorkey::text::sentence(&text)
}

/// Explains a refusal to a console user. API errors contain the operation, the API names of permissions, and the index
/// in a batch. The explanation instead contains the names that the permission grid shows, and the name of the affected
/// user.
fn explain(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotPermitted { all_of, any_of, .. } if !(all_of.is_empty() && any_of.is_empty()) => {
            format!("this requires the permission {}, which you don’t have", required_names(all_of, any_of))
        }
        Refusal::NotAdministrator { action } => {
            let action = event_types::infinitive(*action);
            format!(
                "you must be a full administrator to {action}: your security profiles must grant every permission, undated and unscoped"
            )
        }
        Refusal::Restricted { action, restrictions } => {
            let names: Vec<_> = restrictions.iter().map(text::permission).collect();
            let action = event_types::infinitive(*action);
            format!("you can't {action}: one of your security profiles has the restriction {}", names.join(" and "))
        }
        Refusal::Guard(exceeded) => format!("you can't do this: {}", exceeded.message(text::permission)),
        // API errors contain the resource ID, which the caller sent. Console users did not enter a resource ID and may
        // not be allowed to see the resource's name.
        Refusal::OutOfScope { action, .. } => {
            let action = event_types::infinitive(*action);
            format!("you can't {action} outside the access control of your security profiles")
        }
        Refusal::InBatch { subject, refusal, .. } if !subject.is_empty() => {
            format!("for {subject}: {}", explain(refusal))
        }
        Refusal::InBatch { refusal, .. } => explain(refusal),
        Refusal::Withheld { refusal, reference: Some(reference), .. } => {
            format!("{}. Ask an administrator and give the reference {reference}", explain(refusal))
        }
        Refusal::Withheld { refusal, reference: None, .. } => explain(refusal),
        refusal => refusal.to_string(),
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    layout: Layout,
    headline: &'static str,
    text: String,
    /// The names of the missing permissions.
    missing: String,
    /// The visible profiles that grant these permissions.
    profiles: Vec<String>,
    /// Whether the list of profiles is complete.
    complete: bool,
}

/// Renders the error as a page in the user's layout. For some errors, redirects to the page where the user can resolve
/// the problem.
pub(crate) fn page(error: &PageError, context: Option<&RequestContext>) -> Response<Body> {
    let Some(context) = context else { return plain_text(error) };
    let current_path = &context.client.current_path;
    let next = form_urlencoded::Serializer::new(String::new()).append_pair("next", current_path).finish();
    match error {
        PageError::SignIn if current_path == crate::ROOT => return layout::redirect_to("/connect/login"),
        PageError::SignIn => return layout::redirect_to(&format!("/connect/login?{next}")),
        PageError::PasswordChangeRequired => return layout::redirect_to("/connect/password"),
        PageError::ReauthenticationRequired => return layout::redirect_to(&format!("/connect/prove?{next}")),
        _ => {}
    }
    let (status, headline) = status(error);
    let retry_after = matches!(error, PageError::Failure(Failure::Busy)).then_some(BUSY_SECONDS);
    let viewer = context.signed_in_user();
    let mut page = ErrorPage {
        layout: viewer.as_ref().map_or_else(|| context.layout(headline), |viewer| viewer.layout(headline)),
        headline,
        text: message(error),
        missing: String::new(),
        profiles: Vec::new(),
        complete: false,
    };
    if let (PageError::Failure(Failure::Refused(Refusal::NotPermitted { all_of, any_of, .. })), Some(viewer)) =
        (error, &viewer)
    {
        page.missing = required_names(all_of, any_of);
        let granting = granting_profiles(viewer, all_of, any_of);
        page.profiles = granting.names.iter().take(5).map(ToString::to_string).collect();
        page.complete = granting.complete;
    }
    let mut response = layout::page_with(status, &page);
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Renders the error as plain text, which is used if no layout is available.
pub(crate) fn plain_text(error: &PageError) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("{}\n", message(error))));
    *response.status_mut() = status(error).0;
    response
}

fn message(error: &PageError) -> String {
    match error {
        PageError::SignIn => "Sign in first.".to_owned(),
        PageError::PasswordChangeRequired => "Choose a password of your own first.".to_owned(),
        PageError::ReauthenticationRequired => "Sign in again first.".to_owned(),
        PageError::NotFound(what) => {
            format!("There is no such {what}. It may have been deleted, or the address is wrong.")
        }
        PageError::CrossSiteRequest => {
            "This request came from another site, so nothing was done. Open the page here and try again.".to_owned()
        }
        PageError::InvalidInput(_, sentence) => sentence.clone(),
        PageError::Failure(failure) => to_sentence(failure),
    }
}

fn status(error: &PageError) -> (StatusCode, &'static str) {
    match error {
        PageError::SignIn | PageError::PasswordChangeRequired | PageError::ReauthenticationRequired => {
            (StatusCode::UNAUTHORIZED, "Sign in")
        }
        PageError::NotFound(_) | PageError::InvalidInput(StatusCode::NOT_FOUND, _) => {
            (StatusCode::NOT_FOUND, "Not found")
        }
        PageError::CrossSiteRequest => (StatusCode::FORBIDDEN, "Not done"),
        PageError::InvalidInput(status, _) => (*status, "Not understood"),
        PageError::Failure(failure) => match failure {
            Failure::Refused(refusal) => refusal_status(refusal),
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

fn refusal_status(refusal: &Refusal) -> (StatusCode, &'static str) {
    match refusal {
        Refusal::NotPermitted { .. }
        | Refusal::NotAdministrator { .. }
        | Refusal::NotRecentlyAuthenticated { .. }
        | Refusal::CredentialsEnded
        | Refusal::OutOfScope { .. }
        | Refusal::Restricted { .. } => (StatusCode::FORBIDDEN, "Not permitted"),
        Refusal::SignatureUsed => (StatusCode::TOO_MANY_REQUESTS, "Try again in a moment"),
        Refusal::OwnFinding => (StatusCode::FORBIDDEN, "Not permitted"),
        Refusal::Guard(_) => (StatusCode::FORBIDDEN, "Refused by the escalation guard"),
        Refusal::LastAdministrator { .. } => (StatusCode::CONFLICT, "At least one administrator is required"),
        Refusal::NotFound { .. } => (StatusCode::NOT_FOUND, "Not found"),
        Refusal::Duplicate { .. } | Refusal::Reserved { .. } => (StatusCode::CONFLICT, "The name is taken"),
        Refusal::InUse { .. } => (StatusCode::CONFLICT, "Still in use"),
        Refusal::Stale { .. } => (StatusCode::CONFLICT, "Changed in the meantime"),
        Refusal::InBatch { refusal, .. } | Refusal::Withheld { refusal, .. } => refusal_status(refusal),
        Refusal::LimitExceeded { .. } | Refusal::Invalid(_) | Refusal::UnknownPermissions(_) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "Not possible like this")
        }
    }
}

#[cfg(test)]
mod tests {
    use floorkey::Action;

    use super::*;

    fn page_error(refusal: Refusal) -> PageError {
        let in_batch = |refusal| Refusal::InBatch { index: 1, subject: "ann".to_owned(), refusal: Box::new(refusal) };
        Failure::Refused(in_batch(refusal)).into()
    }

    #[test]
    fn refusals_in_a_batch_redirect_to_sign_in() {
        assert!(matches!(
            page_error(Refusal::NotRecentlyAuthenticated { action: Action::SetEscalationGuard }),
            PageError::ReauthenticationRequired
        ));
        assert!(matches!(page_error(Refusal::CredentialsEnded), PageError::SignIn));
        assert!(matches!(
            page_error(Refusal::NotAdministrator { action: Action::SetEscalationGuard }),
            PageError::Failure(_)
        ));
    }

    #[test]
    fn an_operation_that_is_out_of_scope_is_named_as_on_the_pages_and_its_target_is_not() {
        let what = "the user `0f0f0f0f-0000-4000-8000-000000000001`".to_owned();
        let refusal = Refusal::OutOfScope { action: Action::ResetUserPassword, what };
        assert_eq!(
            to_sentence(&Failure::Refused(refusal)),
            "You can't reset the password of a user outside the access control of your security profiles."
        );
    }
}
