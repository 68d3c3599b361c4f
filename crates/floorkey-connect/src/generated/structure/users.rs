// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Structure: users.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{
    AfterContactWorkConfigPerChannel, AutoAcceptConfig, PersistentConnectionConfig, PhoneNumberConfig,
    UserIdentityInfo, UserPhoneConfig, VoiceEnhancementConfig,
};
use crate::{EpochSeconds, Sensitive};

/// The structure `User` of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct User {
    /// `AfterContactWorkConfigs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_contact_work_configs: Option<Vec<AfterContactWorkConfigPerChannel>>,
    /// `Arn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// `AutoAcceptConfigs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_accept_configs: Option<Vec<AutoAcceptConfig>>,
    /// `DirectoryUserId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory_user_id: Option<String>,
    /// `HierarchyGroupId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hierarchy_group_id: Option<String>,
    /// `Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `IdentityInfo`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_info: Option<UserIdentityInfo>,
    /// `LastModifiedRegion`: matching `[a-z]{2}(-[a-z]+){1,2}(-[0-9])?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_region: Option<String>,
    /// `LastModifiedTime`: seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<EpochSeconds>,
    /// `PersistentConnectionConfigs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persistent_connection_configs: Option<Vec<PersistentConnectionConfig>>,
    /// `PhoneConfig`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_config: Option<UserPhoneConfig>,
    /// `PhoneNumberConfigs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number_configs: Option<Vec<PhoneNumberConfig>>,
    /// `RoutingProfileId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing_profile_id: Option<String>,
    /// `SecurityProfileIds`: 1 to 10 items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_profile_ids: Option<Vec<String>>,
    /// `Tags`: 1 to 50 entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    /// `Username`: 1 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// `VoiceEnhancementConfigs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice_enhancement_configs: Option<Vec<VoiceEnhancementConfig>>,
}

/// The structure `UserIdentityInfoLite` of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserIdentityInfoLite {
    /// `FirstName`: at most 255 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<Sensitive>,
    /// `LastName`: at most 300 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<Sensitive>,
}

/// The structure `UserSearchSummary` of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserSearchSummary {
    /// `AfterContactWorkConfigs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_contact_work_configs: Option<Vec<AfterContactWorkConfigPerChannel>>,
    /// `Arn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// `AutoAcceptConfigs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_accept_configs: Option<Vec<AutoAcceptConfig>>,
    /// `DirectoryUserId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory_user_id: Option<String>,
    /// `HierarchyGroupId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hierarchy_group_id: Option<String>,
    /// `Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `IdentityInfo`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_info: Option<UserIdentityInfoLite>,
    /// `PersistentConnectionConfigs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persistent_connection_configs: Option<Vec<PersistentConnectionConfig>>,
    /// `PhoneConfig`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_config: Option<UserPhoneConfig>,
    /// `PhoneNumberConfigs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number_configs: Option<Vec<PhoneNumberConfig>>,
    /// `RoutingProfileId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing_profile_id: Option<String>,
    /// `SecurityProfileIds`: 1 to 10 items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_profile_ids: Option<Vec<String>>,
    /// `Tags`: 1 to 50 entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    /// `Username`: 1 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// `VoiceEnhancementConfigs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice_enhancement_configs: Option<Vec<VoiceEnhancementConfig>>,
}

/// The structure `UserSummary` of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserSummary {
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
    /// `Username`: 1 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
}
