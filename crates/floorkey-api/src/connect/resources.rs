//! Functions shared by the operations on routing profiles, queues, hours of operation and agent statuses.

use std::sync::Arc;

use floorkey::resource::{ResourceChange, ResourceEdit};
use floorkey::{Action, Command, Directory, Resource, ResourceType, StoredResourceType, Target};
use floorkey_aws::model::Empty;
use floorkey_aws::operation::Operation;

use super::listing::{ListId, PAGE_SIZE, Page, Paging, RowKey};
use super::row_visibility::{ListFilter, RowVisibility};
use crate::caller::{ApiResult, Caller};

/// Deletes the resource with this type and ID.
///
/// # Errors
/// If the resource can't be deleted.
pub(super) async fn delete(
    caller: &Caller<'_>,
    directory: &Directory,
    kind: StoredResourceType,
    id: &str,
    action: Action,
    operation: Operation,
) -> ApiResult<()> {
    let id = caller.resource(directory, kind.resource_type(), id, action, operation).await?.id;
    caller.execute(directory, Command::DeleteResource { kind, id }, operation).await?;
    Ok(())
}

/// Updates the resource with this ID. The change must be for resources of this type.
///
/// # Errors
/// If the resource can't be updated.
pub(super) async fn change(
    caller: &Caller<'_>,
    directory: &Directory,
    id: &str,
    change: ResourceChange,
    operation: Operation,
) -> ApiResult<Empty> {
    let id = caller.resource(directory, change.resource_type(), id, change.action(), operation).await?.id;
    caller.execute(directory, Command::UpdateResource(Box::new(ResourceEdit { id, change })), operation).await?;
    Ok(Empty {})
}

/// A request for a list of resources.
pub(super) struct ListRequest<'a> {
    pub(super) resource_type: ResourceType,
    pub(super) action: Action,
    pub(super) operation: Operation,
    /// The request's other parameters that determine the list, in any format. Different filters must result in
    /// different strings.
    pub(super) filters: String,
    pub(super) max_results: Option<i32>,
    pub(super) token: Option<&'a str>,
}

impl ListRequest<'_> {
    /// Returns a page of the resources that match the filter, sorted by name.
    ///
    /// # Errors
    /// If the caller can't see any part of the list, or if the token was issued for another list.
    pub(super) async fn page<T>(
        &self,
        caller: &Caller<'_>,
        directory: &Directory,
        filter: impl Fn(&Resource) -> bool,
        row: impl Fn(&Resource, RowVisibility) -> T,
    ) -> ApiResult<Page<T>> {
        let list_filter = ListFilter::new(caller, directory, self.action, self.resource_type, self.operation).await?;
        let list = ListId { instance: &directory.instance().to_string(), filters: &self.filters };
        let paging = Paging::parse(caller, self.operation, &list, self.max_results, PAGE_SIZE, self.token)?;
        paging.page(directory.resources(self.resource_type).filter_map(|resource: &Arc<Resource>| {
            let visibility = list_filter.visibility_of(&Target::Resource(resource.id)).filter(|_| filter(resource))?;
            Some((RowKey::by_name(&resource.name, resource.id.bits()), row(resource, visibility)))
        }))
    }
}
