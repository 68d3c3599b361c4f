//! The rate of one network: how fast attempts from it are verified.
//!
//! Pure: time is a parameter. The rate depends on the number of logins with failures and not on the number of failures:
//! people who mistype succeed shortly afterwards, and attackers who try a few passwords at many logins don't. A login
//! counts from its failure until it succeeds, if it does so within ten minutes. The count decreases by one per minute.
//! Above a number of logins the network is slow: its attempts take turns in a bounded queue. It is never blocked.

use std::collections::VecDeque;
use std::time::Duration;

use crate::moment::Moment;

/// A login that succeeds within this time after its failure does not count.
const SUCCESS_WITHIN: Duration = Duration::from_secs(10 * 60);

/// The interval at which the count decreases by one.
const DECAY: Duration = Duration::from_secs(60);

/// When a network is slow, and how slow it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RateRules {
    /// The number of logins from which on the network is slow. At most twice as many are counted, so that a network
    /// recovers soon after an attack.
    pub(super) slow_threshold: usize,
    /// The time between two turns of a slow network.
    pub(super) turn_every: Duration,
    /// Maximum number of attempts that wait for their turn.
    pub(super) queue: u32,
}

/// When an attempt has its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartTime {
    /// Immediately.
    Now,
    /// At this time.
    At(Moment),
    /// Not at all, because the queue is full.
    Full,
}

/// The rate of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NetworkRate {
    /// The logins with failures and the time of the last failure of each, in the order of their first failures.
    failed: VecDeque<(String, Moment)>,
    /// When the count started or last decreased.
    decayed: Moment,
    /// The next free turn.
    next: Moment,
}

impl NetworkRate {
    /// Creates the rate of a network without failures.
    pub(super) const fn new(now: Moment) -> Self {
        Self { failed: VecDeque::new(), decayed: now, next: now }
    }

    /// Assigns a turn to an attempt.
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

    /// Records a failed attempt at this login.
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

    /// Records a successful attempt at this login.
    pub(super) fn record_success(&mut self, login: &str, now: Moment) {
        self.decay(now);
        self.failed.retain(|(known, at)| known != login || now.since(*at) >= SUCCESS_WITHIN);
    }

    /// Whether there is nothing left to remember.
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
