//! The My access pages, which show the signed-in user's own permissions and credentials.
//!
//! One page shows the permissions, and the other page shows the credentials. Adding or removing a credential requires a
//! recent sign-in. Otherwise, anyone who finds an unattended browser could add a credential of their own.

mod authenticator;
mod email;
mod factors;
mod keys;
mod permissions;
mod sessions;
mod sign_in;

use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use crate::web::routes::Routes;

/// The address of the page with the user's own credentials.
const SIGN_IN: &str = "/connect/access/sign-in";

pub(super) fn routes() -> Routes {
    Routes::new()
        .merge(permissions::routes())
        .merge(sign_in::routes())
        .merge(authenticator::routes())
        .merge(factors::routes())
        .merge(sessions::routes())
        .merge(keys::routes())
        .merge(email::routes())
}

/// Checks that the viewer has signed in recently.
///
/// # Errors
/// Returns [`PageError::ReauthenticationRequired`] if the last sign-in is too old.
fn require_recent_sign_in(viewer: &CurrentUser) -> Result<(), PageError> {
    if viewer.has_recent_sign_in { Ok(()) } else { Err(PageError::ReauthenticationRequired) }
}
