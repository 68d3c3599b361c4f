//! Resolves a user by login, id, ARN or name.

use std::sync::Arc;

use floorkey::text::folded;
use floorkey::{User, UserId};

use super::typed::Slip;
use super::{sees_permissions, sees_user};
use crate::web::current_user::CurrentUser;
use crate::web::form::Fields;
use crate::web::search_terms::search_terms;

/// The maximum number of choices for an ambiguous name.
const OFFERED: usize = 8;

/// Finds the user among those that the viewer can see.
///
/// # Errors
/// No user matches, or several do.
pub(super) fn person(
    viewer: &CurrentUser,
    text: &str,
    page: &str,
    fields: &Fields,
    field: &str,
) -> Result<Arc<User>, Slip> {
    if let Some(user) = exactly(viewer, text) {
        return Ok(user);
    }
    let mut found = like(viewer, text, OFFERED + 1);
    if let [_] = found.as_slice()
        && let Some(only) = found.pop()
    {
        return Ok(only);
    }
    if found.is_empty() {
        return Err(Slip::new(format!("Nobody in your sight is called “{text}”. Give a name or a login name.")));
    }
    let more = if found.len() > OFFERED { "; these are the first" } else { "" };
    let choices = found.iter().take(OFFERED).map(|user| (words_of(user), user.username.clone()));
    Err(Slip::which(format!("Several users are called like “{text}”{more}. Which one?"), page, fields, field, choices))
}

/// Finds the user, whose permissions must be visible to the viewer.
///
/// # Errors
/// Those of [`person`], or the viewer cannot see the user's permissions.
pub(super) fn subject(viewer: &CurrentUser, text: &str, page: &str, fields: &Fields) -> Result<Arc<User>, Slip> {
    let user = person(viewer, text, page, fields, "who")?;
    match sees_permissions(viewer, &user) {
        true => Ok(user),
        false => Err(Slip::new(format!(
            "What {} can do is not shown: you can’t see all of the user’s security profiles.",
            user.display_name()
        ))),
    }
}

/// A user's display name, followed by the login if it differs.
pub(super) fn words_of(user: &User) -> String {
    let name = user.display_name();
    if name == user.username { name } else { format!("{name} ({})", user.username) }
}

/// Finds the user with exactly that login, id or ARN.
fn exactly(viewer: &CurrentUser, text: &str) -> Option<Arc<User>> {
    let directory = &viewer.directory;
    let by_id = || directory.user(UserId::parse(text.rsplit('/').next()?)?);
    let found = directory.user_by_login(text).or_else(by_id)?;
    sees_user(viewer, found.id).then(|| found.clone())
}

/// Returns up to `most` visible users, ordered by login, whose login or name contains all the words.
pub(super) fn like(viewer: &CurrentUser, text: &str, most: usize) -> Vec<Arc<User>> {
    let words = search_terms(text);
    if words.is_empty() {
        return Vec::new();
    }
    let fits = |user: &&Arc<User>| {
        let name = folded(&format!("{} {}", user.username, user.display_name()));
        words.iter().all(|word| name.contains(word.as_str()))
    };
    let all = viewer.directory.users_after(None);
    all.filter(fits).filter(|user| sees_user(viewer, user.id)).take(most).cloned().collect()
}
