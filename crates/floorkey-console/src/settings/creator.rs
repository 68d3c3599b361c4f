//! Who created a record, according to the audit log.

use floorkey::{Action, Principal, RecordKey};
use floorkey_store::{AuditQuery, AuditTerm, StoredOutcome};

use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use crate::web::text;

/// The maximum number of events that are read to find the first one. Replacing an application's registration has the
/// same type of event as the first registration.
const EVENTS_MAX: usize = 50;

/// The principal that created a record.
pub(super) struct Creator {
    pub(super) name: String,
    /// The address of the page of a user who still exists.
    pub(super) href: Option<String>,
}

/// Returns the principal that created a record with this operation. Returns `None` if the viewer is no full
/// administrator, because other viewers can't see all events, or if there is no such event.
///
/// # Errors
/// Returns an error if the store can't be read.
pub(super) async fn creator(
    viewer: &CurrentUser,
    operation: Action,
    record: RecordKey,
) -> Result<Option<Creator>, PageError> {
    if !viewer.directory.is_administrator(viewer.user.id) {
        return Ok(None);
    }
    let terms = vec![AuditTerm::EventType(operation.name().to_owned()), AuditTerm::Target(record)];
    let query = AuditQuery { terms, ..AuditQuery::default() };
    let events = viewer.app().service.store().audit_search(viewer.instance(), query, EVENTS_MAX).await?;
    let first = events.into_iter().rev().find(|event| matches!(event.outcome, StoredOutcome::Done { .. }));
    Ok(first.map(|event| match event.principal {
        Principal::User { id, .. } => match viewer.directory.user(id) {
            Some(user) => Creator { name: text::user(user), href: Some(format!("/connect/users/{id}")) },
            None => Creator { name: "A deleted user".to_owned(), href: None },
        },
        Principal::Operator { .. } => Creator { name: "The operator".to_owned(), href: None },
        Principal::System => Creator { name: "Floorkey".to_owned(), href: None },
    }))
}
