//! The names of combinations of security profiles.

use floorkey::SecurityProfileId;
use floorkey::text::folded;

use super::params::Params;
use crate::web::text;

/// Maximum number of profiles that a name lists.
const NAMES_MAX: usize = 10;

/// The names of the profiles that the viewer can see.
pub(super) struct ProfileNames<'a>(&'a Params);

impl<'a> ProfileNames<'a> {
    pub(super) const fn new(params: &'a Params) -> Self {
        Self(params)
    }

    fn get(&self, id: SecurityProfileId) -> Option<&'a str> {
        let id = id.to_string();
        self.0.profiles.iter().find(|(value, _)| *value == id).map(|(_, name)| name.as_str())
    }

    /// Whether the viewer can see the names of all these profiles.
    pub(super) fn are_visible(&self, profiles: &[SecurityProfileId]) -> bool {
        profiles.iter().all(|id| self.get(*id).is_some())
    }

    /// Returns the names of the profiles that the viewer can see, sorted, as text.
    pub(super) fn join(&self, profiles: &[SecurityProfileId]) -> String {
        let mut names: Vec<&str> = profiles.iter().filter_map(|id| self.get(*id)).collect();
        names.sort_by_cached_key(|name| folded(name));
        if names.len() < profiles.len() {
            names.push("others outside your scope");
        }
        if names.is_empty() { "No security profile".to_owned() } else { text::join_names(&names, NAMES_MAX) }
    }
}
