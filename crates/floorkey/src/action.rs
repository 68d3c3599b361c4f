//! The actions that Floorkey authorizes and records, and the permissions that each action requires.
//!
//! Each operation of Amazon Connect's API is an action with the same name. Other actions, such as those of the console,
//! have names of their own. The file `data/actions.toml` lists the required permissions.

mod requirement;
mod resource_change;

pub use requirement::{Circumstance, Entity, RequiredPermissions, Requirement};

macro_rules! actions {
    ($($name:ident),* $(,)?) => {
        /// An action that Floorkey authorizes and records, such as `CreateUser`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each is the action of that name")]
        pub enum Action { $($name),* }

        impl Action {
            /// All actions, sorted by name.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Returns the name of the action.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }

            /// Returns the action with the given name.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                match name { $(stringify!($name) => Some(Self::$name),)* _ => None }
            }
        }
    };
}

impl Action {
    /// Whether the action only reads data and changes nothing.
    #[must_use]
    pub fn is_read(self) -> bool {
        const READS: [&str; 6] = ["Check", "Describe", "Download", "List", "Search", "View"];
        READS.iter().any(|verb| self.name().starts_with(verb))
    }
}

actions! {
    AddSecondFactor, AssignFinding, AssociateQueueQuickConnects, AssociateRoutingProfileQueues,
    AssociateSecurityProfiles, AssociateUserProficiencies, ChangeOwnPassword, ChangeSecurityProfiles, CheckAccess,
    ConfirmEmail, CreateAccessKey, CreateAgentStatus, CreateApiToken, CreateHoursOfOperation, CreateInstance,
    CreatePrompt, CreateQueue, CreateQuickConnect, CreateRoutingProfile, CreateSecurityProfile, CreateUser,
    CreateUserHierarchyGroup, DeleteAgentStatus, DeleteApplicationResources, DeleteHoursOfOperation, DeleteInstance,
    DeletePrompt, DeleteQueue, DeleteQuickConnect, DeleteRoutingProfile, DeleteSecurityProfile, DeleteUser,
    DeleteUserHierarchyGroup, DeleteUsers, DescribeAgentStatus, DescribeGrantConditions, DescribeHoursOfOperation,
    DescribeInstance, DescribeInstanceAttribute, DescribePrompt, DescribeQueue, DescribeQuickConnect,
    DescribeRoutingProfile, DescribeSecurityProfile, DescribeUser, DescribeUserHierarchyGroup,
    DescribeUserHierarchyStructure, DisableUser, DisassociateQueueQuickConnects, DisassociateRoutingProfileQueues,
    DisassociateSecurityProfiles, DisassociateUserProficiencies, DismissFinding, DownloadUsers, EditUsers, EnableUser,
    EndUserSessions, ExportBundle, FailedSignIn, ForgetSealed, ImportUsers, InviteUser, ListAccessKeys,
    ListAgentStatuses, ListApiTokens, ListApplications, ListEntitySecurityProfiles, ListFindings, ListHoursOfOperations,
    ListInstanceAttributes, ListInstances, ListPermissionUse, ListPrompts, ListQueueQuickConnects, ListQueues,
    ListQuickConnects, ListRoutingProfileQueues, ListRoutingProfiles, ListSecurityProfileAIAgents,
    ListSecurityProfileApplications, ListSecurityProfileFlowModules, ListSecurityProfilePermissions,
    ListSecurityProfiles, ListTagsForResource, ListUserHierarchyGroups, ListUserProficiencies, ListUsers,
    PutApplicationResources, RecordFormerLogins, RegisterApplication, ReinstateAccessKey, RemoveSecondFactor,
    RenameSecurityProfile, RenameUserLogin, ReopenFinding, ReplaceCredentials, ReplaceSecurityProfile,
    ResetUserPassword, ResetUserPasswords, RestoreAdministrator, RestoreUser, RevokeAccessKey, RevokeApiToken,
    SearchAgentStatuses, SearchHoursOfOperations, SearchPrompts, SearchQueues, SearchQuickConnects,
    SearchRoutingProfiles, SearchSecurityProfiles, SearchUserHierarchyGroups, SearchUsers, SendPasswordLink,
    SetAssignableProfiles, SetEscalationGuard, SignIn, SignOut, TagResource, Undo, UnlockUser, UnregisterApplication,
    UntagResource, UpdateAgentStatus, UpdateApiToken, UpdateHoursOfOperation, UpdateInstanceAttribute, UpdatePrompt,
    UpdateQueueHoursOfOperation, UpdateQueueMaxContacts, UpdateQueueName, UpdateQueueOutboundCallerConfig,
    UpdateQueueStatus, UpdateQuickConnectConfig, UpdateQuickConnectName, UpdateRoutingProfileConcurrency,
    UpdateRoutingProfileDefaultOutboundQueue, UpdateRoutingProfileName, UpdateRoutingProfileQueues,
    UpdateSecurityProfile, UpdateUserConfig, UpdateUserHierarchy, UpdateUserHierarchyGroupName,
    UpdateUserHierarchyStructure, UpdateUserIdentityInfo, UpdateUserNotificationStatus, UpdateUserPhoneConfig,
    UpdateUserProficiencies, UpdateUserRoutingProfile, UpdateUserSecurityProfiles, UpgradeCatalogue,
    ViewHistoricalChanges, VouchForEmail,
}
