// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Output: agent status.

use serde::Serialize;

use crate::model::{AgentStatus, AgentStatusSummary};

/// What `DescribeAgentStatus` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAgentStatusOutput {
    /// `AgentStatus`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_status: Option<AgentStatus>,
}

/// What `ListAgentStatuses` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAgentStatusesOutput {
    /// `NextToken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `AgentStatusSummaryList`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_status_summary_list: Option<Vec<AgentStatusSummary>>,
}
