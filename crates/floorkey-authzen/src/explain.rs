//! Explanations of decisions for people who manage permissions. A response contains the explanation as `reason_admin`
//! in its context.

use floorkey::review::why_not::suggest_profiles;
use floorkey::scope::{HierarchyScope, Scope};
use floorkey::visibility::Viewer;
use floorkey::{Directory, Grant, Origin, PermissionSet, Principal, Request, SecurityProfileId};
use serde::Serialize;

/// Maximum number of profiles to suggest when a request is denied.
const SUGGESTED_PROFILES_MAX: usize = 5;

/// The explanation of a decision.
#[derive(Debug, Serialize)]
pub(super) struct Explanation {
    /// The reason for a denial. The member's name is the HTTP status that an application would return.
    #[serde(rename = "403", skip_serializing_if = "Option::is_none")]
    denied: Option<&'static str>,
    /// The grants of the permission, including grants that don't apply to the resource.
    grants: Vec<ExplainedGrant>,
    /// Profiles that the subject doesn't have and that would allow the request. Profiles that add the least risk are
    /// listed first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    would_allow: Vec<ProfileRef>,
}

#[derive(Debug, Serialize)]
struct ExplainedGrant {
    profile: ProfileRef,
    /// One of `chosen`, `required` and `same_as`.
    origin: &'static str,
    /// The permissions that require the granted permission or are equivalent to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    by: Vec<String>,
    /// The grant's scope, as phrases that can follow "if". Empty if the grant has no scope.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    only_if: Vec<String>,
    /// Whether the grant applies to the resource.
    #[serde(rename = "reaches")]
    applies: bool,
}

#[derive(Debug, Serialize)]
struct ProfileRef {
    id: String,
    name: String,
}

/// Explains the decision on a request.
///
/// The explanation is not limited to what a particular user can view, because an API token doesn't belong to a user.
/// Full administrators create tokens for applications that make decisions about the whole instance.
pub(super) fn explain(directory: &Directory, request: &Request<'_>) -> Explanation {
    let viewer = Viewer::new(directory, &Principal::System, request.at);
    let explanation = directory.explain(request);
    let denied = !explanation.decision.allowed();
    Explanation {
        denied: denied.then(|| explanation.decision.reason.as_str()),
        grants: explanation.grants.iter().map(|grant| explained_grant(&viewer, grant)).collect(),
        would_allow: if denied { would_allow(directory, &viewer, request) } else { Vec::new() },
    }
}

fn explained_grant(viewer: &Viewer<'_>, grant: &Grant) -> ExplainedGrant {
    let names = |set: &PermissionSet| set.iter().map(|permission| permission.name().to_owned()).collect();
    let (origin, by) = match &grant.origin {
        Origin::Selected => ("chosen", Vec::new()),
        Origin::RequiredBy(set) => ("required", names(set)),
        Origin::RequiredInApplication(names) => ("required", names.clone()),
        Origin::EquivalentTo(set) => ("same_as", names(set)),
    };
    ExplainedGrant {
        profile: profile_ref(viewer, grant.profile),
        origin,
        by,
        only_if: grant.scope.as_ref().map(|scope| only_if(viewer, scope)).unwrap_or_default(),
        applies: grant.covers_target,
    }
}

/// Returns a scope as phrases that can follow "if".
fn only_if(viewer: &Viewer<'_>, scope: &Scope) -> Vec<String> {
    let tags = scope.tags.iter().map(|(name, value)| format!("its tag “{name}” is “{value}”"));
    let hierarchy = scope.hierarchy.map(|hierarchy| match hierarchy {
        HierarchyScope::Own => "it is in the user's own hierarchy group or below".to_owned(),
        HierarchyScope::Group(id) => match viewer.group_name(id) {
            Some(name) => format!("it is in the hierarchy group “{name}” or below"),
            None => format!("it is in the hierarchy group {id} or below"),
        },
    });
    tags.chain(hierarchy).chain(scope.conditions.iter().map(ToString::to_string)).collect()
}

/// Returns each profile that would allow the request if it were assigned to the subject in addition to the subject's
/// other profiles. Returns an empty list if the subject is disabled.
fn would_allow(directory: &Directory, viewer: &Viewer<'_>, request: &Request<'_>) -> Vec<ProfileRef> {
    match directory.user(request.subject) {
        Some(user) if user.enabled => {
            let suggestions = suggest_profiles(directory, request).into_iter().take(SUGGESTED_PROFILES_MAX);
            suggestions.map(|suggestion| profile_ref(viewer, suggestion.profile)).collect()
        }
        _ => Vec::new(),
    }
}

fn profile_ref(viewer: &Viewer<'_>, id: SecurityProfileId) -> ProfileRef {
    ProfileRef { id: id.to_string(), name: viewer.profile_name(id).unwrap_or_default().to_owned() }
}
