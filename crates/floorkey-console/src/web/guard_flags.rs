//! Describes the escalation guard's flags in sentences, for review pages and for Historical changes.

use floorkey::audit::Flag;
use floorkey::visibility::Viewer;
use floorkey::{Permission, PermissionSet, UserId};
use floorkey_store::StoredFlag;

use super::current_user::CurrentUser;
use super::text;

/// The maximum number of names in a sentence.
const NAMES_MAX: usize = 6;

/// Describes a flag before the change is saved. Returns `None` for flags that are described elsewhere on the review
/// pages.
pub(crate) fn in_review(viewer: &CurrentUser, flag: &Flag) -> Option<String> {
    Some(match flag {
        Flag::ReducedUsersWithMoreAccess { permissions, users } => {
            // The permissions that users keep depend on profiles that the viewer may not be allowed to see.
            let what = match viewer.visibility().sees_all_permissions() {
                true => format!(": {}", permission_names(permissions)),
                false => String::new(),
            };
            let users = user_count(*users);
            format!("{users} with more access than you will lose access{what}. Administrators will be notified.")
        }
        Flag::ExpandedOwnAssignable => {
            "This widens what you, or users you can manage, can assign. Administrators will be notified.".to_owned()
        }
        Flag::AssignableProfileExpanded { profile, permissions } => format!(
            "Users who can assign {} can now give others {}: {}.",
            profile_name(viewer, *profile),
            match viewer.visibility().profile(*profile).shows_details() {
                true => permission_names(permissions),
                false => "more than before".to_owned(),
            },
            users_who_can_assign(viewer, *profile)
        ),
        Flag::CredentialsReplaced { users, count } => format!(
            "Other users could know how {} in. Passwords, sessions, links, MFA devices and access keys set up since then \
             stop working, and they need a new invitation.",
            users_and_verb(viewer, users, *count)
        ),
        Flag::CredentialsKnownToCustodians { users, count } => format!(
            "Other users could know how {} in, and could use the access you grant here. Reset their credentials.",
            users_and_verb(viewer, users, *count)
        ),
        Flag::ReusedReservedLogin { .. } => {
            "The login name is reserved for the user who had it last. You can assign it, and this is recorded."
                .to_owned()
        }
        Flag::GrantedBeyondActor { .. }
        | Flag::ChangedUserWithMoreAccess { .. }
        | Flag::LooksLike { .. }
        | Flag::UndoOf { .. }
        | Flag::Reason(_)
        | Flag::Repeated { .. } => return None,
    })
}

/// Describes a flag of a stored event. Returns `None` for flags that are described elsewhere on the history pages.
pub(crate) fn in_history(viewer: &CurrentUser, flag: &StoredFlag) -> Option<String> {
    Some(match flag {
        StoredFlag::ReducedUsersWithMoreAccess(names, users) => {
            format!(
                "Took access from {} with more access than the actor: {}",
                user_count(*users),
                stored_permission_names(names)
            )
        }
        StoredFlag::ExpandedOwnAssignable => {
            "Widened what the actor, or users the actor can manage, can assign".to_owned()
        }
        StoredFlag::AssignableProfileExpanded(profile, names) => {
            format!(
                "Users who can assign {} can now give {}",
                profile_name(viewer, *profile),
                stored_permission_names(names)
            )
        }
        StoredFlag::CredentialsReplaced(users, count) => {
            format!("Replaced credentials that other users could know: {}", user_names(viewer, users, *count))
        }
        StoredFlag::CredentialsKnownToCustodians(users, count) => {
            format!("Other users could know the credentials of {}", user_names(viewer, users, *count))
        }
        StoredFlag::GrantedBeyondActor(_)
        | StoredFlag::ChangedUserWithMoreAccess(_)
        | StoredFlag::LooksLike(_)
        | StoredFlag::ReusedReservedLogin(_)
        | StoredFlag::UndoOf(_)
        | StoredFlag::Reason(_)
        | StoredFlag::Repeated(_) => return None,
    })
}

fn user_count(users: u64) -> String {
    text::count_noun(usize::try_from(users).unwrap_or(usize::MAX), "user")
}

fn permission_names(permissions: &PermissionSet) -> String {
    let names: Vec<String> = permissions.iter().map(text::permission).collect();
    if names.is_empty() { "permissions in applications".to_owned() } else { text::join_names(&names, NAMES_MAX) }
}

fn stored_permission_names(names: &[String]) -> String {
    let display_name = |name: &String| Permission::parse(name).map_or_else(|_| name.clone(), text::permission);
    let names: Vec<String> = names.iter().map(display_name).collect();
    if names.is_empty() { "permissions in applications".to_owned() } else { text::join_names(&names, NAMES_MAX) }
}

/// Lists the login names that the viewer can see, followed by the number of users who are not listed.
pub(crate) fn user_names(viewer: &CurrentUser, users: &[UserId], count: u64) -> String {
    let principal = viewer.principal();
    let visible = Viewer::new(&viewer.directory, &principal, viewer.now);
    let mut names: Vec<&str> = users.iter().filter_map(|user| visible.user_name(*user)).collect();
    names.truncate(NAMES_MAX);
    let others = usize::try_from(count).unwrap_or(usize::MAX).saturating_sub(names.len());
    match (names.is_empty(), others) {
        (true, others) => text::count_noun(others, "user"),
        (false, 0) => text::join_names(&names, NAMES_MAX),
        (false, others) => format!("{} and {} more", names.join(", "), text::figure(others)),
    }
}

fn users_and_verb(viewer: &CurrentUser, users: &[UserId], count: u64) -> String {
    format!("{} {}", user_names(viewer, users, count), if count == 1 { "signs" } else { "sign" })
}

fn profile_name(viewer: &CurrentUser, profile: floorkey::SecurityProfileId) -> String {
    let principal = viewer.principal();
    let visible = Viewer::new(&viewer.directory, &principal, viewer.now);
    visible.profile_name(profile).map_or_else(|| profile.to_string(), str::to_owned)
}

/// Describes the users who can assign the changed version of a profile. They have another profile that lists the
/// changed profile as assignable, without pinning an earlier version of it.
fn users_who_can_assign(viewer: &CurrentUser, profile: floorkey::SecurityProfileId) -> String {
    let follows = |other: &&std::sync::Arc<floorkey::SecurityProfile>| {
        other.assignable.contains(&profile) && !other.pinned.contains_key(&profile)
    };
    let profiles: Vec<_> = viewer.directory.profiles().filter(follows).collect();
    let names: Vec<String> = profiles.iter().map(|other| text::profile(&viewer.visibility(), other.id)).collect();
    let names = text::join_names(&names, NAMES_MAX);
    // A count of only the visible users could be mistaken for the total.
    if !viewer.visibility().sees_all_users() {
        return format!("users with {names}");
    }
    let users = profiles.iter().map(|other| viewer.directory.profile_user_count(other.id)).sum::<usize>();
    format!("{} with {names}", text::count_noun(users, "user"))
}
