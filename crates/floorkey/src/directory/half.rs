//! The half of a directory that answers checks, without the records: so that its memory can be measured.

use imbl::HashMap;

use super::Directory;
use super::apply::{granted, place};
use super::holders::Holders;
use super::hot::Hot;
use crate::id::SecurityProfileId;

/// The half of a directory that answers checks, and the holders of each profile; made anew, so that it shares nothing
/// with the directory.
pub struct HotHalf {
    hot: Hot,
    holders: HashMap<SecurityProfileId, Holders>,
    /// Users of whom more than their undated profiles has to be asked.
    marked: Holders,
}

impl HotHalf {
    /// What the directory has beside its records, as it is when the directory is made of records.
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

    /// How many combinations of profiles users hold.
    #[must_use]
    pub fn combinations(&self) -> usize {
        self.hot.combinations()
    }

    /// How many users hold the profile.
    #[must_use]
    pub fn holder_count(&self, profile: SecurityProfileId) -> usize {
        self.holders.get(&profile).map_or(0, Holders::count)
    }
}
