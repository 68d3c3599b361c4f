// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Output: hierarchy.

use serde::Serialize;

use crate::model::{HierarchyGroup, HierarchyGroupSummary, HierarchyStructure};

/// What `CreateUserHierarchyGroup` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateUserHierarchyGroupOutput {
    /// `HierarchyGroupId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hierarchy_group_id: Option<String>,
    /// `HierarchyGroupArn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hierarchy_group_arn: Option<String>,
}

/// What `DescribeUserHierarchyGroup` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeUserHierarchyGroupOutput {
    /// `HierarchyGroup`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hierarchy_group: Option<HierarchyGroup>,
}

/// What `DescribeUserHierarchyStructure` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeUserHierarchyStructureOutput {
    /// `HierarchyStructure`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hierarchy_structure: Option<HierarchyStructure>,
}

/// What `ListUserHierarchyGroups` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserHierarchyGroupsOutput {
    /// `UserHierarchyGroupSummaryList`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_hierarchy_group_summary_list: Option<Vec<HierarchyGroupSummary>>,
    /// `NextToken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// What `SearchUserHierarchyGroups` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SearchUserHierarchyGroupsOutput {
    /// `UserHierarchyGroups`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_hierarchy_groups: Option<Vec<HierarchyGroup>>,
    /// `NextToken`: 1 to 2500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `ApproximateTotalCount`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approximate_total_count: Option<i64>,
}
