//! The current permissions of a user and their sources.

use floorkey::inherited;
use floorkey::visibility::Viewer;
use floorkey::{Act, Action, Directory, Permission, Reason, Request, Target, Timestamp, User};
use floorkey_aws::exception::Exception;
use serde::Serialize;

use super::origins::{Granted, granted};
use super::{Asked, applications, json};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<'a> {
    user_id: String,
    username: &'a str,
    enabled: bool,
    /// The revision to which the response belongs.
    revision: u64,
    /// The permissions that the user's profiles grant, with all sources of each.
    permissions: Vec<Held>,
    /// Lists of names that are inherited with these permissions without being permissions themselves.
    inherited: Vec<Inherited>,
    /// Restrictions of the user, and the profiles that they come from.
    limits: Vec<Limit>,
    /// Permissions in other applications, and the decisions about them.
    applications: Vec<InApplication<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Held {
    permission: &'static str,
    grants: Vec<Granted>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Inherited {
    /// The `View` permission whose list of names is visible without the permission itself.
    lists: &'static str,
    /// The permissions that it is inherited from.
    from: Vec<&'static str>,
    /// Where the names are visible, for display.
    place: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Limit {
    permission: &'static str,
    security_profile_ids: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct InApplication<'a> {
    namespace: String,
    /// The display name of the application; absent if the namespace isn't registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    permission: String,
    /// A description of the permission; absent if none was registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<&'a str>,
    /// Whether it is allowed for at least some resources.
    allowed: bool,
    reason: &'static str,
    grants: Vec<Granted>,
}

/// Lists the permissions, for the user, and for callers with permission to view the user and the permissions of each of
/// the user's profiles: the list reveals no more than these do.
pub(super) async fn list(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let user = asked.found_user(&directory, Act::DescribeUser).await?;
    let viewer = asked.visibility(&directory);
    asked.may_see(&directory, Act::DescribeUser, &user, viewer.effective_permissions(&user)).await?;
    json(&answer(&directory, &viewer, &user, asked.caller.at))
}

fn answer<'a>(directory: &'a Directory, viewer: &Viewer<'_>, user: &'a User, at: Timestamp) -> Answer<'a> {
    let held = directory.grants_at(user, at);
    let anywhere = held.anywhere();
    let permissions = anywhere.iter().map(|permission| {
        let action = Action::Permission(permission);
        let request = Request::new(user.id, action, Target::Instance, at);
        let grants = directory.explain(&request).grants;
        Held {
            permission: permission.name(),
            grants: grants.iter().map(|grant| granted(viewer, user, grant)).collect(),
        }
    });
    let inherited = inherited::sources(&anywhere).flat_map(|source| {
        let from: Vec<_> = source.permissions.intersection(&anywhere).iter().map(Permission::name).collect();
        let lists: Vec<_> = source.lists.difference(&anywhere).iter().map(Permission::name).collect();
        lists.into_iter().map(move |lists| Inherited { lists, from: from.clone(), place: &source.place })
    });
    let limits = held.limits.iter().map(|limit| Limit {
        permission: limit.name(),
        security_profile_ids: user
            .profiles_at(at)
            .filter(|id| directory.grants(*id).is_some_and(|grants| grants.limits.contains(limit)))
            .map(|id| id.to_string())
            .collect(),
    });
    let applications =
        held.applications_anywhere().into_iter().map(|pair| in_application(directory, viewer, user, pair, at));
    Answer {
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
) -> InApplication<'a> {
    let registered = directory.application(&namespace);
    let known = registered.and_then(|application| application.permission(&permission));
    let action = Action::Application { namespace: &namespace, permission: &permission };
    let explained = directory.explain(&Request::new(user.id, action, Target::Instance, at));
    // A scoped permission is allowed for resources in the scope, but not for the instance as a whole.
    let allowed = !explained.grants.is_empty();
    let reason = match explained.decision.reason {
        Reason::OutOfScope if allowed => Reason::GrantedInScope,
        reason => reason,
    };
    InApplication {
        name: registered.map(|application| applications::shown_name(application)),
        about: known.map(|known| known.description.as_str()).filter(|about| !about.is_empty()),
        allowed,
        reason: reason.words(),
        grants: explained.grants.iter().map(|grant| granted(viewer, user, grant)).collect(),
        namespace,
        permission,
    }
}
