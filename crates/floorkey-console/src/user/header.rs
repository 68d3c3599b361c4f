//! The header above all tabs of a user. It shows the name, hierarchy group, badges, tabs and actions.

use floorkey::user::PasswordState;
use floorkey::{Command, User};

use super::lookup::refusal_text;
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
pub(super) struct UserHeader {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) login: String,
    /// The hierarchy group and the routing profile.
    pub(super) location_line: String,
    pub(super) badges: Vec<Badge>,
    pub(super) tabs: Vec<TabLink>,
    pub(super) action_links: Vec<ActionLink>,
}

/// A badge that shows a status of the user.
pub(super) struct Badge {
    /// The style: `good`, `warn`, `bad`, `accent` or empty.
    pub(super) kind: &'static str,
    pub(super) text: &'static str,
}

pub(super) struct TabLink {
    pub(super) href: String,
    pub(super) text: &'static str,
    pub(super) is_current: bool,
}

/// A link to an action, or the reason why the viewer can't perform the action.
pub(super) struct ActionLink {
    pub(super) text: &'static str,
    pub(super) href: String,
    pub(super) danger: bool,
    pub(super) refused: Option<String>,
}

/// Returns the path of a user's pages.
pub(super) fn user_path(user: &User) -> String {
    format!("/connect/users/{}", user.id)
}

/// Returns the header for the viewer.
pub(super) fn user_header(viewer: &CurrentUser, user: &User, current: Tab) -> UserHeader {
    let path = user_path(user);
    let tab = |tab, tail: &str, text| TabLink { href: format!("{path}{tail}"), text, is_current: tab == current };
    let mut tabs = vec![
        tab(Tab::Access, "", "Access"),
        tab(Tab::Details, "/details", "Details"),
        tab(Tab::SignIn, "/sign-in", "Sign-in"),
    ];
    if viewer.sees_history() {
        tabs.push(tab(Tab::History, "/history", "History"));
    }
    UserHeader {
        id: user.id.to_string(),
        name: user.display_name(),
        login: user.username.clone(),
        location_line: location_line(viewer, user),
        badges: badges(viewer, user),
        tabs,
        action_links: action_links(viewer, user),
    }
}

fn location_line(viewer: &CurrentUser, user: &User) -> String {
    let visibility = viewer.visibility();
    let routing = visibility.resource_name(user.routing_profile).map(str::to_owned);
    let group = user.hierarchy_group.map(|group| text::group(&visibility, group));
    [group, routing].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn badges(viewer: &CurrentUser, user: &User) -> Vec<Badge> {
    let mut badges = Vec::new();
    let mut add = |applies: bool, kind, text| {
        if applies {
            badges.push(Badge { kind, text });
        }
    };
    add(user.id == viewer.user.id, "", "This is you");
    add(viewer.directory.is_administrator(user.id), "accent", "Full administrator");
    add(!user.enabled, "bad", "Disabled");
    add(user.password == PasswordState::None, "warn", "Cannot sign in yet");
    add(user.password == PasswordState::Temporary, "warn", "Temporary password");
    badges
}

fn action_links(viewer: &CurrentUser, user: &User) -> Vec<ActionLink> {
    let path = user_path(user);
    let action = |text, tail: &str, danger, command: &Command| ActionLink {
        text,
        href: format!("{path}{tail}"),
        danger,
        refused: refusal_text(viewer, command),
    };
    let unchanged = Command::UpdateUserSecurityProfiles { user: user.id, assignments: user.assignments.clone() };
    vec![
        action("Reset password", "/reset", false, &reset::dry_run_command(user.id)),
        action("Same access as …", "/same", false, &unchanged),
        action("Delete", "/delete", true, &Command::DeleteUser { user: user.id }),
    ]
}
