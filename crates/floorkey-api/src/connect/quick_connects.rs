//! Quick connects: destinations that agents can transfer contacts to.

use std::collections::BTreeMap;

use floorkey::resource::{Document, QUICK_CONNECT, ResourceChange, ResourceDetails};
use floorkey::visibility::Viewer;
use floorkey::{Refusal, Resource, ResourceId, StoredResourceType, UserId};
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::model::{
    CreateQuickConnectInput, CreateQuickConnectOutput, DeleteQuickConnectInput, DescribeQuickConnectInput,
    DescribeQuickConnectOutput, Empty, FlowQuickConnectConfig, ListQuickConnectsInput, ListQuickConnectsOutput,
    PhoneNumberQuickConnectConfig, QueueQuickConnectConfig, QuickConnect, QuickConnectConfig, QuickConnectSummary,
    QuickConnectType, SearchQuickConnectsInput, SearchQuickConnectsOutput, UpdateQuickConnectConfigInput,
    UpdateQuickConnectNameInput, UserQuickConnectConfig,
};

use super::call::{Call, CallResult, invalid};
use super::members::{ArnContext, time};
use super::resources::{self, CommonInput, ResourceModel};
use super::row_visibility::RowVisibility;
use super::search_filter::TagFilter;

const KIND: StoredResourceType = StoredResourceType::QuickConnect;

pub(super) async fn create(call: &Call<'_>, input: CreateQuickConnectInput) -> CallResult<CreateQuickConnectOutput> {
    let fields = to_fields(&input.quick_connect_config);
    let details = fields.map(|fields| ResourceDetails::Document(Document { rules: &QUICK_CONNECT, fields }));
    let common = CommonInput { name: input.name, description: input.description, tags: input.tags };
    let created = resources::create(call, KIND, common, details).await?;
    Ok(CreateQuickConnectOutput { quick_connect_arn: created.arn, quick_connect_id: created.id })
}

pub(super) async fn describe(
    call: &Call<'_>,
    input: DescribeQuickConnectInput,
) -> CallResult<DescribeQuickConnectOutput> {
    Ok(DescribeQuickConnectOutput { quick_connect: Some(resources::describe(call, &input.quick_connect_id).await?) })
}

pub(super) async fn rename(call: &Call<'_>, input: UpdateQuickConnectNameInput) -> CallResult<Empty> {
    let UpdateQuickConnectNameInput { quick_connect_id, name, description, .. } = input;
    let change = ResourceChange::Name { stored_type: KIND, name, description };
    resources::change(call, KIND, &quick_connect_id, Ok::<_, Refusal>(change)).await
}

pub(super) async fn update_config(call: &Call<'_>, input: UpdateQuickConnectConfigInput) -> CallResult<Empty> {
    let change = to_fields(&input.quick_connect_config).map(|fields| ResourceChange::Document {
        rules: &QUICK_CONNECT,
        name: None,
        description: None,
        fields: Some(fields),
    });
    resources::change(call, KIND, &input.quick_connect_id, change).await
}

pub(super) async fn delete(call: &Call<'_>, input: DeleteQuickConnectInput) -> CallResult<Empty> {
    resources::delete(call, KIND, &input.quick_connect_id).await
}

pub(super) async fn list(call: &Call<'_>, input: ListQuickConnectsInput) -> CallResult<ListQuickConnectsOutput> {
    let types = input.quick_connect_types.filter(|types| !types.is_empty());
    let arns = call.arns();
    let matches_types = |resource: &Resource| match (&types, quick_connect_type(resource)) {
        (None, _) => true,
        (Some(types), Some(quick_connect_type)) => types.contains(&quick_connect_type),
        (Some(_), None) => false,
    };
    let page = resources::list(call, KIND, &format!("{types:?}"), |resource, visibility| {
        matches_types(resource).then(|| summary(resource, visibility, &arns))
    })
    .await?;
    Ok(ListQuickConnectsOutput { quick_connect_summary_list: Some(page.rows), next_token: page.next })
}

pub(super) async fn search(call: &Call<'_>, input: SearchQuickConnectsInput) -> CallResult<SearchQuickConnectsOutput> {
    let filter = TagFilter::parse(input.search_filter.and_then(|filter| filter.tag_filter))?;
    let page = resources::search(call, input.search_criteria, filter).await?;
    Ok(SearchQuickConnectsOutput {
        quick_connects: page.rows,
        next_token: page.next,
        approximate_total_count: page.total,
    })
}

pub(super) fn summary(resource: &Resource, visibility: RowVisibility, arns: &ArnContext<'_>) -> QuickConnectSummary {
    QuickConnectSummary {
        arn: arns.arn(ResourceKind::QuickConnect, resource.id),
        id: Some(resource.id.to_string()),
        last_modified_region: visibility.if_full(arns.region()),
        last_modified_time: visibility.if_full(time(resource.modified)),
        name: Some(resource.name.clone()),
        quick_connect_type: visibility.if_full(quick_connect_type(resource)),
    }
}

fn quick_connect_type(resource: &Resource) -> Option<QuickConnectType> {
    let ResourceDetails::Document(document) = &resource.details else { return None };
    QuickConnectType::from_name(document.field("quick_connect_type")?)
}

/// Converts a configuration to the fields of a document.
///
/// # Errors
/// Returns an error unless the configuration has exactly the member for its type.
fn to_fields(config: &QuickConnectConfig) -> Result<BTreeMap<String, String>, Refusal> {
    let QuickConnectConfig { quick_connect_type, user_config, queue_config, phone_config, flow_config } = config;
    let members = [
        (QuickConnectType::User, "UserConfig", user_config.is_some()),
        (QuickConnectType::Queue, "QueueConfig", queue_config.is_some()),
        (QuickConnectType::PhoneNumber, "PhoneConfig", phone_config.is_some()),
        (QuickConnectType::Flow, "FlowConfig", flow_config.is_some()),
    ];
    for (of, member, is_present) in members {
        if is_present != (of == *quick_connect_type) {
            let verb = if is_present { "can't" } else { "must" };
            let problem = format!("a quick connect of the type {quick_connect_type} {verb} have {member}");
            return Err(invalid("QuickConnectConfig", problem).into());
        }
    }
    let user = user_config.as_ref().map(|config| (&config.user_id, &config.contact_flow_id));
    let queue = queue_config.as_ref().map(|config| (&config.queue_id, &config.contact_flow_id));
    let flow = user.or(queue).map(|(_, flow)| flow);
    let fields = [
        ("quick_connect_type", Some(quick_connect_type.as_str().to_owned())),
        ("user", user.map(|(user, _)| user.clone())),
        ("queue", queue.map(|(queue, _)| queue.clone())),
        ("phone_number", phone_config.as_ref().map(|config| config.phone_number.clone())),
        ("flow", flow.or(flow_config.as_ref().map(|config| &config.contact_flow_id)).cloned()),
    ];
    Ok(fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
}

/// Converts the fields of a document to a configuration. Leaves out a user or a queue that the viewer can't see.
fn to_config(document: &Document, viewer: &Viewer<'_>) -> Option<QuickConnectConfig> {
    let quick_connect_type = QuickConnectType::from_name(document.field("quick_connect_type")?)?;
    let flow = || document.field("flow").unwrap_or_default().to_owned();
    let user = document.field("user").filter(|id| UserId::parse(id).is_some_and(|id| viewer.user(id).shows_name()));
    let queue =
        document.field("queue").filter(|id| ResourceId::parse(id).is_some_and(|id| viewer.resource(id).shows_name()));
    let is_flow = quick_connect_type == QuickConnectType::Flow;
    Some(QuickConnectConfig {
        quick_connect_type,
        user_config: user.map(|id| UserQuickConnectConfig { user_id: id.to_owned(), contact_flow_id: flow() }),
        queue_config: queue.map(|id| QueueQuickConnectConfig { queue_id: id.to_owned(), contact_flow_id: flow() }),
        phone_config: document
            .field("phone_number")
            .map(|number| PhoneNumberQuickConnectConfig { phone_number: number.to_owned() }),
        flow_config: is_flow.then(|| FlowQuickConnectConfig { contact_flow_id: flow() }),
    })
}

impl ResourceModel for QuickConnect {
    const STORED_TYPE: StoredResourceType = KIND;

    fn named(resource: &Resource, arns: &ArnContext<'_>) -> Self {
        Self {
            name: Some(resource.name.clone()),
            quick_connect_arn: arns.arn(ResourceKind::QuickConnect, resource.id),
            quick_connect_id: Some(resource.id.to_string()),
            ..Self::default()
        }
    }

    fn from_resource(resource: &Resource, call: &Call<'_>, arns: &ArnContext<'_>) -> Self {
        let named = Self::named(resource, arns);
        let ResourceDetails::Document(document) = &resource.details else { return named };
        Self {
            description: resource.description.clone(),
            last_modified_region: arns.region(),
            last_modified_time: time(resource.modified),
            quick_connect_config: to_config(document, &call.viewer()),
            tags: Some(resource.tags.clone()),
            ..named
        }
    }
}
