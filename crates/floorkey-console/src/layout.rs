//! The page layout: navigation, signed-in user and flash message.

use askama::Template;
use axum::body::Body;
use floorkey::{Act, Target};
use http::{HeaderValue, Response, StatusCode, header};

use super::assets;
use super::flash::Flash;
use super::session;
use super::viewer::{Viewer, Visit};

/// The color theme chosen by the user. Without one, the system's setting applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Theme {
    Light,
    Dark,
}

impl Theme {
    /// The name of the cookie with the choice. It is not secret.
    pub(super) const COOKIE: &'static str = "floorkey-theme";

    pub(super) fn parse(word: &str) -> Option<Self> {
        match word {
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// The data that every template needs besides its own content; templates call it `layout`.
pub(super) struct Layout {
    pub(super) title: String,
    pub(super) theme: Option<&'static str>,
    pub(super) style: &'static str,
    pub(super) script: &'static str,
    pub(super) icon: &'static str,
    pub(super) instance: Option<String>,
    pub(super) nav: Vec<NavGroup>,
    pub(super) viewer: Option<ViewerLine>,
    pub(super) flash: Option<Flash>,
    /// The address of this page, as the place to return to.
    pub(super) here: String,
}

/// A group of navigation links.
pub(super) struct NavGroup {
    pub(super) title: Option<&'static str>,
    pub(super) links: Vec<NavLink>,
}

/// A navigation link.
pub(super) struct NavLink {
    pub(super) text: &'static str,
    pub(super) href: &'static str,
    /// Whether it points to the current page or to its section.
    pub(super) here: bool,
    /// The keyboard shortcut, which requires JavaScript.
    pub(super) keys: Option<&'static str>,
}

/// The signed-in user, as shown in the layout.
pub(super) struct ViewerLine {
    pub(super) name: String,
    pub(super) login: String,
}

impl Layout {
    /// The theme choices: value, whether it is selected, and button text.
    pub(super) fn themes(&self) -> [(&'static str, bool, &'static str); 3] {
        let is = |word: Option<&str>| self.theme == word;
        [("light", is(Some("light")), "Light"), ("dark", is(Some("dark")), "Dark"), ("system", is(None), "System")]
    }
}

impl Visit {
    /// Returns the layout for a visitor who may not be signed in.
    pub(super) fn layout(&self, title: impl Into<String>) -> Layout {
        Layout {
            title: title.into(),
            theme: self.visitor.theme.map(Theme::word),
            style: assets::style_address(),
            script: assets::script_address(),
            icon: assets::icon_address(),
            instance: None,
            nav: Vec::new(),
            viewer: None,
            flash: self.visitor.flash.clone(),
            here: self.visitor.here.clone(),
        }
    }
}

impl Viewer {
    /// Returns the layout with the pages that the viewer can open.
    pub(super) fn layout(&self, title: impl Into<String>) -> Layout {
        Layout {
            instance: self.directory.settings().alias.clone(),
            nav: self.nav(),
            viewer: Some(ViewerLine { name: self.user.display_name(), login: self.user.username.clone() }),
            ..self.visit.layout(title)
        }
    }

    /// Whether the viewer can open any page besides their own access.
    pub(super) fn is_administrative(&self) -> bool {
        self.sees_users() || self.sees_profiles() || self.sees_history()
    }

    /// Whether the viewer can open the page of users.
    pub(super) fn sees_users(&self) -> bool {
        self.holds("Users.View")
    }

    /// Whether the viewer can open the page of security profiles.
    pub(super) fn sees_profiles(&self) -> bool {
        self.holds("SecurityProfiles.View")
    }

    /// Whether the viewer can open the page of historical changes.
    pub(super) fn sees_history(&self) -> bool {
        self.may(Act::ViewHistoricalChanges, &Target::Instance)
    }

    fn nav(&self) -> Vec<NavGroup> {
        let path = self.visit.visitor.here.split('?').next().unwrap_or_default();
        let link = |text, href: &'static str, keys| {
            let here = path == href || (href != super::ROOT && path.starts_with(&format!("{href}/")));
            NavLink { text, href, here, keys }
        };
        let group =
            |title, links: Vec<Option<NavLink>>| NavGroup { title, links: links.into_iter().flatten().collect() };
        let administrative = self.is_administrative();
        let all = [
            group(None, vec![administrative.then(|| link("Home", super::ROOT, Some("g h")))]),
            group(
                Some("Users"),
                vec![
                    self.sees_users().then(|| link("User management", "/connect/users", Some("g u"))),
                    self.sees_profiles().then(|| link("Security profiles", "/connect/security-profiles", Some("g p"))),
                    (self.sees_users() && self.sees_profiles())
                        .then(|| link("Who has what", "/connect/who-has-what", Some("g w"))),
                    (self.sees_users() && self.sees_profiles())
                        .then(|| link("Check access", "/connect/check-access", Some("g k"))),
                ],
            ),
            group(
                administrative.then_some("Records"),
                vec![
                    self.sees_history().then(|| link("Historical changes", "/connect/history", Some("g a"))),
                    administrative.then(|| link("Permissions", "/connect/permissions", Some("g c"))),
                ],
            ),
            group(None, vec![super::outbox::is_shown(self).then(|| link("Outbox", super::outbox::ADDRESS, None))]),
            group(None, vec![Some(link("My access", "/connect/access", Some("g m")))]),
        ];
        all.into_iter().filter(|group| !group.links.is_empty()).collect()
    }
}

/// Renders a page from its template.
pub(super) fn page(template: &impl Template) -> Response<Body> {
    page_with(StatusCode::OK, template)
}

/// Renders a page with a status other than 200.
pub(super) fn page_with(status: StatusCode, template: &impl Template) -> Response<Body> {
    let mut response = match template.render() {
        Ok(text) => Response::new(Body::from(text)),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            let mut response = Response::new(Body::from("The page could not be shown; the server's log says why.\n"));
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            return response;
        }
    };
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// Redirects with 303, so that the browser does not send the form again.
pub(super) fn lead_to(address: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let address = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static(super::ROOT));
    response.headers_mut().insert(header::LOCATION, address);
    response
}

/// Returns the address if it is a page of the console to return to, or the home page otherwise. Protects against open
/// redirects.
pub(super) fn local(address: Option<&str>) -> &str {
    let is_local = |address: &&str| {
        address.starts_with(super::ROOT)
            && !address.starts_with("/connect/log")
            && address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
    };
    address.filter(is_local).unwrap_or(super::ROOT)
}

impl Visit {
    /// Redirects, and shows a message on the next page.
    pub(super) fn lead_to_with(&self, address: &str, flash: &Flash) -> Response<Body> {
        let mut response = lead_to(address);
        if let Some(sealed) = flash.seal(&self.app.sealer) {
            add_cookie(&mut response, &session::private(self.app.is_secure(), Flash::COOKIE, sealed));
        }
        response
    }
}

/// Adds a `Set-Cookie` header.
pub(super) fn add_cookie(response: &mut Response<Body>, cookie: &cookie::Cookie<'_>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_are_limited_to_console_pages() {
        assert_eq!(local(Some("/connect/users?q=ann")), "/connect/users?q=ann");
        for other in ["https://evil.example/connect/", "//evil.example", "/connect/logout", "/connect/\\x", "/users"] {
            assert_eq!(local(Some(other)), "/connect/", "{other}");
        }
    }
}
