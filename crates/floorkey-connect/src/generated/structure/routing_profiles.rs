// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Structure: routing profiles.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::EpochSeconds;
use crate::model::{AgentAvailabilityTimer, Channel, MediaConcurrency};

/// The structure `RoutingProfile` of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoutingProfile {
    /// `AgentAvailabilityTimer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_availability_timer: Option<AgentAvailabilityTimer>,
    /// `AssociatedManualAssignmentQueueIds`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub associated_manual_assignment_queue_ids: Option<Vec<String>>,
    /// `AssociatedQueueIds`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub associated_queue_ids: Option<Vec<String>>,
    /// `DefaultOutboundQueueId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_outbound_queue_id: Option<String>,
    /// `Description`: 1 to 250 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `InstanceId`: 1 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_id: Option<String>,
    /// `IsDefault`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_default: Option<bool>,
    /// `LastModifiedRegion`: matching `[a-z]{2}(-[a-z]+){1,2}(-[0-9])?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_region: Option<String>,
    /// `LastModifiedTime`: seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<EpochSeconds>,
    /// `MediaConcurrencies`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_concurrencies: Option<Vec<MediaConcurrency>>,
    /// `Name`: 1 to 127 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `NumberOfAssociatedManualAssignmentQueues`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_of_associated_manual_assignment_queues: Option<i64>,
    /// `NumberOfAssociatedQueues`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_of_associated_queues: Option<i64>,
    /// `NumberOfAssociatedUsers`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_of_associated_users: Option<i64>,
    /// `RoutingProfileArn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing_profile_arn: Option<String>,
    /// `RoutingProfileId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing_profile_id: Option<String>,
    /// `Tags`: 1 to 50 entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
}

/// The structure `RoutingProfileQueueConfigSummary` of the model.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoutingProfileQueueConfigSummary {
    /// `Channel`.
    pub channel: Channel,
    /// `Delay`: 0 to 9999.
    pub delay: i32,
    /// `Priority`: 1 to 99.
    pub priority: i32,
    /// `QueueArn`.
    pub queue_arn: String,
    /// `QueueId`.
    pub queue_id: String,
    /// `QueueName`: 1 to 256 characters.
    pub queue_name: String,
}

/// The structure `RoutingProfileSummary` of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoutingProfileSummary {
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
}
