//! The users that the page counts, each with the combination of security profiles that the user has, and the teams that
//! they are in.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use floorkey::{Directory, HierarchyGroupId, User};
use foldhash::fast::RandomState;

use super::combinations::{Combination, Combinations};
use super::params::{GroupFilter, Params};
use crate::web::current_user::CurrentUser;

/// The deepest level of a hierarchy.
const LEVEL_MAX: u8 = 5;

/// The users that match the filters, and whose permissions the viewer can see.
pub(super) struct Members<'a> {
    /// The enabled users, sorted by login name, each with the index of their combination.
    pub(super) users: Vec<(&'a Arc<User>, usize)>,
    combinations: Combinations<'a>,
    /// Whether the viewer can see the permissions of all users.
    pub(super) sees_all: bool,
}

impl<'a> Members<'a> {
    pub(super) fn new(viewer: &'a CurrentUser, params: &Params) -> Self {
        let directory = &*viewer.directory;
        let mut combinations = Combinations::new(directory, viewer.now);
        let visibility = viewer.visibility();
        let sees_all = visibility.sees_all_permissions();
        let mut matches = params.matches(viewer);
        let is_visible = |user: &User| {
            sees_all || visibility.user(user.id).shows_details() && visibility.check_effective_permissions(user).is_ok()
        };
        let users = directory
            .users_after(None)
            .filter(|user| matches(user) && is_visible(user))
            .filter_map(|user| Some((user, combinations.add(user)?)))
            .collect();
        Self { users, combinations, sees_all }
    }

    /// Returns the combinations of security profiles that the users have.
    pub(super) fn combinations(&self) -> &[Combination] {
        self.combinations.combinations()
    }

    /// Returns the number of disabled users, who have no permissions and are left out.
    pub(super) fn disabled(&self) -> usize {
        self.combinations.disabled
    }
}

/// Numbers of users by the index of their combination.
pub(super) type Counts = HashMap<usize, usize, RandomState>;

/// A team: users grouped by hierarchy group at some level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Team {
    /// A group at the chosen level, together with the groups below it. A group above the chosen level is also a team if
    /// it has no child groups.
    Group(HierarchyGroupId),
    /// The users directly in a group that is above the chosen level and has child groups.
    Directly(HierarchyGroupId),
    /// The users without a hierarchy group.
    None,
}

impl Team {
    fn at_level(directory: &Directory, home: Option<HierarchyGroupId>, level: u8) -> Self {
        let Some(home) = home else { return Self::None };
        let path = directory.group_path(home);
        match path.iter().find(|group| group.level == level) {
            Some(group) => Self::Group(group.id),
            None if directory.child_groups(home).next().is_none() => Self::Group(home),
            None => Self::Directly(home),
        }
    }

    /// Returns the filter for the team's users.
    pub(super) const fn group_filter(self) -> GroupFilter {
        match self {
            Self::Group(id) => GroupFilter::Subtree(id),
            Self::Directly(id) => GroupFilter::Exact(id),
            Self::None => GroupFilter::None,
        }
    }
}

/// The teams of the users.
pub(super) struct Teams {
    /// The level of the hierarchy at which the users are grouped.
    pub(super) level: u8,
    /// The levels to choose from.
    pub(super) levels: Vec<u8>,
    pub(super) teams: BTreeMap<Team, Counts>,
}

impl Teams {
    /// Groups the users by the requested level of the hierarchy. Without a valid level, chooses the lowest level that
    /// has at most `teams_max` teams.
    pub(super) fn new(viewer: &CurrentUser, params: &Params, members: &Members<'_>, teams_max: usize) -> Self {
        let directory = &*viewer.directory;
        let mut homes: HashMap<Option<HierarchyGroupId>, Counts, RandomState> = HashMap::default();
        for (user, combination) in &members.users {
            *homes.entry(user.hierarchy_group).or_default().entry(*combination).or_default() += 1;
        }
        let depth = |home: &HierarchyGroupId| directory.group(*home).map_or(0, |group| group.level);
        let deepest = homes.keys().flatten().map(depth).max().unwrap_or(0).min(LEVEL_MAX);
        let top = params.group().and_then(|group| directory.group(group)).map_or(0, |group| group.level);
        let levels: Vec<u8> = (top + 1..=deepest.max(top + 1)).collect();
        let at = |level: u8| {
            let mut teams: BTreeMap<Team, Counts> = BTreeMap::new();
            for (home, combinations) in &homes {
                let team = teams.entry(Team::at_level(directory, *home, level)).or_default();
                for (combination, users) in combinations {
                    *team.entry(*combination).or_default() += users;
                }
            }
            teams
        };
        if let Some(level) = params.level.filter(|level| levels.contains(level)) {
            return Self { level, teams: at(level), levels };
        }
        let (mut level, mut teams) = (top + 1, BTreeMap::new());
        for lower in levels.iter().rev() {
            (level, teams) = (*lower, at(*lower));
            if teams.len() <= teams_max {
                break;
            }
        }
        Self { level, levels, teams }
    }
}
