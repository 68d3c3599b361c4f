//! The rate at which sign-in attempts from one network are verified.
//!
//! This module is pure: the time is a parameter.
//!
//! The rate depends on the number of logins with failures, not on the number of failures. People who mistype their
//! password usually succeed soon afterwards, but attackers who try a few passwords for many logins do not.
//!
//! A login is counted when an attempt with it fails. A success within ten minutes removes the login from the count. The
//! count also decreases by one per minute. When the count reaches a threshold, the network becomes slow: its attempts
//! wait in a queue with a maximum length. A network is never blocked.

use std::collections::VecDeque;
use std::time::Duration;

use crate::moment::Moment;

/// The time after a failure in which a success with the same login removes the login from the count.
const SUCCESS_WITHIN: Duration = Duration::from_secs(10 * 60);

/// The interval at which the count decreases by one.
const DECAY: Duration = Duration::from_secs(60);

/// The rules that determine when a network becomes slow, and how slow it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RateRules {
    /// The number of logins with failures at which a network becomes slow. At most twice as many logins are counted, so
    /// that a network recovers soon after an attack.
    pub(super) slow_threshold: usize,
    /// The interval between attempts from a slow network.
    pub(super) turn_every: Duration,
    /// The maximum number of attempts that are waiting in the queue.
    pub(super) queue: u32,
}

/// When an attempt can start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartTime {
    /// Immediately.
    Now,
    /// At the given time.
    At(Moment),
    /// Never, because the queue is full.
    Full,
}

/// The logins with failures in one network, and the times at which attempts can start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NetworkRate {
    /// The logins with failures, each with the time of the login's last failure. They are sorted by the time of their
    /// first failure.
    failed: VecDeque<(String, Moment)>,
    /// When the first login was counted, or when the count last decreased.
    decayed: Moment,
    /// The earliest time at which another attempt can start while the network is slow.
    next: Moment,
}

impl NetworkRate {
    /// Creates the rate of a network without failures.
    pub(super) const fn new(now: Moment) -> Self {
        Self { failed: VecDeque::new(), decayed: now, next: now }
    }

    /// Returns when an attempt can start, and reserves that time.
    pub(super) fn start(&mut self, rules: RateRules, now: Moment) -> StartTime {
        self.decay(now);
        if self.failed.len() < rules.slow_threshold {
            return StartTime::Now;
        }
        let turn = self.next.max(now);
        if turn.since(now) > rules.turn_every.saturating_mul(rules.queue) {
            return StartTime::Full;
        }
        self.next = turn.plus(rules.turn_every);
        if turn == now { StartTime::Now } else { StartTime::At(turn) }
    }

    /// Records a failed attempt at the given login.
    pub(super) fn record_failure(&mut self, rules: RateRules, login: &str, now: Moment) {
        self.decay(now);
        if let Some((_, at)) = self.failed.iter_mut().find(|(known, _)| known == login) {
            *at = now;
        } else if self.failed.len() < rules.slow_threshold.saturating_mul(2) {
            if self.failed.is_empty() {
                self.decayed = now;
            }
            self.failed.push_back((login.to_owned(), now));
        }
    }

    /// Records a successful attempt at the given login.
    pub(super) fn record_success(&mut self, login: &str, now: Moment) {
        self.decay(now);
        self.failed.retain(|(known, at)| known != login || now.since(*at) >= SUCCESS_WITHIN);
    }

    /// Whether no logins are counted and no start times are reserved.
    pub(super) fn is_empty(&mut self, now: Moment) -> bool {
        self.decay(now);
        self.failed.is_empty() && self.next <= now
    }

    /// Decreases the count by dropping the logins that failed first.
    fn decay(&mut self, now: Moment) {
        while !self.failed.is_empty() && now.since(self.decayed) >= DECAY {
            self.failed.pop_front();
            self.decayed = self.decayed.plus(DECAY);
        }
    }
}

#[cfg(test)]
mod tests;
