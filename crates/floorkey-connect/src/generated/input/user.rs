// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Input: user.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Secret;
use crate::generated::demand::*;
use crate::input::{Empty, Input, InputMember};
use crate::model::{
    AfterContactWorkConfigPerChannel, AutoAcceptConfig, CreateUserOutput, DescribeUserOutput, ListUsersOutput,
    PersistentConnectionConfig, PhoneNumberConfig, SearchUsersOutput, UserIdentityInfo, UserPhoneConfig,
    UserSearchCriteria, UserSearchFilter, VoiceEnhancementConfig,
};
use crate::operation::Operation;

/// What `CreateUser` takes: `PUT /users/{InstanceId}`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateUserInput {
    /// `Username`, required: 1 to 100 characters.
    pub username: String,
    /// `Password`: 8 to 64 characters, with a lower-case letter, an upper-case letter and a digit.
    pub password: Option<Secret>,
    /// `IdentityInfo`.
    pub identity_info: Option<UserIdentityInfo>,
    /// `PhoneConfig`.
    pub phone_config: Option<UserPhoneConfig>,
    /// `DirectoryUserId`.
    pub directory_user_id: Option<String>,
    /// `SecurityProfileIds`, required: 1 to 10 items.
    pub security_profile_ids: Vec<String>,
    /// `RoutingProfileId`, required.
    pub routing_profile_id: String,
    /// `HierarchyGroupId`.
    pub hierarchy_group_id: Option<String>,
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
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
    /// `Tags`: 1 to 50 entries.
    pub tags: Option<BTreeMap<String, String>>,
}

impl Input for CreateUserInput {
    type Output = CreateUserOutput;
    const OPERATION: Operation = Operation::CreateUser;
}

pub(crate) static CREATE_USER: &[InputMember] = &[
    InputMember::body("Username", &AGENT_USERNAME).required(),
    InputMember::body("Password", &PASSWORD),
    InputMember::body("IdentityInfo", &USER_IDENTITY_INFO),
    InputMember::body("PhoneConfig", &USER_PHONE_CONFIG),
    InputMember::body("DirectoryUserId", &DIRECTORY_USER_ID),
    InputMember::body("SecurityProfileIds", &SECURITY_PROFILE_IDS).required(),
    InputMember::body("RoutingProfileId", &ROUTING_PROFILE_ID).required(),
    InputMember::body("HierarchyGroupId", &HIERARCHY_GROUP_ID),
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::body("AutoAcceptConfigs", &AUTO_ACCEPT_CONFIGS),
    InputMember::body("AfterContactWorkConfigs", &AFTER_CONTACT_WORK_CONFIGS),
    InputMember::body("PhoneNumberConfigs", &PHONE_NUMBER_CONFIGS),
    InputMember::body("PersistentConnectionConfigs", &PERSISTENT_CONNECTION_CONFIGS),
    InputMember::body("VoiceEnhancementConfigs", &VOICE_ENHANCEMENT_CONFIGS),
    InputMember::body("Tags", &TAG_MAP),
];

/// What `DeleteUser` takes: `DELETE /users/{InstanceId}/{UserId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUserInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `UserId`, required.
    pub user_id: String,
}

impl Input for DeleteUserInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::DeleteUser;
}

pub(crate) static DELETE_USER: &[InputMember] =
    &[InputMember::label("InstanceId", &ID_OR_ARN), InputMember::label("UserId", &USER_ID)];

/// What `DescribeUser` takes: `GET /users/{InstanceId}/{UserId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeUserInput {
    /// `UserId`, required.
    pub user_id: String,
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
}

impl Input for DescribeUserInput {
    type Output = DescribeUserOutput;
    const OPERATION: Operation = Operation::DescribeUser;
}

pub(crate) static DESCRIBE_USER: &[InputMember] =
    &[InputMember::label("UserId", &USER_ID), InputMember::label("InstanceId", &ID_OR_ARN)];

/// What `ListUsers` takes: `GET /users-summary/{InstanceId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ListUsersInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `NextToken`.
    pub next_token: Option<String>,
    /// `MaxResults`: 1 to 1000.
    pub max_results: Option<i32>,
}

impl Input for ListUsersInput {
    type Output = ListUsersOutput;
    const OPERATION: Operation = Operation::ListUsers;
}

pub(crate) static LIST_USERS: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::query("NextToken", "nextToken", &NEXT_TOKEN),
    InputMember::query("MaxResults", "maxResults", &MAX_RESULT1000),
];

/// What `SearchUsers` takes: `POST /search-users`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct SearchUsersInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `NextToken`: 1 to 2500 characters.
    pub next_token: Option<String>,
    /// `MaxResults`: 1 to 500.
    pub max_results: Option<i32>,
    /// `SearchFilter`.
    pub search_filter: Option<UserSearchFilter>,
    /// `SearchCriteria`.
    pub search_criteria: Option<UserSearchCriteria>,
}

impl Input for SearchUsersInput {
    type Output = SearchUsersOutput;
    const OPERATION: Operation = Operation::SearchUsers;
}

pub(crate) static SEARCH_USERS: &[InputMember] = &[
    InputMember::body("InstanceId", &INSTANCE_ID).required(),
    InputMember::body("NextToken", &NEXT_TOKEN2500),
    InputMember::body("MaxResults", &MAX_RESULT500),
    InputMember::body("SearchFilter", &USER_SEARCH_FILTER),
    InputMember::body("SearchCriteria", &USER_SEARCH_CRITERIA),
];
