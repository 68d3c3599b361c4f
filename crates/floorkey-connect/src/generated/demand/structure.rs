// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Demands: structure.

use super::*;
use crate::shape::{Member, Shape};

pub(crate) static AI_AGENT: Shape =
    Shape::Structure(&[Member::optional("Arn", &ARN), Member::optional("Type", &AI_AGENT_TYPE)]);
pub(crate) static AFTER_CONTACT_WORK_CONFIG: Shape =
    Shape::Structure(&[Member::optional("AfterContactWorkTimeLimit", &AFTER_CONTACT_WORK_TIME_LIMIT)]);
pub(crate) static AFTER_CONTACT_WORK_CONFIG_PER_CHANNEL: Shape = Shape::Structure(&[
    Member::required("AfterContactWorkConfig", &AFTER_CONTACT_WORK_CONFIG),
    Member::optional("AgentFirstCallbackAfterContactWorkConfig", &AFTER_CONTACT_WORK_CONFIG),
    Member::required("Channel", &CHANNEL),
]);
pub(crate) static APPLICATION: Shape = Shape::Structure(&[
    Member::optional("ApplicationPermissions", &APPLICATION_PERMISSIONS),
    Member::optional("Namespace", &NAMESPACE),
    Member::optional("Type", &APPLICATION_TYPE),
]);
pub(crate) static ATTRIBUTE_AND_CONDITION: Shape = Shape::Structure(&[
    Member::optional("HierarchyGroupCondition", &HIERARCHY_GROUP_CONDITION),
    Member::optional("TagConditions", &TAG_AND_CONDITION_LIST),
]);
pub(crate) static AUTO_ACCEPT_CONFIG: Shape = Shape::Structure(&[
    Member::optional("AgentFirstCallbackAutoAccept", &AGENT_FIRST_CALLBACK_AUTO_ACCEPT),
    Member::required("AutoAccept", &AUTO_ACCEPT),
    Member::required("Channel", &CHANNEL),
]);
pub(crate) static COMMON_ATTRIBUTE_AND_CONDITION: Shape =
    Shape::Structure(&[Member::optional("TagConditions", &TAG_AND_CONDITION_LIST)]);
pub(crate) static CONDITION: Shape = Shape::Structure(&[
    Member::optional("NumberCondition", &NUMBER_CONDITION),
    Member::optional("StringCondition", &STRING_CONDITION),
]);
pub(crate) static CONTROL_PLANE_ATTRIBUTE_FILTER: Shape = Shape::Structure(&[
    Member::optional("AndCondition", &COMMON_ATTRIBUTE_AND_CONDITION),
    Member::optional("OrConditions", &COMMON_ATTRIBUTE_OR_CONDITION_LIST),
    Member::optional("TagCondition", &TAG_CONDITION),
]);
pub(crate) static CONTROL_PLANE_TAG_FILTER: Shape = Shape::Structure(&[
    Member::optional("AndConditions", &TAG_AND_CONDITION_LIST),
    Member::optional("OrConditions", &TAG_OR_CONDITION_LIST),
    Member::optional("TagCondition", &TAG_CONDITION),
]);
pub(crate) static CONTROL_PLANE_USER_ATTRIBUTE_FILTER: Shape = Shape::Structure(&[
    Member::optional("AndCondition", &ATTRIBUTE_AND_CONDITION),
    Member::optional("HierarchyGroupCondition", &HIERARCHY_GROUP_CONDITION),
    Member::optional("OrConditions", &ATTRIBUTE_OR_CONDITION_LIST),
    Member::optional("TagCondition", &TAG_CONDITION),
]);
pub(crate) static CROSS_CHANNEL_BEHAVIOR: Shape = Shape::Structure(&[Member::required("BehaviorType", &BEHAVIOR_TYPE)]);
pub(crate) static CROSS_CHANNEL_WORKLOAD_BEHAVIOR: Shape =
    Shape::Structure(&[Member::optional("ChannelWorkloadBehaviorType", &CHANNEL_WORKLOAD_BEHAVIOR_TYPE)]);
pub(crate) static DATA_TABLE_ACCESS_CONTROL_CONFIGURATION: Shape = Shape::Structure(&[Member::optional(
    "PrimaryAttributeAccessControlConfiguration",
    &PRIMARY_ATTRIBUTE_ACCESS_CONTROL_CONFIGURATION_ITEM,
)]);
pub(crate) static EMAIL_ADDRESS_CONFIG: Shape =
    Shape::Structure(&[Member::required("EmailAddressId", &EMAIL_ADDRESS_ID)]);
pub(crate) static FLOW_MODULE: Shape =
    Shape::Structure(&[Member::optional("FlowModuleId", &FLOW_MODULE_ID), Member::optional("Type", &FLOW_MODULE_TYPE)]);
pub(crate) static GRANULAR_ACCESS_CONTROL_CONFIGURATION: Shape = Shape::Structure(&[Member::optional(
    "DataTableAccessControlConfiguration",
    &DATA_TABLE_ACCESS_CONTROL_CONFIGURATION,
)]);
pub(crate) static HIERARCHY_GROUP_CONDITION: Shape = Shape::Structure(&[
    Member::optional("HierarchyGroupMatchType", &HIERARCHY_GROUP_MATCH_TYPE),
    Member::optional("Value", &STRING),
]);
pub(crate) static HIERARCHY_LEVEL_UPDATE: Shape = Shape::Structure(&[Member::required("Name", &HIERARCHY_LEVEL_NAME)]);
pub(crate) static HIERARCHY_STRUCTURE_UPDATE: Shape = Shape::Structure(&[
    Member::optional("LevelFive", &HIERARCHY_LEVEL_UPDATE),
    Member::optional("LevelFour", &HIERARCHY_LEVEL_UPDATE),
    Member::optional("LevelOne", &HIERARCHY_LEVEL_UPDATE),
    Member::optional("LevelThree", &HIERARCHY_LEVEL_UPDATE),
    Member::optional("LevelTwo", &HIERARCHY_LEVEL_UPDATE),
]);
pub(crate) static HOURS_OF_OPERATION_CONFIG: Shape = Shape::Structure(&[
    Member::required("Day", &HOURS_OF_OPERATION_DAYS),
    Member::required("EndTime", &HOURS_OF_OPERATION_TIME_SLICE),
    Member::required("StartTime", &HOURS_OF_OPERATION_TIME_SLICE),
]);
pub(crate) static HOURS_OF_OPERATION_TIME_SLICE: Shape =
    Shape::Structure(&[Member::required("Hours", &HOURS24_FORMAT), Member::required("Minutes", &MINUTES_LIMIT60)]);
pub(crate) static LIST_CONDITION: Shape = Shape::Structure(&[
    Member::optional("Conditions", &CONDITIONS),
    Member::optional("TargetListType", &TARGET_LIST_TYPE),
]);
pub(crate) static MEDIA_CONCURRENCY: Shape = Shape::Structure(&[
    Member::required("Channel", &CHANNEL),
    Member::optional("Concurrency", &CONCURRENCY),
    Member::optional("CrossChannelBehavior", &CROSS_CHANNEL_BEHAVIOR),
    Member::optional("WorkloadTypeConcurrencies", &WORKLOAD_TYPE_CONCURRENCIES),
]);
pub(crate) static NUMBER_CONDITION: Shape = Shape::Structure(&[
    Member::optional("ComparisonType", &NUMBER_COMPARISON_TYPE),
    Member::optional("FieldName", &STRING),
    Member::optional("MaxValue", &NULLABLE_PROFICIENCY_LIMIT_VALUE),
    Member::optional("MinValue", &NULLABLE_PROFICIENCY_LIMIT_VALUE),
]);
pub(crate) static OUTBOUND_CALLER_CONFIG: Shape = Shape::Structure(&[
    Member::optional("OutboundCallerIdName", &OUTBOUND_CALLER_ID_NAME),
    Member::optional("OutboundCallerIdNumberId", &PHONE_NUMBER_ID),
    Member::optional("OutboundFlowId", &CONTACT_FLOW_ID),
]);
pub(crate) static OUTBOUND_EMAIL_CONFIG: Shape =
    Shape::Structure(&[Member::optional("OutboundEmailAddressId", &EMAIL_ADDRESS_ID)]);
pub(crate) static PARENT_HOURS_OF_OPERATION_CONFIG: Shape =
    Shape::Structure(&[Member::optional("HoursOfOperationId", &HOURS_OF_OPERATION_ID)]);
pub(crate) static PERSISTENT_CONNECTION_CONFIG: Shape = Shape::Structure(&[
    Member::required("Channel", &CHANNEL),
    Member::required("PersistentConnection", &PERSISTENT_CONNECTION),
]);
pub(crate) static PHONE_NUMBER_CONFIG: Shape = Shape::Structure(&[
    Member::required("Channel", &CHANNEL),
    Member::optional("PhoneNumber", &SENSITIVE_PHONE_NUMBER),
    Member::required("PhoneType", &PHONE_TYPE),
]);
pub(crate) static PRIMARY_ATTRIBUTE_ACCESS_CONTROL_CONFIGURATION_ITEM: Shape =
    Shape::Structure(&[Member::optional("PrimaryAttributeValues", &PRIMARY_ATTRIBUTE_VALUES_SET)]);
pub(crate) static PRIMARY_ATTRIBUTE_VALUE: Shape = Shape::Structure(&[
    Member::optional("AccessType", &ACCESS_TYPE),
    Member::optional("AttributeName", &PRIMARY_ATTRIBUTE_CONTEXT_KEY_NAME),
    Member::optional("Values", &PRIMARY_VALUE_LIST),
]);
pub(crate) static ROUTING_PROFILE_MANUAL_ASSIGNMENT_QUEUE_CONFIG: Shape =
    Shape::Structure(&[Member::required("QueueReference", &ROUTING_PROFILE_QUEUE_REFERENCE)]);
pub(crate) static ROUTING_PROFILE_QUEUE_CONFIG: Shape = Shape::Structure(&[
    Member::required("Delay", &DELAY),
    Member::required("Priority", &PRIORITY),
    Member::required("QueueReference", &ROUTING_PROFILE_QUEUE_REFERENCE),
]);
pub(crate) static ROUTING_PROFILE_QUEUE_REFERENCE: Shape =
    Shape::Structure(&[Member::required("Channel", &CHANNEL), Member::required("QueueId", &QUEUE_ID)]);
pub(crate) static SECURITY_PROFILE_ITEM: Shape = Shape::Structure(&[Member::optional("Id", &SECURITY_PROFILE_ID)]);
pub(crate) static SECURITY_PROFILE_SEARCH_CRITERIA: Shape = Shape::Structure(&[
    Member::optional("AndConditions", &SECURITY_PROFILE_SEARCH_CONDITION_LIST),
    Member::optional("OrConditions", &SECURITY_PROFILE_SEARCH_CONDITION_LIST),
    Member::optional("StringCondition", &STRING_CONDITION),
]);
pub(crate) static SECURITY_PROFILES_SEARCH_FILTER: Shape =
    Shape::Structure(&[Member::optional("TagFilter", &CONTROL_PLANE_TAG_FILTER)]);
pub(crate) static STRING_CONDITION: Shape = Shape::Structure(&[
    Member::optional("ComparisonType", &STRING_COMPARISON_TYPE),
    Member::optional("FieldName", &STRING),
    Member::optional("Value", &STRING),
]);
pub(crate) static TAG_CONDITION: Shape =
    Shape::Structure(&[Member::optional("TagKey", &STRING), Member::optional("TagValue", &STRING)]);
pub(crate) static USER_HIERARCHY_GROUP_SEARCH_CRITERIA: Shape = Shape::Structure(&[
    Member::optional("AndConditions", &USER_HIERARCHY_GROUP_SEARCH_CONDITION_LIST),
    Member::optional("OrConditions", &USER_HIERARCHY_GROUP_SEARCH_CONDITION_LIST),
    Member::optional("StringCondition", &STRING_CONDITION),
]);
pub(crate) static USER_HIERARCHY_GROUP_SEARCH_FILTER: Shape =
    Shape::Structure(&[Member::optional("AttributeFilter", &CONTROL_PLANE_ATTRIBUTE_FILTER)]);
pub(crate) static USER_IDENTITY_INFO: Shape = Shape::Structure(&[
    Member::optional("Email", &EMAIL),
    Member::optional("FirstName", &AGENT_FIRST_NAME),
    Member::optional("LastName", &AGENT_LAST_NAME),
    Member::optional("Mobile", &PHONE_NUMBER),
    Member::optional("SecondaryEmail", &EMAIL),
]);
pub(crate) static USER_PHONE_CONFIG: Shape = Shape::Structure(&[
    Member::optional("AfterContactWorkTimeLimit", &AFTER_CONTACT_WORK_TIME_LIMIT),
    Member::optional("AutoAccept", &AUTO_ACCEPT),
    Member::optional("DeskPhoneNumber", &SENSITIVE_PHONE_NUMBER),
    Member::optional("PersistentConnection", &PERSISTENT_CONNECTION),
    Member::optional("PhoneType", &PHONE_TYPE),
]);
pub(crate) static USER_PROFICIENCY: Shape = Shape::Structure(&[
    Member::required("AttributeName", &PREDEFINED_ATTRIBUTE_NAME),
    Member::required("AttributeValue", &PREDEFINED_ATTRIBUTE_STRING_VALUE),
    Member::required("Level", &PROFICIENCY_LEVEL),
]);
pub(crate) static USER_PROFICIENCY_DISASSOCIATE: Shape = Shape::Structure(&[
    Member::required("AttributeName", &PREDEFINED_ATTRIBUTE_NAME),
    Member::required("AttributeValue", &PREDEFINED_ATTRIBUTE_STRING_VALUE),
]);
pub(crate) static USER_SEARCH_CRITERIA: Shape = Shape::Structure(&[
    Member::optional("AndConditions", &USER_SEARCH_CONDITION_LIST),
    Member::optional("HierarchyGroupCondition", &HIERARCHY_GROUP_CONDITION),
    Member::optional("ListCondition", &LIST_CONDITION),
    Member::optional("OrConditions", &USER_SEARCH_CONDITION_LIST),
    Member::optional("StringCondition", &STRING_CONDITION),
]);
pub(crate) static USER_SEARCH_FILTER: Shape = Shape::Structure(&[
    Member::optional("TagFilter", &CONTROL_PLANE_TAG_FILTER),
    Member::optional("UserAttributeFilter", &CONTROL_PLANE_USER_ATTRIBUTE_FILTER),
]);
pub(crate) static VOICE_ENHANCEMENT_CONFIG: Shape = Shape::Structure(&[
    Member::required("Channel", &CHANNEL),
    Member::required("VoiceEnhancementMode", &VOICE_ENHANCEMENT_MODE),
]);
pub(crate) static WORKLOAD_TYPE_CONCURRENCY: Shape = Shape::Structure(&[
    Member::required("Concurrency", &WORKLOAD_TYPE_CONCURRENCY_TYPE),
    Member::optional("CrossChannelWorkloadBehavior", &CROSS_CHANNEL_WORKLOAD_BEHAVIOR),
    Member::required("WorkloadType", &WORKLOAD_TYPE),
]);
