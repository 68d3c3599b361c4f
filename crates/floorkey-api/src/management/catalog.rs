//! The catalog of permissions, available to any caller with a valid access key.

use std::sync::LazyLock;

use floorkey::catalog::Polarity;
use floorkey::inherited;
use floorkey::{Permission, PermissionSet, catalog};
use floorkey_aws::exception::Exception;
use serde::Serialize;

use super::json;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PermissionList {
    permissions: Vec<PermissionView>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PermissionView {
    name: &'static str,
    group: &'static str,
    resource: &'static str,
    action: &'static str,
    about: &'static str,
    risks: Vec<&'static str>,
    /// `grant`, or `limit` for a restriction.
    polarity: &'static str,
    /// All permissions that this permission requires. They are granted together with this permission.
    requires: Vec<&'static str>,
    /// All permissions that require this permission.
    required_by: Vec<&'static str>,
    /// The `View` permissions that users with this permission or its prerequisites inherit for lists of names.
    inherits: Vec<&'static str>,
    /// The permissions that replace this permission. Empty unless this permission is a legacy permission.
    becomes: Vec<&'static str>,
    aliases: &'static [String],
}

/// Returns the whole catalog in the format of the operation `ListPermissions`, for programs without a server.
///
/// # Errors
/// Returns an error if the catalog can't be written as JSON, which is a bug.
pub fn permission_catalog() -> Result<serde_json::Value, serde_json::Error> {
    serde_json::to_value(permission_list())
}

/// Returns the whole catalog. The response is created once, because the catalog doesn't change while the server runs.
pub(super) fn list() -> Result<Vec<u8>, Exception> {
    static BODY: LazyLock<Result<Vec<u8>, Exception>> = LazyLock::new(|| json(&permission_list()));
    BODY.clone()
}

fn permission_list() -> PermissionList {
    PermissionList { permissions: catalog().permissions().map(to_view).collect() }
}

fn to_view(permission: Permission) -> PermissionView {
    let info = permission.info();
    let requires = catalog().requires(permission);
    let required_by = catalog().permissions().filter(|other| catalog().requires(*other).contains(permission));
    let mut granted = requires;
    granted.insert(permission);
    PermissionView {
        name: permission.name(),
        group: &info.group,
        resource: &info.resource,
        action: &info.action,
        about: &info.description,
        risks: info.risks.iter().map(|risk| risk.as_str()).collect(),
        polarity: match info.polarity {
            Polarity::Grant => "grant",
            Polarity::Restriction => "limit",
        },
        requires: names(&requires),
        required_by: required_by.map(Permission::name).collect(),
        inherits: names(&inherited::inherited_views(&granted).difference(&granted)),
        becomes: names(&info.replacements),
        aliases: &info.aliases,
    }
}

fn names(set: &PermissionSet) -> Vec<&'static str> {
    set.iter().map(Permission::name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editing_users_requires_viewing_them_and_inherits_lists() {
        let edit = to_view(Permission::parse("Users.Edit").unwrap());
        assert_eq!((edit.requires.as_slice(), edit.polarity), (["Users.View"].as_slice(), "grant"));
        assert!(edit.inherits.contains(&"SecurityProfiles.View") && !edit.inherits.contains(&"Users.View"));
        let view = to_view(Permission::parse("Users.View").unwrap());
        assert!(view.required_by.contains(&"Users.Edit"));
    }
}
