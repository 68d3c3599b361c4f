//! The parts of the AWS service model that the generator uses.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// The served operations, and all shapes.
#[derive(Debug)]
pub(super) struct Model {
    operations: Vec<Operation>,
    pub(super) shapes: BTreeMap<String, Shape>,
}

/// An operation of the service.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) name: String,
    pub(super) group: String,
    pub(super) method: String,
    pub(super) uri: String,
    pub(super) input: Vec<Member>,
    pub(super) output: Option<Vec<Member>>,
    pub(super) errors: Vec<Error>,
}

/// A member of an operation's input or output.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) location: Location,
    pub(super) wire_name: String,
    pub(super) shape: String,
    pub(super) required: bool,
}

/// The part of a request that contains a member.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Location {
    Body,
    Header,
    QueryString,
    Uri,
}

/// An exception that the model lists for an operation.
#[derive(Debug)]
pub(super) struct Error {
    pub(super) code: String,
}

/// A type in the model.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) kind: Kind,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    pub(super) pattern: Option<String>,
    pub(super) values: Vec<String>,
    pub(super) sensitive: bool,
    /// The shape of a list's items.
    pub(super) member: Option<String>,
    /// The shape of a map's keys.
    pub(super) key: Option<String>,
    /// The shape of a map's values.
    pub(super) value: Option<String>,
    pub(super) required: Vec<String>,
    pub(super) members: BTreeMap<String, StructureMember>,
}

/// The kind of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Boolean,
    Double,
    Float,
    Integer,
    List,
    Long,
    Map,
    String,
    Structure,
    Timestamp,
}

/// A member of a structure.
#[derive(Debug)]
pub(super) struct StructureMember {
    pub(super) shape: String,
}

/// The groups of operations that are served completely.
const GROUPS: [&str; 7] = ["hierarchy", "instance", "prompts", "quick-connects", "security-profiles", "tags", "users"];

/// The operations of these groups that are not served: Floorkey stores where a prompt's recording is, but never reads it.
const UNSERVED: [&str; 1] = ["GetPromptFile"];

/// The served operations of all other groups. Some of them are needed to create and reassign users. Terraform uses the
/// others to manage queues, routing profiles and hours of operation.
const BESIDES: [&str; 34] = [
    "AssociateQueueQuickConnects",
    "AssociateRoutingProfileQueues",
    "CreateHoursOfOperation",
    "CreateQueue",
    "CreateRoutingProfile",
    "DeleteHoursOfOperation",
    "DeleteQueue",
    "DeleteRoutingProfile",
    "DescribeAgentStatus",
    "DescribeHoursOfOperation",
    "DescribeQueue",
    "DescribeRoutingProfile",
    "DisassociateQueueQuickConnects",
    "DisassociateRoutingProfileQueues",
    "ListAgentStatuses",
    "ListHoursOfOperations",
    "ListQueueQuickConnects",
    "ListQueues",
    "ListRoutingProfileQueues",
    "ListRoutingProfiles",
    "SearchAgentStatuses",
    "SearchHoursOfOperations",
    "SearchQueues",
    "SearchRoutingProfiles",
    "UpdateHoursOfOperation",
    "UpdateQueueHoursOfOperation",
    "UpdateQueueMaxContacts",
    "UpdateQueueName",
    "UpdateQueueOutboundCallerConfig",
    "UpdateQueueStatus",
    "UpdateRoutingProfileConcurrency",
    "UpdateRoutingProfileDefaultOutboundQueue",
    "UpdateRoutingProfileName",
    "UpdateRoutingProfileQueues",
];

impl Operation {
    fn is_served(&self) -> bool {
        let name = self.name.as_str();
        (GROUPS.contains(&self.group.as_str()) && !UNSERVED.contains(&name)) || BESIDES.contains(&name)
    }

    /// Returns the members of the operation's input, except headers. Only one operation has headers, and it does not
    /// need them.
    pub(super) fn members(&self) -> impl Iterator<Item = &Member> {
        self.input.iter().filter(|member| member.location != Location::Header)
    }
}

impl Kind {
    /// Parses the name of a kind. Returns `None` for kinds that the generator does not support.
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "boolean" => Self::Boolean,
            "double" => Self::Double,
            "float" => Self::Float,
            "integer" => Self::Integer,
            "list" => Self::List,
            "long" => Self::Long,
            "map" => Self::Map,
            "string" => Self::String,
            "structure" => Self::Structure,
            "timestamp" => Self::Timestamp,
            _ => return None,
        })
    }
}

impl Model {
    pub(super) fn new(operations: Vec<Operation>, shapes: BTreeMap<String, Shape>) -> Self {
        Self { operations, shapes }
    }

    /// Relaxes constraints that clients violate. Terraform clears a queue's description by sending an empty string.
    /// However, the model allows empty descriptions only for hours of operation.
    pub(super) fn adapt(&mut self) {
        for operation in self.operations.iter_mut().filter(|operation| operation.name == "UpdateQueueName") {
            for member in operation.input.iter_mut().filter(|member| member.name == "Description") {
                member.shape = "UpdateHoursOfOperationDescription".to_owned();
            }
        }
    }

    pub(super) fn served(&self) -> Vec<&Operation> {
        let mut served: Vec<_> = self.operations.iter().filter(|operation| operation.is_served()).collect();
        served.sort_by_key(|operation| &operation.name);
        served
    }

    pub(super) fn unserved(&self) -> Vec<&Operation> {
        let mut unserved: Vec<_> = self.operations.iter().filter(|operation| !operation.is_served()).collect();
        unserved.sort_by_key(|operation| &operation.name);
        unserved
    }

    pub(super) fn shape(&self, name: &str) -> Result<&Shape, String> {
        self.shapes.get(name).ok_or_else(|| format!("the model has no shape {name}"))
    }

    /// Returns the shapes that occur in the inputs of served operations.
    pub(super) fn taken(&self) -> Result<BTreeSet<String>, String> {
        let served = self.served();
        self.reach(served.iter().flat_map(|operation| operation.members()))
    }

    /// Returns the shapes that occur in the outputs of served operations.
    pub(super) fn answered(&self) -> Result<BTreeSet<String>, String> {
        let served = self.served();
        self.reach(served.iter().filter_map(|operation| operation.output.as_deref()).flatten())
    }

    /// Returns the first group, by name, that has an operation whose output contains the shape.
    pub(super) fn first_group(&self, shape: &str) -> Result<String, String> {
        let mut groups: Vec<&str> = Vec::new();
        for operation in self.served() {
            if self.reach(operation.output.iter().flatten())?.contains(shape) {
                groups.push(&operation.group);
            }
        }
        let first = groups.into_iter().min().ok_or_else(|| format!("no operation returns {shape}"))?;
        Ok(first.replace('-', "_"))
    }

    fn reach<'a>(&self, members: impl Iterator<Item = &'a Member>) -> Result<BTreeSet<String>, String> {
        let mut found = BTreeSet::new();
        let mut open: Vec<String> = members.map(|member| member.shape.clone()).collect();
        while let Some(name) = open.pop() {
            let shape = self.shape(&name)?;
            if found.insert(name) {
                open.extend(shape.members.values().map(|member| member.shape.clone()));
                open.extend([&shape.member, &shape.key, &shape.value].into_iter().flatten().cloned());
            }
        }
        Ok(found)
    }
}

impl Shape {
    pub(super) fn item(&self) -> Result<&str, String> {
        self.member.as_deref().ok_or_else(|| "a list without an item shape".to_owned())
    }

    pub(super) fn entry(&self) -> Result<(&str, &str), String> {
        self.key.as_deref().zip(self.value.as_deref()).ok_or_else(|| "a map without key and value shapes".to_owned())
    }

    pub(super) fn is_enumeration(&self) -> bool {
        self.kind == Kind::String && !self.values.is_empty()
    }
}
