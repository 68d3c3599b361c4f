//! The permission grid: groups of resources (rows) and actions (columns).

use std::collections::HashMap;
use std::sync::LazyLock;

use floorkey::catalog::{Polarity, Strength};
use floorkey::{AnyPermission, Permission, PermissionSet, catalog, countable_permissions, with_requirements};

use super::conditions::Conditions;
use super::draft::ProfileDraft;
use super::filter::GridFilter;
use super::risk::{self, RiskBadge};
use crate::web::text;

/// The permission grid, prepared for the template.
pub(super) struct Grid {
    pub(super) groups: Vec<GridGroup>,
    /// The restrictions, which are listed separately.
    pub(super) restrictions: Vec<PermissionCell>,
    /// The number of permissions that match the filter. `None` if there is no filter.
    pub(super) found: Option<usize>,
}

/// A permission group.
pub(super) struct GridGroup {
    pub(super) name: &'static str,
    pub(super) slug: String,
    pub(super) open: bool,
    pub(super) hidden: bool,
    /// The number of granted permissions. A permission that is also granted through its legacy name counts once.
    pub(super) selected: usize,
    pub(super) total: usize,
    /// The text of the button that selects the visible permissions.
    pub(super) select_label: String,
    pub(super) columns: Vec<&'static str>,
    /// Whether any row has actions that have no column of their own.
    pub(super) more: bool,
    pub(super) rows: Vec<ResourceRow>,
}

/// A resource, as a row of the grid.
pub(super) struct ResourceRow {
    pub(super) resource: &'static str,
    pub(super) slug: String,
    pub(super) hidden: bool,
    /// Whether the descriptions are expanded because the search text matches a description.
    pub(super) open: bool,
    pub(super) legacy: bool,
    /// The text of the button that selects the visible permissions. `None` if the filter shows no permissions that can
    /// be selected.
    pub(super) select_label: Option<String>,
    /// The cells of the row, one for each column.
    pub(super) cells: Vec<Option<PermissionCell>>,
    /// The actions that have no column of their own.
    pub(super) more: Vec<PermissionCell>,
    /// Sentences about the conditions that apply to the row's permissions.
    pub(super) only: Vec<String>,
}

impl ResourceRow {
    /// Returns all permissions of the row, in the order of the catalog.
    pub(super) fn all(&self) -> Vec<&PermissionCell> {
        let mut cells: Vec<&PermissionCell> = self.cells.iter().flatten().chain(&self.more).collect();
        cells.sort_by_key(|cell| cell.permission);
        cells
    }
}

/// A permission, as a cell of the grid.
pub(super) struct PermissionCell {
    pub(super) permission: Permission,
    pub(super) name: &'static str,
    pub(super) resource: &'static str,
    pub(super) action: &'static str,
    /// The permissions that this permission includes. They are part of the checkbox's label, in addition to the
    /// resource and the action.
    pub(super) grants: String,
    pub(super) about: &'static str,
    pub(super) selected: bool,
    /// The names of the permissions that require this permission. `None` if the permission was chosen or is not
    /// selected.
    pub(super) required_by: Option<String>,
    /// Whether another permission makes this permission's list of names visible, although this permission is not
    /// selected.
    pub(super) inherited: bool,
    pub(super) badge: Option<RiskBadge>,
    pub(super) badges: Vec<RiskBadge>,
    /// The API names of the permissions that this permission directly requires, for the page's script.
    pub(super) requires: &'static str,
    /// The API names of the permissions that this permission selects by default, for the page's script.
    pub(super) selects_by_default: &'static str,
    /// Whether the permission is selected in this profile but not in the default profile, or the reverse.
    pub(super) differs: bool,
    /// The API names of the permissions that replace this legacy permission, for the page's script. Empty for
    /// permissions that are not legacy permissions.
    pub(super) replaced_by: &'static str,
    /// Whether the permission is granted only through a legacy permission.
    pub(super) through_legacy: bool,
}

/// The input for building a grid.
pub(super) struct GridInput<'a> {
    pub(super) conditions: &'a Conditions,
    pub(super) selected: &'a PermissionSet,
    pub(super) required_by_others: &'a PermissionSet,
    /// The permissions of the default profile to compare the grid with.
    pub(super) default: Option<&'a PermissionSet>,
    pub(super) filter: &'a GridFilter,
}

impl<'a> GridInput<'a> {
    pub(super) const fn new(
        draft: &'a ProfileDraft,
        default: Option<&'a PermissionSet>,
        filter: &'a GridFilter,
    ) -> Self {
        let ProfileDraft { conditions, selected, required_by_others, .. } = draft;
        Self { conditions, selected, required_by_others, default, filter }
    }
}

impl Grid {
    /// Builds the grid from its input.
    pub(super) fn new(input: &GridInput<'_>) -> Self {
        let is_restriction = |permission: &Permission| permission.info().polarity == Polarity::Restriction;
        let builder = GridBuilder::new(input);
        let restrictions =
            catalog().permissions().filter(is_restriction).map(|permission| builder.cell(permission)).collect();
        let groups: Vec<GridGroup> = catalog().groups().into_iter().map(|name| builder.group(name)).collect();
        let found = input.filter.is_set().then(|| builder.found());
        Self { groups, restrictions, found }
    }
}

struct GridBuilder<'a> {
    input: &'a GridInput<'a>,
    inherited: PermissionSet,
    closed: floorkey::ClosedSet,
    granted: PermissionSet,
}

impl GridBuilder<'_> {
    fn new<'a>(input: &'a GridInput<'a>) -> GridBuilder<'a> {
        let closed = with_requirements(input.selected);
        let inherited = floorkey::inherited::inherited_views(closed.permissions()).difference(closed.permissions());
        GridBuilder { input, inherited, closed, granted: countable_permissions(input.selected) }
    }

    fn matches_filter(&self, permission: Permission) -> bool {
        let GridInput { selected, required_by_others, default, filter, .. } = self.input;
        filter.shows(permission, selected, required_by_others, &self.inherited, *default)
    }

    fn found(&self) -> usize {
        catalog().granting().iter().filter(|permission| self.matches_filter(*permission)).count()
    }

    /// Returns the permissions that a button selects: all visible permissions, except legacy permissions.
    fn selectable(&self, own: &[Permission]) -> PermissionSet {
        let filtered = self.input.filter.is_set();
        let all = own.iter().copied().filter(|permission| !permission.info().is_legacy());
        all.filter(|permission| !filtered || self.matches_filter(*permission)).collect()
    }

    /// Returns the text of the button that selects the visible permissions of a group. `group` is the group's name. If
    /// `group` is `None`, the button is for a row.
    fn select_label(&self, own: &[Permission], group: Option<&str>) -> String {
        let set = self.selectable(own);
        let verb = if set.is_subset(self.input.selected) { "Clear" } else { "Select" };
        match (self.input.filter.is_set(), group) {
            (true, Some(group)) => format!("{verb} {} found in {group}", set.len()),
            (false, Some(group)) => format!("{verb} all of {group}"),
            (true, None) => format!("{verb} {}", set.len()),
            (false, None) => format!("{verb} all"),
        }
    }

    fn group(&self, name: &'static str) -> GridGroup {
        let all: Vec<Permission> = catalog()
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
        let rows: Vec<ResourceRow> = resources.into_iter().map(row).collect();
        let current: Vec<Permission> =
            all.iter().copied().filter(|permission| !permission.info().is_legacy()).collect();
        let granted = current.iter().filter(|permission| self.granted.contains(**permission)).count();
        let selected = all.iter().filter(|permission| self.input.selected.contains(**permission)).count();
        let filtered = self.input.filter.is_set();
        let hidden = filtered && rows.iter().all(|row| row.hidden);
        let more = rows.iter().any(|row| !row.more.is_empty());
        let open = if filtered { !hidden } else { selected > 0 };
        let select_label = self.select_label(&all, Some(name));
        GridGroup {
            name,
            slug,
            open,
            hidden,
            selected: granted,
            total: current.len(),
            select_label,
            columns,
            more,
            rows,
        }
    }

    fn row(&self, resource: &'static str, group: &str, own: &[Permission], columns: &[&'static str]) -> ResourceRow {
        let cell = |column: &&'static str| {
            own.iter().find(|permission| permission.info().action == **column).map(|found| self.cell(*found))
        };
        let more = own.iter().filter(|permission| !columns.contains(&permission.info().action.as_str()));
        let filtered = self.input.filter.is_set();
        ResourceRow {
            resource,
            slug: format!("{group}-{}", slug(resource)),
            hidden: filtered && !own.iter().any(|permission| self.matches_filter(*permission)),
            open: own.iter().any(|permission| self.input.filter.is_in_sentence(*permission)),
            legacy: own.iter().all(|permission| permission.info().is_legacy()),
            select_label: (!self.selectable(own).is_empty()).then(|| self.select_label(own, None)),
            cells: columns.iter().map(cell).collect(),
            more: more.map(|permission| self.cell(*permission)).collect(),
            only: own.iter().flat_map(|permission| self.only(*permission)).collect(),
        }
    }

    /// Describes the conditions under which the permission applies, one sentence each.
    fn only(&self, permission: Permission) -> Vec<String> {
        let all = self.input.conditions.get(&AnyPermission::Catalog(permission)).into_iter().flatten();
        all.map(|condition| format!("{} only if {condition}", permission.info().action)).collect()
    }

    fn cell(&self, permission: Permission) -> PermissionCell {
        let info = permission.info();
        let relations = RELATIONS.get(&permission);
        let selected = self.input.selected.contains(permission);
        let is_needed = selected && self.input.required_by_others.contains(permission);
        let why = self.closed.required_by(permission);
        let required_by = (is_needed && !why.is_empty()).then(|| required_by(permission, &why));
        let badges = risk::badges(permission);
        PermissionCell {
            permission,
            name: &info.name,
            resource: &info.resource,
            action: &info.action,
            grants: relations.map(|relations| relations.grants.clone()).unwrap_or_default(),
            about: &info.description,
            selected,
            required_by,
            inherited: !selected && self.inherited.contains(permission),
            badge: badges.first().cloned(),
            badges,
            requires: relations.map_or("", |relations| relations.requires.as_str()),
            selects_by_default: relations.map_or("", |relations| relations.selects_by_default.as_str()),
            differs: self.input.default.is_some_and(|default| default.contains(permission) != selected),
            replaced_by: relations.map_or("", |relations| relations.replaced_by.as_str()),
            through_legacy: !selected && self.granted.contains(permission),
        }
    }
}

/// Returns the actions that have their own column. An action gets a column if enough rows have it. Other actions share
/// the last column, so that groups with a few unusual actions stay readable.
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

/// Names the permissions in `why`, which require `permission`. Names a permission in the same row only by its action
/// (`Edit`). Names a permission in another row by its full name (`Manager listen in: Enable`).
fn required_by(permission: Permission, why: &PermissionSet) -> String {
    let word = |other: Permission| {
        let same = other.info().resource == permission.info().resource;
        if same { other.info().action.clone() } else { text::permission(other) }
    };
    text::join_names(&why.iter().map(word).collect::<Vec<_>>(), 3)
}

/// The relations of a permission, prepared for display.
#[derive(Default)]
struct RelationTexts {
    grants: String,
    requires: String,
    selects_by_default: String,
    replaced_by: String,
}

static RELATIONS: LazyLock<HashMap<Permission, RelationTexts>> = LazyLock::new(|| {
    let mut relations: HashMap<Permission, RelationTexts> = HashMap::new();
    for permission in catalog().permissions() {
        let requires = catalog().requires(permission);
        if !requires.is_empty() {
            let word = |other: Permission| {
                let same = other.info().resource == permission.info().resource;
                if same { other.info().action.clone() } else { text::permission(other) }
            };
            let words = text::join_names(&requires.iter().map(word).collect::<Vec<_>>(), 6);
            relations.entry(permission).or_default().grants = words;
        }
    }
    for dependency in catalog().dependencies() {
        let entry = relations.entry(dependency.permission).or_default();
        let list = match dependency.strength {
            Strength::Required => &mut entry.requires,
            Strength::DefaultOn => &mut entry.selects_by_default,
            Strength::Offered => continue,
        };
        if !list.is_empty() {
            list.push(' ');
        }
        list.push_str(dependency.requires.name());
    }
    for (old, newer) in catalog().legacy() {
        let all: Vec<&str> = with_requirements(newer).permissions().iter().map(Permission::name).collect();
        relations.entry(*old).or_default().replaced_by = all.join(" ");
    }
    relations
});

/// Returns the permissions that a button selects or clears: all visible permissions of a group or row, except legacy
/// permissions.
pub(super) fn selectable(input: &GridInput<'_>, of: &str) -> PermissionSet {
    let is_of = |permission: &Permission| {
        let info = permission.info();
        let group = slug(&info.group);
        of == group || of == format!("{group}-{}", slug(&info.resource))
    };
    let own: Vec<Permission> = catalog().granting().iter().filter(is_of).collect();
    GridBuilder::new(input).selectable(&own)
}

/// Converts a name for use in an address or HTML ID, such as `users-and-permissions`.
pub(super) fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}
