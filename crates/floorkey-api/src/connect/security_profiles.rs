//! Operations on security profiles: create, read, update, delete, list and search.

use floorkey::profile::{self, PrimaryAttributeValue};
use floorkey::{
    Command, Directory, NewSecurityProfile, Refusal, ResourceAttributes, ResourceType, SecurityProfile,
    SecurityProfileEdit, SecurityProfileId, Target,
};
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::model::{
    AIAgent, AccessType, Application, CreateSecurityProfileInput, CreateSecurityProfileOutput,
    DataTableAccessControlConfiguration, DeleteSecurityProfileInput, DescribeSecurityProfileInput,
    DescribeSecurityProfileOutput, Empty, FlowModule, GranularAccessControlConfiguration, ListSecurityProfilesInput,
    ListSecurityProfilesOutput, PrimaryAttributeAccessControlConfigurationItem, SearchSecurityProfilesInput,
    SearchSecurityProfilesOutput, SecurityProfile as SecurityProfileModel, SecurityProfileSearchSummary,
    SecurityProfileSummary, SecurityProfileType, UpdateSecurityProfileInput,
};

use super::call::{Call, CallResult, invalid};
use super::listing::NamedRow;
use super::members::{ArnContext, time};
use super::row_visibility::{ListFilter, RowVisibility};
use super::search::Criteria;
use super::search_conditions;
use super::search_filter::TagFilter;
use floorkey_service::entropy;

/// The type of every profile. All profiles are customer managed, because even a new instance's profiles can be edited
/// and deleted.
const TYPE: Option<SecurityProfileType> = Some(SecurityProfileType::CustomerManaged);

/// The input members that `CreateSecurityProfile` and `UpdateSecurityProfile` have in common.
struct ProfileContent {
    description: Option<String>,
    permissions: Option<Vec<String>>,
    applications: Option<Vec<Application>>,
    access_control_tags: Option<floorkey::tags::Tags>,
    tag_restricted: Option<Vec<String>>,
    hierarchy_restricted: Option<Vec<String>>,
    hierarchy_group: Option<String>,
    flow_modules: Option<Vec<FlowModule>>,
    ai_agents: Option<Vec<AIAgent>>,
    granular: Option<GranularAccessControlConfiguration>,
}

/// Moves these members out of an input.
macro_rules! content {
    ($input:ident) => {
        ProfileContent {
            description: $input.description,
            permissions: $input.permissions,
            applications: $input.applications,
            access_control_tags: $input.allowed_access_control_tags,
            tag_restricted: $input.tag_restricted_resources,
            hierarchy_restricted: $input.hierarchy_restricted_resources,
            hierarchy_group: $input.allowed_access_control_hierarchy_group_id,
            flow_modules: $input.allowed_flow_modules,
            ai_agents: $input.allowed_ai_agents,
            granular: $input.granular_access_control_configuration,
        }
    };
}

pub(super) async fn create(
    call: &Call<'_>,
    input: CreateSecurityProfileInput,
) -> CallResult<CreateSecurityProfileOutput> {
    let id = SecurityProfileId::from_bits(entropy::random_id());
    let tags = input.tags.unwrap_or_default();
    let content = to_edit(content!(input));
    let content =
        call.valid(&Target::Described(ResourceAttributes::new(ResourceType::SecurityProfile, &tags)), content).await?;
    let new = NewSecurityProfile { id, name: input.security_profile_name, content, tags };
    call.execute(Command::CreateSecurityProfile(Box::new(new))).await?;
    Ok(CreateSecurityProfileOutput {
        security_profile_id: Some(id.to_string()),
        security_profile_arn: call.arns().arn(ResourceKind::SecurityProfile, id),
    })
}

pub(super) async fn update(call: &Call<'_>, input: UpdateSecurityProfileInput) -> CallResult<Empty> {
    let profile = call.profile(&input.security_profile_id).await?.id;
    let content = to_edit(content!(input));
    let content = call.valid(&Target::Profile(profile), content).await?;
    let command = Command::UpdateSecurityProfile { profile, edit: Box::new(content) };
    call.execute(command).await?;
    Ok(Empty {})
}

pub(super) async fn delete(call: &Call<'_>, input: DeleteSecurityProfileInput) -> CallResult<Empty> {
    let profile = call.profile(&input.security_profile_id).await?;
    call.execute(Command::DeleteSecurityProfile { profile: profile.id }).await?;
    Ok(Empty {})
}

/// Describes a profile without its permissions and applications, because other operations list them.
pub(super) async fn describe(
    call: &Call<'_>,
    input: DescribeSecurityProfileInput,
) -> CallResult<DescribeSecurityProfileOutput> {
    let profile = call.profile(&input.security_profile_id).await?;
    let security_profile = Some(to_model(profile, &call.directory, &call.arns()));
    Ok(DescribeSecurityProfileOutput { security_profile })
}

pub(super) async fn list(call: &Call<'_>, _: ListSecurityProfilesInput) -> CallResult<ListSecurityProfilesOutput> {
    let arns = call.arns();
    let to_row = |profile: &SecurityProfile, visibility| Some(summary(profile, visibility, &arns));
    let page = call.list(ResourceType::SecurityProfile, "", call.directory.profiles(), to_row).await?;
    Ok(ListSecurityProfilesOutput { security_profile_summary_list: Some(page.rows), next_token: page.next })
}

pub(super) async fn search(
    call: &Call<'_>,
    input: SearchSecurityProfilesInput,
) -> CallResult<SearchSecurityProfilesOutput> {
    let list_filter = ListFilter::new(call, ResourceType::SecurityProfile).await?;
    let criteria = Criteria::parse(input.search_criteria, search_conditions::parse_profile_test)?;
    let tags = TagFilter::parse(input.search_filter.and_then(|filter| filter.tag_filter))?;
    let filters = format!("{criteria:?} {tags:?}");
    let arns = call.arns();
    let find = || -> Vec<_> {
        let matching = call.directory.profiles().filter_map(|profile| {
            let visibility = list_filter.visibility_of(&Target::Profile(profile.id))?;
            let is_match = criteria.matches(&|test| test.matches(profile))
                && (tags.is_empty() || visibility == RowVisibility::Full && tags.matches(&profile.tags));
            is_match.then(|| (profile.key(), search_summary(profile, visibility, &call.directory, &arns)))
        });
        matching.collect()
    };
    let cost = (call.directory.profiles().count(), criteria.count() + tags.count());
    let (page, approximate_total_count) = call.search(&filters, cost, find).await?;
    let (security_profiles, next_token) = (Some(page.rows), page.next);
    Ok(SearchSecurityProfilesOutput { security_profiles, next_token, approximate_total_count })
}

fn to_model(profile: &SecurityProfile, directory: &Directory, arns: &ArnContext<'_>) -> SecurityProfileModel {
    let control = &profile.access_control;
    let words: Vec<String> = control.tag_restricted.iter().map(|restricted| restricted.as_str().to_owned()).collect();
    SecurityProfileModel {
        allowed_access_control_hierarchy_group_id: control.hierarchy_group.map(|group| group.to_string()),
        allowed_access_control_tags: Some(control.tags.clone()).filter(|tags| !tags.is_empty()),
        arn: arns.arn(ResourceKind::SecurityProfile, profile.id),
        description: Some(profile.description.clone()),
        granular_access_control_configuration: profile.data_table_values.as_deref().map(granular),
        hierarchy_restricted_resources: control
            .hierarchy_restricted
            .then(|| vec![ResourceType::User.as_str().to_owned()]),
        id: Some(profile.id.to_string()),
        last_modified_region: arns.region(),
        last_modified_time: time(profile.modified),
        organization_resource_id: Some(directory.instance().to_string()),
        security_profile_name: Some(profile.name.clone()),
        tag_restricted_resources: Some(words).filter(|words| !words.is_empty()),
        tags: Some(profile.tags.clone()),
        r#type: TYPE,
    }
}

fn summary(profile: &SecurityProfile, visibility: RowVisibility, arns: &ArnContext<'_>) -> SecurityProfileSummary {
    SecurityProfileSummary {
        arn: arns.arn(ResourceKind::SecurityProfile, profile.id),
        id: Some(profile.id.to_string()),
        last_modified_region: visibility.if_full(arns.region()),
        last_modified_time: visibility.if_full(time(profile.modified)),
        name: Some(profile.name.clone()),
        r#type: visibility.if_full(TYPE),
    }
}

fn search_summary(
    profile: &SecurityProfile,
    visibility: RowVisibility,
    directory: &Directory,
    arns: &ArnContext<'_>,
) -> SecurityProfileSearchSummary {
    SecurityProfileSearchSummary {
        arn: arns.arn(ResourceKind::SecurityProfile, profile.id),
        description: visibility.if_full(Some(profile.description.clone())),
        id: Some(profile.id.to_string()),
        organization_resource_id: visibility.if_full(Some(directory.instance().to_string())),
        security_profile_name: Some(profile.name.clone()),
        tags: visibility.if_full(Some(profile.tags.clone())),
        r#type: visibility.if_full(TYPE),
    }
}

/// Converts the input to an edit. An absent member leaves its value unchanged, and an empty member clears its value.
fn to_edit(content: ProfileContent) -> Result<SecurityProfileEdit, Refusal> {
    let values = content.granular.map(|granular| {
        let tables = granular.data_table_access_control_configuration;
        let primary = tables.and_then(|tables| tables.primary_attribute_access_control_configuration);
        let values = primary.and_then(|primary| primary.primary_attribute_values)?;
        Some(values.into_iter().map(to_attribute_value).collect())
    });
    Ok(SecurityProfileEdit {
        // Connect's API has no conditions for profiles, so a profile's existing conditions remain unchanged.
        conditions: None,
        description: content.description,
        permissions: content.permissions,
        applications: content.applications.map(|list| list.into_iter().map(to_application).collect()),
        access_control_tags: content.access_control_tags,
        tag_restricted: content.tag_restricted,
        hierarchy_restricted: content.hierarchy_restricted,
        hierarchy_group: content.hierarchy_group,
        flow_modules: content.flow_modules.map(|list| list.into_iter().map(to_flow_module).collect()).transpose()?,
        ai_agents: content.ai_agents.map(|list| list.into_iter().map(to_ai_agent).collect()).transpose()?,
        data_table_values: values,
    })
}

fn to_application(application: Application) -> profile::ApplicationGrant {
    profile::ApplicationGrant {
        namespace: application.namespace.unwrap_or_default(),
        permissions: application.application_permissions.unwrap_or_default(),
        kind: application.r#type.map(|kind| kind.as_str().to_owned()),
    }
}

fn to_flow_module(module: FlowModule) -> Result<profile::FlowModule, Refusal> {
    let missing = || invalid("AllowedFlowModules", "every entry must have a FlowModuleId");
    Ok(profile::FlowModule {
        id: module.flow_module_id.filter(|id| !id.is_empty()).ok_or_else(missing)?,
        kind: module.r#type.map(|kind| kind.as_str().to_owned()),
    })
}

fn to_ai_agent(agent: AIAgent) -> Result<profile::AiAgent, Refusal> {
    let missing = || invalid("AllowedAIAgents", "every entry must have an Arn");
    Ok(profile::AiAgent {
        arn: agent.arn.filter(|arn| !arn.is_empty()).ok_or_else(missing)?,
        kind: agent.r#type.map(|kind| kind.as_str().to_owned()),
    })
}

fn to_attribute_value(value: floorkey_aws::model::PrimaryAttributeValue) -> PrimaryAttributeValue {
    PrimaryAttributeValue {
        access: value.access_type.map(|access| access.as_str().to_owned()),
        attribute: value.attribute_name,
        values: value.values.unwrap_or_default(),
    }
}

fn granular(values: &[PrimaryAttributeValue]) -> GranularAccessControlConfiguration {
    let values = values.iter().map(|value| floorkey_aws::model::PrimaryAttributeValue {
        access_type: value.access.as_deref().and_then(AccessType::from_name),
        attribute_name: value.attribute.clone(),
        values: Some(value.values.clone()),
    });
    let primary = PrimaryAttributeAccessControlConfigurationItem { primary_attribute_values: Some(values.collect()) };
    let tables = DataTableAccessControlConfiguration { primary_attribute_access_control_configuration: Some(primary) };
    GranularAccessControlConfiguration { data_table_access_control_configuration: Some(tables) }
}
