//! The sources of a user's permission, in the format of the management API.

use std::collections::BTreeMap;

use floorkey::scope::Scope;
use floorkey::visibility::Viewer;
use floorkey::{Grant, Origin, PermissionSet, User};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GrantView {
    security_profile_id: String,
    security_profile_name: String,
    /// The reason for the grant: `Chosen`, `RequiredBy` or `SameAs`.
    origin: &'static str,
    /// The permissions that require the granted permission or are equivalent to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    because: Vec<String>,
    /// The scope of the grant. Absent if the grant is unscoped.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<ScopeView>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ScopeView {
    /// A complete description of the scope, for display.
    words: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, String>,
    /// The ID of a hierarchy group. The scope includes only this group and the groups below it. For a scope of the
    /// user's own group, this is the ID of the user's group.
    #[serde(skip_serializing_if = "Option::is_none")]
    hierarchy_group_id: Option<String>,
    /// Descriptions of the scope's conditions, for display. All of these conditions must be met too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conditions: Vec<String>,
}

/// Converts a grant of the given user to the format of the management API.
pub(super) fn grant_view(viewer: &Viewer<'_>, user: &User, grant: &Grant) -> GrantView {
    let names = |set: &PermissionSet| set.iter().map(|permission| permission.name().to_owned()).collect();
    let (origin, because) = match &grant.origin {
        Origin::Selected => ("Chosen", Vec::new()),
        Origin::RequiredBy(set) => ("RequiredBy", names(set)),
        Origin::RequiredInApplication(names) => ("RequiredBy", names.clone()),
        Origin::EquivalentTo(set) => ("SameAs", names(set)),
    };
    GrantView {
        security_profile_id: grant.profile.to_string(),
        security_profile_name: viewer.profile_name(grant.profile).unwrap_or_default().to_owned(),
        origin,
        because,
        scope: grant.scope.as_ref().map(|scope| scope_view(viewer, user, scope)),
    }
}

fn scope_view(viewer: &Viewer<'_>, user: &User, scope: &Scope) -> ScopeView {
    ScopeView {
        words: viewer.scope_text(user, scope),
        tags: scope.tags.clone(),
        hierarchy_group_id: scope.top_group(user).map(|group| group.to_string()),
        conditions: scope.conditions.iter().map(ToString::to_string).collect(),
    }
}
