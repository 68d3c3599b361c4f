//! Security profiles: the list, the page of a profile with its permission grid, and actions on a profile.
//!
//! Submitting the form works as follows: its fields are parsed into a [`draft`]; buttons that only change the selection
//! render the form again ([`edit`]); saving plans the draft's command ([`save`]) and shows refusals beside the fields
//! they concern ([`errors`]). If any user gains or loses access, a review page ([`review`]) comes first. A 303 redirect
//! follows.

mod applications;
mod code;
mod compare;
mod conditions;
mod delete;
mod draft;
mod edit;
mod edit_conflict;
mod errors;
mod filter;
mod form;
mod grid;
mod hints;
mod list;
mod profile_users;
mod review;
pub(super) mod risk;
mod save;

use std::sync::Arc;

use floorkey::review::default_diff::default_diff;
use floorkey::{Act, PermissionSet, Refusal, SecurityProfile, SecurityProfileId, Target, close};

use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use crate::web::routes::{Routes, get};

/// The address of the list.
const LIST: &str = "/connect/security-profiles";

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/connect/security-profiles", get(list::show))
        .route("/connect/security-profiles/new", get(edit::new).post(edit::create))
        .route("/connect/security-profiles/compare", get(compare::show))
        .route("/connect/security-profiles/{id}", get(edit::show).post(edit::change))
        .route("/connect/security-profiles/{id}/delete", get(delete::confirm).post(delete::submit))
        .route("/connect/security-profiles/{id}/code", get(code::show))
}

/// Finds the profile of an address, if the viewer can see it.
///
/// # Errors
/// [`PageError::NotFound`], or a refusal if the viewer cannot see any profile.
fn find(viewer: &CurrentUser, id: &str) -> Result<Arc<SecurityProfile>, PageError> {
    let not_found = || PageError::NotFound("security profile".to_owned());
    let profile = SecurityProfileId::parse(id).and_then(|id| viewer.directory.profile(id));
    if let Some(profile) = profile.filter(|profile| can_see(viewer, profile.id)) {
        viewer.record_read(Act::DescribeSecurityProfile);
        return Ok(profile.clone());
    }
    // A profile outside the viewer's scope is indistinguishable from a missing one.
    match viewer.authorize(Act::DescribeSecurityProfile, &Target::Instance) {
        Ok(()) | Err(Refusal::OutOfScope { .. }) => Err(not_found()),
        Err(refusal) => Err(refusal.into()),
    }
}

/// Whether the viewer can see the details of the profile, not only its existence.
fn can_see(viewer: &CurrentUser, id: SecurityProfileId) -> bool {
    viewer.visibility().profile(id).shows_details()
}

/// Whether the viewer has the permission to create profiles, even if only within a scope.
fn can_create(viewer: &CurrentUser) -> bool {
    let result = viewer.authorize(Act::CreateSecurityProfile, &Target::Instance);
    !matches!(result, Err(Refusal::NotPermitted { .. }))
}

/// Returns the address of a profile's page.
fn address(id: SecurityProfileId) -> String {
    format!("{LIST}/{id}")
}

/// Returns the permissions of the default profile that this profile was created from, if unedited, or whose name it
/// has. Returns `None` for other profiles.
fn default_of(profile: &SecurityProfile) -> Option<PermissionSet> {
    let default = default_diff(profile)?.default;
    Some(*close(&default.permissions).permissions())
}
