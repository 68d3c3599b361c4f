//! Computes the access that custodians have or can assign. Custodians gain nothing by signing in as a user if they have
//! or can assign all of the user's access.

use std::collections::{BTreeMap, BTreeSet};

use super::super::guard::{excess, gain_at, lifted_grants, period_starts};
use super::growth::allows_escalation;
use crate::catalog::{Permission, catalog};
use crate::custody::Custody;
use crate::directory::Directory;
use crate::id::UserId;
use crate::record::{RecordChange, RecordKey};
use crate::review::access::{access_free_of, assignable_access};
use crate::scope::Grants;
use crate::time::Timestamp;
use crate::user::User;

/// A cache of the access that custodians have or can assign at different times. All steps of a change use the same
/// cache. An entry becomes invalid if a step changes the custodian or a record that access depends on.
#[derive(Default)]
pub(in crate::plan) struct CustodianAccessCache {
    access: BTreeMap<(UserId, Timestamp), AccessAt>,
    /// The last known state of each deleted custodian; `None` if no state is known.
    deleted: BTreeMap<UserId, Option<User>>,
    /// Whether the last step changed records that access depends on.
    has_changed_access: bool,
}

impl CustodianAccessCache {
    /// Removes the entries that a step of a change may have made invalid.
    pub(in crate::plan) fn after_step(&mut self, records: &[RecordChange]) {
        let is_user = |key: &RecordKey| match key {
            RecordKey::User(id) => Some(*id),
            _ => None,
        };
        let keeps_access = |key: &RecordKey| {
            matches!(
                key,
                RecordKey::User(_)
                    | RecordKey::Login(_)
                    | RecordKey::AccessKey(_)
                    | RecordKey::ApiToken(_)
                    | RecordKey::Finding(_)
            )
        };
        let has_changed_access = !records.iter().all(|change| keeps_access(&change.key()));
        // The access of deleted custodians is computed from the directory before a step. Their entries therefore become
        // invalid one step later than all other entries.
        if has_changed_access || self.has_changed_access {
            *self = Self { has_changed_access, ..Self::default() };
        }
        let users: BTreeSet<_> = records.iter().filter_map(|change| is_user(&change.key())).collect();
        self.access.retain(|(known, _), _| !users.contains(known));
        self.deleted.retain(|known, _| !users.contains(known));
    }
}

/// The access that custodians have or can assign after a step of a change.
pub(super) struct CustodianAccess<'a> {
    next: &'a Directory,
    cache: &'a mut CustodianAccessCache,
}

/// The access that a custodian has or can assign at a given time.
#[derive(Default)]
struct AccessAt {
    grants: Grants,
    /// For each restriction that applies to the custodian, the access that the custodian can grant other users without
    /// this restriction.
    unrestricted: Vec<(Permission, Grants)>,
    /// Whether the custodian is deleted or disabled.
    has_left: bool,
}

/// The access that a user gains through a change in a given period.
struct Gain<'a> {
    before: &'a Directory,
    user_before: Option<&'a User>,
    user_after: &'a User,
    /// The start of the period, which lasts until `until`. None of the user's assignments begin or end within this
    /// period.
    at: Timestamp,
    until: Option<Timestamp>,
    grants: Grants,
    /// Whether the gained access is full access or allows escalation.
    allows_escalation: bool,
}

impl<'a> CustodianAccess<'a> {
    pub(super) const fn new(next: &'a Directory, cache: &'a mut CustodianAccessCache) -> Self {
        Self { next, cache }
    }

    /// Adds the user to `exposed` if the user gains access that one of the custodians neither has nor can assign. The
    /// custodian must have or be able to assign the access for the entire period in which the user has it. Later
    /// periods are also checked. If `before` is `None`, all of the user's access counts as gained.
    pub(super) fn add_gains(
        &mut self,
        exposed: &mut BTreeMap<UserId, Timestamp>,
        before: Option<&Directory>,
        user: &User,
        now: Timestamp,
    ) {
        let user_before = before.and_then(|before| before.user(user.id)).map(|user| &**user);
        let before = before.unwrap_or(self.next);
        let mut starts = period_starts(user_before, user, std::iter::empty(), now).into_iter().peekable();
        while let Some(at) = starts.next() {
            let grants = gain_at(before, self.next, user_before, user, at);
            if grants.is_empty() {
                continue;
            }
            let allows_escalation =
                allows_escalation(&grants.all_permissions()) || self.gains_full_access(before, user_before, user, at);
            let gain = Gain {
                before,
                user_before,
                user_after: user,
                at,
                until: starts.peek().copied(),
                grants,
                allows_escalation,
            };
            if let Some(since) = self.exposed_since(&user.custody, &gain) {
                let earliest = exposed.entry(user.id).or_insert(since);
                *earliest = since.min(*earliest);
            }
        }
    }

    /// Whether the user has or can assign all permissions after the change, but not before the change.
    fn gains_full_access(
        &self,
        before: &Directory,
        user_before: Option<&User>,
        user_after: &User,
        at: Timestamp,
    ) -> bool {
        let is_full =
            |directory: &Directory, user: &User| is_full(&assignable_access(directory, user, user.profiles_at(at)));
        is_full(self.next, user_after) && !user_before.is_some_and(|user| is_full(before, user))
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

    /// Whether the custodian has or can assign the gained access during the entire period of the gain.
    fn covers(&mut self, custodian: UserId, gain: &Gain<'_>) -> bool {
        let assignments = self.next.user(custodian).into_iter().flat_map(|user| &user.assignments);
        let times = assignments.flat_map(|assignment| [assignment.from, assignment.until]).flatten();
        let times = times.filter(|at| *at > gain.at && gain.until.is_none_or(|until| *at < until));
        let times: BTreeSet<_> = times.chain([gain.at]).collect();
        times.into_iter().all(|at| self.covers_at(custodian, gain, at))
    }

    fn covers_at(&mut self, custodian: UserId, gain: &Gain<'_>, at: Timestamp) -> bool {
        let next = self.next;
        let CustodianAccessCache { access, deleted, .. } = &mut *self.cache;
        let access = access
            .entry((custodian, at))
            .or_insert_with(|| AccessAt::for_custodian((gain.before, next), deleted, custodian, at));
        // A deleted or disabled custodian could sign in as the user and escalate to more access than the custodian had
        // before.
        if access.has_left && gain.allows_escalation {
            return false;
        }
        let is_covered = |(restriction, unrestricted): &(Permission, Grants)| {
            lifted_grants(gain.before, next, gain.user_before, gain.user_after, gain.at, *restriction)
                .not_covered_by(unrestricted)
                .is_empty()
        };
        excess(&gain.grants, &access.grants).is_empty() && access.unrestricted.iter().all(is_covered)
    }
}

impl AccessAt {
    /// Computes the access that a custodian has or can assign. The access of a deleted custodian is computed from the
    /// profiles before the change, because the change adds permissions only for existing users.
    fn for_custodian(
        (before, next): (&Directory, &Directory),
        deleted: &mut BTreeMap<UserId, Option<User>>,
        custodian: UserId,
        at: Timestamp,
    ) -> Self {
        let existing = next.user(custodian).map(|user| &**user);
        let user = match existing {
            Some(user) => Some(user),
            None => deleted.entry(custodian).or_insert_with(|| next.deleted_user(custodian)).as_ref(),
        };
        let next = if existing.is_some() { next } else { before };
        let Some(user) = user else { return Self { has_left: true, ..Self::default() } };
        let profiles: Vec<_> = user.profiles_at(at).collect();
        let grants = assignable_access(next, user, profiles.iter().copied());
        let unrestricted = |restriction| (restriction, access_free_of(next, user, &profiles, restriction));
        let unrestricted = grants.restrictions.iter().map(unrestricted).collect();
        Self { grants, unrestricted, has_left: existing.is_none_or(|user| !user.enabled) }
    }
}

/// Whether the grants include every permission in the catalog that grants an ability.
pub(super) fn is_full(grants: &Grants) -> bool {
    catalog().granting().is_subset(&grants.unscoped)
}
