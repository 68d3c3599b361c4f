//! The audit log of an instance, newest event first, and a single event page by page.

use std::sync::Arc;

use floorkey::{Directory, Principal, RecordKey, Reference};
use floorkey_aws::exception::{Exception, ExceptionKind};
use floorkey_store::{Admission, AuditQuery, AuditTerm, ChangePart, EventReader};
use serde::Serialize;

use super::access::invalid;
use super::audit_event::{Shown, shown};
use super::paging::Paging;
use super::{Asked, body, json};
use crate::refusal::plain_exception;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    events: Vec<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct One {
    event: Shown,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// Maximum number of changed values and of targets of each event in a list. Nearly every event has fewer.
const LISTED_MAX: usize = 500;

/// Maximum number of bytes of events that are read from the database for one response.
const READ_BYTES_MAX: usize = 64 * 1024 * 1024;

/// An event reader without restrictions, which doesn't need names.
struct Everything;

impl EventReader for Everything {
    fn admit(&self, _: &RecordKey) -> Admission {
        Admission::Shown
    }

    fn ignores(&self, _: &str) -> bool {
        false
    }

    fn named(&self, _: &[RecordKey]) -> Vec<RecordKey> {
        Vec::new()
    }
}

fn part(skip: usize, take: usize) -> ChangePart {
    ChangePart { reader: Arc::new(Everything), skip, take, with_empty: true, check: true }
}

/// Admits the operator and full administrators only, because the audit log has data about all users.
fn admit(asked: &Asked<'_>, directory: &Directory) -> Result<(), Exception> {
    match asked.caller.principal() {
        Principal::User { id, .. } if !directory.is_administrator(*id) => {
            let message = "Only the operator and full administrators (users whose profiles grant every \
                permission without dates or scopes) can read the audit log.";
            Err(Exception::new(ExceptionKind::AccessDenied, message))
        }
        _ => Ok(()),
    }
}

/// Lists a page of the audit log, for the operator and for full administrators, because it has data about all users.
/// With `reference`, lists only the refusals whose actors received this reference.
pub(super) async fn list(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    admit(asked, &directory)?;
    let [size, token, reference] = body::parameters(asked.query, ["maxResults", "nextToken", "reference"])?;
    let unreadable = || invalid("reference", "must have the format R-7F3KW");
    let parse = |text: &String| Reference::parse(text).map(AuditTerm::Reference).ok_or_else(unreadable);
    let terms: Vec<_> = reference.as_ref().map(parse).transpose()?.into_iter().collect();
    // Events are only appended, so pages don't shift.
    let of = reference.clone().unwrap_or_default();
    let paging = Paging::of(asked, &directory, ("ListAuditEvents", &of), size, token)?;
    let before = paging.after.as_deref().map(place).transpose()?;

    let store = asked.caller.api.service.store();
    let query = AuditQuery { terms, before, ..AuditQuery::default() };
    let (instance, part) = (directory.instance(), part(0, LISTED_MAX));
    let found = store.audit_search_parts(instance, query, part, paging.size, READ_BYTES_MAX).await;
    let found = found.map_err(|error| plain_exception(&error.into()))?;
    let has_more = found.is_cut || found.events.len() == paging.size;
    let last = found.events.last().map(|part| part.event.seq).filter(|seq| *seq > 0 && has_more);
    let next_token = last.map(|last| paging.next(asked, &last.to_be_bytes())).transpose()?;
    json(&List { events: found.events.into_iter().map(|part| shown(part, 0, LISTED_MAX)).collect(), next_token })
}

/// Describes one event, with a page of its changed values and of its targets.
pub(super) async fn describe(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    admit(asked, &directory)?;
    let text = asked.labels.get("Sequence");
    let seq: u64 = text.parse().map_err(|_| invalid("Sequence", "must be the number of an event, counted from 0"))?;
    let paging = Paging::read(asked, &directory, "DescribeAuditEvent", text)?;
    let skip = paging.after.as_deref().map(place).transpose()?;
    let skip = skip.map_or(Some(0), |skip| usize::try_from(skip).ok());
    let skip = skip.ok_or_else(|| invalid("nextToken", "is not a token of this event"))?;

    let (store, instance) = (asked.caller.api.service.store(), directory.instance());
    let found = store.audit_event_part(instance, seq, part(skip, paging.size)).await;
    let Some(part) = found.map_err(|error| plain_exception(&error.into()))? else {
        let head = store.audit_head(instance).await.map_err(|error| plain_exception(&error.into()))?;
        let newest = head.size.saturating_sub(1);
        let message = format!("There is no event {seq}. The latest is {newest}.");
        return Err(Exception::new(ExceptionKind::ResourceNotFound, message));
    };
    let end = skip.saturating_add(paging.size);
    let has_more = part.lines > end || part.event.targets.len() > end;
    let key = u64::try_from(end).unwrap_or(u64::MAX).to_be_bytes();
    let next_token = has_more.then(|| paging.next(asked, &key)).transpose()?;
    json(&One { event: shown(part, skip, paging.size), next_token })
}

/// Decodes the number in a page token, from which the next page continues.
fn place(key: &[u8]) -> Result<u64, Exception> {
    let key = key.try_into().map_err(|_| invalid("nextToken", "is not a token of this list"))?;
    Ok(u64::from_be_bytes(key))
}
