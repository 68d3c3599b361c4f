// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Input: security profile.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::generated::demand::*;
use crate::input::{Empty, Input, InputMember};
use crate::model::{
    AIAgent, Application, CreateSecurityProfileOutput, DescribeSecurityProfileOutput, EntityType, FlowModule,
    GranularAccessControlConfiguration, SearchSecurityProfilesOutput, SecurityProfileItem,
    SecurityProfileSearchCriteria, SecurityProfilesSearchFilter,
};
use crate::operation::Operation;

/// What `AssociateSecurityProfiles` takes: `POST /associate-security-profiles/{InstanceId}`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct AssociateSecurityProfilesInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `SecurityProfiles`, required: 1 to 10 items.
    pub security_profiles: Vec<SecurityProfileItem>,
    /// `EntityType`, required.
    pub entity_type: EntityType,
    /// `EntityArn`, required: at least 1 characters.
    pub entity_arn: String,
}

impl Input for AssociateSecurityProfilesInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::AssociateSecurityProfiles;
}

pub(crate) static ASSOCIATE_SECURITY_PROFILES: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::body("SecurityProfiles", &SECURITY_PROFILES).required(),
    InputMember::body("EntityType", &ENTITY_TYPE).required(),
    InputMember::body("EntityArn", &ENTITY_ARN).required(),
];

/// What `CreateSecurityProfile` takes: `PUT /security-profiles/{InstanceId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct CreateSecurityProfileInput {
    /// `SecurityProfileName`, required: 1 to 127 characters, letters, digits, spaces, `_`, `@` and `-`.
    pub security_profile_name: String,
    /// `Description`: at most 250 characters.
    pub description: Option<String>,
    /// `Permissions`: at most 500 items.
    pub permissions: Option<Vec<String>>,
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `Tags`: 1 to 50 entries.
    pub tags: Option<BTreeMap<String, String>>,
    /// `AllowedAccessControlTags`: at most 4 entries.
    pub allowed_access_control_tags: Option<BTreeMap<String, String>>,
    /// `TagRestrictedResources`: at most 10 items.
    pub tag_restricted_resources: Option<Vec<String>>,
    /// `Applications`: at most 10 items.
    pub applications: Option<Vec<Application>>,
    /// `HierarchyRestrictedResources`.
    pub hierarchy_restricted_resources: Option<Vec<String>>,
    /// `AllowedAccessControlHierarchyGroupId`.
    pub allowed_access_control_hierarchy_group_id: Option<String>,
    /// `AllowedFlowModules`: at most 10 items.
    pub allowed_flow_modules: Option<Vec<FlowModule>>,
    /// `AllowedAIAgents`: at most 100 items.
    #[serde(rename = "AllowedAIAgents")]
    pub allowed_ai_agents: Option<Vec<AIAgent>>,
    /// `GranularAccessControlConfiguration`.
    pub granular_access_control_configuration: Option<GranularAccessControlConfiguration>,
}

impl Input for CreateSecurityProfileInput {
    type Output = CreateSecurityProfileOutput;
    const OPERATION: Operation = Operation::CreateSecurityProfile;
}

pub(crate) static CREATE_SECURITY_PROFILE: &[InputMember] = &[
    InputMember::body("SecurityProfileName", &CREATE_SECURITY_PROFILE_NAME).required(),
    InputMember::body("Description", &SECURITY_PROFILE_DESCRIPTION),
    InputMember::body("Permissions", &PERMISSIONS_LIST),
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::body("Tags", &TAG_MAP),
    InputMember::body("AllowedAccessControlTags", &ALLOWED_ACCESS_CONTROL_TAGS),
    InputMember::body("TagRestrictedResources", &TAG_RESTRICTED_RESOURCE_LIST),
    InputMember::body("Applications", &APPLICATIONS),
    InputMember::body("HierarchyRestrictedResources", &HIERARCHY_RESTRICTED_RESOURCE_LIST),
    InputMember::body("AllowedAccessControlHierarchyGroupId", &HIERARCHY_GROUP_ID),
    InputMember::body("AllowedFlowModules", &ALLOWED_FLOW_MODULES),
    InputMember::body("AllowedAIAgents", &ALLOWED_AI_AGENTS),
    InputMember::body("GranularAccessControlConfiguration", &GRANULAR_ACCESS_CONTROL_CONFIGURATION),
];

/// What `DeleteSecurityProfile` takes: `DELETE /security-profiles/{InstanceId}/{SecurityProfileId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteSecurityProfileInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `SecurityProfileId`, required.
    pub security_profile_id: String,
}

impl Input for DeleteSecurityProfileInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::DeleteSecurityProfile;
}

pub(crate) static DELETE_SECURITY_PROFILE: &[InputMember] =
    &[InputMember::label("InstanceId", &ID_OR_ARN), InputMember::label("SecurityProfileId", &SECURITY_PROFILE_ID)];

/// What `DescribeSecurityProfile` takes: `GET /security-profiles/{InstanceId}/{SecurityProfileId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeSecurityProfileInput {
    /// `SecurityProfileId`, required.
    pub security_profile_id: String,
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
}

impl Input for DescribeSecurityProfileInput {
    type Output = DescribeSecurityProfileOutput;
    const OPERATION: Operation = Operation::DescribeSecurityProfile;
}

pub(crate) static DESCRIBE_SECURITY_PROFILE: &[InputMember] =
    &[InputMember::label("SecurityProfileId", &SECURITY_PROFILE_ID), InputMember::label("InstanceId", &ID_OR_ARN)];

/// What `DisassociateSecurityProfiles` takes: `POST /disassociate-security-profiles/{InstanceId}`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct DisassociateSecurityProfilesInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `SecurityProfiles`, required: 1 to 10 items.
    pub security_profiles: Vec<SecurityProfileItem>,
    /// `EntityType`, required.
    pub entity_type: EntityType,
    /// `EntityArn`, required: at least 1 characters.
    pub entity_arn: String,
}

impl Input for DisassociateSecurityProfilesInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::DisassociateSecurityProfiles;
}

pub(crate) static DISASSOCIATE_SECURITY_PROFILES: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::body("SecurityProfiles", &SECURITY_PROFILES).required(),
    InputMember::body("EntityType", &ENTITY_TYPE).required(),
    InputMember::body("EntityArn", &ENTITY_ARN).required(),
];

/// What `SearchSecurityProfiles` takes: `POST /search-security-profiles`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct SearchSecurityProfilesInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `NextToken`: 1 to 2500 characters.
    pub next_token: Option<String>,
    /// `MaxResults`: 1 to 100.
    pub max_results: Option<i32>,
    /// `SearchCriteria`.
    pub search_criteria: Option<SecurityProfileSearchCriteria>,
    /// `SearchFilter`.
    pub search_filter: Option<SecurityProfilesSearchFilter>,
}

impl Input for SearchSecurityProfilesInput {
    type Output = SearchSecurityProfilesOutput;
    const OPERATION: Operation = Operation::SearchSecurityProfiles;
}

pub(crate) static SEARCH_SECURITY_PROFILES: &[InputMember] = &[
    InputMember::body("InstanceId", &INSTANCE_ID).required(),
    InputMember::body("NextToken", &NEXT_TOKEN2500),
    InputMember::body("MaxResults", &MAX_RESULT100),
    InputMember::body("SearchCriteria", &SECURITY_PROFILE_SEARCH_CRITERIA),
    InputMember::body("SearchFilter", &SECURITY_PROFILES_SEARCH_FILTER),
];

/// What `UpdateSecurityProfile` takes: `POST /security-profiles/{InstanceId}/{SecurityProfileId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateSecurityProfileInput {
    /// `Description`: at most 250 characters.
    pub description: Option<String>,
    /// `Permissions`: at most 500 items.
    pub permissions: Option<Vec<String>>,
    /// `SecurityProfileId`, required.
    pub security_profile_id: String,
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `AllowedAccessControlTags`: at most 4 entries.
    pub allowed_access_control_tags: Option<BTreeMap<String, String>>,
    /// `TagRestrictedResources`: at most 10 items.
    pub tag_restricted_resources: Option<Vec<String>>,
    /// `Applications`: at most 10 items.
    pub applications: Option<Vec<Application>>,
    /// `HierarchyRestrictedResources`.
    pub hierarchy_restricted_resources: Option<Vec<String>>,
    /// `AllowedAccessControlHierarchyGroupId`.
    pub allowed_access_control_hierarchy_group_id: Option<String>,
    /// `AllowedFlowModules`: at most 10 items.
    pub allowed_flow_modules: Option<Vec<FlowModule>>,
    /// `AllowedAIAgents`: at most 100 items.
    #[serde(rename = "AllowedAIAgents")]
    pub allowed_ai_agents: Option<Vec<AIAgent>>,
    /// `GranularAccessControlConfiguration`.
    pub granular_access_control_configuration: Option<GranularAccessControlConfiguration>,
}

impl Input for UpdateSecurityProfileInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UpdateSecurityProfile;
}

pub(crate) static UPDATE_SECURITY_PROFILE: &[InputMember] = &[
    InputMember::body("Description", &SECURITY_PROFILE_DESCRIPTION),
    InputMember::body("Permissions", &PERMISSIONS_LIST),
    InputMember::label("SecurityProfileId", &SECURITY_PROFILE_ID),
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::body("AllowedAccessControlTags", &ALLOWED_ACCESS_CONTROL_TAGS),
    InputMember::body("TagRestrictedResources", &TAG_RESTRICTED_RESOURCE_LIST),
    InputMember::body("Applications", &APPLICATIONS),
    InputMember::body("HierarchyRestrictedResources", &HIERARCHY_RESTRICTED_RESOURCE_LIST),
    InputMember::body("AllowedAccessControlHierarchyGroupId", &HIERARCHY_GROUP_ID),
    InputMember::body("AllowedFlowModules", &ALLOWED_FLOW_MODULES),
    InputMember::body("AllowedAIAgents", &ALLOWED_AI_AGENTS),
    InputMember::body("GranularAccessControlConfiguration", &GRANULAR_ACCESS_CONTROL_CONFIGURATION),
];
