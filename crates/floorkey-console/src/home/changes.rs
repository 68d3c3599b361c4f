//! Recent changes on the Home page. The last changes are always listed; those since the viewer's previous session are
//! marked as new.

use floorkey::{Action, Principal, Timestamp, UserId};
use floorkey_store::{AuditQuery, AuditTerm, StoredEvent, StoredOutcome};

use crate::history::{self, HistoryEntry};
use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use crate::web::time_format::LocalTime;

/// The number of changes on the page.
const CHANGES: usize = 10;

/// The number of the viewer's sign-ins that are looked at to find the one before this session.
const SIGN_INS: usize = 20;

/// How much earlier than its session a sign-in can be recorded, in milliseconds.
const SIGN_IN_MILLIS: i64 = 60 * 1000;

/// How many days back changes are new in a user's first session.
const FIRST_DAYS: u16 = 7;

/// The recent changes.
pub(super) struct RecentChanges {
    pub(super) rows: Vec<ChangeRow>,
    /// The number of changes that are left out, because the viewer can't see what they are about.
    pub(super) hidden: usize,
    /// From when changes are new.
    pub(super) since: LocalTime,
    /// Whether `since` is the start of the viewer's previous session.
    pub(super) has_earlier_session: bool,
}

/// A change.
pub(super) struct ChangeRow {
    pub(super) entry: HistoryEntry,
    pub(super) at: LocalTime,
    pub(super) is_new: bool,
}

/// Returns the recent changes that the viewer can see.
pub(super) async fn recent(viewer: &CurrentUser) -> Result<RecentChanges, PageError> {
    let previous = previous_sign_in(viewer).await?;
    let since = previous.unwrap_or(viewer.now.minus_days(FIRST_DAYS));
    let query = AuditQuery { none_of: history::sign_in_terms(), ..AuditQuery::default() };
    let found = history::find(viewer, query, CHANGES, None, is_change).await?;
    // The viewer knows their own changes.
    let own = format!("/connect/users/{}", viewer.user.id);
    let row = |entry: HistoryEntry| {
        let is_own = entry.who.href.as_deref() == Some(own.as_str());
        let is_new = event_time(&entry) >= since && !is_own;
        ChangeRow { at: time_of(viewer, &entry), is_new, entry }
    };
    Ok(RecentChanges {
        rows: found.entries.into_iter().map(row).collect(),
        hidden: found.hidden,
        since: viewer.local_time(since),
        has_earlier_session: previous.is_some(),
    })
}

/// Returns the time of an event in the viewer's time zone.
pub(super) fn time_of(viewer: &CurrentUser, entry: &HistoryEntry) -> LocalTime {
    viewer.local_time(event_time(entry))
}

fn event_time(entry: &HistoryEntry) -> Timestamp {
    let at = entry.iso.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_millisecond);
    Timestamp::from_millis(at.unwrap_or_default())
}

/// Whether the event is a change, or an attempted change. Sign-ins, sign-outs and reads don't count.
fn is_change(event: &StoredEvent) -> bool {
    let is_sign_in = matches!(event.event_type.as_str(), "SignIn" | "SignOut" | "FailedSignIn");
    let is_read = Action::parse(&event.event_type).is_some_and(Action::is_read);
    !is_sign_in && (!is_read || !matches!(event.outcome, StoredOutcome::Done { .. }))
}

/// Returns when the viewer signed in before the session of this request.
async fn previous_sign_in(viewer: &CurrentUser) -> Result<Option<Timestamp>, PageError> {
    let store = viewer.app().service.store();
    let terms = vec![AuditTerm::Actor(viewer.user.id), AuditTerm::EventType(Action::SignIn.name().to_owned())];
    let query = AuditQuery { terms, ..AuditQuery::default() };
    let events = store.audit_search(viewer.instance(), query, SIGN_INS).await?;
    Ok(sign_in_before(viewer.user.id, viewer.session.created_at, &events))
}

/// Returns the time of the last sign-in before the session that was created at the given time. `events` are the user's
/// sign-ins, newest first.
fn sign_in_before(user: UserId, created: Timestamp, events: &[StoredEvent]) -> Option<Timestamp> {
    let is_own = |event: &&StoredEvent| matches!(event.principal, Principal::User { id, .. } if id == user);
    let is_earlier = |event: &&StoredEvent| event.at.as_millis() < created.as_millis() - SIGN_IN_MILLIS;
    events.iter().filter(is_own).find(is_earlier).map(|event| event.at)
}
