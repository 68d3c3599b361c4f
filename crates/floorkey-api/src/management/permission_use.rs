//! Reports how often a user has used each permission. Administrators use this report to find permissions that can be
//! removed.

use floorkey::{Action, Timestamp};
use floorkey_aws::EpochSeconds;
use floorkey_aws::exception::Exception;
use serde::Serialize;

use super::{CallContext, json};
use crate::refusal::unmodelled_exception;
use floorkey_service::failure::Failure;
use floorkey_service::usage::UsedPermission;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PermissionUseResponse<'a> {
    user_id: String,
    username: &'a str,
    /// The revision that the list of permissions is based on.
    revision: u64,
    /// All permissions that the user has, including permissions that were never used.
    permissions: Vec<PermissionUseView>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PermissionUseView {
    /// The namespace of the application. Absent for a permission in the catalog.
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    permission: String,
    /// Number of uses; 0 if the permission was never used.
    count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_time: Option<EpochSeconds>,
}

/// Lists how often a user has used each permission. Callers can always list their own permission use. For other users,
/// callers need permission to view the user and the permissions of each of the user's profiles.
pub(super) async fn list(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let user = context.existing_user(&directory, Action::ListPermissionUse).await?;
    let id = user.id;
    let visible = context.visibility(&directory).check_permission_usage(&user);
    context.authorize_view(&directory, Action::ListPermissionUse, &user, visible).await?;
    let service = &context.caller.api.service;
    let uses = service.usage().permissions_used_by(service.store(), directory.instance(), id).await;
    let uses = uses.map_err(|error| unmodelled_exception(&Failure::from(error)))?;
    let granted = directory.grants_at(&user, context.caller.now);
    let catalog_permissions = granted.all_permissions().iter().map(UsedPermission::Catalogue).collect::<Vec<_>>();
    let application_permissions =
        granted.all_applications().into_iter().map(|pair| UsedPermission::Application(Box::new(pair)));
    let permissions = catalog_permissions.into_iter().chain(application_permissions).map(|granted| {
        let found = uses.iter().find(|(used, ..)| *used == granted);
        to_view(granted, found.map_or((0, None), |(_, count, last)| (*count, Some(*last))))
    });
    json(&PermissionUseResponse {
        user_id: id.to_string(),
        username: &user.username,
        revision: directory.revision().0,
        permissions: permissions.collect(),
    })
}

fn to_view(used: UsedPermission, (count, last): (u64, Option<Timestamp>)) -> PermissionUseView {
    let (namespace, permission) = match used {
        UsedPermission::Catalogue(permission) => (None, permission.name().to_owned()),
        UsedPermission::Application(pair) => (Some(pair.0), pair.1),
    };
    let last_used_time = last.map(|last| EpochSeconds::from_milliseconds(last.as_millis()));
    PermissionUseView { namespace, permission, count, last_used_time }
}
