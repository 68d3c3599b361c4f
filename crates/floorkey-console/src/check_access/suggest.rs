//! Suggestions for form fields. The page's JavaScript fetches the suggestions while the user types.

use axum::body::Body;
use floorkey::text::folded;
use floorkey::{AnyPermission, ResourceType};
use http::{HeaderValue, Response, header};

use super::action_input::{self, RequestedPermissions};
use super::user_input::matches;
use super::{allow, resource_input};
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, Query};
use crate::web::page_error::PageError;
use crate::web::scan::scan;

/// The maximum number of suggestions.
const SUGGESTIONS_MAX: usize = 12;

/// Returns the suggestions as JSON. Each suggestion is a pair that consists of a value and its display text.
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
        let users = matches(viewer, text, SUGGESTIONS_MAX);
        users.iter().map(|user| (user.username.clone(), user.display_name())).collect()
    };
    match fields.raw("for") {
        "who" => return users(),
        "can" => return action_input::suggestions(viewer, text, SUGGESTIONS_MAX),
        _ => {}
    }
    let selected = fields.text("kind").map(str::to_owned);
    let permission_type = || {
        let requested = RequestedPermissions::parse(viewer, fields.text("can")?, super::PAGE, fields).ok()?;
        requested.permissions.iter().find_map(|permission| match permission {
            AnyPermission::Catalog(permission) => permission.info().resource_type.map(|of| of.slug().to_owned()),
            AnyPermission::Application { namespace, .. } => Some(namespace.clone()),
        })
    };
    let Some(kind) = selected.or_else(permission_type) else { return Vec::new() };
    let wanted = folded(text);
    match ResourceType::from_name_or_slug(&kind) {
        Some(ResourceType::User) => users(),
        Some(of) => {
            let matching = resource_input::stored_resources(viewer, of)
                .into_iter()
                .filter(|(_, name)| folded(name).contains(&wanted));
            matching.take(SUGGESTIONS_MAX).map(|(_, name)| (name, String::new())).collect()
        }
        None if !viewer.visibility().application_resources(&kind).shows_details() => Vec::new(),
        None => {
            let resource = viewer.directory.application_resources(&kind, None);
            let matching = resource.filter(|resource| folded(&resource.id).contains(&wanted));
            matching.take(SUGGESTIONS_MAX).map(|resource| (resource.id.clone(), String::new())).collect()
        }
    }
}
