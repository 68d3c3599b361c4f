//! Operations that all types of stored resources have in common.

use floorkey::resource::{ResourceChange, ResourceDetails, ResourceEdit};
use floorkey::tags::Tags;
use floorkey::{Command, NewResource, Refusal, Resource, ResourceAttributes, ResourceId, StoredResourceType, Target};
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::model::Empty;
use floorkey_service::entropy;

use super::call::{Call, CallResult};
use super::listing::{NamedRow as _, Page};
use super::members::{ArnContext, non_empty};
use super::row_visibility::{ListFilter, RowVisibility};
use super::search::{Criteria, Node};
use super::search_conditions;
use super::search_filter::TagFilter;

/// The details of a resource in a response.
pub(super) trait ResourceModel: Sized {
    /// The type of the resource.
    const STORED_TYPE: StoredResourceType;

    /// Returns only the ID, the ARN and the name, for callers who can see nothing else.
    fn named(resource: &Resource, arns: &ArnContext<'_>) -> Self;

    /// Returns all details that the caller can see.
    fn from_resource(resource: &Resource, call: &Call<'_>, arns: &ArnContext<'_>) -> Self;
}

/// Returns the type of the stored resources that have ARNs of this type. Returns `None` for other ARNs.
pub(super) fn stored_type(arn_kind: ResourceKind) -> Option<StoredResourceType> {
    let mut types = StoredResourceType::ALL.iter().copied();
    types.find(|stored| stored.resource_type().arn_segment() == arn_kind.segment())
}

/// Returns the ARN of a stored resource.
pub(super) fn arn(arns: &ArnContext<'_>, stored_type: StoredResourceType, id: ResourceId) -> Option<String> {
    arns.arn(ResourceKind::from_segment(stored_type.resource_type().arn_segment())?, id)
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
    Ok(Created { id: Some(id.to_string()), arn: arn(&call.arns(), kind, id) })
}

/// Returns the details of the resource with this ID.
///
/// # Errors
/// Returns an error if the resource doesn't exist or the caller can't see its details.
pub(super) async fn describe<M: ResourceModel>(call: &Call<'_>, id: &str) -> CallResult<M> {
    let resource = call.resource(M::STORED_TYPE.resource_type(), id).await?;
    Ok(M::from_resource(resource, call, &call.arns()))
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

/// A page of a search's results.
pub(super) struct SearchPage<M> {
    pub(super) rows: Option<Vec<M>>,
    pub(super) next: Option<String>,
    /// The number of all matching resources.
    pub(super) total: Option<i64>,
}

/// Returns a page of the resources that match the criteria and the filter, sorted by name.
///
/// # Errors
/// As [`Call::search`]. Also returns an error if the criteria or the filter are invalid.
pub(super) async fn search<M: ResourceModel, N: Into<Node<N>>>(
    call: &Call<'_>,
    criteria: Option<N>,
    filter: TagFilter,
) -> CallResult<SearchPage<M>> {
    let resource_type = M::STORED_TYPE.resource_type();
    let list_filter = ListFilter::new(call, resource_type).await?;
    let criteria = Criteria::parse(criteria, search_conditions::parse_resource_test)?;
    let filters = format!("{criteria:?} {filter:?}");
    let arns = call.arns();
    let find = || -> Vec<_> {
        let matching = call.directory.resources(resource_type).filter_map(|resource| {
            let visibility = list_filter.visibility_of(&resource.target())?;
            let is_match = criteria.matches(&|test| test.matches(resource, visibility))
                && (filter.is_empty() || visibility == RowVisibility::Full && filter.matches(&resource.tags));
            is_match.then(|| match visibility {
                RowVisibility::Full => (resource.key(), M::from_resource(resource, call, &arns)),
                RowVisibility::Name => (resource.key(), M::named(resource, &arns)),
            })
        });
        matching.collect()
    };
    let cost = (call.directory.resources(resource_type).count(), criteria.count() + filter.count());
    let (page, total) = call.search(&filters, cost, find).await?;
    Ok(SearchPage { rows: Some(page.rows), next: page.next, total })
}
