//! The security profile pages: the list of profiles, a profile's page with its permission grid, and actions on a
//! profile.
//!
//! When a user submits the form, its fields are parsed into a [`draft`]. A button that only changes the selection
//! renders the form again ([`edit`]). The save button creates a command from the draft ([`save`]) and plans it. If the
//! command would be refused, the form shows the reason beside the field that caused it (see
//! [`profile_fields`](crate::profile_fields)). If any user would gain or lose access, a review page ([`review`]) is
//! shown before the change is saved. After saving, the browser is
//! redirected with a 303 status.

mod applications;
mod code;
mod compare;
mod compare_many;
mod conditions;
mod delete;
mod draft;
mod edit;
mod edit_conflict;
mod filter;
mod form;
mod grid;
mod hints;
mod list;
mod list_filter;
mod profile_users;
mod properties;
mod review;
pub(super) mod risk;
mod save;

use std::sync::Arc;

use floorkey::review::default_diff::default_diff;
use floorkey::{Action, PermissionSet, Refusal, SecurityProfile, SecurityProfileId, Target, with_requirements};

use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use crate::web::routes::{Routes, get};

/// The address of the list of security profiles.
const LIST: &str = "/connect/security-profiles";

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/connect/security-profiles", get(list::show))
        .route("/connect/security-profiles/suggest", get(list::suggest))
        .route("/connect/security-profiles/download", get(list::download))
        .merge(properties::PROFILES.routes())
        .route("/connect/security-profiles/new", get(edit::new).post(edit::create))
        .route("/connect/security-profiles/compare", get(compare::show))
        .route("/connect/security-profiles/{id}", get(edit::show).post(edit::change))
        .route("/connect/security-profiles/{id}/delete", get(delete::confirm).post(delete::submit))
        .route("/connect/security-profiles/{id}/code", get(code::show))
}

/// Returns the profile with this ID, if the viewer can see it.
///
/// # Errors
/// Returns [`PageError::NotFound`] if no such profile is visible. Returns a refusal if the viewer cannot see any
/// profile.
fn find(viewer: &CurrentUser, id: &str) -> Result<Arc<SecurityProfile>, PageError> {
    let not_found = || PageError::NotFound("security profile".to_owned());
    let profile = SecurityProfileId::parse(id).and_then(|id| viewer.directory.profile(id));
    if let Some(profile) = profile.filter(|profile| can_see(viewer, profile.id)) {
        viewer.record_read(Action::DescribeSecurityProfile);
        return Ok(profile.clone());
    }
    // A profile outside the viewer's scope is reported in the same way as a nonexistent profile.
    match viewer.authorize(Action::DescribeSecurityProfile, &Target::Instance) {
        Ok(()) | Err(Refusal::OutOfScope { .. }) => Err(not_found()),
        Err(refusal) => Err(refusal.into()),
    }
}

/// Whether the viewer can see the profile's details. Some viewers can see only that a profile exists.
fn can_see(viewer: &CurrentUser, id: SecurityProfileId) -> bool {
    viewer.visibility().profile(id).shows_details()
}

/// Whether the viewer has the permission to create profiles, even if only within a scope.
pub(super) fn can_create(viewer: &CurrentUser) -> bool {
    let result = viewer.authorize(Action::CreateSecurityProfile, &Target::Instance);
    !matches!(result, Err(Refusal::NotPermitted { .. }))
}

/// Returns the address of a profile's page.
pub(super) fn address(id: SecurityProfileId) -> String {
    format!("{LIST}/{id}")
}

/// Returns the permissions of the default profile that corresponds to this profile. An unedited profile corresponds to
/// the default profile that it was created from. Any other profile corresponds to the default profile with the same
/// name. Returns `None` if there is no such default profile.
fn default_of(profile: &SecurityProfile) -> Option<PermissionSet> {
    let default = default_diff(profile)?.default;
    Some(*with_requirements(&default.permissions).permissions())
}
