//! Resources: the entities that permissions apply to. [`StoredResourceType`] lists the types of stored resources. Other
//! types of resources are not stored, but scopes and applications can refer to these types.

use std::collections::BTreeSet;

use crate::catalog::Permission;
use crate::id::ResourceId;
use crate::tags::Tags;
use crate::time::Timestamp;
use crate::value_revisions::ValueRevisions;

mod change;
mod document;
mod stored;

pub use change::{ResourceChange, ResourceEdit};
pub use document::{Document, DocumentField, DocumentRules};
pub use stored::{OnDelete, PROMPT, QUICK_CONNECT, Reference, StoredResourceType};

macro_rules! resource_types {
    ($($(#[$doc:meta])* $name:ident { slug: $slug:literal, arn: $segment:literal, noun: $noun:literal, view: $view:literal },)*) => {
        /// The type of a resource that permissions can be restricted to.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ResourceType { $($(#[$doc])* $name),* }

        impl ResourceType {
            /// All resource types.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Returns the type's name in `TagRestrictedResources`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }

            /// Returns the type with the given name.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word { $(stringify!($name) => Some(Self::$name),)* _ => None }
            }

            /// Returns the type with the given name. The name can be the name in `TagRestrictedResources` or the name
            /// in requests of applications.
            #[must_use]
            pub fn from_name_or_slug(name: &str) -> Option<Self> {
                Self::parse(name).or_else(|| Self::from_slug(name))
            }

            /// Returns the type's name in requests of applications and in the file `data/actions.toml`.
            #[must_use]
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug),* }
            }

            /// Returns the type with the given name in requests of applications.
            pub(crate) fn from_slug(slug: &str) -> Option<Self> {
                match slug { $($slug => Some(Self::$name),)* _ => None }
            }

            /// Returns the type's name in ARNs, where it precedes the resource's ID.
            #[must_use]
            pub const fn arn_segment(self) -> &'static str {
                match self { $(Self::$name => $segment),* }
            }

            /// Returns the noun for resources of this type in messages.
            #[must_use]
            pub const fn noun(self) -> &'static str {
                match self { $(Self::$name => $noun),* }
            }

            /// Returns the permission to view resources of the type.
            #[must_use]
            pub fn view(self) -> Option<Permission> {
                let name = match self { $(Self::$name => $view),* };
                Permission::parse(name).ok()
            }
        }
    };
}

resource_types! {
    /// A user.
    User { slug: "user", arn: "agent", noun: "user", view: "Users.View" },
    /// A security profile.
    SecurityProfile { slug: "security-profile", arn: "security-profile", noun: "security profile", view: "SecurityProfiles.View" },
    /// A routing profile.
    RoutingProfile { slug: "routing-profile", arn: "routing-profile", noun: "routing profile", view: "RoutingPolicies.View" },
    /// A queue.
    Queue { slug: "queue", arn: "queue", noun: "queue", view: "Queues.View" },
    /// Hours of operation.
    HoursOfOperation { slug: "hours-of-operation", arn: "operating-hours", noun: "hours of operation", view: "HoursOfOperation.View" },
    /// A quick connect.
    QuickConnect { slug: "quick-connect", arn: "transfer-destination", noun: "quick connect", view: "TransferDestinations.View" },
    /// A flow.
    ContactFlow { slug: "contact-flow", arn: "contact-flow", noun: "flow", view: "ContactFlows.View" },
    /// A flow module.
    ContactFlowModule { slug: "contact-flow-module", arn: "flow-module", noun: "flow module", view: "ContactFlowModules.View" },
    /// A prompt.
    Prompt { slug: "prompt", arn: "prompt", noun: "prompt", view: "Prompts.View" },
    /// A phone number.
    PhoneNumber { slug: "phone-number", arn: "phone-number", noun: "phone number", view: "PhoneNumbers.View" },
    /// An agent status.
    AgentStatus { slug: "agent-status", arn: "agent-state", noun: "agent status", view: "AgentStates.View" },
    /// A group of the agent hierarchy.
    HierarchyGroup { slug: "agent-group", arn: "agent-group", noun: "hierarchy group", view: "AgentGrouping.View" },
    /// A predefined attribute.
    PredefinedAttribute { slug: "predefined-attribute", arn: "predefined-attribute", noun: "predefined attribute", view: "PredefinedAttributes.View" },
    /// A task template.
    TaskTemplate { slug: "task-template", arn: "task-template", noun: "task template", view: "TaskTemplates.View" },
    /// A view.
    View { slug: "view", arn: "view", noun: "view", view: "Views.View" },
    /// An evaluation form.
    EvaluationForm { slug: "evaluation-form", arn: "evaluation-form", noun: "evaluation form", view: "EvaluationForms.View" },
}

/// A stored resource that is not a user, profile or group.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// The ID of the resource.
    pub id: ResourceId,
    /// The name, unique among resources of the type (see [`folded`](crate::text::folded)).
    pub name: String,
    /// The description.
    pub description: Option<String>,
    /// The tags on the resource.
    pub tags: Tags,
    /// The revisions in which the tags were set.
    pub tag_revisions: ValueRevisions,
    /// When the resource last changed.
    pub modified: Timestamp,
    /// The fields that are specific to the resource's type.
    pub details: ResourceDetails,
}

/// The fields that are specific to a resource type.
#[derive(Clone, Debug, PartialEq)]
pub enum ResourceDetails {
    /// A routing profile, which determines the contacts that an agent receives.
    RoutingProfile(RoutingProfile),
    /// A queue, where contacts wait.
    Queue(Queue),
    /// Hours of operation, which determine when a queue is open.
    HoursOfOperation(HoursOfOperation),
    /// An agent status, which agents can select.
    AgentStatus(AgentStatus),
    /// A resource whose fields Floorkey stores but doesn't interpret.
    Document(Document),
}

impl Resource {
    /// Returns the type of the resource.
    #[must_use]
    pub const fn resource_type(&self) -> ResourceType {
        self.details.stored_type().resource_type()
    }

    /// Returns the resources that this resource depends on, that is, the targets of its references with
    /// [`OnDelete::Refuse`]. These resources cannot be deleted while this resource exists.
    #[must_use]
    pub fn dependencies(&self) -> Vec<ResourceId> {
        match &self.details {
            ResourceDetails::RoutingProfile(profile) => {
                let queues = profile.queues.iter().map(|link| link.queue);
                let manual = profile.manual_queues.iter().map(|link| link.queue);
                let mut needs: Vec<_> = queues.chain(manual).chain([profile.default_outbound_queue]).collect();
                needs.sort_unstable();
                needs.dedup();
                needs
            }
            ResourceDetails::Queue(queue) => vec![queue.hours],
            ResourceDetails::HoursOfOperation(hours) => hours.parents.clone(),
            ResourceDetails::AgentStatus(_) => Vec::new(),
            ResourceDetails::Document(document) => document.dependencies(),
        }
    }

    /// Removes a reference that does not prevent the deletion of its target. Returns whether there was one.
    pub(crate) fn remove_reference(&mut self, id: ResourceId) -> bool {
        match &mut self.details {
            ResourceDetails::Queue(queue) => queue.quick_connects.remove(&id),
            ResourceDetails::RoutingProfile(_)
            | ResourceDetails::HoursOfOperation(_)
            | ResourceDetails::AgentStatus(_)
            | ResourceDetails::Document(_) => false,
        }
    }
}

impl ResourceDetails {
    /// Returns the type of resource that has these fields.
    #[must_use]
    pub const fn stored_type(&self) -> StoredResourceType {
        match self {
            Self::RoutingProfile(_) => StoredResourceType::RoutingProfile,
            Self::Queue(_) => StoredResourceType::Queue,
            Self::HoursOfOperation(_) => StoredResourceType::HoursOfOperation,
            Self::AgentStatus(_) => StoredResourceType::AgentStatus,
            Self::Document(document) => document.rules.stored_type,
        }
    }
}

/// The fields of a routing profile.
#[derive(Clone, Debug, PartialEq)]
pub struct RoutingProfile {
    /// The queue for outbound calls.
    pub default_outbound_queue: ResourceId,
    /// The queues from which agents receive contacts automatically; at most one entry per queue and channel.
    pub queues: Vec<QueueLink>,
    /// The queues from which agents can pick contacts manually.
    pub manual_queues: Vec<ManualQueueLink>,
    /// The maximum number of simultaneous contacts for each channel.
    pub concurrencies: Vec<MediaConcurrency>,
    /// `TIME_SINCE_LAST_ACTIVITY` or `TIME_SINCE_LAST_INBOUND`.
    pub availability_timer: Option<String>,
}

/// A queue in a routing profile.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueLink {
    /// The ID of the queue.
    pub queue: ResourceId,
    /// `VOICE`, `CHAT`, `TASK` or `EMAIL`.
    pub channel: String,
    /// The priority, 1 (highest) to 99.
    pub priority: i64,
    /// The delay in seconds before a contact is offered, 0 to 9999.
    pub delay_seconds: i64,
}

/// A queue from which agents can pick contacts manually.
#[derive(Clone, Debug, PartialEq)]
pub struct ManualQueueLink {
    /// The ID of the queue.
    pub queue: ResourceId,
    /// `VOICE`, `CHAT`, `TASK` or `EMAIL`.
    pub channel: String,
}

/// The maximum number of simultaneous contacts of one channel.
#[derive(Clone, Debug, PartialEq)]
pub struct MediaConcurrency {
    /// `VOICE`, `CHAT`, `TASK` or `EMAIL`.
    pub channel: String,
    /// The maximum number of contacts: 1 for voice, 1 to 10 for the other channels.
    pub concurrency: i64,
    /// `ROUTE_CURRENT_CHANNEL_ONLY` or `ROUTE_ANY_CHANNEL`.
    pub cross_channel: Option<String>,
}

/// The fields of a queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Queue {
    /// The hours of operation of the queue.
    pub hours: ResourceId,
    /// The maximum number of waiting contacts, 0 or more; `None` means no limit.
    pub max_contacts: Option<i64>,
    /// Whether the queue accepts contacts.
    pub enabled: bool,
    /// The caller ID name for outbound calls.
    pub caller_id_name: Option<String>,
    /// The ID of the phone number that outbound calls show as the caller ID.
    pub caller_id_number: Option<String>,
    /// The ID of the flow for outbound calls.
    pub outbound_flow: Option<String>,
    /// The ID of the sender address of outbound email.
    pub outbound_email: Option<String>,
    /// The quick connects that agents can use with contacts from the queue.
    pub quick_connects: BTreeSet<ResourceId>,
}

/// The fields of hours of operation.
#[derive(Clone, Debug, PartialEq)]
pub struct HoursOfOperation {
    /// An IANA time zone.
    pub time_zone: String,
    /// The opening periods.
    pub periods: Vec<OpeningPeriod>,
    /// The hours of operation from which this record inherits.
    pub parents: Vec<ResourceId>,
}

/// An opening period on one day of the week.
#[derive(Clone, Debug, PartialEq)]
pub struct OpeningPeriod {
    /// The day of the week, `MONDAY` to `SUNDAY`.
    pub day: String,
    /// The opening time in minutes after midnight, 0 to 1439.
    pub start_minute: u16,
    /// The closing time in minutes after midnight, 0 to 1439.
    pub end_minute: u16,
}

/// The fields of an agent status.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentStatus {
    /// `ROUTABLE`, `CUSTOM` or `OFFLINE`.
    pub status_type: String,
    /// The position of the status in the agent's list, 1 to 50.
    pub display_order: Option<i64>,
    /// Whether agents can select the status.
    pub enabled: bool,
}
