//! The queue in front of password hashing.
//!
//! Hashing is expensive on purpose, so few hashes run at a time and other requests wait. A flood of one kind of request
//! must not keep the others out: each kind has a room of its own, the rooms take turns, and inside a room its parties
//! take turns. A party is a network, a user or the operator: however much one of them asks for, the next turn is
//! another's.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use floorkey::{InstanceId, Principal, UserId};
use tokio::sync::oneshot;

use crate::network::Network;

/// What a hash is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// A sign-in from a browser that is not known.
    Strangers,
    /// A sign-in from a browser in which the user signed in before.
    KnownBrowsers,
    /// A signed call, or an action of a signed-in user.
    Callers,
}

impl Room {
    const ALL: [Self; 3] = [Self::Callers, Self::KnownBrowsers, Self::Strangers];

    /// Requests that wait or run at a time, and those of one party among them.
    const fn bounds(self) -> (usize, usize) {
        match self {
            Self::Strangers => (200, 100),
            Self::KnownBrowsers => (200, 5),
            Self::Callers => (500, 500),
        }
    }
}

/// Whose request it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Party {
    /// Anybody in this network.
    Network(Network),
    /// A user.
    User(InstanceId, UserId),
    /// The operator, or Floorkey itself.
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

/// There is no room for another request now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRoom;

/// The queue.
#[derive(Debug)]
pub struct HashingQueue(Mutex<State>);

#[derive(Debug)]
struct State {
    running_max: usize,
    running: usize,
    strangers: Waiting,
    known_browsers: Waiting,
    callers: Waiting,
    /// The rooms in the order in which they are asked for the next request.
    order: VecDeque<Room>,
}

/// The requests of a room.
#[derive(Debug, Default)]
struct Waiting {
    /// Requests that wait or run, by party.
    parties: HashMap<Party, usize>,
    all: usize,
    /// Parties with waiting requests, in the order of their turns.
    turns: VecDeque<Party>,
    waiting: HashMap<Party, VecDeque<oneshot::Sender<Turn>>>,
}

/// The right to run. When it is dropped, the turn of the next request comes.
#[derive(Debug)]
pub struct Turn {
    /// `None` once it is passed on.
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

/// A place in a room, from the arrival of a request to its end.
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
    /// A queue of which so many run at a time.
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

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`NoRoom`], at once, if the room is full or the party has its share of it.
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
        // The sender is dropped only after its message.
        let mut turn = arrived.await.map_err(|_| NoRoom)?;
        turn.place = Some(place);
        Ok(turn)
    }

    /// Hands a turn that became free to the next request that still waits.
    fn pass_on(self: Arc<Self>) {
        loop {
            let next = self.lock().take_next();
            let Some(next) = next else { return };
            let Err(mut unspent) = next.send(Turn { queue: Some(self.clone()), place: None }) else { return };
            // The request was given up while it waited.
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

    /// The request that runs in the place of one that ended; without any, one less runs.
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
    /// Takes a place for the party; `false` if there is none.
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

    /// Begins a request that notes when it runs, and ends at once.
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
    async fn rooms_take_turns_and_inside_a_room_its_parties_do() {
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
    async fn a_flood_of_one_kind_takes_no_place_of_another() {
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
    async fn requests_that_are_given_up_leave_their_place_and_take_no_turn() {
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
