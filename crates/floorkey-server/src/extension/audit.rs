//! The audit of an instance, newest event first.

use floorkey::Principal;
use floorkey_connect::exception::{Exception, ExceptionKind};
use serde::Serialize;

use super::access::invalid;
use super::audit_event::{Shown, shown};
use super::paging::Paging;
use super::{Asked, json};
use crate::connect::plain_exception;

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
    // Events are only ever added, so pages don't shift.
    let paging = Paging::read(asked, &directory, "ListAuditEvents", "")?;
    let before = paging.after.as_deref().map(place).transpose()?;

    let store = asked.caller.app.service.store();
    let events = store.audit_events(directory.instance(), before, paging.size).await;
    let events = events.map_err(|error| plain_exception(&error.into()))?;
    let last = events.last().map(|event| event.seq).filter(|seq| *seq > 0 && events.len() == paging.size);
    let next_token = last.map(|last| paging.next(asked, &last.to_be_bytes())).transpose()?;
    json(&List { events: events.into_iter().map(shown).collect(), next_token })
}

/// A token says before which event the next page begins.
fn place(key: &[u8]) -> Result<u64, Exception> {
    let key = key.try_into().map_err(|_| invalid("nextToken", "it is not one of this list's"))?;
    Ok(u64::from_be_bytes(key))
}
