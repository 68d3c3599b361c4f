//! Plans commands. The result is a [`Change`], or a [`Refusal`] with the reason why the command can't be carried out.
//!
//! Only [`plan`] and [`create_instance`](crate::create_instance()) create a [`Change`].
//! [`create_instance`](crate::create_instance()) creates an instance, and [`plan`] handles all commands on an existing
//! instance.
//!
//! First, [`plan`] checks that the actor is allowed to perform the operation on the target. It also checks that the
//! inputs are valid, that new names are available, and that referenced records exist. It then checks the resulting
//! directory: every changed record must still be in the actor's scope, the escalation guard must accept the change, and
//! a full administrator must remain.
//!
//! In a batch, most of these checks run for each command, based on the result of the previous command. Only the check
//! for a remaining full administrator runs once, at the end of the batch.

mod access_keys;
mod api_tokens;
mod applications;
mod change_builder;
mod check;
mod create_instance;
mod credentials;
mod custody;
mod disclose;
mod findings;
mod guard;
mod hierarchy;
mod in_use;
mod instance;
mod logins;
mod not_found;
mod profiles;
mod replace;
mod resource_edit;
mod resources;
mod restore;
mod scope;
mod sealed;
mod second_factors;
mod tag;
mod transaction;
mod undo;
mod user_fields;
mod users;

use crate::action::Action;
use crate::audit::{AuditEvent, Outcome};
use crate::change::Change;
use crate::command::Command;
use crate::directory::Directory;
use crate::limits;
use crate::principal::{Actor, Authentication, Principal};
use crate::record::{RecordChange, RecordKey};
use crate::refusal::Refusal;
use crate::revision::Revision;
use crate::time::Timestamp;
use crate::visibility::Viewer;

pub(crate) use crate::authorization::{authorize, can_list};
use change_builder::ChangeBuilder;
pub use create_instance::{NewInstance, create_instance};
pub use custody::exposed_users;
use disclose::disclose;
pub use not_found::not_found_or_denied;
use transaction::Transaction;
pub use undo::{UNDO_NAMED_MAX, can_undo};

/// A change and the directory that results from it.
#[derive(Debug)]
pub struct PlannedChange {
    /// The change to write.
    pub change: Change,
    /// The directory after the change.
    pub next: Directory,
}

impl PlannedChange {
    /// Whether the change has no effect. Such a change writes no other data, and all records stay as they were in
    /// `before`, except for modification times.
    #[must_use]
    pub fn changes_nothing(&self, before: &Directory) -> bool {
        let is_same = |change: &RecordChange| match change {
            RecordChange::Upsert(after) => change_builder::record(before, &after.key())
                .is_some_and(|before| before.without_modified() == after.without_modified()),
            RecordChange::Remove(_) => false,
        };
        self.change.side.is_empty() && self.change.records.iter().all(is_same)
    }
}

/// Plans a command on a directory.
///
/// # Errors
/// Returns a refusal if the command can't be carried out. The refusal's text does not reveal anything that the actor is
/// not allowed to see. The directory stays unchanged. To build the audit event of the attempt, call [`refused_event`].
pub fn plan(directory: &Directory, actor: &Actor, command: &Command, now: Timestamp) -> Result<PlannedChange, Refusal> {
    check_credentials(directory, actor)?;
    let mut transaction = Transaction::new(directory, actor, command.action(), now);
    let result = transaction.execute(command);
    result.map_err(|refusal| disclose(directory, actor, refusal, now))?;
    let (builder, next) = transaction.finish();
    check_last_administrator(directory, &next, &builder)?;
    Ok(builder.finish(next))
}

/// Builds the audit event of an operation that changed no record, for example a sign-in or a download.
#[must_use]
pub fn performed_event(
    actor: &Actor,
    action: Action,
    targets: Vec<RecordKey>,
    revision: Revision,
    now: Timestamp,
) -> AuditEvent {
    event(actor, action, targets, Outcome::Done { revision }, now)
}

/// Builds the audit event of a refused operation. The event lists only the first [`limits::REFUSED_TARGETS_MAX`]
/// targets. Refused commands on many records therefore can't fill the disk.
#[must_use]
pub fn refused_event(
    actor: &Actor,
    action: Action,
    mut targets: Vec<RecordKey>,
    refusal: &Refusal,
    now: Timestamp,
) -> AuditEvent {
    targets.truncate(limits::REFUSED_TARGETS_MAX);
    let (code, reference) = (refusal.code(), refusal.reference());
    let outcome = Outcome::Refused { code, message: refusal.details(), reference };
    event(actor, action, targets, outcome, now)
}

/// Builds an event without changes. Every event must have a target. If the operation has no target, the instance's
/// settings are used.
fn event(actor: &Actor, action: Action, mut targets: Vec<RecordKey>, outcome: Outcome, now: Timestamp) -> AuditEvent {
    if targets.is_empty() {
        targets.push(RecordKey::Settings);
    }
    AuditEvent { action, actor: actor.clone(), at: now, outcome, targets, changes: Vec::new(), flags: Vec::new() }
}

/// Checks that the credentials that authenticated the caller are still valid. Before this check, receiving a request
/// body or hashing a password can take several seconds. The credentials can become invalid during that time.
///
/// # Errors
/// Returns [`Refusal::CredentialsEnded`] if the credentials are no longer valid.
pub fn check_credentials(directory: &Directory, actor: &Actor) -> Result<(), Refusal> {
    let Principal::User { id, authentication: via } = &actor.principal else { return Ok(()) };
    let is_valid = match via {
        Authentication::AccessKey(key) => {
            directory.access_key(key).is_some_and(|key| key.owner == *id && key.suspended_until.is_none())
        }
        Authentication::Session { .. } => actor
            .security_epoch
            .is_none_or(|epoch| directory.user(*id).is_some_and(|user| user.enabled && user.security_epoch == epoch)),
    };
    if is_valid { Ok(()) } else { Err(Refusal::CredentialsEnded) }
}

/// Enforces the last-administrator rule: refuses a change that removes the last full administrator.
fn check_last_administrator(before: &Directory, after: &Directory, builder: &ChangeBuilder<'_>) -> Result<(), Refusal> {
    if before.administrator_count() == 0 || after.administrator_count() > 0 {
        return Ok(());
    }
    let changed = builder.records.iter().find_map(|change| match change.key() {
        RecordKey::User(id) if before.is_administrator(id) => before.user(id),
        _ => None,
    });
    let administrator = changed.or_else(|| before.users_after(None).find(|user| before.is_administrator(user.id)));
    let username = administrator.map(|user| user.username.clone()).unwrap_or_default();
    let viewer = Viewer::new(before, &builder.actor.principal, builder.now);
    if administrator.is_none_or(|user| viewer.user_name(user.id).is_some()) {
        return Err(Refusal::LastAdministrator { username });
    }
    let details = Refusal::LastAdministrator { username }.to_string();
    Err(Refusal::LastAdministrator { username: String::new() }.withholding(details))
}

fn apply_command(builder: &mut ChangeBuilder<'_>, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::CreateSecurityProfile(new) => profiles::create(builder, new),
        Command::UpdateSecurityProfile { profile, edit } => profiles::update(builder, *profile, edit),
        Command::RenameSecurityProfile { profile, name } => profiles::rename(builder, *profile, name),
        Command::SetAssignableProfiles { profile, assignable } => {
            profiles::set_assignable(builder, *profile, assignable)
        }
        Command::DeleteSecurityProfile { profile } => profiles::delete(builder, *profile),
        Command::CreateUser(new) => users::create(builder, new),
        Command::DeleteUser { user } => users::delete(builder, *user),
        Command::UpdateUserSecurityProfiles { user, assignments } => users::assign(builder, *user, assignments),
        Command::AssociateSecurityProfiles { user, profiles } => users::associate(builder, *user, profiles),
        Command::DisassociateSecurityProfiles { user, profiles } => users::disassociate(builder, *user, profiles),
        Command::SetUserEnabled { user, enabled } => users::set_enabled(builder, *user, *enabled),
        Command::ResetUserPassword { user, password, revoke_access_keys } => {
            credentials::reset_password(builder, *user, password, *revoke_access_keys)
        }
        Command::RenameUserLogin { user, username } => users::rename_login(builder, *user, username),
        Command::ChangeSecurityProfiles { user, add, remove } => users::change_profiles(builder, *user, add, remove),
        Command::ReplaceSecurityProfile { profile, with, delete } => {
            replace::replace(builder, *profile, *with, *delete)
        }
        Command::RestoreUser { user, password } => restore::user(builder, user, password.as_ref()),
        Command::ChangeOwnPassword { user, password } => credentials::change_own_password(builder, *user, password),
        Command::EndUserSessions { user } => credentials::end_sessions(builder, *user),
        Command::UnlockUser { user } => credentials::unlock(builder, *user),
        Command::VerifyEmail { user, email } => credentials::confirm_email(builder, *user, email),
        Command::VerifyEmailOfUser { user, email } => credentials::vouch_for_email(builder, *user, email),
        Command::InviteUser { user, email } => credentials::invite(builder, *user, email),
        Command::AddSecondFactor { user, factor, secret } => second_factors::add(builder, *user, factor, secret),
        Command::RemoveSecondFactor { user, factor } => second_factors::remove(builder, *user, *factor),
        Command::RestoreAdministrator { profile, user, username, password } => {
            restore::administrator(builder, *profile, *user, username, password)
        }
        Command::UpdateUserIdentityInfo { user, identity } => user_fields::identity(builder, *user, identity),
        Command::UpdateUserPhoneConfig { user, channels } => user_fields::phone(builder, *user, channels),
        Command::UpdateUserConfig { user, channels } => user_fields::channels(builder, *user, channels),
        Command::UpdateUserRoutingProfile { user, routing_profile } => {
            user_fields::routing(builder, *user, *routing_profile)
        }
        Command::UpdateUserHierarchy { user, group } => user_fields::hierarchy(builder, *user, *group),
        Command::AssociateUserProficiencies { user, proficiencies } => {
            user_fields::add_proficiencies(builder, *user, proficiencies)
        }
        Command::UpdateUserProficiencies { user, proficiencies } => {
            user_fields::set_proficiencies(builder, *user, proficiencies)
        }
        Command::DisassociateUserProficiencies { user, proficiencies } => {
            user_fields::remove_proficiencies(builder, *user, proficiencies)
        }
        Command::CreateAccessKey { owner, id, label, sealed_secret } => {
            access_keys::create(builder, *owner, id, label, sealed_secret)
        }
        Command::RevokeAccessKey { id } => access_keys::revoke(builder, id),
        Command::ReinstateAccessKey { id } => access_keys::reinstate(builder, id),
        Command::DeleteSealed => sealed::delete_all(builder),
        Command::RegisterApplication(new) => applications::register(builder, new),
        Command::UnregisterApplication { namespace } => applications::unregister(builder, namespace),
        Command::PutApplicationResources { namespace, resources } => {
            applications::put_resources(builder, namespace, resources)
        }
        Command::DeleteApplicationResources { namespace, ids } => {
            applications::delete_resources(builder, namespace, ids)
        }
        Command::CreateApiToken(new) => api_tokens::create(builder, new),
        Command::UpdateApiToken(id, settings) => api_tokens::update(builder, *id, settings),
        Command::RevokeApiToken { id } => api_tokens::revoke(builder, *id),
        Command::CreateUserHierarchyGroup { id, name, parent, tags } => {
            hierarchy::create(builder, *id, name, *parent, tags)
        }
        Command::UpdateUserHierarchyGroupName { group, name } => hierarchy::rename(builder, *group, name),
        Command::DeleteUserHierarchyGroup { group } => hierarchy::delete(builder, *group),
        Command::UpdateUserHierarchyStructure { levels } => hierarchy::set_levels(builder, levels),
        Command::TagResource { target, tags } => tag::tag(builder, target, tags),
        Command::UntagResource { target, keys } => tag::untag(builder, target, keys),
        Command::CreateResource(new) => resources::create(builder, new),
        Command::UpdateResource(edit) => resource_edit::change(builder, edit),
        Command::DeleteResource { kind, id } => resources::delete(builder, kind.resource_type(), *id),
        Command::UpdateInstanceAttribute { name, value } => instance::set_attribute(builder, name, value),
        Command::ReplaceCredentials(profile) => custody::replace(builder, *profile),
        Command::SetEscalationGuard { mode, reason } => instance::set_guard(builder, *mode, reason),
        Command::UpdateFinding(finding, edit) => findings::update(builder, *finding, edit),
        Command::UpgradeCatalog => instance::upgrade_catalog(builder),
        Command::RecordFormerLogins(former) => logins::record_former_logins(builder, former),
        // `Transaction` handles these commands, unless they are nested in a batch. Nested commands of these kinds are
        // refused.
        Command::Batch { .. } | Command::Undo { .. } | Command::IfUnchanged { .. } => {
            Err(transaction::nested_command_refusal())
        }
    }
}
