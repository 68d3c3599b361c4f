//! Custody: which users could know another user's credentials.
//!
//! An actor could later sign in as a user if the actor creates the user or sets the user's password. The same applies
//! if the actor enters the user's email address, sends the user a link or removes one of the user's second factors. In
//! all of these cases, the actor is recorded as a custodian until the credentials are replaced. If the user is granted
//! more access later, this record prevents the actor from getting that access too (see [`plan`](crate::plan())).

use crate::id::UserId;
use crate::time::Timestamp;

/// The maximum number of custodians of one user that are recorded individually.
pub const CUSTODIANS_MAX: usize = 64;

/// A user who could know another user's credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Custodian {
    /// The user who is the custodian.
    pub user: UserId,
    /// The start of the custody. The custodian can't know credentials that were replaced before this time.
    pub since: Timestamp,
}

/// The custodians of a user since the user's credentials were last replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Custody {
    /// The custodians, sorted by user ID, without duplicates; at most [`CUSTODIANS_MAX`].
    pub custodians: Vec<Custodian>,
    /// The earliest start of custody among custodians who are not recorded individually. These custodians are treated
    /// as users without any access.
    pub others_since: Option<Timestamp>,
}

impl Custody {
    /// Whether no other user could know the credentials.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.custodians.is_empty() && self.others_since.is_none()
    }

    /// Adds a custodian. If the custodian is already recorded, the earlier of the two start times is kept.
    pub fn add(&mut self, user: UserId, since: Timestamp) {
        match self.custodians.binary_search_by_key(&user, |known| known.user) {
            Ok(at) => {
                if let Some(known) = self.custodians.get_mut(at) {
                    known.since = known.since.min(since);
                }
            }
            Err(_) if self.custodians.len() >= CUSTODIANS_MAX => self.add_others(since),
            Err(at) => self.custodians.insert(at, Custodian { user, since }),
        }
    }

    /// Sets every start of custody that is later than `at` to `at`. The custodians could know credentials that the user
    /// sets up at `at`. Without this correction, the custody could appear to begin after the credentials were set up if
    /// the clock was set back.
    pub(crate) fn start_no_later_than(&mut self, at: Timestamp) {
        self.custodians.iter_mut().for_each(|custodian| custodian.since = custodian.since.min(at));
        self.others_since = self.others_since.map(|since| since.min(at));
    }

    /// Ends custody that began at or after `replaced_since`, because all credentials set up since then were replaced.
    pub(crate) fn end_since(&mut self, replaced_since: Timestamp) {
        self.custodians.retain(|custodian| custodian.since < replaced_since);
        self.others_since = self.others_since.filter(|since| *since < replaced_since);
    }

    /// Returns the custodians who could know a credential that was set up at the given time.
    pub(crate) fn custodians_at(&self, set_up: Timestamp) -> Self {
        let custodians = self.custodians.iter().filter(|custodian| custodian.since <= set_up).copied().collect();
        Self { custodians, others_since: self.others_since.filter(|since| *since <= set_up) }
    }

    /// Adds the custodians in `known_to`, who could know a credential of `owner` that is being reinstated. `set_up` is
    /// the time when the credential was set up.
    pub(crate) fn add_custodians_of(&mut self, owner: UserId, known_to: &Self, set_up: Timestamp) {
        for custodian in known_to.custodians.iter().filter(|custodian| custodian.user != owner) {
            self.add(custodian.user, set_up);
        }
        if known_to.others_since.is_some() {
            self.add_others(set_up);
        }
    }

    /// Adds custodians without recording them individually.
    pub fn add_others(&mut self, since: Timestamp) {
        self.others_since = Some(self.others_since.map_or(since, |known| known.min(since)));
    }

    /// Records that the actor had access to the credentials of `owner` at the given time. Also adds the actor's own
    /// custodians, because they could have signed in as the actor at that time.
    pub(crate) fn add_actor(&mut self, owner: UserId, actor: UserId, of_actor: &Self, at: Timestamp) {
        let all = of_actor.custodians.iter().map(|custodian| custodian.user).chain([actor]);
        for user in all.filter(|user| *user != owner) {
            self.add(user, at);
        }
        if of_actor.others_since.is_some() {
            self.add_others(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn user(number: u128) -> UserId {
        UserId::from_bits(number)
    }

    #[test]
    fn each_custodian_is_listed_once_with_the_earliest_time() {
        let mut custody = Custody::default();
        custody.add(user(2), at(5));
        custody.add(user(1), at(7));
        custody.add(user(2), at(9));
        custody.add(user(2), at(3));
        let expected = [Custodian { user: user(1), since: at(7) }, Custodian { user: user(2), since: at(3) }];
        assert_eq!(custody.custodians, expected);
    }

    #[test]
    fn custodians_beyond_the_maximum_are_summarized() {
        let mut custody = Custody::default();
        for number in 0..CUSTODIANS_MAX as u128 {
            custody.add(user(number), at(9));
        }
        custody.add(user(1_000), at(4));
        custody.add(user(1_001), at(6));
        assert_eq!((custody.custodians.len(), custody.others_since), (CUSTODIANS_MAX, Some(at(4))));
    }

    #[test]
    fn replacing_credentials_ends_newer_custody() {
        let mut custody = Custody { others_since: Some(at(6)), ..Custody::default() };
        custody.add(user(1), at(3));
        custody.add(user(2), at(5));
        assert_eq!(custody.custodians_at(at(4)).custodians, [Custodian { user: user(1), since: at(3) }]);
        assert_eq!(
            (custody.custodians_at(at(5)).custodians.len(), custody.custodians_at(at(6)).others_since),
            (2, Some(at(6)))
        );
        custody.end_since(at(5));
        let expected = Custody { custodians: vec![Custodian { user: user(1), since: at(3) }], others_since: None };
        assert_eq!(custody, expected);
    }

    #[test]
    fn custodians_of_an_actor_become_custodians_too() {
        let (owner, actor, behind) = (user(1), user(2), user(3));
        let mut of_actor = Custody::default();
        of_actor.add(behind, at(1));
        of_actor.add(owner, at(1));
        let mut custody = Custody::default();
        custody.add_actor(owner, actor, &of_actor, at(8));
        let expected = [Custodian { user: actor, since: at(8) }, Custodian { user: behind, since: at(8) }];
        assert_eq!(custody.custodians, expected);
    }
}
