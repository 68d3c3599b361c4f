//! Methods that searches use to read the directory. They return users as sets of ordinals, and records sorted by ID.

use std::collections::HashMap;
use std::ops::Bound;
use std::sync::Arc;

use super::{Directory, NumberSet, ProfileWithGrants, Revision};
use crate::hierarchy::HierarchyGroup;
use crate::id::{HierarchyGroupId, ResourceId, SecurityProfileId, UserId};
use crate::profile::SecurityProfile;
use crate::resource::Resource;
use crate::user::{Assignment, User};

impl Directory {
    /// Returns the users of each profile that matches the predicate, as sets of ordinals.
    pub(crate) fn users_of_profiles_where(&self, predicate: impl Fn(&ProfileWithGrants) -> bool) -> Vec<&NumberSet> {
        let entries = self.profiles.values().filter(|entry| predicate(entry));
        entries.filter_map(|entry| self.users_by_profile.get(&entry.profile.id)).collect()
    }

    /// Returns the users whose access the decision index alone cannot determine.
    pub(crate) fn special_users(&self) -> &NumberSet {
        &self.special_users
    }

    /// Iterates over the users with at least one assignment that has a start or an end, in no particular order.
    pub fn users_with_dated_assignments(&self) -> impl Iterator<Item = &Arc<User>> {
        let users = self.special_users.iter().filter_map(|ordinal| self.user_at(ordinal));
        users.filter(|user| user.assignments.iter().any(Assignment::is_dated))
    }

    /// Whether any user has custodians.
    pub(crate) fn has_custodians(&self) -> bool {
        self.users_with_custodians.count() > 0
    }

    /// Iterates over the users who have the profile and also have custodians. Includes disabled users and users whose
    /// assignment is time-limited.
    pub(crate) fn users_of_profile_with_custodians(&self, id: SecurityProfileId) -> impl Iterator<Item = &Arc<User>> {
        let users = self.users_by_profile.get(&id).into_iter();
        let with_custodians = users.flat_map(|users| users.intersection(&self.users_with_custodians));
        with_custodians.filter_map(|ordinal| self.user_at(ordinal))
    }

    /// Iterates over the users with custodians, including disabled users.
    pub(crate) fn users_with_custodians(&self) -> impl Iterator<Item = &Arc<User>> {
        self.users_with_custodians.iter().filter_map(|ordinal| self.user_at(ordinal))
    }

    /// Returns the revision in which each user last gave up a login name. Users who never gave up a login name are not
    /// included.
    pub(crate) fn last_release_by_user(&self) -> HashMap<UserId, Revision> {
        let mut last = HashMap::new();
        for tenure in self.login_histories.all().flat_map(|history| &history.tenures) {
            if let Some(until) = tenure.until {
                last.entry(tenure.user).and_modify(|known: &mut Revision| *known = until.max(*known)).or_insert(until);
            }
        }
        last
    }

    /// Returns a deleted user with only the attributes that are needed to compare the user's access with that of other
    /// users. Returns `None` if the user's last login name is no longer reserved for the user.
    pub(crate) fn deleted_user(&self, id: UserId) -> Option<User> {
        let (_, history) = self.login_histories.released_logins_by(id).max_by_key(|(revision, _)| *revision)?;
        let reservation = history.reservation.as_ref().filter(|reservation| reservation.user == id)?;
        Some(reservation.last_user())
    }

    /// Returns the number of ordinals that were ever allocated.
    pub(crate) fn ordinals(&self) -> u32 {
        self.users.len() as u32
    }

    pub(crate) fn ordinal(&self, user: UserId) -> Option<u32> {
        self.decision_index.ordinal(user)
    }

    /// Iterates over all users, in no particular order.
    pub(crate) fn all_users(&self) -> impl Iterator<Item = &Arc<User>> {
        self.users.iter().flatten()
    }

    /// Iterates over the profiles, sorted by ID and starting after the given ID.
    pub(crate) fn profiles_from(
        &self,
        after: Option<SecurityProfileId>,
    ) -> impl Iterator<Item = &Arc<SecurityProfile>> {
        self.profiles.range(range_after(after)).map(|(_, entry)| &entry.profile)
    }

    /// Iterates over the groups, sorted by ID and starting after the given ID.
    pub(crate) fn groups_from(&self, after: Option<HierarchyGroupId>) -> impl Iterator<Item = &Arc<HierarchyGroup>> {
        self.groups.range(range_after(after)).map(|(_, group)| group)
    }

    /// Iterates over the resources, sorted by ID and starting after the given ID.
    pub(crate) fn resources_from(&self, after: Option<ResourceId>) -> impl Iterator<Item = &Arc<Resource>> {
        self.resources.range(range_after(after)).map(|(_, resource)| resource)
    }
}

/// Returns the range of all keys after the given key; the range of all keys if the given key is `None`.
fn range_after<K>(after: Option<K>) -> (Bound<K>, Bound<K>) {
    (after.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded)
}
