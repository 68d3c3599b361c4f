//! Lists the contents of a security profile: permissions, applications, flow modules and AI agents.

use std::sync::Arc;

use floorkey::{SecurityProfile, catalog};
use floorkey_aws::model::{
    AIAgent, AIAgentType, Application, ApplicationType, FlowModule, FlowModuleType, ListSecurityProfileAIAgentsInput,
    ListSecurityProfileAIAgentsOutput, ListSecurityProfileApplicationsInput, ListSecurityProfileApplicationsOutput,
    ListSecurityProfileFlowModulesInput, ListSecurityProfileFlowModulesOutput, ListSecurityProfilePermissionsInput,
    ListSecurityProfilePermissionsOutput,
};

use super::call::{Call, CallResult};
use super::listing::{Page, RowKey};
use super::members::time;

/// Lists all permissions that the profile grants, in the order of the catalog. Includes the prerequisites of the
/// selected permissions. Legacy permissions are returned under their own names.
pub(super) async fn permissions(
    call: &Call<'_>,
    input: ListSecurityProfilePermissionsInput,
) -> CallResult<ListSecurityProfilePermissionsOutput> {
    let (profile, page) = page(call, &input.security_profile_id, |profile| {
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
        last_modified_region: call.arns().region(),
    })
}

pub(super) async fn applications(
    call: &Call<'_>,
    input: ListSecurityProfileApplicationsInput,
) -> CallResult<ListSecurityProfileApplicationsOutput> {
    let (profile, page) = page(call, &input.security_profile_id, |profile| {
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
        last_modified_region: call.arns().region(),
    })
}

pub(super) async fn flow_modules(
    call: &Call<'_>,
    input: ListSecurityProfileFlowModulesInput,
) -> CallResult<ListSecurityProfileFlowModulesOutput> {
    let (profile, page) = page(call, &input.security_profile_id, |profile| {
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
        last_modified_region: call.arns().region(),
    })
}

pub(super) async fn ai_agents(
    call: &Call<'_>,
    input: ListSecurityProfileAIAgentsInput,
) -> CallResult<ListSecurityProfileAIAgentsOutput> {
    let (profile, page) = page(call, &input.security_profile_id, |profile| {
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
        last_modified_region: call.arns().region(),
    })
}

/// Returns the profile with this ID, and a page of its rows.
async fn page<'c, T>(
    call: &'c Call<'_>,
    id: &str,
    rows: impl FnOnce(&SecurityProfile) -> Vec<(RowKey, T)>,
) -> CallResult<(&'c Arc<SecurityProfile>, Page<T>)> {
    let profile = call.profile(id).await?;
    let page = call.paging(&profile.id.to_string())?.page(rows(profile))?;
    Ok((profile, page))
}

/// Converts items to rows in the same order as the items.
fn indexed_rows<T, U>(items: &[T], row: impl Fn(&T) -> U) -> Vec<(RowKey, U)> {
    items.iter().enumerate().map(|(index, item)| (RowKey::by_index(index), row(item))).collect()
}
