// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Demands: enumerated.

use crate::model::*;
use crate::shape::{Shape, Text};

pub(crate) static AI_AGENT_TYPE: Shape = Shape::Text(Text::one_of(AIAgentType::NAMES));
pub(crate) static ACCESS_TYPE: Shape = Shape::Text(Text::one_of(AccessType::NAMES));
pub(crate) static AGENT_AVAILABILITY_TIMER: Shape = Shape::Text(Text::one_of(AgentAvailabilityTimer::NAMES));
pub(crate) static AGENT_STATUS_TYPE: Shape = Shape::Text(Text::one_of(AgentStatusType::NAMES));
pub(crate) static APPLICATION_TYPE: Shape = Shape::Text(Text::one_of(ApplicationType::NAMES));
pub(crate) static BEHAVIOR_TYPE: Shape = Shape::Text(Text::one_of(BehaviorType::NAMES));
pub(crate) static CHANNEL: Shape = Shape::Text(Text::one_of(Channel::NAMES));
pub(crate) static CHANNEL_WORKLOAD_BEHAVIOR_TYPE: Shape = Shape::Text(Text::one_of(ChannelWorkloadBehaviorType::NAMES));
pub(crate) static DIRECTORY_TYPE: Shape = Shape::Text(Text::one_of(DirectoryType::NAMES));
pub(crate) static ENTITY_TYPE: Shape = Shape::Text(Text::one_of(EntityType::NAMES));
pub(crate) static FLOW_MODULE_TYPE: Shape = Shape::Text(Text::one_of(FlowModuleType::NAMES));
pub(crate) static HIERARCHY_GROUP_MATCH_TYPE: Shape = Shape::Text(Text::one_of(HierarchyGroupMatchType::NAMES));
pub(crate) static HOURS_OF_OPERATION_DAYS: Shape = Shape::Text(Text::one_of(HoursOfOperationDays::NAMES));
pub(crate) static INSTANCE_ATTRIBUTE_TYPE: Shape = Shape::Text(Text::one_of(InstanceAttributeType::NAMES));
pub(crate) static NOTIFICATION_STATUS: Shape = Shape::Text(Text::one_of(NotificationStatus::NAMES));
pub(crate) static NUMBER_COMPARISON_TYPE: Shape = Shape::Text(Text::one_of(NumberComparisonType::NAMES));
pub(crate) static PHONE_TYPE: Shape = Shape::Text(Text::one_of(PhoneType::NAMES));
pub(crate) static QUEUE_STATUS: Shape = Shape::Text(Text::one_of(QueueStatus::NAMES));
pub(crate) static QUEUE_TYPE: Shape = Shape::Text(Text::one_of(QueueType::NAMES));
pub(crate) static STRING_COMPARISON_TYPE: Shape = Shape::Text(Text::one_of(StringComparisonType::NAMES));
pub(crate) static TARGET_LIST_TYPE: Shape = Shape::Text(Text::one_of(TargetListType::NAMES));
pub(crate) static VOICE_ENHANCEMENT_MODE: Shape = Shape::Text(Text::one_of(VoiceEnhancementMode::NAMES));
