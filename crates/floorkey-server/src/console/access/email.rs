//! The viewer's e-mail addresses, and whether mail reaches them.

use std::sync::Arc;

use axum::Router;

use super::super::viewer::Viewer;
use crate::app::App;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
}

/// The e-mail addresses, as the page shows them.
pub(super) struct Email {
    pub(super) address: Option<String>,
    /// Whether mail to the address is known to arrive.
    pub(super) is_confirmed: bool,
    /// The address that is confirmed, where that is another one.
    pub(super) confirmed: Option<String>,
    pub(super) secondary: Option<String>,
}

pub(super) fn of(viewer: &Viewer) -> Email {
    let user = &viewer.user;
    let is_confirmed = user.identity.email.is_some() && user.identity.email == user.confirmed_email;
    Email {
        address: user.identity.email.clone(),
        is_confirmed,
        confirmed: user.confirmed_email.clone().filter(|_| !is_confirmed),
        secondary: user.identity.secondary_email.clone(),
    }
}
