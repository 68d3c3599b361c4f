//! Suggestions for form fields as the user types, fetched by the script.

use axum::body::Body;
use floorkey::text::folded;
use floorkey::{AnyPermission, ResourceType};
use http::{HeaderValue, Response, header};

use super::person::like;
use super::{allow, meaning, thing};
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, Query};
use crate::web::page_error::PageError;
use crate::web::scan::scan;

/// The maximum number of suggestions.
const MOST: usize = 12;

/// Returns pairs of value and text as JSON.
pub(super) async fn suggest(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    allow(&viewer)?;
    let found = scan(&viewer, move |viewer| find(viewer, &fields)).await?;
    let mut response = Response::new(Body::from(serde_json::json!(found).to_string()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

fn find(viewer: &CurrentUser, fields: &Fields) -> Vec<(String, String)> {
    let Some(text) = fields.text("q") else { return Vec::new() };
    let users = || {
        let users = like(viewer, text, MOST);
        users.iter().map(|user| (user.username.clone(), user.display_name())).collect()
    };
    if fields.raw("for") == "who" {
        return users();
    }
    let chosen = fields.text("kind").map(str::to_owned);
    let of_permission = || {
        let found = meaning::like(viewer, fields.text("can")?);
        match found.as_slice() {
            [AnyPermission::Catalogue(only)] => only.info().resource_type.map(|of| of.arn_word().to_owned()),
            [AnyPermission::Application { namespace, .. }] => Some(namespace.clone()),
            _ => None,
        }
    };
    let Some(kind) = chosen.or_else(of_permission) else { return Vec::new() };
    let wanted = folded(text);
    match ResourceType::named(&kind) {
        Some(ResourceType::User) => users(),
        Some(of) => {
            let named = thing::named(viewer, of).into_iter().filter(|(_, name)| folded(name).contains(&wanted));
            named.take(MOST).map(|(_, name)| (name, String::new())).collect()
        }
        None if !viewer.visibility().application_resources(&kind).shows_details() => Vec::new(),
        None => {
            let known = viewer.directory.application_resources(&kind, None);
            let fitting = known.filter(|known| folded(&known.id).contains(&wanted));
            fitting.take(MOST).map(|known| (known.id.clone(), String::new())).collect()
        }
    }
}
