//! A one-sentence summary of access.

use crate::catalog::{Permission, Polarity, catalog};
use crate::permission_set::PermissionSet;
use crate::scope::Grants;

/// Phrases that say what a user can and cannot do. They can follow "can" or "cannot".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Phrases for the user's abilities, for example `manage queues and users`.
    pub abilities: Vec<String>,
    /// Phrases for abilities that the user does not have, for example `change security profiles`. They are abilities
    /// that restrictions remove, or that might be expected because of the user's other abilities.
    pub restrictions: Vec<String>,
    /// Whether any of the permissions has a scope.
    pub scoped: bool,
}

/// Abilities that are described by their own phrase. A user has an ability if the user has at least one of its
/// permissions.
const PHRASES: [(&[&str], &str); 12] = [
    (&["BasicAgentAccess"], "take contacts in the Contact Control Panel"),
    (&["OutboundCallAccess"], "make outbound calls"),
    (&["ContactSearch.View"], "search all contacts"),
    (&["MyContacts.View"], "look up their own contacts"),
    (
        &[
            "CallRecordings.Unredacted.Access",
            "CallRecordings.Redacted.Access",
            "AutomatedVoiceInteraction.Recordings.Unredacted.Access",
            "AutomatedVoiceInteraction.Recordings.Redacted.Access",
        ],
        "listen to recordings",
    ),
    (
        &[
            "ContactTranscripts.Unredacted.Access",
            "ContactTranscripts.Redacted.Access",
            "AutomatedVoiceInteraction.Transcripts.Unredacted.Access",
            "AutomatedVoiceInteraction.Transcripts.Redacted.Access",
        ],
        "read transcripts",
    ),
    (&["ScreenRecording.Access", "ScreenRecording.Redacted.Access"], "watch screen recordings"),
    (
        &[
            "CallRecordings.Unredacted.DownloadButton",
            "CallRecordings.Redacted.DownloadButton",
            "ContactTranscripts.Unredacted.DownloadButton",
            "ScreenRecording.Download",
            "ScreenRecording.Redacted.Download",
            "AutomatedVoiceInteraction.Recordings.Unredacted.DownloadButton",
            "AutomatedVoiceInteraction.Recordings.Redacted.DownloadButton",
        ],
        "download recordings and transcripts",
    ),
    (&["DeleteCallRecordings", "ScreenRecording.Delete"], "delete recordings"),
    (&["ManagerListenIn"], "listen in on live contacts"),
    (&["ManagerBargeIn"], "join live contacts"),
    (&["HistoricalChanges.View"], "view historical changes"),
];

/// The restrictions, each with the ability that it removes.
const RESTRICTION_PHRASES: [(&str, &str); 4] = [
    ("RestrictTaskCreation.Access", "create tasks"),
    ("RestrictPhoneTypeSettings.Access", "switch between softphone and desk phone"),
    ("RequireEndContactConfirmation.Enabled", "end a contact without confirmation"),
    ("RestrictContactAccessByHierarchy.View", "access contacts outside their own hierarchy group"),
];

/// The maximum number of names in a list. If there are more, the list ends with the number of omitted names.
const LISTED_MAX: usize = 3;

/// Summarizes the grants of a profile ([`Grants::from_profile`]) or of a user
/// ([`Directory::grants_at`](crate::Directory::grants_at)).
#[must_use]
pub fn summary(grants: &Grants) -> Summary {
    let permissions = grants.all_permissions();
    let mut summary = Summary { scoped: grants.is_scoped(), ..Summary::default() };
    if catalog().granting().is_subset(&permissions) {
        summary.abilities.push("do everything".to_owned());
    } else {
        summary.abilities = abilities(&permissions);
        summary.restrictions = missing_counterpart(&permissions).map(str::to_owned).into_iter().collect();
    }
    let removed = RESTRICTION_PHRASES
        .iter()
        .filter(|(name, _)| Permission::parse(name).is_ok_and(|name| grants.restrictions.contains(name)));
    summary.restrictions.extend(removed.map(|(_, words)| (*words).to_owned()));
    summary
}

impl Summary {
    /// Returns the summary as one sentence without a period, for example `can listen to recordings; cannot create
    /// tasks`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let mut parts: Vec<String> = self.abilities.iter().map(|words| format!("can {words}")).collect();
        if !self.restrictions.is_empty() {
            parts.push(format!("cannot {}", join_list(&self.restrictions, " or ", usize::MAX)));
        }
        if parts.is_empty() {
            return "has no permissions".to_owned();
        }
        if self.scoped {
            parts.push("some permissions apply only within a scope".to_owned());
        }
        parts.join("; ")
    }
}

/// Returns the names of the rows in the permission grid that contain the given permissions, for example `queues, users
/// and 3 more`.
#[must_use]
pub fn row_names(permissions: &PermissionSet) -> String {
    let mut names: Vec<String> = Vec::new();
    for permission in permissions.iter() {
        let name = in_a_sentence(&permission.info().resource);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    join_list(&names, " and ", LISTED_MAX)
}

/// The kind of access to one row of the permission grid.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verb {
    Manage,
    Change,
    Add,
    Remove,
    Use,
    See,
}

fn abilities(permissions: &PermissionSet) -> Vec<String> {
    let mut phrased = PermissionSet::EMPTY;
    let mut phrases = Vec::new();
    for (names, words) in PHRASES {
        let set: PermissionSet = names.iter().filter_map(|name| Permission::parse(name).ok()).collect();
        phrased = phrased.union(&set);
        if !set.intersection(permissions).is_empty() {
            phrases.push(words.to_owned());
        }
    }
    let mut by_verb: Vec<(Verb, Vec<String>)> = Vec::new();
    for (resource, row) in permissions_by_row() {
        let row = row.difference(&phrased);
        let Some(verb) = verb(&row, &row.intersection(permissions)) else { continue };
        match by_verb.iter_mut().find(|(known, _)| *known == verb) {
            Some((_, names)) => names.push(in_a_sentence(resource)),
            None => by_verb.push((verb, vec![in_a_sentence(resource)])),
        }
    }
    by_verb.sort_by_key(|(verb, _)| *verb);
    let verb_phrase = |(verb, names): &(Verb, Vec<String>)| {
        let verb_name = match verb {
            Verb::Manage => "manage",
            Verb::Change => "change",
            Verb::Add => "add",
            Verb::Remove => "remove",
            Verb::Use => "use",
            Verb::See => "see",
        };
        format!("{verb_name} {}", join_list(names, " and ", LISTED_MAX))
    };
    let changing = by_verb.iter().filter(|(verb, _)| *verb < Verb::Use).map(verb_phrase);
    let using = by_verb.iter().filter(|(verb, _)| *verb >= Verb::Use).map(verb_phrase);
    changing.chain(phrases).chain(using).collect()
}

fn verb(row: &PermissionSet, permissions: &PermissionSet) -> Option<Verb> {
    let has = |action: &str| permissions.iter().any(|permission| permission.info().action == action);
    if permissions.is_empty() {
        None
    } else if row == permissions && (has("Edit") || has("Create")) {
        Some(Verb::Manage)
    } else if has("Edit") {
        Some(Verb::Change)
    } else if has("Create") {
        Some(Verb::Add)
    } else if has("Remove") {
        Some(Verb::Remove)
    } else if permissions.iter().all(|permission| permission.info().action == "View") {
        Some(Verb::See)
    } else {
        Some(Verb::Use)
    }
}

/// Returns the rows of the permission grid, each with its permissions that grant access. Rows about users come first,
/// because they matter most.
fn permissions_by_row() -> Vec<(&'static str, PermissionSet)> {
    let mut rows: Vec<(&str, &str, PermissionSet)> = Vec::new();
    for permission in catalog().permissions() {
        let info = permission.info();
        if info.polarity == Polarity::Restriction || info.is_legacy() {
            continue;
        }
        match rows.iter_mut().find(|(group, resource, _)| *group == info.group && *resource == info.resource) {
            Some((_, _, set)) => set.insert(permission),
            None => rows.push((&info.group, &info.resource, PermissionSet::from_iter([permission]))),
        }
    }
    rows.sort_by_key(|(group, ..)| *group != "Users and permissions");
    rows.into_iter().map(|(_, resource, set)| (resource, set)).collect()
}

/// Returns the ability that a user lacks if the user can change users but not profiles, or profiles but not users.
fn missing_counterpart(permissions: &PermissionSet) -> Option<&'static str> {
    let any =
        |names: &[&str]| names.iter().any(|name| Permission::parse(name).is_ok_and(|name| permissions.contains(name)));
    let users = any(&["Users.Edit", "Users.Create", "Users.EditPermission", "Users.Delete"]);
    let profiles = any(&["SecurityProfiles.Edit", "SecurityProfiles.Create", "SecurityProfiles.Delete"]);
    match (users, profiles) {
        (true, false) => Some("change security profiles"),
        (false, true) => Some("change users"),
        _ => None,
    }
}

/// Changes a label for use within a sentence. For example, `Queues` becomes `queues`, but `AI agents` stays unchanged.
fn in_a_sentence(label: &str) -> String {
    let mut chars = label.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain([second]).chain(chars).collect()
        }
        _ => label.to_owned(),
    }
}

/// Formats a list as `a, b and c` or as `a, b and 7 more`.
fn join_list(items: &[String], last: &str, listed_max: usize) -> String {
    let (listed, more) = match items.len() > listed_max.saturating_add(1) {
        true => (listed_max, items.len() - listed_max),
        false => (items.len(), 0),
    };
    let mut listed_items: Vec<String> = items.iter().take(listed).cloned().collect();
    if more > 0 {
        listed_items.push(format!("{more} more"));
    }
    match listed_items.pop() {
        Some(end) if listed_items.is_empty() => end,
        Some(end) => format!("{}{last}{end}", listed_items.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence_for(names: &[&str]) -> String {
        let set: PermissionSet = names.iter().map(|name| Permission::parse(name).unwrap()).collect();
        let restrictions = set.difference(catalog().granting());
        summary(&Grants { unscoped: set.difference(&restrictions), restrictions, ..Grants::default() }).sentence()
    }

    #[test]
    fn it_reads_like_a_sentence() {
        let users = ["View", "Edit", "Create", "Delete", "EnableAndDisable", "EditPermission"];
        let mut names: Vec<String> = users.iter().map(|action| format!("Users.{action}")).collect();
        names.extend(["CallRecordings.Redacted.Access", "Queues.View"].map(str::to_owned));
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(
            sentence_for(&names),
            "can manage users; can listen to recordings; can see queues; cannot change security profiles"
        );
        assert_eq!(sentence_for(&["Users.View"]), "can see users");
        assert_eq!(
            sentence_for(&["SecurityProfiles.View", "SecurityProfiles.Edit"]),
            "can change security profiles; cannot change users"
        );
        assert_eq!(sentence_for(&[]), "has no permissions");
        assert_eq!(
            sentence_for(&["BasicAgentAccess", "RestrictTaskCreation.Access"]),
            "can take contacts in the Contact Control Panel; cannot create tasks"
        );
    }

    #[test]
    fn long_lists_are_counted() {
        let views = ["Queues.View", "Prompts.View", "Users.View", "HoursOfOperation.View", "RoutingPolicies.View"];
        assert_eq!(sentence_for(&views), "can see users, routing profiles, hours of operation and 2 more");
        assert_eq!(sentence_for(&views[..4]), "can see users, hours of operation, queues and prompts");
    }

    #[test]
    fn a_full_administrator_can_do_everything() {
        let all: Vec<&str> = catalog().granting().iter().map(Permission::name).collect();
        assert_eq!(sentence_for(&all), "can do everything");
    }

    #[test]
    fn each_permission_has_a_phrase_and_each_phrase_names_permissions() {
        for (names, _) in PHRASES {
            for name in names {
                assert!(Permission::parse(name).is_ok(), "{name}");
            }
        }
        let restrictions = catalog().permissions().filter(|name| name.info().polarity == Polarity::Restriction);
        assert!(restrictions.map(Permission::name).eq(RESTRICTION_PHRASES.iter().map(|(name, _)| *name)));
        for permission in catalog().permissions() {
            let sentence = sentence_for(&[permission.name()]);
            if permission.info().is_legacy() {
                continue;
            }
            assert_ne!(sentence, "has no permissions", "{permission:?}");
        }
    }

    #[test]
    fn a_scope_is_mentioned() {
        let scoped = Summary { scoped: true, abilities: vec!["see users".to_owned()], restrictions: Vec::new() };
        assert_eq!(scoped.sentence(), "can see users; some permissions apply only within a scope");
    }
}
