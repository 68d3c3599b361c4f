//! Users with recent failed sign-ins, on the Home page.

use std::collections::HashSet;

use floorkey::UserId;
use floorkey_service::clock;

use crate::web::current_user::CurrentUser;
use crate::web::text;
use crate::web::time_format::LocalTime;

/// The maximum number of users, and how many days back failures are listed.
const USERS_MAX: usize = 6;
const DAYS: u16 = 7;

/// A user with recent failed sign-ins.
pub(super) struct FailedSignIns {
    pub(super) name: String,
    pub(super) href: String,
    pub(super) failures: String,
    pub(super) last: LocalTime,
    pub(super) locked: bool,
}

/// Returns the visible users with recent failed sign-ins, most recent first.
pub(super) fn failed(viewer: &CurrentUser) -> Vec<FailedSignIns> {
    if !viewer.sees_users() {
        return Vec::new();
    }
    let since = viewer.now.minus_days(DAYS);
    let locked: HashSet<UserId> = viewer.app().service.throttle().locked(viewer.instance(), clock::monotonic_now());
    let all = viewer.app().activity.all(viewer.instance()).into_values();
    let failing = all.filter(|activity| activity.failures > 0);
    let mut failing: Vec<_> = failing.filter_map(|activity| Some((activity.failed_at?, activity))).collect();
    failing.retain(|(failed_at, _)| *failed_at >= since);
    failing.sort_by_key(|(failed_at, activity)| (std::cmp::Reverse(*failed_at), activity.user));
    let users = failing.into_iter().filter_map(|(failed_at, activity)| {
        let is_visible = viewer.visibility().user(activity.user).shows_details();
        let user = viewer.directory.user(activity.user).filter(|_| is_visible)?;
        Some(FailedSignIns {
            name: user.display_name(),
            href: format!("/connect/users/{}", user.id),
            failures: text::count_noun(usize::try_from(activity.failures).unwrap_or(usize::MAX), "failure"),
            last: viewer.local_time(failed_at),
            locked: locked.contains(&user.id),
        })
    });
    users.take(USERS_MAX).collect()
}
