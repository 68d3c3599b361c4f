//! Describes changed values as text.

use floorkey::visibility::Viewer;
use floorkey::{Permission, RecordKey, ResourceType, SecurityProfileId, StoredResourceType, Timestamp};
use floorkey_store::{StoredFieldChange, StoredValue, StoredValueChange};

use super::field_labels::labels;
use super::names::record_link;
use super::visibility::{VisibleEvent, is_hidden_field};
use crate::web::current_user::CurrentUser;
use crate::web::text;
use floorkey_service::event_types::Named;

/// A changed value, or a member that was added to or removed from a list.
pub(crate) struct ChangeLine {
    /// `added`, `removed` or `changed`.
    pub(crate) kind: &'static str,
    /// The name of the field, or of a member of it, such as `Security profile`.
    pub(crate) field: String,
    /// The value before the change. `None` if there was no value.
    pub(crate) before: Option<String>,
    /// The value after the change. `None` if there is no value.
    pub(crate) after: Option<String>,
    /// Whether the value is a member of a list.
    is_member: bool,
    /// The changed record. `None` if all lines are about the record that the headline names.
    pub(crate) record: Option<Named>,
}

impl ChangeLine {
    /// Describes the change in words, such as `Security profile added: Admin` or `Description: old → new`.
    pub(crate) fn text(&self) -> String {
        let Self { field, is_member, .. } = self;
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => format!("{field}: {before} → {after}"),
            (None, Some(after)) if *is_member => format!("{field} added: {after}"),
            (None, Some(after)) => format!("{field}: {after}"),
            (Some(before), None) => format!("{field} removed: {before}"),
            (None, None) => format!("{field} changed"),
        }
    }
}

/// Groups consecutive changes by the changed record.
pub(super) fn group_by_record(changes: &[ChangeLine]) -> impl Iterator<Item = (Option<&Named>, &[ChangeLine])> {
    let groups = changes.chunk_by(|line, next| line.record == next.record);
    groups.map(|group| (group.first().and_then(|line| line.record.as_ref()), group))
}

/// The viewer, and the records that the viewer can see.
pub(super) struct EntryContext<'a> {
    pub(super) viewer: &'a CurrentUser,
    pub(super) visible: Viewer<'a>,
}

impl EntryContext<'_> {
    pub(super) fn record_link(&self, visible_event: &VisibleEvent, key: &RecordKey) -> Named {
        record_link(&self.viewer.directory, &self.visible, &visible_event.names, key)
    }
}

/// Describes the changes in the event.
pub(super) fn change_lines(context: &EntryContext<'_>, visible_event: &VisibleEvent) -> Vec<ChangeLine> {
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
        describe_change(context, change).into_iter().map(move |line| ChangeLine { record: record.clone(), ..line })
    });
    changes.collect()
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

/// Describes the change of a field, in one line for a value, and in one line for each member of a list.
fn describe_change(context: &EntryContext<'_>, change: &StoredFieldChange) -> Vec<ChangeLine> {
    let value = |text: &StoredValue| display_value(context, change, &stored_text(text));
    let (label, member_label) = labels(&change.record, &change.field);
    if is_hidden_field(&change.field) {
        return Vec::new();
    }
    match &change.change {
        StoredValueChange::Value { before, after } => {
            // An empty string is treated as a missing value.
            let (before, after) = (non_empty(before), non_empty(after));
            let kind = match (&before, &after) {
                (None, None) => return Vec::new(),
                (None, Some(_)) => "added",
                (Some(_), None) => "removed",
                (Some(_), Some(_)) => "changed",
            };
            let (before, after) = match change.field.as_str() {
                "phone" => (None, Some(if after.is_some() { "changed" } else { "cleared" }.to_owned())),
                _ => (before.as_ref().map(value), after.as_ref().map(value)),
            };
            vec![ChangeLine { kind, field: label, before, after, is_member: false, record: None }]
        }
        StoredValueChange::Members { added, removed } => {
            let line = |kind, before, after| {
                let field = member_label.clone();
                ChangeLine { kind, field, before, after, is_member: true, record: None }
            };
            let added = added.iter().map(|text| line("added", None, Some(value(text))));
            let removed = removed.iter().map(|text| line("removed", Some(value(text)), None));
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
            profile(id).map(|name| format!("{name}{}", format_dates(context, dates)))
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
        "expires" | "dismissed_until" => {
            text.parse().ok().map(|millis| context.viewer.local_time(Timestamp::from_millis(millis)).text)
        }
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
fn format_dates(context: &EntryContext<'_>, text: &str) -> String {
    let time =
        |word: &str| word.parse().ok().map(|millis| context.viewer.local_time(Timestamp::from_millis(millis)).text);
    let words: Vec<_> = text.split(' ').filter(|word| !word.is_empty()).collect();
    words.iter().map(|word| format!(" {}", time(word).unwrap_or_else(|| (*word).to_owned()))).collect()
}
