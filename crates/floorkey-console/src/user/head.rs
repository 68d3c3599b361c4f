//! The header above all tabs of a user: name, hierarchy group, badges, tabs and actions.

use floorkey::user::PasswordState;
use floorkey::{Command, User};

use super::found::why_not;
use super::reset;
use crate::web::current_user::CurrentUser;
use crate::web::text;

/// The tabs of a user.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Access,
    Details,
    SignIn,
    History,
}

/// The header of a user's pages.
pub(super) struct Head {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) login: String,
    /// The hierarchy group and the routing profile.
    pub(super) place: String,
    pub(super) badges: Vec<Badge>,
    pub(super) tabs: Vec<TabLink>,
    pub(super) offers: Vec<Offer>,
}

/// A badge with a status of the user.
pub(super) struct Badge {
    /// `good`, `warn`, `bad`, `accent` or empty.
    pub(super) kind: &'static str,
    pub(super) text: &'static str,
}

pub(super) struct TabLink {
    pub(super) href: String,
    pub(super) text: &'static str,
    pub(super) here: bool,
}

/// A link to an action, or why the viewer can't use it.
pub(super) struct Offer {
    pub(super) text: &'static str,
    pub(super) href: String,
    pub(super) danger: bool,
    pub(super) refused: Option<String>,
}

/// Returns the path of a user's pages.
pub(super) fn address(user: &User) -> String {
    format!("/connect/users/{}", user.id)
}

/// Returns the header for the viewer.
pub(super) fn head(viewer: &CurrentUser, user: &User, here: Tab) -> Head {
    let at = address(user);
    let tab = |tab, tail: &str, text| TabLink { href: format!("{at}{tail}"), text, here: tab == here };
    let mut tabs = vec![
        tab(Tab::Access, "", "Access"),
        tab(Tab::Details, "/details", "Details"),
        tab(Tab::SignIn, "/sign-in", "Sign-in"),
    ];
    if viewer.sees_history() {
        tabs.push(tab(Tab::History, "/history", "History"));
    }
    Head {
        id: user.id.to_string(),
        name: user.display_name(),
        login: user.username.clone(),
        place: place(viewer, user),
        badges: badges(viewer, user),
        tabs,
        offers: offers(viewer, user),
    }
}

fn place(viewer: &CurrentUser, user: &User) -> String {
    let visibility = viewer.visibility();
    let routing = visibility.resource_name(user.routing_profile).map(str::to_owned);
    let group = user.hierarchy_group.map(|group| text::group(&visibility, group));
    [group, routing].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn badges(viewer: &CurrentUser, user: &User) -> Vec<Badge> {
    let mut badges = Vec::new();
    let mut add = |is: bool, kind, text| {
        if is {
            badges.push(Badge { kind, text });
        }
    };
    add(user.id == viewer.user.id, "", "This is you");
    add(viewer.directory.is_administrator(user.id), "accent", "Full administrator");
    add(!user.enabled, "bad", "Disabled");
    add(user.password == PasswordState::None, "warn", "Cannot sign in yet");
    add(user.password == PasswordState::OneTime, "warn", "One-time password");
    badges
}

fn offers(viewer: &CurrentUser, user: &User) -> Vec<Offer> {
    let at = address(user);
    let offer = |text, tail: &str, danger, command: &Command| Offer {
        text,
        href: format!("{at}{tail}"),
        danger,
        refused: why_not(viewer, command),
    };
    let held = Command::UpdateUserSecurityProfiles { user: user.id, assignments: user.assignments.clone() };
    vec![
        offer("Reset password", "/reset", false, &reset::dry(user.id)),
        offer("Same access as …", "/same", false, &held),
        offer("Delete", "/delete", true, &Command::DeleteUser { user: user.id }),
    ]
}
