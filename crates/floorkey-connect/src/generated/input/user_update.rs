// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Input: user update.

use serde::Deserialize;

use crate::generated::demand::*;
use crate::input::{Empty, Input, InputMember};
use crate::model::{
    AfterContactWorkConfigPerChannel, AutoAcceptConfig, NotificationStatus, PersistentConnectionConfig,
    PhoneNumberConfig, UpdateUserNotificationStatusOutput, UserIdentityInfo, UserPhoneConfig, VoiceEnhancementConfig,
};
use crate::operation::Operation;

/// What `UpdateUserConfig` takes: `POST /users/{InstanceId}/{UserId}/config`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserConfigInput {
    /// `AutoAcceptConfigs`.
    pub auto_accept_configs: Option<Vec<AutoAcceptConfig>>,
    /// `AfterContactWorkConfigs`.
    pub after_contact_work_configs: Option<Vec<AfterContactWorkConfigPerChannel>>,
    /// `PhoneNumberConfigs`.
    pub phone_number_configs: Option<Vec<PhoneNumberConfig>>,
    /// `PersistentConnectionConfigs`.
    pub persistent_connection_configs: Option<Vec<PersistentConnectionConfig>>,
    /// `VoiceEnhancementConfigs`.
    pub voice_enhancement_configs: Option<Vec<VoiceEnhancementConfig>>,
    /// `UserId`, required.
    pub user_id: String,
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
}

impl Input for UpdateUserConfigInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UpdateUserConfig;
}

pub(crate) static UPDATE_USER_CONFIG: &[InputMember] = &[
    InputMember::body("AutoAcceptConfigs", &AUTO_ACCEPT_CONFIGS),
    InputMember::body("AfterContactWorkConfigs", &AFTER_CONTACT_WORK_CONFIGS),
    InputMember::body("PhoneNumberConfigs", &PHONE_NUMBER_CONFIGS),
    InputMember::body("PersistentConnectionConfigs", &PERSISTENT_CONNECTION_CONFIGS),
    InputMember::body("VoiceEnhancementConfigs", &VOICE_ENHANCEMENT_CONFIGS),
    InputMember::label("UserId", &USER_ID),
    InputMember::label("InstanceId", &ID_OR_ARN),
];

/// What `UpdateUserHierarchy` takes: `POST /users/{InstanceId}/{UserId}/hierarchy`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserHierarchyInput {
    /// `HierarchyGroupId`.
    pub hierarchy_group_id: Option<String>,
    /// `UserId`, required.
    pub user_id: String,
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
}

impl Input for UpdateUserHierarchyInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UpdateUserHierarchy;
}

pub(crate) static UPDATE_USER_HIERARCHY: &[InputMember] = &[
    InputMember::body("HierarchyGroupId", &HIERARCHY_GROUP_ID),
    InputMember::label("UserId", &USER_ID),
    InputMember::label("InstanceId", &ID_OR_ARN),
];

/// What `UpdateUserIdentityInfo` takes: `POST /users/{InstanceId}/{UserId}/identity-info`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserIdentityInfoInput {
    /// `IdentityInfo`, required.
    pub identity_info: UserIdentityInfo,
    /// `UserId`, required.
    pub user_id: String,
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
}

impl Input for UpdateUserIdentityInfoInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UpdateUserIdentityInfo;
}

pub(crate) static UPDATE_USER_IDENTITY_INFO: &[InputMember] = &[
    InputMember::body("IdentityInfo", &USER_IDENTITY_INFO).required(),
    InputMember::label("UserId", &USER_ID),
    InputMember::label("InstanceId", &ID_OR_ARN),
];

/// What `UpdateUserNotificationStatus` takes: `POST /users/{InstanceId}/{UserId}/notifications/{NotificationId}`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserNotificationStatusInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `NotificationId`, required: 1 to 256 characters.
    pub notification_id: String,
    /// `UserId`, required.
    pub user_id: String,
    /// `Status`, required.
    pub status: NotificationStatus,
}

impl Input for UpdateUserNotificationStatusInput {
    type Output = UpdateUserNotificationStatusOutput;
    const OPERATION: Operation = Operation::UpdateUserNotificationStatus;
}

pub(crate) static UPDATE_USER_NOTIFICATION_STATUS: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("NotificationId", &NOTIFICATION_ID),
    InputMember::label("UserId", &USER_ID),
    InputMember::body("Status", &NOTIFICATION_STATUS).required(),
];

/// What `UpdateUserPhoneConfig` takes: `POST /users/{InstanceId}/{UserId}/phone-config`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserPhoneConfigInput {
    /// `PhoneConfig`, required.
    pub phone_config: UserPhoneConfig,
    /// `UserId`, required.
    pub user_id: String,
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
}

impl Input for UpdateUserPhoneConfigInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UpdateUserPhoneConfig;
}

pub(crate) static UPDATE_USER_PHONE_CONFIG: &[InputMember] = &[
    InputMember::body("PhoneConfig", &USER_PHONE_CONFIG).required(),
    InputMember::label("UserId", &USER_ID),
    InputMember::label("InstanceId", &ID_OR_ARN),
];

/// What `UpdateUserRoutingProfile` takes: `POST /users/{InstanceId}/{UserId}/routing-profile`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserRoutingProfileInput {
    /// `RoutingProfileId`, required.
    pub routing_profile_id: String,
    /// `UserId`, required.
    pub user_id: String,
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
}

impl Input for UpdateUserRoutingProfileInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UpdateUserRoutingProfile;
}

pub(crate) static UPDATE_USER_ROUTING_PROFILE: &[InputMember] = &[
    InputMember::body("RoutingProfileId", &ROUTING_PROFILE_ID).required(),
    InputMember::label("UserId", &USER_ID),
    InputMember::label("InstanceId", &ID_OR_ARN),
];

/// What `UpdateUserSecurityProfiles` takes: `POST /users/{InstanceId}/{UserId}/security-profiles`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserSecurityProfilesInput {
    /// `SecurityProfileIds`, required: 1 to 10 items.
    pub security_profile_ids: Vec<String>,
    /// `UserId`, required.
    pub user_id: String,
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
}

impl Input for UpdateUserSecurityProfilesInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UpdateUserSecurityProfiles;
}

pub(crate) static UPDATE_USER_SECURITY_PROFILES: &[InputMember] = &[
    InputMember::body("SecurityProfileIds", &SECURITY_PROFILE_IDS).required(),
    InputMember::label("UserId", &USER_ID),
    InputMember::label("InstanceId", &ID_OR_ARN),
];
