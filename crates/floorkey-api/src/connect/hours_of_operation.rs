//! Hours of operation: the times when queues are open.

use floorkey::resource::{HoursOfOperation as Hours, OpeningPeriod, ResourceChange, ResourceDetails};
use floorkey::{
    Action, Command, Directory, Invalid, NewResource, Refusal, Resource, ResourceAttributes, ResourceId, ResourceType,
    StoredResourceType, Target,
};
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::model::{
    CreateHoursOfOperationInput, CreateHoursOfOperationOutput, DeleteHoursOfOperationInput,
    DescribeHoursOfOperationInput, DescribeHoursOfOperationOutput, Empty, HoursOfOperation, HoursOfOperationConfig,
    HoursOfOperationDays, HoursOfOperationSummary, HoursOfOperationTimeSlice, HoursOfOperationsIdentifier,
    ListHoursOfOperationsInput, ListHoursOfOperationsOutput, UpdateHoursOfOperationInput,
};
use floorkey_aws::operation::Operation;

use super::lookup::{not_found, parse_ref};
use super::members::{ArnContext, non_empty, time};
use super::resources::{self, ListRequest};
use crate::caller::{ApiResult, Caller};
use crate::refusal::exception;
use floorkey_service::entropy;

pub(super) async fn create(
    caller: &Caller<'_>,
    input: CreateHoursOfOperationInput,
) -> ApiResult<CreateHoursOfOperationOutput> {
    let (action, operation) = (Action::CreateHoursOfOperation, Operation::CreateHoursOfOperation);
    let directory = caller.directory(&input.instance_id)?;
    let id = ResourceId::from_bits(entropy::random_id());
    let tags = input.tags.clone().unwrap_or_default();
    let details = match details(&input) {
        Ok(details) => details,
        Err(refusal) => {
            let thing = Target::Described(ResourceAttributes::new(ResourceType::HoursOfOperation, &tags));
            return Err(caller.refuse_command(&directory, action, &thing, refusal, operation).await);
        }
    };
    let description = non_empty(input.description.as_deref());
    let new = NewResource { id, name: input.name, description, tags, details };
    caller.execute(&directory, Command::CreateResource(Box::new(new)), operation).await?;
    Ok(CreateHoursOfOperationOutput {
        hours_of_operation_id: Some(id.to_string()),
        hours_of_operation_arn: caller.arn_context(&directory).arn(ResourceKind::HoursOfOperation, id),
    })
}

pub(super) async fn delete(caller: &Caller<'_>, input: DeleteHoursOfOperationInput) -> ApiResult<Empty> {
    let (action, operation) = (Action::DeleteHoursOfOperation, Operation::DeleteHoursOfOperation);
    let directory = caller.directory(&input.instance_id)?;
    let id = &input.hours_of_operation_id;
    resources::delete(caller, &directory, StoredResourceType::HoursOfOperation, id, action, operation).await?;
    Ok(Empty {})
}

pub(super) async fn describe(
    caller: &Caller<'_>,
    input: DescribeHoursOfOperationInput,
) -> ApiResult<DescribeHoursOfOperationOutput> {
    let (action, operation) = (Action::DescribeHoursOfOperation, Operation::DescribeHoursOfOperation);
    let directory = caller.directory(&input.instance_id)?;
    let (resource_type, id) = (ResourceType::HoursOfOperation, &input.hours_of_operation_id);
    let resource = caller.resource(&directory, resource_type, id, action, operation).await?;
    let ResourceDetails::HoursOfOperation(hours) = &resource.details else {
        return Err(exception(not_found(resource_type, id).into(), operation));
    };
    let arns = caller.arn_context(&directory);
    // Parents outside the caller's scope are left out, because the list of hours of operation does not show them
    // either.
    let viewer = floorkey::visibility::Viewer::new(&directory, caller.principal(), caller.now);
    let is_visible = |id: &ResourceId| viewer.resource(*id).shows_name();
    let parents: Vec<_> = hours.parents.iter().filter(|id| is_visible(id)).copied().collect();
    let hours_of_operation = Some(to_model(resource, hours, &parents, &directory, &arns));
    Ok(DescribeHoursOfOperationOutput { hours_of_operation })
}

pub(super) async fn list(
    caller: &Caller<'_>,
    input: ListHoursOfOperationsInput,
) -> ApiResult<ListHoursOfOperationsOutput> {
    let directory = caller.directory(&input.instance_id)?;
    let list_request = ListRequest {
        resource_type: ResourceType::HoursOfOperation,
        action: Action::ListHoursOfOperations,
        operation: Operation::ListHoursOfOperations,
        filters: String::new(),
        max_results: input.max_results,
        token: input.next_token.as_deref(),
    };
    let arns = caller.arn_context(&directory);
    let page = list_request
        .page(
            caller,
            &directory,
            |_| true,
            |resource, visibility| HoursOfOperationSummary {
                arn: arns.arn(ResourceKind::HoursOfOperation, resource.id),
                id: Some(resource.id.to_string()),
                last_modified_region: visibility.if_full(arns.region()),
                last_modified_time: visibility.if_full(time(resource.modified)),
                name: Some(resource.name.clone()),
            },
        )
        .await?;
    Ok(ListHoursOfOperationsOutput { hours_of_operation_summary_list: Some(page.rows), next_token: page.next })
}

pub(super) async fn update(caller: &Caller<'_>, input: UpdateHoursOfOperationInput) -> ApiResult<Empty> {
    let (action, operation) = (Action::UpdateHoursOfOperation, Operation::UpdateHoursOfOperation);
    let directory = caller.directory(&input.instance_id)?;
    let id = &input.hours_of_operation_id;
    match to_change(input.name, input.description, input.time_zone.as_deref(), input.config.as_deref()) {
        Ok(change) => resources::change(caller, &directory, id, change, operation).await,
        Err(refusal) => {
            let resource = caller.resource(&directory, ResourceType::HoursOfOperation, id, action, operation).await?.id;
            Err(caller.refuse_command(&directory, action, &Target::Resource(resource), refusal, operation).await)
        }
    }
}

fn to_change(
    name: Option<String>,
    description: Option<String>,
    zone: Option<&str>,
    config: Option<&[HoursOfOperationConfig]>,
) -> Result<ResourceChange, Refusal> {
    let time_zone = zone.map(time_zone).transpose()?;
    let periods = config.map(|config| config.iter().map(period).collect::<Result<_, _>>()).transpose()?;
    Ok(ResourceChange::HoursOfOperation { name, description, time_zone, periods })
}

fn details(input: &CreateHoursOfOperationInput) -> Result<ResourceDetails, Refusal> {
    let parents = input.parent_hours_of_operation_configs.iter().flatten().map(|parent| {
        let missing = || Invalid {
            input: "ParentHoursOfOperationConfigs",
            problem: "every entry must have a HoursOfOperationId".to_owned(),
        };
        let id = parent.hours_of_operation_id.as_deref().ok_or_else(missing)?;
        parse_ref(ResourceType::HoursOfOperation, id, ResourceId::parse)
    });
    Ok(ResourceDetails::HoursOfOperation(Hours {
        time_zone: time_zone(&input.time_zone)?,
        periods: input.config.iter().map(period).collect::<Result<_, _>>()?,
        parents: parents.collect::<Result<_, Refusal>>()?,
    }))
}

/// Returns the canonical IANA name of a time zone.
fn time_zone(name: &str) -> Result<String, Refusal> {
    let known = jiff::tz::TimeZone::get(name).ok();
    let known = known.as_ref().and_then(|zone| zone.iana_name());
    known.map(str::to_owned).ok_or_else(|| {
        let name: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
        let problem = format!("`{name}` is not a time zone in the IANA database. Example: Europe/Berlin");
        Invalid { input: "TimeZone", problem }.into()
    })
}

fn period(config: &HoursOfOperationConfig) -> Result<OpeningPeriod, Refusal> {
    let minute = |time: &HoursOfOperationTimeSlice| {
        let is_in_range = (0..24).contains(&time.hours) && (0..60).contains(&time.minutes);
        let minute = u16::try_from(time.hours.saturating_mul(60).saturating_add(time.minutes)).ok();
        let problem = "Hours must be 0 to 23, and Minutes must be 0 to 59";
        minute.filter(|_| is_in_range).ok_or_else(|| Invalid { input: "Config", problem: problem.to_owned() })
    };
    Ok(OpeningPeriod {
        day: config.day.as_str().to_owned(),
        start_minute: minute(&config.start_time)?,
        end_minute: minute(&config.end_time)?,
    })
}

fn to_model(
    resource: &Resource,
    hours: &Hours,
    parents: &[ResourceId],
    directory: &Directory,
    arns: &ArnContext<'_>,
) -> HoursOfOperation {
    let slice =
        |minute: u16| HoursOfOperationTimeSlice { hours: i32::from(minute / 60), minutes: i32::from(minute % 60) };
    let period = |period: &OpeningPeriod| {
        Some(HoursOfOperationConfig {
            day: HoursOfOperationDays::from_name(&period.day)?,
            end_time: slice(period.end_minute),
            start_time: slice(period.start_minute),
        })
    };
    let parents: Vec<_> = parents
        .iter()
        .filter_map(|id| directory.resource(*id))
        .map(|parent| HoursOfOperationsIdentifier {
            arn: arns.arn(ResourceKind::HoursOfOperation, parent.id),
            id: parent.id.to_string(),
            name: parent.name.clone(),
        })
        .collect();
    HoursOfOperation {
        config: Some(hours.periods.iter().filter_map(period).collect()),
        description: resource.description.clone(),
        hours_of_operation_arn: arns.arn(ResourceKind::HoursOfOperation, resource.id),
        hours_of_operation_id: Some(resource.id.to_string()),
        last_modified_region: arns.region(),
        last_modified_time: time(resource.modified),
        name: Some(resource.name.clone()),
        parent_hours_of_operations: Some(parents).filter(|parents| !parents.is_empty()),
        tags: Some(resource.tags.clone()),
        time_zone: Some(hours.time_zone.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_zones_are_iana_names_on_every_platform() {
        assert_eq!(time_zone("Europe/Berlin").unwrap(), "Europe/Berlin");
        assert_eq!(time_zone("UTC").unwrap(), "UTC");
        for name in ["", "Berlin", "Mars/Olympus", "../etc/passwd", "EST\n"] {
            assert!(time_zone(name).is_err(), "{name:?}");
        }
    }
}
