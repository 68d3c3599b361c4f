//! The operation that lists which changes the escalation guard would have refused in `enforce` mode.

use floorkey_aws::EpochSeconds;
use floorkey_aws::exception::Exception;
use floorkey_service::guard_check::{self, CheckedActor, GuardCheck, would_be_refused};
use floorkey_store::AuditQuery;
use serde::Serialize;

use super::audit::{DETAILS_PER_EVENT_MAX, READ_BYTES_MAX, authorize, decode_sequence, part};
use super::audit_event::{ActorView, AuditEventView, actor_view, to_view};
use super::paging::Paging;
use super::{CallContext, json};
use crate::refusal::unmodelled_exception;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GuardCheckView {
    /// The mode that is in effect.
    mode: &'static str,
    /// The earliest time that was checked.
    since_time: EpochSeconds,
    /// The totals; only on the first page.
    #[serde(flatten)]
    totals: Option<TotalsView>,
    /// The changes, newest first.
    events: Vec<AuditEventView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TotalsView {
    /// The number of changes that would have been refused.
    event_count: usize,
    /// Whether there are more changes than were counted.
    truncated: bool,
    /// The actors, those with the most changes first.
    actors: Vec<CheckedActorView>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CheckedActorView {
    by: ActorView,
    /// The login name; absent if the user was deleted, or if the actor is not a user.
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    event_count: usize,
    last_time: EpochSeconds,
}

/// Lists the changes of the last 30 days that the guard would have refused in `enforce` mode. Only the operator and
/// full administrators can read them, because they are part of the audit log.
pub(super) async fn check(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    authorize(context, &directory)?;
    let paging = Paging::parse(context, &directory, "CheckEscalationGuard", "")?;
    let before = paging.after.as_deref().map(decode_sequence).transpose()?;
    let (store, instance) = (context.caller.api.service.store(), directory.instance());
    let since = context.caller.now.minus_days(guard_check::DAYS);
    let failed = |error: floorkey_store::StoreError| unmodelled_exception(&error.into());
    let totals = match before {
        Some(_) => None,
        None => Some(guard_check::check(store, instance, since).await.map_err(failed)?),
    };
    let query = AuditQuery { before, ..guard_check::query(since) };
    let found = store.audit_search_parts(instance, query, part(0, DETAILS_PER_EVENT_MAX), paging.size, READ_BYTES_MAX);
    let found = found.await.map_err(failed)?;
    let last = found.resume.filter(|seq| *seq > 0);
    let next_token = last.map(|last| paging.next(&last.to_be_bytes())).transpose()?;
    let refused = found.events.into_iter().filter(|part| would_be_refused(&part.event));
    let username = |actor: &CheckedActor| match actor.principal {
        floorkey::Principal::User { id, .. } => directory.user(id).map(|user| user.username.clone()),
        _ => None,
    };
    json(&GuardCheckView {
        mode: directory.settings().guard_mode().as_str(),
        since_time: EpochSeconds::from_milliseconds(since.as_millis()),
        totals: totals.map(|totals| totals_view(totals, username)),
        events: refused.map(|part| to_view(part, 0, DETAILS_PER_EVENT_MAX)).collect(),
        next_token,
    })
}

fn totals_view(totals: GuardCheck, username: impl Fn(&CheckedActor) -> Option<String>) -> TotalsView {
    let actor = |actor: CheckedActor| CheckedActorView {
        username: username(&actor),
        by: actor_view(actor.principal),
        event_count: actor.changes,
        last_time: EpochSeconds::from_milliseconds(actor.last.as_millis()),
    };
    TotalsView {
        event_count: totals.changes,
        truncated: totals.is_truncated,
        actors: totals.actors.into_iter().map(actor).collect(),
    }
}
