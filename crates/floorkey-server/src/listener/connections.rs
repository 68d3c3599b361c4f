//! The registry of open connections. It closes inactive connections and limits the number of connections from each
//! network.

use std::collections::HashMap;
use std::net::IpAddr;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::activity::ConnectionActivity;
use floorkey_http::network_of;

/// The interval between checks of all connections.
pub(super) const WATCH_INTERVAL: Duration = Duration::from_secs(5);

/// A connection is closed after this number of consecutive checks without activity, which takes two to three times
/// [`WATCH_INTERVAL`]. This limit applies while the client is sending the head of a request, does not accept the
/// response, or has not sent any request.
const QUIET_ROUNDS_MAX: u32 = 2;

/// The maximum number of connections that are closed at a time to make room for a new connection.
const CLOSED_AT_ONCE_MAX: usize = 32;

/// The open connections.
#[derive(Default)]
pub(super) struct Connections {
    open: Mutex<Registry>,
    opened: AtomicU64,
}

#[derive(Default)]
struct Registry {
    connections: HashMap<u64, OpenConnection>,
    by_network: HashMap<IpAddr, usize>,
}

struct OpenConnection {
    activity: Arc<ConnectionActivity>,
    network: IpAddr,
    /// The number of consecutive checks without activity.
    quiet_rounds: u32,
}

impl Connections {
    /// Registers a connection from an address. Returns `None` if the network of this address already has
    /// `max_per_network` connections.
    pub(super) fn open(self: &Arc<Self>, from: IpAddr, max_per_network: usize) -> Option<ConnectionGuard> {
        let (number, activity) = (self.opened.fetch_add(1, Ordering::Relaxed), Arc::new(ConnectionActivity::new()));
        let network = network_of(from);
        let mut open = self.lock();
        let count = open.by_network.entry(network).or_default();
        if *count >= max_per_network {
            return None;
        }
        *count += 1;
        open.connections.insert(number, OpenConnection { activity: activity.clone(), network, quiet_rounds: 0 });
        Some(ConnectionGuard { all: self.clone(), number, activity })
    }

    /// Checks all connections periodically, and closes inactive connections. `idle` is the maximum time that a
    /// connection can wait for the next request.
    pub(super) async fn watch(&self, interval: Duration, idle: Duration) {
        let idle_rounds = u32::try_from(idle.as_millis().div_ceil(interval.as_millis().max(1))).unwrap_or(u32::MAX);
        loop {
            tokio::time::sleep(interval).await;
            for OpenConnection { activity, quiet_rounds, .. } in self.lock().connections.values_mut() {
                if activity.take_was_active() || activity.is_answering() {
                    *quiet_rounds = 0;
                    continue;
                }
                *quiet_rounds = quiet_rounds.saturating_add(1);
                if *quiet_rounds >= if activity.is_idle() { idle_rounds } else { QUIET_ROUNDS_MAX } {
                    activity.close();
                }
            }
        }
    }

    /// Closes connections without a request in progress. Chooses the network with the most such connections, and closes
    /// the oldest ones.
    pub(super) fn make_room(&self) {
        let open = self.lock();
        let is_closable = |open: &&OpenConnection| !open.activity.is_answering() && !open.activity.is_closing();
        let mut closable_by_network = HashMap::<IpAddr, usize>::new();
        open.connections
            .values()
            .filter(is_closable)
            .for_each(|one| *closable_by_network.entry(one.network).or_default() += 1);
        let Some((network, _)) = closable_by_network.into_iter().max_by_key(|(_, count)| *count) else { return };
        let mut in_network: Vec<_> =
            open.connections.iter().filter(|(_, one)| one.network == network && is_closable(one)).collect();
        in_network.sort_unstable_by_key(|(number, _)| **number);
        in_network.into_iter().take(CLOSED_AT_ONCE_MAX).for_each(|(_, one)| one.activity.close());
    }

    /// Signals all connections to end after they have completed any request in progress.
    pub(super) fn finish(&self) {
        self.lock().connections.values().for_each(|open| open.activity.finish());
    }

    fn lock(&self) -> MutexGuard<'_, Registry> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A registered connection. Dropping this value removes the connection from the registry.
pub(super) struct ConnectionGuard {
    all: Arc<Connections>,
    number: u64,
    activity: Arc<ConnectionActivity>,
}

impl Deref for ConnectionGuard {
    type Target = Arc<ConnectionActivity>;

    fn deref(&self) -> &Arc<ConnectionActivity> {
        &self.activity
    }
}

impl Drop for ConnectionGuard {
    fn drop(&mut self) {
        let mut open = self.all.lock();
        let Some(OpenConnection { network, .. }) = open.connections.remove(&self.number) else { return };
        if let Some(count) = open.by_network.get_mut(&network) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.by_network.remove(&network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::task::Poll;

    use tokio::time::Instant;

    use super::super::activity::ShutdownSignal;
    use super::*;

    const ANY: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    /// Waits until the connection is signaled to close.
    async fn closed(activity: &ConnectionActivity) {
        poll_fn(|context| match activity.shutdown_signal(context) {
            ShutdownSignal::Close => Poll::Ready(()),
            ShutdownSignal::Continue | ShutdownSignal::Finish => Poll::Pending,
        })
        .await;
    }

    fn watched(interval: Duration, idle: Duration) -> Arc<Connections> {
        let connections = Arc::new(Connections::default());
        let watching = connections.clone();
        tokio::spawn(async move { watching.watch(interval, idle).await });
        connections
    }

    #[tokio::test]
    async fn inactive_connections_are_closed_and_active_ones_are_not() {
        let interval = Duration::from_millis(50);
        let connections = watched(interval, 10 * interval);
        let began = Instant::now();
        let (silent, busy) = (connections.open(ANY, 9).unwrap(), connections.open(ANY, 9).unwrap());
        busy.begin();
        closed(&silent).await;
        assert!(began.elapsed() >= 3 * interval, "that it began was a sign of life at the first look");
        assert!(tokio::time::timeout(15 * interval, closed(&busy)).await.is_err(), "a request is being answered");

        busy.end();
        let ended = Instant::now();
        closed(&busy).await;
        assert!(ended.elapsed() >= 10 * interval, "it may wait for its next request");

        drop((silent, busy));
        assert!(connections.lock().connections.is_empty() && connections.lock().by_network.is_empty());
    }

    #[tokio::test]
    async fn slow_heads_and_slow_readers_are_closed_before_the_idle_timeout() {
        let interval = Duration::from_millis(50);
        let connections = watched(interval, 100 * interval);
        let one = connections.open(ANY, 9).unwrap();
        one.begin();
        one.end();
        assert!(tokio::time::timeout(8 * interval, closed(&one)).await.is_err());
        let began = Instant::now();
        one.set_in_head(true);
        closed(&one).await;
        assert!(began.elapsed() >= 2 * interval && began.elapsed() < 50 * interval);

        let slow_reader = connections.open(ANY, 9).unwrap();
        slow_reader.begin();
        slow_reader.end();
        slow_reader.record_write(false);
        let ended = Instant::now();
        closed(&slow_reader).await;
        assert!(ended.elapsed() < 50 * interval, "it does not read what it asked for");
    }

    #[test]
    fn the_network_with_the_most_connections_makes_room() {
        let connections = Arc::new(Connections::default());
        let (many, few): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let mut of_many: Vec<_> = (0..50).map(|_| connections.open(many, 50).unwrap()).collect();
        let of_few = connections.open(few, 50).unwrap();
        assert!(connections.open(many, 50).is_none() && connections.open(few, 50).is_some());

        of_many[0].begin();
        connections.make_room();
        let is_closing: Vec<_> = of_many.iter().map(|one| one.is_closing()).collect();
        assert_eq!(is_closing.iter().filter(|closing| **closing).count(), CLOSED_AT_ONCE_MAX);
        assert!(!is_closing[0] && is_closing[1] && !is_closing[49], "the oldest that answers nothing");
        assert!(!of_few.is_closing());

        of_many.pop();
        assert!(connections.open(many, 50).is_some(), "one ended");
    }

    #[tokio::test]
    async fn all_connections_are_signaled_to_finish() {
        let connections = Arc::new(Connections::default());
        let connection = connections.open(ANY, 1).unwrap();
        let signal = poll_fn(|context| match connection.shutdown_signal(context) {
            ShutdownSignal::Continue => Poll::Pending,
            bidding => Poll::Ready(bidding),
        });
        let (signal, ()) = tokio::join!(signal, async { connections.finish() });
        assert_eq!(signal, ShutdownSignal::Finish);
    }
}
