//! The queue for password hashing.
//!
//! Hashing is deliberately expensive, so only a few hashes run at a time, and further requests wait. Each class of
//! requests has a separate queue with a maximum length, so a flood of requests in one class does not block the other
//! classes. The queues take turns.
//!
//! A party is the network, the user or the operator that a request comes from. Within a queue, parties also take turns,
//! so a party with many requests does not delay the requests of other parties.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use floorkey::{InstanceId, Principal, UserId};
use tokio::sync::oneshot;

use crate::network::Network;

/// The class of a hashing request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestClass {
    /// A sign-in from an unknown browser.
    Strangers,
    /// A sign-in from a browser that the user has already used to sign in.
    KnownBrowsers,
    /// A signed API call, or an action of a signed-in user.
    Callers,
}

impl RequestClass {
    const ALL: [Self; 3] = [Self::Callers, Self::KnownBrowsers, Self::Strangers];

    /// Returns two limits on the number of waiting and running requests: the limit for the class, and the limit for
    /// each party.
    const fn bounds(self) -> (usize, usize) {
        match self {
            Self::Strangers => (200, 100),
            Self::KnownBrowsers => (200, 5),
            Self::Callers => (500, 500),
        }
    }
}

/// The origin of a request, for fair queueing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Party {
    /// All clients in a network.
    Network(Network),
    /// A user.
    User(InstanceId, UserId),
    /// The operator or the system.
    Operator,
}

impl Party {
    /// Returns the party that a principal belongs to.
    pub(crate) fn from_principal(instance: InstanceId, principal: &Principal) -> Self {
        match principal {
            Principal::User { id, .. } => Self::User(instance, *id),
            Principal::Operator { .. } | Principal::System => Self::Operator,
        }
    }
}

/// The error that occurs if a class's queue is full, or if a party has used up its share of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueFull;

/// The queue of requests for password hashing.
#[derive(Debug)]
pub struct HashingQueue(Mutex<QueueState>);

#[derive(Debug)]
struct QueueState {
    running_max: usize,
    running: usize,
    strangers: ClassQueue,
    known_browsers: ClassQueue,
    callers: ClassQueue,
    /// The classes, in the order in which their next requests will start.
    order: VecDeque<RequestClass>,
}

/// The requests of one class.
#[derive(Debug, Default)]
struct ClassQueue {
    /// The number of waiting and running requests of each party.
    parties: HashMap<Party, usize>,
    all: usize,
    /// The parties with waiting requests, in the order in which their next requests will start.
    turns: VecDeque<Party>,
    waiting: HashMap<Party, VecDeque<oneshot::Sender<HashingPermit>>>,
}

/// A permit to run one hash. Dropping the permit starts the next waiting request.
#[derive(Debug)]
pub struct HashingPermit {
    /// The queue whose next request starts when the permit is dropped. `None` if dropping the permit must not start a
    /// request.
    queue: Option<Arc<HashingQueue>>,
    reservation: Option<ClassReservation>,
}

impl Drop for HashingPermit {
    fn drop(&mut self) {
        drop(self.reservation.take());
        if let Some(queue) = self.queue.take() {
            queue.hand_over();
        }
    }
}

/// A request that counts toward the limits of its class and party. Dropping the reservation ends the counting.
#[derive(Debug)]
struct ClassReservation {
    queue: Arc<HashingQueue>,
    class: RequestClass,
    party: Party,
}

impl Drop for ClassReservation {
    fn drop(&mut self) {
        self.queue.lock().class_queue(self.class).leave(self.party);
    }
}

impl HashingQueue {
    /// Creates a queue that runs at most `running_max` requests at a time.
    pub fn new(running_max: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(QueueState {
            running_max,
            running: 0,
            strangers: ClassQueue::default(),
            known_browsers: ClassQueue::default(),
            callers: ClassQueue::default(),
            order: RequestClass::ALL.into(),
        })))
    }

    /// Waits for a permit to run a hash.
    ///
    /// # Errors
    /// Returns [`QueueFull`] immediately if the class's queue is full, or if the party has used up its share of the
    /// queue.
    pub async fn acquire(self: &Arc<Self>, class: RequestClass, party: Party) -> Result<HashingPermit, QueueFull> {
        let (reservation, receiver) = {
            let mut state = self.lock();
            if !state.class_queue(class).try_enter(class, party) {
                return Err(QueueFull);
            }
            let reservation = ClassReservation { queue: self.clone(), class, party };
            if state.running < state.running_max {
                state.running += 1;
                return Ok(HashingPermit { queue: Some(self.clone()), reservation: Some(reservation) });
            }
            (reservation, state.class_queue(class).enqueue(party))
        };
        // Receiving can't fail, because every sender sends a permit before it is dropped.
        let mut permit = receiver.await.map_err(|_| QueueFull)?;
        permit.reservation = Some(reservation);
        Ok(permit)
    }

    /// Passes the permit to the next waiting request. Skips requests that were canceled while they were waiting.
    fn hand_over(self: Arc<Self>) {
        loop {
            let next = self.lock().take_next();
            let Some(next) = next else { return };
            let Err(mut permit) = next.send(HashingPermit { queue: Some(self.clone()), reservation: None }) else {
                return;
            };
            // The receiver is gone because the request was canceled while it was waiting.
            permit.queue = None;
        }
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl QueueState {
    fn class_queue(&mut self, class: RequestClass) -> &mut ClassQueue {
        match class {
            RequestClass::Strangers => &mut self.strangers,
            RequestClass::KnownBrowsers => &mut self.known_browsers,
            RequestClass::Callers => &mut self.callers,
        }
    }

    /// Removes and returns the next waiting request. If no request is waiting, decrements the number of running
    /// requests.
    fn take_next(&mut self) -> Option<oneshot::Sender<HashingPermit>> {
        for class in self.order.clone() {
            self.order.rotate_left(1);
            if let Some(next) = self.class_queue(class).take_next() {
                return Some(next);
            }
        }
        self.running = self.running.saturating_sub(1);
        None
    }
}

impl ClassQueue {
    /// Counts a new request of the given party. Returns `false` if the class or the party has already reached its
    /// limit.
    fn try_enter(&mut self, class: RequestClass, party: Party) -> bool {
        let (all_max, party_max) = class.bounds();
        let party_count = self.parties.get(&party).copied().unwrap_or(0);
        if self.all >= all_max || party_count >= party_max {
            return false;
        }
        self.all += 1;
        self.parties.insert(party, party_count + 1);
        true
    }

    fn leave(&mut self, party: Party) {
        self.all = self.all.saturating_sub(1);
        match self.parties.get_mut(&party) {
            Some(party_count) if *party_count > 1 => *party_count -= 1,
            _ => drop(self.parties.remove(&party)),
        }
    }

    fn enqueue(&mut self, party: Party) -> oneshot::Receiver<HashingPermit> {
        let (sender, receiver) = oneshot::channel();
        let requests = self.waiting.entry(party).or_default();
        if requests.is_empty() {
            self.turns.push_back(party);
        }
        requests.push_back(sender);
        receiver
    }

    fn take_next(&mut self) -> Option<oneshot::Sender<HashingPermit>> {
        let party = self.turns.pop_front()?;
        let requests = self.waiting.get_mut(&party)?;
        let next = requests.pop_front();
        if requests.is_empty() {
            self.waiting.remove(&party);
        } else {
            self.turns.push_back(party);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(number: u8) -> Party {
        Party::Network(Network::V4([192, 0, number]))
    }

    fn user(number: u128) -> Party {
        Party::User(InstanceId::from_bits(1), UserId::from_bits(number))
    }

    /// Starts a request on behalf of the party. When the request gets its permit, it adds the party to `ran` and ends.
    async fn request(queue: &Arc<HashingQueue>, ran: &Arc<Mutex<Vec<Party>>>, class: RequestClass, party: Party) {
        let (queue, ran) = (queue.clone(), ran.clone());
        tokio::spawn(async move {
            let permit = queue.acquire(class, party).await.unwrap();
            ran.lock().unwrap().push(party);
            drop(permit);
        });
        tokio::task::yield_now().await;
    }

    #[tokio::test]
    async fn rooms_and_their_parties_are_served_round_robin() {
        let queue = HashingQueue::new(1);
        let ran = Arc::default();
        let running = queue.acquire(RequestClass::Strangers, network(1)).await.unwrap();
        for _ in 0..3 {
            request(&queue, &ran, RequestClass::Strangers, network(1)).await;
        }
        request(&queue, &ran, RequestClass::Strangers, network(2)).await;
        for _ in 0..2 {
            request(&queue, &ran, RequestClass::Callers, Party::Operator).await;
        }
        request(&queue, &ran, RequestClass::KnownBrowsers, user(1)).await;
        drop(running);
        while queue.lock().running > 0 {
            tokio::task::yield_now().await;
        }
        let ran = ran.lock().unwrap().clone();
        let one = network(1);
        assert_eq!(ran, [Party::Operator, user(1), one, Party::Operator, network(2), one, one]);
    }

    #[tokio::test]
    async fn a_flood_of_one_kind_does_not_block_another() {
        let queue = HashingQueue::new(1);
        let ran = Arc::default();
        let running = queue.acquire(RequestClass::Strangers, network(0)).await.unwrap();
        for _ in 0..100 {
            request(&queue, &ran, RequestClass::Strangers, network(1)).await;
        }
        assert_eq!(
            queue.acquire(RequestClass::Strangers, network(1)).await.unwrap_err(),
            QueueFull,
            "one network, half the queue"
        );
        for _ in 0..99 {
            request(&queue, &ran, RequestClass::Strangers, network(2)).await;
        }
        assert_eq!(queue.acquire(RequestClass::Strangers, network(3)).await.unwrap_err(), QueueFull);
        for _ in 0..500 {
            request(&queue, &ran, RequestClass::Callers, Party::Operator).await;
        }
        assert_eq!(queue.acquire(RequestClass::Callers, user(1)).await.unwrap_err(), QueueFull);
        request(&queue, &ran, RequestClass::KnownBrowsers, user(1)).await;
        drop(running);
        while queue.lock().running > 0 {
            tokio::task::yield_now().await;
        }
        let ran = ran.lock().unwrap().clone();
        assert_eq!(ran.len(), 700);
        assert!(ran.iter().position(|party| *party == user(1)).unwrap() < 3);
    }

    #[tokio::test]
    async fn canceled_requests_leave_the_queue_and_take_no_turn() {
        let queue = HashingQueue::new(1);
        let running = queue.acquire(RequestClass::KnownBrowsers, user(1)).await.unwrap();
        for _ in 0..20 {
            let given_up = tokio::spawn({
                let queue = queue.clone();
                async move { queue.acquire(RequestClass::KnownBrowsers, user(1)).await.map(drop) }
            });
            tokio::task::yield_now().await;
            given_up.abort();
            assert!(given_up.await.unwrap_err().is_cancelled());
        }
        let next = tokio::spawn({
            let queue = queue.clone();
            async move { queue.acquire(RequestClass::KnownBrowsers, user(1)).await.map(drop) }
        });
        tokio::task::yield_now().await;
        drop(running);
        assert_eq!(next.await.unwrap(), Ok(()));
        let mut state = queue.lock();
        assert_eq!((state.running, state.class_queue(RequestClass::KnownBrowsers).all), (0, 0));
    }
}
