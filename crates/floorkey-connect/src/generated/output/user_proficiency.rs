// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Output: user proficiency.

use serde::Serialize;

use crate::EpochSeconds;
use crate::model::UserProficiency;

/// What `ListUserProficiencies` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserProficienciesOutput {
    /// `NextToken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `UserProficiencyList`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_proficiency_list: Option<Vec<UserProficiency>>,
    /// `LastModifiedTime`: seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<EpochSeconds>,
    /// `LastModifiedRegion`: matching `[a-z]{2}(-[a-z]+){1,2}(-[0-9])?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_region: Option<String>,
}
