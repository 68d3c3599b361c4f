// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Structure: instance.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{DirectoryType, InstanceAttributeType, InstanceReplicationStatus, InstanceStatus};
use crate::{EpochSeconds, Sensitive};

/// The structure `Attribute` of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attribute {
    /// `AttributeType`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_type: Option<InstanceAttributeType>,
    /// `Value`: 1 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// The structure `Instance` of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Instance {
    /// `Arn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// `CreatedTime`: seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_time: Option<EpochSeconds>,
    /// `Id`: 1 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `IdentityManagementType`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_management_type: Option<DirectoryType>,
    /// `InboundCallsEnabled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inbound_calls_enabled: Option<bool>,
    /// `InstanceAccessUrl`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_access_url: Option<String>,
    /// `InstanceAlias`: 1 to 45 characters, letters, digits and inner hyphens, not beginning with `d-`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_alias: Option<Sensitive>,
    /// `InstanceStatus`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_status: Option<InstanceStatus>,
    /// `OutboundCallsEnabled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outbound_calls_enabled: Option<bool>,
    /// `ServiceRole`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_role: Option<String>,
    /// `StatusReason`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<InstanceStatusReason>,
    /// `Tags`: 1 to 50 entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
}

/// The structure `InstanceStatusReason` of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceStatusReason {
    /// `Message`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// The structure `InstanceSummary` of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceSummary {
    /// `Arn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// `CreatedTime`: seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_time: Option<EpochSeconds>,
    /// `Id`: 1 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `IdentityManagementType`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_management_type: Option<DirectoryType>,
    /// `InboundCallsEnabled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inbound_calls_enabled: Option<bool>,
    /// `InstanceAccessUrl`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_access_url: Option<String>,
    /// `InstanceAlias`: 1 to 45 characters, letters, digits and inner hyphens, not beginning with `d-`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_alias: Option<Sensitive>,
    /// `InstanceStatus`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_status: Option<InstanceStatus>,
    /// `OutboundCallsEnabled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outbound_calls_enabled: Option<bool>,
    /// `ServiceRole`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_role: Option<String>,
}

/// The structure `ReplicationConfiguration` of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReplicationConfiguration {
    /// `GlobalSignInEndpoint`: 1 to 128 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global_sign_in_endpoint: Option<String>,
    /// `ReplicationStatusSummaryList`: at most 11 items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replication_status_summary_list: Option<Vec<ReplicationStatusSummary>>,
    /// `SourceRegion`: 8 to 31 characters, matching `[a-z]{2}(-[a-z]+){1,2}(-[0-9])?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_region: Option<String>,
}

/// The structure `ReplicationStatusSummary` of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReplicationStatusSummary {
    /// `Region`: 8 to 31 characters, matching `[a-z]{2}(-[a-z]+){1,2}(-[0-9])?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// `ReplicationStatus`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replication_status: Option<InstanceReplicationStatus>,
    /// `ReplicationStatusReason`: at most 1024 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replication_status_reason: Option<String>,
}
