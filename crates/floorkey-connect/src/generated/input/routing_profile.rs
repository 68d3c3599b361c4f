// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Input: routing profile.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::generated::demand::*;
use crate::input::{Empty, Input, InputMember};
use crate::model::{
    AgentAvailabilityTimer, CreateRoutingProfileOutput, DescribeRoutingProfileOutput, ListRoutingProfileQueuesOutput,
    ListRoutingProfilesOutput, MediaConcurrency, RoutingProfileManualAssignmentQueueConfig, RoutingProfileQueueConfig,
    RoutingProfileQueueReference,
};
use crate::operation::Operation;

/// What `AssociateRoutingProfileQueues` takes: `POST /routing-profiles/{InstanceId}/{RoutingProfileId}/associate-queues`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct AssociateRoutingProfileQueuesInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `RoutingProfileId`, required.
    pub routing_profile_id: String,
    /// `QueueConfigs`: 1 to 10 items.
    pub queue_configs: Option<Vec<RoutingProfileQueueConfig>>,
    /// `ManualAssignmentQueueConfigs`: 1 to 10 items.
    pub manual_assignment_queue_configs: Option<Vec<RoutingProfileManualAssignmentQueueConfig>>,
}

impl Input for AssociateRoutingProfileQueuesInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::AssociateRoutingProfileQueues;
}

pub(crate) static ASSOCIATE_ROUTING_PROFILE_QUEUES: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("RoutingProfileId", &ROUTING_PROFILE_ID),
    InputMember::body("QueueConfigs", &ROUTING_PROFILE_QUEUE_CONFIG_LIST),
    InputMember::body("ManualAssignmentQueueConfigs", &ROUTING_PROFILE_MANUAL_ASSIGNMENT_QUEUE_CONFIG_LIST),
];

/// What `CreateRoutingProfile` takes: `PUT /routing-profiles/{InstanceId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct CreateRoutingProfileInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `Name`, required: 1 to 127 characters.
    pub name: String,
    /// `Description`, required: 1 to 250 characters.
    pub description: String,
    /// `DefaultOutboundQueueId`, required.
    pub default_outbound_queue_id: String,
    /// `QueueConfigs`: 1 to 10 items.
    pub queue_configs: Option<Vec<RoutingProfileQueueConfig>>,
    /// `ManualAssignmentQueueConfigs`: 1 to 10 items.
    pub manual_assignment_queue_configs: Option<Vec<RoutingProfileManualAssignmentQueueConfig>>,
    /// `MediaConcurrencies`, required.
    pub media_concurrencies: Vec<MediaConcurrency>,
    /// `Tags`: 1 to 50 entries.
    pub tags: Option<BTreeMap<String, String>>,
    /// `AgentAvailabilityTimer`.
    pub agent_availability_timer: Option<AgentAvailabilityTimer>,
}

impl Input for CreateRoutingProfileInput {
    type Output = CreateRoutingProfileOutput;
    const OPERATION: Operation = Operation::CreateRoutingProfile;
}

pub(crate) static CREATE_ROUTING_PROFILE: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::body("Name", &ROUTING_PROFILE_NAME).required(),
    InputMember::body("Description", &ROUTING_PROFILE_DESCRIPTION).required(),
    InputMember::body("DefaultOutboundQueueId", &QUEUE_ID).required(),
    InputMember::body("QueueConfigs", &ROUTING_PROFILE_QUEUE_CONFIG_LIST),
    InputMember::body("ManualAssignmentQueueConfigs", &ROUTING_PROFILE_MANUAL_ASSIGNMENT_QUEUE_CONFIG_LIST),
    InputMember::body("MediaConcurrencies", &MEDIA_CONCURRENCIES).required(),
    InputMember::body("Tags", &TAG_MAP),
    InputMember::body("AgentAvailabilityTimer", &AGENT_AVAILABILITY_TIMER),
];

/// What `DeleteRoutingProfile` takes: `DELETE /routing-profiles/{InstanceId}/{RoutingProfileId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteRoutingProfileInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `RoutingProfileId`, required.
    pub routing_profile_id: String,
}

impl Input for DeleteRoutingProfileInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::DeleteRoutingProfile;
}

pub(crate) static DELETE_ROUTING_PROFILE: &[InputMember] =
    &[InputMember::label("InstanceId", &ID_OR_ARN), InputMember::label("RoutingProfileId", &ROUTING_PROFILE_ID)];

/// What `DescribeRoutingProfile` takes: `GET /routing-profiles/{InstanceId}/{RoutingProfileId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeRoutingProfileInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `RoutingProfileId`, required.
    pub routing_profile_id: String,
}

impl Input for DescribeRoutingProfileInput {
    type Output = DescribeRoutingProfileOutput;
    const OPERATION: Operation = Operation::DescribeRoutingProfile;
}

pub(crate) static DESCRIBE_ROUTING_PROFILE: &[InputMember] =
    &[InputMember::label("InstanceId", &ID_OR_ARN), InputMember::label("RoutingProfileId", &ROUTING_PROFILE_ID)];

/// What `DisassociateRoutingProfileQueues` takes: `POST /routing-profiles/{InstanceId}/{RoutingProfileId}/disassociate-queues`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct DisassociateRoutingProfileQueuesInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `RoutingProfileId`, required.
    pub routing_profile_id: String,
    /// `QueueReferences`.
    pub queue_references: Option<Vec<RoutingProfileQueueReference>>,
    /// `ManualAssignmentQueueReferences`.
    pub manual_assignment_queue_references: Option<Vec<RoutingProfileQueueReference>>,
}

impl Input for DisassociateRoutingProfileQueuesInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::DisassociateRoutingProfileQueues;
}

pub(crate) static DISASSOCIATE_ROUTING_PROFILE_QUEUES: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("RoutingProfileId", &ROUTING_PROFILE_ID),
    InputMember::body("QueueReferences", &ROUTING_PROFILE_QUEUE_REFERENCE_LIST),
    InputMember::body("ManualAssignmentQueueReferences", &ROUTING_PROFILE_QUEUE_REFERENCE_LIST),
];

/// What `ListRoutingProfileQueues` takes: `GET /routing-profiles/{InstanceId}/{RoutingProfileId}/queues`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ListRoutingProfileQueuesInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `RoutingProfileId`, required.
    pub routing_profile_id: String,
    /// `NextToken`.
    pub next_token: Option<String>,
    /// `MaxResults`: 1 to 100.
    pub max_results: Option<i32>,
}

impl Input for ListRoutingProfileQueuesInput {
    type Output = ListRoutingProfileQueuesOutput;
    const OPERATION: Operation = Operation::ListRoutingProfileQueues;
}

pub(crate) static LIST_ROUTING_PROFILE_QUEUES: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("RoutingProfileId", &ROUTING_PROFILE_ID),
    InputMember::query("NextToken", "nextToken", &NEXT_TOKEN),
    InputMember::query("MaxResults", "maxResults", &MAX_RESULT100),
];

/// What `ListRoutingProfiles` takes: `GET /routing-profiles-summary/{InstanceId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ListRoutingProfilesInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `NextToken`.
    pub next_token: Option<String>,
    /// `MaxResults`: 1 to 1000.
    pub max_results: Option<i32>,
}

impl Input for ListRoutingProfilesInput {
    type Output = ListRoutingProfilesOutput;
    const OPERATION: Operation = Operation::ListRoutingProfiles;
}

pub(crate) static LIST_ROUTING_PROFILES: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::query("NextToken", "nextToken", &NEXT_TOKEN),
    InputMember::query("MaxResults", "maxResults", &MAX_RESULT1000),
];

/// What `UpdateRoutingProfileConcurrency` takes: `POST /routing-profiles/{InstanceId}/{RoutingProfileId}/concurrency`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateRoutingProfileConcurrencyInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `RoutingProfileId`, required.
    pub routing_profile_id: String,
    /// `MediaConcurrencies`, required.
    pub media_concurrencies: Vec<MediaConcurrency>,
}

impl Input for UpdateRoutingProfileConcurrencyInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UpdateRoutingProfileConcurrency;
}

pub(crate) static UPDATE_ROUTING_PROFILE_CONCURRENCY: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("RoutingProfileId", &ROUTING_PROFILE_ID),
    InputMember::body("MediaConcurrencies", &MEDIA_CONCURRENCIES).required(),
];

/// What `UpdateRoutingProfileDefaultOutboundQueue` takes: `POST /routing-profiles/{InstanceId}/{RoutingProfileId}/default-outbound-queue`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateRoutingProfileDefaultOutboundQueueInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `RoutingProfileId`, required.
    pub routing_profile_id: String,
    /// `DefaultOutboundQueueId`, required.
    pub default_outbound_queue_id: String,
}

impl Input for UpdateRoutingProfileDefaultOutboundQueueInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UpdateRoutingProfileDefaultOutboundQueue;
}

pub(crate) static UPDATE_ROUTING_PROFILE_DEFAULT_OUTBOUND_QUEUE: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("RoutingProfileId", &ROUTING_PROFILE_ID),
    InputMember::body("DefaultOutboundQueueId", &QUEUE_ID).required(),
];

/// What `UpdateRoutingProfileName` takes: `POST /routing-profiles/{InstanceId}/{RoutingProfileId}/name`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateRoutingProfileNameInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `RoutingProfileId`, required.
    pub routing_profile_id: String,
    /// `Name`: 1 to 127 characters.
    pub name: Option<String>,
    /// `Description`: 1 to 250 characters.
    pub description: Option<String>,
}

impl Input for UpdateRoutingProfileNameInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UpdateRoutingProfileName;
}

pub(crate) static UPDATE_ROUTING_PROFILE_NAME: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("RoutingProfileId", &ROUTING_PROFILE_ID),
    InputMember::body("Name", &ROUTING_PROFILE_NAME),
    InputMember::body("Description", &ROUTING_PROFILE_DESCRIPTION),
];

/// What `UpdateRoutingProfileQueues` takes: `POST /routing-profiles/{InstanceId}/{RoutingProfileId}/queues`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateRoutingProfileQueuesInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `RoutingProfileId`, required.
    pub routing_profile_id: String,
    /// `QueueConfigs`, required: 1 to 10 items.
    pub queue_configs: Vec<RoutingProfileQueueConfig>,
}

impl Input for UpdateRoutingProfileQueuesInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UpdateRoutingProfileQueues;
}

pub(crate) static UPDATE_ROUTING_PROFILE_QUEUES: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("RoutingProfileId", &ROUTING_PROFILE_ID),
    InputMember::body("QueueConfigs", &ROUTING_PROFILE_QUEUE_CONFIG_LIST).required(),
];
