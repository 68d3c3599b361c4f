//! Sentences for the flags of the escalation guard, on review pages and in Historical changes.

use floorkey::audit::Flag;
use floorkey::visibility::Viewer as Visible;
use floorkey::{Permission, PermissionSet, UserId};
use floorkey_store::StoredFlag;

use super::current_user::Viewer;
use super::text;

/// The maximum number of names in a sentence.
const LISTED: usize = 6;

/// Describes a flag before the change is saved. Returns `None` for flags that each page describes itself.
pub(crate) fn in_review(viewer: &Viewer, flag: &Flag) -> Option<String> {
    Some(match flag {
        Flag::TookFromStrongerUsers { permissions, users } => {
            // The permissions that users keep depend on profiles that the viewer may not be allowed to see.
            let what = match viewer.visibility().sees_all_permissions() {
                true => format!(": {}", permissions_listed(permissions)),
                false => String::new(),
            };
            let users = users_counted(*users);
            format!("{users} with more access than you will lose access{what}. Administrators will be notified.")
        }
        Flag::WidenedOwnAssignable => {
            "This widens what you, or users you can manage, can assign. Administrators will be notified.".to_owned()
        }
        Flag::AssignableProfileGrew { profile, permissions } => format!(
            "Users who can assign {} can now give others {}: {}.",
            profile_name(viewer, *profile),
            match viewer.visibility().profile(*profile).shows_details() {
                true => permissions_listed(permissions),
                false => "more than before".to_owned(),
            },
            assigners(viewer, *profile)
        ),
        Flag::CredentialsReplaced { users, count } => format!(
            "Other users could know how {} in. Passwords, sessions, links, MFA devices and access keys set up since then \
             stop working, and they need a new invitation.",
            signs(viewer, users, *count)
        ),
        Flag::CredentialsInOtherHands { users, count } => format!(
            "Other users could know how {} in, and could use the access you grant here. Reset their credentials.",
            signs(viewer, users, *count)
        ),
        Flag::TookReservedLogin { .. } => {
            "The login name is reserved for the user who had it last. You can assign it, and this is recorded."
                .to_owned()
        }
        Flag::GaveMoreThanHeld { .. }
        | Flag::TouchedStrongerUser { .. }
        | Flag::LooksLike { .. }
        | Flag::Undid { .. }
        | Flag::Reason(_)
        | Flag::Repeated { .. } => return None,
    })
}

/// Describes a flag of a stored event. Returns `None` for flags that Historical changes describes elsewhere.
pub(crate) fn in_history(viewer: &Viewer, flag: &StoredFlag) -> Option<String> {
    Some(match flag {
        StoredFlag::TookFromStrongerUsers(names, users) => {
            format!(
                "Took access from {} with more access than the actor: {}",
                users_counted(*users),
                names_listed(names)
            )
        }
        StoredFlag::WidenedOwnAssignable => {
            "Widened what the actor, or users the actor can manage, can assign".to_owned()
        }
        StoredFlag::AssignableProfileGrew(profile, names) => {
            format!("Users who can assign {} can now give {}", profile_name(viewer, *profile), names_listed(names))
        }
        StoredFlag::CredentialsReplaced(users, count) => {
            format!("Replaced credentials that other users could know: {}", users_named(viewer, users, *count))
        }
        StoredFlag::CredentialsInOtherHands(users, count) => {
            format!("Other users could know the credentials of {}", users_named(viewer, users, *count))
        }
        StoredFlag::GaveMoreThanHeld(_)
        | StoredFlag::TouchedStrongerUser(_)
        | StoredFlag::LooksLike(_)
        | StoredFlag::TookReservedLogin(_)
        | StoredFlag::Undid(_)
        | StoredFlag::Reason(_)
        | StoredFlag::Repeated(_) => return None,
    })
}

fn users_counted(users: u64) -> String {
    text::count(usize::try_from(users).unwrap_or(usize::MAX), "user")
}

fn permissions_listed(permissions: &PermissionSet) -> String {
    let names: Vec<String> = permissions.iter().map(text::permission).collect();
    if names.is_empty() { "permissions in applications".to_owned() } else { text::list(&names, LISTED) }
}

fn names_listed(names: &[String]) -> String {
    let named = |name: &String| Permission::parse(name).map_or_else(|_| name.clone(), text::permission);
    let names: Vec<String> = names.iter().map(named).collect();
    if names.is_empty() { "permissions in applications".to_owned() } else { text::list(&names, LISTED) }
}

/// Lists the logins that the viewer can see, and the number of the other users.
pub(crate) fn users_named(viewer: &Viewer, users: &[UserId], count: u64) -> String {
    let principal = viewer.principal();
    let visible = Visible::new(&viewer.directory, &principal, viewer.now);
    let mut names: Vec<&str> = users.iter().filter_map(|user| visible.user_name(*user)).collect();
    names.truncate(LISTED);
    let others = usize::try_from(count).unwrap_or(usize::MAX).saturating_sub(names.len());
    match (names.is_empty(), others) {
        (true, others) => text::count(others, "user"),
        (false, 0) => text::list(&names, LISTED),
        (false, others) => format!("{} and {} more", names.join(", "), text::figure(others)),
    }
}

fn signs(viewer: &Viewer, users: &[UserId], count: u64) -> String {
    format!("{} {}", users_named(viewer, users, count), if count == 1 { "signs" } else { "sign" })
}

fn profile_name(viewer: &Viewer, profile: floorkey::SecurityProfileId) -> String {
    let principal = viewer.principal();
    let visible = Visible::new(&viewer.directory, &principal, viewer.now);
    visible.profile_name(profile).map_or_else(|| profile.to_string(), str::to_owned)
}

/// Describes the users who can assign a profile and whose right to do so follows its changes.
fn assigners(viewer: &Viewer, profile: floorkey::SecurityProfileId) -> String {
    let follows = |other: &&std::sync::Arc<floorkey::SecurityProfile>| {
        other.assignable.contains(&profile) && !other.pinned.contains_key(&profile)
    };
    let naming: Vec<_> = viewer.directory.profiles().filter(follows).collect();
    let names: Vec<String> = naming.iter().map(|other| text::profile(&viewer.visibility(), other.id)).collect();
    let names = text::list(&names, LISTED);
    // A count of only the visible users could be mistaken for the total.
    if !viewer.visibility().sees_all_users() {
        return format!("users with {names}");
    }
    let users = naming.iter().map(|other| viewer.directory.holder_count(other.id)).sum::<usize>();
    format!("{} with {names}", text::count(users, "user"))
}
