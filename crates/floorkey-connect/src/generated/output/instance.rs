// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Output: instance.

use serde::Serialize;

use crate::model::{Attribute, Instance, InstanceSummary, ReplicationConfiguration};

/// What `CreateInstance` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateInstanceOutput {
    /// `Id`: 1 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `Arn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
}

/// What `DescribeInstance` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeInstanceOutput {
    /// `Instance`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<Instance>,
    /// `ReplicationConfiguration`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replication_configuration: Option<ReplicationConfiguration>,
}

/// What `DescribeInstanceAttribute` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeInstanceAttributeOutput {
    /// `Attribute`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute: Option<Attribute>,
}

/// What `ListInstanceAttributes` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListInstanceAttributesOutput {
    /// `Attributes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Vec<Attribute>>,
    /// `NextToken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// What `ListInstances` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListInstancesOutput {
    /// `InstanceSummaryList`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_summary_list: Option<Vec<InstanceSummary>>,
    /// `NextToken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}
