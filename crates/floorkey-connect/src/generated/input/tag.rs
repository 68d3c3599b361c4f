// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Input: tag.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::generated::demand::*;
use crate::input::{Empty, Input, InputMember};
use crate::model::ListTagsForResourceOutput;
use crate::operation::Operation;

/// What `ListTagsForResource` takes: `GET /tags/{resourceArn}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ListTagsForResourceInput {
    /// `resourceArn`, required.
    #[serde(rename = "resourceArn")]
    pub resource_arn: String,
}

impl Input for ListTagsForResourceInput {
    type Output = ListTagsForResourceOutput;
    const OPERATION: Operation = Operation::ListTagsForResource;
}

pub(crate) static LIST_TAGS_FOR_RESOURCE: &[InputMember] = &[InputMember::label("resourceArn", &ARN)];

/// What `TagResource` takes: `POST /tags/{resourceArn}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct TagResourceInput {
    /// `resourceArn`, required.
    #[serde(rename = "resourceArn")]
    pub resource_arn: String,
    /// `tags`, required: 1 to 50 entries.
    #[serde(rename = "tags")]
    pub tags: BTreeMap<String, String>,
}

impl Input for TagResourceInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::TagResource;
}

pub(crate) static TAG_RESOURCE: &[InputMember] =
    &[InputMember::label("resourceArn", &ARN), InputMember::body("tags", &TAG_MAP).required()];

/// What `UntagResource` takes: `DELETE /tags/{resourceArn}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UntagResourceInput {
    /// `resourceArn`, required.
    #[serde(rename = "resourceArn")]
    pub resource_arn: String,
    /// `tagKeys`, required: 1 to 50 items.
    #[serde(rename = "tagKeys")]
    pub tag_keys: Vec<String>,
}

impl Input for UntagResourceInput {
    type Output = Empty;
    const OPERATION: Operation = Operation::UntagResource;
}

pub(crate) static UNTAG_RESOURCE: &[InputMember] =
    &[InputMember::label("resourceArn", &ARN), InputMember::query("tagKeys", "tagKeys", &TAG_KEY_LIST).required()];
