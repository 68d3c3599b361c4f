//! Security profiles: the list, the page of one with its grid, and what is done with them as a whole.
//!
//! A form's way: its fields are read into a [`draft`]; buttons that only change what is ticked answer with the form
//! again ([`edit`]); saving plans the command that the draft comes to ([`save`]), shows what the rules have against it
//! beside the field ([`errors`]), goes over a page that says what it does to whom where anybody gains or loses access
//! ([`review`]), and leads back with 303.

mod affected;
mod along;
mod applications;
mod code;
mod compare;
mod conditions;
mod draft;
mod edit;
mod errors;
mod filter;
mod form;
mod grid;
mod list;
mod remove;
mod review;
pub(super) mod risk;
mod save;
mod stale;

use std::sync::Arc;

use floorkey::review::default_diff::default_diff;
use floorkey::{Act, PermissionSet, Refusal, SecurityProfile, SecurityProfileId, Target, close};

use super::problem::Problem;
use super::viewer::Viewer;
use crate::console::routes::{Routes, get};

/// Where the list is.
const LIST: &str = "/connect/security-profiles";

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/connect/security-profiles", get(list::show))
        .route("/connect/security-profiles/new", get(edit::new).post(edit::make))
        .route("/connect/security-profiles/compare", get(compare::show))
        .route("/connect/security-profiles/{id}", get(edit::show).post(edit::change))
        .route("/connect/security-profiles/{id}/delete", get(remove::ask).post(remove::act))
        .route("/connect/security-profiles/{id}/code", get(code::show))
}

/// The profile of an address, for somebody who may see it.
fn find(viewer: &Viewer, id: &str) -> Result<Arc<SecurityProfile>, Problem> {
    let nothing = || Problem::NotFound("security profile".to_owned());
    let profile = SecurityProfileId::parse(id).and_then(|id| viewer.directory.profile(id));
    if let Some(profile) = profile.filter(|profile| sees(viewer, profile.id)) {
        viewer.reads(Act::DescribeSecurityProfile);
        return Ok(profile.clone());
    }
    // One that is out of scope and one that isn't there are told apart by nothing.
    match viewer.authorize(Act::DescribeSecurityProfile, &Target::Instance) {
        Ok(()) | Err(Refusal::OutOfScope { .. }) => Err(nothing()),
        Err(refusal) => Err(refusal.into()),
    }
}

/// Whether the viewer sees the whole profile, and not only that it exists.
fn sees(viewer: &Viewer, id: SecurityProfileId) -> bool {
    viewer.visibility().profile(id).shows_details()
}

/// Whether the viewer may make profiles, at least some.
fn may_create(viewer: &Viewer) -> bool {
    let asked = viewer.authorize(Act::CreateSecurityProfile, &Target::Instance);
    !matches!(asked, Err(Refusal::NotPermitted { .. }))
}

/// Where a profile's page is.
fn address(id: SecurityProfileId) -> String {
    format!("{LIST}/{id}")
}

/// What the default profile that this one is, or was made as, holds; `None` for profiles of one's own.
fn default_of(profile: &SecurityProfile) -> Option<PermissionSet> {
    let default = default_diff(profile)?.default;
    Some(*close(&default.permissions).permissions())
}
