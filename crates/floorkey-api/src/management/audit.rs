//! Operations on an instance's audit log: listing events, newest first, and describing a single event page by page.

use std::sync::Arc;

use floorkey::{Directory, Principal, RecordKey, Reference};
use floorkey_aws::exception::{Exception, ExceptionKind};
use floorkey_store::{AuditQuery, AuditTerm, ChangePart, ChangeVisibility, EventReader};
use serde::Serialize;

use super::access::invalid;
use super::audit_event::{AuditEventView, to_view};
use super::paging::Paging;
use super::{CallContext, body, json};
use crate::refusal::unmodelled_exception;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EventList {
    events: Vec<AuditEventView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EventPage {
    event: AuditEventView,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// Maximum number of changed values that a list shows for each event. The same maximum applies to an event's targets.
/// Nearly all events have fewer of both.
pub(super) const DETAILS_PER_EVENT_MAX: usize = 500;

/// Maximum total size, in bytes, of the events that are read from the database for one response.
pub(super) const READ_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Reads audit events without hiding any data and without looking up the names of records.
struct UnrestrictedReader;

impl EventReader for UnrestrictedReader {
    fn visibility(&self, _: &RecordKey) -> ChangeVisibility {
        ChangeVisibility::Visible
    }

    fn ignores_field(&self, _: &str) -> bool {
        false
    }

    fn targets_to_name(&self, _: &[RecordKey]) -> Vec<RecordKey> {
        Vec::new()
    }
}

/// Returns the part of an event with `take` changed values, after the first `skip` of them.
pub(super) fn part(skip: usize, take: usize) -> ChangePart {
    ChangePart { reader: Arc::new(UnrestrictedReader), skip, take, with_empty: true, verify_leaf: true }
}

/// Checks that the caller is the operator or a full administrator, because the audit log contains data about all users.
///
/// # Errors
/// Returns an exception for other callers.
pub(super) fn authorize(context: &CallContext<'_>, directory: &Directory) -> Result<(), Exception> {
    match context.caller.principal() {
        Principal::User { id, .. } if !directory.is_administrator(*id) => {
            let message = "Only the operator and full administrators (users whose profiles grant every \
                permission without dates or scopes) can read the audit log.";
            Err(Exception::new(ExceptionKind::AccessDenied, message))
        }
        _ => Ok(()),
    }
}

/// Lists a page of the audit log. Only the operator and full administrators can read the audit log, because it contains
/// data about all users. If the query has a `reference`, lists only the refusals with this reference.
pub(super) async fn list(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    authorize(context, &directory)?;
    let [size, token, reference] = body::parameters(context.query, ["maxResults", "nextToken", "reference"])?;
    let invalid_reference = || invalid("reference", "must have the format R-7F3KW");
    let parse = |text: &String| Reference::parse(text).map(AuditTerm::Reference).ok_or_else(invalid_reference);
    let terms: Vec<_> = reference.as_ref().map(parse).transpose()?.into_iter().collect();
    // The filter identifies the list that a page token belongs to. Later events don't affect the pages of older events.
    let filter = reference.clone().unwrap_or_default();
    let paging = Paging::from_parameters(context, &directory, ("ListAuditEvents", &filter), size, token)?;
    let before = paging.after.as_deref().map(decode_sequence).transpose()?;

    let store = context.caller.api.service.store();
    let query = AuditQuery { terms, before, ..AuditQuery::default() };
    let (instance, part) = (directory.instance(), part(0, DETAILS_PER_EVENT_MAX));
    let result = store.audit_search_parts(instance, query, part, paging.size, READ_BYTES_MAX).await;
    let result = result.map_err(|error| unmodelled_exception(&error.into()))?;
    let last = result.resume.filter(|seq| *seq > 0);
    let next_token = last.map(|last| paging.next(&last.to_be_bytes())).transpose()?;
    json(&EventList {
        events: result.events.into_iter().map(|part| to_view(part, 0, DETAILS_PER_EVENT_MAX)).collect(),
        next_token,
    })
}

/// Describes one event, with one page of the event's changed values and targets.
pub(super) async fn describe(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    authorize(context, &directory)?;
    let text = context.label("Sequence");
    let seq: u64 = text.parse().map_err(|_| invalid("Sequence", "must be the number of an event, counted from 0"))?;
    let paging = Paging::parse(context, &directory, "DescribeAuditEvent", text)?;
    let skip = paging.after.as_deref().map(decode_sequence).transpose()?;
    let skip = skip.map_or(Some(0), |skip| usize::try_from(skip).ok());
    let skip = skip.ok_or_else(|| invalid("nextToken", "is not a token of this event"))?;

    let (store, instance) = (context.caller.api.service.store(), directory.instance());
    let result = store.audit_event_part(instance, seq, part(skip, paging.size)).await;
    let Some(part) = result.map_err(|error| unmodelled_exception(&error.into()))? else {
        let head = store.audit_head(instance).await.map_err(|error| unmodelled_exception(&error.into()))?;
        let newest = head.size.saturating_sub(1);
        let message = format!("There is no event {seq}. The latest is {newest}.");
        return Err(Exception::new(ExceptionKind::ResourceNotFound, message));
    };
    let end = skip.saturating_add(paging.size);
    let has_more = part.lines > end || part.event.targets.len() > end;
    let key = u64::try_from(end).unwrap_or(u64::MAX).to_be_bytes();
    let next_token = has_more.then(|| paging.next(&key)).transpose()?;
    json(&EventPage { event: to_view(part, skip, paging.size), next_token })
}

/// Decodes the position in a page token. The next page continues at this position.
///
/// # Errors
/// Returns an error if the key is not a position.
pub(super) fn decode_sequence(key: &[u8]) -> Result<u64, Exception> {
    let key = key.try_into().map_err(|_| invalid("nextToken", "is not a token of this list"))?;
    Ok(u64::from_be_bytes(key))
}
