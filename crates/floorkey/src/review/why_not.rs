//! Explains why a user can't perform an action, and lists the profiles that would allow it. Profiles that add the least
//! risk are listed first, and among these the profiles that add the fewest permissions.

use crate::action::{Action, RequiredPermissions};
use crate::catalog::{Permission, catalog};
use crate::decision::{Explanation, Grantee, Reason, Request, RequestedAction, ResourceView, Target};
use crate::directory::Directory;
use crate::id::{SecurityProfileId, UserId};
use crate::limits;
use crate::permission_set::PermissionSet;
use crate::review::capabilities::{RiskLevel, without_legacy};
use crate::scope::Grants;
use crate::text::folded;
use crate::time::Timestamp;
use crate::user::{Assignment, User};

/// The reasons why a user can or can't perform an action, and the profiles that would allow the action.
#[derive(Clone, Debug)]
pub struct DenialReview {
    /// Whether the user can perform the action.
    pub allowed: bool,
    /// For each required permission, the decision and the grants that the decision is based on.
    pub explanations: Vec<(Permission, Explanation)>,
    /// The required permissions that the user doesn't have, together with their prerequisites. If any one of several
    /// permissions would be sufficient, all of them are included.
    pub missing_permissions: PermissionSet,
    /// Profiles that would allow the action, sorted by [`ProfileSuggestion::rank`] and then by name. Empty if the action
    /// is already allowed, or if no profile would allow it by itself.
    pub suggestions: Vec<ProfileSuggestion>,
    /// Whether the user has the maximum number of profiles. If so, a profile must be removed before another profile can
    /// be assigned.
    pub has_max_profiles: bool,
    /// Whether the user is disabled. If so, assigning a profile is not sufficient; the user must be enabled too.
    pub disabled: bool,
}

/// A profile that would allow a user to perform an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileSuggestion {
    /// The profile.
    pub profile: SecurityProfileId,
    /// The permissions that the user would gain in addition to the required permissions. Scoped permissions are
    /// included, and legacy permissions are omitted.
    pub adds: PermissionSet,
    /// The additional restrictions that would apply to the user.
    pub restrictions: PermissionSet,
    /// The number of application permissions that the user would gain.
    pub applications: usize,
    /// The worst risk of all permissions that the user would gain, including the required permissions.
    pub risk: RiskLevel,
}

impl ProfileSuggestion {
    /// Returns the suggestion to assign a profile to a user who has the grants `before`. `requested` are the
    /// permissions that the user asked for, together with their prerequisites.
    #[must_use]
    pub fn new(
        directory: &Directory,
        before: &Grants,
        profile: SecurityProfileId,
        requested: &PermissionSet,
    ) -> Option<Self> {
        let mut with = before.clone();
        with.add(directory.grants(profile)?);
        Some(Self::from_grants(profile, before, &with, requested))
    }

    fn from_grants(profile: SecurityProfileId, before: &Grants, with: &Grants, requested: &PermissionSet) -> Self {
        let gains = without_legacy(&with.all_permissions().difference(&before.all_permissions()));
        Self {
            profile,
            adds: gains.difference(requested),
            restrictions: with.restrictions.difference(&before.restrictions),
            applications: with.all_applications().difference(&before.all_applications()).count(),
            risk: RiskLevel::of(&gains),
        }
    }

    /// Returns the order of suggestions: the risk, the number of additional permissions, and the number of additional
    /// permissions in applications.
    #[must_use]
    pub fn rank(&self) -> (RiskLevel, usize, usize) {
        (self.risk, self.adds.len(), self.applications)
    }
}

/// Explains why a user can't use a permission on a target; `None` if the user does not exist.
#[must_use]
pub fn permission(
    directory: &Directory,
    user: UserId,
    permission: Permission,
    target: &Target<'_>,
    at: Timestamp,
) -> Option<DenialReview> {
    let required =
        RequiredPermissions { all_of: PermissionSet::from_iter([permission]), ..RequiredPermissions::default() };
    why_not(directory, user, &required, target, at)
}

/// Explains why a user can use none of the permissions on a target; `None` if the user does not exist.
#[must_use]
pub fn any_permission(
    directory: &Directory,
    user: UserId,
    permissions: &PermissionSet,
    target: &Target<'_>,
    at: Timestamp,
) -> Option<DenialReview> {
    let required = RequiredPermissions { any_of: *permissions, ..RequiredPermissions::default() };
    why_not(directory, user, &required, target, at)
}

/// Explains why a user can't perform an operation on a target; `None` if the user does not exist or if no permission
/// allows the operation.
#[must_use]
pub fn action(
    directory: &Directory,
    user: UserId,
    action: Action,
    target: &Target<'_>,
    at: Timestamp,
) -> Option<DenialReview> {
    let resource_type = directory.resource_attributes(target).and_then(|thing| thing.resource_type);
    let required = catalog().requirement(action).required_permissions(resource_type)?;
    why_not(directory, user, &required, target, at)
}

fn why_not(
    directory: &Directory,
    id: UserId,
    required: &RequiredPermissions,
    target: &Target<'_>,
    at: Timestamp,
) -> Option<DenialReview> {
    let user = directory.user(id)?;
    let explain = |permission| {
        let request = Request::new(id, RequestedAction::Permission(permission), *target, at);
        (permission, directory.explain_scopes(permission, &request))
    };
    let explanations: Vec<_> = required.names().iter().map(explain).collect();
    let granted = |permission| {
        explanations.iter().any(|(explained, explanation)| *explained == permission && explanation.decision.allowed())
    };
    let grants = grants_if_enabled(directory, user, at);
    let allowed = required.are_granted(granted, &grants.restrictions);
    let missing: PermissionSet = required.names().iter().filter(|permission| !granted(*permission)).collect();
    let with_required = missing.iter().fold(missing, |all, name| all.union(&catalog().requires(name)));
    Some(DenialReview {
        allowed,
        missing_permissions: if allowed { PermissionSet::EMPTY } else { with_required.difference(&grants.unscoped) },
        suggestions: if allowed {
            Vec::new()
        } else {
            suggest_for_requirement(directory, user, &grants, required, target, at)
        },
        has_max_profiles: user.assignments.iter().filter(|assignment| !assignment.has_ended(at)).count()
            >= limits::PROFILES_A_USER_MAX,
        disabled: !user.enabled,
        explanations,
    })
}

/// Returns the access that the user's profiles grant at the given time, even if the user is disabled.
fn grants_if_enabled(directory: &Directory, user: &User, at: Timestamp) -> Grants {
    directory.grants_at(&User { enabled: true, ..user.clone() }, at)
}

/// Returns each profile that would allow the denied request if it were assigned to the subject and the subject were
/// enabled. The profiles are sorted by [`ProfileSuggestion::rank`] and then by name. The result is empty if the request
/// is already allowed, or if no profile would allow it by itself.
#[must_use]
pub fn suggest_profiles(directory: &Directory, request: &Request<'_>) -> Vec<ProfileSuggestion> {
    let reason = directory.decide(request).reason;
    let Some(user) = directory.user(request.subject) else { return Vec::new() };
    let (Reason::NotGranted | Reason::OutOfScope | Reason::Disabled) = reason else { return Vec::new() };
    let Some(resource) = directory.resource_view(request) else { return Vec::new() };
    let grantee = Grantee { user, given: request.attributes };
    let grants = grants_if_enabled(directory, user, request.at);
    match request.action {
        RequestedAction::Unknown(_) => Vec::new(),
        RequestedAction::Permission(permission) => {
            if directory.is_restriction(permission)
                || directory.check_resource_type(permission, &request.target).is_err()
            {
                return Vec::new();
            }
            let requested = PermissionSet::from_iter([permission]);
            suggest(directory, user, &grants, requested, request.at, |with| {
                grants_cover(directory, grantee, with, permission, Some(&resource))
            })
        }
        RequestedAction::Application { namespace, permission } => {
            let pair = (namespace.to_owned(), permission.to_owned());
            let mut suggestions = suggest(directory, user, &grants, PermissionSet::EMPTY, request.at, |with| {
                with.applications.contains(&pair)
                    || with.application_scopes(&pair).any(|scope| directory.in_scope(scope, grantee, resource))
            });
            // The requested permission is not an additional permission, so it is subtracted.
            suggestions.iter_mut().for_each(|one| one.applications = one.applications.saturating_sub(1));
            suggestions
        }
    }
}

fn suggest_for_requirement(
    directory: &Directory,
    user: &User,
    grants: &Grants,
    required: &RequiredPermissions,
    target: &Target<'_>,
    at: Timestamp,
) -> Vec<ProfileSuggestion> {
    let resource = directory.thing_or_unknown(target).as_ref().map(ResourceView::from);
    suggest(directory, user, grants, required.names(), at, |with| {
        required.are_granted(
            |permission| grants_cover(directory, user.into(), with, permission, resource.as_ref()),
            &with.restrictions,
        )
    })
}

/// Returns the profiles that the user doesn't have and that would allow the request in combination with the user's
/// grants. The requested permissions and their prerequisites are not counted as additional permissions.
fn suggest(
    directory: &Directory,
    user: &User,
    grants: &Grants,
    requested: PermissionSet,
    at: Timestamp,
    allows: impl Fn(&Grants) -> bool,
) -> Vec<ProfileSuggestion> {
    let requested = requested.iter().fold(requested, |all, name| all.union(&catalog().requires(name)));
    let mut suggestions = Vec::new();
    for profile in directory.profiles() {
        let Some(added) = directory.grants(profile.id) else { continue };
        if user.profiles_at(at).any(|assigned| assigned == profile.id) {
            continue;
        }
        let mut with = grants.clone();
        with.add(added);
        if allows(&with) {
            let suggestion = ProfileSuggestion::from_grants(profile.id, grants, &with, &requested);
            suggestions.push((folded(&profile.name), suggestion));
        }
    }
    suggestions.sort_by(|(a, x), (b, y)| (x.rank(), a).cmp(&(y.rank(), b)));
    suggestions.into_iter().map(|(_, suggestion)| suggestion).collect()
}

/// Whether the grants include the permission for the resource. A decision about a user who has only these grants would
/// have the same result.
fn grants_cover(
    directory: &Directory,
    grantee: Grantee<'_>,
    grants: &Grants,
    permission: Permission,
    resource: Option<&ResourceView<'_>>,
) -> bool {
    let Some(resource) = resource else { return false };
    grants.unscoped.contains(permission)
        || grants
            .scoped
            .iter()
            .any(|(scope, set)| set.contains(permission) && directory.in_scope(scope, grantee, resource))
}

/// Returns the user's assignments, including the suggested profile. Use the result to test a suggestion before it is
/// shown to users.
#[must_use]
pub fn with_suggestion(user: &User, way: &ProfileSuggestion) -> Vec<Assignment> {
    let others = user.assignments.iter().filter(|assignment| assignment.profile != way.profile).copied();
    others.chain([Assignment::always(way.profile)]).collect()
}
