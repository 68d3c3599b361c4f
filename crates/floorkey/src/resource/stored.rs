//! The types of stored resources. `CONTRIBUTING.md` lists what a new type needs in addition to its row.

use super::ResourceType;
use super::document::{DocumentField, DocumentRules};
use crate::action::Action;

macro_rules! stored_resource_types {
    ($($(#[$doc:meta])* $name:ident {
        create: $create:ident,
        describe: $describe:ident,
        delete: $delete:ident,
        rename: $rename:ident,
        document: $document:expr,
    },)*) => {
        /// The type of a stored resource.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum StoredResourceType { $($(#[$doc])* $name),* }

        impl StoredResourceType {
            /// All types of stored resources.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Returns this type as a [`ResourceType`].
            #[must_use]
            pub const fn resource_type(self) -> ResourceType {
                match self { $(Self::$name => ResourceType::$name),* }
            }

            /// Returns the stored type of a resource type. Returns `None` if resources of that type are not stored, or
            /// are users, security profiles or hierarchy groups.
            #[must_use]
            pub const fn of(resource_type: ResourceType) -> Option<Self> {
                match resource_type { $(ResourceType::$name => Some(Self::$name),)* _ => None }
            }

            /// Returns the action that creates a resource of this type.
            #[must_use]
            pub const fn create_action(self) -> Action {
                match self { $(Self::$name => Action::$create),* }
            }

            /// Returns the action that returns the details of a resource of this type.
            #[must_use]
            pub const fn describe_action(self) -> Action {
                match self { $(Self::$name => Action::$describe),* }
            }

            /// Returns the action that deletes a resource of this type.
            #[must_use]
            pub const fn delete_action(self) -> Action {
                match self { $(Self::$name => Action::$delete),* }
            }

            /// Returns the action that changes the name and the description of a resource of this type.
            #[must_use]
            pub const fn rename_action(self) -> Action {
                match self { $(Self::$name => Action::$rename),* }
            }

            /// Returns the rules for the fields of a [`Document`](super::Document) of this type. Returns `None` if the
            /// type has a struct of its own.
            #[must_use]
            pub const fn document_rules(self) -> Option<&'static DocumentRules> {
                match self { $(Self::$name => $document),* }
            }
        }
    };
}

stored_resource_types! {
    /// A routing profile.
    RoutingProfile {
        create: CreateRoutingProfile,
        describe: DescribeRoutingProfile,
        delete: DeleteRoutingProfile,
        rename: UpdateRoutingProfileName,
        document: None,
    },
    /// A queue.
    Queue {
        create: CreateQueue,
        describe: DescribeQueue,
        delete: DeleteQueue,
        rename: UpdateQueueName,
        document: None,
    },
    /// Hours of operation.
    HoursOfOperation {
        create: CreateHoursOfOperation,
        describe: DescribeHoursOfOperation,
        delete: DeleteHoursOfOperation,
        rename: UpdateHoursOfOperation,
        document: None,
    },
    /// An agent status.
    AgentStatus {
        create: CreateAgentStatus,
        describe: DescribeAgentStatus,
        delete: DeleteAgentStatus,
        rename: UpdateAgentStatus,
        document: None,
    },
    /// A prompt: a recording that flows play.
    Prompt {
        create: CreatePrompt,
        describe: DescribePrompt,
        delete: DeletePrompt,
        rename: UpdatePrompt,
        document: Some(&PROMPT),
    },
    /// A quick connect: a destination that agents can transfer contacts to.
    QuickConnect {
        create: CreateQuickConnect,
        describe: DescribeQuickConnect,
        delete: DeleteQuickConnect,
        rename: UpdateQuickConnectName,
        document: Some(&QUICK_CONNECT),
    },
}

/// The fields of a prompt.
pub const PROMPT: DocumentRules = DocumentRules {
    stored_type: StoredResourceType::Prompt,
    update: Action::UpdatePrompt,
    // Floorkey never fetches the recording.
    fields: &[DocumentField::text("s3_uri", "S3Uri", 2_000)],
};

/// The fields of a quick connect.
pub const QUICK_CONNECT: DocumentRules = DocumentRules {
    stored_type: StoredResourceType::QuickConnect,
    update: Action::UpdateQuickConnectConfig,
    fields: &[
        DocumentField::text("quick_connect_type", "QuickConnectType", 32),
        DocumentField::reference("user", "UserId", ResourceType::User),
        DocumentField::reference("queue", "QueueId", ResourceType::Queue),
        DocumentField::text("phone_number", "PhoneNumber", 128),
        DocumentField::text("flow", "ContactFlowId", 500),
    ],
};
