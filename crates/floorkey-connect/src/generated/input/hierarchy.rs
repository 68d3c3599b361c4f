// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Input: hierarchy.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::generated::demand::*;
use crate::input::{Empty, Input, InputMember};
use crate::model::{
    CreateUserHierarchyGroupOutput, DescribeUserHierarchyGroupOutput, DescribeUserHierarchyStructureOutput,
    HierarchyStructureUpdate, ListUserHierarchyGroupsOutput, SearchUserHierarchyGroupsOutput,
    UserHierarchyGroupSearchCriteria, UserHierarchyGroupSearchFilter,
};
use crate::operation::Operation;

/// What `CreateUserHierarchyGroup` takes: `PUT /user-hierarchy-groups/{InstanceId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct CreateUserHierarchyGroupInput {
    /// `Name`, required.
    pub name: String,
    /// `ParentGroupId`.
    pub parent_group_id: Option<String>,
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `Tags`: 1 to 50 entries.
    pub tags: Option<BTreeMap<String, String>>,
}

impl Input for CreateUserHierarchyGroupInput {
    type Output = CreateUserHierarchyGroupOutput;
    const OPERATION: Operation = Operation::CreateUserHierarchyGroup;
}

pub(crate) static CREATE_USER_HIERARCHY_GROUP: &[InputMember] = &[
    InputMember::body("Name", &HIERARCHY_GROUP_NAME).required(),
    InputMember::body("ParentGroupId", &HIERARCHY_GROUP_ID),
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::body("Tags", &TAG_MAP),
];

/// What `DeleteUserHierarchyGroup` takes: `DELETE /user-hierarchy-groups/{InstanceId}/{HierarchyGroupId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUserHierarchyGroupInput {
    /// `HierarchyGroupId`, required.
    pub hierarchy_group_id: String,
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
}

impl Input for DeleteUserHierarchyGroupInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::DeleteUserHierarchyGroup;
}

pub(crate) static DELETE_USER_HIERARCHY_GROUP: &[InputMember] =
    &[InputMember::label("HierarchyGroupId", &HIERARCHY_GROUP_ID), InputMember::label("InstanceId", &ID_OR_ARN)];

/// What `DescribeUserHierarchyGroup` takes: `GET /user-hierarchy-groups/{InstanceId}/{HierarchyGroupId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeUserHierarchyGroupInput {
    /// `HierarchyGroupId`, required.
    pub hierarchy_group_id: String,
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
}

impl Input for DescribeUserHierarchyGroupInput {
    type Output = DescribeUserHierarchyGroupOutput;
    const OPERATION: Operation = Operation::DescribeUserHierarchyGroup;
}

pub(crate) static DESCRIBE_USER_HIERARCHY_GROUP: &[InputMember] =
    &[InputMember::label("HierarchyGroupId", &HIERARCHY_GROUP_ID), InputMember::label("InstanceId", &ID_OR_ARN)];

/// What `DescribeUserHierarchyStructure` takes: `GET /user-hierarchy-structure/{InstanceId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeUserHierarchyStructureInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
}

impl Input for DescribeUserHierarchyStructureInput {
    type Output = DescribeUserHierarchyStructureOutput;
    const OPERATION: Operation = Operation::DescribeUserHierarchyStructure;
}

pub(crate) static DESCRIBE_USER_HIERARCHY_STRUCTURE: &[InputMember] = &[InputMember::label("InstanceId", &ID_OR_ARN)];

/// What `ListUserHierarchyGroups` takes: `GET /user-hierarchy-groups-summary/{InstanceId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserHierarchyGroupsInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `NextToken`.
    pub next_token: Option<String>,
    /// `MaxResults`: 1 to 1000.
    pub max_results: Option<i32>,
}

impl Input for ListUserHierarchyGroupsInput {
    type Output = ListUserHierarchyGroupsOutput;
    const OPERATION: Operation = Operation::ListUserHierarchyGroups;
}

pub(crate) static LIST_USER_HIERARCHY_GROUPS: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::query("NextToken", "nextToken", &NEXT_TOKEN),
    InputMember::query("MaxResults", "maxResults", &MAX_RESULT1000),
];

/// What `SearchUserHierarchyGroups` takes: `POST /search-user-hierarchy-groups`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct SearchUserHierarchyGroupsInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `NextToken`: 1 to 2500 characters.
    pub next_token: Option<String>,
    /// `MaxResults`: 1 to 100.
    pub max_results: Option<i32>,
    /// `SearchFilter`.
    pub search_filter: Option<UserHierarchyGroupSearchFilter>,
    /// `SearchCriteria`.
    pub search_criteria: Option<UserHierarchyGroupSearchCriteria>,
}

impl Input for SearchUserHierarchyGroupsInput {
    type Output = SearchUserHierarchyGroupsOutput;
    const OPERATION: Operation = Operation::SearchUserHierarchyGroups;
}

pub(crate) static SEARCH_USER_HIERARCHY_GROUPS: &[InputMember] = &[
    InputMember::body("InstanceId", &INSTANCE_ID).required(),
    InputMember::body("NextToken", &NEXT_TOKEN2500),
    InputMember::body("MaxResults", &MAX_RESULT100),
    InputMember::body("SearchFilter", &USER_HIERARCHY_GROUP_SEARCH_FILTER),
    InputMember::body("SearchCriteria", &USER_HIERARCHY_GROUP_SEARCH_CRITERIA),
];

/// What `UpdateUserHierarchyGroupName` takes: `POST /user-hierarchy-groups/{InstanceId}/{HierarchyGroupId}/name`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserHierarchyGroupNameInput {
    /// `Name`, required.
    pub name: String,
    /// `HierarchyGroupId`, required.
    pub hierarchy_group_id: String,
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
}

impl Input for UpdateUserHierarchyGroupNameInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UpdateUserHierarchyGroupName;
}

pub(crate) static UPDATE_USER_HIERARCHY_GROUP_NAME: &[InputMember] = &[
    InputMember::body("Name", &HIERARCHY_GROUP_NAME).required(),
    InputMember::label("HierarchyGroupId", &HIERARCHY_GROUP_ID),
    InputMember::label("InstanceId", &ID_OR_ARN),
];

/// What `UpdateUserHierarchyStructure` takes: `POST /user-hierarchy-structure/{InstanceId}`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserHierarchyStructureInput {
    /// `HierarchyStructure`, required.
    pub hierarchy_structure: HierarchyStructureUpdate,
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
}

impl Input for UpdateUserHierarchyStructureInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UpdateUserHierarchyStructure;
}

pub(crate) static UPDATE_USER_HIERARCHY_STRUCTURE: &[InputMember] = &[
    InputMember::body("HierarchyStructure", &HIERARCHY_STRUCTURE_UPDATE).required(),
    InputMember::label("InstanceId", &ID_OR_ARN),
];
