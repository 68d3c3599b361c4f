//! The audit of an instance, newest event first.

use floorkey::{Directory, Principal};
use floorkey_connect::exception::{Exception, ExceptionKind};
use floorkey_connect::page_token::{self, Listing};
use serde::Serialize;

use super::access::invalid;
use super::audit_event::{Shown, shown};
use super::{Asked, body, json};
use crate::connect::plain_exception;

/// Events in one answer, where the caller doesn't say, and at most.
const PAGE: usize = 100;
const PAGE_MAX: usize = 1000;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    events: Vec<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// A page of the audit, for the operator and for full administrators: it tells of everybody.
pub(super) async fn list(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    if let Principal::User { id, .. } = asked.caller.principal()
        && !directory.is_administrator(*id)
    {
        let message = "The audit is shown to the operator and to full administrators: users whose profiles grant every \
                       permission, undated and unscoped.";
        return Err(Exception::new(ExceptionKind::AccessDenied, message));
    }
    let [size, token] = body::parameters(asked.query, ["maxResults", "nextToken"])?;
    let size = size.map_or(Some(PAGE), |size| size.parse().ok().filter(|size| (1..=PAGE_MAX).contains(size)));
    let size = size.ok_or_else(|| invalid("maxResults", format!("it is a number of 1 to {PAGE_MAX}")))?;
    let before = token.map(|token| opened(asked, &directory, &token)).transpose()?;

    let store = asked.caller.app.service.store();
    let events = store.audit_events(directory.instance(), before, size).await;
    let events = events.map_err(|error| plain_exception(&error.into()))?;
    let last = events.last().map(|event| event.seq).filter(|seq| *seq > 0 && events.len() == size);
    let next_token = last.map(|last| sealed(asked, &directory, last)).transpose()?;
    json(&List { events: events.into_iter().map(shown).collect(), next_token })
}

/// A token says before which event the next page begins. Events are only ever added, so pages don't shift.
fn sealed(asked: &Asked<'_>, directory: &Directory, last: u64) -> Result<String, Exception> {
    let instance = directory.instance().to_string();
    let key = asked.caller.app.sealer.page_token_key();
    page_token::seal(key, listing(&instance), &last.to_be_bytes())
        .map_err(|error| invalid("nextToken", error.to_string()))
}

fn opened(asked: &Asked<'_>, directory: &Directory, token: &str) -> Result<u64, Exception> {
    let instance = directory.instance().to_string();
    let key = asked.caller.app.sealer.page_token_key();
    let last = page_token::open(key, listing(&instance), token);
    let last = last.map_err(|error| invalid("nextToken", error.to_string()))?;
    let last = last.try_into().map_err(|_| invalid("nextToken", "it is not one of this list's"))?;
    Ok(u64::from_be_bytes(last))
}

fn listing(instance: &str) -> Listing<'_> {
    Listing { operation: "ListAuditEvents", instance, query_hash: [0; 32] }
}
