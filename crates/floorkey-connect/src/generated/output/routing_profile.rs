// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Output: routing profile.

use serde::Serialize;

use crate::model::{RoutingProfile, RoutingProfileSummary};

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
