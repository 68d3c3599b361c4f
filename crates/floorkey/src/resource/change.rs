//! Changes of routing profiles, queues and hours of operation.

use super::{ManualQueueLink, MediaConcurrency, OpeningPeriod, QueueLink, ResourceType};
use crate::id::ResourceId;

/// A change of one resource.
#[derive(Clone, Debug)]
pub struct ResourceEdit {
    /// The id of the resource.
    pub id: ResourceId,
    /// The change.
    pub change: ResourceChange,
}

/// A change of a routing profile, a queue or hours of operation. Each variant corresponds to an Amazon Connect
/// operation.
#[derive(Clone, Debug)]
pub enum ResourceChange {
    /// The name or description of a queue.
    QueueName {
        /// The new name; `None` leaves it unchanged.
        name: Option<String>,
        /// The new description; `None` leaves it unchanged, and an empty one clears it.
        description: Option<String>,
    },
    /// The hours of operation of a queue.
    QueueHours(ResourceId),
    /// The maximum number of contacts waiting in a queue, 0 or more; `None` means no limit.
    QueueMaxContacts(Option<i64>),
    /// Whether a queue accepts contacts.
    QueueEnabled(bool),
    /// The caller ID and flow for outbound calls; `None` clears a field.
    QueueOutboundCaller {
        /// The caller ID name.
        name: Option<String>,
        /// The id of the caller ID number.
        number: Option<String>,
        /// The id of the flow.
        flow: Option<String>,
    },
    /// The name or description of a routing profile.
    RoutingProfileName {
        /// The new name; `None` leaves it unchanged.
        name: Option<String>,
        /// The new description; `None` leaves it unchanged.
        description: Option<String>,
    },
    /// The maximum numbers of simultaneous contacts, by channel. They replace the current ones.
    RoutingProfileConcurrency(Vec<MediaConcurrency>),
    /// The queue for outbound calls.
    RoutingProfileDefaultOutboundQueue(ResourceId),
    /// New priorities and delays of linked queues, at most 10.
    RoutingProfileQueues(Vec<QueueLink>),
    /// Queues to link, at most 10 in each list. Links that already exist unchanged are ignored.
    AddRoutingProfileQueues {
        /// Queues from which agents receive contacts automatically.
        queues: Vec<QueueLink>,
        /// Queues from which agents pick contacts manually.
        manual: Vec<ManualQueueLink>,
    },
    /// Queues to unlink, as pairs of queue and channel. Queues that are not linked are ignored.
    RemoveRoutingProfileQueues {
        /// From the queues with automatic contacts.
        queues: Vec<(ResourceId, String)>,
        /// From the queues with manually picked contacts.
        manual: Vec<(ResourceId, String)>,
    },
    /// Hours of operation; `None` leaves a field unchanged.
    HoursOfOperation {
        /// The new name.
        name: Option<String>,
        /// The new description; an empty one clears it.
        description: Option<String>,
        /// The new IANA time zone.
        time_zone: Option<String>,
        /// The new opening periods, which replace the current ones.
        periods: Option<Vec<OpeningPeriod>>,
    },
}

impl ResourceChange {
    /// Returns the type of the changed resource.
    #[must_use]
    pub const fn resource_type(&self) -> ResourceType {
        match self {
            Self::QueueName { .. }
            | Self::QueueHours(_)
            | Self::QueueMaxContacts(_)
            | Self::QueueEnabled(_)
            | Self::QueueOutboundCaller { .. } => ResourceType::Queue,
            Self::RoutingProfileName { .. }
            | Self::RoutingProfileConcurrency(_)
            | Self::RoutingProfileDefaultOutboundQueue(_)
            | Self::RoutingProfileQueues(_)
            | Self::AddRoutingProfileQueues { .. }
            | Self::RemoveRoutingProfileQueues { .. } => ResourceType::RoutingProfile,
            Self::HoursOfOperation { .. } => ResourceType::HoursOfOperation,
        }
    }
}
