//! The pages under *Settings* that have no section of their own, and the viewer's preferences.
//!
//! The pages of applications and API tokens only show what is registered. Commands and the management API change it.

mod about;
mod api_tokens;
mod applications;
mod creator;
mod preferences;

use crate::web::routes::{Routes, get};

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/connect/about", get(about::show))
        .route("/connect/applications", get(applications::show))
        .route("/connect/api-tokens", get(api_tokens::show))
        .route("/connect/preferences", get(preferences::show).post(preferences::set))
}
