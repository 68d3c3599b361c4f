// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Output: hours of operation.

use serde::Serialize;

use crate::model::{HoursOfOperation, HoursOfOperationSummary};

/// What `CreateHoursOfOperation` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateHoursOfOperationOutput {
    /// `HoursOfOperationId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours_of_operation_id: Option<String>,
    /// `HoursOfOperationArn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours_of_operation_arn: Option<String>,
}

/// What `DescribeHoursOfOperation` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeHoursOfOperationOutput {
    /// `HoursOfOperation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours_of_operation: Option<HoursOfOperation>,
}

/// What `ListHoursOfOperations` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListHoursOfOperationsOutput {
    /// `HoursOfOperationSummaryList`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours_of_operation_summary_list: Option<Vec<HoursOfOperationSummary>>,
    /// `NextToken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}
