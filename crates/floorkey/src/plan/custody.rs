//! Custody of credentials. A custodian of a user is another user who could know the user's credentials. These
//! credentials must not grant more access than the custodian has or can assign.
//!
//! If a change grants a user access that a custodian neither has nor can assign, the change also replaces the user's
//! credentials. All credentials that were set up since the start of the custody are replaced. Older credentials stay
//! valid, and earlier custodians remain custodians. The operator and the system never become custodians.
//!
//! This check runs only when a change grants access. It does not run when a user is enabled, when an upgrade adds
//! permissions, or when a planned assignment begins.
//!
//! Custodians who are deleted or disabled can still know a password. If the new access is full access or allows
//! escalation, the credentials are replaced regardless of the access that these custodians had. Otherwise, the new
//! access is compared with the access that these custodians had when they were deleted or disabled. For example, an
//! agent who was created by a former administrator can change teams without needing a new password.

mod custodian_access;
mod growth;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::change_builder::ChangeBuilder;
use super::{check, guard, profiles};
use crate::access_key::AccessKey;
use crate::action::Action;
use crate::audit::{FLAGGED_USERS_MAX, Flag};
use crate::change::AuxiliaryWrite;
use crate::decision::Target;
use crate::directory::Directory;
use crate::id::{SecurityProfileId, UserId};
use crate::limits;
use crate::record::{Record, RecordChange, RecordKey};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::{PasswordState, User};
use custodian_access::CustodianAccess;
pub(super) use custodian_access::CustodianAccessCache;
use growth::users_promoted_by_growth;

impl ChangeBuilder<'_> {
    /// Records that the actor becomes a custodian of the user's credentials at the time of the change.
    pub(super) fn add_actor_as_custodian(&self, user: &mut User) {
        if let Some(actor) = self.acting_user() {
            user.custody.add_actor(user.id, actor.id, &actor.custody, self.now);
        }
    }
}

/// Replaces the credentials of users who get access that one of their custodians neither has nor can assign. In `warn`
/// mode, only flags these users. `cache` contains the results of earlier steps. Returns whether records were changed.
pub(super) fn enforce(builder: &mut ChangeBuilder<'_>, next: &Directory, cache: &mut CustodianAccessCache) -> bool {
    cache.after_step(&builder.records);
    if builder.action == Action::UpgradeCatalogue {
        return false;
    }
    let exposed = exposed(builder, next, cache);
    if exposed.is_empty() {
        return false;
    }
    if !guard::is_enforced(builder.before) {
        let (users, count) = flagged(&exposed);
        builder.flags.push(Flag::CredentialsKnownToCustodians { users, count });
        return false;
    }
    replace_all(builder, next, &exposed);
    true
}

/// Replaces the credentials of all users that [`exposed_users`] returns.
pub(super) fn replace(builder: &mut ChangeBuilder<'_>, profile: Option<SecurityProfileId>) -> Result<(), Refusal> {
    match builder.authorize(&Target::Instance) {
        Ok(()) | Err(Refusal::OutOfScope { .. }) => {}
        Err(refusal) => return Err(refusal),
    }
    if let Some(profile) = profile {
        profiles::check_linkable(builder, profile)?;
    }
    let before = builder.before;
    let exposed = exposed_users(before, profile, builder.now);
    check::count("users whose credentials are replaced at a time", exposed.len(), limits::BATCH_MAX)?;
    exposed.keys().try_for_each(|user| builder.authorize(&Target::User(*user)))?;
    if !exposed.is_empty() {
        replace_all(builder, before, &exposed);
    }
    Ok(())
}

/// Returns the users who have more access than one of their custodians. The comparison includes access that users and
/// custodians have or can assign, now or later.
///
/// Each user is mapped to the start of the custody. The custodian could know all credentials that were set up since
/// then. If `profile` is set, only users who have this profile are checked.
#[must_use]
pub fn exposed_users(
    directory: &Directory,
    profile: Option<SecurityProfileId>,
    now: Timestamp,
) -> BTreeMap<UserId, Timestamp> {
    let mut exposed = BTreeMap::new();
    let mut cache = CustodianAccessCache::default();
    let mut access = CustodianAccess::new(directory, &mut cache);
    let mut add = |user: &Arc<User>| access.add_gains(&mut exposed, None, user, now);
    match profile {
        Some(profile) => directory.users_of_profile_with_custodians(profile).for_each(&mut add),
        None => directory.users_with_custodians().for_each(&mut add),
    }
    exposed
}

/// Returns the users to name in a flag, and the total number of users.
fn flagged(exposed: &BTreeMap<UserId, Timestamp>) -> (Vec<UserId>, u64) {
    (exposed.keys().copied().take(FLAGGED_USERS_MAX).collect(), exposed.len() as u64)
}

fn replace_all(builder: &mut ChangeBuilder<'_>, next: &Directory, exposed: &BTreeMap<UserId, Timestamp>) {
    for (id, since) in exposed {
        if let Some(user) = next.user(*id) {
            replace_credentials(builder, next, user, *since);
        }
    }
    let (users, count) = flagged(exposed);
    builder.flags.push(Flag::CredentialsReplaced { users, count });
}

/// Returns the users whose credentials must be replaced. Each user is mapped to the start of the custody. The custodian
/// could know all credentials that were set up since then.
fn exposed(
    builder: &ChangeBuilder<'_>,
    next: &Directory,
    cache: &mut CustodianAccessCache,
) -> BTreeMap<UserId, Timestamp> {
    let mut exposed = BTreeMap::new();
    let mut access = CustodianAccess::new(next, cache);
    for change in &builder.records {
        match change {
            RecordChange::Upsert(Record::User(user)) => {
                let Some(user) = next.user(user.id).filter(|user| !user.custody.is_empty()) else { continue };
                access.add_gains(&mut exposed, Some(builder.before), user, builder.now);
            }
            RecordChange::Upsert(Record::Profile(profile)) => {
                for user in users_promoted_by_growth(builder, next, profile.id) {
                    access.add_gains(&mut exposed, Some(builder.before), user, builder.now);
                }
            }
            _ => {}
        }
    }
    exposed
}

/// Replaces all of a user's credentials that were set up at or after `since`: password, second factors, access keys and
/// email verification. Also ends the user's sessions and invalidates links. Access keys are suspended rather than
/// revoked. If a program depends on a key, the key can be reinstated.
fn replace_credentials(builder: &mut ChangeBuilder<'_>, next: &Directory, user: &Arc<User>, since: Timestamp) {
    let is_exposed = |at: Option<Timestamp>| at.is_none_or(|at| at >= since);
    let mut after = User::clone(user);
    let id = after.id;
    // The custodian could also know a password that the change sets, so this password is not stored.
    builder.side.retain(|write| !matches!(write, AuxiliaryWrite::PutPassword { user, .. } if *user == id));
    if after.password != PasswordState::None && is_exposed(after.password_set_at) {
        after.password = PasswordState::None;
        after.password_set_at = None;
        builder.side.push(AuxiliaryWrite::DeletePassword { user: id });
    }
    let removed = after.mfa_methods.extract_if(.., |factor| is_exposed(Some(factor.added)));
    builder.side.extend(removed.map(|factor| AuxiliaryWrite::DeleteSecondFactor { user: id, factor: factor.id }));
    if after.verified_email.is_some() && is_exposed(after.email_verified_at) {
        after.verified_email = None;
        after.email_verified_at = None;
    }
    after.email_unverified = after.identity.email.is_some() && after.verified_email != after.identity.email;
    after.custody.end_since(since);
    after.security_epoch += 1;
    suspend_keys(builder, next, id, since);
    builder.targets.push(RecordKey::User(id));
    builder.replace_user(after);
}

/// Suspends the user's access keys that were created at or after `since`. Each suspended key records which users could
/// know its secret. This record is needed if the key is reinstated.
pub(super) fn suspend_keys(builder: &mut ChangeBuilder<'_>, directory: &Directory, user: UserId, since: Timestamp) {
    let until = Timestamp::from_millis(builder.now.as_millis().saturating_add(limits::KEY_SUSPENSION_MILLIS));
    let custody = directory.user(user).map(|user| &user.custody);
    for key in directory.access_keys_of(user).filter(|key| key.suspended_until.is_none() && key.created >= since) {
        let known_to = custody.map(|custody| custody.custodians_at(key.created)).unwrap_or_default();
        let key = AccessKey { suspended_until: Some(until), known_to, ..AccessKey::clone(key) };
        builder.replace(Record::AccessKey(Arc::new(key)));
    }
}
