// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Method and path of each served operation.

use super::operation::Operation;

impl Operation {
    /// The HTTP method.
    #[must_use]
    pub fn method(self) -> &'static str {
        match self {
            Self::DeleteHoursOfOperation
            | Self::DeleteInstance
            | Self::DeleteQueue
            | Self::DeleteRoutingProfile
            | Self::DeleteSecurityProfile
            | Self::DeleteUser
            | Self::DeleteUserHierarchyGroup
            | Self::UntagResource => "DELETE",
            Self::DescribeAgentStatus
            | Self::DescribeHoursOfOperation
            | Self::DescribeInstance
            | Self::DescribeInstanceAttribute
            | Self::DescribeQueue
            | Self::DescribeRoutingProfile
            | Self::DescribeSecurityProfile
            | Self::DescribeUser
            | Self::DescribeUserHierarchyGroup
            | Self::DescribeUserHierarchyStructure
            | Self::ListAgentStatuses
            | Self::ListHoursOfOperations
            | Self::ListInstanceAttributes
            | Self::ListInstances
            | Self::ListQueueQuickConnects
            | Self::ListQueues
            | Self::ListRoutingProfileQueues
            | Self::ListRoutingProfiles
            | Self::ListSecurityProfileAIAgents
            | Self::ListSecurityProfileApplications
            | Self::ListSecurityProfileFlowModules
            | Self::ListSecurityProfilePermissions
            | Self::ListSecurityProfiles
            | Self::ListTagsForResource
            | Self::ListUserHierarchyGroups
            | Self::ListUserProficiencies
            | Self::ListUsers => "GET",
            Self::AssociateQueueQuickConnects
            | Self::AssociateRoutingProfileQueues
            | Self::AssociateSecurityProfiles
            | Self::AssociateUserProficiencies
            | Self::DisassociateQueueQuickConnects
            | Self::DisassociateRoutingProfileQueues
            | Self::DisassociateSecurityProfiles
            | Self::DisassociateUserProficiencies
            | Self::ListEntitySecurityProfiles
            | Self::SearchSecurityProfiles
            | Self::SearchUserHierarchyGroups
            | Self::SearchUsers
            | Self::TagResource
            | Self::UpdateHoursOfOperation
            | Self::UpdateInstanceAttribute
            | Self::UpdateQueueHoursOfOperation
            | Self::UpdateQueueMaxContacts
            | Self::UpdateQueueName
            | Self::UpdateQueueOutboundCallerConfig
            | Self::UpdateQueueStatus
            | Self::UpdateRoutingProfileConcurrency
            | Self::UpdateRoutingProfileDefaultOutboundQueue
            | Self::UpdateRoutingProfileName
            | Self::UpdateRoutingProfileQueues
            | Self::UpdateSecurityProfile
            | Self::UpdateUserConfig
            | Self::UpdateUserHierarchy
            | Self::UpdateUserHierarchyGroupName
            | Self::UpdateUserHierarchyStructure
            | Self::UpdateUserIdentityInfo
            | Self::UpdateUserNotificationStatus
            | Self::UpdateUserPhoneConfig
            | Self::UpdateUserProficiencies
            | Self::UpdateUserRoutingProfile
            | Self::UpdateUserSecurityProfiles => "POST",
            Self::CreateHoursOfOperation
            | Self::CreateInstance
            | Self::CreateQueue
            | Self::CreateRoutingProfile
            | Self::CreateSecurityProfile
            | Self::CreateUser
            | Self::CreateUserHierarchyGroup => "PUT",
        }
    }

    /// The path, with labels in braces: `/users/{InstanceId}`.
    #[must_use]
    pub fn uri(self) -> &'static str {
        match self {
            Self::AssociateQueueQuickConnects => "/queues/{InstanceId}/{QueueId}/associate-quick-connects",
            Self::AssociateRoutingProfileQueues => "/routing-profiles/{InstanceId}/{RoutingProfileId}/associate-queues",
            Self::AssociateSecurityProfiles => "/associate-security-profiles/{InstanceId}",
            Self::AssociateUserProficiencies => "/users/{InstanceId}/{UserId}/associate-proficiencies",
            Self::CreateHoursOfOperation => "/hours-of-operations/{InstanceId}",
            Self::CreateInstance => "/instance",
            Self::CreateQueue => "/queues/{InstanceId}",
            Self::CreateRoutingProfile => "/routing-profiles/{InstanceId}",
            Self::CreateSecurityProfile => "/security-profiles/{InstanceId}",
            Self::CreateUser => "/users/{InstanceId}",
            Self::CreateUserHierarchyGroup => "/user-hierarchy-groups/{InstanceId}",
            Self::DeleteHoursOfOperation => "/hours-of-operations/{InstanceId}/{HoursOfOperationId}",
            Self::DeleteInstance => "/instance/{InstanceId}",
            Self::DeleteQueue => "/queues/{InstanceId}/{QueueId}",
            Self::DeleteRoutingProfile => "/routing-profiles/{InstanceId}/{RoutingProfileId}",
            Self::DeleteSecurityProfile => "/security-profiles/{InstanceId}/{SecurityProfileId}",
            Self::DeleteUser => "/users/{InstanceId}/{UserId}",
            Self::DeleteUserHierarchyGroup => "/user-hierarchy-groups/{InstanceId}/{HierarchyGroupId}",
            Self::DescribeAgentStatus => "/agent-status/{InstanceId}/{AgentStatusId}",
            Self::DescribeHoursOfOperation => "/hours-of-operations/{InstanceId}/{HoursOfOperationId}",
            Self::DescribeInstance => "/instance/{InstanceId}",
            Self::DescribeInstanceAttribute => "/instance/{InstanceId}/attribute/{AttributeType}",
            Self::DescribeQueue => "/queues/{InstanceId}/{QueueId}",
            Self::DescribeRoutingProfile => "/routing-profiles/{InstanceId}/{RoutingProfileId}",
            Self::DescribeSecurityProfile => "/security-profiles/{InstanceId}/{SecurityProfileId}",
            Self::DescribeUser => "/users/{InstanceId}/{UserId}",
            Self::DescribeUserHierarchyGroup => "/user-hierarchy-groups/{InstanceId}/{HierarchyGroupId}",
            Self::DescribeUserHierarchyStructure => "/user-hierarchy-structure/{InstanceId}",
            Self::DisassociateQueueQuickConnects => "/queues/{InstanceId}/{QueueId}/disassociate-quick-connects",
            Self::DisassociateRoutingProfileQueues => {
                "/routing-profiles/{InstanceId}/{RoutingProfileId}/disassociate-queues"
            }
            Self::DisassociateSecurityProfiles => "/disassociate-security-profiles/{InstanceId}",
            Self::DisassociateUserProficiencies => "/users/{InstanceId}/{UserId}/disassociate-proficiencies",
            Self::ListAgentStatuses => "/agent-status/{InstanceId}",
            Self::ListEntitySecurityProfiles => "/entity-security-profiles-summary/{InstanceId}",
            Self::ListHoursOfOperations => "/hours-of-operations-summary/{InstanceId}",
            Self::ListInstanceAttributes => "/instance/{InstanceId}/attributes",
            Self::ListInstances => "/instance",
            Self::ListQueueQuickConnects => "/queues/{InstanceId}/{QueueId}/quick-connects",
            Self::ListQueues => "/queues-summary/{InstanceId}",
            Self::ListRoutingProfileQueues => "/routing-profiles/{InstanceId}/{RoutingProfileId}/queues",
            Self::ListRoutingProfiles => "/routing-profiles-summary/{InstanceId}",
            Self::ListSecurityProfileAIAgents => "/security-profiles-ai-agents/{InstanceId}/{SecurityProfileId}",
            Self::ListSecurityProfileApplications => "/security-profiles-applications/{InstanceId}/{SecurityProfileId}",
            Self::ListSecurityProfileFlowModules => "/security-profiles-flow-modules/{InstanceId}/{SecurityProfileId}",
            Self::ListSecurityProfilePermissions => "/security-profiles-permissions/{InstanceId}/{SecurityProfileId}",
            Self::ListSecurityProfiles => "/security-profiles-summary/{InstanceId}",
            Self::ListTagsForResource => "/tags/{resourceArn}",
            Self::ListUserHierarchyGroups => "/user-hierarchy-groups-summary/{InstanceId}",
            Self::ListUserProficiencies => "/users/{InstanceId}/{UserId}/proficiencies",
            Self::ListUsers => "/users-summary/{InstanceId}",
            Self::SearchSecurityProfiles => "/search-security-profiles",
            Self::SearchUserHierarchyGroups => "/search-user-hierarchy-groups",
            Self::SearchUsers => "/search-users",
            Self::TagResource => "/tags/{resourceArn}",
            Self::UntagResource => "/tags/{resourceArn}",
            Self::UpdateHoursOfOperation => "/hours-of-operations/{InstanceId}/{HoursOfOperationId}",
            Self::UpdateInstanceAttribute => "/instance/{InstanceId}/attribute/{AttributeType}",
            Self::UpdateQueueHoursOfOperation => "/queues/{InstanceId}/{QueueId}/hours-of-operation",
            Self::UpdateQueueMaxContacts => "/queues/{InstanceId}/{QueueId}/max-contacts",
            Self::UpdateQueueName => "/queues/{InstanceId}/{QueueId}/name",
            Self::UpdateQueueOutboundCallerConfig => "/queues/{InstanceId}/{QueueId}/outbound-caller-config",
            Self::UpdateQueueStatus => "/queues/{InstanceId}/{QueueId}/status",
            Self::UpdateRoutingProfileConcurrency => "/routing-profiles/{InstanceId}/{RoutingProfileId}/concurrency",
            Self::UpdateRoutingProfileDefaultOutboundQueue => {
                "/routing-profiles/{InstanceId}/{RoutingProfileId}/default-outbound-queue"
            }
            Self::UpdateRoutingProfileName => "/routing-profiles/{InstanceId}/{RoutingProfileId}/name",
            Self::UpdateRoutingProfileQueues => "/routing-profiles/{InstanceId}/{RoutingProfileId}/queues",
            Self::UpdateSecurityProfile => "/security-profiles/{InstanceId}/{SecurityProfileId}",
            Self::UpdateUserConfig => "/users/{InstanceId}/{UserId}/config",
            Self::UpdateUserHierarchy => "/users/{InstanceId}/{UserId}/hierarchy",
            Self::UpdateUserHierarchyGroupName => "/user-hierarchy-groups/{InstanceId}/{HierarchyGroupId}/name",
            Self::UpdateUserHierarchyStructure => "/user-hierarchy-structure/{InstanceId}",
            Self::UpdateUserIdentityInfo => "/users/{InstanceId}/{UserId}/identity-info",
            Self::UpdateUserNotificationStatus => "/users/{InstanceId}/{UserId}/notifications/{NotificationId}",
            Self::UpdateUserPhoneConfig => "/users/{InstanceId}/{UserId}/phone-config",
            Self::UpdateUserProficiencies => "/users/{InstanceId}/{UserId}/proficiencies",
            Self::UpdateUserRoutingProfile => "/users/{InstanceId}/{UserId}/routing-profile",
            Self::UpdateUserSecurityProfiles => "/users/{InstanceId}/{UserId}/security-profiles",
        }
    }
}
