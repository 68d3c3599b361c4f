//! The catalogue: what each permission means, what it requires and brings, what can go wrong with it, who holds it.

mod edges;
mod filter;
mod holders;
mod list;
mod show;

use floorkey::{Act, Permission, Target};

use super::problem::Problem;
use super::viewer::Viewer;
use super::words;
use crate::console::routes::{Routes, get};

pub(super) fn routes() -> Routes {
    Routes::new().route("/connect/permissions", get(list::show)).route("/connect/permissions/{name}", get(show::show))
}

/// Where the catalogue is.
const LIST: &str = "/connect/permissions";

/// Lets in whoever has any page beside their own access.
fn authorize(viewer: &Viewer) -> Result<(), Problem> {
    match viewer.is_administrative() {
        true => Ok(()),
        false => Ok(viewer.authorize(Act::ListSecurityProfiles, &Target::Instance)?),
    }
}

/// A permission by name, with its page.
struct Link {
    text: String,
    href: String,
}

impl Link {
    fn of(permission: Permission) -> Self {
        Self { text: words::permission(permission), href: address(permission) }
    }
}

/// Where a permission's page is.
fn address(permission: Permission) -> String {
    format!("{LIST}/{}", permission.name())
}
