// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Input: security profile list.

use serde::Deserialize;

use crate::generated::demand::*;
use crate::input::{Input, InputMember};
use crate::model::{
    EntityType, ListEntitySecurityProfilesOutput, ListSecurityProfileAIAgentsOutput,
    ListSecurityProfileApplicationsOutput, ListSecurityProfileFlowModulesOutput, ListSecurityProfilePermissionsOutput,
    ListSecurityProfilesOutput,
};
use crate::operation::Operation;

/// What `ListEntitySecurityProfiles` takes: `POST /entity-security-profiles-summary/{InstanceId}`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ListEntitySecurityProfilesInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `EntityType`, required.
    pub entity_type: EntityType,
    /// `EntityArn`, required: at least 1 characters.
    pub entity_arn: String,
    /// `NextToken`: 1 to 2500 characters.
    pub next_token: Option<String>,
    /// `MaxResults`: 1 to 100.
    pub max_results: Option<i32>,
}

impl Input for ListEntitySecurityProfilesInput {
    type Output = ListEntitySecurityProfilesOutput;
    const OPERATION: Operation = Operation::ListEntitySecurityProfiles;
}

pub(crate) static LIST_ENTITY_SECURITY_PROFILES: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::body("EntityType", &ENTITY_TYPE).required(),
    InputMember::body("EntityArn", &ENTITY_ARN).required(),
    InputMember::body("NextToken", &NEXT_TOKEN2500),
    InputMember::body("MaxResults", &MAX_RESULT100),
];

/// What `ListSecurityProfileAIAgents` takes: `GET /security-profiles-ai-agents/{InstanceId}/{SecurityProfileId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ListSecurityProfileAIAgentsInput {
    /// `SecurityProfileId`, required.
    pub security_profile_id: String,
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `NextToken`.
    pub next_token: Option<String>,
    /// `MaxResults`: 1 to 1000.
    pub max_results: Option<i32>,
}

impl Input for ListSecurityProfileAIAgentsInput {
    type Output = ListSecurityProfileAIAgentsOutput;
    const OPERATION: Operation = Operation::ListSecurityProfileAIAgents;
}

pub(crate) static LIST_SECURITY_PROFILE_AI_AGENTS: &[InputMember] = &[
    InputMember::label("SecurityProfileId", &SECURITY_PROFILE_ID),
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::query("NextToken", "nextToken", &NEXT_TOKEN),
    InputMember::query("MaxResults", "maxResults", &MAX_RESULT1000),
];

/// What `ListSecurityProfileApplications` takes: `GET /security-profiles-applications/{InstanceId}/{SecurityProfileId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ListSecurityProfileApplicationsInput {
    /// `SecurityProfileId`, required.
    pub security_profile_id: String,
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `NextToken`.
    pub next_token: Option<String>,
    /// `MaxResults`: 1 to 1000.
    pub max_results: Option<i32>,
}

impl Input for ListSecurityProfileApplicationsInput {
    type Output = ListSecurityProfileApplicationsOutput;
    const OPERATION: Operation = Operation::ListSecurityProfileApplications;
}

pub(crate) static LIST_SECURITY_PROFILE_APPLICATIONS: &[InputMember] = &[
    InputMember::label("SecurityProfileId", &SECURITY_PROFILE_ID),
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::query("NextToken", "nextToken", &NEXT_TOKEN),
    InputMember::query("MaxResults", "maxResults", &MAX_RESULT1000),
];

/// What `ListSecurityProfileFlowModules` takes: `GET /security-profiles-flow-modules/{InstanceId}/{SecurityProfileId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ListSecurityProfileFlowModulesInput {
    /// `SecurityProfileId`, required.
    pub security_profile_id: String,
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `NextToken`.
    pub next_token: Option<String>,
    /// `MaxResults`: 1 to 1000.
    pub max_results: Option<i32>,
}

impl Input for ListSecurityProfileFlowModulesInput {
    type Output = ListSecurityProfileFlowModulesOutput;
    const OPERATION: Operation = Operation::ListSecurityProfileFlowModules;
}

pub(crate) static LIST_SECURITY_PROFILE_FLOW_MODULES: &[InputMember] = &[
    InputMember::label("SecurityProfileId", &SECURITY_PROFILE_ID),
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::query("NextToken", "nextToken", &NEXT_TOKEN),
    InputMember::query("MaxResults", "maxResults", &MAX_RESULT1000),
];

/// What `ListSecurityProfilePermissions` takes: `GET /security-profiles-permissions/{InstanceId}/{SecurityProfileId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ListSecurityProfilePermissionsInput {
    /// `SecurityProfileId`, required.
    pub security_profile_id: String,
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `NextToken`.
    pub next_token: Option<String>,
    /// `MaxResults`: 1 to 1000.
    pub max_results: Option<i32>,
}

impl Input for ListSecurityProfilePermissionsInput {
    type Output = ListSecurityProfilePermissionsOutput;
    const OPERATION: Operation = Operation::ListSecurityProfilePermissions;
}

pub(crate) static LIST_SECURITY_PROFILE_PERMISSIONS: &[InputMember] = &[
    InputMember::label("SecurityProfileId", &SECURITY_PROFILE_ID),
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::query("NextToken", "nextToken", &NEXT_TOKEN),
    InputMember::query("MaxResults", "maxResults", &MAX_RESULT1000),
];

/// What `ListSecurityProfiles` takes: `GET /security-profiles-summary/{InstanceId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ListSecurityProfilesInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `NextToken`.
    pub next_token: Option<String>,
    /// `MaxResults`: 1 to 1000.
    pub max_results: Option<i32>,
}

impl Input for ListSecurityProfilesInput {
    type Output = ListSecurityProfilesOutput;
    const OPERATION: Operation = Operation::ListSecurityProfiles;
}

pub(crate) static LIST_SECURITY_PROFILES: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::query("NextToken", "nextToken", &NEXT_TOKEN),
    InputMember::query("MaxResults", "maxResults", &MAX_RESULT1000),
];
