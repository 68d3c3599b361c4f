// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! The operations that are served.

/// An operation of Amazon Connect that Floorkey serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// `POST /queues/{InstanceId}/{QueueId}/associate-quick-connects`
    AssociateQueueQuickConnects,
    /// `POST /routing-profiles/{InstanceId}/{RoutingProfileId}/associate-queues`
    AssociateRoutingProfileQueues,
    /// `POST /associate-security-profiles/{InstanceId}`
    AssociateSecurityProfiles,
    /// `POST /users/{InstanceId}/{UserId}/associate-proficiencies`
    AssociateUserProficiencies,
    /// `PUT /hours-of-operations/{InstanceId}`
    CreateHoursOfOperation,
    /// `PUT /instance`
    CreateInstance,
    /// `PUT /queues/{InstanceId}`
    CreateQueue,
    /// `PUT /routing-profiles/{InstanceId}`
    CreateRoutingProfile,
    /// `PUT /security-profiles/{InstanceId}`
    CreateSecurityProfile,
    /// `PUT /users/{InstanceId}`
    CreateUser,
    /// `PUT /user-hierarchy-groups/{InstanceId}`
    CreateUserHierarchyGroup,
    /// `DELETE /hours-of-operations/{InstanceId}/{HoursOfOperationId}`
    DeleteHoursOfOperation,
    /// `DELETE /instance/{InstanceId}`
    DeleteInstance,
    /// `DELETE /queues/{InstanceId}/{QueueId}`
    DeleteQueue,
    /// `DELETE /routing-profiles/{InstanceId}/{RoutingProfileId}`
    DeleteRoutingProfile,
    /// `DELETE /security-profiles/{InstanceId}/{SecurityProfileId}`
    DeleteSecurityProfile,
    /// `DELETE /users/{InstanceId}/{UserId}`
    DeleteUser,
    /// `DELETE /user-hierarchy-groups/{InstanceId}/{HierarchyGroupId}`
    DeleteUserHierarchyGroup,
    /// `GET /agent-status/{InstanceId}/{AgentStatusId}`
    DescribeAgentStatus,
    /// `GET /hours-of-operations/{InstanceId}/{HoursOfOperationId}`
    DescribeHoursOfOperation,
    /// `GET /instance/{InstanceId}`
    DescribeInstance,
    /// `GET /instance/{InstanceId}/attribute/{AttributeType}`
    DescribeInstanceAttribute,
    /// `GET /queues/{InstanceId}/{QueueId}`
    DescribeQueue,
    /// `GET /routing-profiles/{InstanceId}/{RoutingProfileId}`
    DescribeRoutingProfile,
    /// `GET /security-profiles/{InstanceId}/{SecurityProfileId}`
    DescribeSecurityProfile,
    /// `GET /users/{InstanceId}/{UserId}`
    DescribeUser,
    /// `GET /user-hierarchy-groups/{InstanceId}/{HierarchyGroupId}`
    DescribeUserHierarchyGroup,
    /// `GET /user-hierarchy-structure/{InstanceId}`
    DescribeUserHierarchyStructure,
    /// `POST /queues/{InstanceId}/{QueueId}/disassociate-quick-connects`
    DisassociateQueueQuickConnects,
    /// `POST /routing-profiles/{InstanceId}/{RoutingProfileId}/disassociate-queues`
    DisassociateRoutingProfileQueues,
    /// `POST /disassociate-security-profiles/{InstanceId}`
    DisassociateSecurityProfiles,
    /// `POST /users/{InstanceId}/{UserId}/disassociate-proficiencies`
    DisassociateUserProficiencies,
    /// `GET /agent-status/{InstanceId}`
    ListAgentStatuses,
    /// `POST /entity-security-profiles-summary/{InstanceId}`
    ListEntitySecurityProfiles,
    /// `GET /hours-of-operations-summary/{InstanceId}`
    ListHoursOfOperations,
    /// `GET /instance/{InstanceId}/attributes`
    ListInstanceAttributes,
    /// `GET /instance`
    ListInstances,
    /// `GET /queues/{InstanceId}/{QueueId}/quick-connects`
    ListQueueQuickConnects,
    /// `GET /queues-summary/{InstanceId}`
    ListQueues,
    /// `GET /routing-profiles/{InstanceId}/{RoutingProfileId}/queues`
    ListRoutingProfileQueues,
    /// `GET /routing-profiles-summary/{InstanceId}`
    ListRoutingProfiles,
    /// `GET /security-profiles-ai-agents/{InstanceId}/{SecurityProfileId}`
    ListSecurityProfileAIAgents,
    /// `GET /security-profiles-applications/{InstanceId}/{SecurityProfileId}`
    ListSecurityProfileApplications,
    /// `GET /security-profiles-flow-modules/{InstanceId}/{SecurityProfileId}`
    ListSecurityProfileFlowModules,
    /// `GET /security-profiles-permissions/{InstanceId}/{SecurityProfileId}`
    ListSecurityProfilePermissions,
    /// `GET /security-profiles-summary/{InstanceId}`
    ListSecurityProfiles,
    /// `GET /tags/{resourceArn}`
    ListTagsForResource,
    /// `GET /user-hierarchy-groups-summary/{InstanceId}`
    ListUserHierarchyGroups,
    /// `GET /users/{InstanceId}/{UserId}/proficiencies`
    ListUserProficiencies,
    /// `GET /users-summary/{InstanceId}`
    ListUsers,
    /// `POST /search-security-profiles`
    SearchSecurityProfiles,
    /// `POST /search-user-hierarchy-groups`
    SearchUserHierarchyGroups,
    /// `POST /search-users`
    SearchUsers,
    /// `POST /tags/{resourceArn}`
    TagResource,
    /// `DELETE /tags/{resourceArn}`
    UntagResource,
    /// `POST /hours-of-operations/{InstanceId}/{HoursOfOperationId}`
    UpdateHoursOfOperation,
    /// `POST /instance/{InstanceId}/attribute/{AttributeType}`
    UpdateInstanceAttribute,
    /// `POST /queues/{InstanceId}/{QueueId}/hours-of-operation`
    UpdateQueueHoursOfOperation,
    /// `POST /queues/{InstanceId}/{QueueId}/max-contacts`
    UpdateQueueMaxContacts,
    /// `POST /queues/{InstanceId}/{QueueId}/name`
    UpdateQueueName,
    /// `POST /queues/{InstanceId}/{QueueId}/outbound-caller-config`
    UpdateQueueOutboundCallerConfig,
    /// `POST /queues/{InstanceId}/{QueueId}/status`
    UpdateQueueStatus,
    /// `POST /routing-profiles/{InstanceId}/{RoutingProfileId}/concurrency`
    UpdateRoutingProfileConcurrency,
    /// `POST /routing-profiles/{InstanceId}/{RoutingProfileId}/default-outbound-queue`
    UpdateRoutingProfileDefaultOutboundQueue,
    /// `POST /routing-profiles/{InstanceId}/{RoutingProfileId}/name`
    UpdateRoutingProfileName,
    /// `POST /routing-profiles/{InstanceId}/{RoutingProfileId}/queues`
    UpdateRoutingProfileQueues,
    /// `POST /security-profiles/{InstanceId}/{SecurityProfileId}`
    UpdateSecurityProfile,
    /// `POST /users/{InstanceId}/{UserId}/config`
    UpdateUserConfig,
    /// `POST /users/{InstanceId}/{UserId}/hierarchy`
    UpdateUserHierarchy,
    /// `POST /user-hierarchy-groups/{InstanceId}/{HierarchyGroupId}/name`
    UpdateUserHierarchyGroupName,
    /// `POST /user-hierarchy-structure/{InstanceId}`
    UpdateUserHierarchyStructure,
    /// `POST /users/{InstanceId}/{UserId}/identity-info`
    UpdateUserIdentityInfo,
    /// `POST /users/{InstanceId}/{UserId}/notifications/{NotificationId}`
    UpdateUserNotificationStatus,
    /// `POST /users/{InstanceId}/{UserId}/phone-config`
    UpdateUserPhoneConfig,
    /// `POST /users/{InstanceId}/{UserId}/proficiencies`
    UpdateUserProficiencies,
    /// `POST /users/{InstanceId}/{UserId}/routing-profile`
    UpdateUserRoutingProfile,
    /// `POST /users/{InstanceId}/{UserId}/security-profiles`
    UpdateUserSecurityProfiles,
}

impl Operation {
    /// All of them, in the order of their names.
    pub const ALL: [Self; 77] = [
        Self::AssociateQueueQuickConnects,
        Self::AssociateRoutingProfileQueues,
        Self::AssociateSecurityProfiles,
        Self::AssociateUserProficiencies,
        Self::CreateHoursOfOperation,
        Self::CreateInstance,
        Self::CreateQueue,
        Self::CreateRoutingProfile,
        Self::CreateSecurityProfile,
        Self::CreateUser,
        Self::CreateUserHierarchyGroup,
        Self::DeleteHoursOfOperation,
        Self::DeleteInstance,
        Self::DeleteQueue,
        Self::DeleteRoutingProfile,
        Self::DeleteSecurityProfile,
        Self::DeleteUser,
        Self::DeleteUserHierarchyGroup,
        Self::DescribeAgentStatus,
        Self::DescribeHoursOfOperation,
        Self::DescribeInstance,
        Self::DescribeInstanceAttribute,
        Self::DescribeQueue,
        Self::DescribeRoutingProfile,
        Self::DescribeSecurityProfile,
        Self::DescribeUser,
        Self::DescribeUserHierarchyGroup,
        Self::DescribeUserHierarchyStructure,
        Self::DisassociateQueueQuickConnects,
        Self::DisassociateRoutingProfileQueues,
        Self::DisassociateSecurityProfiles,
        Self::DisassociateUserProficiencies,
        Self::ListAgentStatuses,
        Self::ListEntitySecurityProfiles,
        Self::ListHoursOfOperations,
        Self::ListInstanceAttributes,
        Self::ListInstances,
        Self::ListQueueQuickConnects,
        Self::ListQueues,
        Self::ListRoutingProfileQueues,
        Self::ListRoutingProfiles,
        Self::ListSecurityProfileAIAgents,
        Self::ListSecurityProfileApplications,
        Self::ListSecurityProfileFlowModules,
        Self::ListSecurityProfilePermissions,
        Self::ListSecurityProfiles,
        Self::ListTagsForResource,
        Self::ListUserHierarchyGroups,
        Self::ListUserProficiencies,
        Self::ListUsers,
        Self::SearchSecurityProfiles,
        Self::SearchUserHierarchyGroups,
        Self::SearchUsers,
        Self::TagResource,
        Self::UntagResource,
        Self::UpdateHoursOfOperation,
        Self::UpdateInstanceAttribute,
        Self::UpdateQueueHoursOfOperation,
        Self::UpdateQueueMaxContacts,
        Self::UpdateQueueName,
        Self::UpdateQueueOutboundCallerConfig,
        Self::UpdateQueueStatus,
        Self::UpdateRoutingProfileConcurrency,
        Self::UpdateRoutingProfileDefaultOutboundQueue,
        Self::UpdateRoutingProfileName,
        Self::UpdateRoutingProfileQueues,
        Self::UpdateSecurityProfile,
        Self::UpdateUserConfig,
        Self::UpdateUserHierarchy,
        Self::UpdateUserHierarchyGroupName,
        Self::UpdateUserHierarchyStructure,
        Self::UpdateUserIdentityInfo,
        Self::UpdateUserNotificationStatus,
        Self::UpdateUserPhoneConfig,
        Self::UpdateUserProficiencies,
        Self::UpdateUserRoutingProfile,
        Self::UpdateUserSecurityProfiles,
    ];

    /// The name, such as `ListUsers`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AssociateQueueQuickConnects => "AssociateQueueQuickConnects",
            Self::AssociateRoutingProfileQueues => "AssociateRoutingProfileQueues",
            Self::AssociateSecurityProfiles => "AssociateSecurityProfiles",
            Self::AssociateUserProficiencies => "AssociateUserProficiencies",
            Self::CreateHoursOfOperation => "CreateHoursOfOperation",
            Self::CreateInstance => "CreateInstance",
            Self::CreateQueue => "CreateQueue",
            Self::CreateRoutingProfile => "CreateRoutingProfile",
            Self::CreateSecurityProfile => "CreateSecurityProfile",
            Self::CreateUser => "CreateUser",
            Self::CreateUserHierarchyGroup => "CreateUserHierarchyGroup",
            Self::DeleteHoursOfOperation => "DeleteHoursOfOperation",
            Self::DeleteInstance => "DeleteInstance",
            Self::DeleteQueue => "DeleteQueue",
            Self::DeleteRoutingProfile => "DeleteRoutingProfile",
            Self::DeleteSecurityProfile => "DeleteSecurityProfile",
            Self::DeleteUser => "DeleteUser",
            Self::DeleteUserHierarchyGroup => "DeleteUserHierarchyGroup",
            Self::DescribeAgentStatus => "DescribeAgentStatus",
            Self::DescribeHoursOfOperation => "DescribeHoursOfOperation",
            Self::DescribeInstance => "DescribeInstance",
            Self::DescribeInstanceAttribute => "DescribeInstanceAttribute",
            Self::DescribeQueue => "DescribeQueue",
            Self::DescribeRoutingProfile => "DescribeRoutingProfile",
            Self::DescribeSecurityProfile => "DescribeSecurityProfile",
            Self::DescribeUser => "DescribeUser",
            Self::DescribeUserHierarchyGroup => "DescribeUserHierarchyGroup",
            Self::DescribeUserHierarchyStructure => "DescribeUserHierarchyStructure",
            Self::DisassociateQueueQuickConnects => "DisassociateQueueQuickConnects",
            Self::DisassociateRoutingProfileQueues => "DisassociateRoutingProfileQueues",
            Self::DisassociateSecurityProfiles => "DisassociateSecurityProfiles",
            Self::DisassociateUserProficiencies => "DisassociateUserProficiencies",
            Self::ListAgentStatuses => "ListAgentStatuses",
            Self::ListEntitySecurityProfiles => "ListEntitySecurityProfiles",
            Self::ListHoursOfOperations => "ListHoursOfOperations",
            Self::ListInstanceAttributes => "ListInstanceAttributes",
            Self::ListInstances => "ListInstances",
            Self::ListQueueQuickConnects => "ListQueueQuickConnects",
            Self::ListQueues => "ListQueues",
            Self::ListRoutingProfileQueues => "ListRoutingProfileQueues",
            Self::ListRoutingProfiles => "ListRoutingProfiles",
            Self::ListSecurityProfileAIAgents => "ListSecurityProfileAIAgents",
            Self::ListSecurityProfileApplications => "ListSecurityProfileApplications",
            Self::ListSecurityProfileFlowModules => "ListSecurityProfileFlowModules",
            Self::ListSecurityProfilePermissions => "ListSecurityProfilePermissions",
            Self::ListSecurityProfiles => "ListSecurityProfiles",
            Self::ListTagsForResource => "ListTagsForResource",
            Self::ListUserHierarchyGroups => "ListUserHierarchyGroups",
            Self::ListUserProficiencies => "ListUserProficiencies",
            Self::ListUsers => "ListUsers",
            Self::SearchSecurityProfiles => "SearchSecurityProfiles",
            Self::SearchUserHierarchyGroups => "SearchUserHierarchyGroups",
            Self::SearchUsers => "SearchUsers",
            Self::TagResource => "TagResource",
            Self::UntagResource => "UntagResource",
            Self::UpdateHoursOfOperation => "UpdateHoursOfOperation",
            Self::UpdateInstanceAttribute => "UpdateInstanceAttribute",
            Self::UpdateQueueHoursOfOperation => "UpdateQueueHoursOfOperation",
            Self::UpdateQueueMaxContacts => "UpdateQueueMaxContacts",
            Self::UpdateQueueName => "UpdateQueueName",
            Self::UpdateQueueOutboundCallerConfig => "UpdateQueueOutboundCallerConfig",
            Self::UpdateQueueStatus => "UpdateQueueStatus",
            Self::UpdateRoutingProfileConcurrency => "UpdateRoutingProfileConcurrency",
            Self::UpdateRoutingProfileDefaultOutboundQueue => "UpdateRoutingProfileDefaultOutboundQueue",
            Self::UpdateRoutingProfileName => "UpdateRoutingProfileName",
            Self::UpdateRoutingProfileQueues => "UpdateRoutingProfileQueues",
            Self::UpdateSecurityProfile => "UpdateSecurityProfile",
            Self::UpdateUserConfig => "UpdateUserConfig",
            Self::UpdateUserHierarchy => "UpdateUserHierarchy",
            Self::UpdateUserHierarchyGroupName => "UpdateUserHierarchyGroupName",
            Self::UpdateUserHierarchyStructure => "UpdateUserHierarchyStructure",
            Self::UpdateUserIdentityInfo => "UpdateUserIdentityInfo",
            Self::UpdateUserNotificationStatus => "UpdateUserNotificationStatus",
            Self::UpdateUserPhoneConfig => "UpdateUserPhoneConfig",
            Self::UpdateUserProficiencies => "UpdateUserProficiencies",
            Self::UpdateUserRoutingProfile => "UpdateUserRoutingProfile",
            Self::UpdateUserSecurityProfiles => "UpdateUserSecurityProfiles",
        }
    }
}
