//! The permission grid: groups of resources (rows) and actions (columns).

use std::collections::HashMap;
use std::sync::LazyLock;

use floorkey::catalogue::{Polarity, Strength};
use floorkey::{AnyPermission, Permission, PermissionSet, catalogue, close, granted_once};

use super::super::words;
use super::conditions::Conditions;
use super::filter::Filter;
use super::risk::{self, Mark};

/// The grid, prepared for the template.
pub(super) struct Grid {
    pub(super) groups: Vec<Group>,
    /// The restrictions, which are listed separately.
    pub(super) limits: Vec<Cell>,
    /// The number of permissions that match the filter, or `None` without a filter.
    pub(super) found: Option<usize>,
}

/// A permission group.
pub(super) struct Group {
    pub(super) name: &'static str,
    pub(super) slug: String,
    pub(super) open: bool,
    pub(super) hidden: bool,
    /// The number of granted permissions. A permission that is also granted through its legacy name counts once.
    pub(super) ticked: usize,
    pub(super) total: usize,
    /// The text of the button that selects the visible permissions.
    pub(super) select: String,
    pub(super) columns: Vec<&'static str>,
    /// Whether any row has actions without a column.
    pub(super) more: bool,
    pub(super) rows: Vec<Row>,
}

/// A resource.
pub(super) struct Row {
    pub(super) resource: &'static str,
    pub(super) slug: String,
    pub(super) hidden: bool,
    /// Whether the descriptions are expanded because the search matches one of them.
    pub(super) open: bool,
    pub(super) legacy: bool,
    /// The text of the button that selects the visible permissions, or `None` if the filter shows none that can be
    /// selected.
    pub(super) select: Option<String>,
    /// One entry per column.
    pub(super) cells: Vec<Option<Cell>>,
    /// Actions without a column.
    pub(super) more: Vec<Cell>,
    /// The conditions under which actions apply.
    pub(super) only: Vec<String>,
}

impl Row {
    /// Returns all its permissions, in the order of the catalog.
    pub(super) fn all(&self) -> Vec<&Cell> {
        let mut cells: Vec<&Cell> = self.cells.iter().flatten().chain(&self.more).collect();
        cells.sort_by_key(|cell| cell.permission);
        cells
    }
}

/// A permission.
pub(super) struct Cell {
    pub(super) permission: Permission,
    pub(super) name: &'static str,
    pub(super) resource: &'static str,
    pub(super) action: &'static str,
    /// The label of the checkbox besides resource and action: the permissions that it includes.
    pub(super) grants: String,
    pub(super) about: &'static str,
    pub(super) ticked: bool,
    /// The reason why it is selected although it was not chosen.
    pub(super) because: Option<String>,
    /// Whether it is not selected, but another permission makes its list of names visible.
    pub(super) inherited: bool,
    pub(super) mark: Option<Mark>,
    pub(super) risks: Vec<Mark>,
    /// The API names of the permissions that it directly requires, for the script.
    pub(super) needs: &'static str,
    /// The API names of the permissions that it selects by default, for the script.
    pub(super) with: &'static str,
    /// Whether its selection differs from the profile's default.
    pub(super) differs: bool,
    /// The API names of the permissions that replace a legacy one, for the script. Empty for other permissions.
    pub(super) stands_for: &'static str,
    /// Whether it is granted only through a legacy permission.
    pub(super) by_older: bool,
}

/// The input of a grid.
pub(super) struct State<'a> {
    pub(super) conditions: &'a Conditions,
    pub(super) ticked: &'a PermissionSet,
    pub(super) needed: &'a PermissionSet,
    /// The permissions of a default profile to compare with.
    pub(super) default: Option<&'a PermissionSet>,
    pub(super) filter: &'a Filter,
    /// Whether all groups are open, even those without selected permissions.
    pub(super) open: bool,
}

impl Grid {
    /// Builds the grid.
    pub(super) fn new(state: &State<'_>) -> Self {
        let limit = |permission: &Permission| permission.info().polarity == Polarity::Limit;
        let context = Context::new(state);
        let limits = catalogue().permissions().filter(limit).map(|permission| context.cell(permission)).collect();
        let groups: Vec<Group> = catalogue().groups().into_iter().map(|name| context.group(name)).collect();
        let found = state.filter.is_set().then(|| context.found());
        Self { groups, limits, found }
    }
}

struct Context<'a> {
    state: &'a State<'a>,
    inherited: PermissionSet,
    closed: floorkey::ClosedSet,
    granted: PermissionSet,
}

impl Context<'_> {
    fn new<'a>(state: &'a State<'a>) -> Context<'a> {
        let closed = close(state.ticked);
        let inherited = floorkey::inherited::lists(closed.permissions()).difference(closed.permissions());
        Context { state, inherited, closed, granted: granted_once(state.ticked) }
    }

    fn shown(&self, permission: Permission) -> bool {
        let State { ticked, needed, default, filter, .. } = self.state;
        filter.shows(permission, ticked, needed, &self.inherited, *default)
    }

    fn found(&self) -> usize {
        catalogue().granting().iter().filter(|permission| self.shown(*permission)).count()
    }

    /// Returns the permissions that a button selects: the visible ones, without legacy permissions.
    fn selectable(&self, own: &[Permission]) -> PermissionSet {
        let filtered = self.state.filter.is_set();
        let all = own.iter().copied().filter(|permission| !permission.info().is_legacy());
        all.filter(|permission| !filtered || self.shown(*permission)).collect()
    }

    /// The text of the button that selects the visible permissions of a group or, without a name, of a row.
    fn select(&self, own: &[Permission], group: Option<&str>) -> String {
        let set = self.selectable(own);
        let verb = if set.is_subset(self.state.ticked) { "Clear" } else { "Select" };
        match (self.state.filter.is_set(), group) {
            (true, Some(group)) => format!("{verb} {} found in {group}", set.len()),
            (false, Some(group)) => format!("{verb} all of {group}"),
            (true, None) => format!("{verb} {}", set.len()),
            (false, None) => format!("{verb} all"),
        }
    }

    fn group(&self, name: &'static str) -> Group {
        let all: Vec<Permission> = catalogue()
            .permissions()
            .filter(|permission| permission.info().group == name && permission.info().polarity == Polarity::Grant)
            .collect();
        let mut resources: Vec<&'static str> =
            all.iter().map(|permission| permission.info().resource.as_str()).collect();
        resources.dedup();
        let columns = columns(&all, resources.len());
        let slug = slug(name);
        let row = |resource: &'static str| {
            let own: Vec<Permission> =
                all.iter().copied().filter(|permission| permission.info().resource == resource).collect();
            self.row(resource, &slug, &own, &columns)
        };
        let rows: Vec<Row> = resources.into_iter().map(row).collect();
        let current: Vec<Permission> =
            all.iter().copied().filter(|permission| !permission.info().is_legacy()).collect();
        let granted = current.iter().filter(|permission| self.granted.contains(**permission)).count();
        let ticked = all.iter().filter(|permission| self.state.ticked.contains(**permission)).count();
        let filtered = self.state.filter.is_set();
        let hidden = filtered && rows.iter().all(|row| row.hidden);
        let more = rows.iter().any(|row| !row.more.is_empty());
        let open = if filtered { !hidden } else { self.state.open || ticked > 0 };
        let select = self.select(&all, Some(name));
        Group { name, slug, open, hidden, ticked: granted, total: current.len(), select, columns, more, rows }
    }

    fn row(&self, resource: &'static str, group: &str, own: &[Permission], columns: &[&'static str]) -> Row {
        let cell = |column: &&'static str| {
            own.iter().find(|permission| permission.info().action == **column).map(|found| self.cell(*found))
        };
        let more = own.iter().filter(|permission| !columns.contains(&permission.info().action.as_str()));
        let filtered = self.state.filter.is_set();
        Row {
            resource,
            slug: format!("{group}-{}", slug(resource)),
            hidden: filtered && !own.iter().any(|permission| self.shown(*permission)),
            open: own.iter().any(|permission| self.state.filter.is_in_sentence(*permission)),
            legacy: own.iter().all(|permission| permission.info().is_legacy()),
            select: (!self.selectable(own).is_empty()).then(|| self.select(own, None)),
            cells: columns.iter().map(cell).collect(),
            more: more.map(|permission| self.cell(*permission)).collect(),
            only: own.iter().flat_map(|permission| self.only(*permission)).collect(),
        }
    }

    /// Describes the conditions under which the permission applies, one sentence each.
    fn only(&self, permission: Permission) -> Vec<String> {
        let all = self.state.conditions.get(&AnyPermission::Catalogue(permission)).into_iter().flatten();
        all.map(|condition| format!("{} only if {condition}", permission.info().action)).collect()
    }

    fn cell(&self, permission: Permission) -> Cell {
        let info = permission.info();
        let edges = EDGES.get(&permission);
        let ticked = self.state.ticked.contains(permission);
        let is_needed = ticked && self.state.needed.contains(permission);
        let why = self.closed.why(permission);
        let because = (is_needed && !why.is_empty()).then(|| because(permission, &why));
        let risks = risk::marks(permission);
        Cell {
            permission,
            name: &info.name,
            resource: &info.resource,
            action: &info.action,
            grants: edges.map(|edges| edges.grants.clone()).unwrap_or_default(),
            about: &info.about,
            ticked,
            because,
            inherited: !ticked && self.inherited.contains(permission),
            mark: risks.first().cloned(),
            risks,
            needs: edges.map_or("", |edges| edges.needs.as_str()),
            with: edges.map_or("", |edges| edges.with.as_str()),
            differs: self.state.default.is_some_and(|default| default.contains(permission) != ticked),
            stands_for: edges.map_or("", |edges| edges.stands_for.as_str()),
            by_older: !ticked && self.granted.contains(permission),
        }
    }
}

/// Returns the actions that have a column of their own: those with enough rows. Other actions share the last column,
/// which keeps groups with a few unusual actions readable.
fn columns(all: &[Permission], rows: usize) -> Vec<&'static str> {
    let mut count: Vec<(&'static str, usize)> = Vec::new();
    for permission in all {
        let action = permission.info().action.as_str();
        match count.iter_mut().find(|(known, _)| *known == action) {
            Some((_, times)) => *times += 1,
            None => count.push((action, 1)),
        }
    }
    let enough = if rows <= 3 { 1 } else { (rows / 8).max(2) };
    let mut columns: Vec<&'static str> =
        count.into_iter().filter(|(_, times)| *times >= enough).map(|(action, _)| action).collect();
    let usual = ["View", "Access", "Edit", "Create", "Remove"];
    columns.sort_by_key(|action| usual.iter().position(|known| known == action).unwrap_or(usual.len()));
    columns
}

/// Names the permissions that require it: `Edit` in the same row, `Manager listen in: Enable` from another.
fn because(permission: Permission, why: &PermissionSet) -> String {
    let word = |other: Permission| {
        let same = other.info().resource == permission.info().resource;
        if same { other.info().action.clone() } else { words::permission(other) }
    };
    words::list(&why.iter().map(word).collect::<Vec<_>>(), 3)
}

/// The relations of a permission, prepared for display.
#[derive(Default)]
struct Edges {
    grants: String,
    needs: String,
    with: String,
    stands_for: String,
}

static EDGES: LazyLock<HashMap<Permission, Edges>> = LazyLock::new(|| {
    let mut edges: HashMap<Permission, Edges> = HashMap::new();
    for permission in catalogue().permissions() {
        let requires = catalogue().requires(permission);
        if !requires.is_empty() {
            let word = |other: Permission| {
                let same = other.info().resource == permission.info().resource;
                if same { other.info().action.clone() } else { words::permission(other) }
            };
            let words = words::list(&requires.iter().map(word).collect::<Vec<_>>(), 6);
            edges.entry(permission).or_default().grants = words;
        }
    }
    for edge in catalogue().dependencies() {
        let entry = edges.entry(edge.permission).or_default();
        let list = match edge.strength {
            Strength::Required => &mut entry.needs,
            Strength::DefaultOn => &mut entry.with,
            Strength::Offered => continue,
        };
        if !list.is_empty() {
            list.push(' ');
        }
        list.push_str(edge.requires.name());
    }
    for (old, newer) in catalogue().legacy() {
        let all: Vec<&str> = close(newer).permissions().iter().map(Permission::name).collect();
        edges.entry(*old).or_default().stands_for = all.join(" ");
    }
    edges
});

/// Returns the permissions that a button selects or clears: the visible ones of a group or row, without legacy
/// permissions.
pub(super) fn selectable(state: &State<'_>, of: &str) -> PermissionSet {
    let is_of = |permission: &Permission| {
        let info = permission.info();
        let group = slug(&info.group);
        of == group || of == format!("{group}-{}", slug(&info.resource))
    };
    let own: Vec<Permission> = catalogue().granting().iter().filter(is_of).collect();
    Context::new(state).selectable(&own)
}

/// A name for use in an address or HTML id: `users-and-permissions`.
pub(super) fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}
