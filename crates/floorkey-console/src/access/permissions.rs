//! Lists the viewer's own permissions, and explains why the viewer has each permission.

use askama::Template;
use axum::body::Body;
use floorkey::review::summary::summary;
use http::Response;

use crate::web::access_rows::EffectiveAccess;
use crate::web::current_user::CurrentUser;
use crate::web::layout::{Layout, page};
use crate::web::routes::{Routes, get};

pub(super) fn routes() -> Routes {
    Routes::new().route("/connect/access", get(show))
}

#[derive(Template)]
#[template(path = "access/permissions.html")]
struct AccessPage {
    layout: Layout,
    profiles: Vec<OwnProfile>,
    access: EffectiveAccess,
}

/// A profile that is assigned to the viewer.
struct OwnProfile {
    name: String,
    description: String,
    /// A sentence that summarizes what the profile allows.
    summary: String,
    until: Option<String>,
}

async fn show(viewer: CurrentUser) -> Response<Body> {
    let (directory, user, now) = (&viewer.directory, &viewer.user, viewer.now);
    let grants = directory.grants_at(user, now);
    let assignments = user.assignments.iter().filter(|assignment| assignment.is_active_at(now));
    let profiles = assignments.filter_map(|assignment| {
        let profile = directory.profile(assignment.profile)?;
        let until = assignment.until.map(|at| viewer.time(at));
        let (name, description) = (profile.name.clone(), profile.description.clone());
        let summary = directory.grants(assignment.profile).map(|grants| summary(grants).sentence()).unwrap_or_default();
        Some(OwnProfile { name, description, summary: format!("You {summary}."), until })
    });
    let mut profiles: Vec<_> = profiles.collect();
    profiles.sort_by_cached_key(|profile| floorkey::text::folded(&profile.name));
    page(&AccessPage {
        layout: viewer.layout("My access"),
        profiles,
        access: EffectiveAccess::new(&viewer, user, &grants),
    })
}
