//! Computes the permissions of users once per combination of security profiles. Users with the same profiles have the
//! same permissions, and 100,000 users have a few hundred combinations.

use std::collections::HashMap;

use floorkey::{Directory, PermissionSet, SecurityProfileId, Timestamp, User};

/// The permissions of the users that were added.
pub(crate) struct Holdings<'a> {
    directory: &'a Directory,
    now: Timestamp,
    sets: Vec<Held>,
    by_profiles: HashMap<Box<[SecurityProfileId]>, usize>,
    /// A buffer for sorting the profiles of a user.
    profiles: Vec<SecurityProfileId>,
    /// Number of disabled users, who have no permissions.
    pub(crate) disabled: usize,
}

/// A combination of security profiles, with the permissions that it grants.
pub(crate) struct Held {
    /// The profiles, sorted by id.
    pub(crate) profiles: Box<[SecurityProfileId]>,
    /// The granted permissions, scoped or not.
    pub(crate) permissions: PermissionSet,
    /// Whether any permission is granted only within a scope.
    pub(crate) scoped: bool,
    /// The restrictions.
    pub(crate) limits: PermissionSet,
    /// Number of users with exactly these profiles.
    pub(crate) users: usize,
}

impl<'a> Holdings<'a> {
    /// Creates a value without users.
    pub(crate) fn new(directory: &'a Directory, now: Timestamp) -> Self {
        Self { directory, now, sets: Vec::new(), by_profiles: HashMap::new(), profiles: Vec::new(), disabled: 0 }
    }

    /// Computes the permissions of all users.
    pub(crate) fn of_all(directory: &'a Directory, now: Timestamp) -> Self {
        let mut holdings = Self::new(directory, now);
        for user in directory.users_after(None) {
            holdings.add(user);
        }
        holdings
    }

    /// Adds a user and returns the index of their combination; `None` for a disabled user.
    pub(crate) fn add(&mut self, user: &User) -> Option<usize> {
        if !user.enabled {
            self.disabled += 1;
            return None;
        }
        self.profiles.clear();
        self.profiles.extend(user.profiles_at(self.now));
        self.profiles.sort_unstable();
        let at = match self.by_profiles.get(self.profiles.as_slice()) {
            Some(at) => *at,
            None => {
                let grants = self.directory.grants_at(user, self.now);
                let profiles: Box<[_]> = self.profiles.as_slice().into();
                let held = Held {
                    profiles: profiles.clone(),
                    permissions: grants.anywhere(),
                    scoped: !grants.anywhere().is_subset(&grants.everywhere),
                    limits: grants.limits,
                    users: 0,
                };
                self.sets.push(held);
                self.by_profiles.insert(profiles, self.sets.len() - 1);
                self.sets.len() - 1
            }
        };
        if let Some(held) = self.sets.get_mut(at) {
            held.users += 1;
        }
        Some(at)
    }

    /// Returns the combinations of the users that were added.
    pub(crate) fn sets(&self) -> &[Held] {
        &self.sets
    }
}
