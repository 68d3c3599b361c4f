// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Structure: hours of operation.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::EpochSeconds;
use crate::model::HoursOfOperationConfig;

/// The structure `HoursOfOperation` of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HoursOfOperation {
    /// `Config`: at most 100 items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<Vec<HoursOfOperationConfig>>,
    /// `Description`: 1 to 250 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `HoursOfOperationArn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours_of_operation_arn: Option<String>,
    /// `HoursOfOperationId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours_of_operation_id: Option<String>,
    /// `LastModifiedRegion`: matching `[a-z]{2}(-[a-z]+){1,2}(-[0-9])?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_region: Option<String>,
    /// `LastModifiedTime`: seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<EpochSeconds>,
    /// `Name`: 1 to 127 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `ParentHoursOfOperations`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_hours_of_operations: Option<Vec<HoursOfOperationsIdentifier>>,
    /// `Tags`: 1 to 50 entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    /// `TimeZone`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// The structure `HoursOfOperationSummary` of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HoursOfOperationSummary {
    /// `Arn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// `Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `LastModifiedRegion`: matching `[a-z]{2}(-[a-z]+){1,2}(-[0-9])?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_region: Option<String>,
    /// `LastModifiedTime`: seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<EpochSeconds>,
    /// `Name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The structure `HoursOfOperationsIdentifier` of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HoursOfOperationsIdentifier {
    /// `Arn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// `Id`.
    pub id: String,
    /// `Name`: 1 to 127 characters.
    pub name: String,
}
