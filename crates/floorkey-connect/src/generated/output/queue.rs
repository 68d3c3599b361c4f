// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Output: queue.

use serde::Serialize;

use crate::model::{Queue, QueueSummary};

/// What `CreateQueue` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateQueueOutput {
    /// `QueueArn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_arn: Option<String>,
    /// `QueueId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_id: Option<String>,
}

/// What `DescribeQueue` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeQueueOutput {
    /// `Queue`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<Queue>,
}

/// What `ListQueues` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListQueuesOutput {
    /// `QueueSummaryList`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_summary_list: Option<Vec<QueueSummary>>,
    /// `NextToken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}
