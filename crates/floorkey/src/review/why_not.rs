//! Explains why a user can't perform an action, and lists the profiles that would allow the action. Profiles that add
//! the fewest permissions come first.

use crate::act::{Act, RequiredPermissions};
use crate::catalogue::{Permission, catalogue};
use crate::decision::{Action, Explanation, Grantee, Reason, Request, Seen, Target};
use crate::directory::Directory;
use crate::id::{SecurityProfileId, UserId};
use crate::limits;
use crate::permission_set::PermissionSet;
use crate::scope::Grants;
use crate::text::folded;
use crate::time::Timestamp;
use crate::user::{Assignment, User};

/// The reasons why a user can or can't perform an action, and the profiles that would allow the action.
#[derive(Clone, Debug)]
pub struct WhyNot {
    /// Whether the user can perform the action.
    pub allowed: bool,
    /// For each required permission, the decision and the grants that the decision is based on.
    pub explanations: Vec<(Permission, Explanation)>,
    /// The required permissions that the user doesn't have, and the permissions that they require in turn. If one of
    /// several permissions is sufficient, all of these permissions are included.
    pub missing: PermissionSet,
    /// Profiles that would allow the action, sorted by the number of additional permissions and then by name. Empty if
    /// the action is already allowed or if no single profile would allow it.
    pub ways: Vec<Way>,
    /// Whether the user has the maximum number of profiles. If so, a profile must be removed before another profile can
    /// be assigned.
    pub full: bool,
    /// Whether the user is disabled. If so, assigning a profile is not sufficient; the user must be enabled too.
    pub disabled: bool,
}

/// A profile that would allow a user to perform an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The profile.
    pub profile: SecurityProfileId,
    /// The permissions that the user would gain besides the required permissions, with or without a scope. Legacy
    /// permissions are omitted.
    pub adds: PermissionSet,
    /// The additional restrictions that would apply to the user.
    pub limits: PermissionSet,
    /// The number of application permissions that the user would gain.
    pub applications: usize,
}

/// Explains why a user can't use a permission on a target; `None` if the user does not exist.
#[must_use]
pub fn permission(
    directory: &Directory,
    user: UserId,
    permission: Permission,
    target: &Target<'_>,
    at: Timestamp,
) -> Option<WhyNot> {
    let required =
        RequiredPermissions { all_of: PermissionSet::from_iter([permission]), ..RequiredPermissions::default() };
    why_not(directory, user, &required, target, at)
}

/// Explains why a user can't perform an operation on a target; `None` if the user does not exist or if no permission
/// allows the operation.
#[must_use]
pub fn act(directory: &Directory, user: UserId, act: Act, target: &Target<'_>, at: Timestamp) -> Option<WhyNot> {
    let resource_type = directory.thing(target).and_then(|thing| thing.resource_type);
    let required = catalogue().requirement(act).needs(resource_type)?;
    why_not(directory, user, &required, target, at)
}

fn why_not(
    directory: &Directory,
    id: UserId,
    required: &RequiredPermissions,
    target: &Target<'_>,
    at: Timestamp,
) -> Option<WhyNot> {
    let user = directory.user(id)?;
    let explain = |permission| {
        let request = Request::new(id, Action::Permission(permission), *target, at);
        (permission, directory.explain_scopes(permission, &request))
    };
    let explanations: Vec<_> = required.names().iter().map(explain).collect();
    let granted = |permission| {
        explanations.iter().any(|(explained, explanation)| *explained == permission && explanation.decision.allowed())
    };
    let grants = grants_if_enabled(directory, user, at);
    let allowed = required.are_met(granted, &grants.limits);
    let missing: PermissionSet = required.names().iter().filter(|permission| !granted(*permission)).collect();
    let with_required = missing.iter().fold(missing, |all, name| all.union(&catalogue().requires(name)));
    Some(WhyNot {
        allowed,
        missing: if allowed { PermissionSet::EMPTY } else { with_required.difference(&grants.everywhere) },
        ways: if allowed {
            Vec::new()
        } else {
            suggest_for_requirement(directory, user, &grants, required, target, at)
        },
        full: user.assignments.iter().filter(|assignment| !assignment.has_ended(at)).count()
            >= limits::PROFILES_A_USER_MAX,
        disabled: !user.enabled,
        explanations,
    })
}

/// Returns the access that the user's profiles grant at the given time, even if the user is disabled.
fn grants_if_enabled(directory: &Directory, user: &User, at: Timestamp) -> Grants {
    directory.grants_at(&User { enabled: true, ..user.clone() }, at)
}

/// Returns the profiles that would each allow the denied request if they were assigned to the subject and the subject
/// were enabled. The profiles are sorted by the number of additional permissions and then by name. Empty if the request
/// is already allowed or if no single profile would allow it.
#[must_use]
pub fn ways_to(directory: &Directory, request: &Request<'_>) -> Vec<Way> {
    let reason = directory.decide(request).reason;
    let Some(user) = directory.user(request.subject) else { return Vec::new() };
    let (Reason::NotHeld | Reason::OutOfScope | Reason::Disabled) = reason else { return Vec::new() };
    let Some(resource) = directory.seen(request) else { return Vec::new() };
    let grantee = Grantee { user, given: request.given };
    let grants = grants_if_enabled(directory, user, request.at);
    match request.action {
        Action::Unknown(_) => Vec::new(),
        Action::Permission(permission) => {
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
        Action::Application { namespace, permission } => {
            let pair = (namespace.to_owned(), permission.to_owned());
            let mut suggestions = suggest(directory, user, &grants, PermissionSet::EMPTY, request.at, |with| {
                with.applications.contains(&pair)
                    || with.application_scopes(&pair).any(|scope| directory.in_scope(scope, grantee, resource))
            });
            // The requested permission is not counted as an additional permission.
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
) -> Vec<Way> {
    let resource = directory.thing_or_unknown(target).as_ref().map(Seen::from);
    suggest(directory, user, grants, required.names(), at, |with| {
        required.are_met(
            |permission| grants_cover(directory, user.into(), with, permission, resource.as_ref()),
            &with.limits,
        )
    })
}

/// Returns the profiles that the user doesn't have and that would allow the request together with the user's grants.
/// The requested permissions and the permissions that they require are not counted as additional permissions.
fn suggest(
    directory: &Directory,
    user: &User,
    grants: &Grants,
    requested: PermissionSet,
    at: Timestamp,
    allows: impl Fn(&Grants) -> bool,
) -> Vec<Way> {
    let legacy: PermissionSet = catalogue().legacy().iter().map(|(legacy, _)| *legacy).collect();
    let requested = requested.iter().fold(requested, |all, name| all.union(&catalogue().requires(name)));
    let mut suggestions = Vec::new();
    for profile in directory.profiles() {
        let Some(added) = directory.grants(profile.id) else { continue };
        if user.profiles_at(at).any(|assigned| assigned == profile.id) {
            continue;
        }
        let mut with = grants.clone();
        with.add(added);
        if allows(&with) {
            let adds = with.anywhere().difference(&grants.anywhere()).difference(&requested).difference(&legacy);
            let limits = with.limits.difference(&grants.limits);
            let applications = with.applications_anywhere().difference(&grants.applications_anywhere()).count();
            suggestions.push((folded(&profile.name), Way { profile: profile.id, adds, limits, applications }));
        }
    }
    suggestions.sort_by(|(a, x), (b, y)| (x.adds.len(), x.applications, a).cmp(&(y.adds.len(), y.applications, b)));
    suggestions.into_iter().map(|(_, suggestion)| suggestion).collect()
}

/// Whether the grants include the permission for the resource. The result is the same as for a decision about a user
/// who has only these grants.
fn grants_cover(
    directory: &Directory,
    grantee: Grantee<'_>,
    grants: &Grants,
    permission: Permission,
    resource: Option<&Seen<'_>>,
) -> bool {
    let Some(resource) = resource else { return false };
    grants.everywhere.contains(permission)
        || grants
            .within
            .iter()
            .any(|(scope, set)| set.contains(permission) && directory.in_scope(scope, grantee, resource))
}

/// Returns the user's assignments with the profile added. Use the result to test a suggestion before it is offered.
#[must_use]
pub fn with_suggestion(user: &User, way: &Way) -> Vec<Assignment> {
    let others = user.assignments.iter().filter(|assignment| assignment.profile != way.profile).copied();
    others.chain([Assignment::always(way.profile)]).collect()
}
