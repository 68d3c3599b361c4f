// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Structure: security profiles.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::EpochSeconds;
use crate::model::{GranularAccessControlConfiguration, SecurityProfileType};

/// The structure `SecurityProfile` of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecurityProfile {
    /// `AllowedAccessControlHierarchyGroupId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_access_control_hierarchy_group_id: Option<String>,
    /// `AllowedAccessControlTags`: at most 4 entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_access_control_tags: Option<BTreeMap<String, String>>,
    /// `Arn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// `Description`: at most 250 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `GranularAccessControlConfiguration`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granular_access_control_configuration: Option<GranularAccessControlConfiguration>,
    /// `HierarchyRestrictedResources`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hierarchy_restricted_resources: Option<Vec<String>>,
    /// `Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `LastModifiedRegion`: matching `[a-z]{2}(-[a-z]+){1,2}(-[0-9])?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_region: Option<String>,
    /// `LastModifiedTime`: seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<EpochSeconds>,
    /// `OrganizationResourceId`: 1 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_resource_id: Option<String>,
    /// `SecurityProfileName`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_profile_name: Option<String>,
    /// `TagRestrictedResources`: at most 10 items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_restricted_resources: Option<Vec<String>>,
    /// `Tags`: 1 to 50 entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    /// `Type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<SecurityProfileType>,
}

/// The structure `SecurityProfileSearchSummary` of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecurityProfileSearchSummary {
    /// `Arn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// `Description`: at most 250 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `OrganizationResourceId`: 1 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_resource_id: Option<String>,
    /// `SecurityProfileName`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_profile_name: Option<String>,
    /// `Tags`: 1 to 50 entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    /// `Type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<SecurityProfileType>,
}

/// The structure `SecurityProfileSummary` of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecurityProfileSummary {
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
    /// `Name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `Type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<SecurityProfileType>,
}
