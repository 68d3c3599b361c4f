//! Failed sign-ins for the event history. They are collected in memory and written at fixed intervals, so that no
//! response waits for a write.
//!
//! In each minute, a user's first failures are recorded as separate events. Further failures, throttled attempts, and
//! attempts with unknown logins are aggregated. Each combination of user, network and minute has one aggregate event,
//! and all unknown logins count as one user. Floods of attempts are therefore recorded without filling the disk.
//!
//! A crash loses the unwritten entries: the events of the last second and the aggregates of the last minute.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use floorkey::{InstanceId, Timestamp, UserId};

use crate::moment::Moment;
use crate::network::Network;

/// The length of the period in which attempts are aggregated.
const AGGREGATION_WINDOW: Duration = Duration::from_secs(60);

/// The maximum number of failures that are recorded as separate events per user and minute.
const EVENTS_MAX: u32 = 10;

/// The maximum number of concurrent aggregates. If there are more, attempts are aggregated per instance, regardless of
/// user and network.
const AGGREGATES_MAX: usize = 10_000;

/// The maximum number of entries that are kept for another attempt after a failed write.
const RETRY_MAX: usize = 1_000;

/// A failed sign-in.
#[derive(Clone, Debug)]
pub struct FailedSignIn {
    /// The instance.
    pub instance: InstanceId,
    /// The user; `None` for an unknown login.
    pub user: Option<UserId>,
    /// The client's IP address.
    pub client: IpAddr,
    /// The browser's `User-Agent`.
    pub agent: String,
}

/// An entry to be written: an event or an aggregate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogEntry {
    pub(crate) instance: InstanceId,
    pub(crate) user: Option<UserId>,
    /// The client's IP address or network.
    pub(crate) address: Option<String>,
    pub(crate) agent: Option<String>,
    pub(crate) at: Timestamp,
    /// The number of attempts whose password was checked and found to be wrong.
    pub(crate) verified: u64,
    /// The number of attempts in an aggregate; `None` for a single event.
    pub(crate) total: Option<u64>,
}

/// The key of an aggregate. The user is `None` for attempts with unknown logins. The network is `None` if the aggregate
/// contains attempts from all networks.
type AggregateKey = (InstanceId, Option<UserId>, Option<Network>);

/// Failed sign-ins that have not been written yet.
#[derive(Default)]
pub struct FailedSignIns(Mutex<Pending>);

#[derive(Default)]
struct Pending {
    events: Vec<LogEntry>,
    /// The aggregates, each with the start of the minute that it belongs to.
    aggregates: HashMap<AggregateKey, (Moment, LogEntry)>,
    /// The start of each user's current minute, and the number of the user's events in that minute.
    minutes: HashMap<(InstanceId, UserId), (Moment, u32)>,
}

impl FailedSignIns {
    /// Adds a failed attempt. `was_verified` states whether the attempt's password was checked.
    pub fn add(&self, failed: FailedSignIn, was_verified: bool, wall: Timestamp, now: Moment) {
        let mut pending = self.lock();
        if let Some(user) = failed.user.filter(|_| was_verified) {
            let minute = pending.minutes.entry((failed.instance, user)).or_insert((now, 0));
            if minute.1 < EVENTS_MAX {
                minute.1 += 1;
                let FailedSignIn { instance, user, client, agent } = failed;
                let (address, agent) = (Some(client.to_string()), Some(agent));
                return pending.events.push(LogEntry {
                    instance,
                    user,
                    address,
                    agent,
                    at: wall,
                    verified: 1,
                    total: None,
                });
            }
        }
        pending.aggregate(&failed, was_verified, wall, now);
    }

    /// Adds an entry again after a failed write. If too many entries are pending, the entry is merged into an
    /// aggregate.
    pub(crate) fn requeue(&self, entry: LogEntry, now: Moment) {
        let mut pending = self.lock();
        if pending.events.len() < RETRY_MAX {
            return pending.events.push(entry);
        }
        let key = (entry.instance, entry.user, None);
        let (_, aggregate) = pending.aggregates.entry(key).or_insert_with(|| {
            (now, LogEntry { address: None, agent: None, verified: 0, total: Some(0), ..entry.clone() })
        });
        aggregate.verified += entry.verified;
        aggregate.total = aggregate.total.map(|total| total + entry.total.unwrap_or(1));
    }

    /// Removes and returns the entries to write: all events, and the aggregates whose minute has ended. If `all` is
    /// true, includes the remaining aggregates.
    pub(crate) fn take(&self, now: Moment, all: bool) -> Vec<LogEntry> {
        let mut pending = self.lock();
        let is_over = |began: Moment| all || now.since(began) >= AGGREGATION_WINDOW;
        pending.minutes.retain(|_, (began, _)| !is_over(*began));
        let mut entries = std::mem::take(&mut pending.events);
        entries.extend(pending.aggregates.extract_if(|_, (began, _)| is_over(*began)).map(|(_, (_, entry))| entry));
        entries
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pending {
    fn aggregate(&mut self, failed: &FailedSignIn, was_verified: bool, wall: Timestamp, now: Moment) {
        let network = Network::from(failed.client);
        let own_key = (failed.instance, failed.user, Some(network));
        let key = match self.aggregates.len() < AGGREGATES_MAX || self.aggregates.contains_key(&own_key) {
            true => own_key,
            false => (failed.instance, None, None),
        };
        let (_, entry) = self.aggregates.entry(key).or_insert_with(|| {
            let (instance, user, network) = key;
            let address = network.map(|network| network.to_string());
            (now, LogEntry { instance, user, address, agent: None, at: wall, verified: 0, total: Some(0) })
        });
        entry.at = wall;
        entry.verified += u64::from(was_verified);
        entry.total = entry.total.map(|total| total + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> (Timestamp, Moment) {
        (Timestamp::from_millis(1_000_000 + seconds * 1000), Moment::from_millis(seconds * 1000))
    }

    fn failed(user: Option<u128>, client: &str) -> FailedSignIn {
        let (instance, user) = (InstanceId::from_bits(1), user.map(UserId::from_bits));
        FailedSignIn { instance, user, client: client.parse().unwrap(), agent: "a browser".to_owned() }
    }

    #[test]
    fn attempts_with_unknown_logins_are_one_event_for_each_network_and_minute() {
        let log = FailedSignIns::default();
        for second in 0..50 {
            let (wall, now) = at(second);
            log.add(failed(None, "192.0.2.7"), second < 9, wall, now);
            log.add(failed(None, "192.0.2.8"), true, wall, now);
            log.add(failed(None, "2001:db8::1"), true, wall, now);
            assert_eq!(log.take(now, false), []);
        }
        let mut entries = log.take(at(60).1, false);
        entries.sort_by_key(|entry| entry.total);
        let summary: Vec<_> =
            entries.iter().map(|entry| (entry.address.as_deref(), entry.total, entry.verified)).collect();
        assert_eq!(summary, [(Some("2001:db8::/64"), Some(50), 50), (Some("192.0.2.0/24"), Some(100), 59)]);
        assert!(entries.iter().all(|entry| entry.user.is_none() && entry.at == at(49).0));
        assert_eq!(log.take(at(200).1, true), []);
    }

    #[test]
    fn the_first_failures_of_a_user_have_an_event_each_and_further_ones_are_aggregated() {
        let log = FailedSignIns::default();
        let (wall, now) = at(0);
        for _ in 0..25 {
            log.add(failed(Some(7), "192.0.2.7"), true, wall, now);
        }
        log.add(failed(Some(7), "192.0.2.7"), false, wall, now);
        let events = log.take(now, false);
        assert_eq!(events.len(), 10);
        assert!(events.iter().all(|entry| entry.total.is_none() && entry.address.as_deref() == Some("192.0.2.7")));
        let aggregates = log.take(at(60).1, false);
        assert_eq!(aggregates.iter().map(|entry| (entry.total, entry.verified)).collect::<Vec<_>>(), [(Some(16), 15)]);
        assert!(aggregates.iter().all(|entry| entry.user == Some(UserId::from_bits(7))));
        // After one minute, a new count starts.
        log.add(failed(Some(7), "192.0.2.7"), true, wall, at(61).1);
        assert_eq!(log.take(at(61).1, false).len(), 1);
    }

    #[test]
    fn aggregates_of_a_distributed_flood_are_bounded() {
        let log = FailedSignIns::default();
        let (wall, now) = at(0);
        for number in 0..15_000_u32 {
            let client = std::net::Ipv4Addr::from_bits(number << 8).to_string();
            log.add(failed(None, &client), true, wall, now);
        }
        let aggregates = log.take(now, true);
        assert_eq!(aggregates.len(), AGGREGATES_MAX + 1);
        assert_eq!(aggregates.iter().filter_map(|entry| entry.total).sum::<u64>(), 15_000);
    }
}
