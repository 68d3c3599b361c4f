//! Operations on many users at once. Each operation succeeds or fails as a whole, and creates a single revision.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use floorkey::tags::Tags;
use floorkey::{
    Action, Command, Directory, EntityKind, HierarchyGroupId, Principal, RecordKey, Refusal, ResourceAttributes,
    ResourceId, ResourceType, SecurityProfileId, Target, Timestamp, User, UserId,
};
use floorkey_aws::exception::Exception;
use serde::{Deserialize, Serialize};

use super::access::{invalid, not_found};
use super::{CallContext, body, json};
use crate::refusal::unmodelled_exception;
use floorkey_service::bulk_edit::{BulkEdit, RESTORABLE_MILLIS};
use floorkey_service::failure::Failure;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct EditUsersInput {
    user_ids: Vec<String>,
    #[serde(default)]
    add_security_profile_ids: Vec<String>,
    #[serde(default)]
    remove_security_profile_ids: Vec<String>,
    /// Whether the added profiles replace all of the users' other profiles.
    #[serde(default)]
    replace_security_profiles: bool,
    routing_profile_id: Option<String>,
    /// The users' new hierarchy group. An empty string removes the users from the hierarchy.
    hierarchy_group_id: Option<String>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    #[serde(default)]
    remove_tag_keys: BTreeSet<String>,
    phone_type: Option<String>,
    auto_accept: Option<bool>,
    after_contact_work_time_limit: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct RestoreUsersInput {
    user_ids: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EditResponse {
    /// Number of users who changed.
    changed: usize,
    /// The instance's revision after the change.
    revision: u64,
}

/// Applies the same changes to several users. Skips users who would remain unchanged.
pub(super) async fn edit(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let edit: EditUsersInput = body::parse(context.body)?;
    require_any(context, &directory, &["Users.Edit", "Users.EditPermission"], (Action::EditUsers, &edit.user_ids))
        .await?;
    let users = users(context, &directory, &edit.user_ids).await?;
    let edit = to_bulk_edit(edit)?;
    if edit.is_empty() {
        return Err(invalid("Edit", "specify at least one change"));
    }
    let at = context.caller.now;
    let mut changed = 0;
    let mut commands = Vec::new();
    for user in &users {
        let user_commands = edit.commands(std::slice::from_ref(user), at);
        changed += usize::from(!user_commands.is_empty());
        commands.extend(user_commands);
    }
    execute_batch(context, &directory, Action::EditUsers, commands, changed).await
}

/// Restores deleted users to their last state, but without their passwords, MFA methods and access keys.
pub(super) async fn restore(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let RestoreUsersInput { user_ids } = body::parse(context.body)?;
    require_any(context, &directory, &["Users.Create"], (Action::RestoreUser, &user_ids)).await?;
    let requested = parse_ids(context, &directory, Action::RestoreUser, &user_ids)?;
    let since = Timestamp::from_millis(context.caller.now.as_millis().saturating_sub(RESTORABLE_MILLIS));
    let store = context.caller.api.service.store();
    let deleted = store.deleted_users(directory.instance(), since, usize::MAX).await;
    let deleted = deleted.map_err(|error| unmodelled_exception(&Failure::from(error)))?;
    let deleted: HashMap<_, _> = deleted.iter().map(|deleted_user| (deleted_user.user.id, deleted_user)).collect();
    let mut commands = Vec::new();
    for (index, id) in requested.into_iter().enumerate() {
        let Some(deleted_user) = deleted.get(&id) else {
            return Err(no_deleted_user(context, &directory, index, id).await);
        };
        commands.push(Command::RestoreUser { user: Box::new((*deleted_user.user).clone()), password: None });
    }
    let changed = commands.len();
    execute_batch(context, &directory, Action::RestoreUser, commands, changed).await
}

async fn execute_batch(
    context: &CallContext<'_>,
    directory: &Directory,
    action: Action,
    commands: Vec<Command>,
    changed: usize,
) -> Result<Vec<u8>, Exception> {
    if commands.is_empty() {
        return json(&EditResponse { changed: 0, revision: directory.revision().0 });
    }
    let (service, actor) = (&context.caller.api.service, context.caller.actor.clone());
    let result = service.execute(directory.instance(), actor, Command::Batch { action, commands }).await;
    let result = context.caller.count_replaced(result.map_err(|failure| unmodelled_exception(&failure))?);
    json(&EditResponse { changed, revision: result.revision.0 })
}

/// Checks that the caller has at least one of the permissions for at least some users. This check must run before the
/// user IDs are validated, so that callers without any of the permissions can't find out which users exist. Each
/// command checks its own permissions later.
async fn require_any(
    context: &CallContext<'_>,
    directory: &Directory,
    names: &[&str],
    (action, users): (Action, &[String]),
) -> Result<(), Exception> {
    let permissions = match context.caller.principal() {
        Principal::User { id, .. } => directory.user(*id).map(|user| directory.grants_at(user, context.caller.now)),
        Principal::Operator { .. } | Principal::System => return Ok(()),
    };
    let permissions = permissions.unwrap_or_default().all_permissions();
    let has_permission =
        |name: &&str| floorkey::Permission::parse(name).is_ok_and(|permission| permissions.contains(permission));
    if names.iter().any(has_permission) {
        return Ok(());
    }
    let caller = context.caller;
    match floorkey::authorize(directory, caller.principal(), action, &Target::Instance, caller.now) {
        Ok(()) => Ok(()),
        Err(refusal) => {
            let keys = users.iter().filter_map(|id| UserId::parse(id)).map(RecordKey::User);
            let targets = keys.take(floorkey::limits::REFUSED_TARGETS_MAX).collect();
            Err(context.record_refusal(directory, action, targets, refusal).await)
        }
    }
}

fn to_bulk_edit(edit: EditUsersInput) -> Result<BulkEdit, Exception> {
    let profiles = |ids: &[String]| -> Result<Vec<_>, Exception> {
        let parse =
            |id: &String| SecurityProfileId::parse(id).ok_or_else(|| not_found(ResourceType::SecurityProfile, id));
        ids.iter().map(parse).collect()
    };
    let (add, remove) = (profiles(&edit.add_security_profile_ids)?, profiles(&edit.remove_security_profile_ids)?);
    // A bulk edit would keep such a profile, so the contradiction is refused here.
    let removed: BTreeSet<_> = remove.iter().collect();
    if let Some(both) = add.iter().find(|id| removed.contains(id)) {
        return Err(invalid("SecurityProfileIds", format!("{both} can't be both added and removed")));
    }
    let routing = edit.routing_profile_id.as_ref();
    let routing = routing.map(|id| ResourceId::parse(id).ok_or_else(|| not_found(ResourceType::RoutingProfile, id)));
    let group = edit.hierarchy_group_id.as_ref().map(|id| match id.as_str() {
        "" => Ok(None),
        id => HierarchyGroupId::parse(id).map(Some).ok_or_else(|| not_found(ResourceType::HierarchyGroup, id)),
    });
    Ok(BulkEdit {
        add,
        remove,
        replace: edit.replace_security_profiles,
        routing: routing.transpose()?,
        group: group.transpose()?,
        tags: edit.tags,
        untag: edit.remove_tag_keys,
        phone_type: edit.phone_type,
        auto_accept: edit.auto_accept,
        after_contact_work: edit.after_contact_work_time_limit,
    })
}

/// Returns the users with the given IDs. An unknown ID results in the same refusal as a user whom the caller isn't
/// permitted to edit.
async fn users(
    context: &CallContext<'_>,
    directory: &Directory,
    texts: &[String],
) -> Result<Vec<Arc<User>>, Exception> {
    let mut users = Vec::with_capacity(texts.len());
    for id in parse_ids(context, directory, Action::EditUsers, texts)? {
        match directory.user(id) {
            Some(user) => {
                let (action, caller, target) = (Action::EditUsers, context.caller, Target::User(id));
                if let Err(refusal) = floorkey::authorize(directory, caller.principal(), action, &target, caller.now) {
                    return Err(context.record_refusal(directory, action, vec![RecordKey::User(id)], refusal).await);
                }
                users.push(user.clone());
            }
            None => {
                let key = RecordKey::User(id);
                return Err(context.record_missing(directory, Action::EditUsers, ResourceType::User, key).await);
            }
        }
    }
    Ok(users)
}

/// Returns the exception for an ID that does not belong to a deleted user. If the caller's permission to restore users
/// is scoped, the exception is the same as for a deleted user outside the scope.
async fn no_deleted_user(context: &CallContext<'_>, directory: &Directory, index: usize, id: UserId) -> Exception {
    let (action, caller, no_tags) = (Action::RestoreUser, context.caller, Tags::new());
    let target = Target::Described(ResourceAttributes::new(ResourceType::User, &no_tags));
    match floorkey::authorize(directory, caller.principal(), action, &target, caller.now) {
        Ok(()) => not_found(EntityKind::DeletedUser, id),
        Err(refusal) => {
            let refusal = Refusal::InBatch { index, subject: String::new(), refusal: Box::new(refusal) };
            context.record_refusal(directory, action, vec![RecordKey::User(id)], refusal).await
        }
    }
}

/// Parses user IDs and removes duplicates without changing the order.
fn parse_ids(
    context: &CallContext<'_>,
    directory: &Directory,
    action: Action,
    texts: &[String],
) -> Result<Vec<UserId>, Exception> {
    if texts.is_empty() {
        return Err(invalid("UserIds", "specify at least one user"));
    }
    let mut seen = HashSet::new();
    let parse =
        |text: &String| UserId::parse(text).ok_or_else(|| context.missing(directory, action, ResourceType::User, text));
    let parsed = texts.iter().map(parse);
    Ok(parsed.collect::<Result<Vec<_>, _>>()?.into_iter().filter(|id| seen.insert(*id)).collect())
}
