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
        references: [$($to:ident: $on_delete:ident),*],
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

            /// Returns the references in the table. These are all references, except for those of documents.
            const fn table_references(self) -> &'static [Reference] {
                match self {
                    $(Self::$name => &[$(Reference { to: Self::$to, on_delete: OnDelete::$on_delete }),*]),*
                }
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
        references: [Queue: Refuse],
        document: None,
    },
    /// A queue.
    Queue {
        create: CreateQueue,
        describe: DescribeQueue,
        delete: DeleteQueue,
        rename: UpdateQueueName,
        references: [HoursOfOperation: Refuse, QuickConnect: Remove],
        document: None,
    },
    /// Hours of operation.
    HoursOfOperation {
        create: CreateHoursOfOperation,
        describe: DescribeHoursOfOperation,
        delete: DeleteHoursOfOperation,
        rename: UpdateHoursOfOperation,
        references: [HoursOfOperation: Refuse],
        document: None,
    },
    /// An agent status.
    AgentStatus {
        create: CreateAgentStatus,
        describe: DescribeAgentStatus,
        delete: DeleteAgentStatus,
        rename: UpdateAgentStatus,
        references: [],
        document: None,
    },
    /// A prompt: a recording that flows play.
    Prompt {
        create: CreatePrompt,
        describe: DescribePrompt,
        delete: DeletePrompt,
        rename: UpdatePrompt,
        references: [],
        document: Some(&PROMPT),
    },
    /// A quick connect: a destination that agents can transfer contacts to.
    QuickConnect {
        create: CreateQuickConnect,
        describe: DescribeQuickConnect,
        delete: DeleteQuickConnect,
        rename: UpdateQuickConnectName,
        references: [],
        document: Some(&QUICK_CONNECT),
    },
}

/// A reference that resources of one type can have to resources of a type, which can be the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The type of the resources that are referred to.
    pub to: StoredResourceType,
    /// What the deletion of such a resource does to the reference.
    pub on_delete: OnDelete,
}

/// What the deletion of a resource does to the references to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDelete {
    /// The references prevent the deletion.
    Refuse,
    /// The references are removed. They can be added again after both resources were created.
    Remove,
}

impl StoredResourceType {
    /// Iterates over the references that resources of this type can have to stored resources.
    pub fn references(self) -> impl Iterator<Item = Reference> {
        let fields = self.document_rules().map_or(&[] as &[DocumentField], |rules| rules.fields);
        let of_documents = fields
            .iter()
            .filter_map(|field| Self::of(field.refers_to?))
            .map(|to| Reference { to, on_delete: OnDelete::Refuse });
        self.table_references().iter().copied().chain(of_documents)
    }

    /// Returns a number that is greater than that of each other type that resources of this type require. Resources
    /// are created in ascending order of this number and deleted in descending order.
    pub(crate) fn reference_depth(self) -> u8 {
        // The recursion ends, because a test forbids cycles.
        let required = self.references().filter(|one| one.on_delete == OnDelete::Refuse && one.to != self);
        required.map(|one| one.to.reference_depth().saturating_add(1)).max().unwrap_or_default()
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the types that resources of the type require, directly and indirectly.
    fn required(of: StoredResourceType, path: &[StoredResourceType]) -> Vec<StoredResourceType> {
        assert!(!path.contains(&of), "the required references form a cycle: {path:?}, {of:?}");
        let path = [path, &[of]].concat();
        let references = of.references().filter(|one| one.on_delete == OnDelete::Refuse && one.to != of);
        references.flat_map(|one| [vec![one.to], required(one.to, &path)].concat()).collect()
    }

    #[test]
    fn types_that_require_others_are_created_after_them() {
        for &of in StoredResourceType::ALL {
            for other in required(of, &[]) {
                assert!(of.reference_depth() > other.reference_depth(), "{of:?} requires {other:?}");
            }
        }
        let requires = |of, other| required(of, &[]).contains(&other);
        assert!(requires(StoredResourceType::QuickConnect, StoredResourceType::Queue));
        assert!(requires(StoredResourceType::QuickConnect, StoredResourceType::HoursOfOperation));
    }
}
