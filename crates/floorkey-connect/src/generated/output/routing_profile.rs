// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Output: routing profile.

use serde::Serialize;

use crate::EpochSeconds;
use crate::model::{RoutingProfile, RoutingProfileQueueConfigSummary, RoutingProfileSummary};

/// What `CreateRoutingProfile` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateRoutingProfileOutput {
    /// `RoutingProfileArn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing_profile_arn: Option<String>,
    /// `RoutingProfileId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing_profile_id: Option<String>,
}

/// What `DescribeRoutingProfile` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeRoutingProfileOutput {
    /// `RoutingProfile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing_profile: Option<RoutingProfile>,
}

/// What `ListRoutingProfileQueues` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListRoutingProfileQueuesOutput {
    /// `NextToken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `RoutingProfileQueueConfigSummaryList`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing_profile_queue_config_summary_list: Option<Vec<RoutingProfileQueueConfigSummary>>,
    /// `LastModifiedTime`: seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<EpochSeconds>,
    /// `LastModifiedRegion`: matching `[a-z]{2}(-[a-z]+){1,2}(-[0-9])?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_region: Option<String>,
}

/// What `ListRoutingProfiles` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListRoutingProfilesOutput {
    /// `RoutingProfileSummaryList`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing_profile_summary_list: Option<Vec<RoutingProfileSummary>>,
    /// `NextToken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}
