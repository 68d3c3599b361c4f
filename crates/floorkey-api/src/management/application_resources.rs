//! Registered resources of an application.

use std::collections::BTreeSet;

use floorkey::tags::Tags;
use floorkey::{ApplicationResource, Command, HierarchyGroupId};
use floorkey_aws::EpochSeconds;
use floorkey_aws::exception::Exception;
use serde::{Deserialize, Serialize};

use super::access::not_found;
use super::paging::Paging;
use super::{Asked, body, changed, json};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct List<'a> {
    resources: Vec<Shown<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Shown<'a> {
    id: &'a str,
    attributes: &'a Tags,
    #[serde(skip_serializing_if = "Option::is_none")]
    hierarchy_group_id: Option<String>,
    last_modified_time: EpochSeconds,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Put {
    resources: Vec<PutResource>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct PutResource {
    id: String,
    #[serde(default)]
    attributes: Tags,
    hierarchy_group_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Delete {
    ids: BTreeSet<String>,
}

/// Lists a page of the registered resources, by ID.
pub(super) async fn list(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let application = asked.application(&directory).await?;
    let namespace = application.namespace.as_str();
    let paging = Paging::read(asked, &directory, "ListApplicationResources", namespace)?;
    let after = paging.after.as_deref().map(String::from_utf8_lossy);
    let mut found = directory.application_resources(namespace, after.as_deref()).peekable();
    let page: Vec<_> = found.by_ref().take(paging.size).collect();
    let last = page.last().filter(|_| found.peek().is_some());
    let next_token = last.map(|last| paging.next(asked, last.id.as_bytes())).transpose()?;
    let resources = page.iter().map(|resource| Shown {
        id: &resource.id,
        attributes: &resource.attributes,
        hierarchy_group_id: resource.hierarchy_group.map(|group| group.to_string()),
        last_modified_time: EpochSeconds::from_milliseconds(resource.modified.as_millis()),
    });
    json(&List { resources: resources.collect(), next_token })
}

/// Registers or updates resources, all of them in one revision.
pub(super) async fn put(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let namespace = asked.labels.get("Namespace").to_owned();
    let Put { resources } = body::read(asked.body)?;
    let resource = |resource: PutResource| {
        let group = resource.hierarchy_group_id.as_ref();
        let group = group.map(|id| HierarchyGroupId::parse(id).ok_or_else(|| not_found("hierarchy group", id)));
        Ok(ApplicationResource {
            attributes_set: floorkey::SetRevisions::default(),
            namespace: namespace.clone(),
            id: resource.id,
            attributes: resource.attributes,
            hierarchy_group: group.transpose()?,
            modified: asked.caller.at,
        })
    };
    let resources = resources.into_iter().map(resource).collect::<Result<Vec<_>, Exception>>()?;
    changed(asked.execute(&directory, Command::PutApplicationResources { namespace, resources }).await?)
}

/// Deletes resources; unknown IDs are ignored.
pub(super) async fn delete(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let namespace = asked.labels.get("Namespace").to_owned();
    let Delete { ids } = body::read(asked.body)?;
    changed(asked.execute(&directory, Command::DeleteApplicationResources { namespace, ids }).await?)
}
