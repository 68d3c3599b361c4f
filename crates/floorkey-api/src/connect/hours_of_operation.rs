//! Hours of operation: the times when queues are open.

use floorkey::resource::{HoursOfOperation as Hours, OpeningPeriod, ResourceChange, ResourceDetails};
use floorkey::{Invalid, Refusal, Resource, ResourceId, ResourceType, StoredResourceType};
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::model::{
    CreateHoursOfOperationInput, CreateHoursOfOperationOutput, DeleteHoursOfOperationInput,
    DescribeHoursOfOperationInput, DescribeHoursOfOperationOutput, Empty, HoursOfOperation, HoursOfOperationConfig,
    HoursOfOperationDays, HoursOfOperationSummary, HoursOfOperationTimeSlice, HoursOfOperationsIdentifier,
    ListHoursOfOperationsInput, ListHoursOfOperationsOutput, SearchHoursOfOperationsInput,
    SearchHoursOfOperationsOutput, UpdateHoursOfOperationInput,
};

use super::call::parse_ref;
use super::call::{Call, CallResult};
use super::members::{ArnContext, time};
use super::resources::{self, CommonInput, ResourceModel};
use super::search_filter::TagFilter;

const KIND: StoredResourceType = StoredResourceType::HoursOfOperation;

pub(super) async fn create(
    call: &Call<'_>,
    input: CreateHoursOfOperationInput,
) -> CallResult<CreateHoursOfOperationOutput> {
    let details = details(&input);
    let common = CommonInput { name: input.name, description: input.description, tags: input.tags };
    let created = resources::create(call, KIND, common, details).await?;
    Ok(CreateHoursOfOperationOutput { hours_of_operation_id: created.id, hours_of_operation_arn: created.arn })
}

pub(super) async fn delete(call: &Call<'_>, input: DeleteHoursOfOperationInput) -> CallResult<Empty> {
    resources::delete(call, KIND, &input.hours_of_operation_id).await
}

pub(super) async fn describe(
    call: &Call<'_>,
    input: DescribeHoursOfOperationInput,
) -> CallResult<DescribeHoursOfOperationOutput> {
    let hours_of_operation = Some(resources::describe(call, &input.hours_of_operation_id).await?);
    Ok(DescribeHoursOfOperationOutput { hours_of_operation })
}

pub(super) async fn search(
    call: &Call<'_>,
    input: SearchHoursOfOperationsInput,
) -> CallResult<SearchHoursOfOperationsOutput> {
    let filter = TagFilter::parse(input.search_filter.and_then(|filter| filter.tag_filter))?;
    let page = resources::search(call, input.search_criteria, filter).await?;
    Ok(SearchHoursOfOperationsOutput {
        hours_of_operations: page.rows,
        next_token: page.next,
        approximate_total_count: page.total,
    })
}

pub(super) async fn list(call: &Call<'_>, _: ListHoursOfOperationsInput) -> CallResult<ListHoursOfOperationsOutput> {
    let arns = call.arns();
    let page = resources::list(call, KIND, "", |resource, visibility| {
        Some(HoursOfOperationSummary {
            arn: arns.arn(ResourceKind::HoursOfOperation, resource.id),
            id: Some(resource.id.to_string()),
            last_modified_region: visibility.if_full(arns.region()),
            last_modified_time: visibility.if_full(time(resource.modified)),
            name: Some(resource.name.clone()),
        })
    })
    .await?;
    Ok(ListHoursOfOperationsOutput { hours_of_operation_summary_list: Some(page.rows), next_token: page.next })
}

pub(super) async fn update(call: &Call<'_>, input: UpdateHoursOfOperationInput) -> CallResult<Empty> {
    let change = to_change(input.name, input.description, input.time_zone.as_deref(), input.config.as_deref());
    resources::change(call, KIND, &input.hours_of_operation_id, change).await
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

impl ResourceModel for HoursOfOperation {
    const STORED_TYPE: StoredResourceType = KIND;

    fn named(resource: &Resource, arns: &ArnContext<'_>) -> Self {
        Self {
            hours_of_operation_arn: arns.arn(ResourceKind::HoursOfOperation, resource.id),
            hours_of_operation_id: Some(resource.id.to_string()),
            name: Some(resource.name.clone()),
            ..Self::default()
        }
    }

    /// Leaves out parents outside the caller's scope, because the list of hours of operation does not show them either.
    fn from_resource(resource: &Resource, call: &Call<'_>, arns: &ArnContext<'_>) -> Self {
        let named = Self::named(resource, arns);
        let ResourceDetails::HoursOfOperation(hours) = &resource.details else { return named };
        let viewer = call.viewer();
        let parents = hours.parents.iter().filter(|id| viewer.resource(**id).shows_name());
        let parents: Vec<_> = parents
            .filter_map(|id| call.directory.resource(*id))
            .map(|parent| HoursOfOperationsIdentifier {
                arn: arns.arn(ResourceKind::HoursOfOperation, parent.id),
                id: parent.id.to_string(),
                name: parent.name.clone(),
            })
            .collect();
        Self {
            config: Some(hours.periods.iter().filter_map(to_period_model).collect()),
            description: resource.description.clone(),
            last_modified_region: arns.region(),
            last_modified_time: time(resource.modified),
            parent_hours_of_operations: Some(parents).filter(|parents| !parents.is_empty()),
            tags: Some(resource.tags.clone()),
            time_zone: Some(hours.time_zone.clone()),
            ..named
        }
    }
}

fn to_period_model(period: &OpeningPeriod) -> Option<HoursOfOperationConfig> {
    let slice =
        |minute: u16| HoursOfOperationTimeSlice { hours: i32::from(minute / 60), minutes: i32::from(minute % 60) };
    Some(HoursOfOperationConfig {
        day: HoursOfOperationDays::from_name(&period.day)?,
        end_time: slice(period.end_minute),
        start_time: slice(period.start_minute),
    })
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
