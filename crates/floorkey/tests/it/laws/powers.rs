//! The access of a user, computed from the permissions that the oracle derives for profiles.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use floorkey::catalogue::Polarity;
use floorkey::user::Assignment;
use floorkey::{
    PermissionSet, Record, ResourceType, SecurityProfile, SecurityProfileId, Thing, Timestamp, User, UserId, catalogue,
};

use crate::oracle::{Oracle, restricts};

/// The access of all users of a directory, computed from its records.
pub(crate) struct Powers<'a> {
    pub(crate) oracle: Oracle<'a>,
    pub(crate) users: Vec<&'a User>,
    profiles: HashMap<SecurityProfileId, Reach<'a>>,
}

struct Reach<'a> {
    profile: &'a SecurityProfile,
    everywhere: PermissionSet,
    within: HashMap<ResourceType, PermissionSet>,
    limits: PermissionSet,
    applications: BTreeSet<(String, String)>,
}

/// Access to the instance, to one resource, and in registered applications.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held {
    pub(crate) names: PermissionSet,
    pub(crate) limits: PermissionSet,
    pub(crate) applications: BTreeSet<(String, String)>,
}

/// Every granting permission except legacy ones, which grant no more than their successors.
pub(crate) static GRANTING: LazyLock<PermissionSet> =
    LazyLock::new(|| catalogue().granting().iter().filter(|name| !name.info().is_legacy()).collect());

impl Held {
    /// Whether this is the access of a full administrator.
    pub(crate) fn is_everything(&self) -> bool {
        GRANTING.is_subset(&self.names)
    }

    fn add(&mut self, other: &Self) {
        self.names = self.names.union(&other.names);
        self.limits = self.limits.union(&other.limits);
        self.applications.extend(other.applications.iter().cloned());
    }
}

impl<'a> Powers<'a> {
    pub(crate) fn new(records: &'a [Record]) -> Self {
        let oracle = Oracle::new(records);
        let (mut users, mut profiles) = (Vec::new(), HashMap::new());
        for record in records {
            match record {
                Record::User(user) => users.push(&**user),
                Record::Profile(profile) => _ = profiles.insert(profile.id, reach(&oracle, profile)),
                _ => {}
            }
        }
        Self { oracle, users, profiles }
    }

    pub(crate) fn user(&self, id: UserId) -> Option<&'a User> {
        self.users.iter().find(|user| user.id == id).copied()
    }

    /// Returns what the user's profiles grant at this time, everywhere and to the resource, even if the user is
    /// disabled.
    pub(crate) fn held(&self, user: &User, at: Timestamp, thing: Option<&Thing<'_>>) -> Held {
        let mut held = Held::default();
        for id in user.profiles_at(at) {
            held.add(&self.through(id, user, thing));
        }
        held
    }

    /// Returns what the user can assign: the access that the assignable profiles of the user's profiles grant.
    pub(crate) fn handing_out(&self, user: &User, at: Timestamp, thing: Option<&Thing<'_>>) -> Held {
        let mut held = Held::default();
        for profile in user.profiles_at(at).filter_map(|id| self.profiles.get(&id)) {
            for assignable in &profile.profile.assignable {
                held.add(&Held { limits: PermissionSet::EMPTY, ..self.through(*assignable, user, thing) });
            }
        }
        held
    }

    /// Returns the access that the user can give to others: their own, and what they can assign.
    pub(crate) fn ceiling(&self, user: &User, at: Timestamp, thing: Option<&Thing<'_>>) -> Held {
        let mut ceiling = self.held(user, at, thing);
        ceiling.add(&self.handing_out(user, at, thing));
        ceiling
    }

    fn through(&self, id: SecurityProfileId, user: &User, thing: Option<&Thing<'_>>) -> Held {
        let Some(reach) = self.profiles.get(&id) else { return Held::default() };
        let mut names = reach.everywhere;
        if let Some(thing) = thing
            && self.oracle.inside(&reach.profile.access_control, thing.resource_type, user, None, thing)
        {
            let about = thing.resource_type.and_then(|of| reach.within.get(&of));
            names = names.union(about.unwrap_or(&PermissionSet::EMPTY));
        }
        Held { names, limits: reach.limits, applications: reach.applications.clone() }
    }
}

fn reach<'a>(oracle: &Oracle<'a>, profile: &'a SecurityProfile) -> Reach<'a> {
    let applications = profile.applications.iter().flat_map(|application| {
        let pair = |name: &String| (application.namespace.clone(), name.clone());
        application.permissions.iter().map(pair)
    });
    let mut reach = Reach {
        profile,
        everywhere: PermissionSet::EMPTY,
        within: HashMap::new(),
        limits: PermissionSet::EMPTY,
        applications: applications.collect(),
    };
    let (names, control) = &oracle.profiles[&profile.id];
    for name in names {
        match (name.info().polarity, name.info().resource_type) {
            (Polarity::Limit, _) => reach.limits.insert(*name),
            // A legacy permission grants no more than its successors.
            (Polarity::Grant, _) if name.info().is_legacy() => {}
            (Polarity::Grant, Some(of)) if restricts(&control.access_control, Some(of)) => {
                reach.within.entry(of).or_default().insert(*name);
            }
            (Polarity::Grant, _) => reach.everywhere.insert(*name),
        }
    }
    reach
}

/// Returns the times at which the access from these assignments can change: now, and each later begin or end.
pub(crate) fn turning_points<'b>(
    assignments: impl IntoIterator<Item = &'b Assignment>,
    now: Timestamp,
) -> BTreeSet<Timestamp> {
    let ends = assignments.into_iter().flat_map(|held| [held.from, held.until]);
    ends.flatten().filter(|at| *at > now).chain([now]).collect()
}
