//! Changes to stored resources.

use std::collections::BTreeMap;

use super::{DocumentRules, ManualQueueLink, MediaConcurrency, OpeningPeriod, QueueLink, StoredResourceType};
use crate::id::ResourceId;

/// A change to one resource.
#[derive(Clone, Debug)]
pub struct ResourceEdit {
    /// The ID of the resource.
    pub id: ResourceId,
    /// The change to the resource.
    pub change: ResourceChange,
}

/// A change to a resource. Each variant corresponds to an Amazon Connect operation, or to one operation for each type
/// of resource.
#[derive(Clone, Debug)]
pub enum ResourceChange {
    /// Changes a document. A value that is `None` stays unchanged.
    Document {
        /// The rules for documents of the resource's type.
        rules: &'static DocumentRules,
        /// The new name.
        name: Option<String>,
        /// The new description; an empty string clears it.
        description: Option<String>,
        /// The new values of the fields. They replace all current values.
        fields: Option<BTreeMap<String, String>>,
    },
    /// Changes the name or description of a resource.
    Name {
        /// The type of the resource.
        stored_type: StoredResourceType,
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
    /// Makes quick connects available to agents with contacts from a queue. Quick connects that are already available
    /// are ignored.
    AddQueueQuickConnects(Vec<ResourceId>),
    /// Removes quick connects from a queue. Quick connects that the queue doesn't have are ignored.
    RemoveQueueQuickConnects(Vec<ResourceId>),
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
    pub const fn stored_type(&self) -> StoredResourceType {
        match self {
            Self::Name { stored_type, .. } => *stored_type,
            Self::Document { rules, .. } => rules.stored_type,
            Self::QueueHours(_)
            | Self::QueueMaxContacts(_)
            | Self::QueueEnabled(_)
            | Self::QueueOutboundCaller { .. }
            | Self::AddQueueQuickConnects(_)
            | Self::RemoveQueueQuickConnects(_) => StoredResourceType::Queue,
            Self::RoutingProfileConcurrency(_)
            | Self::RoutingProfileDefaultOutboundQueue(_)
            | Self::RoutingProfileQueues(_)
            | Self::AddRoutingProfileQueues { .. }
            | Self::RemoveRoutingProfileQueues { .. } => StoredResourceType::RoutingProfile,
            Self::HoursOfOperation { .. } => StoredResourceType::HoursOfOperation,
        }
    }
}
