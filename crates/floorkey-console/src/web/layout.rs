//! The page layout: navigation, signed-in user and flash message.

use askama::Template;
use axum::body::Body;
use floorkey::{Action, Target};
use http::{HeaderValue, Response, StatusCode, header};

use super::assets;
use super::current_user::{CurrentUser, RequestContext};
use super::flash::Flash;
pub(crate) use super::navigation::OUTBOX;
use super::navigation::{HelpLink, NavGroup, help};
use super::preferences::Density;
use super::session;

/// The color theme that the user chose. If the user has not chosen a theme, the operating system's setting applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    Light,
    Dark,
}

impl Theme {
    /// The name of the cookie with the chosen theme. The cookie's value is not secret.
    pub(crate) const COOKIE: &'static str = "floorkey-theme";

    pub(crate) fn parse(value: &str) -> Option<Self> {
        match value {
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// The data that every template needs in addition to its own content. Templates refer to this data as `layout`.
pub(crate) struct Layout {
    pub(crate) title: String,
    pub(crate) theme: Option<&'static str>,
    pub(crate) density: Density,
    pub(crate) style: &'static str,
    pub(crate) script: &'static str,
    pub(crate) icon: &'static str,
    /// The address of the file with all icons.
    pub(crate) icons: &'static str,
    /// The address of the font that every page needs.
    pub(crate) font: &'static str,
    pub(crate) instance: Option<String>,
    pub(crate) nav: Vec<NavGroup>,
    pub(crate) help: HelpLink,
    pub(crate) user: Option<SignedInUser>,
    pub(crate) flash: Option<Flash>,
    /// The address of the current page, for forms that return to the current page.
    pub(crate) current_path: String,
}

/// The signed-in user, as shown in the layout.
pub(crate) struct SignedInUser {
    pub(crate) name: String,
    pub(crate) login: String,
    /// The name of the user's time zone, such as `Europe/Berlin`.
    pub(crate) zone: String,
    /// Whether the user chose a time zone.
    pub(crate) has_zone: bool,
    /// Whether single keys are shortcuts.
    pub(crate) has_shortcuts: bool,
    /// The number of notifications that the user has not read. `None` if the user gets no notifications.
    pub(crate) unread: Option<usize>,
}

impl Layout {
    /// Returns the theme choices. Each choice has a value, a flag that is `true` if the theme is selected, and a button
    /// text.
    pub(crate) fn themes(&self) -> [(&'static str, bool, &'static str); 3] {
        let is_selected = |value: Option<&str>| self.theme == value;
        [
            ("light", is_selected(Some("light")), "Light"),
            ("dark", is_selected(Some("dark")), "Dark"),
            ("system", is_selected(None), "System"),
        ]
    }

    /// Returns the density choices in the same form as [`Self::themes`].
    pub(crate) fn densities(&self) -> [(&'static str, bool, &'static str); 2] {
        let choice = |density: Density, text| (density.as_str(), self.density == density, text);
        [choice(Density::Comfortable, "Comfortable"), choice(Density::Compact, "Compact")]
    }

    /// Returns the icon of the flash message.
    pub(crate) fn flash_icon(&self) -> &'static str {
        match self.flash.as_ref().map(|flash| flash.kind.as_str()) {
            Some("good") => "circle-check",
            Some("warn") => "triangle-alert",
            Some("bad") => "circle-alert",
            _ => "info",
        }
    }
}

impl SignedInUser {
    /// Returns the number of unread notifications as text; empty for none. Returns `None` if the user gets no
    /// notifications.
    pub(crate) fn unread_text(&self) -> Option<String> {
        self.unread.map(|unread| match unread {
            0 => String::new(),
            1..=99 => unread.to_string(),
            _ => "99+".to_owned(),
        })
    }
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            title: String::new(),
            theme: None,
            density: Density::default(),
            style: assets::style_address(),
            script: assets::script_address(),
            icon: assets::icon_address(),
            icons: assets::icons_address(),
            font: assets::font_address(),
            instance: None,
            nav: Vec::new(),
            help: help(crate::ROOT),
            user: None,
            flash: None,
            current_path: String::new(),
        }
    }
}

impl RequestContext {
    /// Returns the layout for a client that may not be signed in.
    pub(crate) fn layout(&self, title: impl Into<String>) -> Layout {
        Layout {
            title: title.into(),
            theme: self.client.theme.map(Theme::as_str),
            help: help(&self.client.current_path),
            flash: self.client.flash.clone(),
            current_path: self.client.current_path.clone(),
            ..Layout::default()
        }
    }
}

impl CurrentUser {
    /// Whether the user can see the outbox.
    pub(crate) fn sees_outbox(&self) -> bool {
        self.app().mailer.queue.keeps_recent() && self.directory.is_administrator(self.user.id)
    }

    /// Returns the layout with links to the pages that the viewer can open.
    pub(crate) fn layout(&self, title: impl Into<String>) -> Layout {
        Layout {
            instance: self.directory.settings().alias.clone(),
            nav: self.nav(),
            density: self.preferences.density,
            user: Some(SignedInUser {
                name: self.user.display_name(),
                login: self.user.username.clone(),
                zone: self.zone().iana_name().unwrap_or("UTC").to_owned(),
                has_zone: self.preferences.has_zone,
                has_shortcuts: self.preferences.has_shortcuts,
                unread: self.context.client.unread,
            }),
            ..self.context.layout(title)
        }
    }

    /// Whether the viewer can open at least one page other than the pages about the viewer's own access.
    pub(crate) fn is_administrative(&self) -> bool {
        self.sees_users() || self.sees_profiles() || self.sees_history()
    }

    /// Whether the viewer can open the list of users.
    pub(crate) fn sees_users(&self) -> bool {
        self.has_permission("Users.View")
    }

    /// Whether the viewer can open the list of security profiles.
    pub(crate) fn sees_profiles(&self) -> bool {
        self.has_permission("SecurityProfiles.View")
    }

    /// Whether the viewer can open the list of historical changes.
    pub(crate) fn sees_history(&self) -> bool {
        self.can(Action::ViewHistoricalChanges, &Target::Instance)
    }

    /// Whether the viewer can open the list of registered applications.
    pub(crate) fn sees_applications(&self) -> bool {
        self.visibility().sees_applications()
    }

    /// Whether the viewer can open the list of API tokens.
    pub(crate) fn sees_api_tokens(&self) -> bool {
        self.visibility().api_tokens().shows_details()
    }
}

/// Renders a page from its template.
pub(crate) fn page(template: &impl Template) -> Response<Body> {
    page_with(StatusCode::OK, template)
}

/// Renders a page with a status other than 200.
pub(crate) fn page_with(status: StatusCode, template: &impl Template) -> Response<Body> {
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

/// Redirects the browser with status 303, which prevents the browser from sending the form again.
pub(crate) fn redirect_to(address: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let address = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static(crate::ROOT));
    response.headers_mut().insert(header::LOCATION, address);
    response
}

/// Returns the address if it is a page of the console, and is therefore a safe target for a redirect. Otherwise,
/// returns the home page. This check prevents open redirects.
pub(crate) fn local_redirect_target(address: Option<&str>) -> &str {
    let is_local = |address: &&str| {
        address.starts_with(crate::ROOT)
            && !address.starts_with("/connect/log")
            && address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
    };
    address.filter(is_local).unwrap_or(crate::ROOT)
}

impl RequestContext {
    /// Redirects the browser, and shows a message on the next page.
    pub(crate) fn redirect_with_flash(&self, address: &str, flash: &Flash) -> Response<Body> {
        let mut response = redirect_to(address);
        if let Some(sealed) = flash.seal(&self.app.sealer) {
            add_cookie(&mut response, &session::http_only_cookie(self.app.is_secure(), Flash::COOKIE, sealed));
        }
        response
    }
}

/// Adds a `Set-Cookie` header.
pub(crate) fn add_cookie(response: &mut Response<Body>, cookie: &cookie::Cookie<'_>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_are_limited_to_console_pages() {
        assert_eq!(local_redirect_target(Some("/connect/users?q=ann")), "/connect/users?q=ann");
        for other in ["https://evil.example/connect/", "//evil.example", "/connect/logout", "/connect/\\x", "/users"] {
            assert_eq!(local_redirect_target(Some(other)), "/connect/", "{other}");
        }
    }
}
