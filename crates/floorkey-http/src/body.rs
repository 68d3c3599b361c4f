//! Request bodies: limits on their size and speed, and a limit on the memory used by bodies of unauthenticated clients.

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

/// The length of each interval in which at least [`RATE_WINDOW_BYTES_MIN`] bytes of a body must arrive.
const RATE_WINDOW: Duration = Duration::from_secs(5);
const RATE_WINDOW_BYTES_MIN: usize = 4 * 1024;

/// Number of bytes of each unauthenticated body that don't count toward [`BUDGET`]. Ordinary requests therefore succeed
/// no matter how many large bodies are being received.
const UNCOUNTED_BYTES: usize = 16 * 1024;

/// Maximum total size of all unauthenticated bodies in memory. [`NETWORK_BUDGET`] is the maximum for clients in the
/// same network. The first [`UNCOUNTED_BYTES`] bytes of each body are not counted.
const BUDGET: usize = 64 * 1024 * 1024;
const NETWORK_BUDGET: usize = BUDGET / 8;

/// The reason why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// The body exceeds the size limit.
    TooLarge,
    /// The connection ended before the whole body was received.
    Incomplete,
    /// The body arrived too slowly.
    TooSlow,
    /// The memory budget for unauthenticated bodies is exhausted.
    BudgetExhausted,
    /// The body was not read, because the request is refused regardless of its body.
    Unread,
}

/// Reads the rest of a body and returns the whole body. `prefix` contains the bytes that were already received.
///
/// # Errors
/// Returns an error if the body exceeds `bytes_max`, ends early or arrives too slowly, or if the memory budget is
/// exhausted.
pub async fn collect<B: Body<Data = Bytes> + Unpin>(
    body: &mut B,
    prefix: Bytes,
    bytes_max: usize,
    mut reservation: Option<&mut BodyReservation>,
) -> Result<Bytes, BodyError> {
    if prefix.len().saturating_add(usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX)) > bytes_max {
        return Err(BodyError::TooLarge);
    }
    let now = Instant::now();
    let (end, mut next, mut received) = (now + TIMEOUT, now + RATE_WINDOW, 0);
    let mut buffer = BodyBuffer::from(prefix);
    loop {
        let frame = match timeout_at(next.min(end), body.frame()).await {
            Ok(Some(frame)) => frame.map_err(|_| BodyError::Incomplete)?,
            Ok(None) => return Ok(buffer.into()),
            Err(_) if next < end && received >= RATE_WINDOW_BYTES_MIN => {
                (next, received) = (next + RATE_WINDOW, 0);
                continue;
            }
            Err(_) => return Err(BodyError::TooSlow),
        };
        let Ok(data) = frame.into_data() else { continue };
        received += data.len();
        let length = buffer.len() + data.len();
        if length > bytes_max {
            return Err(BodyError::TooLarge);
        }
        if let Some(reservation) = &mut reservation {
            reservation.grow_to(length.saturating_sub(UNCOUNTED_BYTES))?;
        }
        buffer.push(data);
    }
}

/// The part of a body that has been received. A body that arrives in a single piece is not copied.
enum BodyBuffer {
    Single(Bytes),
    Several(Vec<u8>),
}

impl BodyBuffer {
    fn len(&self) -> usize {
        match self {
            Self::Single(bytes) => bytes.len(),
            Self::Several(bytes) => bytes.len(),
        }
    }

    fn push(&mut self, data: Bytes) {
        match self {
            Self::Single(bytes) if bytes.is_empty() => *bytes = data,
            Self::Single(bytes) => *self = Self::Several([bytes.as_ref(), data.as_ref()].concat()),
            Self::Several(bytes) => bytes.extend_from_slice(&data),
        }
    }
}

impl From<Bytes> for BodyBuffer {
    fn from(bytes: Bytes) -> Self {
        Self::Single(bytes)
    }
}

impl From<BodyBuffer> for Bytes {
    fn from(buffer: BodyBuffer) -> Self {
        match buffer {
            BodyBuffer::Single(bytes) => bytes,
            BodyBuffer::Several(bytes) => bytes.into(),
        }
    }
}

/// The memory budget for unauthenticated bodies. A body is unauthenticated until the request's signature is verified,
/// and some signatures can be verified only with the whole body.
#[derive(Default)]
pub struct BodyBudget(Mutex<BudgetUsage>);

#[derive(Default)]
struct BudgetUsage {
    total: usize,
    by_network: HashMap<IpAddr, usize>,
}

/// The part of the memory budget that is reserved for one body. Dropping the reservation releases this memory.
pub struct BodyReservation {
    budget: Arc<BodyBudget>,
    network: IpAddr,
    reserved: usize,
}

impl BodyBudget {
    /// Creates an empty reservation for a body from the given address.
    pub fn reserve(self: &Arc<Self>, from: IpAddr) -> BodyReservation {
        BodyReservation { budget: self.clone(), network: network_of(from), reserved: 0 }
    }

    fn lock(&self) -> MutexGuard<'_, BudgetUsage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BodyReservation {
    /// Increases the reservation to a total of `bytes` bytes.
    fn grow_to(&mut self, bytes: usize) -> Result<(), BodyError> {
        let more = bytes.saturating_sub(self.reserved);
        if more == 0 {
            return Ok(());
        }
        let mut usage = self.budget.lock();
        let network_usage = usage.by_network.get(&self.network).copied().unwrap_or_default();
        if usage.total + more > BUDGET || network_usage + more > NETWORK_BUDGET {
            return Err(BodyError::BudgetExhausted);
        }
        usage.total += more;
        usage.by_network.insert(self.network, network_usage + more);
        self.reserved = bytes;
        Ok(())
    }
}

impl Drop for BodyReservation {
    fn drop(&mut self) {
        if self.reserved == 0 {
            return;
        }
        let mut usage = self.budget.lock();
        usage.total = usage.total.saturating_sub(self.reserved);
        let left = usage.by_network.get(&self.network).copied().unwrap_or_default().saturating_sub(self.reserved);
        match left {
            0 => usage.by_network.remove(&self.network),
            left => usage.by_network.insert(self.network, left),
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
        let prefix = Bytes::from_static(b"bc");
        let taken = collect(&mut body(8), prefix.clone(), 10, None).await.unwrap();
        assert_eq!(&taken[..], b"bcaaaaaaaa");
        assert_eq!(collect(&mut body(9), prefix, 10, None).await, Err(BodyError::TooLarge));
    }

    #[tokio::test]
    async fn networks_share_a_budget_and_none_can_use_all_of_it() {
        let budget = Arc::new(BodyBudget::default());
        let from = |last: u8| IpAddr::from([192, 0, 2, last]);
        let mut kept = Vec::new();
        for network in 0..8 {
            let mut reservation = budget.reserve(from(network));
            reservation.grow_to(NETWORK_BUDGET - 10).unwrap();
            assert_eq!(reservation.grow_to(NETWORK_BUDGET + 1), Err(BodyError::BudgetExhausted));
            reservation.grow_to(NETWORK_BUDGET).unwrap();
            assert_eq!(budget.reserve(from(network)).grow_to(1), Err(BodyError::BudgetExhausted));
            kept.push(reservation);
        }
        let mut other = budget.reserve(from(200));
        assert_eq!(other.grow_to(1), Err(BodyError::BudgetExhausted), "all of it is held");
        let mut small = Full::new(Bytes::from(vec![b'a'; UNCOUNTED_BYTES]));
        assert!(
            collect(&mut small, Bytes::new(), UNCOUNTED_BYTES, Some(&mut other)).await.is_ok(),
            "small ones don't count"
        );
        let mut large = Full::new(Bytes::from(vec![b'a'; UNCOUNTED_BYTES + 1]));
        let refused = collect(&mut large, Bytes::new(), BUDGET, Some(&mut other)).await;
        assert_eq!(refused, Err(BodyError::BudgetExhausted));
        kept.pop();
        other.grow_to(NETWORK_BUDGET).expect("one was given back");
        drop((kept, other));
        let usage = budget.lock();
        assert!(usage.total == 0 && usage.by_network.is_empty());
    }
}
