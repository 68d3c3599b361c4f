//! Planning: turns a command into a [`Change`], or into a [`Refusal`] that says why it can't be carried out.
//!
//! Everything that changes an instance goes through [`plan`], and nothing else creates a [`Change`]. It checks, in this
//! order, that the actor is allowed to perform the operation on its target, that the inputs are valid, and that names
//! and references permit the change. It then checks the resulting directory: every changed record must still be in the
//! actor's scope, the escalation guard must accept the change, and a full administrator must remain.
//!
//! A batch runs these checks for each of its commands, on the result of the previous one, and checks for a remaining
//! administrator once, at the end.

mod access_keys;
mod api_tokens;
mod applications;
mod authorize;
mod check;
mod course;
mod credentials;
mod custody;
mod disclose;
mod draft;
mod found;
mod guard;
mod hierarchy;
mod in_use;
mod instance;
mod logins;
mod missing;
mod profiles;
mod replace;
mod resource_edit;
mod resources;
mod restore;
mod scope;
mod sealed;
mod second_factors;
mod tag;
mod undo;
mod user_fields;
mod users;

use crate::act::Act;
use crate::audit::{AuditEvent, Outcome};
use crate::change::Change;
use crate::command::Command;
use crate::directory::{Directory, Revision};
use crate::limits;
use crate::principal::{Actor, Principal, Via};
use crate::record::{RecordChange, RecordKey};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::visibility::Viewer;

pub use authorize::{administrate, authorize, can_list};
use course::Course;
pub use custody::exposed_users;
use disclose::disclose;
use draft::Draft;
pub use found::{NewInstance, found};
pub use missing::missing;
pub use undo::{UNDO_NAMED, can_undo};

/// A change and the directory that results from it.
#[derive(Debug)]
pub struct Planned {
    /// The change to write.
    pub change: Change,
    /// The directory after the change.
    pub next: Directory,
}

impl Planned {
    /// Whether the change leaves every record as it was in `before`, apart from modification times, and writes nothing
    /// besides records.
    #[must_use]
    pub fn changes_nothing(&self, before: &Directory) -> bool {
        let is_same = |change: &RecordChange| match change {
            RecordChange::Put(after) => {
                draft::record(before, &after.key()).is_some_and(|before| before.untimed() == after.untimed())
            }
            RecordChange::Remove(_) => false,
        };
        self.change.side.is_empty() && self.change.records.iter().all(is_same)
    }
}

/// Plans a command on a directory.
///
/// # Errors
/// The reason for the refusal, in a text that names nothing the actor is not allowed to see. The directory stays
/// unchanged. [`refused`] builds the audit event that records who attempted what on which records.
pub fn plan(directory: &Directory, actor: &Actor, command: &Command, now: Timestamp) -> Result<Planned, Refusal> {
    accepted(directory, actor)?;
    let mut course = Course::new(directory, actor, command.act(), now);
    let carried_out = course.carry_out(command);
    carried_out.map_err(|refusal| disclose(directory, actor, refusal, now))?;
    let (draft, next) = course.end();
    survivor(directory, &next, &draft)?;
    Ok(draft.finish(next))
}

/// Builds the audit event of an operation that changed no record: a sign-in, a download.
#[must_use]
pub fn noted(actor: &Actor, act: Act, targets: Vec<RecordKey>, revision: Revision, now: Timestamp) -> AuditEvent {
    event(actor, act, targets, Outcome::Done { revision }, now)
}

/// Builds the audit event of a refused operation. It names only the first [`limits::REFUSED_TARGETS_MAX`] targets, so
/// that refused commands on many records can't fill the disk.
#[must_use]
pub fn refused(actor: &Actor, act: Act, mut targets: Vec<RecordKey>, refusal: &Refusal, now: Timestamp) -> AuditEvent {
    targets.truncate(limits::REFUSED_TARGETS_MAX);
    let (code, reference) = (refusal.code(), refusal.reference());
    let outcome = Outcome::Refused { code, message: refusal.details(), reference };
    event(actor, act, targets, outcome, now)
}

/// Builds an event without changes. An operation on no particular record is recorded as one on the settings, so that
/// every event has a target.
fn event(actor: &Actor, act: Act, mut targets: Vec<RecordKey>, outcome: Outcome, now: Timestamp) -> AuditEvent {
    if targets.is_empty() {
        targets.push(RecordKey::Settings);
    }
    AuditEvent { act, actor: actor.clone(), at: now, outcome, targets, changes: Vec::new(), flags: Vec::new() }
}

/// Checks that the credentials that authenticated the caller are still valid: receiving a body or hashing a password
/// can take seconds, and the user's access can grow in the meantime.
///
/// # Errors
/// [`Refusal::CredentialsEnded`].
pub fn accepted(directory: &Directory, actor: &Actor) -> Result<(), Refusal> {
    let Principal::User { id, via } = &actor.principal else { return Ok(()) };
    let stands = match via {
        Via::AccessKey(key) => {
            directory.access_key(key).is_some_and(|key| key.owner == *id && key.suspended_until.is_none())
        }
        Via::Session { .. } => actor
            .security_epoch
            .is_none_or(|epoch| directory.user(*id).is_some_and(|user| user.enabled && user.security_epoch == epoch)),
    };
    if stands { Ok(()) } else { Err(Refusal::CredentialsEnded) }
}

/// Enforces the last-administrator rule: refuses a change that leaves no full administrator where there was one before.
fn survivor(before: &Directory, after: &Directory, draft: &Draft<'_>) -> Result<(), Refusal> {
    if before.administrator_count() == 0 || after.administrator_count() > 0 {
        return Ok(());
    }
    let touched = draft.records.iter().find_map(|change| match change.key() {
        RecordKey::User(id) if before.is_administrator(id) => before.user(id),
        _ => None,
    });
    let lost = touched.or_else(|| before.users_after(None).find(|user| before.is_administrator(user.id)));
    let username = lost.map(|user| user.username.clone()).unwrap_or_default();
    let viewer = Viewer::new(before, &draft.actor.principal, draft.now);
    if lost.is_none_or(|user| viewer.user_name(user.id).is_some()) {
        return Err(Refusal::LastAdministrator { username });
    }
    let details = Refusal::LastAdministrator { username }.to_string();
    Err(Refusal::LastAdministrator { username: String::new() }.withholding(details))
}

fn fill(draft: &mut Draft<'_>, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::CreateSecurityProfile(new) => profiles::create(draft, new),
        Command::UpdateSecurityProfile { profile, edit } => profiles::update(draft, *profile, edit),
        Command::RenameSecurityProfile { profile, name } => profiles::rename(draft, *profile, name),
        Command::SetAssignableProfiles { profile, assignable } => profiles::set_assignable(draft, *profile, assignable),
        Command::DeleteSecurityProfile { profile } => profiles::delete(draft, *profile),
        Command::CreateUser(new) => users::create(draft, new),
        Command::DeleteUser { user } => users::delete(draft, *user),
        Command::UpdateUserSecurityProfiles { user, assignments } => users::assign(draft, *user, assignments),
        Command::AssociateSecurityProfiles { user, profiles } => users::associate(draft, *user, profiles),
        Command::DisassociateSecurityProfiles { user, profiles } => users::disassociate(draft, *user, profiles),
        Command::SetUserEnabled { user, enabled } => users::set_enabled(draft, *user, *enabled),
        Command::ResetUserPassword { user, password, revoke_access_keys } => {
            credentials::reset_password(draft, *user, password, *revoke_access_keys)
        }
        Command::RenameUserLogin { user, username } => users::rename_login(draft, *user, username),
        Command::ChangeSecurityProfiles { user, add, remove } => users::change_profiles(draft, *user, add, remove),
        Command::ReplaceSecurityProfile { profile, with, delete } => replace::replace(draft, *profile, *with, *delete),
        Command::RestoreUser { user, password } => restore::user(draft, user, password.as_ref()),
        Command::ChangeOwnPassword { user, password } => credentials::change_own_password(draft, *user, password),
        Command::EndUserSessions { user } => credentials::end_sessions(draft, *user),
        Command::UnlockUser { user } => credentials::unlock(draft, *user),
        Command::ConfirmEmail { user, email } => credentials::confirm_email(draft, *user, email),
        Command::VouchForEmail { user, email } => credentials::vouch_for_email(draft, *user, email),
        Command::InviteUser { user, email } => credentials::invite(draft, *user, email),
        Command::AddSecondFactor { user, factor, secret } => second_factors::add(draft, *user, factor, secret),
        Command::RemoveSecondFactor { user, factor } => second_factors::remove(draft, *user, *factor),
        Command::RestoreAdministrator { profile, user, username, password } => {
            restore::administrator(draft, *profile, *user, username, password)
        }
        Command::UpdateUserIdentityInfo { user, identity } => user_fields::identity(draft, *user, identity),
        Command::UpdateUserPhoneConfig { user, channels } => user_fields::phone(draft, *user, channels),
        Command::UpdateUserConfig { user, channels } => user_fields::channels(draft, *user, channels),
        Command::UpdateUserRoutingProfile { user, routing_profile } => {
            user_fields::routing(draft, *user, *routing_profile)
        }
        Command::UpdateUserHierarchy { user, group } => user_fields::hierarchy(draft, *user, *group),
        Command::AssociateUserProficiencies { user, proficiencies } => {
            user_fields::add_skills(draft, *user, proficiencies)
        }
        Command::UpdateUserProficiencies { user, proficiencies } => {
            user_fields::set_skills(draft, *user, proficiencies)
        }
        Command::DisassociateUserProficiencies { user, proficiencies } => {
            user_fields::drop_skills(draft, *user, proficiencies)
        }
        Command::CreateAccessKey { owner, id, label, sealed_secret } => {
            access_keys::create(draft, *owner, id, label, sealed_secret)
        }
        Command::RevokeAccessKey { id } => access_keys::revoke(draft, id),
        Command::ReinstateAccessKey { id } => access_keys::reinstate(draft, id),
        Command::ForgetSealed => sealed::forget(draft),
        Command::RegisterApplication(new) => applications::register(draft, new),
        Command::UnregisterApplication { namespace } => applications::unregister(draft, namespace),
        Command::PutApplicationResources { namespace, resources } => {
            applications::put_resources(draft, namespace, resources)
        }
        Command::DeleteApplicationResources { namespace, ids } => applications::delete_resources(draft, namespace, ids),
        Command::CreateApiToken(new) => api_tokens::create(draft, new),
        Command::UpdateApiToken(id, settings) => api_tokens::update(draft, *id, settings),
        Command::RevokeApiToken { id } => api_tokens::revoke(draft, *id),
        Command::CreateUserHierarchyGroup { id, name, parent, tags } => {
            hierarchy::create(draft, *id, name, *parent, tags)
        }
        Command::UpdateUserHierarchyGroupName { group, name } => hierarchy::rename(draft, *group, name),
        Command::DeleteUserHierarchyGroup { group } => hierarchy::delete(draft, *group),
        Command::UpdateUserHierarchyStructure { levels } => hierarchy::set_levels(draft, levels),
        Command::TagResource { target, tags } => tag::tag(draft, target, tags),
        Command::UntagResource { target, keys } => tag::untag(draft, target, keys),
        Command::CreateResource(new) => resources::create(draft, new),
        Command::UpdateResource(edit) => resource_edit::change(draft, edit),
        Command::DeleteResource { kind, id } => resources::delete(draft, kind.resource_type(), *id),
        Command::UpdateInstanceAttribute { name, value } => instance::set_attribute(draft, name, value),
        Command::ReplaceCredentials(profile) => custody::replace(draft, *profile),
        Command::SetEscalationGuard { mode, reason } => instance::set_guard(draft, *mode, reason),
        Command::UpgradeCatalogue => instance::upgrade_catalogue(draft),
        Command::RecordFormerLogins(former) => logins::record_former(draft, former),
        // `Course` expands these commands first. One that gets here is nested in a batch.
        Command::Batch { .. } | Command::Undo { .. } | Command::IfUnchanged { .. } => Err(course::nested()),
    }
}
