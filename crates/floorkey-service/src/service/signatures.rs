//! The signatures that have been used for a change. Each signature can be used for one change only.
//!
//! A signature identifies the caller, the request and the second of signing. An attacker who observes a signed call
//! could replay it while the signature is valid. Each change therefore stores the signature of its request. Signatures
//! that are still valid are never dropped. If the table is full, new changes have to wait.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use floorkey::{Action, Actor, CallSignature, Directory, Refusal, Timestamp};
use floorkey_store::UsedSignature as StoredSignature;

use crate::failure::Failure;

/// The maximum number of signatures in the table. Only loading signatures from the audit log can exceed this number.
const SIGNATURES_MAX: usize = 1_000_000;

/// The maximum clock skew between caller and server, in milliseconds. This is also the lifetime of a signature.
const WINDOW: i64 = 300_000;

/// How long after a change its signature can still be valid, in milliseconds. This is longer than the lifetime of a
/// signature, because the caller's clock can be ahead of the server's clock.
const SINCE_CHANGE: i64 = 2 * WINDOW;

/// How long an expired signature is remembered, in milliseconds. A call's signature is first checked for expiration and
/// later checked for reuse. The call can wait between these two checks.
const MARGIN: i64 = 60_000;

/// The minimum intervals between removals of expired signatures, in milliseconds. The second interval applies while the
/// table is full.
const CLEAR_EVERY: i64 = 10_000;
const CLEAR_EVERY_WHEN_FULL: i64 = 1_000;

/// The outcome of an attempt to use a signature for a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SpendOutcome {
    /// This call can use the signature.
    Own,
    /// Another call has already used the signature for a change.
    Spent,
    /// The table is full.
    NoRoom,
}

/// Does the same as [`spend`], but for an event that changes no record. Also checks that the actor's credentials are
/// still valid. Signing out is exempt from this check, because users can sign out even if their session has ended in
/// the meantime.
pub(super) fn spend_for_event(
    signatures: &Signatures,
    directory: &Directory,
    (actor, action): (&Actor, Action),
    now: Timestamp,
) -> Result<(), Failure> {
    if action != Action::SignOut {
        floorkey::check_credentials(directory, actor)?;
    }
    spend(signatures, actor, now)
}

/// Marks the call's signature as used for the call's change. Does nothing if the call has no signature.
///
/// # Errors
/// Returns [`Refusal::SignatureUsed`] if another call has used the signature, or [`Failure::TooManyChanges`] if the
/// table is full.
pub(super) fn spend(signatures: &Signatures, actor: &Actor, now: Timestamp) -> Result<(), Failure> {
    let Some(signature) = &actor.signature else { return Ok(()) };
    match signatures.spend(signature, &actor.request_id, now) {
        SpendOutcome::Own => Ok(()),
        SpendOutcome::Spent => Err(Refusal::SignatureUsed.into()),
        SpendOutcome::NoRoom => Err(Failure::TooManyChanges),
    }
}

/// The table of signatures that have been used for a change.
pub(super) struct Signatures {
    table: Mutex<Table>,
    max: usize,
}

struct Table {
    used: HashMap<[u8; 16], UsedSignature>,
    /// The start of the period for which the table is complete. The table contains every used signature that was
    /// created at or after this time.
    complete_from: Timestamp,
    cleared: Timestamp,
}

struct UsedSignature {
    /// The call that used the signature, or 0 if the signature was loaded from the audit log.
    request: u128,
    /// When the signature was used.
    at: Timestamp,
    /// Until when the signature is remembered.
    until: Timestamp,
}

impl Signatures {
    /// Creates an empty table. The table is not complete for any period until [`Signatures::add`] is called.
    pub(super) fn new() -> Self {
        Self::with_room(SIGNATURES_MAX)
    }

    fn with_room(max: usize) -> Self {
        let never = Timestamp::from_millis(i64::MIN);
        let table = Table { used: HashMap::new(), complete_from: Timestamp::from_millis(i64::MAX), cleared: never };
        Self { table: Mutex::new(table), max }
    }

    /// Returns the start of the period whose changes have to be loaded for [`Signatures::add`].
    pub(super) fn load_start(now: Timestamp) -> Timestamp {
        later(now, -SINCE_CHANGE)
    }

    /// Adds the signatures of all changes made since [`Signatures::load_start`].
    pub(super) fn add(&self, used: impl IntoIterator<Item = StoredSignature>, now: Timestamp) {
        let mut table = self.lock();
        for signature in used {
            let until = later(signature.at, SINCE_CHANGE + MARGIN);
            table.used.entry(table_key(&signature.hash)).or_insert(UsedSignature {
                request: 0,
                at: signature.at,
                until,
            });
        }
        table.complete_from = later(now, -WINDOW);
    }

    /// Whether the table contains all used signatures that were created at or after the time of this signature. This is
    /// not the case if the clock was set back and signatures from that time have been removed. The audit log must then
    /// be read again.
    pub(super) fn has_complete_period(&self, signature: &CallSignature) -> bool {
        self.lock().complete_from <= signature.signed_at
    }

    /// Marks a signature as used for a change by this call. A call can use its own signature repeatedly.
    pub(super) fn spend(&self, signature: &CallSignature, request: &str, now: Timestamp) -> SpendOutcome {
        let mut table = self.lock();
        if let Some(used) = table.used.get(&table_key(&signature.hash)) {
            return if used.request != 0 && used.request == request_number(request) {
                SpendOutcome::Own
            } else {
                SpendOutcome::Spent
            };
        }
        let every = if table.used.len() < self.max { CLEAR_EVERY } else { CLEAR_EVERY_WHEN_FULL };
        table.clear(now, every);
        if table.used.len() >= self.max {
            return SpendOutcome::NoRoom;
        }
        let until = later(signature.signed_at, WINDOW + MARGIN);
        table
            .used
            .insert(table_key(&signature.hash), UsedSignature { request: request_number(request), at: now, until });
        SpendOutcome::Own
    }

    /// Whether another call has used the signature for a change.
    pub(super) fn is_spent(&self, signature: &CallSignature, request: &str) -> bool {
        let table = self.lock();
        table
            .used
            .get(&table_key(&signature.hash))
            .is_some_and(|used| used.request == 0 || used.request != request_number(request))
    }

    /// Returns how long to wait until the same call can be signed again with a different signature. Signatures change
    /// once per second. The clocks of the caller and the server can differ, so the wait starts at the first use of the
    /// signature. The first use is always later than the signing.
    pub(super) fn until_next_second(&self, signature: &CallSignature, now: Timestamp) -> Duration {
        let table = self.lock();
        let Some(used) = table.used.get(&table_key(&signature.hash)) else { return Duration::ZERO };
        let since = now.as_millis().saturating_sub(used.at.as_millis());
        // If the clock was set back, the elapsed time is unknown, so the wait is one second.
        let left = if since < 0 { 1000 } else { 1000_i64.saturating_sub(since).max(0) };
        Duration::from_millis(left.unsigned_abs())
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Removes expired signatures. Does nothing if the previous removal was less than `every` milliseconds ago.
    fn clear(&mut self, now: Timestamp, every: i64) {
        if now.as_millis().saturating_sub(self.cleared.as_millis()).saturating_abs() < every {
            return;
        }
        self.cleared = now;
        self.used.retain(|_, used| used.until >= now);
        self.complete_from = self.complete_from.max(later(now, -WINDOW - MARGIN));
    }
}

/// Returns the first half of a signature's hash as a key. This half is sufficient. An attacker could benefit from two
/// calls with the same half only by being able to sign both calls.
fn table_key(hash: &[u8; 32]) -> [u8; 16] {
    let mut half = [0; 16];
    half.iter_mut().zip(hash).for_each(|(half, byte)| *half = *byte);
    half
}

/// Returns a call's ID as a number, or 0 if the ID isn't a UUID.
fn request_number(request: &str) -> u128 {
    uuid::Uuid::parse_str(request).map_or(0, |id| id.as_u128())
}

const fn later(at: Timestamp, millis: i64) -> Timestamp {
    Timestamp::from_millis(at.as_millis().saturating_add(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "00000000-0000-4000-8000-000000000001";
    const TWO: &str = "00000000-0000-4000-8000-000000000002";
    const START: i64 = 1_000_000_000;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(START + second * 1000)
    }

    fn signed(number: u8, second: i64) -> CallSignature {
        CallSignature { hash: [number; 32], signed_at: at(second) }
    }

    fn signatures(max: usize) -> Signatures {
        let signatures = Signatures::with_room(max);
        signatures.add([], at(0));
        signatures
    }

    #[test]
    fn a_signature_can_be_used_for_the_changes_of_one_call() {
        let signatures = signatures(10);
        let signature = signed(1, 0);
        assert!(!signatures.is_spent(&signature, ONE));
        assert_eq!(signatures.spend(&signature, ONE, at(0)), SpendOutcome::Own);
        assert_eq!(signatures.spend(&signature, ONE, at(0)), SpendOutcome::Own);
        assert!(!signatures.is_spent(&signature, ONE) && signatures.is_spent(&signature, TWO));
        // The signature is remembered for as long as it is valid, even if the clocks of the caller and the server
        // differ.
        for second in [0, 1, 299, 300, 359] {
            assert_eq!(signatures.spend(&signature, TWO, at(second)), SpendOutcome::Spent, "{second}");
        }
        assert_eq!(signatures.spend(&signed(2, 0), TWO, at(0)), SpendOutcome::Own);
        // Calls without an ID are always treated as separate calls.
        assert_eq!(signatures.spend(&signed(3, 0), "", at(0)), SpendOutcome::Own);
        assert_eq!(signatures.spend(&signed(3, 0), "", at(0)), SpendOutcome::Spent);
    }

    #[test]
    fn a_signature_ahead_of_the_clock_is_remembered_until_it_expires() {
        let signatures = signatures(10);
        assert_eq!(signatures.spend(&signed(1, 300), ONE, at(0)), SpendOutcome::Own);
        assert_eq!(signatures.spend(&signed(2, 600), ONE, at(600)), SpendOutcome::Own);
        assert_eq!(signatures.spend(&signed(1, 300), TWO, at(600)), SpendOutcome::Spent);
    }

    #[test]
    fn a_full_table_delays_new_changes_and_drops_nothing() {
        let signatures = signatures(3);
        for number in 1..=3 {
            assert_eq!(signatures.spend(&signed(number, i64::from(number)), ONE, at(3)), SpendOutcome::Own);
        }
        assert_eq!(signatures.spend(&signed(4, 3), ONE, at(3)), SpendOutcome::NoRoom);
        // After the first signature has expired, one more signature can be added to the table.
        assert_eq!(signatures.spend(&signed(4, 361), ONE, at(361)), SpendOutcome::NoRoom);
        assert_eq!(signatures.spend(&signed(4, 361), ONE, at(362)), SpendOutcome::Own);
        assert_eq!(signatures.spend(&signed(5, 362), ONE, at(362)), SpendOutcome::NoRoom);
        for number in 2..=4 {
            assert_eq!(signatures.spend(&signed(number, i64::from(number)), TWO, at(362)), SpendOutcome::Spent);
        }
    }

    #[test]
    fn a_start_loads_signatures_from_the_audit_log_and_knows_their_period() {
        assert_eq!(Signatures::load_start(at(600)), at(0));
        let signatures = Signatures::with_room(1);
        assert!(!signatures.has_complete_period(&signed(1, 10_000)));
        // All signatures from the audit log are loaded, even if there are more than the table's maximum.
        let used = [1, 2].map(|number| StoredSignature { hash: [number; 32], at: at(100) });
        signatures.add(used, at(600));
        assert!(signatures.has_complete_period(&signed(1, 300)) && !signatures.has_complete_period(&signed(1, 299)));
        // If the caller's clock is 300 s ahead, a signature is valid for up to 600 s after the change.
        for number in 1..=2 {
            assert_eq!(signatures.spend(&signed(number, 400), ONE, at(700)), SpendOutcome::Spent);
        }
        assert_eq!(signatures.spend(&signed(3, 600), ONE, at(700)), SpendOutcome::NoRoom);
    }

    #[test]
    fn a_clock_set_back_never_makes_a_used_signature_valid() {
        let signatures = signatures(10);
        assert_eq!(signatures.spend(&signed(1, 0), ONE, at(0)), SpendOutcome::Own);
        // Setting the clock back by an hour removes no signatures.
        assert_eq!(signatures.spend(&signed(2, -3600), ONE, at(-3600)), SpendOutcome::Own);
        assert_eq!(signatures.spend(&signed(1, 0), TWO, at(-3600)), SpendOutcome::Spent);
        // Setting the clock ahead by an hour removes expired signatures. If the clock is then set back, these
        // signatures are valid again, and the table does not know whether they have been used.
        assert_eq!(signatures.spend(&signed(3, 3600), ONE, at(3600)), SpendOutcome::Own);
        assert!(!signatures.has_complete_period(&signed(1, 0)));
        assert!(signatures.has_complete_period(&signed(4, 3600)));
        // The used signature is loaded again from the audit log.
        signatures.add([StoredSignature { hash: [1; 32], at: at(0) }], at(1));
        assert!(signatures.has_complete_period(&signed(1, 0)));
        assert_eq!(signatures.spend(&signed(1, 0), TWO, at(1)), SpendOutcome::Spent);
        assert_eq!(signatures.spend(&signed(3, 3600), TWO, at(1)), SpendOutcome::Spent);
    }

    #[test]
    fn a_retry_waits_until_the_second_of_the_signature_is_over() {
        let signatures = signatures(10);
        let signature = signed(1, 0);
        let wait =
            |millis| signatures.until_next_second(&signature, Timestamp::from_millis(START + millis)).as_millis();
        assert_eq!(wait(0), 0);
        signatures.spend(&signature, ONE, at(0));
        assert_eq!([wait(0), wait(400), wait(1000), wait(90_000), wait(-5)], [1000, 600, 0, 0, 1000]);
    }
}
