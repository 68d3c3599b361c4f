//! Which changes the escalation guard would have refused in `enforce` mode.
//!
//! In `warn` mode, and as long as no mode is set, the guard checks each change in the same way as in `enforce` mode and
//! flags what it would refuse. The flags in the audit log are therefore complete for all changes by users. The guard
//! doesn't apply to the operator and to Floorkey itself.

use floorkey::{InstanceId, Principal, Timestamp};
use floorkey_store::{AuditQuery, AuditTerm, ChangePart, Store, StoreError, StoredEvent, StoredFlag, StoredOutcome};

/// The number of days that are checked.
pub const DAYS: u16 = 30;

/// The number of events that are read at a time, and the maximum number in total.
const CHUNK: usize = 200;
const EVENTS_MAX: usize = 10_000;

/// The maximum number of bytes of events that are read. An event about 10,000 users has about 25 MB.
const BYTES_MAX: usize = 256 * 1024 * 1024;

/// The changes that would have been refused.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GuardCheck {
    /// The number of changes.
    pub changes: usize,
    /// The actors, those with the most changes first.
    pub actors: Vec<CheckedActor>,
    /// Whether there are more changes than were counted.
    pub is_truncated: bool,
}

/// An actor of changes that would have been refused.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedActor {
    /// The actor's principal, from the actor's last such change.
    pub principal: Principal,
    /// The number of changes.
    pub changes: usize,
    /// The time of the last change.
    pub last: Timestamp,
}

/// Whether the change would have been refused in `enforce` mode.
#[must_use]
pub fn would_be_refused(event: &StoredEvent) -> bool {
    let is_of_guard = |flag: &StoredFlag| {
        matches!(
            flag,
            StoredFlag::GrantedBeyondActor(_)
                | StoredFlag::ChangedUserWithMoreAccess(_)
                | StoredFlag::ReducedUsersWithMoreAccess(..)
                | StoredFlag::ExpandedOwnAssignable
        )
    };
    matches!(event.outcome, StoredOutcome::Done { .. }) && event.flags.iter().any(is_of_guard)
}

/// Returns the query for the events that can have such flags.
#[must_use]
pub fn query(since: Timestamp) -> AuditQuery {
    AuditQuery { terms: vec![AuditTerm::Flagged], from: Some(since), ..AuditQuery::default() }
}

/// Counts the changes since a time that would have been refused in `enforce` mode, by actor.
///
/// # Errors
/// Returns an error if the audit log can't be read.
pub async fn check(store: &Store, instance: InstanceId, since: Timestamp) -> Result<GuardCheck, StoreError> {
    let mut query = query(since);
    let part = ChangePart::nothing();
    let mut check = GuardCheck::default();
    let (mut read, mut bytes) = (0, 0);
    loop {
        let page = store.audit_search_parts(instance, query.clone(), part.clone(), CHUNK, BYTES_MAX - bytes).await?;
        (read, bytes) = (read + page.events.len(), bytes + page.bytes);
        page.events.iter().filter(|part| would_be_refused(&part.event)).for_each(|part| check.add(&part.event));
        match page.resume {
            Some(seq) => query.before = Some(seq),
            None => break,
        }
        if read >= EVENTS_MAX || bytes >= BYTES_MAX {
            check.is_truncated = true;
            break;
        }
    }
    check.actors.sort_by_key(|actor| std::cmp::Reverse((actor.changes, actor.last)));
    Ok(check)
}

impl GuardCheck {
    /// Counts an event. Events are added from the newest to the oldest.
    fn add(&mut self, event: &StoredEvent) {
        self.changes += 1;
        let is_same = |actor: &&mut CheckedActor| match (&actor.principal, &event.principal) {
            (Principal::User { id, .. }, Principal::User { id: other, .. }) => id == other,
            (one, other) => one == other,
        };
        match self.actors.iter_mut().find(is_same) {
            Some(actor) => actor.changes += 1,
            None => {
                self.actors.push(CheckedActor { principal: event.principal.clone(), changes: 1, last: event.at });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use floorkey::{Authentication, UserId};

    use super::*;

    fn event(user: u128, flags: Vec<StoredFlag>) -> StoredEvent {
        let authentication = Authentication::Session { recently_authenticated: false };
        StoredEvent {
            seq: 1,
            at: Timestamp::from_millis(5),
            event_type: "UpdateUserSecurityProfiles".to_owned(),
            principal: Principal::User { id: UserId::from_bits(user), authentication },
            request_id: String::new(),
            address: None,
            user_agent: None,
            signature: None,
            outcome: StoredOutcome::Done { revision: 7 },
            targets: Vec::new(),
            changes: Vec::new(),
            flags,
            body: String::new(),
            leaf: [0; 32],
        }
    }

    #[test]
    fn only_flags_of_the_guard_count() {
        assert!(would_be_refused(&event(1, vec![StoredFlag::ExpandedOwnAssignable])));
        assert!(would_be_refused(&event(1, vec![StoredFlag::GrantedBeyondActor(Vec::new())])));
        // At `enforce`, credentials that others could know are replaced, and the change is not refused.
        let known = StoredFlag::CredentialsKnownToCustodians(Vec::new(), 1);
        assert!(!would_be_refused(&event(1, vec![known, StoredFlag::LooksLike(UserId::from_bits(2))])));
        let (code, message) = ("guard".to_owned(), floorkey_store::StoredValue::Erased);
        let refused = StoredOutcome::Refused { code, message, reference: None };
        let refused = StoredEvent { outcome: refused, ..event(1, vec![StoredFlag::ExpandedOwnAssignable]) };
        assert!(!would_be_refused(&refused));
    }

    #[test]
    fn changes_are_counted_by_actor() {
        let mut check = GuardCheck::default();
        for user in [1, 2, 1] {
            check.add(&event(user, vec![StoredFlag::ExpandedOwnAssignable]));
        }
        let actors: Vec<_> = check.actors.iter().map(|actor| actor.changes).collect();
        assert_eq!((check.changes, actors), (3, vec![2, 1]));
    }
}
