//! The permission catalog. It shows what each permission means, which permissions it requires and includes, its risks,
//! and which users have it.

mod filter;
mod list;
mod properties;
mod relations;
mod show;
mod usage;

use floorkey::{Action, Permission, Target};

use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use crate::web::routes::{Routes, get};
use crate::web::text;

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/connect/permissions", get(list::show))
        .route("/connect/permissions/suggest", get(list::suggest))
        .route("/connect/permissions/download", get(list::download))
        .merge(properties::PERMISSIONS.routes())
        .route("/connect/permissions/{name}", get(show::show))
}

/// The address of the permission catalog.
const LIST: &str = "/connect/permissions";

/// Checks that the viewer can open at least one page other than the pages about the viewer's own access.
fn authorize(viewer: &CurrentUser) -> Result<(), PageError> {
    match viewer.is_administrative() {
        true => Ok(()),
        false => Ok(viewer.authorize(Action::ListSecurityProfiles, &Target::Instance)?),
    }
}

/// A permission's name and the address of its page.
struct Link {
    text: String,
    href: String,
}

impl Link {
    fn new(permission: Permission) -> Self {
        Self { text: text::permission(permission), href: address(permission) }
    }
}

/// Returns the address of a permission's page.
pub(super) fn address(permission: Permission) -> String {
    format!("{LIST}/{}", permission.name())
}

/// Returns the address of the catalog with the permissions of one group.
pub(super) fn group_address(group: &str) -> String {
    format!("{LIST}?group={}", filter::slug(group))
}
