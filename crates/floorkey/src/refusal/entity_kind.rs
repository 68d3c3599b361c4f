//! The kinds of entities that refusals are about.

use std::fmt;

use crate::record::RecordKey;
use crate::resource::ResourceType;

macro_rules! entity_kinds {
    ($($(#[$doc:meta])* $name:ident = $noun:literal,)*) => {
        /// The kind of entity that a refusal is about. Its text ([`Display`](fmt::Display)) is a noun for messages.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum EntityKind {
            /// A resource whose type is known. Users, security profiles and hierarchy groups are resources too.
            Resource(ResourceType),
            $($(#[$doc])* $name,)*
        }

        impl EntityKind {
            /// Returns the noun for an entity of this kind in messages.
            #[must_use]
            pub const fn noun(self) -> &'static str {
                match self {
                    Self::Resource(resource_type) => resource_type.noun(),
                    $(Self::$name => $noun,)*
                }
            }
        }
    };
}

entity_kinds! {
    /// An access key.
    AccessKey = "access key",
    /// An AI agent.
    AiAgent = "AI agent",
    /// An API token.
    ApiToken = "API token",
    /// A registered application.
    Application = "application",
    /// A resource of an application.
    ApplicationResource = "resource of an application",
    /// A deleted user.
    DeletedUser = "deleted user",
    /// An email address for outbound email.
    EmailAddress = "email address",
    /// A finding.
    Finding = "finding",
    /// A group among the groups that have the same parent.
    GroupOfParent = "hierarchy group under the same parent",
    /// The levels of the hierarchy.
    HierarchyLevels = "the levels of the hierarchy",
    /// A level of the hierarchy.
    HierarchyLevel = "hierarchy level",
    /// An instance.
    Instance = "instance",
    /// The settings of the instance.
    InstanceSettings = "the instance's settings",
    /// A login name.
    LoginName = "user with the login name",
    /// The history of a login name.
    LoginHistory = "history of a login name",
    /// An MFA device.
    MfaDevice = "MFA device",
    /// A notification.
    Notification = "notification of this user",
    /// A proficiency of a user.
    Proficiency = "proficiency",
    /// A proficiency among the proficiencies of one user.
    ProficiencyOfUser = "proficiency of this user",
    /// A resource whose type is not known.
    StoredResource = "resource",
    /// A resource that can have tags.
    TaggableResource = "taggable resource",
    /// The email address of a user.
    UserEmail = "email address of the user",
}

impl EntityKind {
    /// Describes an entity of this kind by its ID, such as "the queue `…`".
    pub(crate) fn with_id(self, id: impl fmt::Display) -> String {
        format!("the {self} `{id}`")
    }

    /// Whether calls identify entities of this kind by a UUID.
    pub(super) const fn is_identified_by_uuid(self) -> bool {
        matches!(self, Self::Resource(_) | Self::StoredResource)
    }
}

impl fmt::Display for EntityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.noun())
    }
}

impl From<ResourceType> for EntityKind {
    fn from(resource_type: ResourceType) -> Self {
        Self::Resource(resource_type)
    }
}

impl From<&RecordKey> for EntityKind {
    fn from(key: &RecordKey) -> Self {
        match key {
            RecordKey::User(_) => Self::Resource(ResourceType::User),
            RecordKey::Profile(_) => Self::Resource(ResourceType::SecurityProfile),
            RecordKey::Group(_) => Self::Resource(ResourceType::HierarchyGroup),
            RecordKey::Resource(_) => Self::StoredResource,
            RecordKey::AccessKey(_) => Self::AccessKey,
            RecordKey::Application(_) => Self::Application,
            RecordKey::ApplicationResource(..) => Self::ApplicationResource,
            RecordKey::ApiToken(_) => Self::ApiToken,
            RecordKey::Login(_) => Self::LoginHistory,
            RecordKey::Finding(_) => Self::Finding,
            RecordKey::Settings => Self::InstanceSettings,
            RecordKey::Structure => Self::HierarchyLevels,
        }
    }
}
