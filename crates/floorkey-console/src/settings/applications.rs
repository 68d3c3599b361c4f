//! The list of registered applications, whose permissions security profiles can grant.

use askama::Template;
use axum::body::Body;
use floorkey::{Action, RecordKey, RegisteredApplication, Target};
use http::Response;

use super::creator::{Creator, creator};
use crate::web::current_user::CurrentUser;
use crate::web::layout::{Layout, page};
use crate::web::navigation::document;
use crate::web::page_error::PageError;
use crate::web::text;
use crate::web::time_format::LocalTime;

/// The maximum number of permissions that a row names.
const NAMED_MAX: usize = 4;

#[derive(Template)]
#[template(path = "settings/applications.html")]
struct ApplicationsPage {
    layout: Layout,
    rows: Vec<ApplicationRow>,
    /// The number of applications, as a figure.
    count: String,
    shows_creators: bool,
    document: String,
}

struct ApplicationRow {
    name: String,
    namespace: String,
    description: String,
    /// The names of the first permissions, and of all of them for the tooltip.
    permissions: String,
    all_permissions: String,
    permission_count: String,
    resources: String,
    creator: Option<Creator>,
    modified: LocalTime,
}

pub(super) async fn show(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    viewer.authorize(Action::ListApplications, &Target::Instance)?;
    let mut rows = Vec::new();
    for application in viewer.directory.applications() {
        let names: Vec<&str> = application.permissions.iter().map(|permission| permission.name.as_str()).collect();
        let key = RecordKey::Application(application.namespace.clone());
        rows.push(ApplicationRow {
            name: display_name(application).to_owned(),
            namespace: application.namespace.clone(),
            description: application.description.clone(),
            permissions: text::join_names(&names, NAMED_MAX),
            all_permissions: names.join(", "),
            permission_count: text::figure(names.len()),
            resources: text::figure(viewer.directory.application_resources(&application.namespace, None).count()),
            creator: creator(&viewer, Action::RegisterApplication, key).await?,
            modified: viewer.local_time(application.modified),
        });
    }
    Ok(page(&ApplicationsPage {
        layout: viewer.layout("Applications"),
        count: text::figure(rows.len()),
        shows_creators: viewer.directory.is_administrator(viewer.user.id),
        rows,
        document: document("decisions.md"),
    }))
}

/// Returns the display name, or the namespace if the application has none.
fn display_name(application: &RegisteredApplication) -> &str {
    if application.name.is_empty() { &application.namespace } else { &application.name }
}
