//! Finds a user by login name, ID, ARN or display name.

use std::sync::Arc;

use floorkey::{User, UserId};

use super::form_input::FieldError;
use super::{can_see_permissions, can_see_user};
use crate::web::current_user::CurrentUser;
use crate::web::form::Fields;
use crate::web::text;
use crate::web::user_matches::user_matches;

/// The maximum number of users to suggest if a name is ambiguous.
const CHOICES_MAX: usize = 8;

/// Finds the user that the input refers to, among the users that the viewer can see.
///
/// # Errors
/// Returns an error if no user matches, or if several users match.
pub(super) fn resolve(
    viewer: &CurrentUser,
    text: &str,
    page: &str,
    fields: &Fields,
    field: &str,
) -> Result<Arc<User>, FieldError> {
    if let Some(user) = exact_match(viewer, text) {
        return Ok(user);
    }
    let mut users = matches(viewer, text, CHOICES_MAX + 1);
    if let [_] = users.as_slice()
        && let Some(only) = users.pop()
    {
        return Ok(only);
    }
    if users.is_empty() {
        return Err(FieldError::new(format!(
            "No user whom you can see is named “{text}”. Enter a name or a login name."
        )));
    }
    let more = if users.len() > CHOICES_MAX { "; these are the first" } else { "" };
    let choices = users.iter().take(CHOICES_MAX).map(|user| (text::user(user), user.username.clone()));
    Err(FieldError::ambiguous(
        format!("Several users are called like “{text}”{more}. Which one?"),
        page,
        fields,
        field,
        choices,
    ))
}

/// Finds the user, and checks that the viewer can see the user's permissions.
///
/// # Errors
/// Returns an error if [`resolve`] fails, or if the viewer cannot see the user's permissions.
pub(super) fn resolve_subject(
    viewer: &CurrentUser,
    text: &str,
    page: &str,
    fields: &Fields,
) -> Result<Arc<User>, FieldError> {
    let user = resolve(viewer, text, page, fields, "who")?;
    match can_see_permissions(viewer, &user) {
        true => Ok(user),
        false => Err(FieldError::new(format!(
            "What {} can do is not shown: you can’t see all of the user’s security profiles.",
            user.display_name()
        ))),
    }
}

/// Finds the user with exactly this login name, ID or ARN.
fn exact_match(viewer: &CurrentUser, text: &str) -> Option<Arc<User>> {
    let directory = &viewer.directory;
    let by_id = || directory.user(UserId::parse(text.rsplit('/').next()?)?);
    let users = directory.user_by_login(text).or_else(by_id)?;
    can_see_user(viewer, users.id).then(|| users.clone())
}

/// Returns up to `max` visible users, ordered by login, whose login or name contains all the words.
pub(super) fn matches(viewer: &CurrentUser, text: &str, max: usize) -> Vec<Arc<User>> {
    user_matches(viewer, text, max, can_see_user)
}
