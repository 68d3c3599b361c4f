//! Lists the contents of a security profile: permissions, applications, flow modules and AI agents.

use std::sync::Arc;

use floorkey::{Action, Directory, SecurityProfile, catalog};
use floorkey_aws::model::{
    AIAgent, AIAgentType, Application, ApplicationType, FlowModule, FlowModuleType, ListSecurityProfileAIAgentsInput,
    ListSecurityProfileAIAgentsOutput, ListSecurityProfileApplicationsInput, ListSecurityProfileApplicationsOutput,
    ListSecurityProfileFlowModulesInput, ListSecurityProfileFlowModulesOutput, ListSecurityProfilePermissionsInput,
    ListSecurityProfilePermissionsOutput,
};
use floorkey_aws::operation::Operation;

use super::listing::{ListId, PAGE_SIZE, Page, Paging, RowKey};
use super::members::time;
use crate::caller::{ApiResult, Caller};

/// Lists all permissions that the profile grants, in the order of the catalog. Includes the prerequisites of the
/// selected permissions. Legacy permissions are returned under their own names.
pub(super) async fn permissions(
    caller: &Caller<'_>,
    input: ListSecurityProfilePermissionsInput,
) -> ApiResult<ListSecurityProfilePermissionsOutput> {
    let directory = caller.directory(&input.instance_id)?;
    let list_request = ProfileListRequest {
        profile: &input.security_profile_id,
        action: Action::ListSecurityProfilePermissions,
        operation: Operation::ListSecurityProfilePermissions,
        max_results: input.max_results,
        token: input.next_token.as_deref(),
    };
    let (profile, page) = list_request
        .page(caller, &directory, |profile| {
            let granted = profile.permissions.permissions();
            let all = catalog().permissions().enumerate();
            all.filter(|(_, permission)| granted.contains(*permission))
                .map(|(index, permission)| (RowKey::by_index(index), permission.name().to_owned()))
                .collect()
        })
        .await?;
    Ok(ListSecurityProfilePermissionsOutput {
        permissions: Some(page.rows),
        next_token: page.next,
        last_modified_time: time(profile.modified),
        last_modified_region: caller.arn_context(&directory).region(),
    })
}

pub(super) async fn applications(
    caller: &Caller<'_>,
    input: ListSecurityProfileApplicationsInput,
) -> ApiResult<ListSecurityProfileApplicationsOutput> {
    let directory = caller.directory(&input.instance_id)?;
    let list_request = ProfileListRequest {
        profile: &input.security_profile_id,
        action: Action::ListSecurityProfileApplications,
        operation: Operation::ListSecurityProfileApplications,
        max_results: input.max_results,
        token: input.next_token.as_deref(),
    };
    let (profile, page) = list_request
        .page(caller, &directory, |profile| {
            indexed_rows(&profile.applications, |application| Application {
                application_permissions: Some(application.permissions.clone()),
                namespace: Some(application.namespace.clone()),
                r#type: application.kind.as_deref().and_then(ApplicationType::from_name),
            })
        })
        .await?;
    Ok(ListSecurityProfileApplicationsOutput {
        applications: Some(page.rows),
        next_token: page.next,
        last_modified_time: time(profile.modified),
        last_modified_region: caller.arn_context(&directory).region(),
    })
}

pub(super) async fn flow_modules(
    caller: &Caller<'_>,
    input: ListSecurityProfileFlowModulesInput,
) -> ApiResult<ListSecurityProfileFlowModulesOutput> {
    let directory = caller.directory(&input.instance_id)?;
    let list_request = ProfileListRequest {
        profile: &input.security_profile_id,
        action: Action::ListSecurityProfileFlowModules,
        operation: Operation::ListSecurityProfileFlowModules,
        max_results: input.max_results,
        token: input.next_token.as_deref(),
    };
    let (profile, page) = list_request
        .page(caller, &directory, |profile| {
            indexed_rows(&profile.flow_modules, |module| FlowModule {
                flow_module_id: Some(module.id.clone()),
                r#type: module.kind.as_deref().and_then(FlowModuleType::from_name),
            })
        })
        .await?;
    Ok(ListSecurityProfileFlowModulesOutput {
        allowed_flow_modules: Some(page.rows),
        next_token: page.next,
        last_modified_time: time(profile.modified),
        last_modified_region: caller.arn_context(&directory).region(),
    })
}

pub(super) async fn ai_agents(
    caller: &Caller<'_>,
    input: ListSecurityProfileAIAgentsInput,
) -> ApiResult<ListSecurityProfileAIAgentsOutput> {
    let directory = caller.directory(&input.instance_id)?;
    let list_request = ProfileListRequest {
        profile: &input.security_profile_id,
        action: Action::ListSecurityProfileAIAgents,
        operation: Operation::ListSecurityProfileAIAgents,
        max_results: input.max_results,
        token: input.next_token.as_deref(),
    };
    let (profile, page) = list_request
        .page(caller, &directory, |profile| {
            indexed_rows(&profile.ai_agents, |agent| AIAgent {
                arn: Some(agent.arn.clone()),
                r#type: agent.kind.as_deref().and_then(AIAgentType::from_name),
            })
        })
        .await?;
    Ok(ListSecurityProfileAIAgentsOutput {
        allowed_ai_agents: Some(page.rows),
        next_token: page.next,
        last_modified_time: time(profile.modified),
        last_modified_region: caller.arn_context(&directory).region(),
    })
}

/// A request for a list of the contents of a profile.
struct ProfileListRequest<'a> {
    profile: &'a str,
    action: Action,
    operation: Operation,
    max_results: Option<i32>,
    token: Option<&'a str>,
}

impl ProfileListRequest<'_> {
    async fn page<'d, T>(
        &self,
        caller: &Caller<'_>,
        directory: &'d Directory,
        rows: impl FnOnce(&SecurityProfile) -> Vec<(RowKey, T)>,
    ) -> ApiResult<(&'d Arc<SecurityProfile>, Page<T>)> {
        let profile = caller.profile(directory, self.profile, self.action, self.operation).await?;
        let filters = profile.id.to_string();
        let list = ListId { instance: &directory.instance().to_string(), filters: &filters };
        let paging = Paging::parse(caller, self.operation, &list, self.max_results, PAGE_SIZE, self.token)?;
        Ok((profile, paging.page(rows(profile))?))
    }
}

/// Converts items to rows in the same order as the items.
fn indexed_rows<T, U>(items: &[T], row: impl Fn(&T) -> U) -> Vec<(RowKey, U)> {
    items.iter().enumerate().map(|(index, item)| (RowKey::by_index(index), row(item))).collect()
}
