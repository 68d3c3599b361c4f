//! The page that shows a temporary password once, so that the actor can copy or print it.

use askama::Template;
use axum::body::Body;
use floorkey::User;
use http::Response;

use super::header::user_path;
use crate::web::current_user::CurrentUser;
use crate::web::layout::{Layout, page};
use floorkey_service::passwords::Password;

#[derive(Template)]
#[template(path = "user/temporary_password.html")]
struct TemporaryPasswordPage {
    layout: Layout,
    title: String,
    message: String,
    name: String,
    login: String,
    /// The URL of the sign-in page.
    sign_in_url: String,
    password: String,
    address: String,
    /// Whether the user is new. If so, the password is the user's first password.
    is_new: bool,
}

/// Returns the page with the password. The password itself is not stored, so it can't be shown again. An actor who has
/// left the page must set a new password.
pub(super) fn show(
    viewer: &CurrentUser,
    user: &User,
    password: &Password,
    is_new: bool,
    message: String,
) -> Response<Body> {
    let name = user.display_name();
    page(&TemporaryPasswordPage {
        layout: viewer.layout(format!("Temporary password of {name}")),
        title: if is_new { format!("{name} is added") } else { format!("A temporary password for {name}") },
        message,
        login: user.username.clone(),
        sign_in_url: sign_in_url(viewer),
        password: password.reveal().to_owned(),
        address: user_path(user),
        name,
        is_new,
    })
}

/// Returns the URL of the sign-in page, with the alias of the instance if there are several instances.
fn sign_in_url(viewer: &CurrentUser) -> String {
    let app = viewer.app();
    let alias = viewer.directory.settings().alias.clone().filter(|_| app.service.engine().all().len() > 1);
    let tail = alias.map(|alias| format!("/{alias}")).unwrap_or_default();
    format!("{}/connect/login{tail}", app.public_url)
}
