//! The page that shows a temporary password once, to copy or print.

use askama::Template;
use axum::body::Body;
use floorkey::User;
use http::Response;

use super::head::address;
use crate::web::current_user::CurrentUser;
use crate::web::layout::{Layout, page};
use floorkey_service::passwords::Password;

#[derive(Template)]
#[template(path = "user/slip.html")]
struct SlipPage {
    layout: Layout,
    title: String,
    said: String,
    name: String,
    login: String,
    /// The URL of the sign-in page.
    sign_in: String,
    password: String,
    address: String,
    /// Whether the user is new, so that this is the first password.
    new: bool,
}

/// Returns the page with the password. The password is not stored; after leaving the page, the actor has to set another
/// one.
pub(super) fn show(viewer: &CurrentUser, user: &User, password: &Password, new: bool, said: String) -> Response<Body> {
    let name = user.display_name();
    page(&SlipPage {
        layout: viewer.layout(format!("One-time password of {name}")),
        title: if new { format!("{name} is added") } else { format!("A one-time password for {name}") },
        said,
        login: user.username.clone(),
        sign_in: sign_in(viewer),
        password: password.reveal().to_owned(),
        address: address(user),
        name,
        new,
    })
}

/// Returns the URL of the sign-in page, with the alias of the instance if there are several instances.
fn sign_in(viewer: &CurrentUser) -> String {
    let app = viewer.app();
    let alias = viewer.directory.settings().alias.clone().filter(|_| app.service.engine().all().len() > 1);
    let tail = alias.map(|alias| format!("/{alias}")).unwrap_or_default();
    format!("{}/connect/login{tail}", app.public_url)
}
