//! Changes to routing profiles, queues and hours of operation.

use super::{ManualQueueLink, MediaConcurrency, OpeningPeriod, QueueLink, ResourceType};
use crate::id::ResourceId;

/// A change to one resource.
#[derive(Clone, Debug)]
pub struct ResourceEdit {
    /// The ID of the resource.
    pub id: ResourceId,
    /// The change to the resource.
    pub change: ResourceChange,
}

/// A change to a routing profile, a queue or hours of operation. Each variant corresponds to an Amazon Connect
/// operation.
#[derive(Clone, Debug)]
pub enum ResourceChange {
    /// Changes the name or description of a queue.
    QueueName {
        /// The new name; `None` leaves the name unchanged.
        name: Option<String>,
        /// The new description; `None` leaves the description unchanged, and an empty string clears it.
        description: Option<String>,
    },
    /// Changes the hours of operation of a queue.
    QueueHours(ResourceId),
    /// Changes the maximum number of contacts that can wait in a queue. `None` means no limit.
    QueueMaxContacts(Option<i64>),
    /// Changes whether a queue accepts contacts.
    QueueEnabled(bool),
    /// Changes the caller ID and the flow for outbound calls. `None` clears a value.
    QueueOutboundCaller {
        /// The name to use as the caller ID.
        name: Option<String>,
        /// The ID of the phone number to use as the caller ID.
        number: Option<String>,
        /// The ID of the flow for outbound calls.
        flow: Option<String>,
    },
    /// Changes the name or description of a routing profile.
    RoutingProfileName {
        /// The new name; `None` leaves the name unchanged.
        name: Option<String>,
        /// The new description; `None` leaves the description unchanged.
        description: Option<String>,
    },
    /// Replaces the maximum numbers of simultaneous contacts for all channels.
    RoutingProfileConcurrency(Vec<MediaConcurrency>),
    /// Changes the queue for outbound calls.
    RoutingProfileDefaultOutboundQueue(ResourceId),
    /// Changes the priorities and delays of at most 10 linked queues.
    RoutingProfileQueues(Vec<QueueLink>),
    /// Links queues to a routing profile, at most 10 in each list. A link that already exists and would not change is
    /// ignored.
    AddRoutingProfileQueues {
        /// Queues from which agents receive contacts automatically.
        queues: Vec<QueueLink>,
        /// Queues from which agents pick contacts manually.
        manual: Vec<ManualQueueLink>,
    },
    /// Unlinks queues from a routing profile. Each queue is identified by its ID and channel. Queues that are not
    /// linked are ignored.
    RemoveRoutingProfileQueues {
        /// Queues to unlink from which agents receive contacts automatically.
        queues: Vec<(ResourceId, String)>,
        /// Queues to unlink from which agents pick contacts manually.
        manual: Vec<(ResourceId, String)>,
    },
    /// Changes hours of operation. A field that is `None` stays unchanged.
    HoursOfOperation {
        /// The new name.
        name: Option<String>,
        /// The new description; an empty string clears it.
        description: Option<String>,
        /// The new IANA time zone.
        time_zone: Option<String>,
        /// The new opening periods. They replace all current opening periods.
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
