//! The invariant after every step: attackers can neither act as a user with more access than they were granted, nor
//! give more to any user, nor for longer. They can neither take access from users with more access nor change how these
//! users sign in.

use floorkey::AccessKey;
use floorkey::user::PasswordState;

use super::access::{Access, about_existing, access_of};
use super::cast::{Side, USER_NAMES, USERS, user_id};
use super::state::State;
use super::step::Step;
use super::worlds::SmallWorld;

/// How the invariant is violated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Breach {
    /// Attackers can act as a user with more access than they were granted.
    ActsAs,
    /// Attackers gave a user more access than they were granted.
    Gives,
    /// Attackers took access from a user with more access.
    Takes,
    /// Attackers changed the credentials, login, email, status or existence of a user with more access.
    Touches,
}

/// A violation of the invariant.
#[derive(Clone, Debug)]
pub(super) struct Violation {
    pub(super) breach: Breach,
    /// The slot of the affected user.
    pub(super) user: usize,
    /// The access of the user, or the access that was given, beyond what the attackers were granted.
    pub(super) beyond: Access,
    /// The access that was taken. Empty for other violations.
    pub(super) taken: Access,
    /// The tick at which it happened.
    pub(super) tick: usize,
}

/// Returns the violation of the invariant by a step, if any.
pub(super) fn check(world: &SmallWorld, before: &State, step: &Step, after: &State) -> Option<Violation> {
    let existed = about_existing(&before.directory);
    (0..USERS).find_map(|slot| {
        let (breach, beyond, taken) = check_user(world, before, step, after, slot, existed)?;
        Some(Violation { breach, user: slot, beyond, taken, tick: after.tick })
    })
}

impl Violation {
    pub(super) fn words(&self) -> String {
        let user = USER_NAMES[self.user];
        match self.taken.is_empty() {
            true => format!("{:?} {user}: {}", self.breach, self.beyond.words()),
            false => format!("{:?} {user}, who has {}: {}", self.breach, self.beyond.words(), self.taken.words()),
        }
    }
}

/// Checks the invariant for one user. Returns the kind of breach, the access beyond the attackers, and the access that
/// was taken. `existed` has the questions about users and profiles that existed before the step.
fn check_user(
    world: &SmallWorld,
    before: &State,
    step: &Step,
    after: &State,
    slot: usize,
    existed: Access,
) -> Option<(Breach, Access, Access)> {
    let (had, has) = (before.access[slot], after.access[slot]);
    let entitled = after.entitled;
    let is_attackers = step.side == Side::Attackers;
    if is_attackers {
        let gained = has.beyond(had).since_tick(after.tick).intersection(existed);
        let can_give = after.gives[slot].beyond(before.gives[slot]).since_tick(after.tick);
        let beyond = gained.union(can_give.intersection(existed)).beyond(entitled);
        if !beyond.is_empty() {
            return Some((Breach::Gives, beyond, Access::NONE));
        }
    }
    if world.attackers[slot] || after.ways.can_act_as(&after.directory, slot) {
        let beyond = has.since_tick(after.tick).beyond(entitled);
        if !beyond.is_empty() {
            return Some((Breach::ActsAs, beyond, Access::NONE));
        }
    }
    if !is_attackers {
        return None;
    }
    if let (Some(was), None) = (&before.deleted[slot], &after.deleted[slot]) {
        let stronger = access_of(&before.directory, slot, was).since_tick(before.tick).beyond(entitled);
        if !stronger.is_empty() {
            return Some((Breach::Touches, stronger, Access::NONE));
        }
    }
    let could = before.access_as_if_enabled(slot).union(before.gives[slot]);
    let stronger = could.since_tick(before.tick).beyond(entitled);
    if world.attackers[slot] || stronger.is_empty() {
        return None;
    }
    if touches(before, after, slot) && step.account != slot && !were_replaced(before, after, slot) {
        return Some((Breach::Touches, stronger, Access::NONE));
    }
    let (could, can) = (had.union(before.gives[slot]), has.union(after.gives[slot]));
    let lost = could.beyond(can).since_tick(after.tick).intersection(about_existing(&after.directory));
    (!lost.is_empty()).then_some((Breach::Takes, stronger, lost))
}

/// Whether the credentials were replaced because custodians could know them, and nothing else about the account
/// changed. That is not an attack on the user.
fn were_replaced(before: &State, after: &State, slot: usize) -> bool {
    let user = |state: &State| state.directory.user(user_id(slot)).cloned();
    let (Some(had), Some(has)) = (user(before), user(after)) else { return false };
    let is_same = had.username == has.username && had.identity == has.identity && had.enabled == has.enabled;
    let only_goes = (has.password == had.password || has.password == PasswordState::None)
        && (has.confirmed_email.is_none() || has.confirmed_email == had.confirmed_email)
        && has.second_factors.iter().all(|factor| had.second_factors.contains(factor));
    let ends = |custodian| !has.custody.custodians.contains(custodian);
    is_same && only_goes && had.custody.custodians.iter().any(ends)
}

/// Whether the user's existence, login, email addresses, status, credentials or sessions changed.
fn touches(before: &State, after: &State, slot: usize) -> bool {
    let id = user_id(slot);
    let keys = |state: &State| {
        let ids = state.directory.access_keys_of(id).map(|key: &std::sync::Arc<AccessKey>| key.id.clone());
        ids.collect::<Vec<_>>()
    };
    match (before.directory.user(id), after.directory.user(id)) {
        (Some(was), Some(is)) => {
            was.username != is.username
                || was.identity.email != is.identity.email
                || was.identity.secondary_email != is.identity.secondary_email
                || was.confirmed_email != is.confirmed_email
                || was.enabled != is.enabled
                || was.password != is.password
                || was.second_factors != is.second_factors
                || was.security_epoch != is.security_epoch
                || keys(before) != keys(after)
        }
        (Some(_), None) => true,
        (None, _) => false,
    }
}
