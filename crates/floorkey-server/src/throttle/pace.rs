//! The pace of one network: how fast attempts from it are verified.
//!
//! Pure: time comes in as a parameter. What counts is not how many attempts fail but at how many logins: people who
//! mistype succeed a moment later, and whoever tries a few passwords at many logins does not. A login counts from its
//! failure on until it succeeds, if it does within ten minutes. The count falls by one a minute. From a number of
//! logins on the network is slow: its attempts take turns, with a bounded queue. It is never shut.

use std::collections::VecDeque;
use std::time::Duration;

use crate::moment::Moment;

/// A login that succeeds within this time after its failure does not count.
const SUCCESS_WITHIN: Duration = Duration::from_secs(10 * 60);

/// How often the count falls by one.
const DECAY: Duration = Duration::from_secs(60);

/// When a network is slow, and how slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PaceRules {
    /// The number of logins from which on the network is slow. At most twice as many are counted, so that a network
    /// recovers soon after an attack.
    pub(super) slow_from: usize,
    /// Time between two turns of a slow network.
    pub(super) turn_every: Duration,
    /// Attempts that wait for their turn.
    pub(super) queue: u32,
}

/// When an attempt has its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// At once.
    Now,
    /// Then.
    At(Moment),
    /// The queue is full.
    Full,
}

/// The pace of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    /// Logins that failed, and when they did last, in the order of their first failure.
    failed: VecDeque<(String, Moment)>,
    /// When the count began, or fell last.
    decayed: Moment,
    /// The next free turn.
    next: Moment,
}

impl Pace {
    /// The pace of a network from which nothing failed.
    pub(super) const fn new(now: Moment) -> Self {
        Self { failed: VecDeque::new(), decayed: now, next: now }
    }

    /// Gives an attempt its turn.
    pub(super) fn start(&mut self, rules: PaceRules, now: Moment) -> Start {
        self.decay(now);
        if self.failed.len() < rules.slow_from {
            return Start::Now;
        }
        let turn = self.next.max(now);
        if turn.since(now) > rules.turn_every.saturating_mul(rules.queue) {
            return Start::Full;
        }
        self.next = turn.plus(rules.turn_every);
        if turn == now { Start::Now } else { Start::At(turn) }
    }

    /// An attempt at this login failed.
    pub(super) fn failed(&mut self, rules: PaceRules, login: &str, now: Moment) {
        self.decay(now);
        if let Some((_, at)) = self.failed.iter_mut().find(|(known, _)| known == login) {
            *at = now;
        } else if self.failed.len() < rules.slow_from.saturating_mul(2) {
            if self.failed.is_empty() {
                self.decayed = now;
            }
            self.failed.push_back((login.to_owned(), now));
        }
    }

    /// An attempt at this login succeeded.
    pub(super) fn succeeded(&mut self, login: &str, now: Moment) {
        self.decay(now);
        self.failed.retain(|(known, at)| known != login || now.since(*at) >= SUCCESS_WITHIN);
    }

    /// Whether nothing is left to remember.
    pub(super) fn is_blank(&mut self, now: Moment) -> bool {
        self.decay(now);
        self.failed.is_empty() && self.next <= now
    }

    /// Lets the count fall: the logins that failed first go first.
    fn decay(&mut self, now: Moment) {
        while !self.failed.is_empty() && now.since(self.decayed) >= DECAY {
            self.failed.pop_front();
            self.decayed = self.decayed.plus(DECAY);
        }
    }
}

#[cfg(test)]
mod tests;
