//! What must hold after every step: no attacker can act as, or has given anybody, more than the attackers were granted,
//! nor for longer; and nothing is taken from users who can do more than that, nor done to their ways in.

use floorkey::AccessKey;
use floorkey::user::PasswordState;

use super::access::{Access, about_existing, access_of};
use super::cast::{Side, USER_NAMES, USERS, user_id};
use super::state::State;
use super::step::Step;
use super::worlds::World;

/// How the invariant is violated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Breach {
    /// Attackers can act as a user who can do more than they were granted.
    ActsAs,
    /// Attackers gave a user more than they were granted.
    Gives,
    /// Attackers took something from a user who can do more.
    Takes,
    /// Attackers changed how a user who can do more signs in, or is found.
    Touches,
}

/// A violation.
#[derive(Clone, Debug)]
pub(super) struct Violation {
    pub(super) breach: Breach,
    /// The user whom it is about.
    pub(super) user: usize,
    /// What the user can do, or what was given, beyond what the attackers were granted.
    pub(super) beyond: Access,
    /// What was taken; nothing for other violations.
    pub(super) taken: Access,
    /// When it happens.
    pub(super) tick: usize,
}

/// What is wrong after a step, if anything is.
pub(super) fn check(world: &World, before: &State, step: &Step, after: &State) -> Option<Violation> {
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

/// The same for one user: how, what is beyond the attackers, and what was taken. `existed` is what is asked about users
/// and profiles that there were before.
fn check_user(
    world: &World,
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

/// Whether the credentials were replaced because others had a hand on them, and nothing else was done to the account:
/// that is no attack on the user.
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

/// Whether the user's existence, login, addresses, status or ways in changed.
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
