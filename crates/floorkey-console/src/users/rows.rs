//! The rows of the list of users.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use floorkey::text::cmp_folded;
use floorkey::user::{MfaMethodKind, PasswordState};
use floorkey::visibility::Viewer;
use floorkey::{HierarchyGroupId, ResourceId, SecurityProfileId, User, UserId};
use floorkey_store::LoginActivity;
use foldhash::fast::RandomState;

use super::columns::Column;
use super::find::ViewerScope;
use crate::user_fields::FIELDS;
use crate::web::text;

/// Maximum number of profiles that a row names.
const PROFILES_SHOWN: usize = 3;

/// A row of the list.
pub(super) struct UserRow<'a> {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) login: &'a str,
    pub(super) cells: Vec<UserCell<'a>>,
}

/// A cell of a row.
pub(super) struct UserCell<'a> {
    pub(super) title: &'static str,
    pub(super) text: Cow<'a, str>,
    pub(super) badges: Badges,
    /// The time in ISO 8601 format. `None` if the cell does not show a time.
    pub(super) time: Option<String>,
}

/// The badges of a user, each with a kind and a text.
pub(super) type Badges = [Option<&'static (&'static str, &'static str)>; 3];

/// Returns the rows of these users.
pub(super) fn rows<'a>(
    users: &[&'a Arc<User>],
    columns: &[Column],
    scope: ViewerScope<'a>,
    activity: impl Fn(UserId) -> Option<LoginActivity>,
    locked: &HashSet<UserId>,
) -> Vec<UserRow<'a>> {
    let mut names = Names::new(scope);
    users
        .iter()
        .map(|user| {
            let known = activity(user.id);
            let cell = |column: &Column| names.cell(*column, user, known.as_ref(), locked.contains(&user.id));
            UserRow {
                id: user.id.to_string(),
                name: user.display_name(),
                login: &user.username,
                cells: columns.iter().map(cell).collect(),
            }
        })
        .collect()
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

    fn cell(&mut self, column: Column, user: &'a User, activity: Option<&LoginActivity>, locked: bool) -> UserCell<'a> {
        let mut cell = UserCell { title: column.title, text: Cow::Borrowed(""), badges: Badges::default(), time: None };
        match column.name {
            "profiles" => cell.text = self.profiles(user),
            "hierarchy" => {
                cell.text = user.hierarchy_group.and_then(|group| self.group(group)).unwrap_or_default().into();
            }
            "routing" => cell.text = self.routing(user.routing_profile).unwrap_or_default().into(),
            "status" => cell.badges = status(user, locked),
            "seen" => match activity.and_then(|known| known.last_active_at) {
                Some(seen) => {
                    (cell.text, cell.time) =
                        (text::relative_time(seen, self.scope.now).into(), Some(text::iso_time(seen)));
                }
                None => cell.text = "Never".into(),
            },
            "factors" => cell.text = factors(user),
            "tags" => {
                let tags: Vec<_> = user.tags.iter().map(|(key, value)| format!("{key}: {value}")).collect();
                cell.text = tags.join(", ").into();
            }
            name => {
                let field = FIELDS.iter().find(|field| field.column == name);
                cell.text = field.map(|field| (field.get)(user)).unwrap_or_default().into();
            }
        }
        cell
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

    fn profiles(&mut self, user: &User) -> Cow<'a, str> {
        match self.profile_names(user).as_slice() {
            [] => text::count_noun(user.assignments.len(), "profile").into(),
            [only] => (*only).into(),
            names => text::join_names(names, PROFILES_SHOWN).into(),
        }
    }

    fn profile(&mut self, id: SecurityProfileId) -> Option<&'a str> {
        let visibility = self.visibility;
        *self.profiles.entry(id).or_insert_with(|| visibility.profile_name(id))
    }
}

fn status(user: &User, locked: bool) -> Badges {
    let enabled = if user.enabled { &("good", "Enabled") } else { &("bad", "Disabled") };
    let password = match user.password {
        PasswordState::None => Some(&("", "No password")),
        PasswordState::Temporary => Some(&("warn", "Temporary password")),
        PasswordState::Set => None,
    };
    [Some(enabled), locked.then_some(&("warn", "Locked out")), password]
}

fn factors(user: &User) -> Cow<'static, str> {
    let label = |kind| match kind {
        MfaMethodKind::Totp => "App",
        MfaMethodKind::Passkey => "Passkey",
        MfaMethodKind::RecoveryCodes => "Recovery codes",
    };
    let mut kinds: Vec<_> = user.mfa_methods.iter().map(|factor| factor.kind).collect();
    kinds.sort();
    kinds.dedup();
    match kinds.as_slice() {
        [] => "None".into(),
        kinds => kinds.iter().copied().map(label).collect::<Vec<_>>().join(", ").into(),
    }
}
