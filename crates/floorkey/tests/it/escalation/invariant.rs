//! What must hold after every step: no attacker can act as, or has given anybody, more than the attackers were granted,
//! nor for longer; and nothing is taken from users who can do more than that, nor done to their ways in.

use floorkey::AccessKey;

use super::access::{Access, about_existing, access_of};
use super::cast::{Side, USER_NAMES, USERS, user_id};
use super::state::State;
use super::step::{Step, What};
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
    pub(super) words: String,
}

/// What is wrong after a step, if anything is.
pub(super) fn check(world: &World, before: &State, step: &Step, after: &State) -> Option<Violation> {
    let existed = about_existing(&before.directory);
    (0..USERS).find_map(|slot| {
        let (breach, what) = check_user(world, before, step, after, slot, existed)?;
        Some(Violation { breach, user: slot, words: format!("{}: {}", USER_NAMES[slot], what.words()) })
    })
}

/// The same for one user; `existed` is what is asked about users and profiles that there were before.
fn check_user(
    world: &World,
    before: &State,
    step: &Step,
    after: &State,
    slot: usize,
    existed: Access,
) -> Option<(Breach, Access)> {
    let (had, has) = (before.access[slot], after.access[slot]);
    let entitled = after.entitled;
    if world.attackers[slot] || after.ways.can_act_as(&after.directory, slot) {
        let beyond = has.since_tick(after.tick).beyond(entitled);
        if !beyond.is_empty() {
            return Some((Breach::ActsAs, beyond));
        }
    }
    if step.side == Side::Honest || matches!(step.what, What::Tick) {
        return None;
    }
    let gained = has.beyond(had).since_tick(after.tick).intersection(existed);
    let can_give = after.gives[slot].beyond(before.gives[slot]).since_tick(after.tick);
    let beyond = gained.union(can_give.intersection(existed)).beyond(entitled);
    if !beyond.is_empty() {
        return Some((Breach::Gives, beyond));
    }
    if let (Some(was), None) = (&before.deleted[slot], &after.deleted[slot]) {
        let stronger = access_of(&before.directory, slot, was).since_tick(before.tick).beyond(entitled);
        if !stronger.is_empty() {
            return Some((Breach::Touches, stronger));
        }
    }
    let could = before.access_as_if_enabled(slot).union(before.gives[slot]);
    let stronger = could.since_tick(before.tick).beyond(entitled);
    if world.attackers[slot] || stronger.is_empty() {
        return None;
    }
    if touches(before, after, slot) && step.account != slot && !were_replaced(before, after, slot) {
        return Some((Breach::Touches, stronger));
    }
    let (could, can) = (had.union(before.gives[slot]), has.union(after.gives[slot]));
    let lost = could.beyond(can).since_tick(after.tick).intersection(about_existing(&after.directory));
    (!lost.is_empty()).then_some((Breach::Takes, lost))
}

/// Whether the credentials were replaced because others had a hand on them: that is no attack on the user.
fn were_replaced(before: &State, after: &State, slot: usize) -> bool {
    let hands = |state: &State| state.directory.user(user_id(slot)).map(|user| user.custody.clone());
    let (Some(had), Some(has)) = (hands(before), hands(after)) else { return false };
    had.custodians.iter().any(|custodian| !has.custodians.contains(custodian))
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
