//! Security profiles assigned to an entity. The entity is always a user, because Floorkey has no AI agents.

use std::sync::Arc;

use floorkey::action::Entity as EntityKind;
use floorkey::{
    Action, Command, Directory, Invalid, Permission, PermissionSet, Principal, RecordKey, Refusal, Request,
    RequestedAction, ResourceType, SecurityProfileId, Target, User, catalog,
};
use floorkey_aws::arn::{Arn, ResourceKind};
use floorkey_aws::exception::Exception;
use floorkey_aws::model::{
    AssociateSecurityProfilesInput, DisassociateSecurityProfilesInput, Empty, EntityType,
    ListEntitySecurityProfilesInput, ListEntitySecurityProfilesOutput, SecurityProfileItem,
};
use floorkey_aws::operation::Operation;

use super::listing::{ListId, PAGE_SIZE, Paging, RowKey};
use super::lookup::parse_ref;
use crate::caller::{ApiResult, Caller};

pub(super) async fn associate(caller: &Caller<'_>, input: AssociateSecurityProfilesInput) -> ApiResult<Empty> {
    let (action, operation) = (Action::AssociateSecurityProfiles, Operation::AssociateSecurityProfiles);
    let directory = caller.directory(&input.instance_id)?;
    let entity = Entity { entity_type: input.entity_type, arn: &input.entity_arn, action, operation };
    let user = entity.user(caller, &directory).await?.id;
    let profiles = match parse_profile_ids(&input.security_profiles) {
        Ok(profiles) => profiles,
        Err(refusal) => {
            return Err(caller
                .record_refusal(&directory, (action, vec![RecordKey::User(user)]), refusal, operation)
                .await);
        }
    };
    caller.execute(&directory, Command::AssociateSecurityProfiles { user, profiles }, operation).await?;
    Ok(Empty {})
}

pub(super) async fn disassociate(caller: &Caller<'_>, input: DisassociateSecurityProfilesInput) -> ApiResult<Empty> {
    let (action, operation) = (Action::DisassociateSecurityProfiles, Operation::DisassociateSecurityProfiles);
    let directory = caller.directory(&input.instance_id)?;
    let entity = Entity { entity_type: input.entity_type, arn: &input.entity_arn, action, operation };
    let user = entity.user(caller, &directory).await?.id;
    let profiles = match parse_profile_ids(&input.security_profiles) {
        Ok(profiles) => profiles,
        Err(refusal) => {
            return Err(caller
                .record_refusal(&directory, (action, vec![RecordKey::User(user)]), refusal, operation)
                .await);
        }
    };
    caller.execute(&directory, Command::DisassociateSecurityProfiles { user, profiles }, operation).await?;
    Ok(Empty {})
}

pub(super) async fn list(
    caller: &Caller<'_>,
    input: ListEntitySecurityProfilesInput,
) -> ApiResult<ListEntitySecurityProfilesOutput> {
    let (action, operation) = (Action::ListEntitySecurityProfiles, Operation::ListEntitySecurityProfiles);
    let directory = caller.directory(&input.instance_id)?;
    let entity = Entity { entity_type: input.entity_type, arn: &input.entity_arn, action, operation };
    let user = entity.user(caller, &directory).await?;
    let filters = user.id.to_string();
    let list = ListId { instance: &directory.instance().to_string(), filters: &filters };
    let paging = Paging::parse(caller, operation, &list, input.max_results, PAGE_SIZE, input.next_token.as_deref())?;
    let assignments = user.assignments.iter().enumerate();
    let page = paging.page(assignments.map(|(index, assignment)| {
        (RowKey::by_index(index), SecurityProfileItem { id: Some(assignment.profile.to_string()) })
    }))?;
    Ok(ListEntitySecurityProfilesOutput { security_profiles: Some(page.rows), next_token: page.next })
}

/// The entity that a call refers to.
struct Entity<'a> {
    entity_type: EntityType,
    arn: &'a str,
    action: Action,
    operation: Operation,
}

impl Entity<'_> {
    /// Returns the user if the caller is permitted to perform the operation on the user.
    async fn user<'d>(&self, caller: &Caller<'_>, directory: &'d Directory) -> ApiResult<&'d Arc<User>> {
        if self.entity_type == EntityType::AiAgent {
            return Err(self.no_ai_agent(caller, directory).await);
        }
        let arn = match self.arn.parse::<Arn>() {
            Ok(arn) => arn,
            Err(error) => return Err(self.invalid(caller, directory, error.to_string()).await),
        };
        let is_this_instance = Arn { resource: None, ..arn.clone() } == caller.instance_arn(directory);
        match arn.resource {
            Some((ResourceKind::User, id)) if is_this_instance => {
                caller.user(directory, &id, self.action, self.operation).await
            }
            // A user of another instance is reported as not found.
            Some((ResourceKind::User, _)) => Err(caller
                .not_found_or_denied(directory, self.action, ResourceType::User, self.arn, self.operation)
                .await),
            _ => {
                let problem = "with the EntityType USER, this must be the ARN of a user: …:instance/<id>/agent/<id>";
                Err(self.invalid(caller, directory, problem.to_owned()).await)
            }
        }
    }

    async fn invalid(&self, caller: &Caller<'_>, directory: &Directory, problem: String) -> Exception {
        let refusal = Invalid { input: "EntityArn", problem }.into();
        caller.refuse_command(directory, self.action, &Target::Instance, refusal, self.operation).await
    }

    /// Operations on AI agents require separate permissions. Only callers with these permissions get a response that
    /// reveals that there are no AI agents.
    async fn no_ai_agent(&self, caller: &Caller<'_>, directory: &Directory) -> Exception {
        let requirement =
            catalog().requirement(self.action).by_entity.get(&EntityKind::AiAgent).copied().unwrap_or_default();
        let holds = |permission: Permission| match caller.principal() {
            Principal::User { id, .. } => {
                let action = RequestedAction::Permission(permission);
                directory.decide(&Request::new(*id, action, Target::Instance, caller.now)).allowed()
            }
            Principal::Operator { .. } | Principal::System => true,
        };
        let refusal = match requirement.are_granted(holds, &PermissionSet::EMPTY) {
            true => Refusal::NotFound { what: "AI agent", id: self.arn.chars().take(256).collect() },
            false => {
                let all_of = requirement.all_of.iter().filter(|permission| !holds(*permission)).collect();
                Refusal::NotPermitted { action: self.action, all_of, any_of: requirement.any_of }
            }
        };
        caller.record_refusal(directory, (self.action, Vec::new()), refusal, self.operation).await
    }
}

fn parse_profile_ids(items: &[SecurityProfileItem]) -> Result<Vec<SecurityProfileId>, Refusal> {
    let missing =
        || Invalid { input: "SecurityProfiles", problem: "every entry must have the Id of a profile".to_owned() };
    let id = |item: &SecurityProfileItem| {
        let id = item.id.as_deref().ok_or_else(missing)?;
        parse_ref(ResourceType::SecurityProfile, id, SecurityProfileId::parse)
    };
    items.iter().map(id).collect()
}
