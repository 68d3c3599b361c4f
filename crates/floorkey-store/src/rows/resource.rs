//! The stored form of a resource.

use std::borrow::Cow;
use std::collections::BTreeMap;

use floorkey::resource::{
    AgentStatus, Document, DocumentRules, HoursOfOperation, ManualQueueLink, MediaConcurrency, OpeningPeriod, Queue,
    QueueLink, ResourceDetails, RoutingProfile,
};
use floorkey::{Resource, ResourceId, StoredResourceType, Timestamp};
use serde::{Deserialize, Serialize};

use super::set_revisions::SetRevisionsRow;
use super::{Id, borrowed, is_default, owned};
use crate::error::UnreadableValue;

/// The body of a record of the kind `resource`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResourceRow<'a> {
    name: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "is_default")]
    tags: Cow<'a, BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "is_default")]
    tags_set: SetRevisionsRow,
    modified: i64,
    details: DetailsRow<'a>,
}

/// Serialized as an object with a single key. The key identifies the type of the resource.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DetailsRow<'a> {
    RoutingProfile(RoutingProfileRow<'a>),
    Queue(QueueRow<'a>),
    HoursOfOperation(HoursRow<'a>),
    AgentStatus(StatusRow<'a>),
    Document(DocumentRow<'a>),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentRow<'a> {
    #[serde(rename = "type")]
    rules: RulesRow,
    #[serde(default, skip_serializing_if = "is_default")]
    fields: Cow<'a, BTreeMap<String, String>>,
}

/// Written as the type of the document.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
struct RulesRow(&'static DocumentRules);

impl From<RulesRow> for &'static str {
    fn from(row: RulesRow) -> Self {
        row.0.stored_type.resource_type().slug()
    }
}

impl TryFrom<String> for RulesRow {
    type Error = UnreadableValue;

    fn try_from(slug: String) -> Result<Self, UnreadableValue> {
        let mut types = StoredResourceType::ALL.iter().filter(|stored| stored.resource_type().slug() == slug);
        let rules = types.next().and_then(|stored| stored.document_rules());
        rules.map(RulesRow).ok_or_else(|| format!("`{slug}` is not a type of document").into())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoutingProfileRow<'a> {
    default_outbound_queue: Id<ResourceId>,
    #[serde(default, skip_serializing_if = "is_default")]
    queues: Vec<QueueLinkRow<'a>>,
    #[serde(default, skip_serializing_if = "is_default")]
    manual_queues: Vec<ManualQueueLinkRow<'a>>,
    #[serde(default, skip_serializing_if = "is_default")]
    concurrencies: Vec<ConcurrencyRow<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    availability_timer: Option<Cow<'a, str>>,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct QueueLinkRow<'a> {
    queue: Id<ResourceId>,
    channel: Cow<'a, str>,
    priority: i64,
    delay_seconds: i64,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ManualQueueLinkRow<'a> {
    queue: Id<ResourceId>,
    channel: Cow<'a, str>,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConcurrencyRow<'a> {
    channel: Cow<'a, str>,
    concurrency: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cross_channel: Option<Cow<'a, str>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct QueueRow<'a> {
    hours: Id<ResourceId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_contacts: Option<i64>,
    enabled: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    caller_id_name: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    caller_id_number: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outbound_flow: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outbound_email: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "is_default")]
    quick_connects: Vec<Id<ResourceId>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursRow<'a> {
    time_zone: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "is_default")]
    periods: Vec<PeriodRow<'a>>,
    #[serde(default, skip_serializing_if = "is_default")]
    parents: Vec<Id<ResourceId>>,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PeriodRow<'a> {
    day: Cow<'a, str>,
    start_minute: u16,
    end_minute: u16,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StatusRow<'a> {
    status_type: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_order: Option<i64>,
    enabled: bool,
}

impl<'a> ResourceRow<'a> {
    pub(super) fn from_resource(resource: &'a Resource) -> Self {
        Self {
            name: Cow::Borrowed(&resource.name),
            description: borrowed(&resource.description),
            tags: Cow::Borrowed(&resource.tags),
            tags_set: SetRevisionsRow::from_revisions(&resource.tags, &resource.tag_revisions),
            modified: resource.modified.as_millis(),
            details: match &resource.details {
                ResourceDetails::RoutingProfile(profile) => {
                    DetailsRow::RoutingProfile(RoutingProfileRow::from_routing_profile(profile))
                }
                ResourceDetails::Queue(queue) => DetailsRow::Queue(QueueRow::from_queue(queue)),
                ResourceDetails::HoursOfOperation(hours) => DetailsRow::HoursOfOperation(HoursRow::from_hours(hours)),
                ResourceDetails::AgentStatus(status) => DetailsRow::AgentStatus(StatusRow::from_status(status)),
                ResourceDetails::Document(document) => DetailsRow::Document(DocumentRow {
                    rules: RulesRow(document.rules),
                    fields: Cow::Borrowed(&document.fields),
                }),
            },
        }
    }

    pub(super) fn into_resource(self, id: ResourceId) -> Resource {
        Resource {
            id,
            name: self.name.into_owned(),
            description: owned(self.description),
            tag_revisions: self.tags_set.into_revisions(&self.tags),
            tags: self.tags.into_owned(),
            modified: Timestamp::from_millis(self.modified),
            details: match self.details {
                DetailsRow::RoutingProfile(row) => ResourceDetails::RoutingProfile(row.into_routing_profile()),
                DetailsRow::Queue(row) => ResourceDetails::Queue(row.into_queue()),
                DetailsRow::HoursOfOperation(row) => ResourceDetails::HoursOfOperation(row.into_hours()),
                DetailsRow::AgentStatus(row) => ResourceDetails::AgentStatus(row.into_status()),
                DetailsRow::Document(row) => {
                    ResourceDetails::Document(Document { rules: row.rules.0, fields: row.fields.into_owned() })
                }
            },
        }
    }
}

impl<'a> RoutingProfileRow<'a> {
    fn from_routing_profile(profile: &'a RoutingProfile) -> Self {
        let link = |link: &'a QueueLink| QueueLinkRow {
            queue: Id(link.queue),
            channel: Cow::Borrowed(&link.channel),
            priority: link.priority,
            delay_seconds: link.delay_seconds,
        };
        let manual = |link: &'a ManualQueueLink| ManualQueueLinkRow {
            queue: Id(link.queue),
            channel: Cow::Borrowed(&link.channel),
        };
        let concurrency = |media: &'a MediaConcurrency| ConcurrencyRow {
            channel: Cow::Borrowed(&media.channel),
            concurrency: media.concurrency,
            cross_channel: borrowed(&media.cross_channel),
        };
        Self {
            default_outbound_queue: Id(profile.default_outbound_queue),
            queues: profile.queues.iter().map(link).collect(),
            manual_queues: profile.manual_queues.iter().map(manual).collect(),
            concurrencies: profile.concurrencies.iter().map(concurrency).collect(),
            availability_timer: borrowed(&profile.availability_timer),
        }
    }

    fn into_routing_profile(self) -> RoutingProfile {
        let link = |row: QueueLinkRow<'_>| QueueLink {
            queue: row.queue.0,
            channel: row.channel.into_owned(),
            priority: row.priority,
            delay_seconds: row.delay_seconds,
        };
        let manual =
            |row: ManualQueueLinkRow<'_>| ManualQueueLink { queue: row.queue.0, channel: row.channel.into_owned() };
        let concurrency = |row: ConcurrencyRow<'_>| MediaConcurrency {
            channel: row.channel.into_owned(),
            concurrency: row.concurrency,
            cross_channel: owned(row.cross_channel),
        };
        RoutingProfile {
            default_outbound_queue: self.default_outbound_queue.0,
            queues: self.queues.into_iter().map(link).collect(),
            manual_queues: self.manual_queues.into_iter().map(manual).collect(),
            concurrencies: self.concurrencies.into_iter().map(concurrency).collect(),
            availability_timer: owned(self.availability_timer),
        }
    }
}

impl<'a> QueueRow<'a> {
    fn from_queue(queue: &'a Queue) -> Self {
        Self {
            hours: Id(queue.hours),
            max_contacts: queue.max_contacts,
            enabled: queue.enabled,
            caller_id_name: borrowed(&queue.caller_id_name),
            caller_id_number: borrowed(&queue.caller_id_number),
            outbound_flow: borrowed(&queue.outbound_flow),
            outbound_email: borrowed(&queue.outbound_email),
            quick_connects: queue.quick_connects.iter().copied().map(Id).collect(),
        }
    }

    fn into_queue(self) -> Queue {
        Queue {
            hours: self.hours.0,
            max_contacts: self.max_contacts,
            enabled: self.enabled,
            caller_id_name: owned(self.caller_id_name),
            caller_id_number: owned(self.caller_id_number),
            outbound_flow: owned(self.outbound_flow),
            outbound_email: owned(self.outbound_email),
            quick_connects: self.quick_connects.into_iter().map(|id| id.0).collect(),
        }
    }
}

impl<'a> HoursRow<'a> {
    fn from_hours(hours: &'a HoursOfOperation) -> Self {
        let period = |period: &'a OpeningPeriod| PeriodRow {
            day: Cow::Borrowed(&period.day),
            start_minute: period.start_minute,
            end_minute: period.end_minute,
        };
        Self {
            time_zone: Cow::Borrowed(&hours.time_zone),
            periods: hours.periods.iter().map(period).collect(),
            parents: hours.parents.iter().copied().map(Id).collect(),
        }
    }

    fn into_hours(self) -> HoursOfOperation {
        let period = |row: PeriodRow<'_>| OpeningPeriod {
            day: row.day.into_owned(),
            start_minute: row.start_minute,
            end_minute: row.end_minute,
        };
        HoursOfOperation {
            time_zone: self.time_zone.into_owned(),
            periods: self.periods.into_iter().map(period).collect(),
            parents: self.parents.into_iter().map(|parent| parent.0).collect(),
        }
    }
}

impl<'a> StatusRow<'a> {
    fn from_status(status: &'a AgentStatus) -> Self {
        Self {
            status_type: Cow::Borrowed(&status.status_type),
            display_order: status.display_order,
            enabled: status.enabled,
        }
    }

    fn into_status(self) -> AgentStatus {
        AgentStatus {
            status_type: self.status_type.into_owned(),
            display_order: self.display_order,
            enabled: self.enabled,
        }
    }
}
