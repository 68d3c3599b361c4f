//! Lists a user's current permissions and the sources of each permission.

use floorkey::inherited;
use floorkey::visibility::Viewer;
use floorkey::{Action, Directory, Permission, Reason, Request, RequestedAction, Target, Timestamp, User};
use floorkey_aws::exception::Exception;
use serde::Serialize;

use super::grants::{GrantView, grant_view};
use super::{CallContext, applications, json};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UserPermissionsResponse<'a> {
    user_id: String,
    username: &'a str,
    enabled: bool,
    /// The revision that the list of permissions is based on.
    revision: u64,
    /// The permissions that the user's profiles grant, with all sources of each permission.
    permissions: Vec<GrantedPermission>,
    /// Lists of names that these permissions allow the user to see. The `View` permissions for these lists are
    /// inherited, so the user doesn't have them.
    inherited: Vec<InheritedList>,
    /// The user's restrictions, with the profiles that contain each restriction.
    limits: Vec<Restriction>,
    /// Application permissions in the user's profiles, with the decision about each permission.
    applications: Vec<ApplicationPermissionDecision<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GrantedPermission {
    permission: &'static str,
    grants: Vec<GrantView>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct InheritedList {
    /// The `View` permission that normally makes this list of names visible.
    lists: &'static str,
    /// The permissions from which the list is inherited.
    from: Vec<&'static str>,
    /// Where the names are visible, as text for display.
    place: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Restriction {
    permission: &'static str,
    security_profile_ids: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ApplicationPermissionDecision<'a> {
    namespace: String,
    /// The display name of the application. Absent if the namespace isn't registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    permission: String,
    /// A description of the permission. Absent if no description was registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<&'a str>,
    /// Whether the permission is allowed for at least some resources.
    allowed: bool,
    reason: &'static str,
    grants: Vec<GrantView>,
}

/// Lists a user's permissions. Callers can always list their own permissions. For other users, callers need permission
/// to view the user and the permissions of each of the user's profiles. They could derive the list from this
/// information.
pub(super) async fn list(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let user = context.existing_user(&directory, Action::DescribeUser).await?;
    let viewer = context.visibility(&directory);
    context.authorize_view(&directory, Action::DescribeUser, &user, viewer.check_effective_permissions(&user)).await?;
    json(&to_response(&directory, &viewer, &user, context.caller.now))
}

fn to_response<'a>(
    directory: &'a Directory,
    viewer: &Viewer<'_>,
    user: &'a User,
    at: Timestamp,
) -> UserPermissionsResponse<'a> {
    let grants = directory.grants_at(user, at);
    let anywhere = grants.all_permissions();
    let permissions = anywhere.iter().map(|permission| {
        let action = RequestedAction::Permission(permission);
        let request = Request::new(user.id, action, Target::Instance, at);
        let grants = directory.explain(&request).grants;
        GrantedPermission {
            permission: permission.name(),
            grants: grants.iter().map(|grant| grant_view(viewer, user, grant)).collect(),
        }
    });
    let inherited = inherited::inheritance_rules(&anywhere).flat_map(|source| {
        let from: Vec<_> = source.permissions.intersection(&anywhere).iter().map(Permission::name).collect();
        let lists: Vec<_> = source.views.difference(&anywhere).iter().map(Permission::name).collect();
        lists.into_iter().map(move |lists| InheritedList { lists, from: from.clone(), place: &source.shown_in })
    });
    let limits = grants.restrictions.iter().map(|restriction| Restriction {
        permission: restriction.name(),
        security_profile_ids: user
            .profiles_at(at)
            .filter(|id| directory.grants(*id).is_some_and(|grants| grants.restrictions.contains(restriction)))
            .map(|id| id.to_string())
            .collect(),
    });
    let applications =
        grants.all_applications().into_iter().map(|pair| in_application(directory, viewer, user, pair, at));
    UserPermissionsResponse {
        user_id: user.id.to_string(),
        username: &user.username,
        enabled: user.enabled,
        revision: directory.revision().0,
        permissions: permissions.collect(),
        inherited: inherited.collect(),
        limits: limits.collect(),
        applications: applications.collect(),
    }
}

fn in_application<'a>(
    directory: &'a Directory,
    viewer: &Viewer<'_>,
    user: &User,
    (namespace, permission): (String, String),
    at: Timestamp,
) -> ApplicationPermissionDecision<'a> {
    let registered = directory.application(&namespace);
    let registered_permission = registered.and_then(|application| application.permission(&permission));
    let action = RequestedAction::Application { namespace: &namespace, permission: &permission };
    let explanation = directory.explain(&Request::new(user.id, action, Target::Instance, at));
    // If the permission is scoped, the decision for the instance as a whole is a denial. The permission is still
    // allowed for resources in the scope.
    let allowed = !explanation.grants.is_empty();
    let reason = match explanation.decision.reason {
        Reason::OutOfScope if allowed => Reason::GrantedInScope,
        reason => reason,
    };
    ApplicationPermissionDecision {
        name: registered.map(|application| applications::display_name(application)),
        about: registered_permission
            .map(|registered_permission| registered_permission.description.as_str())
            .filter(|about| !about.is_empty()),
        allowed,
        reason: reason.as_str(),
        grants: explanation.grants.iter().map(|grant| grant_view(viewer, user, grant)).collect(),
        namespace,
        permission,
    }
}
