//! The queue in front of password hashing.
//!
//! Hashing is deliberately expensive, so few hashes run at a time and further requests wait. To keep a flood of one
//! kind of request from blocking the others, each kind has its own bounded room. The rooms are served round-robin, and
//! so are the parties within a room. A party is a network, a user or the operator, so a party with many requests does
//! not delay those of another.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use floorkey::{InstanceId, Principal, UserId};
use tokio::sync::oneshot;

use crate::network::Network;

/// The kind of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// A sign-in from an unknown browser.
    Strangers,
    /// A sign-in from a browser with which the user has signed in before.
    KnownBrowsers,
    /// A signed API call, or an action of a signed-in user.
    Callers,
}

impl Room {
    const ALL: [Self; 3] = [Self::Callers, Self::KnownBrowsers, Self::Strangers];

    /// The maximum numbers of requests that wait or run: in this room, and of one party in it.
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
    /// A client in this network.
    Network(Network),
    /// A user.
    User(InstanceId, UserId),
    /// The operator or the system.
    Operator,
}

impl Party {
    /// The party that a principal belongs to.
    pub fn of(instance: InstanceId, principal: &Principal) -> Self {
        match principal {
            Principal::User { id, .. } => Self::User(instance, *id),
            Principal::Operator { .. } | Principal::System => Self::Operator,
        }
    }
}

/// The room is full, or the party has used its share of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRoom;

/// The queue of hashing requests.
#[derive(Debug)]
pub struct HashingQueue(Mutex<State>);

#[derive(Debug)]
struct State {
    running_max: usize,
    running: usize,
    strangers: Waiting,
    known_browsers: Waiting,
    callers: Waiting,
    /// The rooms in the order in which they are served next.
    order: VecDeque<Room>,
}

/// The requests in a room.
#[derive(Debug, Default)]
struct Waiting {
    /// Number of requests that wait or run, by party.
    parties: HashMap<Party, usize>,
    all: usize,
    /// Parties with waiting requests, in round-robin order.
    turns: VecDeque<Party>,
    waiting: HashMap<Party, VecDeque<oneshot::Sender<Turn>>>,
}

/// Permission to run. Dropping it starts the next request.
#[derive(Debug)]
pub struct Turn {
    /// `None` if there is nothing to pass on when the turn is dropped.
    queue: Option<Arc<HashingQueue>>,
    place: Option<Place>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        drop(self.place.take());
        if let Some(queue) = self.queue.take() {
            queue.pass_on();
        }
    }
}

/// A request's entry in a room, from its arrival to its end.
#[derive(Debug)]
struct Place {
    queue: Arc<HashingQueue>,
    room: Room,
    party: Party,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.queue.lock().room(self.room).leave(self.party);
    }
}

impl HashingQueue {
    /// Creates a queue that runs at most `running_max` requests at a time.
    pub fn new(running_max: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(State {
            running_max,
            running: 0,
            strangers: Waiting::default(),
            known_browsers: Waiting::default(),
            callers: Waiting::default(),
            order: Room::ALL.into(),
        })))
    }

    /// Waits for permission to run.
    ///
    /// # Errors
    /// [`NoRoom`], immediately, if the room is full or the party has used its share of it.
    pub async fn turn(self: &Arc<Self>, room: Room, party: Party) -> Result<Turn, NoRoom> {
        let (place, arrived) = {
            let mut state = self.lock();
            if !state.room(room).enter(room, party) {
                return Err(NoRoom);
            }
            let place = Place { queue: self.clone(), room, party };
            if state.running < state.running_max {
                state.running += 1;
                return Ok(Turn { queue: Some(self.clone()), place: Some(place) });
            }
            (place, state.room(room).wait(party))
        };
        // The sender is not dropped without sending.
        let mut turn = arrived.await.map_err(|_| NoRoom)?;
        turn.place = Some(place);
        Ok(turn)
    }

    /// Passes a freed turn to the next request that is still waiting.
    fn pass_on(self: Arc<Self>) {
        loop {
            let next = self.lock().take_next();
            let Some(next) = next else { return };
            let Err(mut unspent) = next.send(Turn { queue: Some(self.clone()), place: None }) else { return };
            // The request was canceled while it waited.
            unspent.queue = None;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn room(&mut self, room: Room) -> &mut Waiting {
        match room {
            Room::Strangers => &mut self.strangers,
            Room::KnownBrowsers => &mut self.known_browsers,
            Room::Callers => &mut self.callers,
        }
    }

    /// Takes the request that runs next. If none is waiting, decrements the number of running requests.
    fn take_next(&mut self) -> Option<oneshot::Sender<Turn>> {
        for room in self.order.clone() {
            self.order.rotate_left(1);
            if let Some(next) = self.room(room).take_next() {
                return Some(next);
            }
        }
        self.running = self.running.saturating_sub(1);
        None
    }
}

impl Waiting {
    /// Adds a request of the party; `false` if the room or the party is at its limit.
    fn enter(&mut self, room: Room, party: Party) -> bool {
        let (all_max, party_max) = room.bounds();
        let own = self.parties.get(&party).copied().unwrap_or(0);
        if self.all >= all_max || own >= party_max {
            return false;
        }
        self.all += 1;
        self.parties.insert(party, own + 1);
        true
    }

    fn leave(&mut self, party: Party) {
        self.all = self.all.saturating_sub(1);
        match self.parties.get_mut(&party) {
            Some(own) if *own > 1 => *own -= 1,
            _ => drop(self.parties.remove(&party)),
        }
    }

    fn wait(&mut self, party: Party) -> oneshot::Receiver<Turn> {
        let (sender, arrived) = oneshot::channel();
        let own = self.waiting.entry(party).or_default();
        if own.is_empty() {
            self.turns.push_back(party);
        }
        own.push_back(sender);
        arrived
    }

    fn take_next(&mut self) -> Option<oneshot::Sender<Turn>> {
        let party = self.turns.pop_front()?;
        let own = self.waiting.get_mut(&party)?;
        let next = own.pop_front();
        if own.is_empty() {
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

    /// Starts a request that records its party when it runs, and then ends.
    async fn request(queue: &Arc<HashingQueue>, ran: &Arc<Mutex<Vec<Party>>>, room: Room, party: Party) {
        let (queue, ran) = (queue.clone(), ran.clone());
        tokio::spawn(async move {
            let turn = queue.turn(room, party).await.unwrap();
            ran.lock().unwrap().push(party);
            drop(turn);
        });
        tokio::task::yield_now().await;
    }

    #[tokio::test]
    async fn rooms_and_their_parties_are_served_round_robin() {
        let queue = HashingQueue::new(1);
        let ran = Arc::default();
        let running = queue.turn(Room::Strangers, network(1)).await.unwrap();
        for _ in 0..3 {
            request(&queue, &ran, Room::Strangers, network(1)).await;
        }
        request(&queue, &ran, Room::Strangers, network(2)).await;
        for _ in 0..2 {
            request(&queue, &ran, Room::Callers, Party::Operator).await;
        }
        request(&queue, &ran, Room::KnownBrowsers, user(1)).await;
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
        let running = queue.turn(Room::Strangers, network(0)).await.unwrap();
        for _ in 0..100 {
            request(&queue, &ran, Room::Strangers, network(1)).await;
        }
        assert_eq!(queue.turn(Room::Strangers, network(1)).await.unwrap_err(), NoRoom, "one network, half the room");
        for _ in 0..99 {
            request(&queue, &ran, Room::Strangers, network(2)).await;
        }
        assert_eq!(queue.turn(Room::Strangers, network(3)).await.unwrap_err(), NoRoom);
        for _ in 0..500 {
            request(&queue, &ran, Room::Callers, Party::Operator).await;
        }
        assert_eq!(queue.turn(Room::Callers, user(1)).await.unwrap_err(), NoRoom);
        request(&queue, &ran, Room::KnownBrowsers, user(1)).await;
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
        let running = queue.turn(Room::KnownBrowsers, user(1)).await.unwrap();
        for _ in 0..20 {
            let given_up = tokio::spawn({
                let queue = queue.clone();
                async move { queue.turn(Room::KnownBrowsers, user(1)).await.map(drop) }
            });
            tokio::task::yield_now().await;
            given_up.abort();
            assert!(given_up.await.unwrap_err().is_cancelled());
        }
        let next = tokio::spawn({
            let queue = queue.clone();
            async move { queue.turn(Room::KnownBrowsers, user(1)).await.map(drop) }
        });
        tokio::task::yield_now().await;
        drop(running);
        assert_eq!(next.await.unwrap(), Ok(()));
        let mut state = queue.lock();
        assert_eq!((state.running, state.room(Room::KnownBrowsers).all), (0, 0));
    }
}
