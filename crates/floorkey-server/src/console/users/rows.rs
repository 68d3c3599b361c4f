//! Users as rows of the list.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use floorkey::text::folded;
use floorkey::user::{PasswordState, SecondFactorKind};
use floorkey::{ResourceId, ResourceType, SecurityProfileId, Target, User, UserId};
use floorkey_store::Activity;

use super::super::words;
use super::super::words::group_path as path;
use super::columns::Column;
use super::find::Eyes;

/// Profiles of a user that the list names.
const PROFILES_SHOWN: usize = 3;

/// A user in the list.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) login: String,
    pub(super) cells: Vec<Cell>,
}

/// What a column says of a user.
pub(super) struct Cell {
    pub(super) title: &'static str,
    pub(super) text: String,
    /// Marks beside it: look and word.
    pub(super) badges: Vec<(&'static str, &'static str)>,
    /// A moment for machines, where the text is one.
    pub(super) time: Option<String>,
}

/// The rows of these users.
pub(super) fn rows(
    users: &[Arc<User>],
    columns: &[Column],
    eyes: Eyes<'_>,
    activity: impl Fn(UserId) -> Option<Activity>,
    locked: &HashSet<UserId>,
) -> Vec<Row> {
    let mut names = Names::new(eyes);
    users
        .iter()
        .map(|user| {
            let known = activity(user.id);
            let cell = |column: &Column| names.cell(*column, user, known.as_ref(), locked.contains(&user.id));
            Row {
                id: user.id.to_string(),
                name: user.display_name(),
                login: user.username.clone(),
                cells: columns.iter().map(cell).collect(),
            }
        })
        .collect()
}

/// Names that the viewer may read; asked once for each.
pub(super) struct Names<'a> {
    eyes: Eyes<'a>,
    profiles: HashMap<SecurityProfileId, Option<String>>,
    routing: HashMap<ResourceId, Option<String>>,
}

impl<'a> Names<'a> {
    pub(super) fn new(eyes: Eyes<'a>) -> Self {
        Self { eyes, profiles: HashMap::new(), routing: HashMap::new() }
    }

    fn cell(&mut self, column: Column, user: &User, activity: Option<&Activity>, locked: bool) -> Cell {
        let mut cell = Cell { title: column.title(), text: String::new(), badges: Vec::new(), time: None };
        match column {
            Column::Profiles => cell.text = self.profiles(user),
            Column::Email => cell.text = user.identity.email.clone().unwrap_or_default(),
            Column::Hierarchy => {
                cell.text = user.hierarchy_group.map(|group| path(self.eyes.directory, group)).unwrap_or_default();
            }
            Column::Routing => cell.text = self.routing(user.routing_profile).unwrap_or_default(),
            Column::Status => cell.badges = status(user, locked),
            Column::LastSeen => match activity.and_then(|known| known.seen_at) {
                Some(seen) => (cell.text, cell.time) = (words::ago(seen, self.eyes.now), Some(words::iso(seen))),
                None => cell.text = "Never".to_owned(),
            },
            Column::SecondFactors => cell.text = factors(user),
            Column::Tags => {
                let tags: Vec<_> = user.tags.iter().map(|(key, value)| format!("{key}: {value}")).collect();
                cell.text = tags.join(", ");
            }
        }
        cell
    }

    /// The profiles held now or later, by name.
    pub(super) fn held(&mut self, user: &User) -> Vec<String> {
        let now = self.eyes.now;
        let held = user.assignments.iter().filter(|held| !held.has_ended(now));
        let mut names: Vec<String> = held.filter_map(|held| self.profile(held.profile)).collect();
        names.sort_by_cached_key(|name| folded(name));
        names
    }

    /// The routing profile of that id, by name.
    pub(super) fn routing(&mut self, id: ResourceId) -> Option<String> {
        let Eyes { directory, principal, now, .. } = self.eyes;
        let name = self.routing.entry(id).or_insert_with(|| {
            let seen =
                floorkey::can_list(directory, principal, ResourceType::RoutingProfile, &Target::Resource(id), now);
            directory.resource(id).filter(|_| seen).map(|routing| routing.name.clone())
        });
        name.clone()
    }

    fn profiles(&mut self, user: &User) -> String {
        let names = self.held(user);
        if names.is_empty() {
            words::count(user.assignments.len(), "profile")
        } else {
            words::list(&names, PROFILES_SHOWN)
        }
    }

    fn profile(&mut self, id: SecurityProfileId) -> Option<String> {
        let Eyes { directory, principal, now, .. } = self.eyes;
        let name = self.profiles.entry(id).or_insert_with(|| {
            let seen =
                floorkey::can_list(directory, principal, ResourceType::SecurityProfile, &Target::Profile(id), now);
            directory.profile(id).filter(|_| seen).map(|profile| profile.name.clone())
        });
        name.clone()
    }
}

fn status(user: &User, locked: bool) -> Vec<(&'static str, &'static str)> {
    let enabled = if user.enabled { ("good", "Enabled") } else { ("bad", "Disabled") };
    let password = match user.password {
        PasswordState::None => Some(("", "No password")),
        PasswordState::OneTime => Some(("warn", "One-time password")),
        PasswordState::Chosen => None,
    };
    std::iter::once(enabled).chain(locked.then_some(("warn", "Locked out"))).chain(password).collect()
}

fn factors(user: &User) -> String {
    let word = |kind| match kind {
        SecondFactorKind::Totp => "App",
        SecondFactorKind::Passkey => "Passkey",
        SecondFactorKind::RecoveryCodes => "Recovery codes",
    };
    let mut kinds: Vec<_> = user.second_factors.iter().map(|factor| factor.kind).collect();
    kinds.sort();
    kinds.dedup();
    if kinds.is_empty() { "None".to_owned() } else { kinds.into_iter().map(word).collect::<Vec<_>>().join(", ") }
}
