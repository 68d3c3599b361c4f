//! Computes permissions once for each combination of security profiles, because users with the same profiles have the
//! same permissions. Even 100,000 users have only a few hundred different combinations.

use std::collections::HashMap;

use floorkey::scope::Grants;
use floorkey::{Directory, PermissionSet, SecurityProfileId, Timestamp, User};
use foldhash::fast::RandomState;

/// The permissions of all users that were added, grouped by combination of security profiles.
pub(crate) struct Combinations<'a> {
    directory: &'a Directory,
    now: Timestamp,
    combinations: Vec<Combination>,
    by_profiles: HashMap<Box<[SecurityProfileId]>, usize, RandomState>,
    /// A buffer for sorting the profiles of a user.
    profiles: Vec<SecurityProfileId>,
    /// Number of disabled users. Disabled users have no permissions.
    pub(crate) disabled: usize,
}

/// A combination of security profiles, with the permissions that it grants.
pub(crate) struct Combination {
    /// The profiles, sorted by profile ID.
    pub(crate) profiles: Box<[SecurityProfileId]>,
    /// The granted permissions, with or without a scope.
    pub(crate) permissions: PermissionSet,
    /// The grants of the profiles together.
    pub(crate) grants: Grants,
    /// Number of users who have exactly these profiles.
    pub(crate) users: usize,
}

impl<'a> Combinations<'a> {
    /// Creates an empty collection, to which users can then be added.
    pub(crate) fn new(directory: &'a Directory, now: Timestamp) -> Self {
        Self {
            directory,
            now,
            combinations: Vec::new(),
            by_profiles: HashMap::default(),
            profiles: Vec::new(),
            disabled: 0,
        }
    }

    /// Computes the permissions of all users in a directory.
    pub(crate) fn from_directory(directory: &'a Directory, now: Timestamp) -> Self {
        let mut combinations = Self::new(directory, now);
        for user in directory.users_after(None) {
            combinations.add(user);
        }
        combinations
    }

    /// Adds a user and returns the index of their combination. Returns `None` for a disabled user.
    pub(crate) fn add(&mut self, user: &User) -> Option<usize> {
        if !user.enabled {
            self.disabled += 1;
            return None;
        }
        self.profiles.clear();
        self.profiles.extend(user.profiles_at(self.now));
        self.profiles.sort_unstable();
        self.profiles.dedup();
        let at = match self.by_profiles.get(self.profiles.as_slice()) {
            Some(at) => *at,
            None => {
                let grants = self.directory.grants_at(user, self.now);
                let profiles: Box<[_]> = self.profiles.as_slice().into();
                let permissions = grants.all_permissions();
                self.combinations.push(Combination { profiles: profiles.clone(), permissions, grants, users: 0 });
                self.by_profiles.insert(profiles, self.combinations.len() - 1);
                self.combinations.len() - 1
            }
        };
        if let Some(combination) = self.combinations.get_mut(at) {
            combination.users += 1;
        }
        Some(at)
    }

    /// Returns the security profile combinations of the users that were added.
    pub(crate) fn combinations(&self) -> &[Combination] {
        &self.combinations
    }
}
