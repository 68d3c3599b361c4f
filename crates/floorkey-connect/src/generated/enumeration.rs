// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! The enumerations.

use crate::wire_enum::wire_enum;

wire_enum! {
    /// The enumeration `AIAgentType` of the model.
    AIAgentType {
        ThirdParty = "THIRD_PARTY",
    }
}

wire_enum! {
    /// The enumeration `AccessType` of the model.
    AccessType {
        Allow = "ALLOW",
    }
}

wire_enum! {
    /// The enumeration `AgentAvailabilityTimer` of the model.
    AgentAvailabilityTimer {
        TimeSinceLastActivity = "TIME_SINCE_LAST_ACTIVITY",
        TimeSinceLastInbound = "TIME_SINCE_LAST_INBOUND",
    }
}

wire_enum! {
    /// The enumeration `AgentStatusState` of the model.
    AgentStatusState {
        Enabled = "ENABLED",
        Disabled = "DISABLED",
    }
}

wire_enum! {
    /// The enumeration `AgentStatusType` of the model.
    AgentStatusType {
        Routable = "ROUTABLE",
        Custom = "CUSTOM",
        Offline = "OFFLINE",
    }
}

wire_enum! {
    /// The enumeration `ApplicationType` of the model.
    ApplicationType {
        Mcp = "MCP",
        ThirdPartyApplication = "THIRD_PARTY_APPLICATION",
    }
}

wire_enum! {
    /// The enumeration `BehaviorType` of the model.
    BehaviorType {
        RouteCurrentChannelOnly = "ROUTE_CURRENT_CHANNEL_ONLY",
        RouteAnyChannel = "ROUTE_ANY_CHANNEL",
    }
}

wire_enum! {
    /// The enumeration `Channel` of the model.
    Channel {
        Voice = "VOICE",
        Chat = "CHAT",
        Task = "TASK",
        Email = "EMAIL",
    }
}

wire_enum! {
    /// The enumeration `ChannelWorkloadBehaviorType` of the model.
    ChannelWorkloadBehaviorType {
        RouteCurrentChannelCurrentWorkloadtypeOnly = "ROUTE_CURRENT_CHANNEL_CURRENT_WORKLOADTYPE_ONLY",
        RouteCurrentChannelAnyWorkloadtypeOnly = "ROUTE_CURRENT_CHANNEL_ANY_WORKLOADTYPE_ONLY",
        RouteAnyChannelAnyWorkloadType = "ROUTE_ANY_CHANNEL_ANY_WORKLOAD_TYPE",
    }
}

wire_enum! {
    /// The enumeration `DirectoryType` of the model.
    DirectoryType {
        Saml = "SAML",
        ConnectManaged = "CONNECT_MANAGED",
        ExistingDirectory = "EXISTING_DIRECTORY",
    }
}

wire_enum! {
    /// The enumeration `EntityType` of the model.
    EntityType {
        User = "USER",
        AiAgent = "AI_AGENT",
    }
}

wire_enum! {
    /// The enumeration `FlowModuleType` of the model.
    FlowModuleType {
        Mcp = "MCP",
    }
}

wire_enum! {
    /// The enumeration `HierarchyGroupMatchType` of the model.
    HierarchyGroupMatchType {
        Exact = "EXACT",
        WithChildGroups = "WITH_CHILD_GROUPS",
    }
}

wire_enum! {
    /// The enumeration `HoursOfOperationDays` of the model.
    HoursOfOperationDays {
        Sunday = "SUNDAY",
        Monday = "MONDAY",
        Tuesday = "TUESDAY",
        Wednesday = "WEDNESDAY",
        Thursday = "THURSDAY",
        Friday = "FRIDAY",
        Saturday = "SATURDAY",
    }
}

wire_enum! {
    /// The enumeration `InstanceAttributeType` of the model.
    InstanceAttributeType {
        InboundCalls = "INBOUND_CALLS",
        OutboundCalls = "OUTBOUND_CALLS",
        ContactflowLogs = "CONTACTFLOW_LOGS",
        ContactLens = "CONTACT_LENS",
        AutoResolveBestVoices = "AUTO_RESOLVE_BEST_VOICES",
        UseCustomTtsVoices = "USE_CUSTOM_TTS_VOICES",
        EarlyMedia = "EARLY_MEDIA",
        MultiPartyConference = "MULTI_PARTY_CONFERENCE",
        AutoMuteAgentOnHold = "AUTO_MUTE_AGENT_ON_HOLD",
        HighVolumeOutbound = "HIGH_VOLUME_OUTBOUND",
        EnhancedContactMonitoring = "ENHANCED_CONTACT_MONITORING",
        EnhancedChatMonitoring = "ENHANCED_CHAT_MONITORING",
        MultiPartyChatConference = "MULTI_PARTY_CHAT_CONFERENCE",
        MessageStreaming = "MESSAGE_STREAMING",
    }
}

wire_enum! {
    /// The enumeration `InstanceReplicationStatus` of the model.
    InstanceReplicationStatus {
        InstanceReplicationComplete = "INSTANCE_REPLICATION_COMPLETE",
        InstanceReplicationInProgress = "INSTANCE_REPLICATION_IN_PROGRESS",
        InstanceReplicationFailed = "INSTANCE_REPLICATION_FAILED",
        InstanceReplicaDeleting = "INSTANCE_REPLICA_DELETING",
        InstanceReplicationDeletionFailed = "INSTANCE_REPLICATION_DELETION_FAILED",
        ResourceReplicationNotStarted = "RESOURCE_REPLICATION_NOT_STARTED",
    }
}

wire_enum! {
    /// The enumeration `InstanceStatus` of the model.
    InstanceStatus {
        CreationInProgress = "CREATION_IN_PROGRESS",
        Active = "ACTIVE",
        CreationFailed = "CREATION_FAILED",
    }
}

wire_enum! {
    /// The enumeration `NotificationStatus` of the model.
    NotificationStatus {
        Read = "READ",
        Unread = "UNREAD",
        Hidden = "HIDDEN",
    }
}

wire_enum! {
    /// The enumeration `NumberComparisonType` of the model.
    NumberComparisonType {
        GreaterOrEqual = "GREATER_OR_EQUAL",
        Greater = "GREATER",
        LesserOrEqual = "LESSER_OR_EQUAL",
        Lesser = "LESSER",
        Equal = "EQUAL",
        NotEqual = "NOT_EQUAL",
        Range = "RANGE",
    }
}

wire_enum! {
    /// The enumeration `PhoneType` of the model.
    PhoneType {
        SoftPhone = "SOFT_PHONE",
        DeskPhone = "DESK_PHONE",
    }
}

wire_enum! {
    /// The enumeration `QueueStatus` of the model.
    QueueStatus {
        Enabled = "ENABLED",
        Disabled = "DISABLED",
    }
}

wire_enum! {
    /// The enumeration `QueueType` of the model.
    QueueType {
        Standard = "STANDARD",
        Agent = "AGENT",
    }
}

wire_enum! {
    /// The enumeration `QuickConnectType` of the model.
    QuickConnectType {
        User = "USER",
        Queue = "QUEUE",
        PhoneNumber = "PHONE_NUMBER",
        Flow = "FLOW",
    }
}

wire_enum! {
    /// The enumeration `SecurityProfileType` of the model.
    SecurityProfileType {
        AwsManaged = "AWS_MANAGED",
        CustomerManaged = "CUSTOMER_MANAGED",
    }
}

wire_enum! {
    /// The enumeration `StringComparisonType` of the model.
    StringComparisonType {
        StartsWith = "STARTS_WITH",
        Contains = "CONTAINS",
        Exact = "EXACT",
    }
}

wire_enum! {
    /// The enumeration `TargetListType` of the model.
    TargetListType {
        Proficiencies = "PROFICIENCIES",
    }
}

wire_enum! {
    /// The enumeration `VoiceEnhancementMode` of the model.
    VoiceEnhancementMode {
        VoiceIsolation = "VOICE_ISOLATION",
        NoiseSuppression = "NOISE_SUPPRESSION",
        None = "NONE",
    }
}
