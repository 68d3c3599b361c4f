//! Signatures that have made a change: each is good for one.
//!
//! A signature says who asked for what, and in which second. Whoever sees a signed call can send it again for as long
//! as the signature counts, so a change remembers the signature that it was asked for with. Nothing that could still
//! be used again is forgotten: when there is no room, new changes wait.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use floorkey::{Act, Actor, CallSignature, Directory, Refusal, Timestamp};
use floorkey_store::UsedSignature;

use crate::failure::Failure;

/// Signatures that are remembered at most; what a start finds in the audit comes on top.
const SIGNATURES_MAX: usize = 1_000_000;

/// How far the clocks of caller and server may be apart, and how long a signature counts, in milliseconds.
const WINDOW: i64 = 300_000;

/// For how long a change may lie in the audit and its signature still count: it may have been signed ahead of time.
const SINCE_CHANGE: i64 = 2 * WINDOW;

/// How much longer a signature is remembered than it counts: calls wait between the two.
const MARGIN: i64 = 60_000;

/// How often what counts no more is cleared away, in milliseconds; and how often when there is no room.
const CLEAR_EVERY: i64 = 10_000;
const CLEAR_EVERY_WHEN_FULL: i64 = 1_000;

/// What became of a signature that was to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// It is this call's now.
    Own,
    /// Another call has made a change with it.
    Spent,
    /// There is no room for it now.
    NoRoom,
}

/// As [`spend`], for something that is noted and changes nothing: who signs out may have a session that has ended
/// meanwhile, and nobody else.
pub(super) fn noted(
    signatures: &Signatures,
    directory: &Directory,
    (actor, act): (&Actor, Act),
    now: Timestamp,
) -> Result<(), Failure> {
    if act != Act::SignOut {
        floorkey::accepted(directory, actor)?;
    }
    spend(signatures, actor, now)
}

/// Uses the signature of the call, where it has one, for what it is about to do.
///
/// # Errors
/// [`Refusal::SignatureUsed`], or [`Failure::TooManyChanges`] where there is no room.
pub(super) fn spend(signatures: &Signatures, actor: &Actor, now: Timestamp) -> Result<(), Failure> {
    let Some(signature) = &actor.signature else { return Ok(()) };
    match signatures.spend(signature, &actor.request_id, now) {
        Use::Own => Ok(()),
        Use::Spent => Err(Refusal::SignatureUsed.into()),
        Use::NoRoom => Err(Failure::TooManyChanges),
    }
}

/// The signatures that have made a change.
pub(super) struct Signatures {
    held: Mutex<Held>,
    max: usize,
}

struct Held {
    used: HashMap<[u8; 16], Used>,
    /// Every signature of this time or later that has made a change is among `used`.
    complete_from: Timestamp,
    cleared: Timestamp,
}

struct Used {
    /// The call that used it; 0 where that was before the start.
    request: u128,
    /// When it was used.
    at: Timestamp,
    /// Until when it is remembered.
    until: Timestamp,
}

impl Signatures {
    /// Knows none, and nothing of the time before.
    pub(super) fn new() -> Self {
        Self::with_room(SIGNATURES_MAX)
    }

    fn with_room(max: usize) -> Self {
        let never = Timestamp::from_millis(i64::MIN);
        let held = Held { used: HashMap::new(), complete_from: Timestamp::from_millis(i64::MAX), cleared: never };
        Self { held: Mutex::new(held), max }
    }

    /// The time from which on changes have to be read, so that [`Signatures::add`] makes this whole.
    pub(super) fn reads_from(now: Timestamp) -> Timestamp {
        later(now, -SINCE_CHANGE)
    }

    /// Takes in the signatures of all changes since [`Signatures::reads_from`].
    pub(super) fn add(&self, used: impl IntoIterator<Item = UsedSignature>, now: Timestamp) {
        let mut held = self.lock();
        for one in used {
            let until = later(one.at, SINCE_CHANGE + MARGIN);
            held.used.entry(place(&one.hash)).or_insert(Used { request: 0, at: one.at, until });
        }
        held.complete_from = later(now, -WINDOW);
    }

    /// Whether it is known of this signature whether it has made a change. It is not after the clock went back to a
    /// time whose signatures were cleared away: then the audit is read again.
    pub(super) fn covers(&self, signature: &CallSignature) -> bool {
        self.lock().complete_from <= signature.signed_at
    }

    /// Uses a signature for a change that the call makes. A call may use its own again.
    pub(super) fn spend(&self, signature: &CallSignature, request: &str, now: Timestamp) -> Use {
        let mut held = self.lock();
        if let Some(used) = held.used.get(&place(&signature.hash)) {
            return if used.request != 0 && used.request == number(request) { Use::Own } else { Use::Spent };
        }
        let every = if held.used.len() < self.max { CLEAR_EVERY } else { CLEAR_EVERY_WHEN_FULL };
        held.clear(now, every);
        if held.used.len() >= self.max {
            return Use::NoRoom;
        }
        let until = later(signature.signed_at, WINDOW + MARGIN);
        held.used.insert(place(&signature.hash), Used { request: number(request), at: now, until });
        Use::Own
    }

    /// Whether another call has made a change with the signature.
    pub(super) fn is_spent(&self, signature: &CallSignature, request: &str) -> bool {
        let held = self.lock();
        held.used.get(&place(&signature.hash)).is_some_and(|used| used.request == 0 || used.request != number(request))
    }

    /// How long it takes until the caller's clock shows another second than when the signature was made, so that the
    /// same call signed again has another one. The clocks may be apart; but it was made before it was first used.
    pub(super) fn until_next_second(&self, signature: &CallSignature, now: Timestamp) -> Duration {
        let held = self.lock();
        let Some(used) = held.used.get(&place(&signature.hash)) else { return Duration::ZERO };
        let since = now.as_millis().saturating_sub(used.at.as_millis());
        // A clock that went back says nothing.
        let left = if since < 0 { 1000 } else { 1000_i64.saturating_sub(since).max(0) };
        Duration::from_millis(left.unsigned_abs())
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Clears away what counts no more, if that was not done lately.
    fn clear(&mut self, now: Timestamp, every: i64) {
        if now.as_millis().saturating_sub(self.cleared.as_millis()).saturating_abs() < every {
            return;
        }
        self.cleared = now;
        self.used.retain(|_, used| used.until >= now);
        self.complete_from = self.complete_from.max(later(now, -WINDOW - MARGIN));
    }
}

/// Half of the hash is as good as the whole: who could find two calls with it could sign both.
fn place(hash: &[u8; 32]) -> [u8; 16] {
    let mut half = [0; 16];
    half.iter_mut().zip(hash).for_each(|(half, byte)| *half = *byte);
    half
}

/// The id of a call as a number; 0 for what is no id.
fn number(request: &str) -> u128 {
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
    fn a_signature_is_good_for_the_changes_of_one_call() {
        let signatures = signatures(10);
        let signature = signed(1, 0);
        assert!(!signatures.is_spent(&signature, ONE));
        assert_eq!(signatures.spend(&signature, ONE, at(0)), Use::Own);
        assert_eq!(signatures.spend(&signature, ONE, at(0)), Use::Own);
        assert!(!signatures.is_spent(&signature, ONE) && signatures.is_spent(&signature, TWO));
        // As long as it counts, by a clock that runs as fast as the caller's or not.
        for second in [0, 1, 299, 300, 359] {
            assert_eq!(signatures.spend(&signature, TWO, at(second)), Use::Spent, "{second}");
        }
        assert_eq!(signatures.spend(&signed(2, 0), TWO, at(0)), Use::Own);
        // Calls that have no id are never the same.
        assert_eq!(signatures.spend(&signed(3, 0), "", at(0)), Use::Own);
        assert_eq!(signatures.spend(&signed(3, 0), "", at(0)), Use::Spent);
    }

    #[test]
    fn what_was_signed_ahead_of_time_is_remembered_until_it_counts_no_more() {
        let signatures = signatures(10);
        assert_eq!(signatures.spend(&signed(1, 300), ONE, at(0)), Use::Own);
        assert_eq!(signatures.spend(&signed(2, 600), ONE, at(600)), Use::Own);
        assert_eq!(signatures.spend(&signed(1, 300), TWO, at(600)), Use::Spent);
    }

    #[test]
    fn when_there_is_no_room_new_changes_wait_and_nothing_is_forgotten() {
        let signatures = signatures(3);
        for number in 1..=3 {
            assert_eq!(signatures.spend(&signed(number, i64::from(number)), ONE, at(3)), Use::Own);
        }
        assert_eq!(signatures.spend(&signed(4, 3), ONE, at(3)), Use::NoRoom);
        // Once the first counts no more, one has room.
        assert_eq!(signatures.spend(&signed(4, 361), ONE, at(361)), Use::NoRoom);
        assert_eq!(signatures.spend(&signed(4, 361), ONE, at(362)), Use::Own);
        assert_eq!(signatures.spend(&signed(5, 362), ONE, at(362)), Use::NoRoom);
        for number in 2..=4 {
            assert_eq!(signatures.spend(&signed(number, i64::from(number)), TWO, at(362)), Use::Spent);
        }
    }

    #[test]
    fn a_start_knows_those_of_the_audit_and_says_from_when_on() {
        assert_eq!(Signatures::reads_from(at(600)), at(0));
        let signatures = Signatures::with_room(1);
        assert!(!signatures.covers(&signed(1, 10_000)));
        // More than there is room for: the audit has them all.
        let used = [1, 2].map(|number| UsedSignature { hash: [number; 32], at: at(100) });
        signatures.add(used, at(600));
        assert!(signatures.covers(&signed(1, 300)) && !signatures.covers(&signed(1, 299)));
        // Signed 300 s ahead, it counts for 600 s after the change.
        for number in 1..=2 {
            assert_eq!(signatures.spend(&signed(number, 400), ONE, at(700)), Use::Spent);
        }
        assert_eq!(signatures.spend(&signed(3, 600), ONE, at(700)), Use::NoRoom);
    }

    #[test]
    fn a_clock_that_goes_back_makes_nothing_unknown_that_is_not_asked_for_again() {
        let signatures = signatures(10);
        assert_eq!(signatures.spend(&signed(1, 0), ONE, at(0)), Use::Own);
        // An hour back: everything stays.
        assert_eq!(signatures.spend(&signed(2, -3600), ONE, at(-3600)), Use::Own);
        assert_eq!(signatures.spend(&signed(1, 0), TWO, at(-3600)), Use::Spent);
        // An hour on, and what was is cleared away; back again, it counts anew, and is not known to be unused.
        assert_eq!(signatures.spend(&signed(3, 3600), ONE, at(3600)), Use::Own);
        assert!(!signatures.covers(&signed(1, 0)));
        assert!(signatures.covers(&signed(4, 3600)));
        // The audit has it.
        signatures.add([UsedSignature { hash: [1; 32], at: at(0) }], at(1));
        assert!(signatures.covers(&signed(1, 0)));
        assert_eq!(signatures.spend(&signed(1, 0), TWO, at(1)), Use::Spent);
        assert_eq!(signatures.spend(&signed(3, 3600), TWO, at(1)), Use::Spent);
    }

    #[test]
    fn one_waits_until_the_second_is_over_in_which_it_was_signed() {
        let signatures = signatures(10);
        let signature = signed(1, 0);
        let wait =
            |millis| signatures.until_next_second(&signature, Timestamp::from_millis(START + millis)).as_millis();
        assert_eq!(wait(0), 0);
        signatures.spend(&signature, ONE, at(0));
        assert_eq!([wait(0), wait(400), wait(1000), wait(90_000), wait(-5)], [1000, 600, 0, 0, 1000]);
    }
}
