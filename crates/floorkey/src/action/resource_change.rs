//! The operations that edit resources.

use super::Action;
use crate::resource::ResourceChange;

impl ResourceChange {
    /// Returns the operation that makes the change.
    #[must_use]
    pub const fn action(&self) -> Action {
        match self {
            Self::Name { stored_type, .. } => stored_type.rename_action(),
            Self::Document { rules, .. } => rules.update,
            Self::QueueHours(_) => Action::UpdateQueueHoursOfOperation,
            Self::QueueMaxContacts(_) => Action::UpdateQueueMaxContacts,
            Self::QueueEnabled(_) => Action::UpdateQueueStatus,
            Self::QueueOutboundCaller { .. } => Action::UpdateQueueOutboundCallerConfig,
            Self::AddQueueQuickConnects(_) => Action::AssociateQueueQuickConnects,
            Self::RemoveQueueQuickConnects(_) => Action::DisassociateQueueQuickConnects,
            Self::RoutingProfileConcurrency(_) => Action::UpdateRoutingProfileConcurrency,
            Self::RoutingProfileDefaultOutboundQueue(_) => Action::UpdateRoutingProfileDefaultOutboundQueue,
            Self::RoutingProfileQueues(_) => Action::UpdateRoutingProfileQueues,
            Self::AddRoutingProfileQueues { .. } => Action::AssociateRoutingProfileQueues,
            Self::RemoveRoutingProfileQueues { .. } => Action::DisassociateRoutingProfileQueues,
            Self::HoursOfOperation { .. } => Action::UpdateHoursOfOperation,
        }
    }
}
