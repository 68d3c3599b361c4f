//! Security profiles assigned to an entity. The entity is always a user, because Floorkey has no AI agents.

use std::sync::Arc;

use floorkey::action::Entity as EntityKind;
use floorkey::{
    Command, Permission, PermissionSet, Principal, Refusal, Request, RequestedAction, ResourceType, SecurityProfileId,
    Target, User, catalog,
};
use floorkey_aws::arn::{Arn, ResourceKind};
use floorkey_aws::model::{
    AssociateSecurityProfilesInput, DisassociateSecurityProfilesInput, Empty, EntityType,
    ListEntitySecurityProfilesInput, ListEntitySecurityProfilesOutput, SecurityProfileItem,
};

use super::call::{Call, CallError, CallResult, invalid, parse_ref};
use super::listing::RowKey;

pub(super) async fn associate(call: &Call<'_>, input: AssociateSecurityProfilesInput) -> CallResult<Empty> {
    let user = user(call, input.entity_type, &input.entity_arn).await?.id;
    let profiles = call.valid(&Target::User(user), parse_profile_ids(&input.security_profiles)).await?;
    call.execute(Command::AssociateSecurityProfiles { user, profiles }).await?;
    Ok(Empty {})
}

pub(super) async fn disassociate(call: &Call<'_>, input: DisassociateSecurityProfilesInput) -> CallResult<Empty> {
    let user = user(call, input.entity_type, &input.entity_arn).await?.id;
    let profiles = call.valid(&Target::User(user), parse_profile_ids(&input.security_profiles)).await?;
    call.execute(Command::DisassociateSecurityProfiles { user, profiles }).await?;
    Ok(Empty {})
}

pub(super) async fn list(
    call: &Call<'_>,
    input: ListEntitySecurityProfilesInput,
) -> CallResult<ListEntitySecurityProfilesOutput> {
    let user = user(call, input.entity_type, &input.entity_arn).await?;
    let filters = user.id.to_string();
    let paging = call.paging(&filters)?;
    let assignments = user.assignments.iter().enumerate();
    let page = paging.page(assignments.map(|(index, assignment)| {
        (RowKey::by_index(index), SecurityProfileItem { id: Some(assignment.profile.to_string()) })
    }))?;
    Ok(ListEntitySecurityProfilesOutput { security_profiles: Some(page.rows), next_token: page.next })
}

/// Returns the user with this ARN if the caller is permitted to perform the action on the user.
async fn user<'c>(call: &'c Call<'_>, entity_type: EntityType, arn: &str) -> CallResult<&'c Arc<User>> {
    if entity_type == EntityType::AiAgent {
        return Err(no_ai_agent(call, arn).await);
    }
    let parsed = arn.parse::<Arn>().map_err(|error| invalid("EntityArn", error.to_string()));
    let parsed = call.valid(&Target::Instance, parsed).await?;
    let is_this_instance = Arn { resource: None, ..parsed.clone() } == call.caller.instance_arn(&call.directory);
    match parsed.resource {
        Some((ResourceKind::User, id)) if is_this_instance => call.user(&id).await,
        // A user of another instance is reported as not found.
        Some((ResourceKind::User, _)) => Err(call.not_found_or_denied(ResourceType::User, arn).await),
        _ => {
            let problem = "with the EntityType USER, this must be the ARN of a user: …:instance/<id>/agent/<id>";
            call.valid(&Target::Instance, Err(invalid("EntityArn", problem))).await
        }
    }
}

/// Operations on AI agents require separate permissions. Only callers with these permissions get a response that
/// reveals that there are no AI agents.
async fn no_ai_agent(call: &Call<'_>, arn: &str) -> CallError {
    let Call { caller, directory, action, .. } = call;
    let requirement = catalog().requirement(*action).by_entity.get(&EntityKind::AiAgent).copied().unwrap_or_default();
    let is_granted = |permission: Permission| match caller.principal() {
        Principal::User { id, .. } => {
            let requested = RequestedAction::Permission(permission);
            directory.decide(&Request::new(*id, requested, Target::Instance, caller.now)).allowed()
        }
        Principal::Operator { .. } | Principal::System => true,
    };
    let refusal = match requirement.are_granted(is_granted, &PermissionSet::EMPTY) {
        true => Refusal::NotFound { kind: floorkey::EntityKind::AiAgent, id: arn.chars().take(256).collect() },
        false => {
            let all_of = requirement.all_of.iter().filter(|permission| !is_granted(*permission)).collect();
            Refusal::NotPermitted { action: *action, all_of, any_of: requirement.any_of }
        }
    };
    call.refuse(Vec::new(), refusal).await
}

fn parse_profile_ids(items: &[SecurityProfileItem]) -> Result<Vec<SecurityProfileId>, Refusal> {
    let missing = || invalid("SecurityProfiles", "every entry must have the Id of a profile");
    let id = |item: &SecurityProfileItem| {
        let id = item.id.as_deref().ok_or_else(missing)?;
        parse_ref(ResourceType::SecurityProfile, id, SecurityProfileId::parse)
    };
    items.iter().map(id).collect()
}
