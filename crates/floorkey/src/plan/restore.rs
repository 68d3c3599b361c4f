//! Commands that restore a deleted user or an administrator.

use std::sync::Arc;

use super::check;
use super::draft::Draft;
use super::users;
use crate::catalogue::catalogue;
use crate::change::SideWrite;
use crate::command::NewPassword;
use crate::custody::Custody;
use crate::decision::{Target, Thing};
use crate::directory::Directory;
use crate::id::{SecurityProfileId, UserId};
use crate::limits;
use crate::profile::{AccessControl, SecurityProfile};
use crate::record::RecordKey;
use crate::refusal::{Refusal, invalid};
use crate::resource::ResourceType;
use crate::tags;
use crate::user::{Assignment, PasswordState, User};

/// The name of the default profile that grants everything.
const ADMIN: &str = "Admin";

/// Restores a deleted user in its last state, without credentials.
pub(super) fn user(draft: &mut Draft<'_>, was: &User, password: Option<&NewPassword>) -> Result<(), Refusal> {
    let hierarchy_group = was.hierarchy_group.filter(|group| draft.before.group(*group).is_some());
    draft.authorize_new(Thing { hierarchy_group, ..Thing::new(ResourceType::User, &was.tags) })?;
    if draft.before.user(was.id).is_some() {
        return Err(Refusal::Duplicate { what: "user", name: was.username.clone() });
    }
    check::username(&was.username)?;
    tags::check("Tags", &was.tags)?;
    users::free_login(draft, was.id, &was.username)?;
    users::flag_lookalike(draft, was.id, &was.username);
    let mut assignments = was.assignments.clone();
    assignments.retain(|held| draft.before.profile(held.profile).is_some() && !held.has_ended(draft.now));
    if assignments.is_empty() {
        let problem = format!(
            "the security profiles of `{}` no longer exist: create a new user with the required profiles",
            was.username
        );
        return Err(invalid("SecurityProfileIds", problem).into());
    }
    users::check_assignments(draft, &[], &assignments)?;
    super::user_fields::link_routing(draft, was.routing_profile)?;
    super::user_fields::link_group(draft, hierarchy_group)?;
    if let Some(password) = password {
        users::managed_here(draft, "Password")?;
        draft.side.push(SideWrite::PutPassword { user: was.id, hash: password.hash.clone() });
    }
    let mut user = User {
        assignments,
        hierarchy_group,
        confirmed_email: None,
        email_confirmed_at: None,
        // The address could have been entered by an earlier custodian.
        email_unverified: was.identity.email.is_some() && (was.email_unverified || !was.custody.is_empty()),
        password: password.map_or(PasswordState::None, users::state),
        password_set_at: password.map(|_| draft.now),
        second_factors: Vec::new(),
        // No credentials are left that an earlier custodian could know.
        custody: Custody::default(),
        security_epoch: was.security_epoch.saturating_add(1),
        ..was.clone()
    };
    draft.take_custody(&mut user);
    draft.put_user(user);
    Ok(())
}

/// Assigns a profile that grants everything to a user who can sign in. Only the system can issue this command.
///
/// The profile is never found by its name, which profile editors can choose. It is a profile that grants everything and
/// that only full administrators have, or a new one.
pub(super) fn administrator(
    draft: &mut Draft<'_>,
    new_profile: SecurityProfileId,
    new_user: UserId,
    username: &str,
    password: &NewPassword,
) -> Result<(), Refusal> {
    draft.authorize(&Target::Instance)?;
    let mut user = match draft.before.user_by_login(username) {
        Some(user) => User::clone(user),
        None => fresh_administrator(draft, new_user, username)?,
    };
    let profile = whole_profile(draft.before, user.id).unwrap_or_else(|| {
        let profile = new_whole_profile(draft, new_profile);
        let id = profile.id;
        draft.put_profile(profile);
        id
    });
    draft.targets.extend([RecordKey::Profile(profile), RecordKey::User(user.id)]);
    user.assignments.retain(|held| held.profile != profile);
    user.assignments.insert(0, Assignment::always(profile));
    user.assignments.truncate(limits::PROFILES_A_USER_MAX);
    user.enabled = true;
    user.password = users::state(password);
    user.password_set_at = Some(draft.now);
    // Other people could know the other credentials of this user.
    super::custody::suspend_keys(draft, draft.before, user.id, crate::time::Timestamp::default());
    user.confirmed_email = None;
    user.email_confirmed_at = None;
    user.email_unverified = user.identity.email.is_some();
    user.custody = Custody::default();
    // A user who lost their second factors could not sign in.
    users::forget_factors(draft, &user);
    user.second_factors.clear();
    user.security_epoch += 1;
    draft.side.push(SideWrite::PutPassword { user: user.id, hash: password.hash.clone() });
    draft.put_user(user);
    Ok(())
}

/// Finds a profile that grants everything and that only full administrators have, apart from the user who is getting
/// it. Prefers the unedited default, because upgrades add permissions to it.
fn whole_profile(directory: &Directory, user: UserId) -> Option<SecurityProfileId> {
    let is_safe = |profile: &&Arc<SecurityProfile>| {
        is_whole(directory, profile)
            && directory.holders(profile.id).all(|held| held.id == user || directory.is_administrator(held.id))
    };
    let is_edited = |profile: &&Arc<SecurityProfile>| profile.unedited_default.as_deref() != Some(ADMIN);
    let found = directory.profiles().filter(is_safe).min_by_key(|profile| (is_edited(profile), profile.id));
    found.map(|profile| profile.id)
}

/// Whether a profile grants every granting permission, everywhere and without conditions, and has no restriction.
fn is_whole(directory: &Directory, profile: &SecurityProfile) -> bool {
    profile.access_control == AccessControl::default()
        && profile.conditions.is_empty()
        && profile.data_table_values.is_none()
        && directory
            .grants(profile.id)
            .is_some_and(|grants| grants.limits.is_empty() && catalogue().granting().is_subset(&grants.everywhere))
}

/// Returns a new profile that grants everything and gets the permissions of catalogue upgrades, as the default does.
fn new_whole_profile(draft: &Draft<'_>, id: SecurityProfileId) -> SecurityProfile {
    let default = catalogue().default_profiles().iter().find(|profile| profile.name == ADMIN);
    let description = default.map(|profile| profile.description.clone()).unwrap_or_default();
    let date = draft.now.date();
    let dated = std::iter::once(format!("{ADMIN} (restored {date})"));
    let numbered = (2_u64..).map(|number| format!("{ADMIN} (restored {date}, {number})"));
    let mut names = std::iter::once(ADMIN.to_owned()).chain(dated).chain(numbered);
    let name = names.find(|name| draft.before.profile_by_name(name).is_none()).unwrap_or_else(|| ADMIN.to_owned());
    let mut profile = SecurityProfile::new(id, name, description, *catalogue().granting(), draft.now);
    profile.unedited_default = Some(ADMIN.to_owned());
    profile
}

fn fresh_administrator(draft: &mut Draft<'_>, id: UserId, username: &str) -> Result<User, Refusal> {
    check::new_username(username)?;
    users::free_login(draft, id, username)?;
    users::tell_apart(draft, id, username)?;
    let routing = draft.before.resources(ResourceType::RoutingProfile).next();
    let routing = routing
        .ok_or_else(|| invalid("username", "there is no routing profile for a new user: specify an existing user"))?;
    Ok(User::administrator(id, username, routing.id, draft.now))
}
