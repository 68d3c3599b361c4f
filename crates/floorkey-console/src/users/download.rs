//! Downloads all users that match a filter as a CSV file: the columns of the import template, then status, last
//! activity and id.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use floorkey::{Act, Target, User};
use http::{HeaderValue, Response, header};

use super::filter::Filter;
use super::find::{Sort, find_in_turn};
use super::list::{authorize, eyes, facts};
use super::roster::Rosters;
use super::rows::Names;
use super::sheet::{self, Field};
use crate::web::current_user::CurrentUser;
use crate::web::form::Query;
use crate::web::page_error::PageError;
use crate::web::text;
use floorkey_service::failure::Failure;

const MORE: [&str; 3] = ["Status", "Last seen", "User id"];

pub(super) async fn download(
    viewer: CurrentUser,
    Extension(rosters): Extension<Arc<Rosters>>,
    Query(query): Query,
) -> Result<Response<Body>, PageError> {
    authorize(&viewer)?;
    let principal = viewer.principal();
    let eyes = eyes(&viewer, &principal);
    let filter = Filter::read(&query, &eyes);
    let facts = facts(&viewer, &filter, Sort::Login).await?;
    let activity = viewer.app().activity.all(viewer.instance());
    let roster = rosters.of(&viewer.directory).await;
    let found = find_in_turn(&viewer, &roster, &filter, &facts, eyes).await?;
    let mut names = Names::new(eyes);
    let rows = found.users().into_iter().map(|user| {
        let seen = activity.get(&user.id).and_then(|known| known.seen_at).map(text::iso_time);
        let mut row = cells(user, &mut names).into_iter();
        let more = [
            if user.enabled { "Enabled" } else { "Disabled" }.to_owned(),
            seen.unwrap_or_default(),
            user.id.to_string(),
        ];
        let mut more = more.into_iter();
        std::array::from_fn::<String, { Field::ALL.len() + MORE.len() }, _>(|_| {
            row.next().or_else(|| more.next()).unwrap_or_default()
        })
    });
    let mut headings = Field::ALL.iter().map(|field| field.title()).chain(MORE);
    let headings = std::array::from_fn(|_| headings.next().unwrap_or_default());
    let file = sheet::write(headings, rows).map_err(|error| Failure::Internal(error.to_string()))?;
    let (service, actor) = (&viewer.app().service, viewer.actor());
    service.note(viewer.instance(), actor, Act::DownloadUsers, Vec::new()).await?;
    Ok(csv(file, "users.csv"))
}

/// Downloads the import template: the headings and an example row.
pub(super) async fn template(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    viewer.authorize(Act::ImportUsers, &Target::Instance).or_else(|refusal| {
        // A scoped permission is enough.
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
    let file = sheet::write(Field::ALL.map(Field::title), std::iter::once(example.map(str::to_owned)));
    Ok(csv(file.map_err(|error| Failure::Internal(error.to_string()))?, "users-template.csv"))
}

fn csv(file: Vec<u8>, name: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(file));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    headers.insert(header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment")));
    response
}

fn cells(user: &User, names: &mut Names<'_>) -> [String; Field::ALL.len()] {
    let identity = &user.identity;
    let voice = user.phone.channel("VOICE").cloned().unwrap_or_default();
    Field::ALL.map(|field| match field {
        Field::FirstName => identity.first_name.clone().unwrap_or_default(),
        Field::LastName => identity.last_name.clone().unwrap_or_default(),
        Field::Login => user.username.clone(),
        Field::Email => identity.email.clone().unwrap_or_default(),
        Field::SecondaryEmail => identity.secondary_email.clone().unwrap_or_default(),
        Field::Mobile => identity.mobile.clone().unwrap_or_default(),
        Field::Profiles => names.held(user).join("|"),
        Field::Routing => names.routing(user.routing_profile).unwrap_or_default().to_owned(),
        Field::Hierarchy => user.hierarchy_group.and_then(|group| names.group(group)).unwrap_or_default(),
        Field::PhoneType => match voice.phone_type.as_deref() {
            Some("DESK_PHONE") => "desk".to_owned(),
            Some(_) => "soft".to_owned(),
            None => String::new(),
        },
        Field::PhoneNumber => voice.phone_number.clone().unwrap_or_default(),
        Field::AutoAccept => voice.auto_accept.map(|on| if on { "yes" } else { "no" }.to_owned()).unwrap_or_default(),
        Field::AfterWork => voice.after_contact_work_seconds.map(|time| time.to_string()).unwrap_or_default(),
        Field::Tags => {
            let tags: Vec<_> = user.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
            tags.join("|")
        }
    })
}
