//! Commands on users: creation, deletion, profiles, status and login name.

use std::collections::BTreeSet;

use super::change_builder::ChangeBuilder;
use super::check;
use super::logins;
use super::profiles::check_linkable;
use crate::action::Action;
use crate::audit::Flag;
use crate::change::AuxiliaryWrite;
use crate::command::{NewPassword, NewUser};
use crate::decision::{ResourceAttributes, Target};
use crate::id::{SecurityProfileId, UserId};
use crate::invalid::invalid;
use crate::limits;
use crate::lookalike::differ_in_script;
use crate::record::RecordKey;
use crate::refusal::{EntityKind, Refusal};
use crate::resource::ResourceType;
use crate::tags::{self, Tags};
use crate::text::folded;
use crate::user::{Assignment, MfaMethod, PasswordState, Phone, User};
use crate::value_revisions::ValueRevisions;

pub(super) fn create(builder: &mut ChangeBuilder<'_>, new: &NewUser) -> Result<(), Refusal> {
    let resource = ResourceAttributes {
        hierarchy_group: new.hierarchy_group,
        ..ResourceAttributes::new(ResourceType::User, &new.tags)
    };
    builder.authorize_new(resource)?;
    check::new_username(&new.username)?;
    check::identity(&new.identity, builder.before.settings())?;
    check::channels(&new.channels)?;
    tags::check("Tags", &new.tags)?;
    check_login_available(builder, new.id, &new.username)?;
    reject_lookalike(builder, new.id, &new.username)?;
    let assignments: Vec<_> = new.profiles.iter().copied().map(Assignment::always).collect();
    check_assignments(builder, &[], &assignments)?;
    super::user_fields::check_routing_profile(builder, new.routing_profile)?;
    super::user_fields::check_group(builder, new.hierarchy_group)?;
    if let Some(password) = &new.password {
        require_managed_identities(builder, "Password")?;
        builder.side.push(AuxiliaryWrite::PutPassword { user: new.id, hash: password.hash.clone() });
    }
    let mut user = User {
        identity: new.identity.clone(),
        directory_user_id: new.directory_user_id.clone(),
        assignments,
        hierarchy_group: new.hierarchy_group,
        phone: Phone { channels: super::user_fields::in_order(&new.channels) },
        tag_revisions: ValueRevisions::default().edited(&Tags::new(), &new.tags, builder.revision),
        tags: new.tags.clone(),
        password: new.password.as_ref().map_or(PasswordState::None, password_state),
        password_set_at: new.password.as_ref().map(|_| builder.now),
        ..User::new(new.id, new.username.clone(), new.routing_profile, builder.now)
    };
    builder.add_actor_as_custodian(&mut user);
    builder.put_user(user);
    Ok(())
}

pub(super) fn delete(builder: &mut ChangeBuilder<'_>, id: UserId) -> Result<(), Refusal> {
    let user = builder.user(id)?;
    revoke_access_keys(builder, id);
    delete_second_factors(builder, &user);
    builder.remove(RecordKey::User(id));
    builder.side.push(AuxiliaryWrite::DeleteUserData { user: id });
    Ok(())
}

pub(super) fn assign(builder: &mut ChangeBuilder<'_>, id: UserId, assignments: &[Assignment]) -> Result<(), Refusal> {
    let mut user = builder.user(id)?;
    let is_same = |old: &Assignment, new: &Assignment| old.profile == new.profile && !old.has_ended(builder.now);
    let existing = |new: &Assignment| user.assignments.iter().find(|old| !new.is_dated() && is_same(old, new));
    let assignments: Vec<_> = assignments.iter().map(|new| existing(new).copied().unwrap_or(*new)).collect();
    check_assignments(builder, &user.assignments, &assignments)?;
    user.assignments = assignments;
    builder.put_user(user);
    Ok(())
}

pub(super) fn associate(
    builder: &mut ChangeBuilder<'_>,
    id: UserId,
    profiles: &[SecurityProfileId],
) -> Result<(), Refusal> {
    let mut user = builder.user(id)?;
    let mut assignments = user.assignments.clone();
    assignments.retain(|assignment| !(assignment.has_ended(builder.now) && profiles.contains(&assignment.profile)));
    for profile in profiles {
        if !assignments.iter().any(|assignment| assignment.profile == *profile) {
            assignments.push(Assignment::always(*profile));
        }
    }
    check_assignments(builder, &user.assignments, &assignments)?;
    user.assignments = assignments;
    builder.put_user(user);
    Ok(())
}

pub(super) fn disassociate(
    builder: &mut ChangeBuilder<'_>,
    id: UserId,
    profiles: &[SecurityProfileId],
) -> Result<(), Refusal> {
    let mut user = builder.user(id)?;
    for profile in profiles {
        check_removable_profile(builder, &user, *profile)?;
    }
    let mut assignments = user.assignments.clone();
    assignments.retain(|assignment| !profiles.contains(&assignment.profile));
    check_assignments(builder, &user.assignments, &assignments)?;
    user.assignments = assignments;
    builder.put_user(user);
    Ok(())
}

/// Assigns some profiles to a user and removes others. The user keeps all remaining profiles.
pub(super) fn change_profiles(
    builder: &mut ChangeBuilder<'_>,
    id: UserId,
    add: &BTreeSet<SecurityProfileId>,
    remove: &BTreeSet<SecurityProfileId>,
) -> Result<(), Refusal> {
    let mut user = builder.user(id)?;
    if let Some(both) = add.intersection(remove).next() {
        return Err(invalid("SecurityProfileIds", format!("{both} can't be both added and removed")).into());
    }
    for profile in remove {
        check_removable_profile(builder, &user, *profile)?;
    }
    let mut assignments = user.assignments.clone();
    let is_removed = |assignment: &Assignment| {
        remove.contains(&assignment.profile) || (assignment.has_ended(builder.now) && add.contains(&assignment.profile))
    };
    assignments.retain(|assignment| !is_removed(assignment));
    for profile in add {
        if !assignments.iter().any(|assignment| assignment.profile == *profile) {
            assignments.push(Assignment::always(*profile));
        }
    }
    check_assignments(builder, &user.assignments, &assignments)?;
    if assignments != user.assignments {
        user.assignments = assignments;
        builder.put_user(user);
    }
    Ok(())
}

pub(super) fn set_enabled(builder: &mut ChangeBuilder<'_>, id: UserId, enabled: bool) -> Result<(), Refusal> {
    let mut user = builder.user(id)?;
    if user.enabled && !enabled {
        user.security_epoch += 1;
    }
    user.enabled = enabled;
    builder.put_user(user);
    Ok(())
}

pub(super) fn rename_login(builder: &mut ChangeBuilder<'_>, id: UserId, username: &str) -> Result<(), Refusal> {
    let mut user = builder.user(id)?;
    // An undo can restore a name with mixed scripts or a name that looks like another name. Such names are also
    // accepted if only the spelling of the login name changes.
    if builder.is_undo || folded(username) == folded(&user.username) {
        check::username(username)?;
        check_login_available(builder, id, username)?;
        flag_lookalike(builder, id, username);
    } else {
        check::new_username(username)?;
        check_login_available(builder, id, username)?;
        reject_lookalike(builder, id, username)?;
    }
    username.clone_into(&mut user.username);
    user.security_epoch += 1;
    builder.put_user(user);
    Ok(())
}

/// Revokes all access keys of a user.
pub(super) fn revoke_access_keys(builder: &mut ChangeBuilder<'_>, owner: UserId) {
    let keys: Vec<_> = builder.before.access_keys_of(owner).map(|key| key.id.clone()).collect();
    for id in keys {
        builder.remove(RecordKey::AccessKey(id.clone()));
        builder.side.push(AuxiliaryWrite::DeleteAccessKey { id });
    }
}

/// Deletes the secrets of a user's second factors.
pub(super) fn delete_second_factors(builder: &mut ChangeBuilder<'_>, user: &User) {
    let delete = |factor: &MfaMethod| AuxiliaryWrite::DeleteSecondFactor { user: user.id, factor: factor.id };
    builder.side.extend(user.mfa_methods.iter().map(delete));
}

pub(super) fn check_assignments(
    builder: &ChangeBuilder<'_>,
    before: &[Assignment],
    after: &[Assignment],
) -> Result<(), Refusal> {
    if after.is_empty() {
        return Err(invalid("SecurityProfileIds", "a user must have at least one security profile").into());
    }
    check::input_count("SecurityProfileIds", "security profiles", after.len(), limits::PROFILES_A_USER_MAX)?;
    for (at, assignment) in after.iter().enumerate() {
        let id = assignment.profile;
        if after.iter().take(at).any(|other| other.profile == id) {
            return Err(invalid("SecurityProfileIds", format!("{id} occurs more than once")).into());
        }
        if matches!((assignment.from, assignment.until), (Some(from), Some(until)) if until <= from) {
            return Err(
                invalid("SecurityProfileIds", format!("the assignment of {id} must not end before it begins")).into()
            );
        }
        if !before.iter().any(|old| old.profile == id && !old.has_ended(builder.now)) {
            check_linkable(builder, id)?;
        }
    }
    Ok(())
}

/// Refuses to remove a profile if the user doesn't have it and the actor can't see it.
fn check_removable_profile(
    builder: &ChangeBuilder<'_>,
    user: &User,
    profile: SecurityProfileId,
) -> Result<(), Refusal> {
    match user.assignments.iter().any(|assignment| assignment.profile == profile) {
        true => Ok(()),
        false => check_linkable(builder, profile),
    }
}

/// Refuses a login name that another user has, or that is reserved for another user. The refusal contains the other
/// user's spelling of the login name only if the actor can see that user.
pub(super) fn check_login_available(
    builder: &mut ChangeBuilder<'_>,
    id: UserId,
    username: &str,
) -> Result<(), Refusal> {
    match builder.before.user_by_login(username).filter(|other| other.id != id) {
        Some(other) => {
            let name = builder.viewer().user_name(other.id).unwrap_or(username).to_owned();
            Err(Refusal::Duplicate { kind: EntityKind::Resource(ResourceType::User), name })
        }
        None => logins::check_reserved(builder, id, username),
    }
}

/// Checks whether a new login name looks like another user's login name. If the two names are in different scripts, the
/// new login name is refused. Otherwise, it is flagged. The refusal contains the other user's login name only if the
/// actor can see that user.
pub(super) fn reject_lookalike(builder: &mut ChangeBuilder<'_>, id: UserId, username: &str) -> Result<(), Refusal> {
    let mut others = builder.before.lookalikes(username).filter(|other| other.id != id);
    let Some(other) = others.find(|other| differ_in_script(username, &other.username)) else {
        flag_lookalike(builder, id, username);
        return Ok(());
    };
    let whose = match builder.authorize_as(Action::DescribeUser, &Target::User(other.id)) {
        Ok(()) => format!("`{}`", other.username),
        Err(_) => "the login name of another user".to_owned(),
    };
    let problem = format!("it looks like {whose}, but uses another script: choose a name that can be distinguished");
    Err(invalid("Username", problem).into())
}

/// Flags a login name that looks like another user's login name.
pub(super) fn flag_lookalike(builder: &mut ChangeBuilder<'_>, id: UserId, username: &str) {
    if let Some(other) = builder.before.lookalikes(username).find(|other| other.id != id) {
        builder.flags.push(Flag::LooksLike { user: other.id });
    }
}

pub(super) fn require_managed_identities(builder: &ChangeBuilder<'_>, input: &'static str) -> Result<(), Refusal> {
    match builder.before.settings().identity_management.as_str() {
        "CONNECT_MANAGED" => Ok(()),
        managed => Err(invalid(
            input,
            format!(
                "this instance has no passwords, because its users are managed in an external directory ({managed})"
            ),
        )
        .into()),
    }
}

/// Returns the password state of a user who has this password.
pub(super) const fn password_state(password: &NewPassword) -> PasswordState {
    if password.temporary { PasswordState::Temporary } else { PasswordState::Set }
}
