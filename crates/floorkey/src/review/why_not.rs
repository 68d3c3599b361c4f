//! Why a user can't do something, and the profiles that would allow it, in ascending order of additional permissions.

use crate::act::{Act, Needs};
use crate::catalogue::{Permission, catalogue};
use crate::decision::{Action, Explanation, Holder, Reason, Request, Seen, Target};
use crate::directory::Directory;
use crate::id::{SecurityProfileId, UserId};
use crate::limits;
use crate::permission_set::PermissionSet;
use crate::scope::Grants;
use crate::text::folded;
use crate::time::Timestamp;
use crate::user::{Assignment, User};

/// Why a user can or can't do something, and the profiles that would allow it.
#[derive(Clone, Debug)]
pub struct WhyNot {
    /// Whether the user can do it.
    pub allowed: bool,
    /// The decision and the grants behind it for each required permission.
    pub explanations: Vec<(Permission, Explanation)>,
    /// The required permissions that the user doesn't have, including those that they require in turn. If any one of
    /// several is sufficient, all of them are included.
    pub missing: PermissionSet,
    /// Profiles that would allow it, in ascending order of additional permissions, then by name. Empty if it is already
    /// allowed or if no single profile would allow it.
    pub ways: Vec<Way>,
    /// Whether the user has the maximum number of profiles, so that one must be removed before another can be assigned.
    pub full: bool,
    /// Whether the user is disabled, and would have to be enabled in addition to any profile.
    pub disabled: bool,
}

/// A profile that would allow a user to do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The profile.
    pub profile: SecurityProfileId,
    /// The other permissions that the user would gain, with or without a scope. Legacy permissions are omitted.
    pub adds: PermissionSet,
    /// The restrictions that would newly apply to the user.
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
    let wanted = Needs { all_of: PermissionSet::from_iter([permission]), ..Needs::default() };
    why_not(directory, user, &wanted, target, at)
}

/// Explains why a user can't perform an operation on a target; `None` if the user does not exist or if no permission
/// allows the operation.
#[must_use]
pub fn act(directory: &Directory, user: UserId, act: Act, target: &Target<'_>, at: Timestamp) -> Option<WhyNot> {
    let resource_type = directory.thing(target).and_then(|thing| thing.resource_type);
    let wanted = catalogue().requirement(act).needs(resource_type)?;
    why_not(directory, user, &wanted, target, at)
}

fn why_not(directory: &Directory, id: UserId, wanted: &Needs, target: &Target<'_>, at: Timestamp) -> Option<WhyNot> {
    let user = directory.user(id)?;
    let explain = |permission| {
        let request = Request::new(id, Action::Permission(permission), *target, at);
        (permission, directory.explain_reach(permission, &request))
    };
    let explanations: Vec<_> = wanted.names().iter().map(explain).collect();
    let granted = |permission| {
        explanations.iter().any(|(asked, explanation)| *asked == permission && explanation.decision.allowed())
    };
    let held = held(directory, user, at);
    let allowed = wanted.are_met(granted, &held.limits);
    let lacking: PermissionSet = wanted.names().iter().filter(|permission| !granted(*permission)).collect();
    let with_required = lacking.iter().fold(lacking, |all, name| all.union(&catalogue().requires(name)));
    Some(WhyNot {
        allowed,
        missing: if allowed { PermissionSet::EMPTY } else { with_required.difference(&held.everywhere) },
        ways: if allowed { Vec::new() } else { ways_for(directory, user, &held, wanted, target, at) },
        full: user.assignments.iter().filter(|held| !held.has_ended(at)).count() >= limits::PROFILES_A_USER_MAX,
        disabled: !user.enabled,
        explanations,
    })
}

/// Returns what the user's profiles grant at the given time, even if the user is disabled.
fn held(directory: &Directory, user: &User, at: Timestamp) -> Grants {
    directory.grants_at(&User { enabled: true, ..user.clone() }, at)
}

/// Returns the profiles each of which would change the decision from denied to allowed if it were assigned to the
/// subject and the subject were enabled: in ascending order of additional permissions, then by name. Empty if the
/// request is allowed or if no single profile would allow it.
#[must_use]
pub fn ways_to(directory: &Directory, request: &Request<'_>) -> Vec<Way> {
    let reason = directory.decide(request).reason;
    let Some(user) = directory.user(request.subject) else { return Vec::new() };
    let (Reason::NotHeld | Reason::OutOfScope | Reason::Disabled) = reason else { return Vec::new() };
    let Some(thing) = directory.seen(request) else { return Vec::new() };
    let holder = Holder { user, given: request.given };
    let held = held(directory, user, request.at);
    match request.action {
        Action::Unknown(_) => Vec::new(),
        Action::Permission(permission) => {
            if directory.is_restriction(permission) || directory.is_about(permission, &request.target).is_err() {
                return Vec::new();
            }
            let asked = PermissionSet::from_iter([permission]);
            ways(directory, user, &held, asked, request.at, |with| {
                reaches(directory, holder, with, permission, Some(&thing))
            })
        }
        Action::Application { namespace, permission } => {
            let pair = (namespace.to_owned(), permission.to_owned());
            let mut ways = ways(directory, user, &held, PermissionSet::EMPTY, request.at, |with| {
                with.applications.contains(&pair)
                    || with.application_scopes(&pair).any(|scope| directory.in_scope(scope, holder, thing))
            });
            // The requested permission is not an addition.
            ways.iter_mut().for_each(|way| way.applications = way.applications.saturating_sub(1));
            ways
        }
    }
}

fn ways_for(
    directory: &Directory,
    user: &User,
    held: &Grants,
    wanted: &Needs,
    target: &Target<'_>,
    at: Timestamp,
) -> Vec<Way> {
    let thing = directory.thing_or_instance(target).as_ref().map(Seen::from);
    ways(directory, user, held, wanted.names(), at, |with| {
        wanted.are_met(|permission| reaches(directory, user.into(), with, permission, thing.as_ref()), &with.limits)
    })
}

/// Returns the profiles that the user doesn't have and that would allow the request together with the user's grants.
/// The requested permissions and those that they require don't count as additions.
fn ways(
    directory: &Directory,
    user: &User,
    held: &Grants,
    asked: PermissionSet,
    at: Timestamp,
    allows: impl Fn(&Grants) -> bool,
) -> Vec<Way> {
    let old: PermissionSet = catalogue().legacy().iter().map(|(old, _)| *old).collect();
    let asked = asked.iter().fold(asked, |all, name| all.union(&catalogue().requires(name)));
    let mut ways = Vec::new();
    for profile in directory.profiles() {
        let Some(grants) = directory.grants(profile.id) else { continue };
        if user.profiles_at(at).any(|held| held == profile.id) {
            continue;
        }
        let mut with = held.clone();
        with.add(grants);
        if allows(&with) {
            let adds = with.anywhere().difference(&held.anywhere()).difference(&asked).difference(&old);
            let limits = with.limits.difference(&held.limits);
            let applications = with.applications_anywhere().difference(&held.applications_anywhere()).count();
            ways.push((folded(&profile.name), Way { profile: profile.id, adds, limits, applications }));
        }
    }
    ways.sort_by(|(a, x), (b, y)| (x.adds.len(), x.applications, a).cmp(&(y.adds.len(), y.applications, b)));
    ways.into_iter().map(|(_, way)| way).collect()
}

/// Whether the grants include the permission for the target, as `decide` would evaluate it for a user with these
/// grants.
fn reaches(
    directory: &Directory,
    holder: Holder<'_>,
    grants: &Grants,
    permission: Permission,
    thing: Option<&Seen<'_>>,
) -> bool {
    let Some(thing) = thing else { return false };
    grants.everywhere.contains(permission)
        || grants.within.iter().any(|(scope, set)| set.contains(permission) && directory.in_scope(scope, holder, thing))
}

/// Returns the user's assignments with the profile added, for testing it before it is offered.
#[must_use]
pub fn assignments_with(user: &User, way: &Way) -> Vec<Assignment> {
    let others = user.assignments.iter().filter(|held| held.profile != way.profile).copied();
    others.chain([Assignment::always(way.profile)]).collect()
}
