//! The start: where one lands after signing in.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::Response;

use super::layout::lead_to;
use super::viewer::Viewer;
use crate::app::App;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/connect/", get(home))
}

async fn home(viewer: Viewer) -> Response<Body> {
    match viewer.is_administrative() {
        true => lead_to("/connect/users"),
        false => lead_to("/connect/access"),
    }
}
