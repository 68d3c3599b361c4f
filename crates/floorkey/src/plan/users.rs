//! Commands on users: creation, deletion, profiles, status and login name.

use std::collections::BTreeSet;

use super::check;
use super::draft::Draft;
use super::logins;
use super::profiles::link;
use crate::act::Act;
use crate::audit::Flag;
use crate::change::SideWrite;
use crate::command::{NewPassword, NewUser};
use crate::decision::{Target, Thing};
use crate::id::{SecurityProfileId, UserId};
use crate::limits;
use crate::lookalike::differ_in_script;
use crate::record::RecordKey;
use crate::refusal::{Refusal, invalid};
use crate::resource::ResourceType;
use crate::set_revisions::SetRevisions;
use crate::tags::{self, Tags};
use crate::text::folded;
use crate::user::{Assignment, PasswordState, Phone, SecondFactor, User};

pub(super) fn create(draft: &mut Draft<'_>, new: &NewUser) -> Result<(), Refusal> {
    let thing = Thing { hierarchy_group: new.hierarchy_group, ..Thing::new(ResourceType::User, &new.tags) };
    draft.authorize_new(thing)?;
    check::new_username(&new.username)?;
    check::identity(&new.identity, draft.before.settings())?;
    check::channels(&new.channels)?;
    tags::check("Tags", &new.tags)?;
    free_login(draft, new.id, &new.username)?;
    tell_apart(draft, new.id, &new.username)?;
    let assignments: Vec<_> = new.profiles.iter().copied().map(Assignment::always).collect();
    check_assignments(draft, &[], &assignments)?;
    super::user_fields::link_routing(draft, new.routing_profile)?;
    super::user_fields::link_group(draft, new.hierarchy_group)?;
    if let Some(password) = &new.password {
        managed_here(draft, "Password")?;
        draft.side.push(SideWrite::PutPassword { user: new.id, hash: password.hash.clone() });
    }
    let mut user = User {
        identity: new.identity.clone(),
        directory_user_id: new.directory_user_id.clone(),
        assignments,
        hierarchy_group: new.hierarchy_group,
        phone: Phone { channels: super::user_fields::in_order(&new.channels) },
        tags_set: SetRevisions::default().edited(&Tags::new(), &new.tags, draft.revision),
        tags: new.tags.clone(),
        password: new.password.as_ref().map_or(PasswordState::None, state),
        password_set_at: new.password.as_ref().map(|_| draft.now),
        ..User::new(new.id, new.username.clone(), new.routing_profile, draft.now)
    };
    draft.take_custody(&mut user);
    draft.put_user(user);
    Ok(())
}

pub(super) fn delete(draft: &mut Draft<'_>, id: UserId) -> Result<(), Refusal> {
    let user = draft.user(id)?;
    revoke_all(draft, id);
    forget_factors(draft, &user);
    draft.remove(RecordKey::User(id));
    draft.side.push(SideWrite::ForgetUser { user: id });
    Ok(())
}

pub(super) fn assign(draft: &mut Draft<'_>, id: UserId, assignments: &[Assignment]) -> Result<(), Refusal> {
    let mut user = draft.user(id)?;
    let same = |held: &Assignment, new: &Assignment| held.profile == new.profile && !held.has_ended(draft.now);
    let kept = |new: &Assignment| user.assignments.iter().find(|held| !new.is_dated() && same(held, new));
    let assignments: Vec<_> = assignments.iter().map(|new| kept(new).copied().unwrap_or(*new)).collect();
    check_assignments(draft, &user.assignments, &assignments)?;
    user.assignments = assignments;
    draft.put_user(user);
    Ok(())
}

pub(super) fn associate(draft: &mut Draft<'_>, id: UserId, profiles: &[SecurityProfileId]) -> Result<(), Refusal> {
    let mut user = draft.user(id)?;
    let mut assignments = user.assignments.clone();
    assignments.retain(|held| !(held.has_ended(draft.now) && profiles.contains(&held.profile)));
    for profile in profiles {
        if !assignments.iter().any(|held| held.profile == *profile) {
            assignments.push(Assignment::always(*profile));
        }
    }
    check_assignments(draft, &user.assignments, &assignments)?;
    user.assignments = assignments;
    draft.put_user(user);
    Ok(())
}

pub(super) fn disassociate(draft: &mut Draft<'_>, id: UserId, profiles: &[SecurityProfileId]) -> Result<(), Refusal> {
    let mut user = draft.user(id)?;
    for profile in profiles {
        known_to(draft, &user, *profile)?;
    }
    let mut assignments = user.assignments.clone();
    assignments.retain(|held| !profiles.contains(&held.profile));
    check_assignments(draft, &user.assignments, &assignments)?;
    user.assignments = assignments;
    draft.put_user(user);
    Ok(())
}

/// Assigns some profiles and removes others; profiles that are not named stay.
pub(super) fn change_profiles(
    draft: &mut Draft<'_>,
    id: UserId,
    add: &BTreeSet<SecurityProfileId>,
    remove: &BTreeSet<SecurityProfileId>,
) -> Result<(), Refusal> {
    let mut user = draft.user(id)?;
    if let Some(both) = add.intersection(remove).next() {
        return Err(invalid("SecurityProfileIds", format!("{both} can't be both added and removed")).into());
    }
    for profile in remove {
        known_to(draft, &user, *profile)?;
    }
    let mut assignments = user.assignments.clone();
    let goes = |held: &Assignment| {
        remove.contains(&held.profile) || (held.has_ended(draft.now) && add.contains(&held.profile))
    };
    assignments.retain(|held| !goes(held));
    for profile in add {
        if !assignments.iter().any(|held| held.profile == *profile) {
            assignments.push(Assignment::always(*profile));
        }
    }
    check_assignments(draft, &user.assignments, &assignments)?;
    if assignments != user.assignments {
        user.assignments = assignments;
        draft.put_user(user);
    }
    Ok(())
}

pub(super) fn set_enabled(draft: &mut Draft<'_>, id: UserId, enabled: bool) -> Result<(), Refusal> {
    let mut user = draft.user(id)?;
    if user.enabled && !enabled {
        user.security_epoch += 1;
    }
    user.enabled = enabled;
    draft.put_user(user);
    Ok(())
}

pub(super) fn rename_login(draft: &mut Draft<'_>, id: UserId, username: &str) -> Result<(), Refusal> {
    let mut user = draft.user(id)?;
    // An earlier login name stays valid: another spelling of the current one, or one that an undo restores.
    if draft.undoing || folded(username) == folded(&user.username) {
        check::username(username)?;
        free_login(draft, id, username)?;
        flag_lookalike(draft, id, username);
    } else {
        check::new_username(username)?;
        free_login(draft, id, username)?;
        tell_apart(draft, id, username)?;
    }
    username.clone_into(&mut user.username);
    user.security_epoch += 1;
    draft.put_user(user);
    Ok(())
}

/// Revokes all access keys of a user.
pub(super) fn revoke_all(draft: &mut Draft<'_>, owner: UserId) {
    let keys: Vec<_> = draft.before.access_keys_of(owner).map(|key| key.id.clone()).collect();
    for id in keys {
        draft.remove(RecordKey::AccessKey(id.clone()));
        draft.side.push(SideWrite::ForgetAccessKey { id });
    }
}

/// Deletes the secrets of a user's second factors.
pub(super) fn forget_factors(draft: &mut Draft<'_>, user: &User) {
    let forget = |factor: &SecondFactor| SideWrite::ForgetSecondFactor { user: user.id, factor: factor.id };
    draft.side.extend(user.second_factors.iter().map(forget));
}

pub(super) fn check_assignments(draft: &Draft<'_>, before: &[Assignment], after: &[Assignment]) -> Result<(), Refusal> {
    if after.is_empty() {
        return Err(invalid("SecurityProfileIds", "a user must have at least one security profile").into());
    }
    check::count("security profiles", after.len(), limits::PROFILES_A_USER_MAX)?;
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
        if !before.iter().any(|held| held.profile == id && !held.has_ended(draft.now)) {
            link(draft, id)?;
        }
    }
    Ok(())
}

/// Refuses to remove a profile that the user doesn't have, if the actor doesn't see it.
fn known_to(draft: &Draft<'_>, user: &User, profile: SecurityProfileId) -> Result<(), Refusal> {
    match user.assignments.iter().any(|held| held.profile == profile) {
        true => Ok(()),
        false => link(draft, profile),
    }
}

/// Refuses a login name that another user has, or that is reserved for another user. Shows the other user's spelling
/// only to an actor who sees that user.
pub(super) fn free_login(draft: &mut Draft<'_>, id: UserId, username: &str) -> Result<(), Refusal> {
    match draft.before.user_by_login(username).filter(|other| other.id != id) {
        Some(other) => {
            let name = draft.viewer().user_name(other.id).unwrap_or(username).to_owned();
            Err(Refusal::Duplicate { what: "user", name })
        }
        None => logins::take_reserved(draft, id, username),
    }
}

/// Refuses a new login name that looks like another one in a different script, and flags one that looks like another
/// one in the same script. Names the other user only to an actor who sees that user.
pub(super) fn tell_apart(draft: &mut Draft<'_>, id: UserId, username: &str) -> Result<(), Refusal> {
    let mut others = draft.before.lookalikes(username).filter(|other| other.id != id);
    let Some(other) = others.find(|other| differ_in_script(username, &other.username)) else {
        flag_lookalike(draft, id, username);
        return Ok(());
    };
    let whose = match draft.authorize_as(Act::DescribeUser, &Target::User(other.id)) {
        Ok(()) => format!("`{}`", other.username),
        Err(_) => "the login name of another user".to_owned(),
    };
    let problem = format!("it looks like {whose}, but uses another script: choose a name that can be distinguished");
    Err(invalid("Username", problem).into())
}

/// Flags a login name that looks like another one.
pub(super) fn flag_lookalike(draft: &mut Draft<'_>, id: UserId, username: &str) {
    if let Some(other) = draft.before.lookalikes(username).find(|other| other.id != id) {
        draft.flags.push(Flag::LooksLike { user: other.id });
    }
}

pub(super) fn managed_here(draft: &Draft<'_>, input: &'static str) -> Result<(), Refusal> {
    match draft.before.settings().identity_management.as_str() {
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

/// The state that a password puts a user in.
pub(super) const fn state(password: &NewPassword) -> PasswordState {
    if password.one_time { PasswordState::OneTime } else { PasswordState::Chosen }
}
