//! Resources: the entities that permissions apply to. Routing profiles, queues, hours of operation and agent statuses
//! are stored. Other types of resources are not stored, but scopes and applications can refer to these types.

use crate::catalog::Permission;
use crate::id::ResourceId;
use crate::tags::Tags;
use crate::time::Timestamp;
use crate::value_revisions::ValueRevisions;

mod change;

pub use change::{ResourceChange, ResourceEdit};

macro_rules! resource_types {
    ($($(#[$doc:meta])* $name:ident = $arn:literal,)*) => {
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
            /// in ARNs.
            #[must_use]
            pub fn from_name_or_arn(name: &str) -> Option<Self> {
                Self::parse(name).or_else(|| Self::from_arn_name(name))
            }

            /// Returns the type's name in ARNs.
            #[must_use]
            pub const fn arn_name(self) -> &'static str {
                match self { $(Self::$name => $arn),* }
            }

            /// Returns the type with the given name in ARNs. The file `data/actions.toml` uses the same names.
            pub(crate) fn from_arn_name(word: &str) -> Option<Self> {
                match word { $($arn => Some(Self::$name),)* _ => None }
            }
        }
    };
}

resource_types! {
    /// A user.
    User = "user",
    /// A security profile.
    SecurityProfile = "security-profile",
    /// A routing profile.
    RoutingProfile = "routing-profile",
    /// A queue.
    Queue = "queue",
    /// Hours of operation.
    HoursOfOperation = "hours-of-operation",
    /// A quick connect.
    QuickConnect = "quick-connect",
    /// A flow.
    ContactFlow = "contact-flow",
    /// A flow module.
    ContactFlowModule = "contact-flow-module",
    /// A prompt.
    Prompt = "prompt",
    /// A phone number.
    PhoneNumber = "phone-number",
    /// An agent status.
    AgentStatus = "agent-status",
    /// A group of the agent hierarchy.
    HierarchyGroup = "agent-group",
    /// A predefined attribute.
    PredefinedAttribute = "predefined-attribute",
    /// A task template.
    TaskTemplate = "task-template",
    /// A view.
    View = "view",
    /// An evaluation form.
    EvaluationForm = "evaluation-form",
}

impl ResourceType {
    /// Returns the noun for resources of this type in messages. The noun is `resource` for types that no operation
    /// creates or deletes.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::SecurityProfile => "security profile",
            Self::RoutingProfile => "routing profile",
            Self::Queue => "queue",
            Self::HoursOfOperation => "hours of operation",
            Self::AgentStatus => "agent status",
            Self::HierarchyGroup => "hierarchy group",
            Self::QuickConnect => "quick connect",
            Self::ContactFlow
            | Self::ContactFlowModule
            | Self::Prompt
            | Self::PhoneNumber
            | Self::PredefinedAttribute
            | Self::TaskTemplate
            | Self::View
            | Self::EvaluationForm => "resource",
        }
    }

    /// Returns the permission to view resources of the type.
    #[must_use]
    pub fn view(self) -> Option<Permission> {
        let name = match self {
            Self::User => "Users.View",
            Self::SecurityProfile => "SecurityProfiles.View",
            Self::RoutingProfile => "RoutingPolicies.View",
            Self::Queue => "Queues.View",
            Self::HoursOfOperation => "HoursOfOperation.View",
            Self::QuickConnect => "TransferDestinations.View",
            Self::ContactFlow => "ContactFlows.View",
            Self::ContactFlowModule => "ContactFlowModules.View",
            Self::Prompt => "Prompts.View",
            Self::PhoneNumber => "PhoneNumbers.View",
            Self::AgentStatus => "AgentStates.View",
            Self::HierarchyGroup => "AgentGrouping.View",
            Self::PredefinedAttribute => "PredefinedAttributes.View",
            Self::TaskTemplate => "TaskTemplates.View",
            Self::View => "Views.View",
            Self::EvaluationForm => "EvaluationForms.View",
        };
        Permission::parse(name).ok()
    }
}

/// The type of a stored resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StoredResourceType {
    /// A routing profile.
    RoutingProfile,
    /// A queue.
    Queue,
    /// Hours of operation.
    HoursOfOperation,
    /// An agent status.
    AgentStatus,
}

impl StoredResourceType {
    /// All types of stored resources.
    pub const ALL: [Self; 4] = [Self::RoutingProfile, Self::Queue, Self::HoursOfOperation, Self::AgentStatus];

    /// Returns this type as a [`ResourceType`].
    #[must_use]
    pub const fn resource_type(self) -> ResourceType {
        match self {
            Self::RoutingProfile => ResourceType::RoutingProfile,
            Self::Queue => ResourceType::Queue,
            Self::HoursOfOperation => ResourceType::HoursOfOperation,
            Self::AgentStatus => ResourceType::AgentStatus,
        }
    }
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
}

impl Resource {
    /// Returns the type of the resource.
    #[must_use]
    pub const fn resource_type(&self) -> ResourceType {
        self.details.stored_type().resource_type()
    }

    /// Returns the resources that this resource depends on. These resources cannot be deleted while this resource
    /// exists.
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
