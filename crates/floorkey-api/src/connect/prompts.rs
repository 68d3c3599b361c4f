//! Prompts: recordings that flows play. Floorkey stores where a recording is, but never fetches it.

use std::collections::BTreeMap;

use floorkey::resource::{Document, PROMPT, ResourceChange, ResourceDetails};
use floorkey::{Refusal, Resource, ResourceId, StoredResourceType};
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::model::{
    CreatePromptInput, CreatePromptOutput, DeletePromptInput, DescribePromptInput, DescribePromptOutput, Empty,
    ListPromptsInput, ListPromptsOutput, Prompt, PromptSummary, SearchPromptsInput, SearchPromptsOutput,
    UpdatePromptInput, UpdatePromptOutput,
};

use super::call::{Call, CallResult};
use super::members::{ArnContext, time};
use super::resources::{self, CommonInput, ResourceModel};
use super::search_filter::TagFilter;

const KIND: StoredResourceType = StoredResourceType::Prompt;

pub(super) async fn create(call: &Call<'_>, input: CreatePromptInput) -> CallResult<CreatePromptOutput> {
    let details = ResourceDetails::Document(Document { rules: &PROMPT, fields: fields(input.s3_uri) });
    let common = CommonInput { name: input.name, description: input.description, tags: input.tags };
    let created = resources::create(call, KIND, common, Ok(details)).await?;
    Ok(CreatePromptOutput { prompt_arn: created.arn, prompt_id: created.id })
}

pub(super) async fn describe(call: &Call<'_>, input: DescribePromptInput) -> CallResult<DescribePromptOutput> {
    Ok(DescribePromptOutput { prompt: Some(resources::describe(call, &input.prompt_id).await?) })
}

pub(super) async fn update(call: &Call<'_>, input: UpdatePromptInput) -> CallResult<UpdatePromptOutput> {
    let UpdatePromptInput { prompt_id, name, description, s3_uri, .. } = input;
    let change = ResourceChange::Document { rules: &PROMPT, name, description, fields: s3_uri.map(fields) };
    resources::change(call, KIND, &prompt_id, Ok::<_, Refusal>(change)).await?;
    let id = ResourceId::parse(&prompt_id);
    Ok(UpdatePromptOutput {
        prompt_arn: id.and_then(|id| call.arns().arn(ResourceKind::Prompt, id)),
        prompt_id: id.map(|id| id.to_string()),
    })
}

pub(super) async fn delete(call: &Call<'_>, input: DeletePromptInput) -> CallResult<Empty> {
    resources::delete(call, KIND, &input.prompt_id).await
}

pub(super) async fn list(call: &Call<'_>, _: ListPromptsInput) -> CallResult<ListPromptsOutput> {
    let arns = call.arns();
    let page = resources::list(call, KIND, "", |resource, visibility| {
        Some(PromptSummary {
            arn: arns.arn(ResourceKind::Prompt, resource.id),
            id: Some(resource.id.to_string()),
            last_modified_region: visibility.if_full(arns.region()),
            last_modified_time: visibility.if_full(time(resource.modified)),
            name: Some(resource.name.clone()),
        })
    })
    .await?;
    Ok(ListPromptsOutput { prompt_summary_list: Some(page.rows), next_token: page.next })
}

pub(super) async fn search(call: &Call<'_>, input: SearchPromptsInput) -> CallResult<SearchPromptsOutput> {
    let filter = TagFilter::parse(input.search_filter.and_then(|filter| filter.tag_filter))?;
    let page = resources::search(call, input.search_criteria, filter).await?;
    Ok(SearchPromptsOutput { prompts: page.rows, next_token: page.next, approximate_total_count: page.total })
}

fn fields(s3_uri: String) -> BTreeMap<String, String> {
    BTreeMap::from([("s3_uri".to_owned(), s3_uri)])
}

impl ResourceModel for Prompt {
    const STORED_TYPE: StoredResourceType = KIND;

    fn named(resource: &Resource, arns: &ArnContext<'_>) -> Self {
        Self {
            name: Some(resource.name.clone()),
            prompt_arn: arns.arn(ResourceKind::Prompt, resource.id),
            prompt_id: Some(resource.id.to_string()),
            ..Self::default()
        }
    }

    fn from_resource(resource: &Resource, _: &Call<'_>, arns: &ArnContext<'_>) -> Self {
        Self {
            description: resource.description.clone(),
            last_modified_region: arns.region(),
            last_modified_time: time(resource.modified),
            tags: Some(resource.tags.clone()),
            ..Self::named(resource, arns)
        }
    }
}
