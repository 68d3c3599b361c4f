//! Operations that routing profiles, queues, hours of operation and agent statuses have in common.

use floorkey::resource::{ResourceChange, ResourceDetails, ResourceEdit};
use floorkey::tags::Tags;
use floorkey::{Command, NewResource, Refusal, Resource, ResourceAttributes, ResourceId, StoredResourceType, Target};
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::model::Empty;
use floorkey_service::entropy;

use super::call::{Call, CallResult};
use super::listing::Page;
use super::members::non_empty;
use super::row_visibility::RowVisibility;

/// The ARN types of the stored resources.
const ARN_KINDS: [(StoredResourceType, ResourceKind); 4] = [
    (StoredResourceType::RoutingProfile, ResourceKind::RoutingProfile),
    (StoredResourceType::Queue, ResourceKind::Queue),
    (StoredResourceType::HoursOfOperation, ResourceKind::HoursOfOperation),
    (StoredResourceType::AgentStatus, ResourceKind::AgentStatus),
];

/// Returns the type of the stored resources that have ARNs of this type. Returns `None` for other ARNs.
pub(super) fn stored_type(arn_kind: ResourceKind) -> Option<StoredResourceType> {
    ARN_KINDS.iter().find(|(_, arn)| *arn == arn_kind).map(|(kind, _)| *kind)
}

/// The members of a request to create a resource that all types have in common.
pub(super) struct CommonInput {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) tags: Option<Tags>,
}

/// The ID and the ARN of a new resource.
pub(super) struct Created {
    pub(super) id: Option<String>,
    pub(super) arn: Option<String>,
}

/// Creates a resource.
///
/// # Errors
/// Returns an error if the details are invalid, or if the command is refused or fails.
pub(super) async fn create(
    call: &Call<'_>,
    kind: StoredResourceType,
    common: CommonInput,
    details: Result<ResourceDetails, Refusal>,
) -> CallResult<Created> {
    let CommonInput { name, description, tags } = common;
    let tags = tags.unwrap_or_default();
    let target = Target::Described(ResourceAttributes::new(kind.resource_type(), &tags));
    let details = call.valid(&target, details).await?;
    let id = ResourceId::from_bits(entropy::random_id());
    let description = non_empty(description.as_deref());
    let new = NewResource { id, name, description, tags, details };
    call.execute(Command::CreateResource(Box::new(new))).await?;
    let arn_kind = ARN_KINDS.iter().find(|(stored, _)| *stored == kind).map(|(_, arn)| *arn);
    Ok(Created { id: Some(id.to_string()), arn: arn_kind.and_then(|arn_kind| call.arns().arn(arn_kind, id)) })
}

/// Deletes the resource with this type and ID.
///
/// # Errors
/// Returns an error if the resource can't be deleted.
pub(super) async fn delete(call: &Call<'_>, kind: StoredResourceType, id: &str) -> CallResult<Empty> {
    let id = call.resource(kind.resource_type(), id).await?.id;
    call.execute(Command::DeleteResource { kind, id }).await?;
    Ok(Empty {})
}

/// Updates the resource with this type and ID. The change must be for resources of this type.
///
/// # Errors
/// Returns an error if the input is invalid, or if the command is refused or fails.
pub(super) async fn change<R: Into<Refusal>>(
    call: &Call<'_>,
    kind: StoredResourceType,
    id: &str,
    change: Result<ResourceChange, R>,
) -> CallResult<Empty> {
    let id = call.resource(kind.resource_type(), id).await?.id;
    let change = call.valid(&Target::Resource(id), change).await?;
    call.execute(Command::UpdateResource(Box::new(ResourceEdit { id, change }))).await?;
    Ok(Empty {})
}

/// Returns a page of the resources of this type, sorted by name. `filters` are the list's other parameters.
///
/// # Errors
/// As [`Call::list`].
pub(super) async fn list<T>(
    call: &Call<'_>,
    kind: StoredResourceType,
    filters: &str,
    to_row: impl Fn(&Resource, RowVisibility) -> Option<T>,
) -> CallResult<Page<T>> {
    let resource_type = kind.resource_type();
    call.list(resource_type, filters, call.directory.resources(resource_type), to_row).await
}
