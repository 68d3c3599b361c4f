//! A model of users' access. It uses the permissions that the oracle derives for profiles.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use floorkey::catalog::Polarity;
use floorkey::user::Assignment;
use floorkey::{
    PermissionSet, Record, ResourceAttributes, ResourceType, SecurityProfile, SecurityProfileId, Timestamp, User,
    UserId, catalog,
};

use crate::oracle::{Oracle, restricts};

/// Computes the access of a directory's users from the directory's records.
pub(crate) struct AccessModel<'a> {
    pub(crate) oracle: Oracle<'a>,
    pub(crate) users: Vec<&'a User>,
    profiles: HashMap<SecurityProfileId, ProfileAccess<'a>>,
}

struct ProfileAccess<'a> {
    profile: &'a SecurityProfile,
    everywhere: PermissionSet,
    scoped: HashMap<ResourceType, PermissionSet>,
    limits: PermissionSet,
    applications: BTreeSet<(String, String)>,
}

/// Access to the instance, to a resource, and to registered applications.
#[derive(Clone, Debug, Default)]
pub(crate) struct Access {
    pub(crate) permissions: PermissionSet,
    pub(crate) limits: PermissionSet,
    pub(crate) applications: BTreeSet<(String, String)>,
}

/// All permissions that grant access, except legacy permissions. A legacy permission grants no more than its
/// successors.
pub(crate) static GRANTING: LazyLock<PermissionSet> =
    LazyLock::new(|| catalog().granting().iter().filter(|name| !name.info().is_legacy()).collect());

impl Access {
    /// Whether a user with this access is a full administrator.
    pub(crate) fn is_full(&self) -> bool {
        GRANTING.is_subset(&self.permissions)
    }

    fn add(&mut self, other: &Self) {
        self.permissions = self.permissions.union(&other.permissions);
        self.limits = self.limits.union(&other.limits);
        self.applications.extend(other.applications.iter().cloned());
    }
}

impl<'a> AccessModel<'a> {
    pub(crate) fn new(records: &'a [Record]) -> Self {
        let oracle = Oracle::new(records);
        let (mut users, mut profiles) = (Vec::new(), HashMap::new());
        for record in records {
            match record {
                Record::User(user) => users.push(&**user),
                Record::Profile(profile) => _ = profiles.insert(profile.id, profile_access(&oracle, profile)),
                _ => {}
            }
        }
        Self { oracle, users, profiles }
    }

    pub(crate) fn user(&self, id: UserId) -> Option<&'a User> {
        self.users.iter().find(|user| user.id == id).copied()
    }

    /// Returns the access that the user's profiles grant at the given time, both everywhere and for the resource. The
    /// result is the same if the user is disabled.
    pub(crate) fn access(&self, user: &User, at: Timestamp, resource: Option<&ResourceAttributes<'_>>) -> Access {
        let mut access = Access::default();
        for id in user.profiles_at(at) {
            access.add(&self.access_through(id, user, resource));
        }
        access
    }

    /// Returns the access that the user can assign. This access comes from all profiles that the user's own profiles
    /// make assignable.
    pub(crate) fn assignable_access(
        &self,
        user: &User,
        at: Timestamp,
        resource: Option<&ResourceAttributes<'_>>,
    ) -> Access {
        let mut access = Access::default();
        for profile in user.profiles_at(at).filter_map(|id| self.profiles.get(&id)) {
            for assignable in &profile.profile.assignable {
                access
                    .add(&Access { limits: PermissionSet::EMPTY, ..self.access_through(*assignable, user, resource) });
            }
        }
        access
    }

    /// Returns the access that the user can give to others: the user's own access, and the access that the user can
    /// assign.
    pub(crate) fn grantable_access(
        &self,
        user: &User,
        at: Timestamp,
        resource: Option<&ResourceAttributes<'_>>,
    ) -> Access {
        let mut access = self.access(user, at, resource);
        access.add(&self.assignable_access(user, at, resource));
        access
    }

    fn access_through(&self, id: SecurityProfileId, user: &User, resource: Option<&ResourceAttributes<'_>>) -> Access {
        let Some(profile_access) = self.profiles.get(&id) else { return Access::default() };
        let mut permissions = profile_access.everywhere;
        if let Some(resource) = resource
            && self.oracle.is_in_scope(
                &profile_access.profile.access_control,
                resource.resource_type,
                user,
                None,
                resource,
            )
        {
            let scoped = resource.resource_type.and_then(|of| profile_access.scoped.get(&of));
            permissions = permissions.union(scoped.unwrap_or(&PermissionSet::EMPTY));
        }
        Access { permissions, limits: profile_access.limits, applications: profile_access.applications.clone() }
    }
}

fn profile_access<'a>(oracle: &Oracle<'a>, profile: &'a SecurityProfile) -> ProfileAccess<'a> {
    let applications = profile.applications.iter().flat_map(|application| {
        let pair = |name: &String| (application.namespace.clone(), name.clone());
        application.permissions.iter().map(pair)
    });
    let mut access = ProfileAccess {
        profile,
        everywhere: PermissionSet::EMPTY,
        scoped: HashMap::new(),
        limits: PermissionSet::EMPTY,
        applications: applications.collect(),
    };
    let (names, control) = &oracle.profiles[&profile.id];
    for name in names {
        match (name.info().polarity, name.info().resource_type) {
            (Polarity::Restriction, _) => access.limits.insert(*name),
            // A legacy permission grants no more than its successors.
            (Polarity::Grant, _) if name.info().is_legacy() => {}
            (Polarity::Grant, Some(of)) if restricts(&control.access_control, Some(of)) => {
                access.scoped.entry(of).or_default().insert(*name);
            }
            (Polarity::Grant, _) => access.everywhere.insert(*name),
        }
    }
    access
}

/// Returns the times when the access from these assignments can change: the current time, and each later start or end
/// of an assignment.
pub(crate) fn change_times<'b>(
    assignments: impl IntoIterator<Item = &'b Assignment>,
    now: Timestamp,
) -> BTreeSet<Timestamp> {
    let times = assignments.into_iter().flat_map(|assignment| [assignment.from, assignment.until]);
    times.flatten().filter(|at| *at > now).chain([now]).collect()
}
