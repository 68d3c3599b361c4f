//! Downloads all users that match a filter as a CSV file, in the order of the list. The file has the columns of the import template, followed by
//! status, last activity and ID.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use floorkey::{Action, Target, User};
use http::Response;

use super::columns::USERS;
use super::filter::UserFilter;
use super::find::find_within_budget;
use super::list::{authorize, filter_context, viewer_scope};
use super::rows::Names;
use super::user_csv::{csv_fields, heading};
use super::user_index::UserIndexCache;
use crate::web::csv::CsvTable;
use crate::web::current_user::CurrentUser;
use crate::web::fields::Field;
use crate::web::form::Query;
use crate::web::page_error::PageError;
use crate::web::table::{TableSettings, TableState};
use crate::web::text;

const EXTRA_COLUMNS: [&str; 3] = ["Status", "Last seen", "User id"];

pub(super) async fn download(
    viewer: CurrentUser,
    Extension(indexes): Extension<Arc<UserIndexCache>>,
    Query(query): Query,
) -> Result<Response<Body>, PageError> {
    authorize(&viewer)?;
    let principal = viewer.principal();
    let scope = viewer_scope(&viewer, &principal);
    let state = TableState::parse(&USERS, &query, &TableSettings::default());
    let filter = UserFilter::new(state.filter, &scope);
    let context = filter_context(&viewer, &filter, state.sort).await?;
    let activity = viewer.app().activity.all(viewer.instance());
    let index = indexes.get(&viewer.directory).await;
    let found = find_within_budget(&viewer, &index, &filter, state.sort, &context, scope).await?;
    let mut names = Names::new(scope);
    let mut table = CsvTable::new(&csv_fields().map(heading).chain(EXTRA_COLUMNS).collect::<Vec<_>>());
    for user in found.users() {
        let seen = activity.get(&user.id).and_then(|known| known.last_active_at).map(text::iso_time);
        let mut row: Vec<String> = csv_fields().map(|field| csv_cell(field, user, &mut names)).collect();
        row.push(if user.enabled { "Enabled" } else { "Disabled" }.to_owned());
        row.extend([seen.unwrap_or_default(), user.id.to_string()]);
        table.push_row(&row);
    }
    let (service, actor) = (&viewer.app().service, viewer.actor());
    service.record_event(viewer.instance(), actor, Action::DownloadUsers, Vec::new()).await?;
    Ok(table.download("users.csv"))
}

/// Downloads the import template: the headings and an example row.
pub(super) async fn template(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    viewer.authorize(Action::ImportUsers, &Target::Instance).or_else(|refusal| {
        // A scoped permission is also sufficient.
        if viewer.has_permission("Users.Create") { Ok(()) } else { Err(refusal) }
    })?;
    let mut table = CsvTable::new(&csv_fields().map(heading).collect::<Vec<_>>());
    table.push_row(&csv_fields().map(|field| field.example).collect::<Vec<_>>());
    Ok(table.download("users-template.csv"))
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
