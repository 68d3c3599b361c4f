//! What custodians have or can assign. A user's access within these bounds is no gain for the custodian.

use std::collections::{BTreeMap, BTreeSet};

use super::super::guard::{exceeding, gain_at, newly_free, stretches};
use super::growth::leads_further;
use crate::catalogue::{Permission, catalogue};
use crate::custody::Custody;
use crate::directory::Directory;
use crate::id::UserId;
use crate::record::{RecordChange, RecordKey};
use crate::review::access::{access_free_of, assignable_access};
use crate::scope::Grants;
use crate::time::Timestamp;
use crate::user::User;

/// Cache of what custodians have or can assign at different times. It stays valid over the steps of a change, as long
/// as they change neither the custodian nor records that access depends on.
#[derive(Default)]
pub(in crate::plan) struct Known {
    ceilings: BTreeMap<(UserId, Timestamp), Ceiling>,
    /// Deleted custodians in their last state; `None` if that is unknown.
    deleted: BTreeMap<UserId, Option<User>>,
    /// Whether the last step changed records that access depends on.
    is_changing: bool,
}

impl Known {
    /// Drops what a step of a change can have made invalid.
    pub(in crate::plan) fn after_step(&mut self, records: &[RecordChange]) {
        let is_user = |key: &RecordKey| match key {
            RecordKey::User(id) => Some(*id),
            _ => None,
        };
        let keeps_access = |key: &RecordKey| {
            matches!(key, RecordKey::User(_) | RecordKey::Login(_) | RecordKey::AccessKey(_) | RecordKey::ApiToken(_))
        };
        let is_changing = !records.iter().all(|change| keeps_access(&change.key()));
        // Deleted custodians are compared with the directory before a step, so their entries are invalid after the next
        // one too.
        if is_changing || self.is_changing {
            *self = Self { is_changing, ..Self::default() };
        }
        let users: BTreeSet<_> = records.iter().filter_map(|change| is_user(&change.key())).collect();
        self.ceilings.retain(|(known, _), _| !users.contains(known));
        self.deleted.retain(|known, _| !users.contains(known));
    }
}

/// What custodians have or can assign after a step of a change.
pub(super) struct Ceilings<'a> {
    next: &'a Directory,
    known: &'a mut Known,
}

/// What one custodian has or can assign at one time.
#[derive(Default)]
struct Ceiling {
    grants: Grants,
    /// For each restriction that applies to the custodian, what the custodian can grant to others free of it.
    free: Vec<(Permission, Grants)>,
    /// Whether the custodian is deleted or disabled.
    has_left: bool,
}

/// The access that a user gains by a change at one time.
struct Gain<'a> {
    before: &'a Directory,
    was: Option<&'a User>,
    is: &'a User,
    /// The start of the period that lasts until `until`. None of the user's assignments begins or ends within it.
    at: Timestamp,
    until: Option<Timestamp>,
    grants: Grants,
    /// Whether it allows escalation, or is full access.
    leads_further: bool,
}

impl<'a> Ceilings<'a> {
    pub(super) const fn new(next: &'a Directory, known: &'a mut Known) -> Self {
        Self { next, known }
    }

    /// Adds the user if a custodian does not cover what the user gains, now or later, for as long as the user has it.
    /// Without a directory before the change, everything counts as gained.
    pub(super) fn add_gains(
        &mut self,
        exposed: &mut BTreeMap<UserId, Timestamp>,
        before: Option<&Directory>,
        user: &User,
        now: Timestamp,
    ) {
        let was = before.and_then(|before| before.user(user.id)).map(|user| &**user);
        let before = before.unwrap_or(self.next);
        let mut turns = stretches(was, user, std::iter::empty(), now).into_iter().peekable();
        while let Some(at) = turns.next() {
            let grants = gain_at(before, self.next, was, user, at);
            if grants.is_empty() {
                continue;
            }
            let leads_further = leads_further(&grants.anywhere()) || self.completes(before, was, user, at);
            let gain = Gain { before, was, is: user, at, until: turns.peek().copied(), grants, leads_further };
            if let Some(since) = self.exposed_since(&user.custody, &gain) {
                let known = exposed.entry(user.id).or_insert(since);
                *known = since.min(*known);
            }
        }
    }

    /// Whether the user has or can assign everything, and could not before.
    fn completes(&self, before: &Directory, was: Option<&User>, is: &User, at: Timestamp) -> bool {
        let is_full =
            |directory: &Directory, user: &User| is_full(&assignable_access(directory, user, user.profiles_at(at)));
        is_full(self.next, is) && !was.is_some_and(|was| is_full(before, was))
    }

    fn exposed_since(&mut self, custody: &Custody, gain: &Gain<'_>) -> Option<Timestamp> {
        let mut since = custody.others_since;
        for custodian in &custody.custodians {
            if since.is_none_or(|since| custodian.since < since) && !self.covers(custodian.user, gain) {
                since = Some(custodian.since);
            }
        }
        since
    }

    /// Whether the custodian covers the gain for as long as the user has it.
    fn covers(&mut self, custodian: UserId, gain: &Gain<'_>) -> bool {
        let assignments = self.next.user(custodian).into_iter().flat_map(|user| &user.assignments);
        let turns = assignments.flat_map(|held| [held.from, held.until]).flatten();
        let turns = turns.filter(|at| *at > gain.at && gain.until.is_none_or(|until| *at < until));
        let turns: BTreeSet<_> = turns.chain([gain.at]).collect();
        turns.into_iter().all(|at| self.covers_at(custodian, gain, at))
    }

    fn covers_at(&mut self, custodian: UserId, gain: &Gain<'_>, at: Timestamp) -> bool {
        let next = self.next;
        let Known { ceilings, deleted, .. } = &mut *self.known;
        let ceiling =
            ceilings.entry((custodian, at)).or_insert_with(|| Ceiling::of((gain.before, next), deleted, custodian, at));
        // By signing in as this user, a custodian who left could escalate to more than they had.
        if ceiling.has_left && gain.leads_further {
            return false;
        }
        let is_free = |(restriction, free): &(Permission, Grants)| {
            newly_free(gain.before, next, gain.was, gain.is, gain.at, *restriction).beyond(free).is_empty()
        };
        exceeding(&gain.grants, &ceiling.grants).is_empty() && ceiling.free.iter().all(is_free)
    }
}

impl Ceiling {
    /// For a deleted custodian, returns what their profiles granted before the change: growth is granted to other users
    /// only.
    fn of(
        (before, next): (&Directory, &Directory),
        deleted: &mut BTreeMap<UserId, Option<User>>,
        custodian: UserId,
        at: Timestamp,
    ) -> Self {
        let there = next.user(custodian).map(|user| &**user);
        let user = match there {
            Some(user) => Some(user),
            None => deleted.entry(custodian).or_insert_with(|| next.deleted_user(custodian)).as_ref(),
        };
        let next = if there.is_some() { next } else { before };
        let Some(user) = user else { return Self { has_left: true, ..Self::default() } };
        let profiles: Vec<_> = user.profiles_at(at).collect();
        let grants = assignable_access(next, user, profiles.iter().copied());
        let free = |restriction| (restriction, access_free_of(next, user, &profiles, restriction));
        let free = grants.limits.iter().map(free).collect();
        Self { grants, free, has_left: there.is_none_or(|user| !user.enabled) }
    }
}

/// Whether the grants include everything that the catalogue can grant.
pub(super) fn is_full(grants: &Grants) -> bool {
    catalogue().granting().is_subset(&grants.everywhere)
}
