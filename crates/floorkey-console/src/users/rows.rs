//! The rows of the list of users.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use floorkey::text::cmp_folded;
use floorkey::user::{MfaMethodKind, PasswordState};
use floorkey::visibility::Viewer;
use floorkey::{HierarchyGroupId, ResourceId, SecurityProfileId, Timestamp, User, UserId};
use floorkey_store::LoginActivity;
use foldhash::fast::RandomState;

use super::find::ViewerScope;
use super::order::next_end;
use crate::user_fields::FIELDS;
use crate::web::table::{Badge, Cell, Column, TableRow};
use crate::web::text;

/// Maximum number of profiles that a row names.
const PROFILES_SHOWN: usize = 2;

/// Returns the rows of these users.
pub(super) fn rows<'a>(
    users: &[&'a Arc<User>],
    columns: &[&'static Column],
    scope: ViewerScope<'a>,
    activity: impl Fn(UserId) -> Option<LoginActivity>,
    locked: &HashSet<UserId>,
) -> Vec<TableRow<'a>> {
    let mut names = Names::new(scope);
    let mut row = |user: &&'a Arc<User>| {
        let known = activity(user.id);
        let is_locked = locked.contains(&user.id);
        let cells = columns.iter().skip(1);
        TableRow {
            id: user.id.to_string(),
            name: user.display_name(),
            href: format!("/connect/users/{}", user.id),
            badges: Vec::new(),
            cells: cells.map(|column| (*column, names.cell(column, user, known.as_ref(), is_locked))).collect(),
        }
    };
    users.iter().map(&mut row).collect()
}

/// A cache of the names that the viewer can see.
pub(super) struct Names<'a> {
    scope: ViewerScope<'a>,
    visibility: Viewer<'a>,
    profiles: HashMap<SecurityProfileId, Option<&'a str>, RandomState>,
    routing: HashMap<ResourceId, Option<&'a str>, RandomState>,
    groups: HashMap<HierarchyGroupId, Option<String>, RandomState>,
}

impl<'a> Names<'a> {
    pub(super) fn new(scope: ViewerScope<'a>) -> Self {
        Self {
            scope,
            visibility: scope.visibility(),
            profiles: HashMap::default(),
            routing: HashMap::default(),
            groups: HashMap::default(),
        }
    }

    fn cell(&mut self, column: &Column, user: &'a User, activity: Option<&LoginActivity>, is_locked: bool) -> Cell<'a> {
        match column.id {
            "login" => Cell::text(user.username.as_str()),
            "profiles" => self.profiles(user),
            "hierarchy" => self.leaf_group(user),
            "routing" => Cell::text(self.routing(user.routing_profile).unwrap_or_default()),
            "status" => Cell::badges(status(user, is_locked), 1),
            "seen" => match activity.and_then(|known| known.last_active_at) {
                Some(seen) => self.time(seen, text::relative_time(seen, self.scope.now)),
                None => Cell::text("Never"),
            },
            "ends" => match next_end(user, &self.scope) {
                Some(end) => self.time(end, self.scope.times.local(end, self.scope.now).short),
                None => Cell::Empty,
            },
            "factors" => Cell::text(factors(user)),
            "tags" => {
                let tags: Vec<_> = user.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
                Cell::text(tags.join(", "))
            }
            id => {
                let field = FIELDS.iter().find(|field| field.column == id);
                Cell::text(field.map(|field| (field.get)(user)).unwrap_or_default())
            }
        }
    }

    fn time(&self, at: Timestamp, text: String) -> Cell<'a> {
        Cell::time(at, text, self.scope.times, self.scope.now)
    }

    /// Returns the names of the current and future profiles of a user, sorted.
    pub(super) fn profile_names(&mut self, user: &User) -> Vec<&'a str> {
        let now = self.scope.now;
        let assignment = user.assignments.iter().filter(|assignment| !assignment.has_ended(now));
        let mut names: Vec<&str> = assignment.filter_map(|assignment| self.profile(assignment.profile)).collect();
        names.sort_by(|a, b| cmp_folded(a, b));
        names
    }

    /// Returns the name of a routing profile.
    pub(super) fn routing(&mut self, id: ResourceId) -> Option<&'a str> {
        let visibility = self.visibility;
        *self.routing.entry(id).or_insert_with(|| visibility.resource_name(id))
    }

    /// Returns the path of a hierarchy group.
    pub(super) fn group(&mut self, id: HierarchyGroupId) -> Option<String> {
        let visibility = self.visibility;
        self.groups.entry(id).or_insert_with(|| visibility.group_path(id)).clone()
    }

    /// Returns the name of the user's hierarchy group, with its path.
    fn leaf_group(&mut self, user: &User) -> Cell<'a> {
        let Some(path) = user.hierarchy_group.and_then(|group| self.group(group)) else { return Cell::Empty };
        let leaf = user.hierarchy_group.and_then(|group| self.visibility.group_name(group)).unwrap_or_default();
        match path == leaf {
            true => Cell::text(leaf),
            false => Cell::Text { text: Cow::Borrowed(leaf), title: Cow::Owned(path) },
        }
    }

    fn profiles(&mut self, user: &User) -> Cell<'a> {
        match self.profile_names(user) {
            names if names.is_empty() => Cell::text(text::count_noun(user.assignments.len(), "profile")),
            names => Cell::chips(names.into_iter().map(Cow::Borrowed).collect(), PROFILES_SHOWN),
        }
    }

    fn profile(&mut self, id: SecurityProfileId) -> Option<&'a str> {
        let visibility = self.visibility;
        *self.profiles.entry(id).or_insert_with(|| visibility.profile_name(id))
    }
}

/// Returns what is unusual about a user's sign-in, the most important first. A user who can sign in has no marks.
fn status(user: &User, is_locked: bool) -> Vec<Badge> {
    let password = match user.password {
        PasswordState::None => Some(Badge::new("", "No password")),
        PasswordState::Temporary => Some(Badge::new("warn", "Temporary password")),
        PasswordState::Set => None,
    };
    let disabled = (!user.enabled).then_some(Badge::new("bad", "Disabled"));
    let locked = is_locked.then_some(Badge::new("warn", "Locked out"));
    [disabled, locked, password].into_iter().flatten().collect()
}

fn factors(user: &User) -> String {
    let label = |kind| match kind {
        MfaMethodKind::Totp => "App",
        MfaMethodKind::Passkey => "Passkey",
        MfaMethodKind::RecoveryCodes => "Recovery codes",
    };
    let mut kinds: Vec<_> = user.mfa_methods.iter().map(|factor| factor.kind).collect();
    kinds.sort();
    kinds.dedup();
    kinds.into_iter().map(label).collect::<Vec<_>>().join(", ")
}
