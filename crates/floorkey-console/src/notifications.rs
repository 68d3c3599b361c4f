//! The notifications of administrators: the events that they are emailed about, with those that they have not read.
//!
//! Full administrators get them. Reading marks a point in time: events up to it are read.

mod unread;

use askama::Template;
use axum::body::Body;
use floorkey::{Action, Principal, RecordKey, Timestamp};
use floorkey_store::{ChangePart, StoreError, StoredEvent, StoredFlag, StoredOutcome};
use http::Response;

use crate::web::current_user::CurrentUser;
use crate::web::form::Form;
use crate::web::guard_flags::{self, FlagVisibility};
use crate::web::layout::{Layout, local_redirect_target, page, redirect_to};
use crate::web::page_error::PageError;
use crate::web::routes::{Routes, get};
use crate::web::text;
use crate::web::time_format::LocalTime;
use floorkey_service::event_types::{self, Named, Objects, Piece};
use floorkey_service::guard_check;
pub(super) use unread::UnreadCounts;

pub(super) fn routes() -> Routes {
    Routes::new().route("/connect/notifications", get(show).post(mark_as_read))
}

/// The name of the preference with the time up to which the user has read, in milliseconds.
const READ: &str = "notifications-read";

/// How far back notifications reach, in milliseconds.
const PERIOD_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// The maximum number of notifications.
const NOTIFICATIONS_MAX: usize = 100;

/// The maximum number of bytes of events that are read for the notifications.
const BYTES_MAX: usize = 16 * 1024 * 1024;

/// The maximum number of records of one kind that a notification names.
const NAMED_MAX: usize = 3;

#[derive(Template)]
#[template(path = "notifications.html")]
struct NotificationsPage {
    layout: Layout,
    entries: Vec<Notification>,
    unread: usize,
    /// The time up to which the button marks notifications as read, in milliseconds.
    newest: i64,
    is_guard_enforcing: bool,
}

struct Notification {
    href: String,
    who: Named,
    did: Vec<Piece>,
    reasons: Vec<String>,
    when: LocalTime,
    is_unread: bool,
}

async fn show(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    floorkey::require_administrator(&viewer.directory, &viewer.principal, Action::ViewHistoricalChanges)?;
    let read = read_until(&viewer);
    let events = find(&viewer, earliest(&viewer)).await?;
    let newest = events.iter().map(|event| event.at.as_millis()).max().unwrap_or_default();
    let entries: Vec<_> = events.iter().map(|event| notification(&viewer, event, read)).collect();
    Ok(page(&NotificationsPage {
        layout: viewer.layout("Notifications"),
        unread: entries.iter().filter(|entry| entry.is_unread).count(),
        entries,
        newest,
        is_guard_enforcing: viewer.directory.settings().guard_mode() == floorkey::GuardMode::Enforce,
    }))
}

/// Marks notifications as read, up to the newest one that the page showed.
async fn mark_as_read(viewer: CurrentUser, Form(fields): Form) -> Result<Response<Body>, PageError> {
    floorkey::require_administrator(&viewer.directory, &viewer.principal, Action::ViewHistoricalChanges)?;
    let newest = fields.raw("until").parse::<i64>().unwrap_or_default().min(viewer.now.as_millis());
    if newest > read_until(&viewer).as_millis() {
        viewer.set_preference(READ, Some(&newest.to_string())).await?;
    }
    Ok(redirect_to(local_redirect_target(Some("/connect/notifications"))))
}

/// Returns the time up to which the viewer has read.
fn read_until(viewer: &CurrentUser) -> Timestamp {
    let stored = viewer.preference(READ).and_then(|value| value.parse().ok());
    Timestamp::from_millis(stored.unwrap_or_default())
}

/// Returns the time of the earliest events that the viewer is notified of.
fn earliest(viewer: &CurrentUser) -> Timestamp {
    Timestamp::from_millis(viewer.now.as_millis() - PERIOD_MS)
}

/// Finds the events since a point in time that administrators are notified of, newest first. The viewer's own actions
/// are left out.
///
/// # Errors
/// Returns an error if the store can't be read.
async fn find(viewer: &CurrentUser, from: Timestamp) -> Result<Vec<StoredEvent>, StoreError> {
    let (query, part) = (guard_check::query(from), ChangePart::nothing());
    let store = viewer.app().service.store();
    let found = store.audit_search_parts(viewer.instance(), query, part, NOTIFICATIONS_MAX, BYTES_MAX).await?;
    let own = viewer.user.id;
    let is_by_viewer = |event: &StoredEvent| matches!(event.principal, Principal::User { id, .. } if id == own);
    let events = found.events.into_iter().map(|part| part.event);
    Ok(events.filter(|event| is_notified(event) && !is_by_viewer(event)).collect())
}

/// Whether administrators are notified of the event. These are the events that they also get an email about.
fn is_notified(event: &StoredEvent) -> bool {
    matches!(event.outcome, StoredOutcome::Done { .. })
        && event.event_type != Action::UpgradeCatalogue.name()
        && event.flags.iter().any(is_reason)
}

fn is_reason(flag: &StoredFlag) -> bool {
    match flag {
        StoredFlag::GrantedBeyondActor(_)
        | StoredFlag::ChangedUserWithMoreAccess(_)
        | StoredFlag::ReducedUsersWithMoreAccess(..)
        | StoredFlag::ExpandedOwnAssignable
        | StoredFlag::CredentialsKnownToCustodians(..)
        | StoredFlag::Reason(_) => true,
        StoredFlag::AssignableProfileExpanded(..)
        | StoredFlag::CredentialsReplaced(..)
        | StoredFlag::LooksLike(_)
        | StoredFlag::ReusedReservedLogin(_)
        | StoredFlag::UndoOf(_)
        | StoredFlag::Repeated(_) => false,
    }
}

fn notification(viewer: &CurrentUser, event: &StoredEvent, read: Timestamp) -> Notification {
    let directory = &viewer.directory;
    let user = |id: &floorkey::UserId| match directory.user(*id) {
        Some(user) => Named { name: text::user(user), href: Some(format!("/connect/users/{id}")) },
        None => Named::plain("a deleted user"),
    };
    let name = |key: &RecordKey| match key {
        RecordKey::User(id) => user(id),
        RecordKey::Profile(id) => match directory.profile(*id) {
            Some(profile) => Named { name: profile.name.clone(), href: Some(crate::profiles::address(*id)) },
            None => Named::plain("a deleted profile"),
        },
        RecordKey::Settings => Named::plain("the instance"),
        other => Named::plain(viewer.visibility().record_name(other).unwrap_or_else(|| other.id())),
    };
    // Full administrators see everything.
    let visibility = FlagVisibility { shows_details: true, shows_actor: true, is_failed_sign_in: false };
    let objects = Objects::new(&event.targets, NAMED_MAX, name);
    Notification {
        href: format!("/connect/history/{}", event.seq),
        who: match &event.principal {
            Principal::User { id, .. } => user(id),
            Principal::Operator { .. } => Named::plain("The operator"),
            Principal::System => Named::plain("System"),
        },
        did: event_types::did(&event.event_type, &objects),
        reasons: event
            .flags
            .iter()
            .filter(|flag| is_reason(flag))
            .map(|flag| guard_flags::in_history(viewer, &visibility, flag))
            .collect(),
        when: viewer.local_time(event.at),
        is_unread: event.at > read,
    }
}
