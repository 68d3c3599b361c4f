//! Operations on the registered resources of an application.

use std::collections::BTreeSet;

use floorkey::tags::Tags;
use floorkey::{ApplicationResource, Command, HierarchyGroupId, ResourceType};
use floorkey_aws::EpochSeconds;
use floorkey_aws::exception::Exception;
use serde::{Deserialize, Serialize};

use super::access::not_found;
use super::paging::Paging;
use super::{CallContext, body, json, revision_response};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceList<'a> {
    resources: Vec<ResourceView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceView<'a> {
    id: &'a str,
    attributes: &'a Tags,
    #[serde(skip_serializing_if = "Option::is_none")]
    hierarchy_group_id: Option<String>,
    last_modified_time: EpochSeconds,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct PutResourcesInput {
    resources: Vec<ResourceInput>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct ResourceInput {
    id: String,
    #[serde(default)]
    attributes: Tags,
    hierarchy_group_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct DeleteResourcesInput {
    ids: BTreeSet<String>,
}

/// Lists a page of an application's registered resources, ordered by ID.
pub(super) async fn list(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let application = context.application(&directory).await?;
    let namespace = application.namespace.as_str();
    let paging = Paging::parse(context, &directory, "ListApplicationResources", namespace)?;
    let after = paging.after.as_deref().map(String::from_utf8_lossy);
    let mut matching = directory.application_resources(namespace, after.as_deref()).peekable();
    let page: Vec<_> = matching.by_ref().take(paging.size).collect();
    let last = page.last().filter(|_| matching.peek().is_some());
    let next_token = last.map(|last| paging.next(last.id.as_bytes())).transpose()?;
    let resources = page.iter().map(|resource| ResourceView {
        id: &resource.id,
        attributes: &resource.attributes,
        hierarchy_group_id: resource.hierarchy_group.map(|group| group.to_string()),
        last_modified_time: EpochSeconds::from_milliseconds(resource.modified.as_millis()),
    });
    json(&ResourceList { resources: resources.collect(), next_token })
}

/// Registers or updates all resources in the request, in one revision.
pub(super) async fn put(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let namespace = context.label("Namespace").to_owned();
    let PutResourcesInput { resources } = body::parse(context.body)?;
    let resource = |resource: ResourceInput| {
        let group = resource.hierarchy_group_id.as_ref();
        let group =
            group.map(|id| HierarchyGroupId::parse(id).ok_or_else(|| not_found(ResourceType::HierarchyGroup, id)));
        Ok(ApplicationResource {
            attribute_revisions: floorkey::ValueRevisions::default(),
            namespace: namespace.clone(),
            id: resource.id,
            attributes: resource.attributes,
            hierarchy_group: group.transpose()?,
            modified: context.caller.now,
        })
    };
    let resources = resources.into_iter().map(resource).collect::<Result<Vec<_>, Exception>>()?;
    revision_response(context.execute(&directory, Command::PutApplicationResources { namespace, resources }).await?)
}

/// Deletes registered resources. IDs that are not registered are ignored.
pub(super) async fn delete(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let namespace = context.label("Namespace").to_owned();
    let DeleteResourcesInput { ids } = body::parse(context.body)?;
    revision_response(context.execute(&directory, Command::DeleteApplicationResources { namespace, ids }).await?)
}
