//! Users' login names: in their order, and to be found by.

use std::ops::Bound;
use std::sync::Arc;

use foldhash::fast::FixedState;
use imbl::{OrdMap, OrdSet};

use super::hash_of_looks;
use crate::id::UserId;
use crate::lookalike::odd_skeleton;
use crate::text::folded;
use crate::user::User;

/// Whose login name it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) ordinal: u32,
    /// At hand, because whoever asks by a login name seldom needs more of the user.
    pub(crate) user: UserId,
}

/// Login names in their folded form. A hash beside their order, because questions name users by them: among a million
/// names a search through the order compares twenty, each in memory of its own.
#[derive(Clone, Default)]
pub(super) struct Logins {
    sorted: OrdMap<Arc<str>, u32>,
    hashed: imbl::GenericHashMap<Arc<str>, Login, FixedState, imbl::shared_ptr::DefaultSharedPtr>,
}

impl Logins {
    pub(super) fn len(&self) -> usize {
        self.sorted.len()
    }

    pub(super) fn get(&self, name: &str) -> Option<&Login> {
        self.hashed.get(name)
    }

    pub(super) fn insert(&mut self, name: &str, login: Login) {
        let name: Arc<str> = Arc::from(name);
        self.sorted.insert(name.clone(), login.ordinal);
        self.hashed.insert(name, login);
    }

    /// Takes a name out, unless somebody else has it by now.
    pub(super) fn remove(&mut self, name: &str, login: Login) {
        if self.get(name) == Some(&login) {
            self.sorted.remove(name);
            self.hashed.remove(name);
        }
    }

    /// The ordinals in the order of the names, beginning after that one.
    pub(super) fn after(&self, name: Option<&str>) -> impl Iterator<Item = u32> + '_ {
        let lower = name.map_or(Bound::Unbounded, |name| Bound::Excluded(Arc::<str>::from(name)));
        self.sorted.range((lower, Bound::Unbounded)).map(|(_, ordinal)| *ordinal)
    }
}

/// Login names, worked out all at once, and what odd ones look like; a user's ordinal is the place in the list.
pub(super) struct Names {
    pub(super) logins: Logins,
    pub(super) skeletons: OrdSet<(u64, u32)>,
}

impl Names {
    pub(super) fn of(users: &[Arc<User>]) -> Self {
        let mut names: Vec<(Arc<str>, u32)> =
            users.iter().zip(0..).map(|(user, ordinal)| (Arc::from(folded(&user.username)), ordinal)).collect();
        let login = |((name, ordinal), user): (&(Arc<str>, u32), &Arc<User>)| {
            (name.clone(), Login { ordinal: *ordinal, user: user.id })
        };
        let hashed = names.iter().zip(users).map(login).collect();
        // Sorted first: each goes in beside the one before, in memory that is at hand.
        names.sort_unstable();
        let odd = |(name, ordinal): &(Arc<str>, u32)| Some((hash_of_looks(&odd_skeleton(name)?), *ordinal));
        let mut skeletons: Vec<(u64, u32)> = names.iter().filter_map(odd).collect();
        skeletons.sort_unstable();
        let logins = Logins { sorted: names.into_iter().collect(), hashed };
        Self { logins, skeletons: skeletons.into_iter().collect() }
    }
}
