//! Past changes and events, and the code that records them in order of time.

use floorkey::{Action, Actor, Authentication, Command, Principal, RecordKey, Timestamp, UserId};
use floorkey_service::entropy;
use floorkey_service::failure::Failure;

use crate::command_runner::{CommandRunner, wait_for_all};

pub(super) const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
pub(super) const MINUTE_MILLIS: i64 = 60 * 1000;

/// The address of the contact center's offices. It is reserved for documentation, as are all addresses of the demo.
pub(super) const OFFICE: &str = "192.0.2.24";

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// A change, an attempted change or an event in the past.
pub(super) struct Past {
    pub(super) at: Timestamp,
    /// The user who is signed in; `None` for events without a signed-in user.
    pub(super) actor: Option<UserId>,
    pub(super) entry: Entry,
    /// Whether the change is refused.
    pub(super) is_refused: bool,
}

/// What happened.
pub(super) enum Entry {
    Command(Box<Command>),
    /// An event that changed nothing, with its targets and the client's address.
    Event(Action, Vec<RecordKey>, &'static str),
}

/// Returns a time of day, in UTC, some days before today.
pub(super) fn past_day(now: Timestamp, days_ago: i64, (hour, minute): (i64, i64)) -> Timestamp {
    let today = now.as_millis() - now.as_millis().rem_euclid(DAY_MILLIS);
    Timestamp::from_millis(today - days_ago * DAY_MILLIS + (hour * 60 + minute) * MINUTE_MILLIS)
}

impl CommandRunner {
    /// Records everything in order of time. They are not awaited one by one, so that several can share a transaction.
    ///
    /// # Errors
    /// Returns an error if a change is refused that should be made, or the other way around.
    pub(super) async fn record(&self, mut past: Vec<Past>) -> Result<(), Failure> {
        past.sort_by_key(|past| past.at);
        let recorded = wait_for_all(past.into_iter().map(|past| Box::pin(self.record_one(past))).collect());
        recorded.await.map_err(|(_, failure)| failure)
    }

    async fn record_one(&self, past: Past) -> Result<(), Failure> {
        let (service, instance) = (&self.service, self.instance);
        let (action, command) = match past.entry {
            Entry::Event(action, targets, address) => {
                return service.record_event_at(instance, actor(past.actor, address), action, targets, past.at).await;
            }
            Entry::Command(command) => (command.action(), command),
        };
        let result = service.execute_at(instance, actor(past.actor, OFFICE), *command, past.at).await;
        match (result, past.is_refused) {
            (Ok(_), false) | (Err(Failure::Refused(_)), true) => Ok(()),
            (Ok(_), true) => Err(Failure::Internal(format!("the demo's {} was not refused", action.name()))),
            (Err(failure), _) => Err(Failure::Internal(format!("the demo's {} failed: {failure}", action.name()))),
        }
    }
}

/// Returns the actor of a user who is signed in to the console, or the system.
fn actor(user: Option<UserId>, address: &str) -> Actor {
    let system = Actor::system();
    let session = |id| {
        let authentication = Authentication::Session { recently_authenticated: true };
        Principal::User { id, authentication }
    };
    Actor {
        principal: user.map_or(system.principal.clone(), session),
        request_id: uuid::Uuid::from_u128(entropy::random_id()).to_string(),
        address: Some(address.to_owned()),
        user_agent: Some(BROWSER.to_owned()),
        ..system
    }
}
