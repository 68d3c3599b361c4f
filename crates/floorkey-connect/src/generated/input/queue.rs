// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Input: queue.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::generated::demand::*;
use crate::input::{Empty, Input, InputMember};
use crate::model::{
    CreateQueueOutput, DescribeQueueOutput, EmailAddressConfig, ListQueueQuickConnectsOutput, ListQueuesOutput,
    OutboundCallerConfig, OutboundEmailConfig, QueueStatus, QueueType,
};
use crate::operation::Operation;

/// What `AssociateQueueQuickConnects` takes: `POST /queues/{InstanceId}/{QueueId}/associate-quick-connects`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct AssociateQueueQuickConnectsInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `QueueId`, required.
    pub queue_id: String,
    /// `QuickConnectIds`, required: 1 to 50 items.
    pub quick_connect_ids: Vec<String>,
}

impl Input for AssociateQueueQuickConnectsInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::AssociateQueueQuickConnects;
}

pub(crate) static ASSOCIATE_QUEUE_QUICK_CONNECTS: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("QueueId", &QUEUE_ID),
    InputMember::body("QuickConnectIds", &QUICK_CONNECTS_LIST).required(),
];

/// What `CreateQueue` takes: `PUT /queues/{InstanceId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct CreateQueueInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `Name`, required: 1 to 127 characters.
    pub name: String,
    /// `Description`: 1 to 250 characters.
    pub description: Option<String>,
    /// `OutboundCallerConfig`.
    pub outbound_caller_config: Option<OutboundCallerConfig>,
    /// `OutboundEmailConfig`.
    pub outbound_email_config: Option<OutboundEmailConfig>,
    /// `HoursOfOperationId`, required.
    pub hours_of_operation_id: String,
    /// `MaxContacts`.
    pub max_contacts: Option<i32>,
    /// `QuickConnectIds`: 1 to 50 items.
    pub quick_connect_ids: Option<Vec<String>>,
    /// `EmailAddressesConfig`: 1 to 50 items.
    pub email_addresses_config: Option<Vec<EmailAddressConfig>>,
    /// `Tags`: 1 to 50 entries.
    pub tags: Option<BTreeMap<String, String>>,
}

impl Input for CreateQueueInput {
    type Output = CreateQueueOutput;
    const OPERATION: Operation = Operation::CreateQueue;
}

pub(crate) static CREATE_QUEUE: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::body("Name", &COMMON_NAME_LENGTH127).required(),
    InputMember::body("Description", &QUEUE_DESCRIPTION),
    InputMember::body("OutboundCallerConfig", &OUTBOUND_CALLER_CONFIG),
    InputMember::body("OutboundEmailConfig", &OUTBOUND_EMAIL_CONFIG),
    InputMember::body("HoursOfOperationId", &HOURS_OF_OPERATION_ID).required(),
    InputMember::body("MaxContacts", &QUEUE_MAX_CONTACTS),
    InputMember::body("QuickConnectIds", &QUICK_CONNECTS_LIST),
    InputMember::body("EmailAddressesConfig", &EMAIL_ADDRESS_CONFIG_LIST),
    InputMember::body("Tags", &TAG_MAP),
];

/// What `DeleteQueue` takes: `DELETE /queues/{InstanceId}/{QueueId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteQueueInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `QueueId`, required.
    pub queue_id: String,
}

impl Input for DeleteQueueInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::DeleteQueue;
}

pub(crate) static DELETE_QUEUE: &[InputMember] =
    &[InputMember::label("InstanceId", &ID_OR_ARN), InputMember::label("QueueId", &QUEUE_ID)];

/// What `DescribeQueue` takes: `GET /queues/{InstanceId}/{QueueId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeQueueInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `QueueId`, required.
    pub queue_id: String,
}

impl Input for DescribeQueueInput {
    type Output = DescribeQueueOutput;
    const OPERATION: Operation = Operation::DescribeQueue;
}

pub(crate) static DESCRIBE_QUEUE: &[InputMember] =
    &[InputMember::label("InstanceId", &ID_OR_ARN), InputMember::label("QueueId", &QUEUE_ID)];

/// What `DisassociateQueueQuickConnects` takes: `POST /queues/{InstanceId}/{QueueId}/disassociate-quick-connects`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct DisassociateQueueQuickConnectsInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `QueueId`, required.
    pub queue_id: String,
    /// `QuickConnectIds`, required: 1 to 50 items.
    pub quick_connect_ids: Vec<String>,
}

impl Input for DisassociateQueueQuickConnectsInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::DisassociateQueueQuickConnects;
}

pub(crate) static DISASSOCIATE_QUEUE_QUICK_CONNECTS: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("QueueId", &QUEUE_ID),
    InputMember::body("QuickConnectIds", &QUICK_CONNECTS_LIST).required(),
];

/// What `ListQueueQuickConnects` takes: `GET /queues/{InstanceId}/{QueueId}/quick-connects`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ListQueueQuickConnectsInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `QueueId`, required.
    pub queue_id: String,
    /// `NextToken`.
    pub next_token: Option<String>,
    /// `MaxResults`: 1 to 100.
    pub max_results: Option<i32>,
}

impl Input for ListQueueQuickConnectsInput {
    type Output = ListQueueQuickConnectsOutput;
    const OPERATION: Operation = Operation::ListQueueQuickConnects;
}

pub(crate) static LIST_QUEUE_QUICK_CONNECTS: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("QueueId", &QUEUE_ID),
    InputMember::query("NextToken", "nextToken", &NEXT_TOKEN),
    InputMember::query("MaxResults", "maxResults", &MAX_RESULT100),
];

/// What `ListQueues` takes: `GET /queues-summary/{InstanceId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ListQueuesInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `QueueTypes`: at most 2 items.
    pub queue_types: Option<Vec<QueueType>>,
    /// `NextToken`.
    pub next_token: Option<String>,
    /// `MaxResults`: 1 to 1000.
    pub max_results: Option<i32>,
}

impl Input for ListQueuesInput {
    type Output = ListQueuesOutput;
    const OPERATION: Operation = Operation::ListQueues;
}

pub(crate) static LIST_QUEUES: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::query("QueueTypes", "queueTypes", &QUEUE_TYPES),
    InputMember::query("NextToken", "nextToken", &NEXT_TOKEN),
    InputMember::query("MaxResults", "maxResults", &MAX_RESULT1000),
];

/// What `UpdateQueueHoursOfOperation` takes: `POST /queues/{InstanceId}/{QueueId}/hours-of-operation`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateQueueHoursOfOperationInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `QueueId`, required.
    pub queue_id: String,
    /// `HoursOfOperationId`, required.
    pub hours_of_operation_id: String,
}

impl Input for UpdateQueueHoursOfOperationInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UpdateQueueHoursOfOperation;
}

pub(crate) static UPDATE_QUEUE_HOURS_OF_OPERATION: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("QueueId", &QUEUE_ID),
    InputMember::body("HoursOfOperationId", &HOURS_OF_OPERATION_ID).required(),
];

/// What `UpdateQueueMaxContacts` takes: `POST /queues/{InstanceId}/{QueueId}/max-contacts`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateQueueMaxContactsInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `QueueId`, required.
    pub queue_id: String,
    /// `MaxContacts`.
    pub max_contacts: Option<i32>,
}

impl Input for UpdateQueueMaxContactsInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UpdateQueueMaxContacts;
}

pub(crate) static UPDATE_QUEUE_MAX_CONTACTS: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("QueueId", &QUEUE_ID),
    InputMember::body("MaxContacts", &QUEUE_MAX_CONTACTS),
];

/// What `UpdateQueueName` takes: `POST /queues/{InstanceId}/{QueueId}/name`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateQueueNameInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `QueueId`, required.
    pub queue_id: String,
    /// `Name`: 1 to 127 characters.
    pub name: Option<String>,
    /// `Description`: at most 250 characters.
    pub description: Option<String>,
}

impl Input for UpdateQueueNameInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UpdateQueueName;
}

pub(crate) static UPDATE_QUEUE_NAME: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("QueueId", &QUEUE_ID),
    InputMember::body("Name", &COMMON_NAME_LENGTH127),
    InputMember::body("Description", &UPDATE_HOURS_OF_OPERATION_DESCRIPTION),
];

/// What `UpdateQueueOutboundCallerConfig` takes: `POST /queues/{InstanceId}/{QueueId}/outbound-caller-config`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateQueueOutboundCallerConfigInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `QueueId`, required.
    pub queue_id: String,
    /// `OutboundCallerConfig`, required.
    pub outbound_caller_config: OutboundCallerConfig,
}

impl Input for UpdateQueueOutboundCallerConfigInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UpdateQueueOutboundCallerConfig;
}

pub(crate) static UPDATE_QUEUE_OUTBOUND_CALLER_CONFIG: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("QueueId", &QUEUE_ID),
    InputMember::body("OutboundCallerConfig", &OUTBOUND_CALLER_CONFIG).required(),
];

/// What `UpdateQueueStatus` takes: `POST /queues/{InstanceId}/{QueueId}/status`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateQueueStatusInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `QueueId`, required.
    pub queue_id: String,
    /// `Status`, required.
    pub status: QueueStatus,
}

impl Input for UpdateQueueStatusInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UpdateQueueStatus;
}

pub(crate) static UPDATE_QUEUE_STATUS: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("QueueId", &QUEUE_ID),
    InputMember::body("Status", &QUEUE_STATUS).required(),
];
