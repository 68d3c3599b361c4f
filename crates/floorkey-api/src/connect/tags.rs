//! Operations on the tags of resources that have an ARN.

use floorkey::tags::Tags;
use floorkey::{Command, Directory, RecordKey, Target};
use floorkey_aws::arn::{Arn, ResourceKind};
use floorkey_aws::exception::{Exception, ExceptionKind};
use floorkey_aws::model::{
    Empty, ListTagsForResourceInput, ListTagsForResourceOutput, TagResourceInput, UntagResourceInput,
};
use floorkey_aws::operation::Operation;

use super::call::{Call, CallError, CallResult};
use super::dispatch::new_call;
use super::resources::stored_type;
use crate::caller::Caller;

pub(super) async fn tag(caller: &Caller<'_>, input: TagResourceInput) -> CallResult<Empty> {
    let (call, target) = find(caller, &input.resource_arn, Operation::TagResource).await?;
    call.execute(Command::TagResource { target, tags: input.tags }).await?;
    Ok(Empty {})
}

pub(super) async fn untag(caller: &Caller<'_>, input: UntagResourceInput) -> CallResult<Empty> {
    let (call, target) = find(caller, &input.resource_arn, Operation::UntagResource).await?;
    let keys = input.tag_keys.into_iter().collect();
    call.execute(Command::UntagResource { target, keys }).await?;
    Ok(Empty {})
}

pub(super) async fn list(
    caller: &Caller<'_>,
    input: ListTagsForResourceInput,
) -> CallResult<ListTagsForResourceOutput> {
    let (call, target) = find(caller, &input.resource_arn, Operation::ListTagsForResource).await?;
    Ok(ListTagsForResourceOutput { tags: Some(tags_of(&call.directory, &target)) })
}

/// Finds the resource with the given ARN. The caller must be permitted to perform the operation on the resource.
async fn find<'a>(caller: &'a Caller<'a>, text: &str, operation: Operation) -> CallResult<(Call<'a>, RecordKey)> {
    let invalid = |error| CallError::InvalidInput(format!("The resourceArn is invalid: {error}."));
    let arn: Arn = text.parse().map_err(invalid)?;
    let instance = Arn { resource: None, ..arn.clone() };
    let call = new_call(caller, operation, &instance.to_string())?;
    let Some((kind, id)) = arn.resource else {
        call.authorize(&Target::Instance).await?;
        return Ok((call, RecordKey::Settings));
    };
    let key = match (kind, stored_type(kind)) {
        (_, Some(stored)) => RecordKey::Resource(call.resource(stored.resource_type(), &id).await?.id),
        (ResourceKind::User, None) => RecordKey::User(call.user(&id).await?.id),
        (ResourceKind::SecurityProfile, None) => RecordKey::Profile(call.profile(&id).await?.id),
        (ResourceKind::HierarchyGroup, None) => RecordKey::Group(call.group(&id).await?.id),
        _ => {
            let message = format!("There is no taggable resource at `{text}`.");
            return Err(Exception::new(ExceptionKind::ResourceNotFound, message).into());
        }
    };
    Ok((call, key))
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
        | RecordKey::Login(_)
        | RecordKey::Finding(_) => None,
    }
    .unwrap_or_default()
}
