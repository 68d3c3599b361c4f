//! Authorizes operations on the instance with the same decision engine that handles all other access requests.

use crate::action::{Action, Requirement};
use crate::catalog::{Permission, catalog};
use crate::decision::{Reason, Request, RequestedAction, Target};
use crate::directory::Directory;
use crate::id::UserId;
use crate::permission_set::PermissionSet;
use crate::principal::Principal;
use crate::refusal::{EntityKind, Refusal};
use crate::resource::ResourceType;
use crate::time::Timestamp;

/// Checks that the principal is a full administrator, the operator or the system.
///
/// # Errors
/// Returns [`Refusal::NotAdministrator`] if the principal is any other user.
pub fn require_administrator(directory: &Directory, principal: &Principal, action: Action) -> Result<(), Refusal> {
    match principal {
        Principal::User { id, .. } if !directory.is_administrator(*id) => Err(Refusal::NotAdministrator { action }),
        _ => Ok(()),
    }
}

/// Checks that the principal is allowed to perform the operation on the target. This check always succeeds for the
/// operator and the system, but other checks can still refuse the command.
///
/// # Errors
/// Returns [`Refusal::NotPermitted`] with the missing permissions if permissions are missing. Returns
/// [`Refusal::OutOfScope`] if the target is outside the scope of the permissions. Returns [`Refusal::Restricted`] with
/// the restrictions that forbid the operation for this actor.
pub fn authorize(
    directory: &Directory,
    principal: &Principal,
    action: Action,
    target: &Target<'_>,
    at: Timestamp,
) -> Result<(), Refusal> {
    match principal {
        Principal::User { id, .. } => require(directory, *id, action, catalog().requirement(action), target, at),
        Principal::Operator { .. } | Principal::System => Ok(()),
    }
}

/// Checks that the user meets the requirement for performing the operation on the target.
fn require(
    directory: &Directory,
    id: UserId,
    action: Action,
    requirement: &Requirement,
    target: &Target<'_>,
    at: Timestamp,
) -> Result<(), Refusal> {
    let user = directory.user(id).filter(|user| user.enabled);
    if requirement.any_valid_key && user.is_some() {
        return Ok(());
    }
    let not_permitted = |all_of, any_of| Refusal::NotPermitted { action, all_of, any_of };
    let operator_only = not_permitted(PermissionSet::EMPTY, PermissionSet::EMPTY);
    if requirement.owner_only {
        return match target {
            Target::User(owner) if *owner == id && user.is_some() => Ok(()),
            _ => Err(operator_only),
        };
    }
    let resource_type = directory.resource_attributes(target).and_then(|resource| resource.resource_type);
    let Some(required) = requirement.required_permissions(resource_type) else { return Err(operator_only) };
    let reason = |permission| {
        directory.evaluate_scopes(permission, Request::new(id, RequestedAction::Permission(permission), *target, at))
    };
    let granted = |permission: &Permission| matches!(reason(*permission), Reason::Granted | Reason::GrantedInScope);
    let out_of_scope = |permission: &Permission| reason(*permission) == Reason::OutOfScope;

    let missing: PermissionSet = required.all_of.iter().filter(|permission| !granted(permission)).collect();
    if !missing.is_empty() {
        return match missing.iter().all(|permission| out_of_scope(&permission)) {
            true => Err(Refusal::OutOfScope { action, what: describe_target(directory, target) }),
            false => Err(not_permitted(missing, PermissionSet::EMPTY)),
        };
    }
    for one_of in [required.any_of, required.and_any_of] {
        if one_of.is_empty() || one_of.iter().any(|permission| granted(&permission)) {
            continue;
        }
        return match one_of.iter().any(|permission| out_of_scope(&permission)) {
            true => Err(Refusal::OutOfScope { action, what: describe_target(directory, target) }),
            false => Err(not_permitted(PermissionSet::EMPTY, one_of)),
        };
    }
    let restrictions = user.map(|user| directory.grants_at(user, at).restrictions).unwrap_or_default();
    let restrictions = required.forbidden_restrictions.intersection(&restrictions);
    match restrictions.is_empty() {
        true => Ok(()),
        false => Err(Refusal::Restricted { action, restrictions }),
    }
}

/// Whether the principal can see the target's name in lists. This requires the `View` permission for the target's type,
/// or an inherited permission. Principals can create links only to records whose names they can see in lists.
#[must_use]
pub fn can_list(
    directory: &Directory,
    principal: &Principal,
    resource_type: ResourceType,
    target: &Target<'_>,
    at: Timestamp,
) -> bool {
    let Principal::User { id, .. } = principal else { return true };
    let Some(view) = resource_type.view() else { return false };
    if directory.decide(&Request::new(*id, RequestedAction::Permission(view), *target, at)).allowed() {
        return true;
    }
    match (directory.user(*id), directory.resource_attributes(target)) {
        (Some(user), Some(resource)) => directory.inherits_view(user, view, &resource, at),
        _ => false,
    }
}

/// Describes the target without revealing anything that the actor is not allowed to see.
fn describe_target(directory: &Directory, target: &Target<'_>) -> String {
    match target {
        Target::Instance => "the instance as a whole".to_owned(),
        Target::User(id) => EntityKind::from(ResourceType::User).with_id(id),
        Target::Profile(id) => EntityKind::from(ResourceType::SecurityProfile).with_id(id),
        Target::Group(id) => EntityKind::from(ResourceType::HierarchyGroup).with_id(id),
        Target::Resource(id) => {
            let resource = directory.resource(*id);
            let kind = resource.map_or(EntityKind::StoredResource, |resource| resource.resource_type().into());
            kind.with_id(id)
        }
        Target::Application { namespace, id } => format!("`{id}` of the application `{namespace}`"),
        Target::Described(resource) => match resource.resource_type {
            Some(resource_type) => format!("the {} with these tags and this hierarchy group", resource_type.noun()),
            None => "the described resource".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests;
