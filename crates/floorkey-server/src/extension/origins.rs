//! One way in which somebody holds a permission, for people to read.

use std::collections::BTreeMap;

use floorkey::scope::Scope;
use floorkey::visibility::Viewer;
use floorkey::{Grant, Origin, PermissionSet, User};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Granted {
    security_profile_id: String,
    security_profile_name: String,
    /// `Chosen`, `RequiredBy` or `SameAs`.
    origin: &'static str,
    /// The permissions that require it, or that mean the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    because: Vec<String>,
    /// How far it reaches; everywhere where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<ShownScope>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ShownScope {
    /// All of it in words.
    words: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, String>,
    /// Users in this group and below; the holder's own where the profile says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    hierarchy_group_id: Option<String>,
    /// What must be true besides, each in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conditions: Vec<String>,
}

/// The grant of a holder as it is shown.
pub(super) fn granted(viewer: &Viewer<'_>, holder: &User, grant: &Grant) -> Granted {
    let names = |set: &PermissionSet| set.iter().map(|permission| permission.name().to_owned()).collect();
    let (origin, because) = match &grant.origin {
        Origin::Chosen => ("Chosen", Vec::new()),
        Origin::RequiredBy(set) => ("RequiredBy", names(set)),
        Origin::RequiredInApplication(names) => ("RequiredBy", names.clone()),
        Origin::SameAs(set) => ("SameAs", names(set)),
    };
    Granted {
        security_profile_id: grant.profile.to_string(),
        security_profile_name: viewer.profile_name(grant.profile).unwrap_or_default().to_owned(),
        origin,
        because,
        scope: grant.scope.as_ref().map(|scope| shown(viewer, holder, scope)),
    }
}

fn shown(viewer: &Viewer<'_>, holder: &User, scope: &Scope) -> ShownScope {
    ShownScope {
        words: viewer.scope_text(holder, scope),
        tags: scope.tags.clone(),
        hierarchy_group_id: scope.top_group(holder).map(|group| group.to_string()),
        conditions: scope.conditions.iter().map(ToString::to_string).collect(),
    }
}
