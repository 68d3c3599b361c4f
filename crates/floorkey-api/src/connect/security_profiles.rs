//! Security profiles: create, read, update, delete, list and search.

use floorkey::profile::{self, PrimaryAttributeValue};
use floorkey::{
    Act, Command, Directory, Invalid, NewSecurityProfile, RecordKey, Refusal, ResourceType, SecurityProfile,
    SecurityProfileEdit, SecurityProfileId, Target, Thing,
};
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::model::{
    AIAgent, AccessType, Application, CreateSecurityProfileInput, CreateSecurityProfileOutput,
    DataTableAccessControlConfiguration, DeleteSecurityProfileInput, DescribeSecurityProfileInput,
    DescribeSecurityProfileOutput, Empty, FlowModule, GranularAccessControlConfiguration, ListSecurityProfilesInput,
    ListSecurityProfilesOutput, PrimaryAttributeAccessControlConfigurationItem, SearchSecurityProfilesInput,
    SearchSecurityProfilesOutput, SecurityProfile as Described, SecurityProfileSearchSummary, SecurityProfileSummary,
    SecurityProfileType, UpdateSecurityProfileInput,
};
use floorkey_aws::operation::Operation;

use super::listing::{Key, List, PAGE, Paging};
use super::search::{self, Criteria};
use super::search_filter::TagFilter;
use super::sight::{Sight, Viewer};
use super::wire::{Wire, time};
use crate::caller::{Caller, Refuse};
use floorkey_service::outside;

/// All profiles can be edited and deleted, including those of a new instance, so they are customer managed.
const TYPE: Option<SecurityProfileType> = Some(SecurityProfileType::CustomerManaged);

pub(super) async fn create(
    caller: &Caller<'_>,
    input: CreateSecurityProfileInput,
) -> Refuse<CreateSecurityProfileOutput> {
    let (act, operation) = (Act::CreateSecurityProfile, Operation::CreateSecurityProfile);
    let directory = caller.directory(&input.instance_id)?;
    let id = SecurityProfileId::from_bits(outside::id());
    let tags = input.tags.unwrap_or_default();
    let content = edit(Content {
        description: input.description,
        permissions: input.permissions,
        applications: input.applications,
        access_control_tags: input.allowed_access_control_tags,
        tag_restricted: input.tag_restricted_resources,
        hierarchy_restricted: input.hierarchy_restricted_resources,
        hierarchy_group: input.allowed_access_control_hierarchy_group_id,
        flow_modules: input.allowed_flow_modules,
        ai_agents: input.allowed_ai_agents,
        granular: input.granular_access_control_configuration,
    });
    let content = match content {
        Ok(content) => content,
        Err(refusal) => {
            let thing = Thing::new(ResourceType::SecurityProfile, &tags);
            return Err(caller.refuse_command(&directory, act, &Target::Described(thing), refusal, operation).await);
        }
    };
    let new = NewSecurityProfile { id, name: input.security_profile_name, content, tags };
    caller.execute(&directory, Command::CreateSecurityProfile(Box::new(new)), operation).await?;
    Ok(CreateSecurityProfileOutput {
        security_profile_id: Some(id.to_string()),
        security_profile_arn: caller.wire(&directory).arn(ResourceKind::SecurityProfile, id),
    })
}

pub(super) async fn update(caller: &Caller<'_>, input: UpdateSecurityProfileInput) -> Refuse<Empty> {
    let (act, operation) = (Act::UpdateSecurityProfile, Operation::UpdateSecurityProfile);
    let directory = caller.directory(&input.instance_id)?;
    let profile = caller.profile(&directory, &input.security_profile_id, act, operation).await?.id;
    let content = edit(Content {
        description: input.description,
        permissions: input.permissions,
        applications: input.applications,
        access_control_tags: input.allowed_access_control_tags,
        tag_restricted: input.tag_restricted_resources,
        hierarchy_restricted: input.hierarchy_restricted_resources,
        hierarchy_group: input.allowed_access_control_hierarchy_group_id,
        flow_modules: input.allowed_flow_modules,
        ai_agents: input.allowed_ai_agents,
        granular: input.granular_access_control_configuration,
    });
    let content = match content {
        Ok(content) => content,
        Err(refusal) => {
            return Err(caller.record(&directory, (act, vec![RecordKey::Profile(profile)]), refusal, operation).await);
        }
    };
    let command = Command::UpdateSecurityProfile { profile, edit: Box::new(content) };
    caller.execute(&directory, command, operation).await?;
    Ok(Empty {})
}

pub(super) async fn delete(caller: &Caller<'_>, input: DeleteSecurityProfileInput) -> Refuse<Empty> {
    let operation = Operation::DeleteSecurityProfile;
    let directory = caller.directory(&input.instance_id)?;
    let found = caller.profile(&directory, &input.security_profile_id, Act::DeleteSecurityProfile, operation).await?;
    caller.execute(&directory, Command::DeleteSecurityProfile { profile: found.id }, operation).await?;
    Ok(Empty {})
}

/// Permissions and applications are not included: other operations list them.
pub(super) async fn describe(
    caller: &Caller<'_>,
    input: DescribeSecurityProfileInput,
) -> Refuse<DescribeSecurityProfileOutput> {
    let (act, operation) = (Act::DescribeSecurityProfile, Operation::DescribeSecurityProfile);
    let directory = caller.directory(&input.instance_id)?;
    let profile = caller.profile(&directory, &input.security_profile_id, act, operation).await?;
    let security_profile = Some(described(profile, &directory, &caller.wire(&directory)));
    Ok(DescribeSecurityProfileOutput { security_profile })
}

pub(super) async fn list(caller: &Caller<'_>, input: ListSecurityProfilesInput) -> Refuse<ListSecurityProfilesOutput> {
    let (act, operation) = (Act::ListSecurityProfiles, Operation::ListSecurityProfiles);
    let directory = caller.directory(&input.instance_id)?;
    let viewer = Viewer::new(caller, &directory, act, ResourceType::SecurityProfile, operation).await?;
    let list = List { instance: &directory.instance().to_string(), filters: "" };
    let paging = Paging::read(caller, operation, &list, input.max_results, PAGE, input.next_token.as_deref())?;
    let wire = caller.wire(&directory);
    let page = paging.page(directory.profiles().filter_map(|profile| {
        let sight = viewer.sees(&Target::Profile(profile.id))?;
        Some((Key::by_name(&profile.name, profile.id.bits()), summary(profile, sight, &wire)))
    }))?;
    Ok(ListSecurityProfilesOutput { security_profile_summary_list: Some(page.rows), next_token: page.next })
}

pub(super) async fn search(
    caller: &Caller<'_>,
    input: SearchSecurityProfilesInput,
) -> Refuse<SearchSecurityProfilesOutput> {
    let (act, operation) = (Act::SearchSecurityProfiles, Operation::SearchSecurityProfiles);
    let directory = caller.directory(&input.instance_id)?;
    let viewer = Viewer::new(caller, &directory, act, ResourceType::SecurityProfile, operation).await?;
    let criteria = Criteria::read(input.search_criteria, search::profile_leaf, operation)?;
    let tags = TagFilter::read(input.search_filter.and_then(|filter| filter.tag_filter), operation)?;
    let filters = format!("{criteria:?} {tags:?}");
    let list = List { instance: &directory.instance().to_string(), filters: &filters };
    let paging = Paging::read(caller, operation, &list, input.max_results, PAGE, input.next_token.as_deref())?;
    let wire = caller.wire(&directory);
    let find = || -> Vec<_> {
        let fitting = directory.profiles().filter_map(|profile| {
            let sight = viewer.sees(&Target::Profile(profile.id))?;
            let fits = criteria.fits(&|leaf| leaf.fits(profile))
                && (tags.is_empty() || sight == Sight::Whole && tags.fits(&profile.tags));
            fits.then(|| (Key::by_name(&profile.name, profile.id.bits()), found(profile, sight, &directory, &wire)))
        });
        fitting.collect()
    };
    let conditions = criteria.count() + tags.count();
    let found = caller.search(directory.profiles().count(), conditions, find).await?;
    let total = search::total(found.len());
    let page = paging.page(found)?;
    let (security_profiles, next_token) = (Some(page.rows), page.next);
    Ok(SearchSecurityProfilesOutput { security_profiles, next_token, approximate_total_count: total })
}

fn described(profile: &SecurityProfile, directory: &Directory, wire: &Wire<'_>) -> Described {
    let control = &profile.access_control;
    let words: Vec<String> = control.tag_restricted.iter().map(|restricted| restricted.word().to_owned()).collect();
    Described {
        allowed_access_control_hierarchy_group_id: control.hierarchy_group.map(|group| group.to_string()),
        allowed_access_control_tags: Some(control.tags.clone()).filter(|tags| !tags.is_empty()),
        arn: wire.arn(ResourceKind::SecurityProfile, profile.id),
        description: Some(profile.description.clone()),
        granular_access_control_configuration: profile.data_table_values.as_deref().map(granular),
        hierarchy_restricted_resources: control
            .hierarchy_restricted
            .then(|| vec![ResourceType::User.word().to_owned()]),
        id: Some(profile.id.to_string()),
        last_modified_region: wire.region(),
        last_modified_time: time(profile.modified),
        organization_resource_id: Some(directory.instance().to_string()),
        security_profile_name: Some(profile.name.clone()),
        tag_restricted_resources: Some(words).filter(|words| !words.is_empty()),
        tags: Some(profile.tags.clone()),
        r#type: TYPE,
    }
}

fn summary(profile: &SecurityProfile, sight: Sight, wire: &Wire<'_>) -> SecurityProfileSummary {
    SecurityProfileSummary {
        arn: wire.arn(ResourceKind::SecurityProfile, profile.id),
        id: Some(profile.id.to_string()),
        last_modified_region: sight.whole(wire.region()),
        last_modified_time: sight.whole(time(profile.modified)),
        name: Some(profile.name.clone()),
        r#type: sight.whole(TYPE),
    }
}

fn found(
    profile: &SecurityProfile,
    sight: Sight,
    directory: &Directory,
    wire: &Wire<'_>,
) -> SecurityProfileSearchSummary {
    SecurityProfileSearchSummary {
        arn: wire.arn(ResourceKind::SecurityProfile, profile.id),
        description: sight.whole(Some(profile.description.clone())),
        id: Some(profile.id.to_string()),
        organization_resource_id: sight.whole(Some(directory.instance().to_string())),
        security_profile_name: Some(profile.name.clone()),
        tags: sight.whole(Some(profile.tags.clone())),
        r#type: sight.whole(TYPE),
    }
}

/// The input that Create and Update have in common.
struct Content {
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

/// Absent members remain unchanged, empty ones are cleared.
fn edit(content: Content) -> Result<SecurityProfileEdit, Refusal> {
    let values = content.granular.map(|granular| {
        let tables = granular.data_table_access_control_configuration;
        let primary = tables.and_then(|tables| tables.primary_attribute_access_control_configuration);
        let values = primary.and_then(|primary| primary.primary_attribute_values)?;
        Some(values.into_iter().map(value_of).collect())
    });
    Ok(SecurityProfileEdit {
        // Connect has no conditions, so existing ones remain.
        conditions: None,
        description: content.description,
        permissions: content.permissions,
        applications: content.applications.map(|list| list.into_iter().map(application_of).collect()),
        access_control_tags: content.access_control_tags,
        tag_restricted: content.tag_restricted,
        hierarchy_restricted: content.hierarchy_restricted,
        hierarchy_group: content.hierarchy_group,
        flow_modules: content.flow_modules.map(|list| list.into_iter().map(flow_module_of).collect()).transpose()?,
        ai_agents: content.ai_agents.map(|list| list.into_iter().map(ai_agent_of).collect()).transpose()?,
        data_table_values: values,
    })
}

fn application_of(application: Application) -> profile::Application {
    profile::Application {
        namespace: application.namespace.unwrap_or_default(),
        permissions: application.application_permissions.unwrap_or_default(),
        kind: application.r#type.map(|kind| kind.as_str().to_owned()),
    }
}

fn flow_module_of(module: FlowModule) -> Result<profile::FlowModule, Refusal> {
    let missing =
        || Invalid { input: "AllowedFlowModules", problem: "every entry must have a FlowModuleId".to_owned() };
    Ok(profile::FlowModule {
        id: module.flow_module_id.filter(|id| !id.is_empty()).ok_or_else(missing)?,
        kind: module.r#type.map(|kind| kind.as_str().to_owned()),
    })
}

fn ai_agent_of(agent: AIAgent) -> Result<profile::AiAgent, Refusal> {
    let missing = || Invalid { input: "AllowedAIAgents", problem: "every entry must have an Arn".to_owned() };
    Ok(profile::AiAgent {
        arn: agent.arn.filter(|arn| !arn.is_empty()).ok_or_else(missing)?,
        kind: agent.r#type.map(|kind| kind.as_str().to_owned()),
    })
}

fn value_of(value: floorkey_aws::model::PrimaryAttributeValue) -> PrimaryAttributeValue {
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
