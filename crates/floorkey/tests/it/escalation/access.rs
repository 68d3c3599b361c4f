//! A user's access. It consists of the decisions of `decide` on a fixed list of requests, at the current time and after
//! each clock tick.
//!
//! This model does not use the product's own rules for comparing users. It measures a restriction by its effect. For
//! each permission that the restriction limits, the list has two checks. One checks whether the user has the
//! permission. The other checks whether the user has it without the restriction.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use floorkey::tags::Tags;
use floorkey::user::Assignment;
use floorkey::{
    Directory, Permission, Record, RecordChange, Request, RequestedAction, ResourceAttributes, ResourceType,
    SecurityProfile, Target, User, catalog,
};

use super::fixtures::{
    PROFILES, RECORDINGS, RESTRICTION, TICKS, USERS, group_id, profile_id, profile_slot, time, user_id,
};
use crate::test_instance::tags;

/// The results of all checks at all points in time. Each result is one bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Access(u128);

/// A check of a user's access: whether the user is allowed to perform the action on the target.
struct AccessCheck {
    label: String,
    action: RequestedAction<'static>,
    target: Target<'static>,
    /// Whether the check fails for users to whom the restriction applies.
    requires_unrestricted: bool,
    /// Whether users can escalate with the checked permission.
    can_escalate: bool,
}

static RED: LazyLock<Tags> = LazyLock::new(|| tags(&[("team", "red")]));
static BLUE: LazyLock<Tags> = LazyLock::new(|| tags(&[("team", "blue")]));
static NONE: Tags = BTreeMap::new();

const RED_USERS: &str = "red users";
const BLUE_USERS: &str = "blue users";
const USERS_OF_GROUPS: [&str; 2] = ["users of group 0", "users of group 1"];

static ACCESS_CHECKS: LazyLock<Vec<AccessCheck>> = LazyLock::new(access_checks);
static MASKS: LazyLock<Masks> = LazyLock::new(Masks::new);

/// Sets of checks, stored as bit masks. The masks are computed only once, because every step uses them.
struct Masks {
    ticks: [u128; TICKS],
    /// The checks of permissions that users can't escalate with.
    without_escalation: u128,
    /// For each check, the mask of all checks of the same permission.
    alike: Vec<u128>,
    /// The checks of application permissions.
    applications: u128,
    /// The checks about each user. `profiles` has the checks about each profile, and `others` has all remaining checks.
    users: [u128; USERS],
    profiles: [u128; PROFILES],
    others: u128,
}

impl Masks {
    fn new() -> Self {
        let mask_of = |predicate: &dyn Fn(&AccessCheck) -> bool| {
            let access_checks = ACCESS_CHECKS.iter().enumerate().filter(|(_, access_check)| predicate(access_check));
            access_checks.fold(0, |mask, (at, _)| mask | all_ticks(at))
        };
        let has_one_target =
            |access_check: &AccessCheck| matches!(access_check.target, Target::User(_) | Target::Profile(_));
        Self {
            ticks: std::array::from_fn(|tick| (0..ACCESS_CHECKS.len()).fold(0, |mask, at| mask | bit(at, tick))),
            without_escalation: mask_of(&|access_check| !access_check.can_escalate),
            alike: ACCESS_CHECKS
                .iter()
                .map(|access_check| mask_of(&|other| name_of(other) == name_of(access_check)))
                .collect(),
            applications: mask_of(&|access_check| matches!(access_check.action, RequestedAction::Application { .. })),
            users: std::array::from_fn(|slot| {
                mask_of(&|access_check| same(&access_check.target, &Target::User(user_id(slot))))
            }),
            profiles: std::array::from_fn(|slot| {
                mask_of(&|access_check| same(&access_check.target, &Target::Profile(profile_id(slot))))
            }),
            others: mask_of(&|access_check| !has_one_target(access_check)),
        }
    }
}

fn access_checks() -> Vec<AccessCheck> {
    let mut all = Vec::new();
    let mut add = |name: &'static str, about: &str, target: Target<'static>, requires_unrestricted: bool| {
        let can_escalate = Permission::parse(name)
            .is_ok_and(|permission| permission.info().risks.contains(&catalog::Risk::Escalation));
        let action = match name {
            "refund" => RequestedAction::Application { namespace: "crm", permission: "refund" },
            name => RequestedAction::parse(name),
        };
        all.push(AccessCheck { label: format!("{name} {about}"), action, target, requires_unrestricted, can_escalate });
    };
    let user = |tags: &'static Tags, hierarchy_group| {
        Target::Described(ResourceAttributes { hierarchy_group, ..ResourceAttributes::new(ResourceType::User, tags) })
    };
    for slot in 0..USERS {
        let about = format!("user {slot}");
        add("Users.Edit", &about, Target::User(user_id(slot)), false);
        add("Users.Delete", &about, Target::User(user_id(slot)), false);
    }
    for slot in 0..PROFILES {
        add("SecurityProfiles.Edit", &format!("profile {slot}"), Target::Profile(profile_id(slot)), false);
    }
    for name in ["Users.Edit", "Users.Delete"] {
        add(name, "any user", user(&NONE, None), false);
        add(name, RED_USERS, user(&RED, None), false);
        add(name, BLUE_USERS, user(&BLUE, None), false);
        add(name, USERS_OF_GROUPS[0], user(&NONE, Some(group_id(0))), false);
        add(name, USERS_OF_GROUPS[1], user(&NONE, Some(group_id(1))), false);
    }
    add("Users.Create", "any user", user(&NONE, None), false);
    let profile = |tags: &'static Tags| Target::Described(ResourceAttributes::new(ResourceType::SecurityProfile, tags));
    add("SecurityProfiles.Edit", "any profile", profile(&NONE), false);
    add("SecurityProfiles.Edit", "red profiles", profile(&RED), false);
    add("AgentGrouping.Edit", "", Target::Instance, false);
    add("BasicAgentAccess", "", Target::Instance, false);
    add(RECORDINGS, "", Target::Instance, false);
    add(RECORDINGS, "without restriction", Target::Instance, true);
    add("refund", "order 1", Target::Application { namespace: "crm", id: "1" }, false);
    add("refund", "order 2", Target::Application { namespace: "crm", id: "2" }, false);
    all
}

impl Access {
    pub(super) const NONE: Self = Self(0);

    pub(super) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns only the results from the given tick onward.
    pub(super) fn since_tick(self, tick: usize) -> Self {
        Self(MASKS.ticks[tick..].iter().fold(0, |mask, tick| mask | tick) & self.0)
    }

    /// Returns only the results at the given tick.
    pub(super) fn only_tick(self, tick: usize) -> Self {
        Self(self.0 & MASKS.ticks[tick])
    }

    /// Returns only the results for permissions that users can't escalate with.
    pub(super) fn without_escalation(self) -> Self {
        Self(MASKS.without_escalation & self.0)
    }

    /// Whether the access includes a permission that users can escalate with.
    pub(super) fn can_escalate(self) -> bool {
        !self.difference(self.without_escalation()).is_empty()
    }

    /// Returns only the results for application permissions.
    pub(super) fn in_applications(self) -> Self {
        Self(MASKS.applications & self.0)
    }

    /// Returns only the results for the given user or profile.
    pub(super) fn only_target(self, target: Target<'_>) -> Self {
        let about = ACCESS_CHECKS.iter().enumerate().filter(|(_, access_check)| same(&access_check.target, &target));
        Self(about.fold(0, |mask, (at, _)| mask | all_ticks(at)) & self.0)
    }

    /// Adds access to a newly created target. If the access includes a permission for any other target, the permission
    /// is added for the new target too.
    pub(super) fn with_created(self, created: Target<'_>) -> Self {
        let about = ACCESS_CHECKS.iter().enumerate().filter(|(_, access_check)| same(&access_check.target, &created));
        let now = about.flat_map(|(at, _)| (0..TICKS).map(move |tick| (at, tick)));
        let is_present = |(at, tick): &(usize, usize)| self.0 & MASKS.alike[*at] & MASKS.ticks[*tick] != 0;
        Self(now.filter(is_present).fold(self.0, |all, (at, tick)| all | bit(at, tick)))
    }

    /// Whether the access to red users differs from the access to blue users.
    pub(super) fn distinguishes_tags(self) -> bool {
        self.bits_of(RED_USERS) != self.bits_of(BLUE_USERS)
    }

    /// Whether the access to the first group's users differs from the access to the second group's users.
    pub(super) fn distinguishes_groups(self) -> bool {
        self.bits_of(USERS_OF_GROUPS[0]) != self.bits_of(USERS_OF_GROUPS[1])
    }

    fn bits_of(self, label: &str) -> u128 {
        let access_checks =
            ACCESS_CHECKS.iter().enumerate().filter(|(_, access_check)| access_check.label.ends_with(label));
        access_checks.fold(0, |mask, (at, _)| mask << TICKS | self.0 >> (at * TICKS) & all_ticks(0))
    }

    /// Describes the access for a report about a violation.
    pub(super) fn describe(self) -> String {
        let mut parts = Vec::new();
        for (at, access_check) in ACCESS_CHECKS.iter().enumerate() {
            let ticks: Vec<String> =
                (0..TICKS).filter(|tick| self.0 & bit(at, *tick) != 0).map(|tick| tick.to_string()).collect();
            if !ticks.is_empty() {
                parts.push(format!("{} (at {})", access_check.label.trim(), ticks.join(", ")));
            }
        }
        parts.join("; ")
    }
}

fn name_of(access_check: &AccessCheck) -> String {
    format!("{:?}", access_check.action)
}

fn same(one: &Target<'_>, other: &Target<'_>) -> bool {
    match (one, other) {
        (Target::User(one), Target::User(other)) => one == other,
        (Target::Profile(one), Target::Profile(other)) => one == other,
        _ => false,
    }
}

const fn bit(access_check: usize, tick: usize) -> u128 {
    1 << (access_check * TICKS + tick)
}

fn all_ticks(access_check: usize) -> u128 {
    (0..TICKS).fold(0, |mask, tick| mask | bit(access_check, tick))
}

/// Returns the checks about existing users and profiles, and the checks that have no specific target.
pub(super) fn about_existing(directory: &Directory) -> Access {
    let users = (0..USERS).filter(|slot| directory.user(user_id(*slot)).is_some()).map(|slot| MASKS.users[slot]);
    let profiles = (0..PROFILES).filter(|slot| directory.profile(profile_id(*slot)).is_some());
    Access(users.chain(profiles.map(|slot| MASKS.profiles[slot])).fold(MASKS.others, |all, mask| all | mask))
}

/// Returns a user's access. A disabled user has no access.
pub(super) fn access(directory: &Directory, slot: usize) -> Access {
    let Some(user) = directory.user(user_id(slot)).filter(|user| user.enabled) else { return Access::NONE };
    let dated = user.assignments.iter().any(Assignment::is_dated);
    let mut bits = 0;
    for tick in 0..if dated { TICKS } else { 1 } {
        for (at, access_check) in ACCESS_CHECKS.iter().enumerate() {
            let request = Request::new(user.id, access_check.action, access_check.target, time(tick));
            if directory.decide(&request).allowed()
                && !(access_check.requires_unrestricted && is_restricted(directory, user, tick))
            {
                bits |= if dated { bit(at, tick) } else { all_ticks(at) };
            }
        }
    }
    Access(bits)
}

/// Returns the access that a disabled user would have if enabled. Returns `None` if the user is not disabled.
pub(super) fn access_if_enabled(directory: &Directory, slot: usize) -> Option<Access> {
    let disabled = directory.user(user_id(slot)).filter(|user| !user.enabled)?;
    Some(access(&with(directory, User { enabled: true, ..User::clone(disabled) }), slot))
}

/// Returns the access that the user would have if this version of the user were stored and enabled.
pub(super) fn access_of(directory: &Directory, slot: usize, user: &User) -> Access {
    access(&with(directory, User { enabled: true, ..user.clone() }), slot)
}

/// Returns the access that the user would have through the given profile alone. Ignores the conditions on application
/// permissions. The profile could also be assigned to an owner, for whom these conditions are met.
pub(super) fn access_through(directory: &Directory, slot: usize, profile: usize) -> Access {
    let Some(user) = directory.user(user_id(slot)) else { return Access::NONE };
    let assignments = vec![Assignment::always(profile_id(profile))];
    let directory = with(directory, User { assignments, enabled: true, ..User::clone(user) });
    let through = access(&directory, slot);
    let Some(profile) = directory.profile(profile_id(profile)).filter(|profile| !profile.conditions.is_empty()) else {
        return through;
    };
    let unconditional = SecurityProfile { conditions: BTreeMap::new(), ..SecurityProfile::clone(profile) };
    let unconditional_directory = put(&directory, Record::Profile(Arc::new(unconditional)));
    through.union(access(&unconditional_directory, slot).in_applications())
}

/// Returns the profiles that the user can assign at the given tick. Each pair contains the profile with the assignable
/// list, and a listed profile.
pub(super) fn assignable(directory: &Directory, slot: usize, tick: usize) -> Vec<(usize, usize)> {
    let Some(user) = directory.user(user_id(slot)) else { return Vec::new() };
    let assigning = user.profiles_at(time(tick)).filter_map(|id| directory.profile(id));
    assigning
        .flat_map(|profile| {
            let entries = profile.assignable.iter();
            entries.filter_map(|entry| Some((profile_slot(profile.id)?, profile_slot(*entry)?)))
        })
        .collect()
}

fn with(directory: &Directory, user: User) -> Directory {
    put(directory, Record::User(Arc::new(user)))
}

fn put(directory: &Directory, record: Record) -> Directory {
    directory.apply(directory.revision().next(), &[RecordChange::Upsert(record)])
}

fn is_restricted(directory: &Directory, user: &User, tick: usize) -> bool {
    static RESTRICTED: LazyLock<Permission> = LazyLock::new(|| Permission::parse(RESTRICTION).unwrap());
    let mut profiles = user.profiles_at(time(tick)).filter_map(|id| directory.profile(id));
    profiles.any(|profile| profile.permissions.permissions().contains(*RESTRICTED))
}
