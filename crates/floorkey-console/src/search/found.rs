//! The results of a search, grouped by kind.

use super::FOUND_MAX;
use crate::users::BestMatches;
use crate::web::current_user::CurrentUser;
use crate::web::form::Fields;
use crate::web::rank::Rank;
use crate::web::text;

/// A result.
pub(super) struct Found {
    pub(super) rank: Rank,
    pub(super) name: String,
    /// A short text that tells the result apart from others with the same name.
    pub(super) about: String,
    pub(super) href: String,
    /// The text of a badge; empty for none.
    pub(super) badge: &'static str,
}

/// The results of one kind.
pub(super) struct FoundGroup {
    pub(super) title: &'static str,
    /// The name of the icon of every result.
    pub(super) icon: &'static str,
    pub(super) items: Vec<Found>,
    /// The text and the address of a link to all results of this kind.
    pub(super) more: Option<(String, String)>,
}

impl FoundGroup {
    /// Creates a group from its results. Sorts them by rank, keeping the order of equal ones, and drops the worst if
    /// there are too many.
    pub(super) fn new(title: &'static str, icon: &'static str, items: impl Iterator<Item = Found>) -> Self {
        let mut items: Vec<_> = items.collect();
        items.sort_by_key(|item| item.rank);
        items.truncate(FOUND_MAX);
        Self { title, icon, items, more: None }
    }

    /// Returns the rank of the best result.
    pub(super) fn best(&self) -> Rank {
        self.items.iter().map(|item| item.rank).min().unwrap_or(Rank::About)
    }
}

/// Returns the group of users.
pub(super) fn users(viewer: &CurrentUser, found: BestMatches, search: &str) -> FoundGroup {
    let visibility = viewer.visibility();
    let items = found.users.into_iter().map(|(rank, user)| {
        let group = user.hierarchy_group.and_then(|group| visibility.group_name(group));
        let login = Some(user.username.as_str()).filter(|login| *login != user.display_name());
        Found {
            rank,
            name: user.display_name(),
            about: login.into_iter().chain(group).collect::<Vec<_>>().join(" · "),
            href: format!("/connect/users/{}", user.id),
            badge: if user.enabled { "" } else { "Disabled" },
        }
    });
    let more = (found.total > FOUND_MAX).then(|| {
        let query = Fields::default().with("q", Some(search)).query();
        (format!("All {} users found", text::figure(found.total)), format!("/connect/users{query}"))
    });
    FoundGroup { more, ..FoundGroup::new("Users", "circle-user", items) }
}
