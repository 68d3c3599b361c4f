//! Resources: what permissions are about. Routing profiles, queues, hours of operation and agent statuses are stored
//! here; other types are known so that scopes and applications can name them.

use crate::catalogue::Permission;
use crate::id::ResourceId;
use crate::set_revisions::SetRevisions;
use crate::tags::Tags;
use crate::time::Timestamp;

mod change;

pub use change::{ResourceChange, ResourceEdit};

macro_rules! resource_types {
    ($($(#[$doc:meta])* $name:ident = $arn:literal,)*) => {
        /// The type of a thing that permissions can be narrowed to.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ResourceType { $($(#[$doc])* $name),* }

        impl ResourceType {
            /// All types.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The word that `TagRestrictedResources` uses.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }

            /// The type of that word.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word { $(stringify!($name) => Some(Self::$name),)* _ => None }
            }

            /// The type of that word, in the form of `TagRestrictedResources` or in that of ARNs.
            #[must_use]
            pub fn named(word: &str) -> Option<Self> {
                Self::parse(word).or_else(|| Self::from_arn_word(word))
            }

            /// The word that ARNs use.
            #[must_use]
            pub const fn arn_word(self) -> &'static str {
                match self { $(Self::$name => $arn),* }
            }

            /// The type of the word that `data/acts.toml` uses.
            pub(crate) fn from_arn_word(word: &str) -> Option<Self> {
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
    /// The type in words; types that no operation creates or deletes are all `resource`.
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

    /// The permission to view resources of the type.
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

/// The kind of a stored resource.
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
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::RoutingProfile, Self::Queue, Self::HoursOfOperation, Self::AgentStatus];

    /// The type of its resources.
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

/// A stored resource that isn't a user, profile or group.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Its id.
    pub id: ResourceId,
    /// Its name, unique among those of its kind (see [`folded`](crate::text::folded)).
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Its tags.
    pub tags: Tags,
    /// When the tags were set.
    pub tags_set: SetRevisions,
    /// When it last changed.
    pub modified: Timestamp,
    /// What only things of its kind have.
    pub details: ResourceDetails,
}

/// What only resources of one kind have.
#[derive(Clone, Debug, PartialEq)]
pub enum ResourceDetails {
    /// Which contacts an agent gets.
    RoutingProfile(RoutingProfile),
    /// Where contacts wait.
    Queue(Queue),
    /// When a queue is open.
    HoursOfOperation(HoursOfOperation),
    /// What an agent can be doing.
    AgentStatus(AgentStatus),
}

impl Resource {
    /// The resource's type.
    #[must_use]
    pub const fn resource_type(&self) -> ResourceType {
        self.details.kind().resource_type()
    }

    /// The resources it needs, which can't be deleted while it stands.
    #[must_use]
    pub fn needs(&self) -> Vec<ResourceId> {
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
    /// The kind of resource that has them.
    #[must_use]
    pub const fn kind(&self) -> StoredResourceType {
        match self {
            Self::RoutingProfile(_) => StoredResourceType::RoutingProfile,
            Self::Queue(_) => StoredResourceType::Queue,
            Self::HoursOfOperation(_) => StoredResourceType::HoursOfOperation,
            Self::AgentStatus(_) => StoredResourceType::AgentStatus,
        }
    }
}

/// What only a routing profile has.
#[derive(Clone, Debug, PartialEq)]
pub struct RoutingProfile {
    /// The queue of outbound calls.
    pub default_outbound_queue: ResourceId,
    /// The queues that agents get contacts from, at most one entry a queue and channel.
    pub queues: Vec<QueueLink>,
    /// The queues from which agents may take contacts by hand.
    pub manual_queues: Vec<ManualQueueLink>,
    /// How many contacts at a time, by channel.
    pub concurrencies: Vec<MediaConcurrency>,
    /// `TIME_SINCE_LAST_ACTIVITY` or `TIME_SINCE_LAST_INBOUND`.
    pub availability_timer: Option<String>,
}

/// A queue of a routing profile.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueLink {
    /// The queue.
    pub queue: ResourceId,
    /// `VOICE`, `CHAT`, `TASK` or `EMAIL`.
    pub channel: String,
    /// 1 comes first; up to 99.
    pub priority: i64,
    /// Seconds before a contact is offered, 0 to 9999.
    pub delay_seconds: i64,
}

/// A queue from which agents take contacts by hand.
#[derive(Clone, Debug, PartialEq)]
pub struct ManualQueueLink {
    /// The queue.
    pub queue: ResourceId,
    /// `VOICE`, `CHAT`, `TASK` or `EMAIL`.
    pub channel: String,
}

/// How many contacts of one channel an agent takes at a time.
#[derive(Clone, Debug, PartialEq)]
pub struct MediaConcurrency {
    /// `VOICE`, `CHAT`, `TASK` or `EMAIL`.
    pub channel: String,
    /// 1 for voice, 1 to 10 for the others.
    pub concurrency: i64,
    /// `ROUTE_CURRENT_CHANNEL_ONLY` or `ROUTE_ANY_CHANNEL`.
    pub cross_channel: Option<String>,
}

/// What only a queue has.
#[derive(Clone, Debug, PartialEq)]
pub struct Queue {
    /// When it is open.
    pub hours: ResourceId,
    /// How many contacts may wait, 0 or more; `None` without a limit.
    pub max_contacts: Option<i64>,
    /// Whether it takes contacts.
    pub enabled: bool,
    /// The name that called people see.
    pub caller_id_name: Option<String>,
    /// The id of the number that called people see.
    pub caller_id_number: Option<String>,
    /// The id of the flow that called people hear.
    pub outbound_flow: Option<String>,
    /// The id of the address that e-mail is sent from.
    pub outbound_email: Option<String>,
}

/// What only hours of operation have.
#[derive(Clone, Debug, PartialEq)]
pub struct HoursOfOperation {
    /// An IANA time zone.
    pub time_zone: String,
    /// Opening times.
    pub periods: Vec<OpeningPeriod>,
    /// Hours that these are built on.
    pub parents: Vec<ResourceId>,
}

/// One opening time of one day of the week.
#[derive(Clone, Debug, PartialEq)]
pub struct OpeningPeriod {
    /// `MONDAY` to `SUNDAY`.
    pub day: String,
    /// Minutes after midnight at which it opens, 0 to 1439.
    pub start_minute: u16,
    /// Minutes after midnight at which it closes, 0 to 1439.
    pub end_minute: u16,
}

/// What only an agent status has.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentStatus {
    /// `ROUTABLE`, `CUSTOM` or `OFFLINE`.
    pub status_type: String,
    /// Its place in the agent's list, 1 to 50.
    pub display_order: Option<i64>,
    /// Whether agents can choose it.
    pub enabled: bool,
}
