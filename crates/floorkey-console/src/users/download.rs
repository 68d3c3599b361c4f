//! Downloads all users that match a filter as a CSV file. The file has the columns of the import template, followed by
//! status, last activity and ID.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use floorkey::{Action, Target, User};
use http::{HeaderValue, Response, header};

use super::filter::UserFilter;
use super::find::{Sort, find_within_budget};
use super::list::{authorize, filter_context, viewer_scope};
use super::rows::Names;
use super::user_csv::{self, csv_fields, heading};
use super::user_index::UserIndexCache;
use crate::web::current_user::CurrentUser;
use crate::web::fields::Field;
use crate::web::form::Query;
use crate::web::page_error::PageError;
use crate::web::text;
use floorkey_service::failure::Failure;

const EXTRA_COLUMNS: [&str; 3] = ["Status", "Last seen", "User id"];

pub(super) async fn download(
    viewer: CurrentUser,
    Extension(indexes): Extension<Arc<UserIndexCache>>,
    Query(query): Query,
) -> Result<Response<Body>, PageError> {
    authorize(&viewer)?;
    let principal = viewer.principal();
    let scope = viewer_scope(&viewer, &principal);
    let filter = UserFilter::parse(&query, &scope);
    let context = filter_context(&viewer, &filter, Sort::Login).await?;
    let activity = viewer.app().activity.all(viewer.instance());
    let index = indexes.get(&viewer.directory).await;
    let found = find_within_budget(&viewer, &index, &filter, &context, scope).await?;
    let mut names = Names::new(scope);
    let rows = found.users().into_iter().map(|user| {
        let seen = activity.get(&user.id).and_then(|known| known.last_active_at).map(text::iso_time);
        let mut row: Vec<String> = csv_fields().map(|field| csv_cell(field, user, &mut names)).collect();
        row.push(if user.enabled { "Enabled" } else { "Disabled" }.to_owned());
        row.extend([seen.unwrap_or_default(), user.id.to_string()]);
        row
    });
    let file = user_csv::write(csv_fields().map(heading).chain(EXTRA_COLUMNS), rows);
    let file = file.map_err(|error| Failure::Internal(error.to_string()))?;
    let (service, actor) = (&viewer.app().service, viewer.actor());
    service.record_event(viewer.instance(), actor, Action::DownloadUsers, Vec::new()).await?;
    Ok(csv_response(file, "users.csv"))
}

/// Downloads the import template: the headings and an example row.
pub(super) async fn template(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    viewer.authorize(Action::ImportUsers, &Target::Instance).or_else(|refusal| {
        // A scoped permission is also sufficient.
        if viewer.has_permission("Users.Create") { Ok(()) } else { Err(refusal) }
    })?;
    let example = csv_fields().map(|field| field.example.to_owned()).collect();
    let file = user_csv::write(csv_fields().map(heading), std::iter::once(example));
    Ok(csv_response(file.map_err(|error| Failure::Internal(error.to_string()))?, "users-template.csv"))
}

fn csv_response(file: Vec<u8>, name: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(file));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    headers.insert(header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment")));
    response
}

/// Returns the cell of a field. Records are named, and several values are separated by `|`.
fn csv_cell(field: &Field<User>, user: &User, names: &mut Names<'_>) -> String {
    match field.id {
        "profiles" => names.profile_names(user).join("|"),
        "routing_profile" => names.routing(user.routing_profile).unwrap_or_default().to_owned(),
        "hierarchy_group" => user.hierarchy_group.and_then(|group| names.group(group)).unwrap_or_default(),
        "phone_type" => match (field.get)(user).as_str() {
            "DESK_PHONE" => "desk".to_owned(),
            "" => String::new(),
            _ => "soft".to_owned(),
        },
        _ => (field.get)(user),
    }
}
