// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Demands: collection.

use super::*;
use crate::shape::Shape;

pub(crate) static AFTER_CONTACT_WORK_CONFIGS: Shape =
    Shape::List { item: &AFTER_CONTACT_WORK_CONFIG_PER_CHANNEL, min: 0, max: usize::MAX };
pub(crate) static AGENT_STATUS_TYPES: Shape = Shape::List { item: &AGENT_STATUS_TYPE, min: 0, max: 3 };
pub(crate) static ALLOWED_AI_AGENTS: Shape = Shape::List { item: &AI_AGENT, min: 0, max: 100 };
pub(crate) static ALLOWED_ACCESS_CONTROL_TAGS: Shape =
    Shape::Map { key: &SECURITY_PROFILE_POLICY_KEY, value: &SECURITY_PROFILE_POLICY_VALUE, min: 0, max: 4 };
pub(crate) static ALLOWED_FLOW_MODULES: Shape = Shape::List { item: &FLOW_MODULE, min: 0, max: 10 };
pub(crate) static APPLICATION_PERMISSIONS: Shape = Shape::List { item: &PERMISSION, min: 1, max: 50 };
pub(crate) static APPLICATIONS: Shape = Shape::List { item: &APPLICATION, min: 0, max: 10 };
pub(crate) static ATTRIBUTE_OR_CONDITION_LIST: Shape =
    Shape::List { item: &ATTRIBUTE_AND_CONDITION, min: 0, max: usize::MAX };
pub(crate) static AUTO_ACCEPT_CONFIGS: Shape = Shape::List { item: &AUTO_ACCEPT_CONFIG, min: 0, max: usize::MAX };
pub(crate) static COMMON_ATTRIBUTE_OR_CONDITION_LIST: Shape =
    Shape::List { item: &COMMON_ATTRIBUTE_AND_CONDITION, min: 0, max: usize::MAX };
pub(crate) static CONDITIONS: Shape = Shape::List { item: &CONDITION, min: 0, max: usize::MAX };
pub(crate) static EMAIL_ADDRESS_CONFIG_LIST: Shape = Shape::List { item: &EMAIL_ADDRESS_CONFIG, min: 1, max: 50 };
pub(crate) static HIERARCHY_RESTRICTED_RESOURCE_LIST: Shape =
    Shape::List { item: &HIERARCHY_RESTRICTED_RESOURCE_NAME, min: 0, max: usize::MAX };
pub(crate) static HOURS_OF_OPERATION_CONFIG_LIST: Shape =
    Shape::List { item: &HOURS_OF_OPERATION_CONFIG, min: 0, max: 100 };
pub(crate) static MEDIA_CONCURRENCIES: Shape = Shape::List { item: &MEDIA_CONCURRENCY, min: 0, max: usize::MAX };
pub(crate) static PARENT_HOURS_OF_OPERATION_CONFIG_LIST: Shape =
    Shape::List { item: &PARENT_HOURS_OF_OPERATION_CONFIG, min: 0, max: 3 };
pub(crate) static PERMISSIONS_LIST: Shape = Shape::List { item: &SECURITY_PROFILE_PERMISSION, min: 0, max: 500 };
pub(crate) static PERSISTENT_CONNECTION_CONFIGS: Shape =
    Shape::List { item: &PERSISTENT_CONNECTION_CONFIG, min: 0, max: usize::MAX };
pub(crate) static PHONE_NUMBER_CONFIGS: Shape = Shape::List { item: &PHONE_NUMBER_CONFIG, min: 0, max: usize::MAX };
pub(crate) static PRIMARY_ATTRIBUTE_VALUES_SET: Shape = Shape::List { item: &PRIMARY_ATTRIBUTE_VALUE, min: 0, max: 5 };
pub(crate) static PRIMARY_VALUE_LIST: Shape = Shape::List { item: &IAM_RESTRICTED_PRIMARY_VALUE, min: 0, max: 2 };
pub(crate) static QUEUE_TYPES: Shape = Shape::List { item: &QUEUE_TYPE, min: 0, max: 2 };
pub(crate) static QUICK_CONNECTS_LIST: Shape = Shape::List { item: &QUICK_CONNECT_ID, min: 1, max: 50 };
pub(crate) static ROUTING_PROFILE_MANUAL_ASSIGNMENT_QUEUE_CONFIG_LIST: Shape =
    Shape::List { item: &ROUTING_PROFILE_MANUAL_ASSIGNMENT_QUEUE_CONFIG, min: 1, max: 10 };
pub(crate) static ROUTING_PROFILE_QUEUE_CONFIG_LIST: Shape =
    Shape::List { item: &ROUTING_PROFILE_QUEUE_CONFIG, min: 1, max: 10 };
pub(crate) static ROUTING_PROFILE_QUEUE_REFERENCE_LIST: Shape =
    Shape::List { item: &ROUTING_PROFILE_QUEUE_REFERENCE, min: 0, max: usize::MAX };
pub(crate) static SECURITY_PROFILE_IDS: Shape = Shape::List { item: &SECURITY_PROFILE_ID, min: 1, max: 10 };
pub(crate) static SECURITY_PROFILE_SEARCH_CONDITION_LIST: Shape =
    Shape::List { item: &SECURITY_PROFILE_SEARCH_CRITERIA, min: 0, max: usize::MAX };
pub(crate) static SECURITY_PROFILES: Shape = Shape::List { item: &SECURITY_PROFILE_ITEM, min: 1, max: 10 };
pub(crate) static TAG_AND_CONDITION_LIST: Shape = Shape::List { item: &TAG_CONDITION, min: 0, max: usize::MAX };
pub(crate) static TAG_KEY_LIST: Shape = Shape::List { item: &TAG_KEY, min: 1, max: 50 };
pub(crate) static TAG_MAP: Shape = Shape::Map { key: &TAG_KEY, value: &TAG_VALUE, min: 1, max: 50 };
pub(crate) static TAG_OR_CONDITION_LIST: Shape = Shape::List { item: &TAG_AND_CONDITION_LIST, min: 0, max: usize::MAX };
pub(crate) static TAG_RESTRICTED_RESOURCE_LIST: Shape =
    Shape::List { item: &TAG_RESTRICTED_RESOURCE_NAME, min: 0, max: 10 };
pub(crate) static USER_HIERARCHY_GROUP_SEARCH_CONDITION_LIST: Shape =
    Shape::List { item: &USER_HIERARCHY_GROUP_SEARCH_CRITERIA, min: 0, max: usize::MAX };
pub(crate) static USER_PROFICIENCY_DISASSOCIATE_LIST: Shape =
    Shape::List { item: &USER_PROFICIENCY_DISASSOCIATE, min: 0, max: usize::MAX };
pub(crate) static USER_PROFICIENCY_LIST: Shape = Shape::List { item: &USER_PROFICIENCY, min: 0, max: usize::MAX };
pub(crate) static USER_SEARCH_CONDITION_LIST: Shape =
    Shape::List { item: &USER_SEARCH_CRITERIA, min: 0, max: usize::MAX };
pub(crate) static VOICE_ENHANCEMENT_CONFIGS: Shape =
    Shape::List { item: &VOICE_ENHANCEMENT_CONFIG, min: 0, max: usize::MAX };
pub(crate) static WORKLOAD_TYPE_CONCURRENCIES: Shape = Shape::List { item: &WORKLOAD_TYPE_CONCURRENCY, min: 1, max: 5 };
