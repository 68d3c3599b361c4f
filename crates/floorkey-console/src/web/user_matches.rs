//! Finds users by the words of their login name and display name, for forms with a field for one user.

use std::sync::Arc;

use floorkey::text::folded;
use floorkey::{User, UserId};

use super::current_user::CurrentUser;
use super::search_terms::search_terms;

/// Returns the first `max` users whose login or name contains all words of the text, ordered by login. Leaves out users
/// for whom `can_see` is false. Empty if the text has no words.
pub(crate) fn user_matches(
    viewer: &CurrentUser,
    text: &str,
    max: usize,
    can_see: impl Fn(&CurrentUser, UserId) -> bool,
) -> Vec<Arc<User>> {
    let words = search_terms(text);
    if words.is_empty() {
        return Vec::new();
    }
    let is_match = |user: &&Arc<User>| {
        let name = folded(&format!("{} {}", user.username, user.display_name()));
        words.iter().all(|word| name.contains(word.as_str()))
    };
    let all = viewer.directory.users_after(None);
    all.filter(is_match).filter(|user| can_see(viewer, user.id)).take(max).cloned().collect()
}
