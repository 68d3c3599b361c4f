//! A standalone copy of the decision index without the records, for measuring its memory use.

use imbl::HashMap;

use super::Directory;
use super::apply::{granted, place};
use super::holders::Holders;
use super::hot::Hot;
use crate::id::SecurityProfileId;

/// The decision index of a directory and the users of each profile. It is rebuilt from scratch and shares no memory
/// with the directory.
pub struct HotHalf {
    hot: Hot,
    holders: HashMap<SecurityProfileId, Holders>,
    /// Users whose undated profiles are not sufficient for a decision.
    marked: Holders,
}

impl HotHalf {
    /// Builds the decision index as it is when the directory is built from records.
    #[must_use]
    pub fn of(directory: &Directory) -> Self {
        let mut half = Self { hot: Hot::new(), holders: HashMap::new(), marked: Holders::new() };
        half.hot.reserve(directory.user_count());
        for user in directory.users.iter().flatten() {
            let (ordinal, place) = (half.hot.new_ordinal(), place(user));
            half.marked.set(ordinal, place.dated || place.profiles.is_none());
            half.hot.place(user.id, ordinal, None, &place, |profiles| granted(&directory.profiles, profiles));
            for assignment in &user.assignments {
                half.holders.entry(assignment.profile).or_insert_with(Holders::new).set(ordinal, true);
            }
        }
        half
    }

    /// Returns the number of distinct combinations of profiles that users have.
    #[must_use]
    pub fn combinations(&self) -> usize {
        self.hot.combinations()
    }

    /// Returns the number of users with the profile.
    #[must_use]
    pub fn holder_count(&self, profile: SecurityProfileId) -> usize {
        self.holders.get(&profile).map_or(0, Holders::count)
    }
}
