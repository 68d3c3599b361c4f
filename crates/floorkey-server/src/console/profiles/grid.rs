//! The grid: every permission, group by group, as rows of resources and columns of actions.

use std::collections::HashMap;
use std::sync::LazyLock;

use floorkey::catalogue::{Polarity, Strength};
use floorkey::{AnyPermission, Permission, PermissionSet, catalogue, close, granted_once};

use super::super::words;
use super::conditions::Conditions;
use super::filter::Filter;
use super::risk::{self, Mark};

/// The grid as a template shows it.
pub(super) struct Grid {
    pub(super) groups: Vec<Group>,
    /// What takes abilities away, apart from what gives them.
    pub(super) limits: Vec<Cell>,
    /// How many permissions a filter found; `None` where none is set.
    pub(super) found: Option<usize>,
}

/// A permission group.
pub(super) struct Group {
    pub(super) name: &'static str,
    pub(super) slug: String,
    pub(super) open: bool,
    pub(super) hidden: bool,
    /// How many of its permissions are granted, each counted once: through its own name or an old one.
    pub(super) ticked: usize,
    pub(super) total: usize,
    /// What the button says that selects those shown.
    pub(super) select: String,
    pub(super) columns: Vec<&'static str>,
    /// Whether any row has actions that have no column.
    pub(super) more: bool,
    pub(super) rows: Vec<Row>,
}

/// A resource.
pub(super) struct Row {
    pub(super) resource: &'static str,
    pub(super) slug: String,
    pub(super) hidden: bool,
    /// Whether its sentences are shown: a search found something in them.
    pub(super) open: bool,
    pub(super) legacy: bool,
    /// What the button says that selects those shown; `None` where a search shows none that it could select.
    pub(super) select: Option<String>,
    /// One a column.
    pub(super) cells: Vec<Option<Cell>>,
    /// Actions that have no column.
    pub(super) more: Vec<Cell>,
    /// Under which conditions which actions count.
    pub(super) only: Vec<String>,
}

impl Row {
    /// All its permissions, in the order of the catalogue.
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
    /// What the box is called beside its resource and action: what else it grants.
    pub(super) grants: String,
    pub(super) about: &'static str,
    pub(super) ticked: bool,
    /// Why it is ticked though nobody chose it.
    pub(super) because: Option<String>,
    /// Not held, but its list of names comes along with something that is.
    pub(super) inherited: bool,
    pub(super) mark: Option<Mark>,
    pub(super) risks: Vec<Mark>,
    /// The names it needs, directly, as script reads them.
    pub(super) needs: &'static str,
    /// The names that are ticked with it and may be unticked.
    pub(super) with: &'static str,
    /// Holds it otherwise than the profile's default does.
    pub(super) differs: bool,
    /// The newer names that an old name stands for, as script reads them; empty where it is no old name.
    pub(super) stands_for: &'static str,
    /// Granted through an old name, and not by itself.
    pub(super) by_older: bool,
}

/// What a grid shows.
pub(super) struct State<'a> {
    pub(super) conditions: &'a Conditions,
    pub(super) ticked: &'a PermissionSet,
    pub(super) needed: &'a PermissionSet,
    /// What a default profile holds to compare with.
    pub(super) default: Option<&'a PermissionSet>,
    pub(super) filter: &'a Filter,
    /// Whether groups stand open however little is ticked in them.
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
        let inherited = floorkey::review::inherited::lists(closed.permissions()).difference(closed.permissions());
        Context { state, inherited, closed, granted: granted_once(state.ticked) }
    }

    fn shown(&self, permission: Permission) -> bool {
        let State { ticked, needed, default, filter, .. } = self.state;
        filter.shows(permission, ticked, needed, &self.inherited, *default)
    }

    fn found(&self) -> usize {
        catalogue().granting().iter().filter(|permission| self.shown(*permission)).count()
    }

    /// Of these permissions, those that a button selects: the ones that are shown, without old names.
    fn selectable(&self, own: &[Permission]) -> PermissionSet {
        let filtered = self.state.filter.is_set();
        let all = own.iter().copied().filter(|permission| !permission.info().is_legacy());
        all.filter(|permission| !filtered || self.shown(*permission)).collect()
    }

    /// What a button says that selects those shown of a group or, without a name, of a row.
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

    /// Under which conditions the permission counts, a sentence each.
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

/// The actions that get a column of their own: those of enough rows. Others stand together in a last one, so that a
/// group with a few odd actions stays readable.
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

/// Who needs it: `Edit` in the same row, `Manager listen in: Enable` from another.
fn because(permission: Permission, why: &PermissionSet) -> String {
    let word = |other: Permission| {
        let same = other.info().resource == permission.info().resource;
        if same { other.info().action.clone() } else { words::permission(other) }
    };
    words::list(&why.iter().map(word).collect::<Vec<_>>(), 3)
}

/// What follows from a permission, ready to show.
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

/// The permissions that a button selects or clears: those of a group or a row that the filter shows, without old names.
pub(super) fn selectable(state: &State<'_>, of: &str) -> PermissionSet {
    let is_of = |permission: &Permission| {
        let info = permission.info();
        let group = slug(&info.group);
        of == group || of == format!("{group}-{}", slug(&info.resource))
    };
    let own: Vec<Permission> = catalogue().granting().iter().filter(is_of).collect();
    Context::new(state).selectable(&own)
}

/// A name as part of an address or an id: `users-and-permissions`.
pub(super) fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}
