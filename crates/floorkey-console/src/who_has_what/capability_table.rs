//! The table of capabilities: each column is a question, such as who can download recordings, and each cell is the
//! number of users. The color and icon of a cell are the worst risk of these users.

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::Arc;

use floorkey::review::capabilities::{Capability, CapabilityExtent, RiskLevel, capabilities};
use floorkey::text::folded;
use floorkey::{HierarchyGroupId, User};

use super::members::{Counts, Members, Team, Teams};
use super::names::ProfileNames;
use super::params::{Params, RowKind, Sort, in_group, with_profiles};
use crate::web::current_user::CurrentUser;
use crate::web::form::Fields;
use crate::web::text;

/// The template data of the table.
pub(super) struct CapabilityTable {
    pub(super) columns: Vec<Column>,
    /// The rows of the current page.
    pub(super) rows: Vec<TableRow>,
    /// The row with the sums of all users.
    pub(super) total: TableRow,
    /// The number of rows on all pages.
    pub(super) row_count: usize,
    /// The positions of the rows of the current page among all rows.
    pub(super) range: Range<usize>,
}

/// The heading of a capability.
pub(super) struct Column {
    /// The capability, such as `Download recordings`.
    pub(super) title: String,
    /// The URL of this page, sorted by this column.
    pub(super) sort: String,
    pub(super) is_sorted: bool,
    /// The question that the link opens, such as `Who can download recordings?`.
    pub(super) question: String,
    /// The URL of the answer to the question.
    pub(super) answer: String,
}

/// A team, a combination of security profiles, or a user.
pub(super) struct TableRow {
    pub(super) name: String,
    /// The text beside the name: the groups above a team, or the login name of a user.
    pub(super) subtitle: String,
    pub(super) href: Option<String>,
    /// The number of users. Empty if each row is a user.
    pub(super) users: String,
    pub(super) cells: Vec<Cell>,
}

/// The number of users in a row who have a capability.
pub(super) struct Cell {
    /// The CSS classes, which are the worst risk and whether it is limited.
    pub(super) class: &'static str,
    pub(super) icon: &'static str,
    /// A number of users, or `Yes` or `In part` about a single user. Empty for none.
    pub(super) text: String,
    /// The risk in words.
    pub(super) risk: &'static str,
    /// The whole statement, such as `12 users can download recordings`.
    pub(super) statement: String,
    pub(super) href: Option<String>,
}

/// The capabilities of users together.
#[derive(Clone)]
struct Tally {
    users: usize,
    /// For each capability, the number of users who have it and the worst extent.
    columns: Vec<(usize, Option<CapabilityExtent>)>,
}

pub(super) struct TableBuilder<'a> {
    viewer: &'a CurrentUser,
    params: &'a Params,
    members: &'a Members<'a>,
    /// For each combination, the extent of each capability.
    extents: Vec<Vec<Option<CapabilityExtent>>>,
    /// The fields that restrict the list of users to the users that the page counts.
    list: Fields,
    page_size: usize,
}

impl<'a> TableBuilder<'a> {
    pub(super) fn new(viewer: &'a CurrentUser, params: &'a Params, members: &'a Members<'a>, page_size: usize) -> Self {
        let extents = members.combinations().iter().map(|combination| {
            let extents = capabilities().iter().map(|capability| capability.extent(&combination.grants));
            extents.collect::<Vec<_>>()
        });
        let extents = extents.collect();
        Self { viewer, params, members, extents, list: params.list_fields(), page_size }
    }

    /// Creates the table with rows of this kind.
    pub(super) fn build(&self, kind: RowKind, teams: &Teams) -> CapabilityTable {
        let (row_count, range, rows) = match kind {
            RowKind::Teams => self.teams(teams),
            RowKind::Profiles => self.profiles(),
            RowKind::Users => self.users(),
        };
        let all = self.tally(self.members.combinations().iter().enumerate().map(|(at, one)| (at, one.users)));
        let total = TableRow {
            name: "All users".to_owned(),
            subtitle: String::new(),
            href: None,
            users: text::figure(all.users),
            cells: self.cells(&all, Some(&self.list)),
        };
        CapabilityTable {
            columns: capabilities().iter().map(|capability| self.column(capability)).collect(),
            rows,
            total,
            row_count,
            range,
        }
    }

    fn column(&self, capability: &'static Capability) -> Column {
        let sort = Sort::Capability(capability);
        let query = Fields::default().with("ask", Some("who")).with("can", Some(capability.id)).query();
        Column {
            title: floorkey::text::capitalized(capability.phrase),
            sort: self.params.url_sorted(sort),
            is_sorted: matches!(self.params.sort, Some(Sort::Capability(sorted)) if sorted.id == capability.id),
            question: format!("Who can {}?", capability.phrase),
            answer: format!("/connect/check-access{query}"),
        }
    }

    /// Adds up the capabilities of users, given as numbers of users by combination.
    fn tally(&self, counts: impl Iterator<Item = (usize, usize)>) -> Tally {
        let mut tally = Tally { users: 0, columns: vec![(0, None); capabilities().len()] };
        for (combination, users) in counts {
            tally.users += users;
            let extents = self.extents.get(combination).map(Vec::as_slice).unwrap_or_default();
            for ((count, worst), extent) in tally.columns.iter_mut().zip(extents) {
                *count += if extent.is_some() { users } else { 0 };
                *worst = (*worst).max(*extent);
            }
        }
        tally
    }

    /// Returns the range of rows on the requested page.
    fn range(&self, rows: usize) -> Range<usize> {
        let pages = rows.div_ceil(self.page_size).max(1);
        let begin = (self.params.page.clamp(1, pages) - 1) * self.page_size;
        begin..rows.min(begin + self.page_size)
    }

    fn teams(&self, teams: &Teams) -> (usize, Range<usize>, Vec<TableRow>) {
        let rows = teams.teams.iter().map(|(team, counts)| {
            let (name, above) = self.team_name(*team);
            (*team, name, above, self.tally_of(counts))
        });
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by_cached_key(|(_, name, above, tally)| {
            let path = above.split(" / ").map(folded).filter(|part| !part.is_empty()).chain([folded(name)]);
            (self.sort_key(tally, Sort::Name), path.collect::<Vec<_>>())
        });
        let range = self.range(rows.len());
        let row = |(team, name, above, tally): &(Team, String, String, Tally)| TableRow {
            name: name.clone(),
            subtitle: above.clone(),
            href: Some(self.params.url_for_group(team.group_filter())),
            users: text::figure(tally.users),
            cells: self.cells(tally, Some(&in_group(&self.list, team.group_filter()))),
        };
        (rows.len(), range.clone(), rows.get(range).unwrap_or_default().iter().map(row).collect())
    }

    fn tally_of(&self, counts: &Counts) -> Tally {
        self.tally(counts.iter().map(|(combination, users)| (*combination, *users)))
    }

    /// Returns the sort key of a row by the requested order, or by `default` if none is requested. Ties are sorted by
    /// name.
    fn sort_key(&self, tally: &Tally, default: Sort) -> Option<Reverse<usize>> {
        match self.params.sort.unwrap_or(default) {
            Sort::Name => None,
            Sort::Users => Some(Reverse(tally.users)),
            Sort::Capability(sorted) => {
                let column = capabilities().iter().position(|capability| capability.id == sorted.id);
                let count = column.and_then(|column| tally.columns.get(column)).map_or(0, |(count, _)| *count);
                Some(Reverse(count))
            }
        }
    }

    /// Returns the name of a team and the names of the groups above it.
    fn team_name(&self, team: Team) -> (String, String) {
        let directory = &*self.viewer.directory;
        let name = |id: HierarchyGroupId| {
            let listed = self.params.groups.iter().find(|(known, _)| *known == id.to_string());
            let Some((_, path)) = listed else { return ("A group outside your scope".to_owned(), String::new()) };
            let name = directory.group(id).map(|group| group.name.clone()).unwrap_or_default();
            let above = path.strip_suffix(name.as_str()).and_then(|above| above.strip_suffix(" / "));
            (name, above.unwrap_or_default().to_owned())
        };
        match team {
            Team::Group(id) => name(id),
            Team::Directly(id) => {
                let (name, above) = name(id);
                (format!("Directly in {name}"), above)
            }
            Team::None => ("Without a group".to_owned(), String::new()),
        }
    }

    fn profiles(&self) -> (usize, Range<usize>, Vec<TableRow>) {
        let names = ProfileNames::new(self.params);
        let combinations = self.members.combinations();
        let rows = combinations.iter().enumerate().filter(|(_, combination)| combination.users > 0);
        let mut rows: Vec<_> = rows
            .map(|(at, combination)| {
                let tally = self.tally(std::iter::once((at, combination.users)));
                (combination, names.join(&combination.profiles), tally)
            })
            .collect();
        rows.sort_by_cached_key(|(_, name, tally)| (self.sort_key(tally, Sort::Users), folded(name)));
        let range = self.range(rows.len());
        let visible = rows.get(range.clone()).unwrap_or_default().iter();
        let row = visible.map(|(combination, name, tally)| {
            let list = with_profiles(&self.list, &combination.profiles);
            // The list of users can't be filtered by a profile that the viewer can't see.
            let list = names.are_visible(&combination.profiles).then_some(list);
            TableRow {
                name: name.clone(),
                subtitle: String::new(),
                href: list
                    .as_ref()
                    .map(|list| format!("/connect/users{}", list.with("status", Some("enabled")).query())),
                users: text::figure(tally.users),
                cells: self.cells(tally, list.as_ref()),
            }
        });
        let page = row.collect();
        (rows.len(), range, page)
    }

    fn users(&self) -> (usize, Range<usize>, Vec<TableRow>) {
        let keys: Vec<_> = self.extents.iter().map(|extents| self.user_sort_key(extents)).collect();
        let mut users: Vec<&(&Arc<User>, usize)> = self.members.users.iter().collect();
        // The sort is stable, so users with equal keys stay sorted by login name.
        users.sort_by_key(|(_, combination)| keys.get(*combination));
        let range = self.range(users.len());
        let row = |(user, combination): &&(&Arc<User>, usize)| {
            let extents = self.extents.get(*combination).map(Vec::as_slice).unwrap_or_default();
            let name = user.display_name();
            TableRow {
                subtitle: if name == user.username { String::new() } else { user.username.clone() },
                name,
                href: Some(format!("/connect/users/{}", user.id)),
                users: String::new(),
                cells: capabilities().iter().zip(extents).map(|(one, extent)| user_cell(user, one, *extent)).collect(),
            }
        };
        (users.len(), range.clone(), users.get(range).unwrap_or_default().iter().map(row).collect())
    }

    /// Returns the sort key of users with these extents. By default, the users who can do the most harm come first: by
    /// the number of capabilities with unlimited full control, then with full control, then of all.
    fn user_sort_key(&self, extents: &[Option<CapabilityExtent>]) -> Reverse<(Option<CapabilityExtent>, [usize; 3])> {
        let count = |is_counted: fn(&CapabilityExtent) -> bool| {
            extents.iter().flatten().filter(|extent| is_counted(extent)).count()
        };
        Reverse(match self.params.sort {
            Some(Sort::Name | Sort::Users) => (None, [0; 3]),
            Some(Sort::Capability(sorted)) => {
                let column = capabilities().iter().position(|capability| capability.id == sorted.id);
                (column.and_then(|column| extents.get(column)).copied().flatten(), [0; 3])
            }
            None => {
                let is_full = |one: &CapabilityExtent| one.risk == RiskLevel::FullControl;
                let is_unlimited = |one: &CapabilityExtent| one.risk == RiskLevel::FullControl && one.unlimited;
                (None, [count(is_unlimited), count(is_full), count(|_| true)])
            }
        })
    }

    /// Returns the cells of a row. `list` are the fields of the list of users with the users of the row.
    fn cells(&self, tally: &Tally, list: Option<&Fields>) -> Vec<Cell> {
        let cell = |((count, worst), capability): (&(usize, Option<CapabilityExtent>), &'static Capability)| {
            let users = text::count_noun(*count, "user");
            let href = list.filter(|_| *count > 0).map(|list| {
                let list = list.with("can", Some(capability.id));
                format!("/connect/users{}", list.query())
            });
            Cell {
                text: if *count > 0 { text::figure(*count) } else { String::new() },
                statement: format!("{users} can {}", capability.phrase),
                href,
                ..risk_cell(*worst)
            }
        };
        tally.columns.iter().zip(capabilities()).map(cell).collect()
    }
}

/// Returns the cell of a single user.
fn user_cell(user: &User, capability: &'static Capability, extent: Option<CapabilityExtent>) -> Cell {
    let (text, verb) = match extent {
        None => ("", "can’t"),
        Some(extent) if extent.unlimited => ("Yes", "can"),
        Some(_) => ("In part", "can in part"),
    };
    let query = Fields::default().with("who", Some(&user.username)).with("can", Some(capability.id)).query();
    Cell {
        text: text.to_owned(),
        statement: format!("{} {verb} {}", user.display_name(), capability.phrase),
        href: extent.map(|_| format!("/connect/check-access{query}")),
        ..risk_cell(extent)
    }
}

/// Returns a cell with only the worst risk.
fn risk_cell(worst: Option<CapabilityExtent>) -> Cell {
    let (class, icon, risk) = match worst.map(|worst| (worst.risk, worst.unlimited)) {
        None => ("none", "", "none"),
        Some((RiskLevel::FullControl, true)) => ("full", "shield-alert", "full control"),
        Some((RiskLevel::FullControl, false)) => ("full limited", "shield-alert", "full control, within limits"),
        Some((RiskLevel::Sensitive, true)) => ("sensitive", "triangle-alert", "sensitive"),
        Some((RiskLevel::Sensitive, false)) => ("sensitive limited", "triangle-alert", "sensitive, within limits"),
        Some((RiskLevel::None, true)) => ("plain", "check", "no risk"),
        Some((RiskLevel::None, false)) => ("plain limited", "check", "no risk, within limits"),
    };
    Cell { class, icon, risk, text: String::new(), statement: String::new(), href: None }
}
