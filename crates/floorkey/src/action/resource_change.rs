//! The operations that edit resources.

use super::Act;
use crate::resource::ResourceChange;

impl ResourceChange {
    /// Returns the operation that makes the change.
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
}
