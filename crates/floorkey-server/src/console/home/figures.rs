//! How many there are of what.

use std::collections::HashSet;

use floorkey::{Permission, UserId};

use crate::console::viewer::Viewer;
use crate::console::words;
use crate::outside;

/// The figures of the page, each with the page that shows who they are.
pub(super) struct Figures {
    pub(super) stats: Vec<Stat>,
}

/// One figure.
pub(super) struct Stat {
    pub(super) figure: String,
    pub(super) label: String,
    pub(super) href: String,
}

/// Counts what the viewer may see; `None` if they may see no users at all.
pub(super) fn count(viewer: &Viewer, locked: &HashSet<UserId>) -> Option<Figures> {
    if !viewer.sees_users() {
        return None;
    }
    let directory = &viewer.directory;
    let activity = viewer.app().activity.all(viewer.instance());
    let everyone = sees_everyone(viewer);
    let editing: Vec<_> =
        ["Users.Edit", "Users.Create"].into_iter().filter_map(|name| Permission::parse(name).ok()).collect();
    // Who can do something is told of those whose effective permissions are shown, or not at all.
    let visibility = viewer.visibility();
    let all_permissions = visibility.sees_all_permissions();
    let [mut users, mut administrators, mut risky, mut disabled, mut never, mut plain] = [0_usize; 6];
    for user in directory.users_after(None).filter(|user| everyone || is_seen(viewer, user.id)) {
        users += 1;
        administrators += usize::from(user.enabled && directory.is_administrator(user.id));
        if all_permissions || visibility.effective_permissions(user).is_ok() {
            let held = directory.grants_at(user, viewer.now).anywhere();
            risky += usize::from(user.enabled && editing.iter().any(|permission| held.contains(*permission)));
        }
        disabled += usize::from(!user.enabled);
        never += usize::from(activity.get(&user.id).is_none_or(|known| known.signed_in_at.is_none()));
        plain += usize::from(user.second_factors.is_empty());
    }
    let locked = locked.iter().filter(|id| is_seen(viewer, **id)).count();
    let stat = |figure: usize, label: &str, query: &str| Stat {
        figure: words::figure(figure),
        label: label.to_owned(),
        href: format!("/connect/users{query}"),
    };
    let mut stats = vec![stat(users, if users == 1 { "user" } else { "users" }, "")];
    if viewer.sees_profiles() {
        stats.push(Stat {
            figure: words::figure(
                directory.profiles().filter(|one| visibility.profile(one.id).shows_details()).count(),
            ),
            label: "security profiles".to_owned(),
            href: "/connect/security-profiles".to_owned(),
        });
    }
    stats.push(stat(
        administrators,
        if administrators == 1 { "full administrator" } else { "full administrators" },
        if viewer.sees_profiles() { "?permission=SecurityProfiles.Edit&permission=Users.Edit" } else { "" },
    ));
    if viewer.sees_profiles() {
        stats.push(stat(risky, "can edit or create users", "?permission=Users.Edit"));
    }
    stats.push(stat(locked, "locked out now", "?status=locked"));
    stats.push(stat(disabled, "disabled", "?status=disabled"));
    stats.push(stat(never, "never signed in", "?sign-in=never"));
    stats.push(stat(plain, "without a second factor", "?factor=none"));
    Some(Figures { stats })
}

/// Users whose next sign-in has to wait after failures.
pub(super) fn locked(viewer: &Viewer) -> HashSet<UserId> {
    viewer.app().service.throttle().locked(viewer.instance(), outside::moment())
}

/// Whether the viewer may see every user there is.
pub(super) fn sees_everyone(viewer: &Viewer) -> bool {
    viewer.visibility().sees_all_users()
}

/// Whether the viewer may see that user.
pub(super) fn is_seen(viewer: &Viewer, user: UserId) -> bool {
    viewer.visibility().user(user).shows_details()
}
