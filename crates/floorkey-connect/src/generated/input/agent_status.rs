// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Input: agent status.

use serde::Deserialize;

use crate::generated::demand::*;
use crate::input::{Input, InputMember};
use crate::model::{AgentStatusType, DescribeAgentStatusOutput, ListAgentStatusesOutput};
use crate::operation::Operation;

/// What `DescribeAgentStatus` takes: `GET /agent-status/{InstanceId}/{AgentStatusId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAgentStatusInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `AgentStatusId`, required.
    pub agent_status_id: String,
}

impl Input for DescribeAgentStatusInput {
    type Output = DescribeAgentStatusOutput;
    const OPERATION: Operation = Operation::DescribeAgentStatus;
}

pub(crate) static DESCRIBE_AGENT_STATUS: &[InputMember] =
    &[InputMember::label("InstanceId", &ID_OR_ARN), InputMember::label("AgentStatusId", &AGENT_STATUS_ID)];

/// What `ListAgentStatuses` takes: `GET /agent-status/{InstanceId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ListAgentStatusesInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `NextToken`.
    pub next_token: Option<String>,
    /// `MaxResults`: 1 to 1000.
    pub max_results: Option<i32>,
    /// `AgentStatusTypes`: at most 3 items.
    pub agent_status_types: Option<Vec<AgentStatusType>>,
}

impl Input for ListAgentStatusesInput {
    type Output = ListAgentStatusesOutput;
    const OPERATION: Operation = Operation::ListAgentStatuses;
}

pub(crate) static LIST_AGENT_STATUSES: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::query("NextToken", "nextToken", &NEXT_TOKEN),
    InputMember::query("MaxResults", "maxResults", &MAX_RESULT1000),
    InputMember::query("AgentStatusTypes", "AgentStatusTypes", &AGENT_STATUS_TYPES),
];
