//! My access: what the viewer holds, and their own credentials.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::Response;

use super::layout::{Layout, page};
use super::viewer::Viewer;
use crate::app::App;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/connect/access", get(show))
}

#[derive(Template)]
#[template(path = "access/show.html")]
struct AccessPage {
    layout: Layout,
    profiles: Vec<HeldProfile>,
}

/// A profile that the viewer holds.
struct HeldProfile {
    name: String,
    description: String,
}

async fn show(viewer: Viewer) -> Response<Body> {
    let held = viewer.user.profiles_at(viewer.now).filter_map(|id| viewer.directory.profile(id));
    let profiles =
        held.map(|profile| HeldProfile { name: profile.name.clone(), description: profile.description.clone() });
    page(&AccessPage { layout: viewer.layout("My access"), profiles: profiles.collect() })
}
