//! Failed attempts at one login, and the wait after them.
//!
//! Pure: time comes in as a parameter. The rules:
//!
//! - From the fifth failure on the next attempt has to wait, twice as long after each failure, at most 15 minutes.
//! - An attempt inside a wait is refused: it is not verified, not counted, and does not prolong the wait.
//! - A network that has not failed here for 15 minutes has one verification of its own, wait or not. If it fails, it
//!   counts for that network alone: nobody keeps a user out from elsewhere.
//! - Attempts under way count as failures until they end, so that attempts side by side don't get around the count.
//! - A success clears everything. An attempt that could not be verified leaves no trace.
//! - An hour after the last failure everything is forgotten.

use std::collections::HashMap;
use std::time::Duration;

use crate::moment::Moment;
use crate::network::Network;

/// Failures are forgotten this long after the last one.
pub(super) const MEMORY: Duration = Duration::from_secs(60 * 60);

/// The first wait, doubled after each failure, and the longest.
const WAIT_FIRST: Duration = Duration::from_secs(5);
const WAIT_MAX: Duration = Duration::from_secs(15 * 60);

/// Networks whose failures are remembered at one login. While there are as many, further networks have no
/// verification of their own: attackers who command more networks get no more guesses by them.
const NETWORKS_MAX: usize = 256;

/// What differs between counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rules {
    /// Failures before the next attempt has to wait.
    pub(super) free: u32,
    /// Whether a network that has not failed has a verification of its own.
    pub(super) own_verifications: bool,
}

/// How an admitted attempt counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// With everybody's.
    Shared,
    /// For its network alone.
    Own,
}

/// What came of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was right.
    Success,
    /// It was wrong.
    Failure,
    /// Nothing was verified, for lack of room for example.
    Unverified,
}

/// The failures at one login.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Failures {
    count: u32,
    /// When the last counted failure was; `None` while `count` is 0.
    last: Option<Moment>,
    /// The last failure of each network, its own verifications among them.
    networks: HashMap<Network, Moment>,
    /// Attempts that are being verified.
    in_flight: Vec<(Turn, Option<Network>)>,
}

impl Failures {
    /// Failures as they were stored.
    pub(super) fn recorded(count: u32, last: Moment) -> Self {
        Self { count, last: Some(last), ..Self::default() }
    }

    /// The number of failures, and when the last one was; `None` without any.
    pub(super) fn record(&self) -> Option<(u32, Moment)> {
        self.last.map(|last| (self.count, last))
    }

    /// When the wait ends; `None` outside of one.
    pub(super) fn wait_until(&self, rules: Rules, now: Moment) -> Option<Moment> {
        let last = self.last.filter(|last| now.since(*last) < MEMORY)?;
        let doublings = self.count.checked_sub(rules.free)?;
        let factor = 1_u32.checked_shl(doublings.min(20)).unwrap_or(u32::MAX);
        Some(last.plus(WAIT_FIRST.saturating_mul(factor).min(WAIT_MAX))).filter(|end| now < *end)
    }

    /// How an attempt that begins now would count; `None` if it has to wait.
    pub(super) fn turn(&self, rules: Rules, network: Option<Network>, now: Moment) -> Option<Turn> {
        let shared = self.in_flight.iter().filter(|(turn, _)| *turn == Turn::Shared).count();
        let forgotten = self.last.is_some_and(|last| now.since(last) >= MEMORY);
        let count = if forgotten { 0 } else { self.count };
        let side_by_side = usize::try_from(rules.free.saturating_sub(count).max(1)).unwrap_or(usize::MAX);
        if self.wait_until(rules, now).is_none() && shared < side_by_side {
            return Some(Turn::Shared);
        }
        let network = network.filter(|_| rules.own_verifications)?;
        let own = self.in_flight.iter().filter(|(turn, _)| *turn == Turn::Own).count();
        let is_recent = |at: &Moment| now.since(*at) < WAIT_MAX;
        let has_failed = self.networks.get(&network).is_some_and(is_recent);
        let is_under_way = self.in_flight.iter().any(|(_, under_way)| *under_way == Some(network));
        let remembered = self.networks.values().filter(|at| is_recent(at)).count() + own;
        (!has_failed && !is_under_way && remembered < NETWORKS_MAX).then_some(Turn::Own)
    }

    /// Admits an attempt to be verified, which [`Failures::end`] ends; `None` if it has to wait, and nothing changes.
    pub(super) fn begin(&mut self, rules: Rules, network: Option<Network>, now: Moment) -> Option<Turn> {
        let turn = self.turn(rules, network, now)?;
        self.in_flight.push((turn, network));
        Some(turn)
    }

    /// Ends an attempt that was admitted.
    pub(super) fn end(&mut self, turn: Turn, network: Option<Network>, outcome: Outcome, now: Moment) {
        if let Some(place) = self.in_flight.iter().position(|one| *one == (turn, network)) {
            self.in_flight.swap_remove(place);
        }
        match outcome {
            Outcome::Unverified => {}
            Outcome::Success => self.clear(),
            Outcome::Failure => {
                self.forget(now);
                if let Some(network) = network {
                    self.networks.insert(network, now);
                }
                if turn == Turn::Shared {
                    self.count = self.count.saturating_add(1);
                    self.last = Some(now);
                }
            }
        }
    }

    /// Forgets all failures; attempts under way stay under way.
    pub(super) fn clear(&mut self) {
        (self.count, self.last) = (0, None);
        self.networks.clear();
    }

    /// Whether nothing is left to remember.
    pub(super) fn is_blank(&self, now: Moment) -> bool {
        let is_over = |at: Moment, lasts| now.since(at) >= lasts;
        self.in_flight.is_empty()
            && self.last.is_none_or(|last| is_over(last, MEMORY))
            && self.networks.values().all(|at| is_over(*at, WAIT_MAX))
    }

    fn forget(&mut self, now: Moment) {
        if self.last.is_some_and(|last| now.since(last) >= MEMORY) {
            (self.count, self.last) = (0, None);
        }
        self.networks.retain(|_, at| now.since(*at) < WAIT_MAX);
    }
}

#[cfg(test)]
mod tests;
