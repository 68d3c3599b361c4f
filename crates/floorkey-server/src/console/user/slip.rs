//! A one-time password, shown once: to copy, or to print as a slip.

use askama::Template;
use axum::body::Body;
use floorkey::User;
use http::Response;

use super::super::layout::{Layout, page};
use super::super::viewer::Viewer;
use super::head::address;
use crate::passwords::Password;

#[derive(Template)]
#[template(path = "user/slip.html")]
struct SlipPage {
    layout: Layout,
    title: String,
    said: String,
    name: String,
    login: String,
    /// Where the user signs in.
    sign_in: String,
    password: String,
    address: String,
    /// Whether this was a user's first password.
    new: bool,
}

/// The page with the password. Nothing keeps it: whoever leaves the page has to make another one.
pub(super) fn show(viewer: &Viewer, user: &User, password: &Password, new: bool, said: String) -> Response<Body> {
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

/// The address of the sign-in page, with the instance's name where there are several.
fn sign_in(viewer: &Viewer) -> String {
    let app = viewer.app();
    let alias = viewer.directory.settings().alias.clone().filter(|_| app.service.engine().all().len() > 1);
    let tail = alias.map(|alias| format!("/{alias}")).unwrap_or_default();
    format!("{}/connect/login{tail}", app.public_url)
}
