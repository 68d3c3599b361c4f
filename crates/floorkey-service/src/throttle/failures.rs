//! Failed attempts to sign in with one login, and the delays that result from them.
//!
//! This module is pure: the time is a parameter. The rules are:
//!
//! - After the fifth failure, and after each further failure, the next attempt has to wait. Each wait is twice as long
//!   as the previous wait, up to 15 minutes.
//! - An attempt during a wait is refused. The attempt is neither verified nor counted, and does not extend the wait.
//! - If a network has had no failure for this login in the last 15 minutes, one attempt from it is verified even during
//!   a wait. If this attempt fails, the failure counts only for this network. Attempts from other networks therefore
//!   can't lock a user out.
//! - Attempts in progress count as failures until they end, so that concurrent attempts don't bypass the limit.
//! - A success resets all failures. An attempt that could not be verified changes nothing.
//! - One hour after the last failure, all failures are dropped.

use std::collections::HashMap;
use std::time::Duration;

use crate::moment::Moment;
use crate::network::Network;

/// How long failures are remembered, starting at the last failure.
pub(super) const MEMORY: Duration = Duration::from_secs(60 * 60);

/// The first wait and the longest wait. After each failure, the wait doubles.
const WAIT_FIRST: Duration = Duration::from_secs(5);
const WAIT_MAX: Duration = Duration::from_secs(15 * 60);

/// The maximum number of networks whose failures are remembered for one login. During a wait, no attempt from any
/// further network is verified. An attacker who controls more networks therefore gets no additional guesses.
const NETWORKS_MAX: usize = 256;

/// The rules that are not the same for all counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rules {
    /// The number of failures after which the next attempt has to wait.
    pub(super) attempts_before_wait: u32,
    /// Whether one attempt from each network without a failure is verified even during a wait.
    pub(super) network_verifications: bool,
}

/// The networks for which an admitted attempt counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AttemptScope {
    /// The attempt counts for all networks.
    Shared,
    /// The attempt counts only for its own network.
    Network,
}

/// The outcome of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// The credentials were correct.
    Success,
    /// The credentials were wrong.
    Failure,
    /// No credentials were verified, for example because the queue was full.
    Unverified,
}

/// The failed attempts at one login.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Failures {
    count: u32,
    /// The time of the last counted failure; `None` while `count` is 0.
    last: Option<Moment>,
    /// The time of each network's last failure, including failures that count only for that network.
    networks: HashMap<Network, Moment>,
    /// Attempts that are being verified.
    in_flight: Vec<(AttemptScope, Option<Network>)>,
}

impl Failures {
    /// Creates a value from the stored number of failures and the time of the last failure.
    pub(super) fn from_stored(count: u32, last: Moment) -> Self {
        Self { count, last: Some(last), ..Self::default() }
    }

    /// Returns the number of failures and the time of the last failure; `None` if there are no failures.
    pub(super) fn stored_values(&self) -> Option<(u32, Moment)> {
        self.last.map(|last| (self.count, last))
    }

    /// Returns when the current wait ends; `None` if there is no wait.
    pub(super) fn wait_until(&self, rules: Rules, now: Moment) -> Option<Moment> {
        let last = self.last.filter(|last| now.since(*last) < MEMORY)?;
        let doublings = self.count.checked_sub(rules.attempts_before_wait)?;
        let factor = 1_u32.checked_shl(doublings.min(20)).unwrap_or(u32::MAX);
        Some(last.plus(WAIT_FIRST.saturating_mul(factor).min(WAIT_MAX))).filter(|end| now < *end)
    }

    /// Returns how an attempt that starts at `now` would be counted; `None` if the attempt has to wait.
    pub(super) fn attempt_scope(&self, rules: Rules, network: Option<Network>, now: Moment) -> Option<AttemptScope> {
        let shared = self.in_flight.iter().filter(|(scope, _)| *scope == AttemptScope::Shared).count();
        let has_expired = self.last.is_some_and(|last| now.since(last) >= MEMORY);
        let count = if has_expired { 0 } else { self.count };
        let concurrent_max =
            usize::try_from(rules.attempts_before_wait.saturating_sub(count).max(1)).unwrap_or(usize::MAX);
        if self.wait_until(rules, now).is_none() && shared < concurrent_max {
            return Some(AttemptScope::Shared);
        }
        let network = network.filter(|_| rules.network_verifications)?;
        let network_count = self.in_flight.iter().filter(|(scope, _)| *scope == AttemptScope::Network).count();
        let is_recent = |at: &Moment| now.since(*at) < WAIT_MAX;
        let has_failed = self.networks.get(&network).is_some_and(is_recent);
        let is_under_way = self.in_flight.iter().any(|(_, under_way)| *under_way == Some(network));
        let remembered = self.networks.values().filter(|at| is_recent(at)).count() + network_count;
        (!has_failed && !is_under_way && remembered < NETWORKS_MAX).then_some(AttemptScope::Network)
    }

    /// Admits an attempt for verification. [`Failures::end`] must be called when the attempt ends. If the attempt has
    /// to wait, returns `None` and changes nothing.
    pub(super) fn begin(&mut self, rules: Rules, network: Option<Network>, now: Moment) -> Option<AttemptScope> {
        let scope = self.attempt_scope(rules, network, now)?;
        self.in_flight.push((scope, network));
        Some(scope)
    }

    /// Ends an admitted attempt and counts its outcome.
    pub(super) fn end(&mut self, scope: AttemptScope, network: Option<Network>, outcome: AttemptOutcome, now: Moment) {
        if let Some(index) = self.in_flight.iter().position(|one| *one == (scope, network)) {
            self.in_flight.swap_remove(index);
        }
        match outcome {
            AttemptOutcome::Unverified => {}
            AttemptOutcome::Success => self.reset(),
            AttemptOutcome::Failure => {
                self.drop_expired(now);
                if let Some(network) = network {
                    self.networks.insert(network, now);
                }
                if scope == AttemptScope::Shared {
                    self.count = self.count.saturating_add(1);
                    self.last = Some(now);
                }
            }
        }
    }

    /// Drops all failures, but keeps the attempts in progress.
    pub(super) fn reset(&mut self) {
        (self.count, self.last) = (0, None);
        self.networks.clear();
    }

    /// Whether there are no failures and no attempts in progress.
    pub(super) fn is_empty(&self, now: Moment) -> bool {
        let is_over = |at: Moment, lasts| now.since(at) >= lasts;
        self.in_flight.is_empty()
            && self.last.is_none_or(|last| is_over(last, MEMORY))
            && self.networks.values().all(|at| is_over(*at, WAIT_MAX))
    }

    fn drop_expired(&mut self, now: Moment) {
        if self.last.is_some_and(|last| now.since(last) >= MEMORY) {
            (self.count, self.last) = (0, None);
        }
        self.networks.retain(|_, at| now.since(*at) < WAIT_MAX);
    }
}

#[cfg(test)]
mod tests;
