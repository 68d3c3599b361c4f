//! Aggregation of repeated refusals, so that they don't fill the disk.
//!
//! For each actor and event type, the first refusals are recorded as separate events. Further refusals are counted, and
//! one event per minute records their number. Until that event is written, the count is in the store (see
//! `refusal_counts`), so that no refusal is lost.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use floorkey::audit::{Flag, Outcome};
use floorkey::{Action, AuditEvent, Principal, RecordKey, Reference, Timestamp, limits};

use crate::failure::Failure;

/// The maximum number of refusals that are recorded as separate events per actor, event type and minute.
const OWN_EVENTS_MAX: u64 = 10;

/// The length of the period in which refusals are counted together. At the end of the period, the count is recorded.
pub(super) const WINDOW: Duration = Duration::from_secs(60);

/// The refusals of the last minute, by actor and event type.
#[derive(Default)]
pub(super) struct Refusals(HashMap<(String, Action), RefusalWindow>);

struct RefusalWindow {
    began: Timestamp,
    refused: u64,
    /// The last refusal that is not recorded as a separate event. `targets` contains the targets of all such refusals
    /// in this window.
    last: Option<AuditEvent>,
    targets: BTreeSet<RecordKey>,
}

/// How a refusal is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recording {
    /// As a separate event.
    OwnEvent,
    /// In one event for several refusals. The value is the reference that these refusals share, or `None` if none of
    /// them has a reference.
    Aggregated(Option<Reference>),
}

impl Refusals {
    /// Counts a refusal and returns how the refusal is recorded.
    pub(super) fn count(&mut self, event: &AuditEvent) -> Recording {
        let window = self.0.entry((actor_key(&event.actor.principal), event.action));
        let window = window.or_insert_with(|| RefusalWindow {
            began: event.at,
            refused: 0,
            last: None,
            targets: BTreeSet::new(),
        });
        window.refused += 1;
        if window.refused <= OWN_EVENTS_MAX {
            return Recording::OwnEvent;
        }
        let room = limits::REFUSED_TARGETS_MAX.saturating_sub(window.targets.len());
        window.targets.extend(event.targets.iter().take(room).cloned());
        let shared = window.last.as_ref().and_then(reference_of);
        // Administrators must be able to search for every reference that a caller has received. An event without a
        // reference therefore does not replace an event with a reference.
        match (shared, reference_of(event)) {
            (Some(shared), Some(_)) => {
                let mut last = event.clone();
                if let Outcome::Refused { reference, .. } = &mut last.outcome {
                    *reference = Some(shared);
                }
                window.last = Some(last);
                Recording::Aggregated(Some(shared))
            }
            (Some(_), None) => Recording::Aggregated(None),
            (None, own) => {
                window.last = Some(event.clone());
                Recording::Aggregated(own)
            }
        }
    }

    /// Returns an event for each count whose period has ended.
    pub(super) fn take_due(&mut self, now: Timestamp) -> Vec<AuditEvent> {
        let window_millis = i64::try_from(WINDOW.as_millis()).unwrap_or(i64::MAX);
        // Setting the clock back also ends the period.
        self.take_if(now, |window| !(0..window_millis).contains(&(now.as_millis() - window.began.as_millis())))
    }

    /// Returns an event for each count, including counts whose period has not ended.
    pub(super) fn take_all(&mut self, now: Timestamp) -> Vec<AuditEvent> {
        self.take_if(now, |_| true)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn take_if(&mut self, now: Timestamp, is_over: impl Fn(&RefusalWindow) -> bool) -> Vec<AuditEvent> {
        let over = self.0.extract_if(|_, window| is_over(window));
        let aggregates = over.filter_map(|(_, window)| {
            let times = window.refused.saturating_sub(OWN_EVENTS_MAX);
            let (flags, targets) = (vec![Flag::Repeated { times }], window.targets.into_iter().collect());
            Some(AuditEvent { at: now, flags, targets, ..window.last? })
        });
        aggregates.collect()
    }
}

fn reference_of(event: &AuditEvent) -> Option<Reference> {
    match &event.outcome {
        Outcome::Refused { reference, .. } => *reference,
        Outcome::Done { .. } => None,
    }
}

/// Returns the key of an actor. A user's sessions and access keys all have the same key, so that refusals of the user
/// are counted together.
pub(super) fn actor_key(principal: &Principal) -> String {
    match principal {
        Principal::Operator { access_key } => access_key.to_string(),
        Principal::User { id, .. } => id.to_string(),
        Principal::System => String::new(),
    }
}

/// Returns the failure with the reference that several refusals share. If there is no such reference, the failure is
/// returned unchanged.
pub(super) fn with_reference(failure: Failure, shared: Option<Reference>) -> Failure {
    match (failure, shared) {
        (Failure::Refused(refusal), Some(shared)) => Failure::Refused(refusal.with_reference(shared)),
        (failure, _) => failure,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use floorkey::{Actor, Authentication, Command, InstanceId, NewInstance, Refusal, UserId};
    use floorkey_store::{AuditQuery, AuditTerm, Store, StoreSettings, StoredFlag};

    use super::*;
    use crate::service::Service;

    fn refused(action: Action, at: i64) -> AuditEvent {
        let refusal = Refusal::NotFound { kind: floorkey::ResourceType::User.into(), id: "x".to_owned() };
        floorkey::refused_event(&Actor::system(), action, Vec::new(), &refusal, Timestamp::from_millis(at))
    }

    #[test]
    fn ten_refusals_have_events_and_the_others_are_counted_once_a_minute() {
        let mut refusals = Refusals::default();
        let written = |refusals: &mut Refusals, from: i64, action| {
            (from..from + 25).filter(|at| refusals.count(&refused(action, *at)) == Recording::OwnEvent).count()
        };
        assert_eq!(written(&mut refusals, 0, Action::DeleteUser), 10);
        assert_eq!(written(&mut refusals, 0, Action::CreateUser), 10);
        assert_eq!(refusals.take_due(Timestamp::from_millis(59_999)), []);
        let aggregates = refusals.take_due(Timestamp::from_millis(60_000));
        assert_eq!(aggregates.len(), 2);
        for event in aggregates {
            assert_eq!((event.at.as_millis(), event.flags), (60_000, vec![Flag::Repeated { times: 15 }]));
        }
        assert!(refusals.is_empty());
        // The number of refusals is small, so each refusal is a separate event, and there is no total to record.
        assert_eq!(refusals.count(&refused(Action::DeleteUser, 60_001)), Recording::OwnEvent);
        assert_eq!(refusals.take_all(Timestamp::from_millis(60_002)), []);
    }

    #[test]
    fn counted_refusals_share_a_reference_and_have_all_targets() {
        let mut refusals = Refusals::default();
        let refused = |number: u64, reference: Option<Reference>| {
            let mut event = refused(Action::DeleteUser, 0);
            event.targets = vec![RecordKey::User(UserId::from_bits(number.into()))];
            if let Outcome::Refused { reference: slot, .. } = &mut event.outcome {
                *slot = reference;
            }
            event
        };
        let reference = |bits| Some(Reference::from_random(bits));
        for number in 0..10 {
            assert_eq!(refusals.count(&refused(number, reference(number))), Recording::OwnEvent);
        }
        assert_eq!(refusals.count(&refused(10, None)), Recording::Aggregated(None));
        assert_eq!(refusals.count(&refused(11, reference(11))), Recording::Aggregated(reference(11)));
        assert_eq!(refusals.count(&refused(12, reference(12))), Recording::Aggregated(reference(11)));
        assert_eq!(refusals.count(&refused(13, None)), Recording::Aggregated(None));
        let [event] = refusals.take_all(Timestamp::from_millis(1)).try_into().unwrap();
        assert_eq!(reference_of(&event), reference(11));
        let targets: Vec<_> = (10_u64..14).map(|number| RecordKey::User(UserId::from_bits(number.into()))).collect();
        assert_eq!(event.targets, targets);
        assert_eq!(event.flags, vec![Flag::Repeated { times: 4 }]);
    }

    #[tokio::test]
    async fn each_of_many_refusals_is_answered_and_their_total_is_written_on_stop() {
        let folder = tempfile::tempdir().unwrap();
        let settings = StoreSettings { folder: folder.path().to_owned() };
        let service = Service::start(Store::open(&settings).unwrap()).await.unwrap();
        let id = InstanceId::from_bits(1);
        let new = NewInstance {
            id,
            alias: None,
            identity_management: "CONNECT_MANAGED".to_owned(),
            directory_id: None,
            attributes: BTreeMap::new(),
            tags: BTreeMap::new(),
            guard: None,
            administrator: None,
        };
        service.create_instance(&Actor::system(), &new).await.unwrap();
        let user = Principal::User {
            id: UserId::from_bits(7),
            authentication: Authentication::Session { recently_authenticated: true },
        };
        let (actor, delete) =
            (Actor { principal: user, ..Actor::system() }, Command::DeleteUser { user: UserId::from_bits(8) });
        for _ in 0..40 {
            let done = service.execute(id, actor.clone(), delete.clone()).await;
            assert!(matches!(done, Err(Failure::Refused(Refusal::NotPermitted { .. }))), "{done:?}");
            // The system is allowed to delete users, so there is nothing to record about its mistake.
            let missing = service.execute(id, Actor::system(), delete.clone()).await;
            assert!(matches!(missing, Err(Failure::Refused(Refusal::NotFound { .. }))), "{missing:?}");
        }
        service.stop().await;
        assert!(service.store().attempts_with_prefix("refused:").await.unwrap().is_empty());
        let refused = AuditQuery { terms: vec![AuditTerm::Refused], ..AuditQuery::default() };
        let events = service.store().audit_search(id, refused, 100).await.unwrap();
        let flags: Vec<_> = events.iter().map(|event| event.flags.clone()).collect();
        assert_eq!((flags.len(), &flags[0]), (11, &vec![StoredFlag::Repeated(30)]));
        assert!(flags.iter().skip(1).all(Vec::is_empty), "{flags:?}");
    }
}
