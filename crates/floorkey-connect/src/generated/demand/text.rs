// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Demands: text.

use crate::pattern::Pattern;
use crate::shape::{Shape, Text};

pub(crate) static ARN: Shape = Shape::Text(Text::any());
pub(crate) static AGENT_FIRST_NAME: Shape = Shape::Text(Text::length(0, 255).sensitive());
pub(crate) static AGENT_LAST_NAME: Shape = Shape::Text(Text::length(0, 300).sensitive());
pub(crate) static AGENT_STATUS_ID: Shape = Shape::Text(Text::any());
pub(crate) static AGENT_USERNAME: Shape = Shape::Text(Text::length(1, 100));
pub(crate) static CLIENT_TOKEN: Shape = Shape::Text(Text::length(0, 500));
pub(crate) static COMMON_NAME_LENGTH127: Shape = Shape::Text(Text::length(1, 127));
pub(crate) static CONTACT_FLOW_ID: Shape = Shape::Text(Text::length(0, 500));
pub(crate) static CREATE_SECURITY_PROFILE_NAME: Shape =
    Shape::Text(Text::length(1, 127).pattern(Pattern::SecurityProfileName));
pub(crate) static DIRECTORY_ALIAS: Shape = Shape::Text(Text::length(1, 45).pattern(Pattern::InstanceAlias).sensitive());
pub(crate) static DIRECTORY_ID: Shape = Shape::Text(Text::length(12, 12).pattern(Pattern::DirectoryId));
pub(crate) static DIRECTORY_USER_ID: Shape = Shape::Text(Text::any());
pub(crate) static EMAIL: Shape = Shape::Text(Text::any().sensitive());
pub(crate) static EMAIL_ADDRESS_ID: Shape = Shape::Text(Text::length(1, 500));
pub(crate) static ENTITY_ARN: Shape = Shape::Text(Text::length(1, usize::MAX));
pub(crate) static FLOW_MODULE_ID: Shape = Shape::Text(Text::length(1, 128));
pub(crate) static HIERARCHY_GROUP_ID: Shape = Shape::Text(Text::any());
pub(crate) static HIERARCHY_GROUP_NAME: Shape = Shape::Text(Text::any());
pub(crate) static HIERARCHY_LEVEL_NAME: Shape = Shape::Text(Text::any());
pub(crate) static HIERARCHY_RESTRICTED_RESOURCE_NAME: Shape = Shape::Text(Text::length(1, 128));
pub(crate) static HOURS_OF_OPERATION_DESCRIPTION: Shape = Shape::Text(Text::length(1, 250));
pub(crate) static HOURS_OF_OPERATION_ID: Shape = Shape::Text(Text::any());
pub(crate) static IAM_RESTRICTED_PRIMARY_VALUE: Shape = Shape::Text(Text::any().pattern(Pattern::AttributeValue));
pub(crate) static INSTANCE_ATTRIBUTE_VALUE: Shape = Shape::Text(Text::length(1, 100));
pub(crate) static INSTANCE_ID: Shape = Shape::Text(Text::length(1, 100));
pub(crate) static NAMESPACE: Shape = Shape::Text(Text::length(1, 128));
pub(crate) static NEXT_TOKEN: Shape = Shape::Text(Text::any());
pub(crate) static NEXT_TOKEN2500: Shape = Shape::Text(Text::length(1, 2500));
pub(crate) static NOTIFICATION_ID: Shape = Shape::Text(Text::length(1, 256));
pub(crate) static OUTBOUND_CALLER_ID_NAME: Shape = Shape::Text(Text::length(1, 255));
pub(crate) static PASSWORD: Shape = Shape::Text(Text::any().pattern(Pattern::Password).sensitive());
pub(crate) static PERMISSION: Shape = Shape::Text(Text::length(1, 128));
pub(crate) static PHONE_NUMBER: Shape = Shape::Text(Text::any().pattern(Pattern::PhoneNumber));
pub(crate) static PHONE_NUMBER_ID: Shape = Shape::Text(Text::any());
pub(crate) static PREDEFINED_ATTRIBUTE_NAME: Shape = Shape::Text(Text::length(1, 100));
pub(crate) static PREDEFINED_ATTRIBUTE_STRING_VALUE: Shape = Shape::Text(Text::length(1, 100));
pub(crate) static PRIMARY_ATTRIBUTE_CONTEXT_KEY_NAME: Shape =
    Shape::Text(Text::length(1, 127).pattern(Pattern::AttributeName));
pub(crate) static QUEUE_DESCRIPTION: Shape = Shape::Text(Text::length(1, 250));
pub(crate) static QUEUE_ID: Shape = Shape::Text(Text::any());
pub(crate) static QUICK_CONNECT_ID: Shape = Shape::Text(Text::any());
pub(crate) static ROUTING_PROFILE_DESCRIPTION: Shape = Shape::Text(Text::length(1, 250));
pub(crate) static ROUTING_PROFILE_ID: Shape = Shape::Text(Text::any());
pub(crate) static ROUTING_PROFILE_NAME: Shape = Shape::Text(Text::length(1, 127));
pub(crate) static SECURITY_PROFILE_DESCRIPTION: Shape = Shape::Text(Text::length(0, 250));
pub(crate) static SECURITY_PROFILE_ID: Shape = Shape::Text(Text::any());
pub(crate) static SECURITY_PROFILE_PERMISSION: Shape = Shape::Text(Text::length(1, 128));
pub(crate) static SECURITY_PROFILE_POLICY_KEY: Shape = Shape::Text(Text::length(1, 128));
pub(crate) static SECURITY_PROFILE_POLICY_VALUE: Shape = Shape::Text(Text::length(0, 256));
pub(crate) static SENSITIVE_PHONE_NUMBER: Shape = Shape::Text(Text::any().pattern(Pattern::PhoneNumber).sensitive());
pub(crate) static STRING: Shape = Shape::Text(Text::any());
pub(crate) static TAG_KEY: Shape = Shape::Text(Text::length(1, 128).pattern(Pattern::TagKey));
pub(crate) static TAG_RESTRICTED_RESOURCE_NAME: Shape = Shape::Text(Text::length(1, 128));
pub(crate) static TAG_VALUE: Shape = Shape::Text(Text::length(0, 256));
pub(crate) static TIME_ZONE: Shape = Shape::Text(Text::any());
pub(crate) static UPDATE_HOURS_OF_OPERATION_DESCRIPTION: Shape = Shape::Text(Text::length(0, 250));
pub(crate) static USER_ID: Shape = Shape::Text(Text::any());
pub(crate) static WORKLOAD_TYPE: Shape = Shape::Text(Text::any());
/// An instance's id or its ARN: no bound, whether there is such an instance shows at the lookup.
pub(crate) static ID_OR_ARN: Shape = Shape::Text(Text::any());
