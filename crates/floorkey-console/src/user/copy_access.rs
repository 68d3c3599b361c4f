//! The page for finding a user whose access can be copied. The next page shows a review of the change.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::User;
use floorkey::text::folded;
use http::Response;

use super::header::user_path;
use super::lookup;
use crate::web::current_user::CurrentUser;
use crate::web::form::Query;
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::search_terms::search_terms;
use crate::web::text;

/// Maximum number of users on the page.
const LISTED_MAX: usize = 20;

#[derive(Template)]
#[template(path = "user/copy_access.html")]
struct CopyAccessPage {
    layout: Layout,
    name: String,
    address: String,
    query_text: String,
    candidates: Vec<Candidate>,
    more: bool,
}

/// A user whose access can be copied.
struct Candidate {
    name: String,
    login: String,
    profiles: String,
    review: String,
}

pub(super) async fn show(
    viewer: CurrentUser,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Response<Body>, PageError> {
    let user = lookup::visible_user(&viewer, &id)?;
    let query_text = query.text("q").unwrap_or_default().to_owned();
    let mut candidates: Vec<Arc<User>> = Vec::new();
    if !query_text.is_empty() {
        candidates.extend(matching(&viewer, &user, &query_text).take(LISTED_MAX + 1).cloned());
    }
    let more = candidates.len() > LISTED_MAX;
    candidates.truncate(LISTED_MAX);
    let name = user.display_name();
    let template = CopyAccessPage {
        layout: viewer.layout(format!("Same access for {name} as …")),
        address: user_path(&user),
        candidates: candidates.iter().map(|other| candidate(&viewer, &user, other)).collect(),
        name,
        query_text,
        more,
    };
    Ok(page(&template))
}

/// Returns all other users whose name or login name contains all words of the search text. Includes only users that the
/// viewer can see.
fn matching<'a>(viewer: &'a CurrentUser, user: &'a User, text: &str) -> impl Iterator<Item = &'a Arc<User>> {
    let wanted = search_terms(text);
    viewer.directory.users_after(None).filter(move |other| {
        let matches = || {
            let text = folded(&format!("{} {}", other.display_name(), other.username));
            wanted.iter().all(|word| text.contains(word.as_str()))
        };
        other.id != user.id && matches() && viewer.visibility().user(other.id).shows_details()
    })
}

fn candidate(viewer: &CurrentUser, user: &User, other: &User) -> Candidate {
    let profiles: Vec<String> =
        other.profiles_at(viewer.now).map(|id| text::profile(&viewer.visibility(), id)).collect();
    Candidate {
        name: other.display_name(),
        login: other.username.clone(),
        profiles: text::join_names(&profiles, 5),
        review: format!("{}/details?like={}", user_path(user), other.id),
    }
}
