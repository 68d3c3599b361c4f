//! The rows of the heat map. If there are few users, each row is a user. Otherwise, each row is a team. If there are no
//! teams, or if the viewer requests combinations, each row is a combination of security profiles.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use floorkey::text::folded;
use floorkey::{Directory, HierarchyGroupId, Permission, PermissionSet, User, catalog};

use super::combinations::{Combination, Combinations};
use super::params::{GroupFilter, Params};
use crate::web::current_user::CurrentUser;
use crate::web::text;

/// Maximum number of rows. If there are more users than this maximum, each row is a team or a combination instead of a
/// user.
pub(super) const ROWS_MAX: usize = 200;

/// Maximum number of teams. If a hierarchy level has more teams, a higher level is used.
const TEAMS_MAX: usize = 80;

/// A permission group with its permissions, as a column of the map. Restrictions and legacy names are left out.
pub(super) struct MapColumn {
    pub(super) name: &'static str,
    pub(super) permissions: PermissionSet,
}

impl MapColumn {
    /// Returns the permission groups in the order of the catalog.
    pub(super) fn all() -> Vec<Self> {
        let counts =
            |permission: &Permission| catalog().granting().contains(*permission) && !permission.info().is_legacy();
        let of = |name: &'static str| {
            let all = catalog().permissions().filter(counts);
            Self { name, permissions: all.filter(|permission| permission.info().group == name).collect() }
        };
        catalog().groups().into_iter().map(of).filter(|column| !column.permissions.is_empty()).collect()
    }

    fn share(&self, combination: &PermissionSet) -> f32 {
        self.permissions.intersection(combination).len() as f32 / self.permissions.len() as f32
    }
}

/// The kind of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowKind {
    Users,
    Teams,
    Profiles,
}

/// A user, a team, or a combination of security profiles.
pub(super) struct ShareRow {
    pub(super) name: String,
    /// The text next to the name: the login name, or the number of users.
    pub(super) subtitle: String,
    pub(super) href: String,
    pub(super) users: usize,
    /// The names of the row's security profiles.
    pub(super) profiles: String,
    /// Whether any permission is granted only within a scope.
    pub(super) is_scoped: bool,
    /// The row's share of each column's permissions, from 0 to 1. If the row has several users, this is their average
    /// share.
    pub(super) shares: Vec<f32>,
    /// The largest share of any user in the row, for each column.
    pub(super) max_shares: Vec<f32>,
}

/// The rows, with statistics about their users.
pub(super) struct Rows {
    pub(super) kind: RowKind,
    pub(super) rows: Vec<ShareRow>,
    pub(super) users: usize,
    /// Number of disabled users. Disabled users have no permissions and are left out.
    pub(super) disabled: usize,
    /// Number of rows that are left out because there are too many rows.
    pub(super) omitted: usize,
    /// Whether the viewer can see the permissions of all users.
    pub(super) sees_all: bool,
}

/// A user, with the index of their combination of profiles.
type CombinationMember<'a> = (&'a Arc<User>, usize);

impl Rows {
    pub(super) fn new(viewer: &CurrentUser, params: &Params, columns: &[MapColumn]) -> Self {
        let directory = &*viewer.directory;
        let mut combinations = Combinations::new(directory, viewer.now);
        let visibility = viewer.visibility();
        let sees_all = visibility.sees_all_permissions();
        let mut matches = params.matches(viewer);
        let seen = |user: &User| {
            sees_all || visibility.user(user.id).shows_details() && visibility.check_effective_permissions(user).is_ok()
        };
        let members: Vec<CombinationMember<'_>> = directory
            .users_after(None)
            .filter(|user| matches(user) && seen(user))
            .filter_map(|user| Some((user, combinations.add(user)?)))
            .collect();
        let shares: Vec<Vec<f32>> =
            combinations.combinations().iter().map(|combination| shares(columns, combination)).collect();
        let builder = RowBuilder { viewer, params, combinations: combinations.combinations(), shares: &shares };
        let (kind, rows, omitted) = builder.rows(&members);
        Self { kind, rows, users: members.len(), disabled: combinations.disabled, omitted, sees_all }
    }
}

fn shares(columns: &[MapColumn], combination: &Combination) -> Vec<f32> {
    columns.iter().map(|column| column.share(&combination.permissions)).collect()
}

/// Returns the elements with the most users, up to [`ROWS_MAX`] elements. Also returns the number of elements that were
/// left out.
fn largest<T>(mut all: Vec<T>, users: impl Fn(&T) -> usize) -> (Vec<T>, usize) {
    let omitted = all.len().saturating_sub(ROWS_MAX);
    if omitted > 0 {
        all.sort_by_key(|one| std::cmp::Reverse(users(one)));
        all.truncate(ROWS_MAX);
    }
    (all, omitted)
}

struct RowBuilder<'a> {
    viewer: &'a CurrentUser,
    params: &'a Params,
    combinations: &'a [Combination],
    shares: &'a [Vec<f32>],
}

impl RowBuilder<'_> {
    /// Returns the kind of the rows, the rows, and the number of rows that were left out.
    fn rows(&self, members: &[CombinationMember<'_>]) -> (RowKind, Vec<ShareRow>, usize) {
        if members.len() <= ROWS_MAX && !self.params.by_profiles {
            return (RowKind::Users, members.iter().map(|member| self.user(member)).collect(), 0);
        }
        let teams = if self.params.by_profiles { Vec::new() } else { self.teams(members) };
        if teams.len() > 1 {
            let (mut teams, omitted) = largest(teams, |row| row.users);
            teams.sort_by_cached_key(|row| folded(&row.name));
            return (RowKind::Teams, teams, omitted);
        }
        let (profiles, omitted) = self.profiles(members);
        (RowKind::Profiles, profiles, omitted)
    }

    fn user(&self, (user, index): &CombinationMember<'_>) -> ShareRow {
        let name = user.display_name();
        ShareRow {
            subtitle: if name == user.username { String::new() } else { user.username.clone() },
            name,
            href: format!("/connect/users/{}", user.id),
            ..self.row(&[(*index, 1)])
        }
    }

    /// Returns a row without a name and URL. Each element of `of` contains the index of a combination, and the number
    /// of users in the row who have this combination.
    fn row(&self, of: &[(usize, usize)]) -> ShareRow {
        let users: usize = of.iter().map(|(_, users)| users).sum();
        let columns = self.shares.first().map_or(0, Vec::len);
        let mut row = ShareRow {
            name: String::new(),
            subtitle: text::count_noun(users, "user"),
            href: String::new(),
            users,
            profiles: String::new(),
            is_scoped: false,
            shares: vec![0.0; columns],
            max_shares: vec![0.0; columns],
        };
        for (index, count) in of {
            let (Some(shares), Some(combination)) = (self.shares.get(*index), self.combinations.get(*index)) else {
                continue;
            };
            let weight = *count as f32 / users.max(1) as f32;
            row.is_scoped |= combination.is_scoped;
            for ((share, sum), most) in shares.iter().zip(&mut row.shares).zip(&mut row.max_shares) {
                *sum += share * weight;
                *most = most.max(*share);
            }
        }
        if let [(index, _)] = of {
            row.profiles = self.names(*index);
            if let Some(shares) = self.shares.get(*index) {
                row.shares.clone_from(shares);
            }
        }
        row
    }

    /// Returns the names of a combination's profiles that the viewer can see.
    fn names(&self, index: usize) -> String {
        let combination = self.combinations.get(index).map(|combination| &*combination.profiles).unwrap_or_default();
        let known = |id: &floorkey::SecurityProfileId| {
            let id = id.to_string();
            self.params.profiles.iter().find(|(value, _)| *value == id).map(|(_, name)| name.as_str())
        };
        let mut names: Vec<&str> = combination.iter().filter_map(known).collect();
        names.sort_by_cached_key(|name| folded(name));
        if names.len() < combination.len() {
            names.push("others outside your scope");
        }
        if names.is_empty() { "no security profile".to_owned() } else { text::join_names(&names, 10) }
    }

    fn profiles(&self, members: &[CombinationMember<'_>]) -> (Vec<ShareRow>, usize) {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for (_, index) in members {
            *counts.entry(*index).or_default() += 1;
        }
        let (counts, omitted) = largest(counts.into_iter().collect(), |(_, users)| *users);
        let mut rows: Vec<ShareRow> = counts
            .into_iter()
            .map(|(index, count)| {
                let profiles =
                    self.combinations.get(index).map(|combination| &*combination.profiles).unwrap_or_default();
                ShareRow {
                    name: self.names(index),
                    href: self.params.users_url(profiles),
                    ..self.row(&[(index, count)])
                }
            })
            .collect();
        rows.sort_by_cached_key(|row| folded(&row.name));
        (rows, omitted)
    }

    /// Returns the teams of the lowest hierarchy level that has at most [`TEAMS_MAX`] teams.
    fn teams(&self, members: &[CombinationMember<'_>]) -> Vec<ShareRow> {
        let directory = &*self.viewer.directory;
        let mut group_counts: HashMap<Option<HierarchyGroupId>, HashMap<usize, usize>> = HashMap::new();
        for (user, index) in members {
            *group_counts.entry(user.hierarchy_group).or_default().entry(*index).or_default() += 1;
        }
        let top = self.params.group().and_then(|group| directory.group(group)).map_or(0, |group| group.level);
        let below = (top + 1..=5).rev();
        let at = |level: u8| {
            let mut teams: BTreeMap<Team, HashMap<usize, usize>> = BTreeMap::new();
            for (home, combinations) in &group_counts {
                let team = teams.entry(Team::at_level(directory, *home, level)).or_default();
                for (index, users) in combinations {
                    *team.entry(*index).or_default() += users;
                }
            }
            teams
        };
        let mut teams = BTreeMap::new();
        for level in below {
            teams = at(level);
            if teams.len() <= TEAMS_MAX {
                break;
            }
        }
        let row = |(team, combinations): (Team, HashMap<usize, usize>)| {
            let mut combinations: Vec<_> = combinations.into_iter().collect();
            combinations.sort_unstable();
            let mut row = self.row(&combinations);
            row.profiles.clear();
            ShareRow { name: self.team_name(team), href: self.params.url_for_group(team.group_filter()), ..row }
        };
        teams.into_iter().map(row).collect()
    }

    fn team_name(&self, team: Team) -> String {
        let name = |id: HierarchyGroupId| {
            let listed = self.params.groups.iter().any(|(known, _)| *known == id.to_string());
            let name = self.viewer.directory.group(id).filter(|_| listed).map(|group| group.name.clone());
            name.unwrap_or_else(|| "A group outside your scope".to_owned())
        };
        match team {
            Team::Group(id) => name(id),
            Team::Directly(id) => format!("Directly in {}", name(id)),
            Team::None => "Without a group".to_owned(),
        }
    }
}

/// A team: users grouped by hierarchy group at some level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Team {
    /// A group at the chosen level, together with the groups below it. A group above the chosen level is also a team if
    /// it has no child groups.
    Group(HierarchyGroupId),
    /// The users directly in a group that is above the chosen level and has child groups.
    Directly(HierarchyGroupId),
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

    const fn group_filter(self) -> GroupFilter {
        match self {
            Self::Group(id) => GroupFilter::Subtree(id),
            Self::Directly(id) => GroupFilter::Exact(id),
            Self::None => GroupFilter::None,
        }
    }
}
