//! My access: what the viewer holds, in words; and how they sign in.
//!
//! Two pages: what one may do, and one's own credentials. Whatever adds a way in, or takes one away, needs a sign-in
//! of the last minutes: who finds an open browser must not come to stay.

mod authenticator;
mod email;
mod factors;
mod keys;
mod permissions;
mod sessions;
mod sign_in;

use super::problem::Problem;
use super::viewer::Viewer;
use crate::console::routes::Routes;

/// The page of one's own credentials.
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

/// Asks for a sign-in of the last minutes.
fn fresh(viewer: &Viewer) -> Result<(), Problem> {
    if viewer.fresh { Ok(()) } else { Err(Problem::Prove) }
}
