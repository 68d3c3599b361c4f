// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Input: queue.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::generated::demand::*;
use crate::input::{Empty, Input, InputMember};
use crate::model::{
    CreateQueueOutput, DescribeQueueOutput, EmailAddressConfig, ListQueuesOutput, OutboundCallerConfig,
    OutboundEmailConfig, QueueType,
};
use crate::operation::Operation;

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
