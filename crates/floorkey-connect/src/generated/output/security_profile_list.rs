// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Output: security profile list.

use serde::Serialize;

use crate::EpochSeconds;
use crate::model::{AIAgent, Application, FlowModule, SecurityProfileItem, SecurityProfileSummary};

/// What `ListEntitySecurityProfiles` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListEntitySecurityProfilesOutput {
    /// `SecurityProfiles`: at most 100 items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_profiles: Option<Vec<SecurityProfileItem>>,
    /// `NextToken`: 1 to 2500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// What `ListSecurityProfileAIAgents` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListSecurityProfileAIAgentsOutput {
    /// `AllowedAIAgents`: at most 100 items.
    #[serde(rename = "AllowedAIAgents")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_ai_agents: Option<Vec<AIAgent>>,
    /// `NextToken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `LastModifiedTime`: seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<EpochSeconds>,
    /// `LastModifiedRegion`: matching `[a-z]{2}(-[a-z]+){1,2}(-[0-9])?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_region: Option<String>,
}

/// What `ListSecurityProfileApplications` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListSecurityProfileApplicationsOutput {
    /// `Applications`: at most 10 items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applications: Option<Vec<Application>>,
    /// `NextToken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `LastModifiedTime`: seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<EpochSeconds>,
    /// `LastModifiedRegion`: matching `[a-z]{2}(-[a-z]+){1,2}(-[0-9])?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_region: Option<String>,
}

/// What `ListSecurityProfileFlowModules` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListSecurityProfileFlowModulesOutput {
    /// `AllowedFlowModules`: at most 10 items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_flow_modules: Option<Vec<FlowModule>>,
    /// `NextToken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `LastModifiedTime`: seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<EpochSeconds>,
    /// `LastModifiedRegion`: matching `[a-z]{2}(-[a-z]+){1,2}(-[0-9])?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_region: Option<String>,
}

/// What `ListSecurityProfilePermissions` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListSecurityProfilePermissionsOutput {
    /// `Permissions`: at most 500 items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<String>>,
    /// `NextToken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `LastModifiedTime`: seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<EpochSeconds>,
    /// `LastModifiedRegion`: matching `[a-z]{2}(-[a-z]+){1,2}(-[0-9])?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_region: Option<String>,
}

/// What `ListSecurityProfiles` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListSecurityProfilesOutput {
    /// `SecurityProfileSummaryList`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_profile_summary_list: Option<Vec<SecurityProfileSummary>>,
    /// `NextToken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}
