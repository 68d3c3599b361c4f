// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Output: user.

use serde::Serialize;

use crate::model::{User, UserSearchSummary, UserSummary};

/// What `CreateUser` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateUserOutput {
    /// `UserId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// `UserArn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_arn: Option<String>,
}

/// What `DescribeUser` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeUserOutput {
    /// `User`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
}

/// What `ListUsers` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUsersOutput {
    /// `UserSummaryList`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_summary_list: Option<Vec<UserSummary>>,
    /// `NextToken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// What `SearchUsers` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SearchUsersOutput {
    /// `Users`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<Vec<UserSearchSummary>>,
    /// `NextToken`: 1 to 2500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `ApproximateTotalCount`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approximate_total_count: Option<i64>,
}
