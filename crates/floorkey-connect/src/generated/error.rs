// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! What each served operation declares.

use super::input;
use super::operation::Operation;
use crate::exception::ExceptionKind;
use crate::input::InputMember;

impl Operation {
    /// The exceptions that the model declares for it; the common ones come on top.
    #[must_use]
    pub fn errors(self) -> &'static [ExceptionKind] {
        match self {
            Self::AssociateSecurityProfiles | Self::DisassociateSecurityProfiles => &[
                ExceptionKind::AccessDenied,
                ExceptionKind::ConditionalOperationFailed,
                ExceptionKind::InternalService,
                ExceptionKind::InvalidParameter,
                ExceptionKind::InvalidRequest,
                ExceptionKind::ResourceConflict,
                ExceptionKind::ResourceNotFound,
            ],
            Self::DeleteSecurityProfile => &[
                ExceptionKind::AccessDenied,
                ExceptionKind::InternalService,
                ExceptionKind::InvalidParameter,
                ExceptionKind::InvalidRequest,
                ExceptionKind::ResourceInUse,
                ExceptionKind::ResourceNotFound,
                ExceptionKind::Throttling,
            ],
            Self::UpdateUserNotificationStatus => &[
                ExceptionKind::AccessDenied,
                ExceptionKind::InternalService,
                ExceptionKind::InvalidParameter,
                ExceptionKind::InvalidRequest,
                ExceptionKind::ResourceNotFound,
                ExceptionKind::Throttling,
            ],
            Self::UpdateUserConfig => &[
                ExceptionKind::ConditionalOperationFailed,
                ExceptionKind::InternalService,
                ExceptionKind::InvalidParameter,
                ExceptionKind::InvalidRequest,
                ExceptionKind::ResourceNotFound,
                ExceptionKind::Throttling,
            ],
            Self::CreateHoursOfOperation => &[
                ExceptionKind::DuplicateResource,
                ExceptionKind::InternalService,
                ExceptionKind::InvalidParameter,
                ExceptionKind::InvalidRequest,
                ExceptionKind::LimitExceeded,
                ExceptionKind::ResourceNotFound,
                ExceptionKind::ServiceQuotaExceeded,
                ExceptionKind::Throttling,
            ],
            Self::CreateQueue
            | Self::CreateRoutingProfile
            | Self::CreateSecurityProfile
            | Self::CreateUser
            | Self::CreateUserHierarchyGroup => &[
                ExceptionKind::DuplicateResource,
                ExceptionKind::InternalService,
                ExceptionKind::InvalidParameter,
                ExceptionKind::InvalidRequest,
                ExceptionKind::LimitExceeded,
                ExceptionKind::ResourceNotFound,
                ExceptionKind::Throttling,
            ],
            Self::UpdateHoursOfOperation
            | Self::UpdateQueueName
            | Self::UpdateRoutingProfileName
            | Self::UpdateUserHierarchyGroupName => &[
                ExceptionKind::DuplicateResource,
                ExceptionKind::InternalService,
                ExceptionKind::InvalidParameter,
                ExceptionKind::InvalidRequest,
                ExceptionKind::ResourceNotFound,
                ExceptionKind::Throttling,
            ],
            Self::AssociateQueueQuickConnects => &[
                ExceptionKind::InternalService,
                ExceptionKind::InvalidParameter,
                ExceptionKind::InvalidRequest,
                ExceptionKind::LimitExceeded,
                ExceptionKind::ResourceNotFound,
                ExceptionKind::Throttling,
            ],
            Self::DeleteQueue
            | Self::DeleteRoutingProfile
            | Self::DeleteUserHierarchyGroup
            | Self::UpdateUserHierarchyStructure => &[
                ExceptionKind::InternalService,
                ExceptionKind::InvalidParameter,
                ExceptionKind::InvalidRequest,
                ExceptionKind::ResourceInUse,
                ExceptionKind::ResourceNotFound,
                ExceptionKind::Throttling,
            ],
            Self::AssociateRoutingProfileQueues
            | Self::AssociateUserProficiencies
            | Self::DeleteHoursOfOperation
            | Self::DeleteUser
            | Self::DescribeAgentStatus
            | Self::DescribeHoursOfOperation
            | Self::DescribeInstanceAttribute
            | Self::DescribeQueue
            | Self::DescribeRoutingProfile
            | Self::DescribeSecurityProfile
            | Self::DescribeUser
            | Self::DescribeUserHierarchyGroup
            | Self::DescribeUserHierarchyStructure
            | Self::DisassociateQueueQuickConnects
            | Self::DisassociateRoutingProfileQueues
            | Self::DisassociateUserProficiencies
            | Self::ListAgentStatuses
            | Self::ListEntitySecurityProfiles
            | Self::ListHoursOfOperations
            | Self::ListInstanceAttributes
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
            | Self::ListUsers
            | Self::SearchSecurityProfiles
            | Self::SearchUserHierarchyGroups
            | Self::SearchUsers
            | Self::TagResource
            | Self::UntagResource
            | Self::UpdateInstanceAttribute
            | Self::UpdateQueueHoursOfOperation
            | Self::UpdateQueueMaxContacts
            | Self::UpdateQueueOutboundCallerConfig
            | Self::UpdateQueueStatus
            | Self::UpdateRoutingProfileConcurrency
            | Self::UpdateRoutingProfileDefaultOutboundQueue
            | Self::UpdateRoutingProfileQueues
            | Self::UpdateSecurityProfile
            | Self::UpdateUserHierarchy
            | Self::UpdateUserIdentityInfo
            | Self::UpdateUserPhoneConfig
            | Self::UpdateUserProficiencies
            | Self::UpdateUserRoutingProfile
            | Self::UpdateUserSecurityProfiles => &[
                ExceptionKind::InternalService,
                ExceptionKind::InvalidParameter,
                ExceptionKind::InvalidRequest,
                ExceptionKind::ResourceNotFound,
                ExceptionKind::Throttling,
            ],
            Self::ListInstances => &[ExceptionKind::InternalService, ExceptionKind::InvalidRequest],
            Self::DeleteInstance | Self::DescribeInstance => {
                &[ExceptionKind::InternalService, ExceptionKind::InvalidRequest, ExceptionKind::ResourceNotFound]
            }
            Self::CreateInstance => &[
                ExceptionKind::InternalService,
                ExceptionKind::InvalidRequest,
                ExceptionKind::ResourceNotFound,
                ExceptionKind::ServiceQuotaExceeded,
                ExceptionKind::Throttling,
            ],
        }
    }

    pub(crate) fn members(self) -> &'static [InputMember] {
        match self {
            Self::AssociateQueueQuickConnects => input::ASSOCIATE_QUEUE_QUICK_CONNECTS,
            Self::AssociateRoutingProfileQueues => input::ASSOCIATE_ROUTING_PROFILE_QUEUES,
            Self::AssociateSecurityProfiles => input::ASSOCIATE_SECURITY_PROFILES,
            Self::AssociateUserProficiencies => input::ASSOCIATE_USER_PROFICIENCIES,
            Self::CreateHoursOfOperation => input::CREATE_HOURS_OF_OPERATION,
            Self::CreateInstance => input::CREATE_INSTANCE,
            Self::CreateQueue => input::CREATE_QUEUE,
            Self::CreateRoutingProfile => input::CREATE_ROUTING_PROFILE,
            Self::CreateSecurityProfile => input::CREATE_SECURITY_PROFILE,
            Self::CreateUser => input::CREATE_USER,
            Self::CreateUserHierarchyGroup => input::CREATE_USER_HIERARCHY_GROUP,
            Self::DeleteHoursOfOperation => input::DELETE_HOURS_OF_OPERATION,
            Self::DeleteInstance => input::DELETE_INSTANCE,
            Self::DeleteQueue => input::DELETE_QUEUE,
            Self::DeleteRoutingProfile => input::DELETE_ROUTING_PROFILE,
            Self::DeleteSecurityProfile => input::DELETE_SECURITY_PROFILE,
            Self::DeleteUser => input::DELETE_USER,
            Self::DeleteUserHierarchyGroup => input::DELETE_USER_HIERARCHY_GROUP,
            Self::DescribeAgentStatus => input::DESCRIBE_AGENT_STATUS,
            Self::DescribeHoursOfOperation => input::DESCRIBE_HOURS_OF_OPERATION,
            Self::DescribeInstance => input::DESCRIBE_INSTANCE,
            Self::DescribeInstanceAttribute => input::DESCRIBE_INSTANCE_ATTRIBUTE,
            Self::DescribeQueue => input::DESCRIBE_QUEUE,
            Self::DescribeRoutingProfile => input::DESCRIBE_ROUTING_PROFILE,
            Self::DescribeSecurityProfile => input::DESCRIBE_SECURITY_PROFILE,
            Self::DescribeUser => input::DESCRIBE_USER,
            Self::DescribeUserHierarchyGroup => input::DESCRIBE_USER_HIERARCHY_GROUP,
            Self::DescribeUserHierarchyStructure => input::DESCRIBE_USER_HIERARCHY_STRUCTURE,
            Self::DisassociateQueueQuickConnects => input::DISASSOCIATE_QUEUE_QUICK_CONNECTS,
            Self::DisassociateRoutingProfileQueues => input::DISASSOCIATE_ROUTING_PROFILE_QUEUES,
            Self::DisassociateSecurityProfiles => input::DISASSOCIATE_SECURITY_PROFILES,
            Self::DisassociateUserProficiencies => input::DISASSOCIATE_USER_PROFICIENCIES,
            Self::ListAgentStatuses => input::LIST_AGENT_STATUSES,
            Self::ListEntitySecurityProfiles => input::LIST_ENTITY_SECURITY_PROFILES,
            Self::ListHoursOfOperations => input::LIST_HOURS_OF_OPERATIONS,
            Self::ListInstanceAttributes => input::LIST_INSTANCE_ATTRIBUTES,
            Self::ListInstances => input::LIST_INSTANCES,
            Self::ListQueueQuickConnects => input::LIST_QUEUE_QUICK_CONNECTS,
            Self::ListQueues => input::LIST_QUEUES,
            Self::ListRoutingProfileQueues => input::LIST_ROUTING_PROFILE_QUEUES,
            Self::ListRoutingProfiles => input::LIST_ROUTING_PROFILES,
            Self::ListSecurityProfileAIAgents => input::LIST_SECURITY_PROFILE_AI_AGENTS,
            Self::ListSecurityProfileApplications => input::LIST_SECURITY_PROFILE_APPLICATIONS,
            Self::ListSecurityProfileFlowModules => input::LIST_SECURITY_PROFILE_FLOW_MODULES,
            Self::ListSecurityProfilePermissions => input::LIST_SECURITY_PROFILE_PERMISSIONS,
            Self::ListSecurityProfiles => input::LIST_SECURITY_PROFILES,
            Self::ListTagsForResource => input::LIST_TAGS_FOR_RESOURCE,
            Self::ListUserHierarchyGroups => input::LIST_USER_HIERARCHY_GROUPS,
            Self::ListUserProficiencies => input::LIST_USER_PROFICIENCIES,
            Self::ListUsers => input::LIST_USERS,
            Self::SearchSecurityProfiles => input::SEARCH_SECURITY_PROFILES,
            Self::SearchUserHierarchyGroups => input::SEARCH_USER_HIERARCHY_GROUPS,
            Self::SearchUsers => input::SEARCH_USERS,
            Self::TagResource => input::TAG_RESOURCE,
            Self::UntagResource => input::UNTAG_RESOURCE,
            Self::UpdateHoursOfOperation => input::UPDATE_HOURS_OF_OPERATION,
            Self::UpdateInstanceAttribute => input::UPDATE_INSTANCE_ATTRIBUTE,
            Self::UpdateQueueHoursOfOperation => input::UPDATE_QUEUE_HOURS_OF_OPERATION,
            Self::UpdateQueueMaxContacts => input::UPDATE_QUEUE_MAX_CONTACTS,
            Self::UpdateQueueName => input::UPDATE_QUEUE_NAME,
            Self::UpdateQueueOutboundCallerConfig => input::UPDATE_QUEUE_OUTBOUND_CALLER_CONFIG,
            Self::UpdateQueueStatus => input::UPDATE_QUEUE_STATUS,
            Self::UpdateRoutingProfileConcurrency => input::UPDATE_ROUTING_PROFILE_CONCURRENCY,
            Self::UpdateRoutingProfileDefaultOutboundQueue => input::UPDATE_ROUTING_PROFILE_DEFAULT_OUTBOUND_QUEUE,
            Self::UpdateRoutingProfileName => input::UPDATE_ROUTING_PROFILE_NAME,
            Self::UpdateRoutingProfileQueues => input::UPDATE_ROUTING_PROFILE_QUEUES,
            Self::UpdateSecurityProfile => input::UPDATE_SECURITY_PROFILE,
            Self::UpdateUserConfig => input::UPDATE_USER_CONFIG,
            Self::UpdateUserHierarchy => input::UPDATE_USER_HIERARCHY,
            Self::UpdateUserHierarchyGroupName => input::UPDATE_USER_HIERARCHY_GROUP_NAME,
            Self::UpdateUserHierarchyStructure => input::UPDATE_USER_HIERARCHY_STRUCTURE,
            Self::UpdateUserIdentityInfo => input::UPDATE_USER_IDENTITY_INFO,
            Self::UpdateUserNotificationStatus => input::UPDATE_USER_NOTIFICATION_STATUS,
            Self::UpdateUserPhoneConfig => input::UPDATE_USER_PHONE_CONFIG,
            Self::UpdateUserProficiencies => input::UPDATE_USER_PROFICIENCIES,
            Self::UpdateUserRoutingProfile => input::UPDATE_USER_ROUTING_PROFILE,
            Self::UpdateUserSecurityProfiles => input::UPDATE_USER_SECURITY_PROFILES,
        }
    }
}
