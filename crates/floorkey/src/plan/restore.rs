//! Commands that bring something back: a deleted user, the administrator.

use super::check;
use super::draft::Draft;
use super::users;
use crate::catalogue::catalogue;
use crate::change::SideWrite;
use crate::command::NewPassword;
use crate::decision::{Target, Thing};
use crate::id::{SecurityProfileId, UserId};
use crate::limits;
use crate::profile::{AccessControl, SecurityProfile};
use crate::record::RecordKey;
use crate::refusal::{Refusal, invalid};
use crate::resource::ResourceType;
use crate::tags;
use crate::user::{Assignment, PasswordState, User};

/// Brings a deleted user back as it was, without what it could sign in with.
pub(super) fn user(draft: &mut Draft<'_>, was: &User, password: Option<&NewPassword>) -> Result<(), Refusal> {
    draft.targets.push(RecordKey::User(was.id));
    let hierarchy_group = was.hierarchy_group.filter(|group| draft.before.group(*group).is_some());
    draft.authorize_new(Thing { hierarchy_group, ..Thing::new(ResourceType::User, &was.tags) })?;
    if draft.before.user(was.id).is_some() {
        return Err(Refusal::Duplicate { what: "user", name: was.username.clone() });
    }
    check::username(&was.username)?;
    tags::check("Tags", &was.tags)?;
    users::free_login(draft, was.id, &was.username)?;
    let mut assignments = was.assignments.clone();
    assignments.retain(|held| draft.before.profile(held.profile).is_some() && !held.has_ended(draft.now));
    if assignments.is_empty() {
        let problem = format!(
            "none of the security profiles that `{}` held is there any more: make a new user with the profiles that it needs",
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
    draft.put_user(User {
        assignments,
        hierarchy_group,
        confirmed_email: None,
        password: password.map_or(PasswordState::None, users::state),
        second_factors: Vec::new(),
        security_epoch: was.security_epoch.saturating_add(1),
        ..was.clone()
    });
    Ok(())
}

/// Makes the Admin profile whole and gives it to a user who can sign in. Nobody but the system reaches this command.
pub(super) fn administrator(
    draft: &mut Draft<'_>,
    new_profile: SecurityProfileId,
    new_user: UserId,
    username: &str,
    password: &NewPassword,
) -> Result<(), Refusal> {
    draft.authorize(&Target::Instance)?;
    let default = catalogue().default_profiles().iter().find(|profile| profile.name == "Admin");
    let description = default.map(|profile| profile.description.clone()).unwrap_or_default();
    let mut admin = draft.before.profile_by_name("Admin").map_or_else(
        || SecurityProfile::new(new_profile, "Admin".to_owned(), description, *catalogue().granting(), draft.now),
        |profile| SecurityProfile::clone(profile),
    );
    admin.choose(*catalogue().granting());
    admin.access_control = AccessControl::default();
    // Whole again, it follows the catalogue's upgrades again.
    admin.unedited_default = Some("Admin".to_owned());
    let mut user = match draft.before.user_by_login(username) {
        Some(user) => User::clone(user),
        None => fresh_administrator(draft, new_user, username)?,
    };
    draft.targets.extend([RecordKey::Profile(admin.id), RecordKey::User(user.id)]);
    user.assignments.retain(|held| held.profile != admin.id);
    user.assignments.insert(0, Assignment::always(admin.id));
    user.assignments.truncate(limits::PROFILES_A_USER_MAX);
    user.enabled = true;
    user.password = users::state(password);
    // Whoever lost the factors would stand before a closed door.
    users::forget_factors(draft, &user);
    user.second_factors.clear();
    user.security_epoch += 1;
    draft.side.push(SideWrite::PutPassword { user: user.id, hash: password.hash.clone() });
    draft.put_profile(admin);
    draft.put_user(user);
    Ok(())
}

fn fresh_administrator(draft: &Draft<'_>, id: UserId, username: &str) -> Result<User, Refusal> {
    check::username(username)?;
    let routing = draft.before.resources(ResourceType::RoutingProfile).next();
    let routing = routing.ok_or_else(|| {
        invalid("username", "there is no routing profile to give a new user: name a user who is there")
    })?;
    Ok(User::administrator(id, username, routing.id, draft.now))
}
