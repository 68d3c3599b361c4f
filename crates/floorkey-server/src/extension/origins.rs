//! The sources of a user's permission, in the format of the management API.

use std::collections::BTreeMap;

use floorkey::scope::{HierarchyScope, Scope};
use floorkey::visibility::Viewer;
use floorkey::{Grant, HierarchyGroupId, Origin, PermissionSet, User};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Granted {
    security_profile_id: String,
    security_profile_name: String,
    /// `Chosen`, `RequiredBy` or `SameAs`.
    origin: &'static str,
    /// The permissions that require it, or that have the same meaning.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    because: Vec<String>,
    /// The scope of the grant; absent if it is unscoped.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<ShownScope>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ShownScope {
    /// A complete description for display.
    words: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, String>,
    /// The hierarchy group to which the scope is limited, including the groups below it; the user's own group if the
    /// profile says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    hierarchy_group_id: Option<String>,
    /// The conditions that also have to be true, each as a description for display.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conditions: Vec<String>,
}

/// Converts a grant of the user `holder`.
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
        words: scope_in_words(viewer, holder, scope),
        tags: scope.tags.clone(),
        hierarchy_group_id: top(holder, scope).map(|group| group.to_string()),
        conditions: scope.conditions.iter().map(ToString::to_string).collect(),
    }
}

/// The topmost hierarchy group in the scope.
fn top(holder: &User, scope: &Scope) -> Option<HierarchyGroupId> {
    match scope.hierarchy? {
        HierarchyScope::Own => holder.hierarchy_group,
        HierarchyScope::Group(group) => Some(group),
    }
}

/// Describes a scope of the user `holder`, for display to the viewer.
pub(crate) fn scope_in_words(viewer: &Viewer<'_>, holder: &User, scope: &Scope) -> String {
    let mut words = Vec::new();
    if !scope.tags.is_empty() {
        let tags: Vec<String> = scope.tags.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        words.push(format!("with the tags {}", tags.join(" and ")));
    }
    if let Some(hierarchy) = scope.hierarchy {
        let own = if hierarchy == HierarchyScope::Own { ", the holder's own group" } else { "" };
        words.push(match top(holder, scope) {
            Some(group) => {
                let path = viewer.group_path(group).unwrap_or_else(|| "a group outside your scope".to_owned());
                format!("in {path}{own}, and below")
            }
            None => "nobody: the holder stands in no group of the hierarchy".to_owned(),
        });
    }
    words.extend(scope.conditions_in_words());
    words.join(", ")
}
