//! The users who have a profile, limited to the users that the viewer can see.

use std::sync::Arc;

use floorkey::text::folded;
use floorkey::{SecurityProfileId, User};

use crate::web::current_user::CurrentUser;
use crate::web::text;

/// The maximum number of users listed by name.
const LISTED_MAX: usize = 20;

/// The users who have a profile, or who will have the profile in the future.
pub(super) struct ProfileUsers {
    /// The number of users who have the profile and whom the viewer can see.
    pub(super) total: usize,
    /// The number as text: `12 users`, or `12 users in your scope` if there may be users outside the scope.
    pub(super) count: String,
    /// Whether `total` includes all users with the profile.
    pub(super) complete: bool,
    /// The first users that the viewer can see.
    pub(super) first: Vec<UserLink>,
    /// The number of users that are not listed, as text. `None` if all users are listed.
    pub(super) unlisted: Option<String>,
    /// The address of the full list, if the viewer can open it.
    pub(super) all: Option<String>,
}

/// A link to a user, with the user's name.
pub(super) struct UserLink {
    pub(super) name: String,
    pub(super) login: String,
    pub(super) href: String,
    pub(super) disabled: bool,
}

impl ProfileUsers {
    pub(super) fn for_viewer(viewer: &CurrentUser, id: SecurityProfileId) -> Self {
        let visibility = viewer.visibility();
        let complete = visibility.sees_all_users();
        let has = |user: &&Arc<User>| {
            user.assignments.iter().any(|assignment| assignment.profile == id && !assignment.has_ended(viewer.now))
                && (complete || visibility.user(user.id).shows_details())
        };
        let visible = || viewer.directory.users_with_profile(id).filter(has);
        let total = if complete { viewer.directory.profile_user_count_at(id, viewer.now) } else { visible().count() };
        let mut first: Vec<UserLink> = visible().take(LISTED_MAX).map(|user| UserLink::new(user)).collect();
        first.sort_by_cached_key(|user| (folded(&user.name), folded(&user.login)));
        let unlisted = total.saturating_sub(first.len());
        let count = text::count_noun(total, "user");
        Self {
            total,
            count: if complete { count } else { format!("{count} in your scope") },
            complete,
            unlisted: (unlisted > 0).then(|| text::figure(unlisted)),
            all: viewer.sees_users().then(|| format!("/connect/users?profile={id}")),
            first,
        }
    }
}

impl UserLink {
    pub(super) fn new(user: &User) -> Self {
        Self {
            name: user.display_name(),
            login: user.username.clone(),
            href: format!("/connect/users/{}", user.id),
            disabled: !user.enabled,
        }
    }
}
