// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Input: instance.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Sensitive;
use crate::generated::demand::*;
use crate::input::{Empty, Input, InputMember};
use crate::model::{
    CreateInstanceOutput, DescribeInstanceAttributeOutput, DescribeInstanceOutput, DirectoryType,
    InstanceAttributeType, ListInstanceAttributesOutput, ListInstancesOutput,
};
use crate::operation::Operation;

/// What `CreateInstance` takes: `PUT /instance`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct CreateInstanceInput {
    /// `ClientToken`: at most 500 characters.
    pub client_token: Option<String>,
    /// `IdentityManagementType`, required.
    pub identity_management_type: DirectoryType,
    /// `InstanceAlias`: 1 to 45 characters, letters, digits and inner hyphens, not beginning with `d-`.
    pub instance_alias: Option<Sensitive>,
    /// `DirectoryId`: exactly 12 characters, `d-` and ten hexadecimal digits.
    pub directory_id: Option<String>,
    /// `InboundCallsEnabled`, required.
    pub inbound_calls_enabled: bool,
    /// `OutboundCallsEnabled`, required.
    pub outbound_calls_enabled: bool,
    /// `Tags`: 1 to 50 entries.
    pub tags: Option<BTreeMap<String, String>>,
}

impl Input for CreateInstanceInput {
    type Output = CreateInstanceOutput;
    const OPERATION: Operation = Operation::CreateInstance;
}

pub(crate) static CREATE_INSTANCE: &[InputMember] = &[
    InputMember::body("ClientToken", &CLIENT_TOKEN),
    InputMember::body("IdentityManagementType", &DIRECTORY_TYPE).required(),
    InputMember::body("InstanceAlias", &DIRECTORY_ALIAS),
    InputMember::body("DirectoryId", &DIRECTORY_ID),
    InputMember::body("InboundCallsEnabled", &INBOUND_CALLS_ENABLED).required(),
    InputMember::body("OutboundCallsEnabled", &OUTBOUND_CALLS_ENABLED).required(),
    InputMember::body("Tags", &TAG_MAP),
];

/// What `DeleteInstance` takes: `DELETE /instance/{InstanceId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteInstanceInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `ClientToken`: at most 500 characters.
    pub client_token: Option<String>,
}

impl Input for DeleteInstanceInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::DeleteInstance;
}

pub(crate) static DELETE_INSTANCE: &[InputMember] =
    &[InputMember::label("InstanceId", &ID_OR_ARN), InputMember::query("ClientToken", "clientToken", &CLIENT_TOKEN)];

/// What `DescribeInstance` takes: `GET /instance/{InstanceId}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeInstanceInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
}

impl Input for DescribeInstanceInput {
    type Output = DescribeInstanceOutput;
    const OPERATION: Operation = Operation::DescribeInstance;
}

pub(crate) static DESCRIBE_INSTANCE: &[InputMember] = &[InputMember::label("InstanceId", &ID_OR_ARN)];

/// What `DescribeInstanceAttribute` takes: `GET /instance/{InstanceId}/attribute/{AttributeType}`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeInstanceAttributeInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `AttributeType`, required.
    pub attribute_type: InstanceAttributeType,
}

impl Input for DescribeInstanceAttributeInput {
    type Output = DescribeInstanceAttributeOutput;
    const OPERATION: Operation = Operation::DescribeInstanceAttribute;
}

pub(crate) static DESCRIBE_INSTANCE_ATTRIBUTE: &[InputMember] =
    &[InputMember::label("InstanceId", &ID_OR_ARN), InputMember::label("AttributeType", &INSTANCE_ATTRIBUTE_TYPE)];

/// What `ListInstanceAttributes` takes: `GET /instance/{InstanceId}/attributes`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ListInstanceAttributesInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `NextToken`.
    pub next_token: Option<String>,
    /// `MaxResults`: 1 to 7.
    pub max_results: Option<i32>,
}

impl Input for ListInstanceAttributesInput {
    type Output = ListInstanceAttributesOutput;
    const OPERATION: Operation = Operation::ListInstanceAttributes;
}

pub(crate) static LIST_INSTANCE_ATTRIBUTES: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::query("NextToken", "nextToken", &NEXT_TOKEN),
    InputMember::query("MaxResults", "maxResults", &MAX_RESULT7),
];

/// What `ListInstances` takes: `GET /instance`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ListInstancesInput {
    /// `NextToken`.
    pub next_token: Option<String>,
    /// `MaxResults`: 1 to 10.
    pub max_results: Option<i32>,
}

impl Input for ListInstancesInput {
    type Output = ListInstancesOutput;
    const OPERATION: Operation = Operation::ListInstances;
}

pub(crate) static LIST_INSTANCES: &[InputMember] = &[
    InputMember::query("NextToken", "nextToken", &NEXT_TOKEN),
    InputMember::query("MaxResults", "maxResults", &MAX_RESULT10),
];

/// What `UpdateInstanceAttribute` takes: `POST /instance/{InstanceId}/attribute/{AttributeType}`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateInstanceAttributeInput {
    /// `InstanceId`, required: the instance's id or its ARN.
    pub instance_id: String,
    /// `AttributeType`, required.
    pub attribute_type: InstanceAttributeType,
    /// `Value`, required: 1 to 100 characters.
    pub value: String,
    /// `ClientToken`: at most 500 characters.
    pub client_token: Option<String>,
}

impl Input for UpdateInstanceAttributeInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UpdateInstanceAttribute;
}

pub(crate) static UPDATE_INSTANCE_ATTRIBUTE: &[InputMember] = &[
    InputMember::label("InstanceId", &ID_OR_ARN),
    InputMember::label("AttributeType", &INSTANCE_ATTRIBUTE_TYPE),
    InputMember::body("Value", &INSTANCE_ATTRIBUTE_VALUE).required(),
    InputMember::body("ClientToken", &CLIENT_TOKEN),
];
