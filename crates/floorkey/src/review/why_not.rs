//! Why can't this user do that, and what would let them: the profile of this instance that adds least.

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

/// Why somebody can or can't do something, and the ways to it.
#[derive(Clone, Debug)]
pub struct WhyNot {
    /// Whether they can, as things are.
    pub allowed: bool,
    /// For each permission that is asked for: the decision, and what speaks for it.
    pub explanations: Vec<(Permission, Explanation)>,
    /// What is not held, with what that requires and is not held either. Where one of several would do, all of them.
    pub missing: PermissionSet,
    /// Profiles that would let them, the one that adds least first, then by name. Empty if they can already, or if no
    /// single profile does.
    pub ways: Vec<Way>,
    /// Whether the user holds as many profiles as anybody can, so that another one must go first.
    pub full: bool,
    /// Whether the user is disabled, and would have to be enabled whatever profile is given.
    pub disabled: bool,
}

/// A profile that would let somebody do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The profile.
    pub profile: SecurityProfileId,
    /// What else it would let them do that they can't do now, somewhere at least. Old names are left out.
    pub adds: PermissionSet,
    /// Limits that it would put them under.
    pub limits: PermissionSet,
    /// How many permissions in other applications come along.
    pub applications: usize,
}

/// Why a user can't use a permission on something; `None` if there is no such user.
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

/// Why a user can't do an act of Floorkey's to something; `None` if there is no such user, or if no permission opens
/// the act.
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

/// What the user's profiles grant at the time, enabled or not.
fn held(directory: &Directory, user: &User, at: Timestamp) -> Grants {
    directory.grants_at(&User { enabled: true, ..user.clone() }, at)
}

/// Profiles that would turn the denial of a question into a yes, if the subject were enabled and held one of them too:
/// the one that adds least first, then by name. None where it is a yes, and where no profile helps.
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
            if directory.is_limit(permission) || directory.is_about(permission, &request.target).is_err() {
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
            // The one that is asked for is no addition.
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

/// The profiles not held with which, beside what is held, it would be allowed. What is asked for, and what that
/// requires, is not counted as added.
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

/// Whether grants hold the permission for that: what `decide` would say of somebody who had them.
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

/// The assignments of a user who takes a way: for trying it out before it is offered.
#[must_use]
pub fn assignments_with(user: &User, way: &Way) -> Vec<Assignment> {
    let others = user.assignments.iter().filter(|held| held.profile != way.profile).copied();
    others.chain([Assignment::always(way.profile)]).collect()
}
