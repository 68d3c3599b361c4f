//! Key figures. Each equals the number of rows in the list that it links to, because the list's own filter counts it.

use std::collections::{BTreeMap, HashSet};

use floorkey::UserId;

use crate::users;
use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use crate::web::text;
use floorkey_service::outside;

/// Users who have full access at present, called administrators on pages.
pub(super) const FULL_ACCESS: &str = "access=full";

/// Administrators who can sign in.
pub(super) const ADMINISTRATORS: &str = "access=full&sign-in=possible";

/// Administrators who can sign in with only a password.
pub(super) const UNPROTECTED: &str = "access=full&sign-in=possible&factor=none";

/// Administrators who can sign in and whose access does not expire. The last one can't be removed.
pub(super) const LASTING: &str = "access=lasting&sign-in=possible";

/// Users with an unused temporary password that is older than a week.
pub(super) const WAITING: &str = "password=waiting";

/// Users whose email is not verified.
pub(super) const UNVERIFIED: &str = "email=unverified";

const EVERYBODY: &str = "";
const MANAGING: &str = "permission=Users.Edit,Users.Create";
const LOCKED: &str = "status=locked";
const DISABLED: &str = "status=disabled";
const NEVER: &str = "sign-in=never";
const WITHOUT_MFA: &str = "factor=none";

const QUERIES: [&str; 12] = [
    EVERYBODY,
    FULL_ACCESS,
    ADMINISTRATORS,
    UNPROTECTED,
    LASTING,
    WAITING,
    UNVERIFIED,
    MANAGING,
    LOCKED,
    DISABLED,
    NEVER,
    WITHOUT_MFA,
];

/// Counts by the query of the linked list.
pub(super) type Counts = BTreeMap<&'static str, usize>;

/// A key figure.
pub(super) struct Stat {
    pub(super) count: usize,
    pub(super) figure: String,
    pub(super) label: &'static str,
    /// The definition of the figure.
    pub(super) about: &'static str,
    pub(super) href: String,
}

/// Counts what the viewer can see, or returns `None` if they cannot see any users.
pub(super) async fn count(viewer: &CurrentUser) -> Result<Option<Counts>, PageError> {
    if !viewer.sees_users() {
        return Ok(None);
    }
    users::counts(viewer, &QUERIES).await.map(Some)
}

/// Returns the address of the user list for a query.
pub(super) fn list_of(query: &str) -> String {
    let mark = if query.is_empty() { "" } else { "?" };
    format!("/connect/users{mark}{query}")
}

/// Returns the figures of the page.
pub(super) fn stats(viewer: &CurrentUser, counts: &Counts) -> Vec<Stat> {
    let stat = |query: &'static str, one: &'static str, many: &'static str, about: &'static str| {
        let count = counts.get(query).copied().unwrap_or_default();
        let label = if count == 1 { one } else { many };
        Stat { count, figure: text::figure(count), label, about, href: list_of(query) }
    };
    let same = |query, label, about| stat(query, label, label, about);
    let mut stats = vec![stat(EVERYBODY, "user", "users", "Enabled and disabled")];
    // Figures about permissions include only users whose effective permissions are visible to the viewer.
    if viewer.sees_profiles() {
        let visibility = viewer.visibility();
        let seen = viewer.directory.profiles().filter(|one| visibility.profile(one.id).shows_details()).count();
        stats.push(Stat {
            count: seen,
            figure: text::figure(seen),
            label: if seen == 1 { "security profile" } else { "security profiles" },
            about: "Used and unused",
            href: "/connect/security-profiles".to_owned(),
        });
        stats.push(stat(
            FULL_ACCESS,
            "administrator",
            "administrators",
            "Every permission on everything, now, able to sign in or not",
        ));
        stats.push(stat(
            ADMINISTRATORS,
            "administrator can sign in",
            "administrators can sign in",
            "Every permission on everything, now, and a password",
        ));
        stats.push(same(MANAGING, "can edit or create users", "All users, or those in their access control"));
    }
    stats.push(same(LOCKED, "locked out now", "After failed sign-ins"));
    stats.push(same(DISABLED, "disabled", "Can't sign in or use access keys"));
    stats.push(same(NEVER, "never signed in", "Enabled and disabled"));
    stats.push(same(WITHOUT_MFA, "without MFA", "Enabled and disabled"));
    stats
}

/// Returns the users who must wait before the next sign-in because of failed attempts.
pub(super) fn locked(viewer: &CurrentUser) -> HashSet<UserId> {
    viewer.app().service.throttle().locked(viewer.instance(), outside::moment())
}

/// Whether the viewer can see the user.
pub(super) fn is_seen(viewer: &CurrentUser, user: UserId) -> bool {
    viewer.visibility().user(user).shows_details()
}
