//! Request bodies: limits of size and speed, and a memory budget for the bodies of unauthenticated clients.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::{Body, Bytes};
use tokio::time::{Instant, timeout_at};

use crate::client_network::network_of;

/// Maximum time to receive a body.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The interval in which at least [`PACE_BYTES`] of a body must arrive.
const PACE: Duration = Duration::from_secs(5);
const PACE_BYTES: usize = 4 * 1024;

/// Bytes of each unauthenticated body that are not counted, so that ordinary requests succeed however many large bodies
/// are pending.
const UNCOUNTED: usize = 16 * 1024;

/// Maximum total size of unauthenticated bodies in memory, not counting the first [`UNCOUNTED`] bytes of each: of all
/// clients, and of one network.
const BUDGET: usize = 64 * 1024 * 1024;
const NETWORK_BUDGET: usize = BUDGET / 8;

/// The reason why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// The body exceeds the size limit.
    TooLarge,
    /// The connection ended before the body did.
    Incomplete,
    /// The body arrived too slowly.
    TooSlow,
    /// The memory budget for unauthenticated bodies is exhausted.
    NoRoom,
    /// The body was not read, because the request is refused whatever it contains.
    Unread,
}

/// Reads the rest of a body, after the bytes in `begun`.
///
/// # Errors
/// If the body exceeds `bytes_max`, ends early, or arrives too slowly, or if the reservation can't grow.
pub async fn collect<B: Body<Data = Bytes> + Unpin>(
    body: &mut B,
    begun: Bytes,
    bytes_max: usize,
    mut reservation: Option<&mut Reservation>,
) -> Result<Bytes, BodyError> {
    if begun.len().saturating_add(usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX)) > bytes_max {
        return Err(BodyError::TooLarge);
    }
    let now = Instant::now();
    let (end, mut next, mut came) = (now + TIMEOUT, now + PACE, 0);
    let mut whole = Whole::from(begun);
    loop {
        let frame = match timeout_at(next.min(end), body.frame()).await {
            Ok(Some(frame)) => frame.map_err(|_| BodyError::Incomplete)?,
            Ok(None) => return Ok(whole.into()),
            Err(_) if next < end && came >= PACE_BYTES => {
                (next, came) = (next + PACE, 0);
                continue;
            }
            Err(_) => return Err(BodyError::TooSlow),
        };
        let Ok(data) = frame.into_data() else { continue };
        came += data.len();
        let length = whole.len() + data.len();
        if length > bytes_max {
            return Err(BodyError::TooLarge);
        }
        if let Some(reservation) = &mut reservation {
            reservation.hold(length.saturating_sub(UNCOUNTED))?;
        }
        whole.push(data);
    }
}

/// The received part of a body. A body in a single piece is not copied.
enum Whole {
    One(Bytes),
    Several(Vec<u8>),
}

impl Whole {
    fn len(&self) -> usize {
        match self {
            Self::One(bytes) => bytes.len(),
            Self::Several(bytes) => bytes.len(),
        }
    }

    fn push(&mut self, data: Bytes) {
        match self {
            Self::One(bytes) if bytes.is_empty() => *bytes = data,
            Self::One(bytes) => *self = Self::Several([bytes.as_ref(), data.as_ref()].concat()),
            Self::Several(bytes) => bytes.extend_from_slice(&data),
        }
    }
}

impl From<Bytes> for Whole {
    fn from(bytes: Bytes) -> Self {
        Self::One(bytes)
    }
}

impl From<Whole> for Bytes {
    fn from(whole: Whole) -> Self {
        match whole {
            Whole::One(bytes) => bytes,
            Whole::Several(bytes) => bytes.into(),
        }
    }
}

/// The memory budget for unauthenticated bodies: those of requests whose signatures can be verified only with the whole
/// body.
#[derive(Default)]
pub struct BodyBudget(Mutex<Held>);

#[derive(Default)]
struct Held {
    all: usize,
    by_network: HashMap<IpAddr, usize>,
}

/// The share of the budget that one body uses. Dropping it releases the share.
pub struct Reservation {
    budget: Arc<BodyBudget>,
    network: IpAddr,
    held: usize,
}

impl BodyBudget {
    /// Creates an empty reservation for a body from this address.
    pub fn reserve(self: &Arc<Self>, from: IpAddr) -> Reservation {
        Reservation { budget: self.clone(), network: network_of(from), held: 0 }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reservation {
    /// Grows the reservation to `bytes` in total.
    fn hold(&mut self, bytes: usize) -> Result<(), BodyError> {
        let more = bytes.saturating_sub(self.held);
        if more == 0 {
            return Ok(());
        }
        let mut held = self.budget.lock();
        let of_network = held.by_network.get(&self.network).copied().unwrap_or_default();
        if held.all + more > BUDGET || of_network + more > NETWORK_BUDGET {
            return Err(BodyError::NoRoom);
        }
        held.all += more;
        held.by_network.insert(self.network, of_network + more);
        self.held = bytes;
        Ok(())
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if self.held == 0 {
            return;
        }
        let mut held = self.budget.lock();
        held.all = held.all.saturating_sub(self.held);
        let left = held.by_network.get(&self.network).copied().unwrap_or_default().saturating_sub(self.held);
        match left {
            0 => held.by_network.remove(&self.network),
            left => held.by_network.insert(self.network, left),
        };
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::Full;

    use super::*;

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit() {
        let body = |bytes: usize| Full::new(Bytes::from(vec![b'a'; bytes]));
        let begun = Bytes::from_static(b"bc");
        let taken = collect(&mut body(8), begun.clone(), 10, None).await.unwrap();
        assert_eq!(&taken[..], b"bcaaaaaaaa");
        assert_eq!(collect(&mut body(9), begun, 10, None).await, Err(BodyError::TooLarge));
    }

    #[tokio::test]
    async fn networks_share_a_budget_and_none_can_use_all_of_it() {
        let budget = Arc::new(BodyBudget::default());
        let from = |last: u8| IpAddr::from([192, 0, 2, last]);
        let mut kept = Vec::new();
        for network in 0..8 {
            let mut reservation = budget.reserve(from(network));
            reservation.hold(NETWORK_BUDGET - 10).unwrap();
            assert_eq!(reservation.hold(NETWORK_BUDGET + 1), Err(BodyError::NoRoom));
            reservation.hold(NETWORK_BUDGET).unwrap();
            assert_eq!(budget.reserve(from(network)).hold(1), Err(BodyError::NoRoom));
            kept.push(reservation);
        }
        let mut other = budget.reserve(from(200));
        assert_eq!(other.hold(1), Err(BodyError::NoRoom), "all of it is held");
        let mut small = Full::new(Bytes::from(vec![b'a'; UNCOUNTED]));
        assert!(collect(&mut small, Bytes::new(), UNCOUNTED, Some(&mut other)).await.is_ok(), "small ones don't count");
        let mut large = Full::new(Bytes::from(vec![b'a'; UNCOUNTED + 1]));
        let refused = collect(&mut large, Bytes::new(), BUDGET, Some(&mut other)).await;
        assert_eq!(refused, Err(BodyError::NoRoom));
        kept.pop();
        other.hold(NETWORK_BUDGET).expect("one was given back");
        drop((kept, other));
        let held = budget.lock();
        assert!(held.all == 0 && held.by_network.is_empty());
    }
}
