//! Key figures on the home page. Each figure links to a list. The list's own filter computes the figure, so the figure
//! equals the number of rows in the list.

use std::collections::{BTreeMap, HashSet};

use floorkey::UserId;

use crate::users;
use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use crate::web::text;
use floorkey_service::clock;

/// Matches users who currently have full access. Pages call these users administrators.
pub(super) const FULL_ACCESS: &str = "access=full";

/// Matches administrators who can sign in.
pub(super) const ADMINISTRATORS: &str = "access=full&sign-in=possible";

/// Matches administrators who can sign in with only a password.
pub(super) const UNPROTECTED: &str = "access=full&sign-in=possible&factor=none";

/// Matches administrators who can sign in and whose access does not expire. The last of these administrators can't be
/// removed.
pub(super) const PERMANENT: &str = "access=lasting&sign-in=possible";

/// Matches users with an unused temporary password that is older than a week.
pub(super) const UNUSED_TEMPORARY_PASSWORD: &str = "password=waiting";

/// Matches users whose email address is not verified.
pub(super) const UNVERIFIED: &str = "email=unverified";

const ALL_USERS: &str = "";
const MANAGING: &str = "permission=Users.Edit,Users.Create";
const LOCKED: &str = "status=locked";
const DISABLED: &str = "status=disabled";
const NEVER_SIGNED_IN: &str = "sign-in=never";
const WITHOUT_MFA: &str = "factor=none";

const QUERIES: [&str; 12] = [
    ALL_USERS,
    FULL_ACCESS,
    ADMINISTRATORS,
    UNPROTECTED,
    PERMANENT,
    UNUSED_TEMPORARY_PASSWORD,
    UNVERIFIED,
    MANAGING,
    LOCKED,
    DISABLED,
    NEVER_SIGNED_IN,
    WITHOUT_MFA,
];

/// The numbers of users, by the query string of the list that the figure links to.
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

/// Counts the users that the viewer can see. Returns `None` if the viewer cannot see any users.
pub(super) async fn count(viewer: &CurrentUser) -> Result<Option<Counts>, PageError> {
    if !viewer.sees_users() {
        return Ok(None);
    }
    users::counts(viewer, &QUERIES).await.map(Some)
}

/// Returns the address of the user list for a query.
pub(super) fn list_href(query: &str) -> String {
    let separator = if query.is_empty() { "" } else { "?" };
    format!("/connect/users{separator}{query}")
}

/// Returns the key figures that the home page shows.
pub(super) fn stats(viewer: &CurrentUser, counts: &Counts) -> Vec<Stat> {
    let stat = |query: &'static str, one: &'static str, many: &'static str, about: &'static str| {
        let count = counts.get(query).copied().unwrap_or_default();
        let label = if count == 1 { one } else { many };
        Stat { count, figure: text::figure(count), label, about, href: list_href(query) }
    };
    let invariable = |query, label, about| stat(query, label, label, about);
    let mut stats = vec![stat(ALL_USERS, "user", "users", "Enabled and disabled")];
    // Figures about permissions include only users whose effective permissions the viewer can see.
    if viewer.sees_profiles() {
        let visibility = viewer.visibility();
        let visible = viewer.directory.profiles().filter(|one| visibility.profile(one.id).shows_details()).count();
        stats.push(Stat {
            count: visible,
            figure: text::figure(visible),
            label: if visible == 1 { "security profile" } else { "security profiles" },
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
        stats.push(invariable(MANAGING, "can edit or create users", "All users, or those in their access control"));
    }
    stats.push(invariable(LOCKED, "locked out now", "After failed sign-ins"));
    stats.push(invariable(DISABLED, "disabled", "Can't sign in or use access keys"));
    stats.push(invariable(NEVER_SIGNED_IN, "never signed in", "Enabled and disabled"));
    stats.push(invariable(WITHOUT_MFA, "without MFA", "Enabled and disabled"));
    stats
}

/// Returns the users who must wait before they can try to sign in again, because of failed attempts.
pub(super) fn locked(viewer: &CurrentUser) -> HashSet<UserId> {
    viewer.app().service.throttle().locked(viewer.instance(), clock::monotonic_now())
}

/// Whether the viewer can see the user.
pub(super) fn can_see(viewer: &CurrentUser, user: UserId) -> bool {
    viewer.visibility().user(user).shows_details()
}
