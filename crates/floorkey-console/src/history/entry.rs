//! Describes an event as text: a headline, the columns of a table, and a list of changes.

use floorkey::visibility::Viewer;
use floorkey::{Action, RecordKey};
use floorkey_store::{StoredEvent, StoredFlag, StoredOutcome};

use super::NAMED_MAX;
use super::change_text::{ChangeLine, EntryContext, change_lines, stored_text};
use super::message_text;
use super::names::{OPERATOR, UNKNOWN_USER, actor, record_link};
use super::visibility::VisibleEvent;
use crate::web::current_user::CurrentUser;
use crate::web::guard_flags::{self, FlagVisibility};
use crate::web::text;
use floorkey_service::event_types::{self, Category, EventType, Named, Objects, Piece};

/// An event, prepared for display.
pub(crate) struct HistoryEntry {
    /// The event's sequence number in the audit log.
    pub(crate) seq: u64,
    /// The time in the viewer's time zone.
    pub(crate) when: String,
    /// The time in UTC, in ISO 8601.
    pub(crate) iso: String,
    pub(crate) who: Named,
    /// How the actor connected: the console, an access key, or an operator key.
    pub(crate) through: &'static str,
    pub(crate) address: String,
    /// The title of the event type, such as `User created`.
    pub(crate) title: String,
    /// The category of the event type. `None` if this version does not know the event type.
    pub(crate) category: Option<Category>,
    /// What the actor did and to which records, such as `created the user Ann`.
    pub(crate) action: Vec<Piece>,
    /// What the actor did, without the names of the records, such as `Created the user`.
    pub(crate) what: String,
    /// The first records that the event is about.
    pub(crate) targets: Vec<Named>,
    /// The number of further records that the viewer can see.
    pub(crate) more_targets: usize,
    /// The number of the event's targets that are outside the viewer's scope.
    pub(crate) hidden_targets: usize,
    /// The changes to list, as short sentences.
    pub(crate) changes: Vec<ChangeLine>,
    /// The number of changes that are not listed.
    pub(crate) more_changes: usize,
    /// The address of the event's page, with the changes to the requested record.
    pub(crate) href: String,
    /// The reason for a refusal: either the recorded message or a general description.
    pub(crate) refused: Option<String>,
    /// The reference code that the actor was asked to give to an administrator.
    pub(crate) reference: Option<String>,
    /// The event's flags, as text.
    pub(crate) flags: Vec<String>,
    /// Whether a flag is a reason to review the event.
    pub(crate) is_flagged: bool,
    /// The number of attempts that the event stands for, such as `×12`. Empty if the event stands for one attempt.
    pub(crate) repeated: String,
}

impl HistoryEntry {
    /// Describes the event for the viewer.
    pub(crate) fn new(viewer: &CurrentUser, visible_event: &VisibleEvent) -> Self {
        let (event, directory, principal) = (&visible_event.event, &viewer.directory, viewer.principal());
        let context = EntryContext { viewer, visible: Viewer::new(directory, &principal, viewer.now) };
        let is_failed_sign_in = event.event_type == Action::FailedSignIn.name();
        let (mut who, through) = actor(directory, &event.principal, visible_event.shows_actor);
        if is_failed_sign_in {
            // The event's principal is the system, but an unknown person made the attempt.
            who = Named::plain(UNKNOWN_USER);
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
            is_failed_sign_in,
        };
        let objects = Objects::new(&event.targets, NAMED_MAX, |key| context.record_link(visible_event, key));
        let targets = event.targets.iter().take(NAMED_MAX).map(|key| context.record_link(visible_event, key));
        let (changes, time) = (change_lines(&context, visible_event), viewer.local_time(event.at));
        Self {
            seq: event.seq,
            when: time.text,
            iso: time.utc,
            who,
            through,
            address: event.address.as_ref().map(stored_text).unwrap_or_default(),
            title: event_types::title(&event.event_type).to_owned(),
            category: Action::parse(&event.event_type).map(|action| EventType::from_action(action).category),
            action: headline(event, &objects, refused.is_some()),
            what: summary(event, &objects, refused.is_some()),
            more_targets: event.targets.len().saturating_sub(NAMED_MAX),
            targets: targets.collect(),
            hidden_targets: visible_event.hidden_targets,
            more_changes: visible_event.lines.saturating_sub(changes.len()),
            changes,
            href: match visible_event.about_user() {
                Some(user) => format!("/connect/history/{}?user={user}", event.seq),
                None => format!("/connect/history/{}", event.seq),
            },
            refused,
            reference,
            flags: event.flags.iter().map(|flag| guard_flags::in_history(viewer, &flag_visibility, flag)).collect(),
            is_flagged: event.flags.iter().any(is_reason_to_review),
            repeated: event.flags.iter().find_map(repeated).unwrap_or_default(),
        }
    }

    /// Returns the headline as text, such as `Ann created the user Bob`.
    pub(crate) fn sentence(&self) -> String {
        format!("{} {}{}", self.subject(), event_types::text(&self.action), self.hidden_targets_text())
    }

    /// Returns the actor as the subject of a sentence.
    pub(crate) fn subject(&self) -> &str {
        match (&self.who.href, self.who.name.as_str()) {
            (None, OPERATOR) => "The operator",
            (None, UNKNOWN_USER) => "An unknown user",
            (_, name) => name,
        }
    }

    /// Returns the headline's suffix for hidden records, such as `, and 2 more outside your scope`.
    pub(crate) fn hidden_targets_text(&self) -> String {
        match self.hidden_targets {
            0 => String::new(),
            hidden_targets => format!(", and {} more outside your scope", text::figure(hidden_targets)),
        }
    }

    /// Returns the records that the event is about as text, such as `Ann, Bob, Cid and 8 more`.
    pub(crate) fn targets_text(&self) -> String {
        let names: Vec<&str> = self.targets.iter().map(|target| target.name.as_str()).collect();
        format!("{}{}{}", names.join(", "), self.more_targets_text(), self.hidden_targets_text())
    }

    /// Returns the number of records that are not named, such as ` and 8 more`.
    pub(crate) fn more_targets_text(&self) -> String {
        match self.more_targets {
            0 => String::new(),
            more => format!(" and {} more", text::figure(more)),
        }
    }

    /// Returns the flags in one line.
    pub(crate) fn flags_text(&self) -> String {
        self.flags.join("; ")
    }

    /// Returns the first change in words. If the changes are about several records, it begins with the record's name.
    /// For a refused event, returns the reason.
    pub(crate) fn first_change(&self) -> Option<String> {
        if let Some(refused) = &self.refused {
            return Some(refused.clone());
        }
        let first = self.changes.first()?;
        let record = first.record.as_ref().map(|record| format!("{}: ", record.name)).unwrap_or_default();
        Some(format!("{record}{}", first.text()))
    }

    /// Returns the number of changes after the first one.
    pub(crate) fn further_changes(&self) -> usize {
        (self.changes.len() + self.more_changes).saturating_sub(1)
    }

    /// Returns the number of changes after the first one as text, such as `+4 more`. Empty if there are none.
    pub(crate) fn further_changes_text(&self) -> String {
        match self.further_changes() {
            0 => String::new(),
            more => format!("+{} more", text::figure(more)),
        }
    }

    /// Returns the number of changes that are not listed, such as `110,364 more changes`.
    pub(crate) fn more_changes_text(&self) -> String {
        match self.changes.is_empty() {
            true => text::count_noun(self.more_changes, "change"),
            false => text::count_noun(self.more_changes, "more change"),
        }
    }
}

/// Whether the flag is a reason to review the event. Other flags only describe it.
fn is_reason_to_review(flag: &StoredFlag) -> bool {
    !matches!(flag, StoredFlag::UndoOf(_) | StoredFlag::Reason(_) | StoredFlag::Repeated(_))
}

fn repeated(flag: &StoredFlag) -> Option<String> {
    let StoredFlag::Repeated(times) = flag else { return None };
    Some(format!("×{}", text::figure(usize::try_from(*times).unwrap_or(usize::MAX))))
}

/// Whether the event is a failed sign-in with logins that no user has.
fn is_failed_at_no_user(event: &StoredEvent) -> bool {
    event.event_type == Action::FailedSignIn.name()
        && !event.targets.iter().any(|key| matches!(key, RecordKey::User(_)))
}

/// Describes what the actor did or attempted. The text follows the actor's name.
fn headline(event: &StoredEvent, objects: &Objects, is_refused: bool) -> Vec<Piece> {
    match is_refused {
        _ if is_failed_at_no_user(event) => vec![Piece::words(event_types::FAILED_AT_NO_USER)],
        true => event_types::tried(&event.event_type, objects),
        false => event_types::did(&event.event_type, objects),
    }
}

/// Describes what the actor did or attempted, without the names of records.
fn summary(event: &StoredEvent, objects: &Objects, is_refused: bool) -> String {
    floorkey::text::capitalized(&match is_failed_at_no_user(event) {
        true => event_types::FAILED_AT_NO_USER.to_owned(),
        false => event_types::without_names(&event.event_type, objects, is_refused),
    })
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
        "own-finding" => "The finding is about the user who wanted to dismiss it.",
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
