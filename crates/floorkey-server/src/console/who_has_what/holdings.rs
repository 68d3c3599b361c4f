//! What users hold, worked out once for each set of security profiles: users who hold the same profiles hold the same
//! permissions, and a hundred thousand of them have a few hundred sets.

use std::collections::HashMap;

use floorkey::{Directory, PermissionSet, SecurityProfileId, Timestamp, User};

use crate::console::problem::Problem;
use crate::console::viewer::Viewer;
use crate::failure::Failure;
use crate::search_budget::{self, TooManySearches};

/// Users from which on looking at all of them is kept off the threads that answer requests.
const MANY: usize = 5_000;

/// Does work that looks at every user: where they are many, when there is room for it.
///
/// # Errors
/// Too many searches of the viewer at a time; the work broke off.
pub(in crate::console) async fn look<T: Send + 'static>(
    viewer: &Viewer,
    work: impl FnOnce(&Viewer) -> T + Send + 'static,
) -> Result<T, Problem> {
    if viewer.directory.user_count() < MANY {
        return Ok(work(viewer));
    }
    let viewer = viewer.clone();
    let _place = search_budget::place(viewer.user.id.bits()).await.map_err(|TooManySearches| Failure::Busy)?;
    let done = tokio::task::spawn_blocking(move || work(&viewer)).await;
    Ok(done.map_err(|error| Failure::Internal(error.to_string()))?)
}

/// What the users that were looked at hold.
pub(in crate::console) struct Holdings<'a> {
    directory: &'a Directory,
    now: Timestamp,
    sets: Vec<Held>,
    by_profiles: HashMap<Box<[SecurityProfileId]>, usize>,
    /// Room to sort a user's profiles in.
    profiles: Vec<SecurityProfileId>,
    /// Users who hold nothing because they are disabled.
    pub(in crate::console) disabled: usize,
}

/// A set of security profiles, and what it gives.
pub(in crate::console) struct Held {
    /// In the order of their ids.
    pub(in crate::console) profiles: Box<[SecurityProfileId]>,
    /// What they grant at least within a scope.
    pub(in crate::console) permissions: PermissionSet,
    /// Whether some of it reaches only what a scope holds.
    pub(in crate::console) scoped: bool,
    /// What they take away.
    pub(in crate::console) limits: PermissionSet,
    /// How many users hold just these.
    pub(in crate::console) users: usize,
}

impl<'a> Holdings<'a> {
    /// Nobody's yet.
    pub(in crate::console) fn new(directory: &'a Directory, now: Timestamp) -> Self {
        Self { directory, now, sets: Vec::new(), by_profiles: HashMap::new(), profiles: Vec::new(), disabled: 0 }
    }

    /// Everybody's.
    pub(in crate::console) fn of_all(directory: &'a Directory, now: Timestamp) -> Self {
        let mut holdings = Self::new(directory, now);
        for user in directory.users_after(None) {
            holdings.add(user);
        }
        holdings
    }

    /// Counts a user in, and says where among the sets; `None` for a disabled user, who holds nothing.
    pub(in crate::console) fn add(&mut self, user: &User) -> Option<usize> {
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

    /// The sets that were met.
    pub(in crate::console) fn sets(&self) -> &[Held] {
        &self.sets
    }
}
