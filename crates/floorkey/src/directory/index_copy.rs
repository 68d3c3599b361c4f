//! A separate copy of the decision index without the records. Used to measure the index's memory use.

use imbl::HashMap;

use super::Directory;
use super::apply::{combined_grants, indexed_state};
use super::decision_index::DecisionIndex;
use super::number_set::NumberSet;
use crate::id::SecurityProfileId;

/// The decision index of a directory, and the users of each profile. Both are rebuilt from the directory's records and
/// share no memory with the directory.
pub struct DecisionIndexCopy {
    decision_index: DecisionIndex,
    users_by_profile: HashMap<SecurityProfileId, NumberSet>,
    /// Users whose access the decision index alone cannot determine.
    special_users: NumberSet,
}

impl DecisionIndexCopy {
    /// Builds a copy of the decision index in the same way as a directory is built from records.
    #[must_use]
    pub fn from_directory(directory: &Directory) -> Self {
        let mut copy = Self {
            decision_index: DecisionIndex::new(),
            users_by_profile: HashMap::new(),
            special_users: NumberSet::new(),
        };
        copy.decision_index.reserve(directory.user_count());
        for user in directory.users.iter().flatten() {
            let (ordinal, state) = (copy.decision_index.new_ordinal(), indexed_state(user));
            copy.special_users.set(ordinal, state.dated || state.profiles.is_none());
            copy.decision_index.assign_combination(user.id, ordinal, None, &state, |profiles| {
                combined_grants(&directory.profiles, profiles)
            });
            for assignment in &user.assignments {
                copy.users_by_profile.entry(assignment.profile).or_insert_with(NumberSet::new).set(ordinal, true);
            }
        }
        copy
    }

    /// Returns the number of distinct combinations of profiles that users have.
    #[must_use]
    pub fn combinations(&self) -> usize {
        self.decision_index.combinations()
    }

    /// Returns the number of users with the profile.
    #[must_use]
    pub fn holder_count(&self, profile: SecurityProfileId) -> usize {
        self.users_by_profile.get(&profile).map_or(0, NumberSet::count)
    }
}
