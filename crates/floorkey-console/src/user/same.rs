//! The search for a user whose access is copied; the review of the copy follows.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::User;
use floorkey::text::folded;
use http::Response;

use super::found;
use super::head::address;
use crate::web::current_user::CurrentUser;
use crate::web::form::Query;
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::search_terms::search_terms;
use crate::web::text;

/// Maximum number of users on the page.
const SHOWN: usize = 20;

#[derive(Template)]
#[template(path = "user/same.html")]
struct SamePage {
    layout: Layout,
    name: String,
    address: String,
    looked_for: String,
    found: Vec<Other>,
    more: bool,
}

/// A user whose access can be copied.
struct Other {
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
    let user = found::user(&viewer, &id)?;
    let looked_for = query.text("q").unwrap_or_default().to_owned();
    let mut found: Vec<Arc<User>> = Vec::new();
    if !looked_for.is_empty() {
        found.extend(matching(&viewer, &user, &looked_for).take(SHOWN + 1).cloned());
    }
    let more = found.len() > SHOWN;
    found.truncate(SHOWN);
    let name = user.display_name();
    let page_of = SamePage {
        layout: viewer.layout(format!("Same access for {name} as …")),
        address: address(&user),
        found: found.iter().map(|other| shown(&viewer, &user, other)).collect(),
        name,
        looked_for,
        more,
    };
    Ok(page(&page_of))
}

/// Returns the other users visible to the viewer whose name or login contains all words of the text.
fn matching<'a>(viewer: &'a CurrentUser, user: &'a User, text: &str) -> impl Iterator<Item = &'a Arc<User>> {
    let wanted = search_terms(text);
    viewer.directory.users_after(None).filter(move |other| {
        let has = || {
            let text = folded(&format!("{} {}", other.display_name(), other.username));
            wanted.iter().all(|word| text.contains(word.as_str()))
        };
        other.id != user.id && has() && viewer.visibility().user(other.id).shows_details()
    })
}

fn shown(viewer: &CurrentUser, user: &User, other: &User) -> Other {
    let held: Vec<String> = other.profiles_at(viewer.now).map(|id| text::profile(&viewer.visibility(), id)).collect();
    Other {
        name: other.display_name(),
        login: other.username.clone(),
        profiles: text::join_names(&held, 5),
        review: format!("{}/details?like={}", address(user), other.id),
    }
}
