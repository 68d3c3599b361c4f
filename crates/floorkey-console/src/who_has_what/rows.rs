//! The rows of the map: one per user for few users, otherwise one per team. Without teams, or if the viewer asks for
//! it, one per combination of security profiles.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use floorkey::text::folded;
use floorkey::{Directory, HierarchyGroupId, Permission, PermissionSet, User, catalogue};

use super::holdings::{Held, Holdings};
use super::question::{Place, Question};
use crate::web::current_user::CurrentUser;
use crate::web::text;

/// Maximum number of rows, and of users for whom each row is a user.
pub(super) const ROWS_MAX: usize = 200;

/// Maximum number of teams before a higher level of the hierarchy is used.
const TEAMS_MAX: usize = 80;

/// A permission group, with its permissions except restrictions and legacy names.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) permissions: PermissionSet,
}

impl Column {
    /// Returns the permission groups in the order of the catalog.
    pub(super) fn all() -> Vec<Self> {
        let counts =
            |permission: &Permission| catalogue().granting().contains(*permission) && !permission.info().is_legacy();
        let of = |name: &'static str| {
            let all = catalogue().permissions().filter(counts);
            Self { name, permissions: all.filter(|permission| permission.info().group == name).collect() }
        };
        catalogue().groups().into_iter().map(of).filter(|column| !column.permissions.is_empty()).collect()
    }

    fn share(&self, held: &PermissionSet) -> f32 {
        self.permissions.intersection(held).len() as f32 / self.permissions.len() as f32
    }
}

/// The kind of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Users,
    Teams,
    Profiles,
}

/// A user, a team, or a combination of security profiles.
pub(super) struct Row {
    pub(super) name: String,
    /// The text next to the name: the login name, or the number of users.
    pub(super) beside: String,
    pub(super) href: String,
    pub(super) users: usize,
    /// The names of the security profiles.
    pub(super) profiles: String,
    /// Whether any permission is granted only within a scope.
    pub(super) scoped: bool,
    /// The share of each column's permissions, from 0 to 1; the average if the row has several users.
    pub(super) shares: Vec<f32>,
    /// The largest share of any user in the row, for each column.
    pub(super) most: Vec<f32>,
}

/// The rows, with statistics about their users.
pub(super) struct Rows {
    pub(super) kind: Kind,
    pub(super) rows: Vec<Row>,
    pub(super) users: usize,
    /// Number of disabled users, who have no permissions and are left out.
    pub(super) disabled: usize,
    /// Number of rows that are left out.
    pub(super) left: usize,
    /// Whether the viewer can see the permissions of all users.
    pub(super) everybody: bool,
}

/// A user, with the index of their combination of profiles.
type Member<'a> = (&'a Arc<User>, usize);

impl Rows {
    pub(super) fn new(viewer: &CurrentUser, question: &Question, columns: &[Column]) -> Self {
        let directory = &*viewer.directory;
        let mut holdings = Holdings::new(directory, viewer.now);
        let visibility = viewer.visibility();
        let everybody = visibility.sees_all_permissions();
        let mut admits = question.admits(viewer);
        let seen = |user: &User| {
            everybody || visibility.user(user.id).shows_details() && visibility.effective_permissions(user).is_ok()
        };
        let members: Vec<Member<'_>> = directory
            .users_after(None)
            .filter(|user| admits(user) && seen(user))
            .filter_map(|user| Some((user, holdings.add(user)?)))
            .collect();
        let shares: Vec<Vec<f32>> = holdings.sets().iter().map(|held| shares(columns, held)).collect();
        let maker = Maker { viewer, question, sets: holdings.sets(), shares: &shares };
        let (kind, rows, left) = maker.rows(&members);
        Self { kind, rows, users: members.len(), disabled: holdings.disabled, left, everybody }
    }
}

fn shares(columns: &[Column], held: &Held) -> Vec<f32> {
    columns.iter().map(|column| column.share(&held.permissions)).collect()
}

/// Returns at most [`ROWS_MAX`] elements, those with the most users, and the number of elements left out.
fn largest<T>(mut all: Vec<T>, users: impl Fn(&T) -> usize) -> (Vec<T>, usize) {
    let left = all.len().saturating_sub(ROWS_MAX);
    if left > 0 {
        all.sort_by_key(|one| std::cmp::Reverse(users(one)));
        all.truncate(ROWS_MAX);
    }
    (all, left)
}

struct Maker<'a> {
    viewer: &'a CurrentUser,
    question: &'a Question,
    sets: &'a [Held],
    shares: &'a [Vec<f32>],
}

impl Maker<'_> {
    /// Returns the kind of the rows, the rows, and the number of rows left out.
    fn rows(&self, members: &[Member<'_>]) -> (Kind, Vec<Row>, usize) {
        if members.len() <= ROWS_MAX && !self.question.by_profiles {
            return (Kind::Users, members.iter().map(|member| self.user(member)).collect(), 0);
        }
        let teams = if self.question.by_profiles { Vec::new() } else { self.teams(members) };
        if teams.len() > 1 {
            let (mut teams, left) = largest(teams, |row| row.users);
            teams.sort_by_cached_key(|row| folded(&row.name));
            return (Kind::Teams, teams, left);
        }
        let (profiles, left) = self.profiles(members);
        (Kind::Profiles, profiles, left)
    }

    fn user(&self, (user, set): &Member<'_>) -> Row {
        let name = user.display_name();
        Row {
            beside: if name == user.username { String::new() } else { user.username.clone() },
            name,
            href: format!("/connect/users/{}", user.id),
            ..self.row(&[(*set, 1)])
        }
    }

    /// Returns a row for these numbers of users per combination, with an empty name and URL.
    fn row(&self, of: &[(usize, usize)]) -> Row {
        let users: usize = of.iter().map(|(_, users)| users).sum();
        let columns = self.shares.first().map_or(0, Vec::len);
        let mut row = Row {
            name: String::new(),
            beside: text::count_noun(users, "user"),
            href: String::new(),
            users,
            profiles: String::new(),
            scoped: false,
            shares: vec![0.0; columns],
            most: vec![0.0; columns],
        };
        for (set, count) in of {
            let (Some(shares), Some(held)) = (self.shares.get(*set), self.sets.get(*set)) else { continue };
            let weight = *count as f32 / users.max(1) as f32;
            row.scoped |= held.scoped;
            for ((share, sum), most) in shares.iter().zip(&mut row.shares).zip(&mut row.most) {
                *sum += share * weight;
                *most = most.max(*share);
            }
        }
        if let [(set, _)] = of {
            row.profiles = self.names(*set);
            if let Some(shares) = self.shares.get(*set) {
                row.shares.clone_from(shares);
            }
        }
        row
    }

    /// Returns the names of a combination's profiles that the viewer can see.
    fn names(&self, set: usize) -> String {
        let held = self.sets.get(set).map(|held| &*held.profiles).unwrap_or_default();
        let known = |id: &floorkey::SecurityProfileId| {
            let id = id.to_string();
            self.question.profiles.iter().find(|(value, _)| *value == id).map(|(_, name)| name.as_str())
        };
        let mut names: Vec<&str> = held.iter().filter_map(known).collect();
        names.sort_by_cached_key(|name| folded(name));
        if names.len() < held.len() {
            names.push("others outside your scope");
        }
        if names.is_empty() { "no security profile".to_owned() } else { text::join_names(&names, 10) }
    }

    fn profiles(&self, members: &[Member<'_>]) -> (Vec<Row>, usize) {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for (_, set) in members {
            *counts.entry(*set).or_default() += 1;
        }
        let (counts, left) = largest(counts.into_iter().collect(), |(_, users)| *users);
        let mut rows: Vec<Row> = counts
            .into_iter()
            .map(|(set, count)| {
                let profiles = self.sets.get(set).map(|held| &*held.profiles).unwrap_or_default();
                Row { name: self.names(set), href: self.question.users(profiles), ..self.row(&[(set, count)]) }
            })
            .collect();
        rows.sort_by_cached_key(|row| folded(&row.name));
        (rows, left)
    }

    /// Returns the teams of the lowest level that has at most [`TEAMS_MAX`] of them.
    fn teams(&self, members: &[Member<'_>]) -> Vec<Row> {
        let directory = &*self.viewer.directory;
        let mut homes: HashMap<Option<HierarchyGroupId>, HashMap<usize, usize>> = HashMap::new();
        for (user, set) in members {
            *homes.entry(user.hierarchy_group).or_default().entry(*set).or_default() += 1;
        }
        let top = self.question.group().and_then(|group| directory.group(group)).map_or(0, |group| group.level);
        let below = (top + 1..=5).rev();
        let at = |level: u8| {
            let mut teams: BTreeMap<Team, HashMap<usize, usize>> = BTreeMap::new();
            for (home, sets) in &homes {
                let team = teams.entry(Team::of(directory, *home, level)).or_default();
                for (set, users) in sets {
                    *team.entry(*set).or_default() += users;
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
        let row = |(team, sets): (Team, HashMap<usize, usize>)| {
            let mut sets: Vec<_> = sets.into_iter().collect();
            sets.sort_unstable();
            let mut row = self.row(&sets);
            row.profiles.clear();
            Row { name: self.team_name(team), href: self.question.inside(team.place()), ..row }
        };
        teams.into_iter().map(row).collect()
    }

    fn team_name(&self, team: Team) -> String {
        let name = |id: HierarchyGroupId| {
            let listed = self.question.groups.iter().any(|(known, _)| *known == id.to_string());
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
    /// A group at the level, with the groups below it; or a higher group without child groups.
    Group(HierarchyGroupId),
    /// The users directly in a group above the level that has child groups.
    Directly(HierarchyGroupId),
    None,
}

impl Team {
    fn of(directory: &Directory, home: Option<HierarchyGroupId>, level: u8) -> Self {
        let Some(home) = home else { return Self::None };
        let path = directory.group_path(home);
        match path.iter().find(|group| group.level == level) {
            Some(group) => Self::Group(group.id),
            None if directory.child_groups(home).next().is_none() => Self::Group(home),
            None => Self::Directly(home),
        }
    }

    const fn place(self) -> Place {
        match self {
            Self::Group(id) => Place::Within(id),
            Self::Directly(id) => Place::Only(id),
            Self::None => Place::Nowhere,
        }
    }
}
