//! Finds the person whom a filter names, and suggests people while the user types.

use std::sync::Arc;

use axum::body::Body;
use floorkey::{Action, Target, User, UserId};
use http::{HeaderValue, Response, header};

use crate::web::current_user::CurrentUser;
use crate::web::form::Query;
use crate::web::page_error::PageError;
use crate::web::scan::scan;
use crate::web::user_matches::user_matches;

/// The maximum number of people to choose from if a name is ambiguous.
pub(super) const CHOICES_MAX: usize = 8;

/// The maximum number of suggestions.
const SUGGESTIONS_MAX: usize = 12;

/// The result of looking for a person.
pub(super) enum Person {
    /// Exactly one person matches.
    Found(UserId),
    /// No person whom the viewer can see matches.
    Unknown,
    /// Several people match: the first of them, ordered by login, and whether there are more.
    Ambiguous(Vec<Arc<User>>, bool),
}

/// Finds a person by ID, by login, or by words of their name. People whom the viewer can't see are treated as
/// nonexistent.
///
/// # Errors
/// Returns an error if the viewer has too many searches running.
pub(super) async fn find_person(viewer: &CurrentUser, text: &str) -> Result<Person, PageError> {
    let exact = UserId::parse(text).or_else(|| viewer.directory.user_by_login(text).map(|user| user.id));
    if let Some(id) = exact.filter(|id| can_see(viewer, *id)) {
        return Ok(Person::Found(id));
    }
    let words = text.to_owned();
    let mut users = scan(viewer, move |viewer| user_matches(viewer, &words, CHOICES_MAX + 1, can_see)).await?;
    let has_more = users.len() > CHOICES_MAX;
    users.truncate(CHOICES_MAX);
    Ok(match users.as_slice() {
        [] => Person::Unknown,
        [only] => Person::Found(only.id),
        _ => Person::Ambiguous(users, has_more),
    })
}

/// Returns suggestions as JSON: pairs of a login and a name.
pub(super) async fn suggest(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    viewer.authorize(Action::ViewHistoricalChanges, &Target::Instance)?;
    let text = fields.text("q").unwrap_or_default().to_owned();
    let users = scan(&viewer, move |viewer| user_matches(viewer, &text, SUGGESTIONS_MAX, can_see)).await?;
    let pairs: Vec<_> = users.iter().map(|user| (user.username.clone(), user.display_name())).collect();
    let mut response = Response::new(Body::from(serde_json::json!(pairs).to_string()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

fn can_see(viewer: &CurrentUser, id: UserId) -> bool {
    let visible = viewer.visibility();
    visible.is_own_user(id) || visible.user(id).shows_details()
}
