//! What routing profiles, queues, hours of operation and agent statuses have in common: finding one, and listing them.

use std::sync::Arc;

use floorkey::resource::{ResourceChange, ResourceEdit};
use floorkey::{Act, Command, Directory, Resource, ResourceType, StoredResourceType, Target};
use floorkey_connect::model::Empty;
use floorkey_connect::operation::Operation;

use super::caller::{Caller, Refuse};
use super::listing::{Key, List, PAGE, Page, Paging};
use super::sight::{Sight, Viewer};

/// Deletes the resource of that type and id.
///
/// # Errors
/// Whatever keeps it from being deleted.
pub(super) async fn delete(
    caller: &Caller<'_>,
    directory: &Directory,
    kind: StoredResourceType,
    id: &str,
    act: Act,
    operation: Operation,
) -> Refuse<()> {
    let id = caller.resource(directory, kind.resource_type(), id, act, operation).await?.id;
    caller.execute(directory, Command::DeleteResource { kind, id }, operation).await?;
    Ok(())
}

/// Changes the resource of that id, which is of the type that the change is for.
///
/// # Errors
/// Whatever keeps it from being changed.
pub(super) async fn change(
    caller: &Caller<'_>,
    directory: &Directory,
    id: &str,
    change: ResourceChange,
    operation: Operation,
) -> Refuse<Empty> {
    let id = caller.resource(directory, change.resource_type(), id, change.act(), operation).await?.id;
    caller.execute(directory, Command::UpdateResource(Box::new(ResourceEdit { id, change })), operation).await?;
    Ok(Empty {})
}

/// What a list of resources is asked for.
pub(super) struct Asked<'a> {
    pub(super) resource_type: ResourceType,
    pub(super) act: Act,
    pub(super) operation: Operation,
    /// Besides the type: what shapes the list, in any form that differs when it does.
    pub(super) filters: String,
    pub(super) max_results: Option<i32>,
    pub(super) token: Option<&'a str>,
}

impl Asked<'_> {
    /// A page of the resources that pass the filter, by name.
    ///
    /// # Errors
    /// Nothing of the list may be seen, or the token is none of this list.
    pub(super) async fn page<T>(
        &self,
        caller: &Caller<'_>,
        directory: &Directory,
        filter: impl Fn(&Resource) -> bool,
        row: impl Fn(&Resource, Sight) -> T,
    ) -> Refuse<Page<T>> {
        let viewer = Viewer::new(caller, directory, self.act, self.resource_type, self.operation).await?;
        let list = List { instance: &directory.instance().to_string(), filters: &self.filters };
        let paging = Paging::read(caller, self.operation, &list, self.max_results, PAGE, self.token)?;
        paging.page(directory.resources(self.resource_type).filter_map(|resource: &Arc<Resource>| {
            let sight = viewer.sees(&Target::Resource(resource.id)).filter(|_| filter(resource))?;
            Some((Key::by_name(&resource.name, resource.id.bits()), row(resource, sight)))
        }))
    }
}
