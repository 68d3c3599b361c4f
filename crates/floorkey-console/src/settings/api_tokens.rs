//! The list of API tokens, with which applications ask for decisions. Only full administrators can see it.

use askama::Template;
use axum::body::Body;
use floorkey::{Action, RecordKey};
use http::Response;

use super::creator::{Creator, creator};
use crate::web::current_user::CurrentUser;
use crate::web::layout::{Layout, page};
use crate::web::navigation::document;
use crate::web::page_error::PageError;
use crate::web::text;
use crate::web::time_format::LocalTime;

#[derive(Template)]
#[template(path = "settings/api_tokens.html")]
struct ApiTokensPage {
    layout: Layout,
    rows: Vec<ApiTokenRow>,
    count: String,
    document: String,
}

struct ApiTokenRow {
    label: String,
    /// What requests with the token can ask for.
    scopes: String,
    creator: Option<Creator>,
    created: LocalTime,
    /// `None` if the token does not expire.
    expires: Option<LocalTime>,
    has_expired: bool,
}

pub(super) async fn show(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    floorkey::require_administrator(&viewer.directory, &viewer.principal, Action::ListApiTokens)?;
    let mut tokens: Vec<_> = viewer.directory.api_tokens().collect();
    tokens.sort_by_key(|token| (token.created, token.id));
    let mut rows = Vec::new();
    for token in tokens {
        rows.push(ApiTokenRow {
            label: token.label.clone(),
            scopes: text::join_names(&token.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>(), 2),
            creator: creator(&viewer, Action::CreateApiToken, RecordKey::ApiToken(token.id)).await?,
            created: viewer.local_time(token.created),
            expires: token.expires.map(|expires| viewer.local_time(expires)),
            has_expired: token.has_expired(viewer.now),
        });
    }
    Ok(page(&ApiTokensPage {
        layout: viewer.layout("API tokens"),
        count: text::figure(rows.len()),
        rows,
        document: document("decisions.md"),
    }))
}
