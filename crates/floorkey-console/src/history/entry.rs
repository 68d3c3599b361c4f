//! Describes an event as text: a headline and a list of changes.

use floorkey::visibility::Viewer;
use floorkey::{Action, Permission, RecordKey, ResourceType, SecurityProfileId, StoredResourceType, Timestamp};
use floorkey_store::{StoredFieldChange, StoredOutcome, StoredValue, StoredValueChange};

use super::NAMED_MAX;
use super::field_labels::labels;
use super::message_text;
use super::names::{actor, record_link};
use super::visibility::{VisibleEvent, is_hidden_field};
use crate::web::current_user::CurrentUser;
use crate::web::guard_flags::{self, FlagVisibility};
use crate::web::text;
use floorkey_service::event_types::{self, Named, Objects, Piece};

/// An event, prepared for display.
pub(crate) struct HistoryEntry {
    /// The event's sequence number in the audit log.
    pub(crate) seq: u64,
    pub(crate) when: String,
    pub(crate) iso: String,
    pub(crate) who: Named,
    /// How the actor connected: the console, an access key, or an operator key.
    pub(crate) through: &'static str,
    pub(crate) address: String,
    /// The title of the event type, such as `User created`.
    pub(crate) title: String,
    /// What the actor did and to which records, such as `created the user Ann`.
    pub(crate) action: Vec<Piece>,
    /// The number of the event's targets that are outside the viewer's scope.
    pub(crate) hidden_targets: usize,
    /// The changes to list, as short sentences.
    pub(crate) changes: Vec<ChangeLine>,
    /// The number of changes that are not listed.
    pub(crate) more_changes: usize,
    /// The address of the full list of changes.
    pub(crate) changes_href: String,
    /// The reason for a refusal: either the recorded message or a general description.
    pub(crate) refused: Option<String>,
    /// The reference code that the actor was asked to give to an administrator.
    pub(crate) reference: Option<String>,
    /// The event's flags that deserve attention, as text.
    pub(crate) flags: Vec<String>,
}

/// A change as text.
pub(crate) struct ChangeLine {
    /// `added`, `removed` or `changed`.
    pub(crate) kind: &'static str,
    pub(crate) text: String,
    /// The changed record. `None` if all lines are about the record that the headline names.
    pub(crate) record: Option<Named>,
}

/// Groups consecutive changes by the changed record.
pub(super) fn group_by_record(changes: &[ChangeLine]) -> impl Iterator<Item = (Option<&Named>, &[ChangeLine])> {
    let groups = changes.chunk_by(|line, next| line.record == next.record);
    groups.map(|group| (group.first().and_then(|line| line.record.as_ref()), group))
}

impl HistoryEntry {
    /// Describes the event for the viewer.
    pub(crate) fn new(viewer: &CurrentUser, visible_event: &VisibleEvent) -> Self {
        let (event, directory, principal) = (&visible_event.event, &viewer.directory, viewer.principal());
        let context = EntryContext { viewer, visible: Viewer::new(directory, &principal, viewer.now) };
        let (mut who, through) = actor(directory, &event.principal, visible_event.shows_actor);
        if event.event_type == Action::FailedSignIn.name() {
            // The event's principal is the system, but an unknown person made the attempt.
            who = Named::plain("Someone");
        }
        let (refused, reference) = match &event.outcome {
            StoredOutcome::Done { .. } => (None, None),
            StoredOutcome::Refused { message, reference, .. } if visible_event.shows_details => {
                let message = message_text::with_names(&context.visible, directory, &stored_text(message));
                (Some(floorkey::text::sentence(&message)), reference.clone())
            }
            StoredOutcome::Refused { code, reference, .. } => {
                (Some(general_reason(code).to_owned()), reference.clone())
            }
        };
        let flag_visibility = FlagVisibility {
            shows_details: visible_event.shows_details,
            shows_actor: visible_event.shows_actor,
            is_failed_sign_in: event.event_type == Action::FailedSignIn.name(),
        };
        let changes = change_lines(&context, visible_event);
        Self {
            seq: event.seq,
            when: text::utc_time(event.at),
            iso: text::iso_time(event.at),
            who,
            through,
            address: event.address.as_ref().map(stored_text).unwrap_or_default(),
            title: event_types::title(&event.event_type).to_owned(),
            action: headline(&context, visible_event, refused.is_some()),
            hidden_targets: visible_event.hidden_targets,
            more_changes: visible_event.lines.saturating_sub(changes.len()),
            changes,
            changes_href: match visible_event.about_user() {
                Some(user) => format!("/connect/history/{}?user={user}#changes", event.seq),
                None => format!("/connect/history/{}#changes", event.seq),
            },
            refused,
            reference,
            flags: event.flags.iter().map(|flag| guard_flags::in_history(viewer, &flag_visibility, flag)).collect(),
        }
    }
}

impl HistoryEntry {
    /// Returns the headline's suffix for hidden records, such as `, and 2 more outside your scope`.
    pub(crate) fn hidden_targets_text(&self) -> String {
        match self.hidden_targets {
            0 => String::new(),
            hidden_targets => format!(", and {} more outside your scope", text::figure(hidden_targets)),
        }
    }

    /// Returns the listed changes, grouped by the changed record.
    pub(crate) fn changes_by_record(&self) -> impl Iterator<Item = (Option<&Named>, &[ChangeLine])> {
        group_by_record(&self.changes)
    }

    /// Returns the number of changes that are not listed, such as `110,364 more changes`.
    pub(crate) fn more_changes_text(&self) -> String {
        match self.changes.is_empty() {
            true => text::count_noun(self.more_changes, "change"),
            false => text::count_noun(self.more_changes, "more change"),
        }
    }
}

/// The viewer, and the records that the viewer can see.
struct EntryContext<'a> {
    viewer: &'a CurrentUser,
    visible: Viewer<'a>,
}

impl EntryContext<'_> {
    fn record_link(&self, visible_event: &VisibleEvent, key: &RecordKey) -> Named {
        record_link(&self.viewer.directory, &self.visible, &visible_event.names, key)
    }
}

/// Describes what the actor did or attempted. The text follows the actor's name.
fn headline(context: &EntryContext<'_>, visible_event: &VisibleEvent, is_refused: bool) -> Vec<Piece> {
    let event = &visible_event.event;
    let is_user = |key: &&RecordKey| matches!(key, RecordKey::User(_));
    if event.event_type == Action::FailedSignIn.name() && !event.targets.iter().any(|key| is_user(&key)) {
        return vec![Piece::words(event_types::FAILED_AT_NO_USER)];
    }
    let objects = Objects::new(&event.targets, NAMED_MAX, |key| context.record_link(visible_event, key));
    match is_refused {
        true => event_types::tried(&event.event_type, &objects),
        false => event_types::did(&event.event_type, &objects),
    }
}

/// Describes the changes in the event.
fn change_lines(context: &EntryContext<'_>, visible_event: &VisibleEvent) -> Vec<ChangeLine> {
    let user = visible_event.about_user().map(RecordKey::User);
    let only_target = || match visible_event.event.targets.as_slice() {
        [target] => Some(target),
        _ => None,
    };
    let subject = user.as_ref().or_else(only_target);
    let changes = &visible_event.event.changes;
    // If all lines are about the record in the headline, they need not name it.
    let names_records = changes.iter().any(|change| subject != Some(&change.record));
    let changes = changes.iter().flat_map(|change| {
        let record = names_records.then(|| context.record_link(visible_event, &change.record));
        describe_change(context, change).into_iter().map(move |(kind, text)| ChangeLine {
            kind,
            text,
            record: record.clone(),
        })
    });
    changes.collect()
}

/// Returns a general reason for a refusal. The reason reveals no names.
fn general_reason(code: &str) -> &'static str {
    match code {
        "not-permitted" => "A permission for it is missing.",
        "not-administrator" => "It needs full access.",
        "not-fresh" => "It needs a recent sign-in.",
        "out-of-scope" => "It is outside the scope of the permission.",
        "restricted" => "A restriction forbids it.",
        "guard" => "The escalation guard refused it.",
        "last-administrator" => "It would remove the last administrator.",
        "not-found" => "What it is about does not exist.",
        "duplicate" => "The name is taken.",
        "in-use" => "It is in use.",
        "limit-exceeded" => "It exceeds a limit.",
        "stale" => "It had changed in the meantime.",
        "invalid" | "unknown-permission" => "An input was wrong.",
        _ => "It was refused.",
    }
}

/// Returns a stored value, or a note that the value was erased.
pub(super) fn stored_text(stored_text: &StoredValue) -> String {
    match stored_text {
        StoredValue::Value(value) => value.clone(),
        StoredValue::Erased => "(erased)".to_owned(),
    }
}

fn non_empty(text: &Option<StoredValue>) -> Option<StoredValue> {
    text.clone().filter(|text| !matches!(text, StoredValue::Value(text) if text.is_empty()))
}

fn describe_change(context: &EntryContext<'_>, change: &StoredFieldChange) -> Vec<(&'static str, String)> {
    let value = |text: &StoredValue| display_value(context, change, &stored_text(text));
    let (label, member_label) = labels(&change.record, &change.field);
    // An empty string is treated as a missing value.
    let step = match &change.change {
        StoredValueChange::Value { before, after } => {
            StoredValueChange::Value { before: non_empty(before), after: non_empty(after) }
        }
        members @ StoredValueChange::Members { .. } => members.clone(),
    };
    match (&step, change.field.as_str()) {
        (_, field) if is_hidden_field(field) => Vec::new(),
        (StoredValueChange::Value { before, after }, "phone") => {
            let now = if after.is_some() { "Phone settings changed" } else { "Phone settings cleared" };
            if before.is_some() || after.is_some() { vec![("changed", now.to_owned())] } else { Vec::new() }
        }
        (StoredValueChange::Value { before: None, after: Some(after) }, _) => {
            vec![("added", format!("{label}: {}", value(after)))]
        }
        (StoredValueChange::Value { before: Some(before), after: None }, _) => {
            vec![("removed", format!("{label}: {}", value(before)))]
        }
        (StoredValueChange::Value { before: Some(before), after: Some(after) }, _) => {
            vec![("changed", format!("{label}: {} → {}", value(before), value(after)))]
        }
        (StoredValueChange::Value { before: None, after: None }, _) => Vec::new(),
        (StoredValueChange::Members { added, removed }, _) => {
            let added = added.iter().map(|text| ("added", format!("{}: {}", member_label, value(text))));
            let removed = removed.iter().map(|text| ("removed", format!("{}: {}", member_label, value(text))));
            added.chain(removed).collect()
        }
    }
}

/// Formats a stored value for people. Replaces IDs with names that the viewer can see.
fn display_value(context: &EntryContext<'_>, change: &StoredFieldChange, text: &str) -> String {
    let visible = &context.visible;
    let other = |name: Option<String>, sees_gone: bool, id: &dyn std::fmt::Display, what: &str| match (name, sees_gone)
    {
        (Some(name), _) => name,
        (None, true) => format!("{what} {id} (deleted)"),
        (None, false) => format!("a {what} outside your scope"),
    };
    let profile = |text: &str| {
        let id = SecurityProfileId::parse(text)?;
        let name = visible.profile_name(id).map(str::to_owned);
        Some(other(name, visible.sees_all_profiles(), &id, "security profile"))
    };
    // These values start with an ID, which can be followed by other data.
    let resource = |text: &str, what: &str| {
        let (id, rest) = text.split_once(' ').map_or((text, String::new()), |(id, rest)| (id, format!(" {rest}")));
        let id = floorkey::ResourceId::parse(id)?;
        let name = visible.resource_name(id).map(str::to_owned);
        Some(format!("{}{rest}", other(name, visible.resource(id).shows_details(), &id, what)))
    };
    let user = |text: &str| {
        let id = floorkey::UserId::parse(text)?;
        let user = context.viewer.directory.user(id).filter(|_| visible.user_name(id).is_some());
        Some(other(user.map(|user| user.display_name()), visible.sees_all_users(), &id, "user"))
    };
    let found = match change.field.as_str() {
        "security_profiles" => {
            let (id, dates) = text.split_once(' ').unwrap_or((text, ""));
            profile(id).map(|name| format!("{name}{}", format_dates(dates)))
        }
        "assignable" => profile(text),
        "permissions" => Permission::parse(text).ok().map(text::permission),
        "hierarchy_group" | "parent" => floorkey::HierarchyGroupId::parse(text).map(|id| {
            let name = visible.group_path(id).or_else(|| visible.group_name(id).map(str::to_owned));
            other(name, visible.group(id).shows_details(), &id, "group")
        }),
        "routing_profile" => resource(text, "routing profile"),
        "default_outbound_queue" | "queues" | "manual_assignment_queues" => resource(text, "queue"),
        "hours_of_operation" | "parent_hours" => resource(text, "hours of operation"),
        "password" => Some(
            match text {
                "None" => "none",
                "OneTime" => "temporary",
                _ => "set by the user",
            }
            .to_owned(),
        ),
        "enabled" | "hierarchy_restricted" | "takes_contacts" | "can_be_chosen" => {
            Some(if text == "true" { "yes" } else { "no" }.to_owned())
        }
        "conditions" => Some(condition_text(text)),
        "expires" | "dismissed_until" => text.parse().ok().map(|millis| text::utc_time(Timestamp::from_millis(millis))),
        "applications" => text.split_once(' ').map(|(namespace, name)| format!("{name} in {namespace}")),
        "owner" | "assignee" => user(text),
        "quick_connects" => resource(text, "quick connect"),
        field => match document_reference(field) {
            Some(ResourceType::User) => user(text),
            Some(other) => resource(text, other.noun()),
            None => None,
        },
    };
    found.unwrap_or_else(|| text.to_owned())
}

/// Returns the type of the resource that a field of a document identifies.
fn document_reference(field: &str) -> Option<ResourceType> {
    let mut rules = StoredResourceType::ALL.iter().filter_map(|stored| stored.document_rules());
    rules.find_map(|rules| rules.fields.iter().find(|known| known.name == field)?.refers_to)
}

/// Describes a condition. Replaces the API name in `Users.Edit if its “owner” is the user` with the display name.
fn condition_text(text: &str) -> String {
    match text.split_once(" if ") {
        Some((name, condition)) => {
            let name = Permission::parse(name).map_or_else(|_| name.to_owned(), text::permission);
            format!("{name} applies only if {condition}")
        }
        None => text.to_owned(),
    }
}

/// Formats the timestamps in a string such as ` from 1795342500000 until …` as dates.
fn format_dates(text: &str) -> String {
    let time = |word: &str| word.parse().ok().map(|millis| text::utc_time(Timestamp::from_millis(millis)));
    let words: Vec<_> = text.split(' ').filter(|word| !word.is_empty()).collect();
    words.iter().map(|word| format!(" {}", time(word).unwrap_or_else(|| (*word).to_owned()))).collect()
}

/// Returns the kind and the name of a record, for an event's page.
pub(super) fn record_label(
    viewer: &CurrentUser,
    visible_event: &VisibleEvent,
    key: &RecordKey,
) -> (&'static str, Named) {
    let principal = viewer.principal();
    let visible = Viewer::new(&viewer.directory, &principal, viewer.now);
    (event_types::kind(key), record_link(&viewer.directory, &visible, &visible_event.names, key))
}
