//! Custody around a change: credentials that another user could know don't open access beyond that user.
//!
//! When a change gives a user something that is beyond what a custodian of the user's credentials has or can assign,
//! every credential that is younger than that custodian's hand is replaced. Custodians who cover the new access don't
//! count, nor do the operator and the system; what they could know that is older stays, and they stay custodians. It is
//! judged when access is granted: not when a user is enabled, not when an upgrade brings new permissions, and not when
//! a planned assignment begins.
//!
//! Custodians who are deleted or disabled could still know a password. Access that lets users escalate, and full access,
//! they never cover; other access they cover if they had it when they left, so that agents whom a former administrator
//! made change teams without a new password.

mod ceilings;
mod growth;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::draft::Draft;
use super::{check, guard, profiles};
use crate::access_key::AccessKey;
use crate::act::Act;
use crate::audit::{FLAGGED_USERS_MAX, Flag};
use crate::change::SideWrite;
use crate::decision::Target;
use crate::directory::Directory;
use crate::id::{SecurityProfileId, UserId};
use crate::limits;
use crate::record::{Record, RecordChange, RecordKey};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::{PasswordState, User};
use ceilings::Ceilings;
pub(super) use ceilings::Known;
use growth::users_of_grown;

impl Draft<'_> {
    /// Records that the actor could know what the user signs in with from now on.
    pub(super) fn take_custody(&self, user: &mut User) {
        if let Some(actor) = self.acting_user() {
            user.custody.add_actor(user.id, actor.id, &actor.custody, self.now);
        }
    }
}

/// Replaces the credentials that custodians could know who don't cover what the change gives. Under `warn` it only
/// flags whose they are. `known` is what the steps before have worked out. Says whether it changed records.
pub(super) fn enforce(draft: &mut Draft<'_>, next: &Directory, known: &mut Known) -> bool {
    known.after_step(&draft.records);
    if draft.act == Act::UpgradeCatalogue {
        return false;
    }
    let exposed = exposed(draft, next, known);
    if exposed.is_empty() {
        return false;
    }
    if !guard::is_enforced(draft.before) {
        let (users, count) = flagged(&exposed);
        draft.flags.push(Flag::CredentialsInOtherHands { users, count });
        return false;
    }
    replace_all(draft, next, &exposed);
    true
}

/// Replaces the credentials of the users who are exposed, as [`exposed_users`] has it.
pub(super) fn replace(draft: &mut Draft<'_>, profile: Option<SecurityProfileId>) -> Result<(), Refusal> {
    match draft.authorize(&Target::Instance) {
        Ok(()) | Err(Refusal::OutOfScope { .. }) => {}
        Err(refusal) => return Err(refusal),
    }
    if let Some(profile) = profile {
        profiles::link(draft, profile)?;
    }
    let before = draft.before;
    let exposed = exposed_users(before, profile, draft.now);
    check::count("users whose credentials are replaced at once", exposed.len(), limits::BATCH_MAX)?;
    exposed.keys().try_for_each(|user| draft.authorize(&Target::User(*user)))?;
    if !exposed.is_empty() {
        replace_all(draft, before, &exposed);
    }
    Ok(())
}

/// The users who have or can assign something, now or later, that a custodian of their credentials does not, among all
/// users or those with the profile; each with the time from which on the credentials could be known.
#[must_use]
pub fn exposed_users(
    directory: &Directory,
    profile: Option<SecurityProfileId>,
    now: Timestamp,
) -> BTreeMap<UserId, Timestamp> {
    let mut exposed = BTreeMap::new();
    let mut known = Known::default();
    let mut ceilings = Ceilings::new(directory, &mut known);
    let mut add = |user: &Arc<User>| ceilings.add_gains(&mut exposed, None, user, now);
    match profile {
        Some(profile) => directory.holders_with_custodians(profile).for_each(&mut add),
        None => directory.users_with_custodians().for_each(&mut add),
    }
    exposed
}

/// Users as a flag names them, and how many they are.
fn flagged(exposed: &BTreeMap<UserId, Timestamp>) -> (Vec<UserId>, u64) {
    (exposed.keys().copied().take(FLAGGED_USERS_MAX).collect(), exposed.len() as u64)
}

fn replace_all(draft: &mut Draft<'_>, next: &Directory, exposed: &BTreeMap<UserId, Timestamp>) {
    for (id, since) in exposed {
        if let Some(user) = next.user(*id) {
            replace_credentials(draft, next, user, *since);
        }
    }
    let (users, count) = flagged(exposed);
    draft.flags.push(Flag::CredentialsReplaced { users, count });
}

/// The users whose credentials are to be replaced, each with the time from which on they could be known.
fn exposed(draft: &Draft<'_>, next: &Directory, known: &mut Known) -> BTreeMap<UserId, Timestamp> {
    let mut exposed = BTreeMap::new();
    let mut ceilings = Ceilings::new(next, known);
    for change in &draft.records {
        match change {
            RecordChange::Put(Record::User(user)) => {
                let Some(user) = next.user(user.id).filter(|user| !user.custody.is_empty()) else { continue };
                ceilings.add_gains(&mut exposed, Some(draft.before), user, draft.now);
            }
            RecordChange::Put(Record::Profile(profile)) => {
                for user in users_of_grown(draft, next, profile.id) {
                    ceilings.add_gains(&mut exposed, Some(draft.before), user, draft.now);
                }
            }
            _ => {}
        }
    }
    exposed
}

/// Replaces what is younger than the hand on it: password, second factors, access keys, the verification of the email
/// address; and ends sessions and links. Access keys are suspended, so that one that a program needs can be reinstated.
fn replace_credentials(draft: &mut Draft<'_>, next: &Directory, user: &Arc<User>, since: Timestamp) {
    let is_exposed = |at: Option<Timestamp>| at.is_none_or(|at| at >= since);
    let mut after = User::clone(user);
    let id = after.id;
    // Passwords that this very change set are exposed as well.
    draft.side.retain(|write| !matches!(write, SideWrite::PutPassword { user, .. } if *user == id));
    if after.password != PasswordState::None && is_exposed(after.password_set_at) {
        after.password = PasswordState::None;
        after.password_set_at = None;
        draft.side.push(SideWrite::ForgetPassword { user: id });
    }
    let gone = after.second_factors.extract_if(.., |factor| is_exposed(Some(factor.added)));
    draft.side.extend(gone.map(|factor| SideWrite::ForgetSecondFactor { user: id, factor: factor.id }));
    if after.confirmed_email.is_some() && is_exposed(after.email_confirmed_at) {
        after.confirmed_email = None;
        after.email_confirmed_at = None;
    }
    after.email_unverified = after.identity.email.is_some() && after.confirmed_email != after.identity.email;
    after.custody.end(since);
    after.security_epoch += 1;
    suspend_keys(draft, next, id, since);
    draft.targets.push(RecordKey::User(id));
    draft.replace_user(after);
}

/// Suspends the user's access keys that were made at that time or later. Each keeps who could know it, for the case that
/// it is reinstated.
pub(super) fn suspend_keys(draft: &mut Draft<'_>, directory: &Directory, user: UserId, since: Timestamp) {
    let until = Timestamp::from_millis(draft.now.as_millis().saturating_add(limits::KEY_SUSPENSION_MILLIS));
    let custody = directory.user(user).map(|user| &user.custody);
    for key in directory.access_keys_of(user).filter(|key| key.suspended_until.is_none() && key.created >= since) {
        let known_to = custody.map(|custody| custody.of(key.created)).unwrap_or_default();
        let key = AccessKey { suspended_until: Some(until), known_to, ..AccessKey::clone(key) };
        draft.replace(Record::AccessKey(Arc::new(key)));
    }
}
