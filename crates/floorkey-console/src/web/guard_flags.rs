//! Describes the flags of events in sentences, for review pages and for Historical changes.

use floorkey::audit::Flag;
use floorkey::{Directory, Permission, PermissionSet, UserId};
use floorkey_store::{StoredFlag, StoredValue};

use super::current_user::CurrentUser;
use super::text;

/// The maximum number of names in a sentence.
const NAMES_MAX: usize = 6;

/// What a reviewed change is about.
pub(crate) enum ReviewSubject<'a> {
    /// One user.
    User {
        name: &'a str,
        /// The directory that the change would produce.
        after: &'a Directory,
        /// Whether the viewer can see the permissions of the user.
        shows_permissions: bool,
    },
    /// Several users.
    Users {
        /// Whether the viewer can see the permissions of all these users.
        shows_permissions: bool,
    },
    /// A security profile.
    Profile,
}

impl ReviewSubject<'_> {
    /// Returns `: ` and the names of permissions that the change grants. The viewer of a security profile can see the
    /// permissions of the profile.
    fn granted(&self, permissions: &PermissionSet) -> String {
        match self {
            Self::User { shows_permissions: false, .. } | Self::Users { shows_permissions: false } => String::new(),
            Self::User { .. } | Self::Users { .. } | Self::Profile => format!(": {}", permission_names(permissions)),
        }
    }

    /// Returns `: ` and the names of permissions that users have. These depend on profiles that the viewer may not be
    /// allowed to see.
    fn existing(&self, viewer: &CurrentUser, permissions: &PermissionSet) -> String {
        match self {
            Self::Profile if !viewer.visibility().sees_all_permissions() => String::new(),
            subject => subject.granted(permissions),
        }
    }
}

/// Describes a flag before the change is saved. Returns `None` for flags that the review does not show.
pub(crate) fn in_review(viewer: &CurrentUser, subject: &ReviewSubject<'_>, flag: &Flag) -> Option<String> {
    Some(match flag {
        Flag::GrantedBeyondActor { permissions } => {
            let to = if let ReviewSubject::User { name, .. } = subject { format!("{name} ") } else { String::new() };
            let what = subject.granted(permissions);
            format!("This grants {to}access that you don’t have yourself{what}. Administrators will be notified.")
        }
        Flag::ChangedUserWithMoreAccess { permissions } => {
            let who = match subject {
                ReviewSubject::User { name, .. } => format!("{name} has"),
                ReviewSubject::Users { .. } | ReviewSubject::Profile => "Some of the affected users have".to_owned(),
            };
            let what = subject.existing(viewer, permissions);
            format!("{who} more access than you{what}. Administrators will be notified.")
        }
        Flag::LooksLike { user } => {
            let ReviewSubject::User { after, .. } = subject else { return None };
            match viewer.visibility_in(after).user_name(*user) {
                Some(username) => format!(
                    "The login name looks like {username}, the login name of {}. People may confuse them.",
                    after.user(*user)?.display_name()
                ),
                None => "The login name looks like that of another user. People may confuse them.".to_owned(),
            }
        }
        Flag::ReducedUsersWithMoreAccess { permissions, users } => {
            let what = ReviewSubject::Profile.existing(viewer, permissions);
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
        Flag::UndoOf { .. } | Flag::Reason(_) | Flag::Repeated { .. } => return None,
    })
}

/// How much of a stored event the viewer can see.
pub(crate) struct FlagVisibility {
    pub(crate) shows_details: bool,
    pub(crate) shows_actor: bool,
    /// Whether the event is a failed sign-in.
    pub(crate) is_failed_sign_in: bool,
}

/// Describes a flag of a stored event.
pub(crate) fn in_history(viewer: &CurrentUser, event: &FlagVisibility, flag: &StoredFlag) -> String {
    let visible = viewer.visibility();
    let details = |sentence: &str, names: &[String]| match event.shows_details && !names.is_empty() {
        true => format!("{sentence}: {}", stored_permission_names(names)),
        false => sentence.to_owned(),
    };
    match flag {
        StoredFlag::GrantedBeyondActor(names) => details("Gave more access than the actor has", names),
        StoredFlag::ChangedUserWithMoreAccess(names) => {
            details("Changed a user who has more access than the actor", names)
        }
        StoredFlag::ReducedUsersWithMoreAccess(..) if !event.shows_details => {
            "Took access from users with more access than the actor".to_owned()
        }
        StoredFlag::ReducedUsersWithMoreAccess(names, users) => format!(
            "Took access from {} with more access than the actor: {}",
            user_count(*users),
            stored_permission_names(names)
        ),
        StoredFlag::ExpandedOwnAssignable => {
            "Widened what the actor, or users the actor can manage, can assign".to_owned()
        }
        StoredFlag::AssignableProfileExpanded(..) if !event.shows_details => {
            "A security profile that users can assign now gives more".to_owned()
        }
        StoredFlag::AssignableProfileExpanded(profile, names) => format!(
            "Users who can assign {} can now give {}",
            profile_name(viewer, *profile),
            stored_permission_names(names)
        ),
        StoredFlag::CredentialsReplaced(users, count) => {
            format!("Replaced credentials that other users could know: {}", user_names(viewer, users, *count))
        }
        StoredFlag::CredentialsKnownToCustodians(users, count) => {
            format!("Other users could know the credentials of {}", user_names(viewer, users, *count))
        }
        StoredFlag::LooksLike(user) => {
            format!("The login looks like {}", visible.user_name(*user).unwrap_or("one outside your scope"))
        }
        StoredFlag::ReusedReservedLogin(user) => format!(
            "The login was reserved for another user: {}",
            visible.user_name(*user).unwrap_or("one whom you can't view, or who is deleted")
        ),
        StoredFlag::UndoOf(revision) => format!("Undid revision {}", revision.0),
        StoredFlag::Reason(_) if !event.shows_actor => "A reason was given".to_owned(),
        StoredFlag::Reason(StoredValue::Value(reason)) => format!("Reason given: {reason}"),
        StoredFlag::Reason(StoredValue::Erased) => "Reason given: (erased)".to_owned(),
        StoredFlag::Repeated(times) => {
            let times = usize::try_from(*times).unwrap_or(usize::MAX);
            match event.is_failed_sign_in {
                true => format!("{} within a minute", text::count_noun(times, "attempt")),
                false => {
                    format!(
                        "Refused {} within a minute; this is the last of them",
                        text::count_noun(times, "more time")
                    )
                }
            }
        }
    }
}

fn user_count(users: u64) -> String {
    text::count_noun(usize::try_from(users).unwrap_or(usize::MAX), "user")
}

fn permission_names(permissions: &PermissionSet) -> String {
    listed(&permissions.iter().map(text::permission).collect::<Vec<_>>())
}

fn stored_permission_names(names: &[String]) -> String {
    let display_name = |name: &String| Permission::parse(name).map_or_else(|_| name.clone(), text::permission);
    listed(&names.iter().map(display_name).collect::<Vec<_>>())
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "permissions in applications".to_owned() } else { text::join_names(names, NAMES_MAX) }
}

/// Lists the login names that the viewer can see, in alphabetical order, followed by the number of users who are not
/// listed.
pub(crate) fn user_names(viewer: &CurrentUser, users: &[UserId], count: u64) -> String {
    let visible = viewer.visibility();
    let mut names: Vec<&str> = users.iter().filter_map(|user| visible.user_name(*user)).collect();
    names.sort_unstable_by(|one, other| floorkey::text::cmp_folded(one, &floorkey::text::folded(other)));
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
    viewer.visibility().profile_name(profile).map_or_else(|| profile.to_string(), str::to_owned)
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
