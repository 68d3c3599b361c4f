//! What changes in a routing profile, a queue or hours of operation.

use super::{ManualQueueLink, MediaConcurrency, OpeningPeriod, QueueLink, ResourceType};
use crate::act::Act;
use crate::id::ResourceId;

/// A change of one resource.
#[derive(Clone, Debug)]
pub struct ResourceEdit {
    /// The resource.
    pub id: ResourceId,
    /// What changes in it.
    pub change: ResourceChange,
}

/// One change of a routing profile, a queue or hours of operation, as Amazon Connect has an operation for it.
#[derive(Clone, Debug)]
pub enum ResourceChange {
    /// A queue's name or description.
    QueueName {
        /// The new name; `None` leaves it.
        name: Option<String>,
        /// The new description; `None` leaves it, an empty one clears it.
        description: Option<String>,
    },
    /// When a queue is open.
    QueueHours(ResourceId),
    /// How many contacts may wait in a queue, 0 or more; `None` for any number.
    QueueMaxContacts(Option<i64>),
    /// Whether a queue takes contacts.
    QueueEnabled(bool),
    /// What called people see and hear; what is `None` is cleared.
    QueueOutboundCaller {
        /// The name that they see.
        name: Option<String>,
        /// The id of the number that they see.
        number: Option<String>,
        /// The id of the flow that they hear.
        flow: Option<String>,
    },
    /// A routing profile's name or description.
    RoutingProfileName {
        /// The new name; `None` leaves it.
        name: Option<String>,
        /// The new description; `None` leaves it.
        description: Option<String>,
    },
    /// How many contacts at a time an agent takes, by channel; these replace the present ones.
    RoutingProfileConcurrency(Vec<MediaConcurrency>),
    /// The queue of outbound calls.
    RoutingProfileDefaultOutboundQueue(ResourceId),
    /// Other priorities and delays for queues that are linked, up to 10.
    RoutingProfileQueues(Vec<QueueLink>),
    /// More queues, up to 10 of each list. One that is linked just so already is passed over.
    AddRoutingProfileQueues {
        /// Queues whose contacts come to agents by themselves.
        queues: Vec<QueueLink>,
        /// Queues that agents pick contacts from.
        manual: Vec<ManualQueueLink>,
    },
    /// Fewer queues: pairs of queue and channel. Ones that are not linked are passed over.
    RemoveRoutingProfileQueues {
        /// Of the queues whose contacts come to agents by themselves.
        queues: Vec<(ResourceId, String)>,
        /// Of the queues that agents pick contacts from.
        manual: Vec<(ResourceId, String)>,
    },
    /// Hours of operation; what is `None` stays as it is.
    HoursOfOperation {
        /// The new name.
        name: Option<String>,
        /// The new description; an empty one clears it.
        description: Option<String>,
        /// An IANA time zone.
        time_zone: Option<String>,
        /// The opening times; they replace the present ones.
        periods: Option<Vec<OpeningPeriod>>,
    },
}

impl ResourceChange {
    /// Which act it is.
    #[must_use]
    pub const fn act(&self) -> Act {
        match self {
            Self::QueueName { .. } => Act::UpdateQueueName,
            Self::QueueHours(_) => Act::UpdateQueueHoursOfOperation,
            Self::QueueMaxContacts(_) => Act::UpdateQueueMaxContacts,
            Self::QueueEnabled(_) => Act::UpdateQueueStatus,
            Self::QueueOutboundCaller { .. } => Act::UpdateQueueOutboundCallerConfig,
            Self::RoutingProfileName { .. } => Act::UpdateRoutingProfileName,
            Self::RoutingProfileConcurrency(_) => Act::UpdateRoutingProfileConcurrency,
            Self::RoutingProfileDefaultOutboundQueue(_) => Act::UpdateRoutingProfileDefaultOutboundQueue,
            Self::RoutingProfileQueues(_) => Act::UpdateRoutingProfileQueues,
            Self::AddRoutingProfileQueues { .. } => Act::AssociateRoutingProfileQueues,
            Self::RemoveRoutingProfileQueues { .. } => Act::DisassociateRoutingProfileQueues,
            Self::HoursOfOperation { .. } => Act::UpdateHoursOfOperation,
        }
    }

    /// The type of what it changes.
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
