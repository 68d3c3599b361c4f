//! What needs attention: each with what to do about it.

use floorkey::catalogue::Risk;
use floorkey::review::risks::risks;
use floorkey::text::folded;
use floorkey::user::PasswordState;
use floorkey::{User, catalogue};

use super::figures::{is_seen, sees_everyone};
use crate::console::viewer::Viewer;
use crate::console::words;

/// Something to look at.
pub(super) struct Attention {
    /// `bad`, `warn` or `info`.
    pub(super) kind: &'static str,
    pub(super) text: String,
    pub(super) href: String,
    pub(super) link: &'static str,
}

/// How long a one-time password may wait before somebody should ask why.
const ONE_TIME_WAITS: i64 = 7 * 24 * 60 * 60 * 1000;

/// How many holders of a profile that leads to full access are many.
const MANY: usize = 5;

/// What the viewer should look at, the worst first.
pub(super) fn list(viewer: &Viewer) -> Vec<Attention> {
    let mut all = Vec::new();
    users(viewer, &mut all);
    profiles(viewer, &mut all);
    let worth = |kind| match kind {
        "bad" => 0,
        "warn" => 1,
        _ => 2,
    };
    all.sort_by_key(|one| worth(one.kind));
    all
}

fn users(viewer: &Viewer, all: &mut Vec<Attention>) {
    if !viewer.sees_users() {
        return;
    }
    let directory = &viewer.directory;
    let everyone = sees_everyone(viewer);
    let [mut unprotected, mut pending, mut waiting] = [0_usize; 3];
    for user in directory.users_after(None).filter(|user| everyone || is_seen(viewer, user.id)) {
        unprotected +=
            usize::from(user.enabled && directory.is_administrator(user.id) && user.second_factors.is_empty());
        pending += usize::from(
            user.identity.email.is_some() && user.identity.email != user.confirmed_email && user.can_sign_in(),
        );
        waiting += usize::from(waits_long(viewer, user));
    }
    if unprotected > 0 {
        let are = if unprotected == 1 { "has" } else { "have" };
        all.push(Attention {
            kind: "bad",
            text: format!(
                "{} {are} no second factor: a stolen password is enough to take over everything.",
                words::count(unprotected, "administrator")
            ),
            href: format!("/connect/users?factor=none{}", with_permission(viewer)),
            link: "See who",
        });
    }
    if everyone && directory.administrator_count() == 1 {
        all.push(Attention {
            kind: "warn",
            text: "There is one full administrator only. If they are away, nobody can help.".to_owned(),
            href: format!("/connect/users?status=enabled{}", with_permission(viewer)),
            link: "Give a second person Admin",
        });
    }
    if waiting > 0 {
        all.push(Attention {
            kind: "warn",
            text: format!(
                "{} for more than a week and never used. Whoever finds it can use it.",
                if waiting == 1 {
                    "One one-time password waits".to_owned()
                } else {
                    format!("{} one-time passwords wait", words::figure(waiting))
                }
            ),
            href: "/connect/users?sign-in=never".to_owned(),
            link: "See who never signed in",
        });
    }
    if pending > 0 {
        all.push(Attention {
            kind: "info",
            text: format!(
                "{} not confirmed yet: reset links don't go there.",
                if pending == 1 {
                    "One e-mail address is".to_owned()
                } else {
                    format!("{} e-mail addresses are", words::figure(pending))
                }
            ),
            href: "/connect/users".to_owned(),
            link: "User management",
        });
    }
}

/// The filter for those who can edit security profiles, for viewers who can filter by permissions.
fn with_permission(viewer: &Viewer) -> &'static str {
    if viewer.sees_profiles() { "&permission=SecurityProfiles.Edit" } else { "" }
}

/// Whether a one-time password was set long ago and never used.
fn waits_long(viewer: &Viewer, user: &User) -> bool {
    user.enabled
        && user.password == PasswordState::OneTime
        && viewer.now.as_millis() - user.modified.as_millis() > ONE_TIME_WAITS
}

fn profiles(viewer: &Viewer, all: &mut Vec<Attention>) {
    // How many have a profile is told to those who see all users: a number of some would be taken for all.
    let visibility = viewer.visibility();
    if !viewer.sees_profiles() || !visibility.sees_all_users() {
        return;
    }
    let directory = &viewer.directory;
    let mut unheld = Vec::new();
    for profile in directory.profiles().filter(|profile| visibility.profile(profile.id).shows_details()) {
        let holders = directory.holder_count(profile.id);
        if holders == 0 {
            unheld.push(profile.name.clone());
        }
        let Some(grants) = directory.grants(profile.id) else { continue };
        let is_admin = catalogue().granting().is_subset(&grants.everywhere);
        let finding = risks(grants).into_iter().find(|finding| finding.risk == Risk::Escalation);
        if let Some(finding) = finding.filter(|_| holders >= MANY) {
            all.push(Attention {
                kind: "warn",
                text: match is_admin {
                    true => format!("{} hold {}, which is full access.", words::count(holders, "user"), profile.name),
                    false => format!("{} hold {}. {}", words::count(holders, "user"), profile.name, finding.sentence),
                },
                href: format!("/connect/security-profiles/{}", profile.id),
                link: "Look at the profile",
            });
        }
    }
    if !unheld.is_empty() {
        unheld.sort_by_cached_key(|name| folded(name));
        all.push(Attention {
            kind: "info",
            text: format!("Nobody holds {}.", words::list(&unheld, 4)),
            href: "/connect/security-profiles".to_owned(),
            link: "Security profiles",
        });
    }
}
