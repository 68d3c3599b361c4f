//! Operations that update a queue's settings, one operation per setting, and operations on a queue's quick connects.

use floorkey::resource::ResourceChange;
use floorkey::{Action, Directory, Refusal, ResourceId, ResourceType, Target};
use floorkey_aws::model::{
    AssociateQueueQuickConnectsInput, DisassociateQueueQuickConnectsInput, Empty, ListQueueQuickConnectsInput,
    ListQueueQuickConnectsOutput, QueueStatus, UpdateQueueHoursOfOperationInput, UpdateQueueMaxContactsInput,
    UpdateQueueNameInput, UpdateQueueOutboundCallerConfigInput, UpdateQueueStatusInput,
};
use floorkey_aws::operation::Operation;

use super::listing::{ListId, PAGE_SIZE, Paging, RowKey};
use super::lookup::{not_found, parse_ref};
use super::members::{non_empty, time};
use super::resources;
use crate::caller::{ApiResult, Caller};

pub(super) async fn name(caller: &Caller<'_>, input: UpdateQueueNameInput) -> ApiResult<Empty> {
    let directory = caller.directory(&input.instance_id)?;
    let change = ResourceChange::QueueName { name: input.name, description: input.description };
    resources::change(caller, &directory, &input.queue_id, change, Operation::UpdateQueueName).await
}

pub(super) async fn hours_of_operation(
    caller: &Caller<'_>,
    input: UpdateQueueHoursOfOperationInput,
) -> ApiResult<Empty> {
    let (action, operation) = (Action::UpdateQueueHoursOfOperation, Operation::UpdateQueueHoursOfOperation);
    let directory = caller.directory(&input.instance_id)?;
    match parse_ref(ResourceType::HoursOfOperation, &input.hours_of_operation_id, ResourceId::parse) {
        Ok(hours) => {
            let change = ResourceChange::QueueHours(hours);
            resources::change(caller, &directory, &input.queue_id, change, operation).await
        }
        Err(refusal) => refuse_update(caller, &directory, &input.queue_id, refusal, (action, operation)).await,
    }
}

pub(super) async fn max_contacts(caller: &Caller<'_>, input: UpdateQueueMaxContactsInput) -> ApiResult<Empty> {
    let directory = caller.directory(&input.instance_id)?;
    let change = ResourceChange::QueueMaxContacts(input.max_contacts.map(i64::from));
    resources::change(caller, &directory, &input.queue_id, change, Operation::UpdateQueueMaxContacts).await
}

pub(super) async fn status(caller: &Caller<'_>, input: UpdateQueueStatusInput) -> ApiResult<Empty> {
    let directory = caller.directory(&input.instance_id)?;
    let change = ResourceChange::QueueEnabled(input.status == QueueStatus::Enabled);
    resources::change(caller, &directory, &input.queue_id, change, Operation::UpdateQueueStatus).await
}

pub(super) async fn outbound_caller_config(
    caller: &Caller<'_>,
    input: UpdateQueueOutboundCallerConfigInput,
) -> ApiResult<Empty> {
    let directory = caller.directory(&input.instance_id)?;
    let config = input.outbound_caller_config;
    let change = ResourceChange::QueueOutboundCaller {
        name: non_empty(config.outbound_caller_id_name.as_deref()),
        number: non_empty(config.outbound_caller_id_number_id.as_deref()),
        flow: non_empty(config.outbound_flow_id.as_deref()),
    };
    resources::change(caller, &directory, &input.queue_id, change, Operation::UpdateQueueOutboundCallerConfig).await
}

/// Always refuses the request, because Floorkey has no quick connects.
pub(super) async fn associate_quick_connects(
    caller: &Caller<'_>,
    input: AssociateQueueQuickConnectsInput,
) -> ApiResult<Empty> {
    let call = (Action::AssociateQueueQuickConnects, Operation::AssociateQueueQuickConnects);
    let directory = caller.directory(&input.instance_id)?;
    let refusal = first_not_found(&input.quick_connect_ids);
    refuse_update(caller, &directory, &input.queue_id, refusal, call).await
}

pub(super) async fn disassociate_quick_connects(
    caller: &Caller<'_>,
    input: DisassociateQueueQuickConnectsInput,
) -> ApiResult<Empty> {
    let call = (Action::DisassociateQueueQuickConnects, Operation::DisassociateQueueQuickConnects);
    let directory = caller.directory(&input.instance_id)?;
    let refusal = first_not_found(&input.quick_connect_ids);
    refuse_update(caller, &directory, &input.queue_id, refusal, call).await
}

/// Returns an empty list, because Floorkey has no quick connects.
pub(super) async fn list_quick_connects(
    caller: &Caller<'_>,
    input: ListQueueQuickConnectsInput,
) -> ApiResult<ListQueueQuickConnectsOutput> {
    let (action, operation) = (Action::ListQueueQuickConnects, Operation::ListQueueQuickConnects);
    let directory = caller.directory(&input.instance_id)?;
    let queue = caller.resource(&directory, ResourceType::Queue, &input.queue_id, action, operation).await?;
    let list = ListId { instance: &directory.instance().to_string(), filters: &queue.id.to_string() };
    let paging = Paging::parse(caller, operation, &list, input.max_results, PAGE_SIZE, input.next_token.as_deref())?;
    let page = paging.page(std::iter::empty::<(RowKey, _)>())?;
    Ok(ListQueueQuickConnectsOutput {
        last_modified_region: caller.arn_context(&directory).region(),
        last_modified_time: time(queue.modified),
        next_token: page.next,
        quick_connect_summary_list: Some(page.rows),
    })
}

fn first_not_found(quick_connects: &[String]) -> Refusal {
    not_found(ResourceType::QuickConnect, quick_connects.first().map_or("", String::as_str))
}

/// Refuses an operation that can't be executed on the queue. If the caller is not permitted to perform the operation,
/// the exception says that the caller lacks permission.
async fn refuse_update(
    caller: &Caller<'_>,
    directory: &Directory,
    id: &str,
    refusal: Refusal,
    (action, operation): (Action, Operation),
) -> ApiResult<Empty> {
    let queue = caller.resource(directory, ResourceType::Queue, id, action, operation).await?.id;
    Err(caller.refuse_command(directory, action, &Target::Resource(queue), refusal, operation).await)
}
