//! Shows the viewer's email addresses, and sends the link that verifies an address.

use axum::body::Body;
use http::Response;

use crate::web::current_user::CurrentUser;
use crate::web::flash::Flash;
use crate::web::page_error::{PageError, to_sentence};
use crate::web::routes::{Routes, post};
use floorkey_service::failure::Failure;
use floorkey_service::mail;

pub(super) fn routes() -> Routes {
    Routes::new().route("/connect/access/confirm-email", post(send))
}

/// The viewer's email addresses, as shown on the page.
pub(super) struct Email {
    pub(super) address: Option<String>,
    /// Whether the primary address is verified.
    pub(super) is_verified: bool,
    /// Whether the primary address was entered by another user who might know this user's earlier credentials.
    pub(super) is_doubtful: bool,
    /// The verified address, if it differs from the primary address.
    pub(super) verified: Option<String>,
    pub(super) secondary: Option<String>,
}

pub(super) fn for_viewer(viewer: &CurrentUser) -> Email {
    let user = &viewer.user;
    let is_verified = user.identity.email.is_some() && user.identity.email == user.verified_email;
    Email {
        address: user.identity.email.clone(),
        is_verified,
        is_doubtful: user.email_unverified,
        verified: user.verified_email.clone().filter(|_| !is_verified),
        secondary: user.identity.secondary_email.clone(),
    }
}

/// Sends the viewer a link that verifies the viewer's email address.
async fn send(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    let flash = match mail::send_confirmation(&viewer.app().mailer, &viewer.directory, &viewer.user).await {
        Ok(Some(sent)) => {
            Flash::good(format!("A link was sent to {}. It is valid for {}.", sent.address, sent.lifetime))
        }
        Ok(None) => Flash::info("There is no address to confirm."),
        Err(failure @ Failure::Refused(_)) => Flash::warn(to_sentence(&failure)),
        Err(failure) => return Err(failure.into()),
    };
    Ok(viewer.context.redirect_with_flash(super::SIGN_IN, &flash))
}
