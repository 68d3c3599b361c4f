//! The order of users' login names, worked out all at once.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};

use super::hash_of_looks;
use crate::id::UserId;
use crate::text::{folded, odd_skeleton};
use crate::user::User;

/// Whose login name it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Login {
    pub(crate) ordinal: u32,
    /// At hand, because whoever asks by a login name seldom needs more of the user.
    pub(crate) user: UserId,
}

/// Users' logins in their order, and what odd ones look like; a user's number is the place in the list.
pub(super) struct Names {
    pub(super) logins: OrdMap<Arc<str>, Login>,
    pub(super) skeletons: OrdSet<(u64, u32)>,
}

impl Names {
    pub(super) fn of(users: &[Arc<User>]) -> Self {
        let login = |(user, ordinal): (&Arc<User>, u32)| (folded(&user.username), Login { ordinal, user: user.id });
        let mut names: Vec<(String, Login)> = users.iter().zip(0..).map(login).collect();
        // Sorted first: each goes in beside the one before, in memory that is at hand.
        names.sort_unstable();
        let odd = |(name, login): &(String, Login)| Some((hash_of_looks(&odd_skeleton(name)?), login.ordinal));
        let mut skeletons: Vec<(u64, u32)> = names.iter().filter_map(odd).collect();
        skeletons.sort_unstable();
        Self {
            logins: names.into_iter().map(|(name, login)| (Arc::from(name), login)).collect(),
            skeletons: skeletons.into_iter().collect(),
        }
    }
}
