//! Operations on the tags of resources that have an ARN.

use std::sync::Arc;

use floorkey::tags::Tags;
use floorkey::{Action, Command, Directory, RecordKey, ResourceType, Target};
use floorkey_aws::arn::{Arn, ResourceKind};
use floorkey_aws::exception::{Exception, ExceptionKind};
use floorkey_aws::model::{
    Empty, ListTagsForResourceInput, ListTagsForResourceOutput, TagResourceInput, UntagResourceInput,
};
use floorkey_aws::operation::Operation;

use crate::caller::{ApiResult, Caller};

pub(super) async fn tag(caller: &Caller<'_>, input: TagResourceInput) -> ApiResult<Empty> {
    let operation = Operation::TagResource;
    let (directory, target) = find(caller, &input.resource_arn, Action::TagResource, operation).await?;
    caller.execute(&directory, Command::TagResource { target, tags: input.tags }, operation).await?;
    Ok(Empty {})
}

pub(super) async fn untag(caller: &Caller<'_>, input: UntagResourceInput) -> ApiResult<Empty> {
    let operation = Operation::UntagResource;
    let (directory, target) = find(caller, &input.resource_arn, Action::UntagResource, operation).await?;
    let keys = input.tag_keys.into_iter().collect();
    caller.execute(&directory, Command::UntagResource { target, keys }, operation).await?;
    Ok(Empty {})
}

pub(super) async fn list(caller: &Caller<'_>, input: ListTagsForResourceInput) -> ApiResult<ListTagsForResourceOutput> {
    let operation = Operation::ListTagsForResource;
    let (directory, target) = find(caller, &input.resource_arn, Action::ListTagsForResource, operation).await?;
    Ok(ListTagsForResourceOutput { tags: Some(tags_of(&directory, &target)) })
}

/// Finds the resource with the given ARN. The caller must be permitted to perform the operation on the resource.
async fn find(
    caller: &Caller<'_>,
    text: &str,
    action: Action,
    operation: Operation,
) -> ApiResult<(Arc<Directory>, RecordKey)> {
    let arn: Arn = text.parse().map_err(|error| {
        let message = format!("The resourceArn is invalid: {error}.");
        Exception::new(operation.invalid_input(), message)
    })?;
    let instance = Arn { resource: None, ..arn.clone() };
    let directory = caller.directory(&instance.to_string())?;
    let Some((kind, id)) = arn.resource else {
        caller.authorize(&directory, action, &Target::Instance, operation).await?;
        return Ok((directory, RecordKey::Settings));
    };
    let key = match kind {
        ResourceKind::User => RecordKey::User(caller.user(&directory, &id, action, operation).await?.id),
        ResourceKind::SecurityProfile => {
            RecordKey::Profile(caller.profile(&directory, &id, action, operation).await?.id)
        }
        ResourceKind::HierarchyGroup => RecordKey::Group(caller.group(&directory, &id, action, operation).await?.id),
        ResourceKind::RoutingProfile
        | ResourceKind::Queue
        | ResourceKind::HoursOfOperation
        | ResourceKind::AgentStatus => {
            let resource_type = match kind {
                ResourceKind::RoutingProfile => ResourceType::RoutingProfile,
                ResourceKind::Queue => ResourceType::Queue,
                ResourceKind::HoursOfOperation => ResourceType::HoursOfOperation,
                _ => ResourceType::AgentStatus,
            };
            RecordKey::Resource(caller.resource(&directory, resource_type, &id, action, operation).await?.id)
        }
        ResourceKind::AgentQueue | ResourceKind::HierarchyLevel => {
            let message = format!("There is no taggable resource at `{text}`.");
            return Err(Exception::new(ExceptionKind::ResourceNotFound, message));
        }
    };
    Ok((directory, key))
}

fn tags_of(directory: &Directory, key: &RecordKey) -> Tags {
    match key {
        RecordKey::User(id) => directory.user(*id).map(|user| user.tags.clone()),
        RecordKey::Profile(id) => directory.profile(*id).map(|profile| profile.tags.clone()),
        RecordKey::Group(id) => directory.group(*id).map(|group| group.tags.clone()),
        RecordKey::Resource(id) => directory.resource(*id).map(|resource| resource.tags.clone()),
        RecordKey::Settings => Some(directory.settings().tags.clone()),
        RecordKey::Structure
        | RecordKey::AccessKey(_)
        | RecordKey::Application(_)
        | RecordKey::ApplicationResource(..)
        | RecordKey::ApiToken(_)
        | RecordKey::Login(_) => None,
    }
    .unwrap_or_default()
}
