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
use super::user_csv::{self, CsvColumn};
use super::user_index::UserIndexCache;
use crate::web::current_user::CurrentUser;
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
        let mut row = csv_cells(user, &mut names).into_iter();
        let more = [
            if user.enabled { "Enabled" } else { "Disabled" }.to_owned(),
            seen.unwrap_or_default(),
            user.id.to_string(),
        ];
        let mut more = more.into_iter();
        std::array::from_fn::<String, { CsvColumn::ALL.len() + EXTRA_COLUMNS.len() }, _>(|_| {
            row.next().or_else(|| more.next()).unwrap_or_default()
        })
    });
    let mut headings = CsvColumn::ALL.iter().map(|field| field.title()).chain(EXTRA_COLUMNS);
    let headings = std::array::from_fn(|_| headings.next().unwrap_or_default());
    let file = user_csv::write(headings, rows).map_err(|error| Failure::Internal(error.to_string()))?;
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
    let example = [
        "Ann",
        "Lee",
        "ann.lee",
        "ann.lee@example.com",
        "",
        "",
        "Agent",
        "Basic Routing Profile",
        "",
        "soft",
        "",
        "no",
        "0",
        "",
    ];
    let file = user_csv::write(CsvColumn::ALL.map(CsvColumn::title), std::iter::once(example.map(str::to_owned)));
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

fn csv_cells(user: &User, names: &mut Names<'_>) -> [String; CsvColumn::ALL.len()] {
    let identity = &user.identity;
    let voice = user.phone.channel("VOICE").cloned().unwrap_or_default();
    CsvColumn::ALL.map(|field| match field {
        CsvColumn::FirstName => identity.first_name.clone().unwrap_or_default(),
        CsvColumn::LastName => identity.last_name.clone().unwrap_or_default(),
        CsvColumn::Login => user.username.clone(),
        CsvColumn::Email => identity.email.clone().unwrap_or_default(),
        CsvColumn::SecondaryEmail => identity.secondary_email.clone().unwrap_or_default(),
        CsvColumn::Mobile => identity.mobile.clone().unwrap_or_default(),
        CsvColumn::Profiles => names.profile_names(user).join("|"),
        CsvColumn::Routing => names.routing(user.routing_profile).unwrap_or_default().to_owned(),
        CsvColumn::Hierarchy => user.hierarchy_group.and_then(|group| names.group(group)).unwrap_or_default(),
        CsvColumn::PhoneType => match voice.phone_type.as_deref() {
            Some("DESK_PHONE") => "desk".to_owned(),
            Some(_) => "soft".to_owned(),
            None => String::new(),
        },
        CsvColumn::PhoneNumber => voice.phone_number.clone().unwrap_or_default(),
        CsvColumn::AutoAccept => {
            voice.auto_accept.map(|on| if on { "yes" } else { "no" }.to_owned()).unwrap_or_default()
        }
        CsvColumn::AfterWork => voice.after_contact_work_seconds.map(|time| time.to_string()).unwrap_or_default(),
        CsvColumn::Tags => {
            let tags: Vec<_> = user.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
            tags.join("|")
        }
    })
}
