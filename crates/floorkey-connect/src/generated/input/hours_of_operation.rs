// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Input: hours of operation.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::generated::demand::*;
use crate::input::{Empty, Input, InputMember};
use crate::model::{
    CreateHoursOfOperationOutput, DescribeHoursOfOperationOutput, HoursOfOperationConfig, ListHoursOfOperationsOutput,
    ParentHoursOfOperationConfig,
};
use crate::operation::Operation;

/// What `CreateHoursOfOperation` takes: `PUT /hours-of-operations/{InstanceId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct CreateHoursOfOperationInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `Name`, required: 1 to 127 characters.
    pub name: String,
    /// `Description`: 1 to 250 characters.
    pub description: Option<String>,
    /// `TimeZone`, required.
    pub time_zone: String,
    /// `Config`, required: at most 100 items.
    pub config: Vec<HoursOfOperationConfig>,
    /// `ParentHoursOfOperationConfigs`: at most 3 items.
    pub parent_hours_of_operation_configs: Option<Vec<ParentHoursOfOperationConfig>>,
    /// `Tags`: 1 to 50 entries.
    pub tags: Option<BTreeMap<String, String>>,
}

impl Input for CreateHoursOfOperationInput {
    type Output = CreateHoursOfOperationOutput;
    const OPERATION: Operation = Operation::CreateHoursOfOperation;
}

pub(crate) static CREATE_HOURS_OF_OPERATION: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::body("Name", &COMMON_NAME_LENGTH127).required(),
    InputMember::body("Description", &HOURS_OF_OPERATION_DESCRIPTION),
    InputMember::body("TimeZone", &TIME_ZONE).required(),
    InputMember::body("Config", &HOURS_OF_OPERATION_CONFIG_LIST).required(),
    InputMember::body("ParentHoursOfOperationConfigs", &PARENT_HOURS_OF_OPERATION_CONFIG_LIST),
    InputMember::body("Tags", &TAG_MAP),
];

/// What `DeleteHoursOfOperation` takes: `DELETE /hours-of-operations/{InstanceId}/{HoursOfOperationId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteHoursOfOperationInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `HoursOfOperationId`, required.
    pub hours_of_operation_id: String,
}

impl Input for DeleteHoursOfOperationInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::DeleteHoursOfOperation;
}

pub(crate) static DELETE_HOURS_OF_OPERATION: &[InputMember] =
    &[InputMember::label("InstanceId", &ID_OR_ARN), InputMember::label("HoursOfOperationId", &HOURS_OF_OPERATION_ID)];

/// What `DescribeHoursOfOperation` takes: `GET /hours-of-operations/{InstanceId}/{HoursOfOperationId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeHoursOfOperationInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `HoursOfOperationId`, required.
    pub hours_of_operation_id: String,
}

impl Input for DescribeHoursOfOperationInput {
    type Output = DescribeHoursOfOperationOutput;
    const OPERATION: Operation = Operation::DescribeHoursOfOperation;
}

pub(crate) static DESCRIBE_HOURS_OF_OPERATION: &[InputMember] =
    &[InputMember::label("InstanceId", &ID_OR_ARN), InputMember::label("HoursOfOperationId", &HOURS_OF_OPERATION_ID)];

/// What `ListHoursOfOperations` takes: `GET /hours-of-operations-summary/{InstanceId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ListHoursOfOperationsInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `NextToken`.
    pub next_token: Option<String>,
    /// `MaxResults`: 1 to 1000.
    pub max_results: Option<i32>,
}

impl Input for ListHoursOfOperationsInput {
    type Output = ListHoursOfOperationsOutput;
    const OPERATION: Operation = Operation::ListHoursOfOperations;
}

pub(crate) static LIST_HOURS_OF_OPERATIONS: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::query("NextToken", "nextToken", &NEXT_TOKEN),
    InputMember::query("MaxResults", "maxResults", &MAX_RESULT1000),
];

/// What `UpdateHoursOfOperation` takes: `POST /hours-of-operations/{InstanceId}/{HoursOfOperationId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateHoursOfOperationInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `HoursOfOperationId`, required.
    pub hours_of_operation_id: String,
    /// `Name`: 1 to 127 characters.
    pub name: Option<String>,
    /// `Description`: at most 250 characters.
    pub description: Option<String>,
    /// `TimeZone`.
    pub time_zone: Option<String>,
    /// `Config`: at most 100 items.
    pub config: Option<Vec<HoursOfOperationConfig>>,
}

impl Input for UpdateHoursOfOperationInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UpdateHoursOfOperation;
}

pub(crate) static UPDATE_HOURS_OF_OPERATION: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("HoursOfOperationId", &HOURS_OF_OPERATION_ID),
    InputMember::body("Name", &COMMON_NAME_LENGTH127),
    InputMember::body("Description", &UPDATE_HOURS_OF_OPERATION_DESCRIPTION),
    InputMember::body("TimeZone", &TIME_ZONE),
    InputMember::body("Config", &HOURS_OF_OPERATION_CONFIG_LIST),
];
