// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Structure: exchanged.

use serde::{Deserialize, Serialize};

use crate::Sensitive;
use crate::model::{
    AIAgentType, AccessType, ApplicationType, BehaviorType, Channel, ChannelWorkloadBehaviorType, FlowModuleType,
    HoursOfOperationDays, PhoneType, VoiceEnhancementMode,
};

/// The structure `AIAgent` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AIAgent {
    /// `Arn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// `Type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<AIAgentType>,
}

/// The structure `AfterContactWorkConfig` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AfterContactWorkConfig {
    /// `AfterContactWorkTimeLimit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_contact_work_time_limit: Option<i32>,
}

/// The structure `AfterContactWorkConfigPerChannel` of the model.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AfterContactWorkConfigPerChannel {
    /// `AfterContactWorkConfig`, required.
    pub after_contact_work_config: AfterContactWorkConfig,
    /// `AgentFirstCallbackAfterContactWorkConfig`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_first_callback_after_contact_work_config: Option<AfterContactWorkConfig>,
    /// `Channel`, required.
    pub channel: Channel,
}

/// The structure `Application` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Application {
    /// `ApplicationPermissions`: 1 to 50 items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_permissions: Option<Vec<String>>,
    /// `Namespace`: 1 to 128 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// `Type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<ApplicationType>,
}

/// The structure `AutoAcceptConfig` of the model.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AutoAcceptConfig {
    /// `AgentFirstCallbackAutoAccept`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_first_callback_auto_accept: Option<bool>,
    /// `AutoAccept`, required.
    pub auto_accept: bool,
    /// `Channel`, required.
    pub channel: Channel,
}

/// The structure `CrossChannelBehavior` of the model.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CrossChannelBehavior {
    /// `BehaviorType`, required.
    pub behavior_type: BehaviorType,
}

/// The structure `CrossChannelWorkloadBehavior` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CrossChannelWorkloadBehavior {
    /// `ChannelWorkloadBehaviorType`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_workload_behavior_type: Option<ChannelWorkloadBehaviorType>,
}

/// The structure `DataTableAccessControlConfiguration` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DataTableAccessControlConfiguration {
    /// `PrimaryAttributeAccessControlConfiguration`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_attribute_access_control_configuration: Option<PrimaryAttributeAccessControlConfigurationItem>,
}

/// The structure `FlowModule` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FlowModule {
    /// `FlowModuleId`: 1 to 128 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow_module_id: Option<String>,
    /// `Type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<FlowModuleType>,
}

/// The structure `GranularAccessControlConfiguration` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GranularAccessControlConfiguration {
    /// `DataTableAccessControlConfiguration`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_table_access_control_configuration: Option<DataTableAccessControlConfiguration>,
}

/// The structure `HoursOfOperationConfig` of the model.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HoursOfOperationConfig {
    /// `Day`, required.
    pub day: HoursOfOperationDays,
    /// `EndTime`, required.
    pub end_time: HoursOfOperationTimeSlice,
    /// `StartTime`, required.
    pub start_time: HoursOfOperationTimeSlice,
}

/// The structure `HoursOfOperationTimeSlice` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HoursOfOperationTimeSlice {
    /// `Hours`, required: 0 to 23.
    pub hours: i32,
    /// `Minutes`, required: 0 to 59.
    pub minutes: i32,
}

/// The structure `MediaConcurrency` of the model.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MediaConcurrency {
    /// `Channel`, required.
    pub channel: Channel,
    /// `Concurrency`: 0 to 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<i32>,
    /// `CrossChannelBehavior`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cross_channel_behavior: Option<CrossChannelBehavior>,
    /// `WorkloadTypeConcurrencies`: 1 to 5 items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workload_type_concurrencies: Option<Vec<WorkloadTypeConcurrency>>,
}

/// The structure `OutboundCallerConfig` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OutboundCallerConfig {
    /// `OutboundCallerIdName`: 1 to 255 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outbound_caller_id_name: Option<String>,
    /// `OutboundCallerIdNumberId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outbound_caller_id_number_id: Option<String>,
    /// `OutboundFlowId`: at most 500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outbound_flow_id: Option<String>,
}

/// The structure `OutboundEmailConfig` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OutboundEmailConfig {
    /// `OutboundEmailAddressId`: 1 to 500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outbound_email_address_id: Option<String>,
}

/// The structure `PersistentConnectionConfig` of the model.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PersistentConnectionConfig {
    /// `Channel`, required.
    pub channel: Channel,
    /// `PersistentConnection`, required.
    pub persistent_connection: bool,
}

/// The structure `PhoneNumberConfig` of the model.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PhoneNumberConfig {
    /// `Channel`, required.
    pub channel: Channel,
    /// `PhoneNumber`: in E.164 form, or empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<Sensitive>,
    /// `PhoneType`, required.
    pub phone_type: PhoneType,
}

/// The structure `PrimaryAttributeAccessControlConfigurationItem` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PrimaryAttributeAccessControlConfigurationItem {
    /// `PrimaryAttributeValues`: at most 5 items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_attribute_values: Option<Vec<PrimaryAttributeValue>>,
}

/// The structure `PrimaryAttributeValue` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PrimaryAttributeValue {
    /// `AccessType`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_type: Option<AccessType>,
    /// `AttributeName`: 1 to 127 characters, printable Latin-1, not beginning with `aws:` or `connect:`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_name: Option<String>,
    /// `Values`: at most 2 items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
}

/// The structure `SecurityProfileItem` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecurityProfileItem {
    /// `Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// The structure `UserIdentityInfo` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserIdentityInfo {
    /// `Email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Sensitive>,
    /// `FirstName`: at most 255 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<Sensitive>,
    /// `LastName`: at most 300 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<Sensitive>,
    /// `Mobile`: in E.164 form, or empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile: Option<String>,
    /// `SecondaryEmail`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secondary_email: Option<Sensitive>,
}

/// The structure `UserPhoneConfig` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserPhoneConfig {
    /// `AfterContactWorkTimeLimit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_contact_work_time_limit: Option<i32>,
    /// `AutoAccept`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_accept: Option<bool>,
    /// `DeskPhoneNumber`: in E.164 form, or empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desk_phone_number: Option<Sensitive>,
    /// `PersistentConnection`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persistent_connection: Option<bool>,
    /// `PhoneType`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_type: Option<PhoneType>,
}

/// The structure `UserProficiency` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserProficiency {
    /// `AttributeName`, required: 1 to 100 characters.
    pub attribute_name: String,
    /// `AttributeValue`, required: 1 to 100 characters.
    pub attribute_value: String,
    /// `Level`, required: 1 to 5.
    pub level: f64,
}

/// The structure `VoiceEnhancementConfig` of the model.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VoiceEnhancementConfig {
    /// `Channel`, required.
    pub channel: Channel,
    /// `VoiceEnhancementMode`, required.
    pub voice_enhancement_mode: VoiceEnhancementMode,
}

/// The structure `WorkloadTypeConcurrency` of the model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct WorkloadTypeConcurrency {
    /// `Concurrency`, required: 1 to 10.
    pub concurrency: i32,
    /// `CrossChannelWorkloadBehavior`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cross_channel_workload_behavior: Option<CrossChannelWorkloadBehavior>,
    /// `WorkloadType`, required.
    pub workload_type: String,
}
