//! Items that need attention, each with a suggestion. An item's count equals the number of rows in the list that the
//! item links to.

use floorkey::catalog;
use floorkey::catalog::Risk;
use floorkey::review::risks::risks;
use floorkey::text::folded;

use super::key_figures::{
    ADMINISTRATORS, Counts, FULL_ACCESS, PERMANENT, UNPROTECTED, UNUSED_TEMPORARY_PASSWORD, UNVERIFIED, list_href,
};
use crate::web::current_user::CurrentUser;
use crate::web::effect_text;
use crate::web::text;

/// An item that needs the viewer's attention.
pub(super) struct Attention {
    /// `bad`, `warn` or `info`.
    pub(super) kind: &'static str,
    /// The number of rows in the linked list.
    pub(super) count: usize,
    pub(super) text: String,
    pub(super) href: String,
    pub(super) link: &'static str,
}

/// The minimum number of users for two kinds of items: an item about users with full access, and an item about a
/// profile that can lead to full access.
const USERS_MIN: usize = 5;

/// Returns the items for the viewer, most severe first.
pub(super) fn items(viewer: &CurrentUser, counts: Option<&Counts>) -> Vec<Attention> {
    let mut all = Vec::new();
    if let Some(counts) = counts {
        users(viewer, counts, &mut all);
        profiles(viewer, &mut all);
    }
    let severity = |kind| match kind {
        "bad" => 0,
        "warn" => 1,
        _ => 2,
    };
    all.sort_by_key(|item| severity(item.kind));
    all
}

fn users(viewer: &CurrentUser, counts: &Counts, all: &mut Vec<Attention>) {
    let counted = |query| counts.get(query).copied().unwrap_or_default();
    let mut add = |kind, query: &str, count, text, link| {
        all.push(Attention { kind, count, text, href: list_href(query), link });
    };
    if viewer.sees_profiles() {
        let unprotected = counted(UNPROTECTED);
        if unprotected > 0 {
            let have = if unprotected == 1 { "who can sign in has" } else { "who can sign in have" };
            let users = text::count_noun(unprotected, "administrator");
            let text = format!("{users} {have} no MFA: a stolen password is enough to take over everything.");
            add("bad", UNPROTECTED, unprotected, text, "See who");
        }
        // A count of only the visible administrators could be mistaken for the total.
        if viewer.visibility().sees_all_permissions() && counted(PERMANENT) == 1 {
            let text = match counted(ADMINISTRATORS) {
                1 => "Only one administrator can sign in. Add a second so you can't get locked out.",
                _ => {
                    "Only one administrator who can sign in has access that does not end. Add a second so you can't get \
                      locked out."
                }
            };
            add("warn", PERMANENT, 1, text.to_owned(), "See who");
        }
        let administrators = counted(FULL_ACCESS);
        if administrators >= USERS_MIN {
            let text = format!("{} have full access. Few need it.", text::count_noun(administrators, "user"));
            add("warn", FULL_ACCESS, administrators, text, "See who");
        }
    }
    let unused = counted(UNUSED_TEMPORARY_PASSWORD);
    if unused > 0 {
        let text = match unused {
            1 => "1 temporary password is older than a week and unused. Anyone who finds it can use it.".to_owned(),
            _ => format!(
                "{} temporary passwords are older than a week and unused. Anyone who finds one can use it.",
                text::figure(unused)
            ),
        };
        add("warn", UNUSED_TEMPORARY_PASSWORD, unused, text, "See whose");
    }
    let unverified = counted(UNVERIFIED);
    if unverified > 0 {
        let text = match unverified {
            1 => "1 email is not verified yet. Reset links are not sent there.".to_owned(),
            _ => format!("{} emails are not verified yet. Reset links are not sent there.", text::figure(unverified)),
        };
        add("info", UNVERIFIED, unverified, text, "See whose");
    }
}

fn profiles(viewer: &CurrentUser, all: &mut Vec<Attention>) {
    // An item about a profile shows how many users have the profile. Only viewers who can see all users get such items,
    // because a partial count could be mistaken for the total.
    let visibility = viewer.visibility();
    if !viewer.sees_profiles() || !visibility.sees_all_users() {
        return;
    }
    let directory = &viewer.directory;
    let mut unused = Vec::new();
    for profile in directory.profiles().filter(|profile| visibility.profile(profile.id).shows_details()) {
        let users = directory.profile_user_count_at(profile.id, viewer.now);
        if users == 0 {
            unused.push(profile.name.clone());
        }
        let Some(grants) = directory.grants(profile.id).filter(|_| users >= USERS_MIN) else { continue };
        // Users with full access are reported in a separate item.
        if catalog().granting().is_subset(&grants.unscoped) {
            continue;
        }
        let findings = risks(grants, |scope, noun| effect_text::scope_text(&visibility, scope, noun));
        if let Some(finding) = findings.into_iter().find(|finding| finding.risk == Risk::Escalation) {
            all.push(Attention {
                kind: "warn",
                count: users,
                text: format!(
                    "{} have {}. {}",
                    text::count_noun(users, "user"),
                    profile.name,
                    finding.sentence("They")
                ),
                href: list_href(&format!("profile={}", profile.id)),
                link: "See who",
            });
        }
    }
    if !unused.is_empty() {
        unused.sort_by_cached_key(|name| folded(name));
        let text = match unused.len() {
            1 => format!("No users have the security profile {}.", text::join_names(&unused, 1)),
            many => {
                format!("{} security profiles have no users: {}.", text::figure(many), text::join_names(&unused, 4))
            }
        };
        all.push(Attention {
            kind: "info",
            count: unused.len(),
            text,
            href: "/connect/security-profiles?users=none".to_owned(),
            link: "See which",
        });
    }
}
