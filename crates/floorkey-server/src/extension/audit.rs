//! The audit of an instance, newest event first.

use floorkey::{Principal, Reference};
use floorkey_connect::exception::{Exception, ExceptionKind};
use floorkey_store::{AuditQuery, AuditTerm};
use serde::Serialize;

use super::access::invalid;
use super::audit_event::{Shown, shown};
use super::paging::Paging;
use super::{Asked, body, json};
use crate::connect::plain_exception;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    events: Vec<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// A page of the audit, for the operator and for full administrators: it tells of everybody. With `reference`, only the
/// refusals that told their actors to give it.
pub(super) async fn list(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    if let Principal::User { id, .. } = asked.caller.principal()
        && !directory.is_administrator(*id)
    {
        let message = "The audit is shown to the operator and to full administrators: users whose profiles grant every \
                       permission, undated and unscoped.";
        return Err(Exception::new(ExceptionKind::AccessDenied, message));
    }
    let [size, token, reference] = body::parameters(asked.query, ["maxResults", "nextToken", "reference"])?;
    let unreadable = || invalid("reference", "it is written as R-7F3KW");
    let parse = |text: &String| Reference::parse(text).map(AuditTerm::Reference).ok_or_else(unreadable);
    let terms: Vec<_> = reference.as_ref().map(parse).transpose()?.into_iter().collect();
    // Events are only ever added, so pages don't shift.
    let of = terms.first().map(ToString::to_string).unwrap_or_default();
    let paging = Paging::of(asked, &directory, ("ListAuditEvents", &of), size, token)?;
    let before = paging.after.as_deref().map(place).transpose()?;

    let store = asked.caller.app.service.store();
    let query = AuditQuery { terms, before, ..AuditQuery::default() };
    let events = store.audit_search(directory.instance(), query, paging.size).await;
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
