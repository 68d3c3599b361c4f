// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Output: security profile.

use serde::Serialize;

use crate::model::{SecurityProfile, SecurityProfileSearchSummary};

/// What `CreateSecurityProfile` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateSecurityProfileOutput {
    /// `SecurityProfileId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_profile_id: Option<String>,
    /// `SecurityProfileArn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_profile_arn: Option<String>,
}

/// What `DescribeSecurityProfile` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeSecurityProfileOutput {
    /// `SecurityProfile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_profile: Option<SecurityProfile>,
}

/// What `SearchSecurityProfiles` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SearchSecurityProfilesOutput {
    /// `SecurityProfiles`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_profiles: Option<Vec<SecurityProfileSearchSummary>>,
    /// `NextToken`: 1 to 2500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `ApproximateTotalCount`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approximate_total_count: Option<i64>,
}
