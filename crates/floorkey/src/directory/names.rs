//! The order of users' login names, worked out all at once.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};

use super::hash_of_looks;
use crate::text::{folded, odd_skeleton};
use crate::user::User;

/// Users' logins in their order, and what odd ones look like; a user's number is the place in the list.
pub(super) struct Names {
    pub(super) logins: OrdMap<Arc<str>, u32>,
    pub(super) skeletons: OrdSet<(u64, u32)>,
}

impl Names {
    pub(super) fn of(users: &[Arc<User>]) -> Self {
        let mut names: Vec<(String, u32)> =
            users.iter().zip(0..).map(|(user, ordinal)| (folded(&user.username), ordinal)).collect();
        // Sorted first: each goes in beside the one before, in memory that is at hand.
        names.sort_unstable();
        let odd = |(name, ordinal): &(String, u32)| Some((hash_of_looks(&odd_skeleton(name)?), *ordinal));
        let mut skeletons: Vec<(u64, u32)> = names.iter().filter_map(odd).collect();
        skeletons.sort_unstable();
        Self {
            logins: names.into_iter().map(|(name, ordinal)| (Arc::from(name), ordinal)).collect(),
            skeletons: skeletons.into_iter().collect(),
        }
    }
}
