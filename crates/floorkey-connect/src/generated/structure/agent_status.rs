// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Structure: agent status.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::EpochSeconds;
use crate::model::{AgentStatusState, AgentStatusType};

/// The structure `AgentStatus` of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AgentStatus {
    /// `AgentStatusARN`.
    #[serde(rename = "AgentStatusARN")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_status_arn: Option<String>,
    /// `AgentStatusId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_status_id: Option<String>,
    /// `Description`: 1 to 250 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `DisplayOrder`: 1 to 50.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_order: Option<i32>,
    /// `LastModifiedRegion`: matching `[a-z]{2}(-[a-z]+){1,2}(-[0-9])?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_region: Option<String>,
    /// `LastModifiedTime`: seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<EpochSeconds>,
    /// `Name`: 1 to 127 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `State`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<AgentStatusState>,
    /// `Tags`: 1 to 50 entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    /// `Type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<AgentStatusType>,
}

/// The structure `AgentStatusSummary` of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AgentStatusSummary {
    /// `Arn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// `Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `LastModifiedRegion`: matching `[a-z]{2}(-[a-z]+){1,2}(-[0-9])?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_region: Option<String>,
    /// `LastModifiedTime`: seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<EpochSeconds>,
    /// `Name`: 1 to 127 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `Type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<AgentStatusType>,
}
