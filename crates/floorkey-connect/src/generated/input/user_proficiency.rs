// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Input: user proficiency.

use serde::Deserialize;

use crate::generated::demand::*;
use crate::input::{Empty, Input, InputMember};
use crate::model::{ListUserProficienciesOutput, UserProficiency, UserProficiencyDisassociate};
use crate::operation::Operation;

/// What `AssociateUserProficiencies` takes: `POST /users/{InstanceId}/{UserId}/associate-proficiencies`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct AssociateUserProficienciesInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `UserId`, required.
    pub user_id: String,
    /// `UserProficiencies`, required.
    pub user_proficiencies: Vec<UserProficiency>,
}

impl Input for AssociateUserProficienciesInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::AssociateUserProficiencies;
}

pub(crate) static ASSOCIATE_USER_PROFICIENCIES: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("UserId", &USER_ID),
    InputMember::body("UserProficiencies", &USER_PROFICIENCY_LIST).required(),
];

/// What `DisassociateUserProficiencies` takes: `POST /users/{InstanceId}/{UserId}/disassociate-proficiencies`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct DisassociateUserProficienciesInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `UserId`, required.
    pub user_id: String,
    /// `UserProficiencies`, required.
    pub user_proficiencies: Vec<UserProficiencyDisassociate>,
}

impl Input for DisassociateUserProficienciesInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::DisassociateUserProficiencies;
}

pub(crate) static DISASSOCIATE_USER_PROFICIENCIES: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("UserId", &USER_ID),
    InputMember::body("UserProficiencies", &USER_PROFICIENCY_DISASSOCIATE_LIST).required(),
];

/// What `ListUserProficiencies` takes: `GET /users/{InstanceId}/{UserId}/proficiencies`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserProficienciesInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `UserId`, required.
    pub user_id: String,
    /// `NextToken`.
    pub next_token: Option<String>,
    /// `MaxResults`: 1 to 100.
    pub max_results: Option<i32>,
}

impl Input for ListUserProficienciesInput {
    type Output = ListUserProficienciesOutput;
    const OPERATION: Operation = Operation::ListUserProficiencies;
}

pub(crate) static LIST_USER_PROFICIENCIES: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("UserId", &USER_ID),
    InputMember::query("NextToken", "nextToken", &NEXT_TOKEN),
    InputMember::query("MaxResults", "maxResults", &MAX_RESULT100),
];

/// What `UpdateUserProficiencies` takes: `POST /users/{InstanceId}/{UserId}/proficiencies`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserProficienciesInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `UserId`, required.
    pub user_id: String,
    /// `UserProficiencies`, required.
    pub user_proficiencies: Vec<UserProficiency>,
}

impl Input for UpdateUserProficienciesInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UpdateUserProficiencies;
}

pub(crate) static UPDATE_USER_PROFICIENCIES: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("UserId", &USER_ID),
    InputMember::body("UserProficiencies", &USER_PROFICIENCY_LIST).required(),
];
