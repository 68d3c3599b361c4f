//! Commands that restore a deleted user or an administrator.

use std::sync::Arc;

use super::change_builder::ChangeBuilder;
use super::check;
use super::users;
use crate::catalog::catalog;
use crate::change::AuxiliaryWrite;
use crate::command::NewPassword;
use crate::custody::Custody;
use crate::decision::{ResourceAttributes, Target};
use crate::directory::Directory;
use crate::id::{SecurityProfileId, UserId};
use crate::invalid::invalid;
use crate::limits;
use crate::profile::{AccessControl, SecurityProfile};
use crate::record::RecordKey;
use crate::refusal::{EntityKind, Refusal};
use crate::resource::ResourceType;
use crate::tags;
use crate::user::{Assignment, PasswordState, User};

/// The name of the default profile that grants all permissions.
const ADMIN: &str = "Admin";

/// Restores a deleted user to the state before the deletion, but without credentials.
pub(super) fn user(
    builder: &mut ChangeBuilder<'_>,
    deleted: &User,
    password: Option<&NewPassword>,
) -> Result<(), Refusal> {
    let hierarchy_group = deleted.hierarchy_group.filter(|group| builder.before.group(*group).is_some());
    builder.authorize_new(ResourceAttributes {
        hierarchy_group,
        ..ResourceAttributes::new(ResourceType::User, &deleted.tags)
    })?;
    if builder.before.user(deleted.id).is_some() {
        return Err(Refusal::Duplicate {
            kind: EntityKind::Resource(ResourceType::User),
            name: deleted.username.clone(),
        });
    }
    check::username(&deleted.username)?;
    tags::check("Tags", &deleted.tags)?;
    users::check_login_available(builder, deleted.id, &deleted.username)?;
    users::flag_lookalike(builder, deleted.id, &deleted.username);
    let mut assignments = deleted.assignments.clone();
    assignments.retain(|assignment| {
        builder.before.profile(assignment.profile).is_some() && !assignment.has_ended(builder.now)
    });
    if assignments.is_empty() {
        let problem = format!(
            "the security profiles of `{}` no longer exist: create a new user with the required profiles",
            deleted.username
        );
        return Err(invalid("SecurityProfileIds", problem).into());
    }
    users::check_assignments(builder, &[], &assignments)?;
    super::user_fields::check_routing_profile(builder, deleted.routing_profile)?;
    super::user_fields::check_group(builder, hierarchy_group)?;
    if let Some(password) = password {
        users::require_managed_identities(builder, "Password")?;
        builder.side.push(AuxiliaryWrite::PutPassword { user: deleted.id, hash: password.hash.clone() });
    }
    let mut user = User {
        assignments,
        hierarchy_group,
        verified_email: None,
        email_verified_at: None,
        // If the deleted user had custodians, one of them could have entered the email address.
        email_unverified: deleted.identity.email.is_some() && (deleted.email_unverified || !deleted.custody.is_empty()),
        password: password.map_or(PasswordState::None, users::password_state),
        password_set_at: password.map(|_| builder.now),
        mfa_methods: Vec::new(),
        // The restored user has no credentials that earlier custodians could know.
        custody: Custody::default(),
        security_epoch: deleted.security_epoch.saturating_add(1),
        ..deleted.clone()
    };
    builder.add_actor_as_custodian(&mut user);
    builder.put_user(user);
    Ok(())
}

/// Assigns a profile that grants all permissions to a user, and ensures that the user can sign in. Only the system can
/// issue this command.
///
/// An existing profile is used if it grants all permissions and only full administrators have it. Otherwise, a new
/// profile is created. The profile is not looked up by name, because users who can edit profiles can give a profile any
/// name.
pub(super) fn administrator(
    builder: &mut ChangeBuilder<'_>,
    new_profile: SecurityProfileId,
    new_user: UserId,
    username: &str,
    password: &NewPassword,
) -> Result<(), Refusal> {
    builder.authorize(&Target::Instance)?;
    let mut user = match builder.before.user_by_login(username) {
        Some(user) => User::clone(user),
        None => new_administrator(builder, new_user, username)?,
    };
    let profile = full_access_profile(builder.before, user.id).unwrap_or_else(|| {
        let profile = new_full_access_profile(builder, new_profile);
        let id = profile.id;
        builder.put_profile(profile);
        id
    });
    builder.targets.extend([RecordKey::Profile(profile), RecordKey::User(user.id)]);
    user.assignments.retain(|assignment| assignment.profile != profile);
    user.assignments.insert(0, Assignment::always(profile));
    user.assignments.truncate(limits::PROFILES_A_USER_MAX);
    user.enabled = true;
    user.password = users::password_state(password);
    user.password_set_at = Some(builder.now);
    // The user's existing credentials are invalidated, because other users could know them.
    super::custody::suspend_keys(builder, builder.before, user.id, crate::time::Timestamp::default());
    user.verified_email = None;
    user.email_verified_at = None;
    user.email_unverified = user.identity.email.is_some();
    user.custody = Custody::default();
    // The second factors are deleted. Otherwise, a user who has lost them could not sign in.
    users::delete_second_factors(builder, &user);
    user.mfa_methods.clear();
    user.security_epoch += 1;
    builder.side.push(AuxiliaryWrite::PutPassword { user: user.id, hash: password.hash.clone() });
    builder.put_user(user);
    Ok(())
}

/// Finds a profile that grants all permissions and that only full administrators have. It does not matter whether
/// `user` is a full administrator. An unedited default profile is preferred, because upgrades add new permissions to
/// it.
fn full_access_profile(directory: &Directory, user: UserId) -> Option<SecurityProfileId> {
    let is_safe = |profile: &&Arc<SecurityProfile>| {
        grants_everything(directory, profile)
            && directory
                .users_with_profile(profile.id)
                .all(|other| other.id == user || directory.is_administrator(other.id))
    };
    let is_edited = |profile: &&Arc<SecurityProfile>| profile.unedited_default.as_deref() != Some(ADMIN);
    let candidate = directory.profiles().filter(is_safe).min_by_key(|profile| (is_edited(profile), profile.id));
    candidate.map(|profile| profile.id)
}

/// Whether a profile grants every permission in the catalog without scopes and conditions, and imposes no restrictions.
fn grants_everything(directory: &Directory, profile: &SecurityProfile) -> bool {
    profile.access_control == AccessControl::default()
        && profile.conditions.is_empty()
        && profile.data_table_values.is_none()
        && directory
            .grants(profile.id)
            .is_some_and(|grants| grants.restrictions.is_empty() && catalog().granting().is_subset(&grants.unscoped))
}

/// Returns a new profile that grants all permissions. Like the default profile, the new profile gets additional
/// permissions when the catalog is upgraded.
fn new_full_access_profile(builder: &ChangeBuilder<'_>, id: SecurityProfileId) -> SecurityProfile {
    let default = catalog().default_profiles().iter().find(|profile| profile.name == ADMIN);
    let description = default.map(|profile| profile.description.clone()).unwrap_or_default();
    let date = builder.now.date();
    let dated = std::iter::once(format!("{ADMIN} (restored {date})"));
    let numbered = (2_u64..).map(|number| format!("{ADMIN} (restored {date}, {number})"));
    let mut names = std::iter::once(ADMIN.to_owned()).chain(dated).chain(numbered);
    let name = names.find(|name| builder.before.profile_by_name(name).is_none()).unwrap_or_else(|| ADMIN.to_owned());
    let mut profile = SecurityProfile::new(id, name, description, *catalog().granting(), builder.now);
    profile.unedited_default = Some(ADMIN.to_owned());
    profile
}

fn new_administrator(builder: &mut ChangeBuilder<'_>, id: UserId, username: &str) -> Result<User, Refusal> {
    check::new_username(username)?;
    users::check_login_available(builder, id, username)?;
    users::reject_lookalike(builder, id, username)?;
    let routing = builder.before.resources(ResourceType::RoutingProfile).next();
    let routing = routing
        .ok_or_else(|| invalid("username", "there is no routing profile for a new user: specify an existing user"))?;
    Ok(User::administrator(id, username, routing.id, builder.now))
}
