//! Finds pages of the console, and actions that begin on a page of their own.

use super::found::{Found, FoundGroup};
use crate::web::current_user::CurrentUser;
use crate::web::rank::{Rank, rank};

/// An action that the viewer may be allowed to begin.
struct PageAction {
    text: &'static str,
    href: &'static str,
    keywords: &'static str,
    is_allowed: fn(&CurrentUser) -> bool,
}

const ACTIONS: [PageAction; 9] = [
    PageAction {
        text: "Add new users",
        href: "/connect/users/new",
        keywords: "create invite person agent",
        is_allowed: can_create_users,
    },
    PageAction {
        text: "Add users by CSV",
        href: "/connect/users/import",
        keywords: "import upload file create",
        is_allowed: can_create_users,
    },
    PageAction {
        text: "Download users as CSV",
        href: "/connect/users/download",
        keywords: "export file",
        is_allowed: CurrentUser::sees_users,
    },
    PageAction {
        text: "Restore deleted users",
        href: "/connect/users/deleted",
        keywords: "undelete undo",
        is_allowed: can_create_users,
    },
    PageAction {
        text: "Add new security profile",
        href: "/connect/security-profiles/new",
        keywords: "create role",
        is_allowed: crate::profiles::can_create,
    },
    PageAction {
        text: "Compare security profiles",
        href: "/connect/security-profiles/compare",
        keywords: "diff difference",
        is_allowed: CurrentUser::sees_profiles,
    },
    PageAction {
        text: "Find out who can do something",
        href: "/connect/check-access/who-can",
        keywords: "check access permission search",
        is_allowed: can_check_access,
    },
    PageAction {
        text: "Download historical changes as CSV",
        href: "/connect/history.csv",
        keywords: "export audit log file",
        is_allowed: CurrentUser::sees_history,
    },
    PageAction {
        text: "Change your password",
        href: "/connect/password",
        keywords: "own sign in",
        is_allowed: |_| true,
    },
];

fn can_create_users(viewer: &CurrentUser) -> bool {
    viewer.sees_users() && viewer.has_permission("Users.Create")
}

fn can_check_access(viewer: &CurrentUser) -> bool {
    viewer.sees_users() && viewer.sees_profiles()
}

/// Returns the groups of pages and actions that the search finds. Without words, returns all of them.
pub(super) fn find(viewer: &CurrentUser, words: &[String]) -> [FoundGroup; 2] {
    let found = |text: &str, href: &str, about: &str, keywords: &str| {
        let rank = if words.is_empty() { Some(Rank::Exact) } else { rank(words, &[text], &[keywords]) };
        Some(Found { rank: rank?, name: text.to_owned(), about: about.to_owned(), href: href.to_owned(), badge: "" })
    };
    let keys = |keys: Option<&str>| keys.unwrap_or_default().to_owned();
    let pages = viewer.pages().filter_map(|page| found(page.text, page.href, &keys(page.keys), page.keywords));
    let allowed = ACTIONS.iter().filter(|action| (action.is_allowed)(viewer));
    let actions = allowed.filter_map(|action| found(action.text, action.href, "", action.keywords));
    [FoundGroup::new("Pages", "file-text", pages), FoundGroup::new("Actions", "arrow-right", actions)]
}
