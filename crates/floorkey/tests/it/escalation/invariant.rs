//! The invariant that is checked after every step. Attackers cannot act as a user with more access than the attackers
//! were granted. They cannot give any user more access than this, or give access for a longer time. They cannot take
//! access from users with more access, and cannot change how these users sign in.

use floorkey::AccessKey;
use floorkey::user::PasswordState;

use super::access::{Access, about_existing, access_of};
use super::fixtures::{Side, USER_NAMES, USERS, user_id};
use super::state::State;
use super::step::Step;
use super::worlds::SmallWorld;

/// How a step violates the invariant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Breach {
    /// Attackers can act as a user with more access than the attackers were granted.
    Impersonation,
    /// Attackers gave a user more access than the attackers were granted.
    Gain,
    /// Attackers took access from a user with more access than the attackers were granted.
    Loss,
    /// Attackers changed a user with more access: deleted the user, or changed credentials, the login, the email
    /// address or the status.
    AccountChange,
}

/// A violation of the invariant.
#[derive(Clone, Debug)]
pub(super) struct Violation {
    pub(super) breach: Breach,
    /// The affected user's slot.
    pub(super) user: usize,
    /// The access that the attackers were not granted. The user has this access or was given it.
    pub(super) excess: Access,
    /// The access that was taken from the user. Empty unless the breach is [`Breach::Loss`].
    pub(super) taken: Access,
    /// The point in time of the violation, in ticks.
    pub(super) tick: usize,
}

/// Returns how the step violates the invariant, or `None` if the step does not violate it.
pub(super) fn check(world: &SmallWorld, before: &State, step: &Step, after: &State) -> Option<Violation> {
    let existed = about_existing(&before.directory);
    (0..USERS).find_map(|slot| {
        let (breach, excess, taken) = check_user(world, before, step, after, slot, existed)?;
        Some(Violation { breach, user: slot, excess, taken, tick: after.tick })
    })
}

impl Violation {
    pub(super) fn describe(&self) -> String {
        let user = USER_NAMES[self.user];
        match self.taken.is_empty() {
            true => format!("{:?} {user}: {}", self.breach, self.excess.describe()),
            false => format!("{:?} {user}, who has {}: {}", self.breach, self.excess.describe(), self.taken.describe()),
        }
    }
}

/// Checks the invariant for one user. Returns the kind of breach, the access that exceeds the attackers' access, and
/// the access that was taken. `existed` contains the checks about users and profiles that existed before the step.
fn check_user(
    world: &SmallWorld,
    before: &State,
    step: &Step,
    after: &State,
    slot: usize,
    existed: Access,
) -> Option<(Breach, Access, Access)> {
    let (had, has) = (before.access[slot], after.access[slot]);
    let granted = after.granted;
    let is_attackers = step.side == Side::Attackers;
    if is_attackers {
        let gained = has.difference(had).since_tick(after.tick).intersection(existed);
        let can_give = after.assignable_access[slot].difference(before.assignable_access[slot]).since_tick(after.tick);
        let excess = gained.union(can_give.intersection(existed)).difference(granted);
        if !excess.is_empty() {
            return Some((Breach::Gain, excess, Access::NONE));
        }
    }
    if world.attackers[slot] || after.credentials.can_act_as(&after.directory, slot) {
        let excess = has.since_tick(after.tick).difference(granted);
        if !excess.is_empty() {
            return Some((Breach::Impersonation, excess, Access::NONE));
        }
    }
    if !is_attackers {
        return None;
    }
    if let (Some(deleted), None) = (&before.deleted[slot], &after.deleted[slot]) {
        let excess = access_of(&before.directory, slot, deleted).since_tick(before.tick).difference(granted);
        if !excess.is_empty() {
            return Some((Breach::AccountChange, excess, Access::NONE));
        }
    }
    let could = before.access_as_if_enabled(slot).union(before.assignable_access[slot]);
    let excess = could.since_tick(before.tick).difference(granted);
    if world.attackers[slot] || excess.is_empty() {
        return None;
    }
    if changed_account(before, after, slot) && step.account != slot && !were_replaced(before, after, slot) {
        return Some((Breach::AccountChange, excess, Access::NONE));
    }
    let (could, can) = (had.union(before.assignable_access[slot]), has.union(after.assignable_access[slot]));
    let lost = could.difference(can).since_tick(after.tick).intersection(about_existing(&after.directory));
    (!lost.is_empty()).then_some((Breach::Loss, excess, lost))
}

/// Whether the user's credentials were replaced because custodians might know them, and nothing else about the account
/// changed. Such a change is not an attack on the user.
fn were_replaced(before: &State, after: &State, slot: usize) -> bool {
    let user = |state: &State| state.directory.user(user_id(slot)).cloned();
    let (Some(had), Some(has)) = (user(before), user(after)) else { return false };
    let is_same = had.username == has.username && had.identity == has.identity && had.enabled == has.enabled;
    let is_only_removed = (has.password == had.password || has.password == PasswordState::None)
        && (has.verified_email.is_none() || has.verified_email == had.verified_email)
        && has.mfa_methods.iter().all(|factor| had.mfa_methods.contains(factor));
    let ends = |custodian| !has.custody.custodians.contains(custodian);
    is_same && is_only_removed && had.custody.custodians.iter().any(ends)
}

/// Whether the step changed the user's login, email addresses, status, credentials or sessions, or deleted the user.
fn changed_account(before: &State, after: &State, slot: usize) -> bool {
    let id = user_id(slot);
    let keys = |state: &State| {
        let ids = state.directory.access_keys_of(id).map(|key: &std::sync::Arc<AccessKey>| key.id.clone());
        ids.collect::<Vec<_>>()
    };
    match (before.directory.user(id), after.directory.user(id)) {
        (Some(old), Some(new)) => {
            old.username != new.username
                || old.identity.email != new.identity.email
                || old.identity.secondary_email != new.identity.secondary_email
                || old.verified_email != new.verified_email
                || old.enabled != new.enabled
                || old.password != new.password
                || old.mfa_methods != new.mfa_methods
                || old.security_epoch != new.security_epoch
                || keys(before) != keys(after)
        }
        (Some(_), None) => true,
        (None, _) => false,
    }
}
