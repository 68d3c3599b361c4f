//! Describes grants: the security profile, the reason why it grants the permission, and the scope.

use floorkey::{Grant, Origin, User};

use super::current_user::CurrentUser;
use super::text;

/// The maximum number of permissions that an origin names.
const NAMES_MAX: usize = 3;

/// Describes why a profile grants a permission, such as `selected` or `required by Users: Edit`.
pub(crate) fn origin(origin: &Origin) -> String {
    match origin {
        Origin::Selected => "selected".to_owned(),
        Origin::RequiredBy(set) => format!("required by {}", text::permissions(set, NAMES_MAX)),
        Origin::RequiredInApplication(names) => format!("required by {}", text::join_names(names, NAMES_MAX)),
        Origin::EquivalentTo(set) => format!("the same as {}", text::permissions(set, NAMES_MAX)),
    }
}

/// Describes a grant to a user, such as `Team lead: selected; only in Lisbon, and below`.
pub(crate) fn line(viewer: &CurrentUser, user: &User, grant: &Grant) -> String {
    let visibility = viewer.visibility();
    let scope = grant.scope.as_ref().map(|scope| format!("; only {}", visibility.scope_text(user, scope)));
    let profile = text::profile(&visibility, grant.profile);
    format!("{profile}: {}{}", origin(&grant.origin), scope.unwrap_or_default())
}
