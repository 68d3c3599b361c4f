//! Failed sign-ins for the event history. They are collected in memory and written at fixed intervals, so that no
//! response waits for a write.
//!
//! The first failures of a user in a minute have an event each. Further failures, throttled attempts, and attempts with
//! unknown logins are aggregated: one event per user (or per unknown logins), network and minute. A flood therefore
//! leaves a trace without filling the disk. A crash loses unwritten entries: events of the last second, and aggregates
//! of the last minute.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use floorkey::audit::Flag;
use floorkey::{Act, Actor, InstanceId, RecordKey, Timestamp, UserId};
use floorkey_store::StoreError;
use tokio::task::JoinSet;

use crate::activity::Activities;
use crate::failure::Failure;
use crate::moment::Moment;
use crate::network::Network;
use crate::outside;
use crate::service::Service;

/// How often entries are written.
pub const WRITE_EVERY: Duration = Duration::from_secs(1);

/// The period of one aggregate.
const MINUTE: Duration = Duration::from_secs(60);

/// Maximum number of individual events of one user in a minute.
const EVENTS_MAX: u32 = 10;

/// Maximum number of aggregates at a time. Further attempts are aggregated by instance alone.
const SUMS_MAX: usize = 10_000;

/// Maximum number of entries that are kept for a retry if they can't be written.
const KEPT_MAX: usize = 1_000;

/// A failed sign-in.
#[derive(Clone, Debug)]
pub struct FailedSignIn {
    /// The instance.
    pub instance: InstanceId,
    /// `None` for an unknown login.
    pub user: Option<UserId>,
    /// The client's IP address.
    pub client: IpAddr,
    /// The browser's `User-Agent`.
    pub agent: String,
}

/// An entry to be written: an event or an aggregate.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    instance: InstanceId,
    user: Option<UserId>,
    /// An IP address or a network.
    address: Option<String>,
    agent: Option<String>,
    at: Timestamp,
    /// Number of attempts whose password was verified and wrong.
    verified: u64,
    /// For an aggregate: the number of attempts.
    sum: Option<u64>,
}

/// The key of an aggregate: attempts for a user or with unknown logins, from one network; or, without a network, all
/// further attempts.
type SumKey = (InstanceId, Option<UserId>, Option<Network>);

/// Failed sign-ins that are not written yet.
#[derive(Default)]
pub struct FailedSignIns(Mutex<Gathered>);

#[derive(Default)]
struct Gathered {
    events: Vec<Entry>,
    /// Aggregates, with the start of their minute.
    sums: HashMap<SumKey, (Moment, Entry)>,
    /// The start of a user's minute, and the number of events in it.
    minutes: HashMap<(InstanceId, UserId), (Moment, u32)>,
}

impl FailedSignIns {
    /// Adds an attempt. `was_verified` is whether its password was verified.
    pub fn add(&self, failed: FailedSignIn, was_verified: bool, wall: Timestamp, now: Moment) {
        let mut gathered = self.lock();
        if let Some(user) = failed.user.filter(|_| was_verified) {
            let minute = gathered.minutes.entry((failed.instance, user)).or_insert((now, 0));
            if minute.1 < EVENTS_MAX {
                minute.1 += 1;
                let FailedSignIn { instance, user, client, agent } = failed;
                let (address, agent) = (Some(client.to_string()), Some(agent));
                return gathered.events.push(Entry {
                    instance,
                    user,
                    address,
                    agent,
                    at: wall,
                    verified: 1,
                    sum: None,
                });
            }
        }
        gathered.sum_up(&failed, was_verified, wall, now);
    }

    /// Takes back an entry that could not be written. If there is no room for it, it is aggregated.
    fn keep(&self, entry: Entry, now: Moment) {
        let mut gathered = self.lock();
        if gathered.events.len() < KEPT_MAX {
            return gathered.events.push(entry);
        }
        let key = (entry.instance, entry.user, None);
        let (_, sum) = gathered
            .sums
            .entry(key)
            .or_insert_with(|| (now, Entry { address: None, agent: None, verified: 0, sum: Some(0), ..entry.clone() }));
        sum.verified += entry.verified;
        sum.sum = sum.sum.map(|sum| sum + entry.sum.unwrap_or(1));
    }

    /// Takes the entries to write: all events, and the aggregates whose minute is over, or all of them.
    fn take(&self, now: Moment, all: bool) -> Vec<Entry> {
        let mut gathered = self.lock();
        let is_over = |began: Moment| all || now.since(began) >= MINUTE;
        gathered.minutes.retain(|_, (began, _)| !is_over(*began));
        let mut entries = std::mem::take(&mut gathered.events);
        entries.extend(gathered.sums.extract_if(|_, (began, _)| is_over(*began)).map(|(_, (_, entry))| entry));
        entries
    }

    fn lock(&self) -> MutexGuard<'_, Gathered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gathered {
    fn sum_up(&mut self, failed: &FailedSignIn, was_verified: bool, wall: Timestamp, now: Moment) {
        let network = Network::from(failed.client);
        let own = (failed.instance, failed.user, Some(network));
        let key = match self.sums.len() < SUMS_MAX || self.sums.contains_key(&own) {
            true => own,
            false => (failed.instance, None, None),
        };
        let (_, entry) = self.sums.entry(key).or_insert_with(|| {
            let (instance, user, network) = key;
            let address = network.map(|network| network.to_string());
            (now, Entry { instance, user, address, agent: None, at: wall, verified: 0, sum: Some(0) })
        });
        entry.at = wall;
        entry.verified += u64::from(was_verified);
        entry.sum = entry.sum.map(|sum| sum + 1);
    }
}

/// Writes collected entries periodically while the server runs.
pub async fn keep_writing(service: Arc<Service>, activities: Arc<Activities>) {
    for round in 1_u32.. {
        tokio::time::sleep(WRITE_EVERY).await;
        write(&service, &activities, false).await;
        if round.is_multiple_of(60) {
            service.throttle().forget(outside::moment());
        }
    }
}

/// Writes changed counts and failed sign-ins; if `all`, also aggregates whose minute is not over. Failures are logged,
/// and retried the next time.
pub async fn write(service: &Arc<Service>, activities: &Activities, all: bool) {
    if let Err(error) = service.write_counts().await {
        tracing::warn!(%error, "can't write counts of failed sign-ins; will retry");
    }
    let mut writing = JoinSet::new();
    for mut entry in service.failed_sign_ins().take(outside::moment(), all) {
        match count(activities, service, &entry).await {
            Ok(()) => entry.verified = 0,
            Err(error) => tracing::warn!(%error, "can't count a failed sign-in; will retry"),
        }
        let service = service.clone();
        writing.spawn(async move {
            if let Err(failure) = record(&service, &entry).await {
                tracing::warn!(%failure, "can't write a failed sign-in; will retry");
                service.failed_sign_ins().keep(entry, outside::moment());
            }
        });
    }
    while writing.join_next().await.is_some() {}
}

async fn count(activity: &Activities, service: &Service, entry: &Entry) -> Result<(), StoreError> {
    let Some(user) = entry.user.filter(|_| entry.verified > 0) else { return Ok(()) };
    activity.failed(service.store(), entry.instance, user, entry.at, entry.verified).await
}

async fn record(service: &Service, entry: &Entry) -> Result<(), Failure> {
    let Some(directory) = service.engine().current(entry.instance) else { return Ok(()) };
    let actor = Actor {
        request_id: uuid::Uuid::from_u128(outside::id()).to_string(),
        address: entry.address.clone(),
        agent: entry.agent.clone(),
        ..Actor::system()
    };
    let targets = entry.user.map(RecordKey::User).into_iter().collect();
    let mut event = floorkey::noted(&actor, Act::FailedSignIn, targets, directory.revision(), entry.at);
    event.flags.extend(entry.sum.map(|times| Flag::Repeated { times }));
    service.record(entry.instance, event).await
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
        entries.sort_by_key(|entry| entry.sum);
        let told: Vec<_> = entries.iter().map(|entry| (entry.address.as_deref(), entry.sum, entry.verified)).collect();
        assert_eq!(told, [(Some("2001:db8::/64"), Some(50), 50), (Some("192.0.2.0/24"), Some(100), 59)]);
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
        assert!(events.iter().all(|entry| entry.sum.is_none() && entry.address.as_deref() == Some("192.0.2.7")));
        let sums = log.take(at(60).1, false);
        assert_eq!(sums.iter().map(|entry| (entry.sum, entry.verified)).collect::<Vec<_>>(), [(Some(16), 15)]);
        assert!(sums.iter().all(|entry| entry.user == Some(UserId::from_bits(7))));
        // The next minute starts a new count.
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
        let sums = log.take(now, true);
        assert_eq!(sums.len(), SUMS_MAX + 1);
        assert_eq!(sums.iter().filter_map(|entry| entry.sum).sum::<u64>(), 15_000);
    }
}
