// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Structure: taken.

use serde::Deserialize;

use crate::model::{Channel, HierarchyGroupMatchType, NumberComparisonType, StringComparisonType, TargetListType};

/// The structure `AttributeAndCondition` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct AttributeAndCondition {
    /// `HierarchyGroupCondition`.
    pub hierarchy_group_condition: Option<HierarchyGroupCondition>,
    /// `TagConditions`.
    pub tag_conditions: Option<Vec<TagCondition>>,
}

/// The structure `CommonAttributeAndCondition` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct CommonAttributeAndCondition {
    /// `TagConditions`.
    pub tag_conditions: Option<Vec<TagCondition>>,
}

/// The structure `Condition` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct Condition {
    /// `NumberCondition`.
    pub number_condition: Option<NumberCondition>,
    /// `StringCondition`.
    pub string_condition: Option<StringCondition>,
}

/// The structure `ControlPlaneAttributeFilter` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ControlPlaneAttributeFilter {
    /// `AndCondition`.
    pub and_condition: Option<CommonAttributeAndCondition>,
    /// `OrConditions`.
    pub or_conditions: Option<Vec<CommonAttributeAndCondition>>,
    /// `TagCondition`.
    pub tag_condition: Option<TagCondition>,
}

/// The structure `ControlPlaneTagFilter` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ControlPlaneTagFilter {
    /// `AndConditions`.
    pub and_conditions: Option<Vec<TagCondition>>,
    /// `OrConditions`.
    pub or_conditions: Option<Vec<Vec<TagCondition>>>,
    /// `TagCondition`.
    pub tag_condition: Option<TagCondition>,
}

/// The structure `ControlPlaneUserAttributeFilter` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ControlPlaneUserAttributeFilter {
    /// `AndCondition`.
    pub and_condition: Option<AttributeAndCondition>,
    /// `HierarchyGroupCondition`.
    pub hierarchy_group_condition: Option<HierarchyGroupCondition>,
    /// `OrConditions`.
    pub or_conditions: Option<Vec<AttributeAndCondition>>,
    /// `TagCondition`.
    pub tag_condition: Option<TagCondition>,
}

/// The structure `EmailAddressConfig` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct EmailAddressConfig {
    /// `EmailAddressId`, required: 1 to 500 characters.
    pub email_address_id: String,
}

/// The structure `HierarchyGroupCondition` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct HierarchyGroupCondition {
    /// `HierarchyGroupMatchType`.
    pub hierarchy_group_match_type: Option<HierarchyGroupMatchType>,
    /// `Value`.
    pub value: Option<String>,
}

/// The structure `HierarchyLevelUpdate` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct HierarchyLevelUpdate {
    /// `Name`, required.
    pub name: String,
}

/// The structure `HierarchyStructureUpdate` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct HierarchyStructureUpdate {
    /// `LevelFive`.
    pub level_five: Option<HierarchyLevelUpdate>,
    /// `LevelFour`.
    pub level_four: Option<HierarchyLevelUpdate>,
    /// `LevelOne`.
    pub level_one: Option<HierarchyLevelUpdate>,
    /// `LevelThree`.
    pub level_three: Option<HierarchyLevelUpdate>,
    /// `LevelTwo`.
    pub level_two: Option<HierarchyLevelUpdate>,
}

/// The structure `ListCondition` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ListCondition {
    /// `Conditions`.
    pub conditions: Option<Vec<Condition>>,
    /// `TargetListType`.
    pub target_list_type: Option<TargetListType>,
}

/// The structure `NumberCondition` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct NumberCondition {
    /// `ComparisonType`.
    pub comparison_type: Option<NumberComparisonType>,
    /// `FieldName`.
    pub field_name: Option<String>,
    /// `MaxValue`.
    pub max_value: Option<i32>,
    /// `MinValue`.
    pub min_value: Option<i32>,
}

/// The structure `ParentHoursOfOperationConfig` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct ParentHoursOfOperationConfig {
    /// `HoursOfOperationId`.
    pub hours_of_operation_id: Option<String>,
}

/// The structure `RoutingProfileManualAssignmentQueueConfig` of the model.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct RoutingProfileManualAssignmentQueueConfig {
    /// `QueueReference`, required.
    pub queue_reference: RoutingProfileQueueReference,
}

/// The structure `RoutingProfileQueueConfig` of the model.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct RoutingProfileQueueConfig {
    /// `Delay`, required: 0 to 9999.
    pub delay: i32,
    /// `Priority`, required: 1 to 99.
    pub priority: i32,
    /// `QueueReference`, required.
    pub queue_reference: RoutingProfileQueueReference,
}

/// The structure `RoutingProfileQueueReference` of the model.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct RoutingProfileQueueReference {
    /// `Channel`, required.
    pub channel: Channel,
    /// `QueueId`, required.
    pub queue_id: String,
}

/// The structure `SecurityProfileSearchCriteria` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct SecurityProfileSearchCriteria {
    /// `AndConditions`.
    pub and_conditions: Option<Vec<SecurityProfileSearchCriteria>>,
    /// `OrConditions`.
    pub or_conditions: Option<Vec<SecurityProfileSearchCriteria>>,
    /// `StringCondition`.
    pub string_condition: Option<StringCondition>,
}

/// The structure `SecurityProfilesSearchFilter` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct SecurityProfilesSearchFilter {
    /// `TagFilter`.
    pub tag_filter: Option<ControlPlaneTagFilter>,
}

/// The structure `StringCondition` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct StringCondition {
    /// `ComparisonType`.
    pub comparison_type: Option<StringComparisonType>,
    /// `FieldName`.
    pub field_name: Option<String>,
    /// `Value`.
    pub value: Option<String>,
}

/// The structure `TagCondition` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct TagCondition {
    /// `TagKey`.
    pub tag_key: Option<String>,
    /// `TagValue`.
    pub tag_value: Option<String>,
}

/// The structure `UserHierarchyGroupSearchCriteria` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UserHierarchyGroupSearchCriteria {
    /// `AndConditions`.
    pub and_conditions: Option<Vec<UserHierarchyGroupSearchCriteria>>,
    /// `OrConditions`.
    pub or_conditions: Option<Vec<UserHierarchyGroupSearchCriteria>>,
    /// `StringCondition`.
    pub string_condition: Option<StringCondition>,
}

/// The structure `UserHierarchyGroupSearchFilter` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UserHierarchyGroupSearchFilter {
    /// `AttributeFilter`.
    pub attribute_filter: Option<ControlPlaneAttributeFilter>,
}

/// The structure `UserProficiencyDisassociate` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UserProficiencyDisassociate {
    /// `AttributeName`, required: 1 to 100 characters.
    pub attribute_name: String,
    /// `AttributeValue`, required: 1 to 100 characters.
    pub attribute_value: String,
}

/// The structure `UserSearchCriteria` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UserSearchCriteria {
    /// `AndConditions`.
    pub and_conditions: Option<Vec<UserSearchCriteria>>,
    /// `HierarchyGroupCondition`.
    pub hierarchy_group_condition: Option<HierarchyGroupCondition>,
    /// `ListCondition`.
    pub list_condition: Option<ListCondition>,
    /// `OrConditions`.
    pub or_conditions: Option<Vec<UserSearchCriteria>>,
    /// `StringCondition`.
    pub string_condition: Option<StringCondition>,
}

/// The structure `UserSearchFilter` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub struct UserSearchFilter {
    /// `TagFilter`.
    pub tag_filter: Option<ControlPlaneTagFilter>,
    /// `UserAttributeFilter`.
    pub user_attribute_filter: Option<ControlPlaneUserAttributeFilter>,
}
