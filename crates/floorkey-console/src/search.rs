//! The search over everything: users, security profiles, permissions, permission groups, resources, pages and actions.
//!
//! The same handler answers the page, which works without JavaScript, and the dialog, which fetches the results as the
//! viewer types. Both show only what the viewer can see.

mod found;
mod pages;
mod records;

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::body::Body;
use http::Response;

use crate::users::{UserIndexCache, best_matches};
use crate::web::assets;
use crate::web::current_user::CurrentUser;
use crate::web::form::Query;
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::routes::{Routes, get};
use crate::web::search_terms::search_terms;
use found::FoundGroup;

/// The maximum number of results of each kind.
const FOUND_MAX: usize = 8;

pub(super) fn routes(users: Arc<UserIndexCache>) -> Routes {
    Routes::new().route("/connect/search", get(show)).with_extension(users)
}

#[derive(Template)]
#[template(path = "search/page.html")]
struct SearchPage {
    layout: Layout,
    search: String,
    results: Results,
}

/// The results alone, for the dialog.
#[derive(Template)]
#[template(path = "search/palette.html")]
struct SearchPalette {
    results: Results,
}

/// The results of a search. Both templates include them.
struct Results {
    search: String,
    groups: Vec<FoundGroup>,
    /// Whether the results are options of a list box instead of plain links.
    is_palette: bool,
    icons: &'static str,
}

async fn show(
    viewer: CurrentUser,
    Extension(users): Extension<Arc<UserIndexCache>>,
    Query(query): Query,
) -> Result<Response<Body>, PageError> {
    let search = query.text("q").unwrap_or_default().to_owned();
    let words = search_terms(&search);
    let mut groups = vec![found::users(&viewer, best_matches(&viewer, &users, &search, FOUND_MAX).await?, &search)];
    groups.extend(pages::find(&viewer, &words));
    groups.extend(records::find(&viewer, &words));
    groups.retain(|group| !group.items.is_empty());
    // The sort is stable: groups whose best results are equally good remain in their usual order.
    groups.sort_by_key(FoundGroup::best);
    let is_palette = query.has("palette");
    let results = Results { search: search.clone(), groups, is_palette, icons: assets::icons_address() };
    Ok(match is_palette {
        true => page(&SearchPalette { results }),
        false => page(&SearchPage { layout: viewer.layout("Search"), search, results }),
    })
}
