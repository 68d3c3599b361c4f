//! Acts: what can be done in Floorkey itself, and what each asks of the one who does it.
//!
//! An act has the name of the Amazon Connect operation that does it, or a name of ours where there is none.
//! `data/acts.toml` says which permissions each asks for.

use std::collections::BTreeMap;

use crate::permission_set::PermissionSet;
use crate::resource::ResourceType;

macro_rules! acts {
    ($($name:ident),* $(,)?) => {
        /// Something that can be done in Floorkey.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each is the operation of that name")]
        pub enum Act { $($name),* }

        impl Act {
            /// All acts, by name.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The act's name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }

            /// The act of that name.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                match name { $(stringify!($name) => Some(Self::$name),)* _ => None }
            }
        }
    };
}

acts! {
    AddSecondFactor, AssociateSecurityProfiles, AssociateUserProficiencies, ChangeOwnPassword, ChangeSecurityProfiles,
    CheckAccess, ConfirmEmail, CreateAccessKey, CreateApiToken, CreateHoursOfOperation, CreateInstance, CreateQueue,
    CreateRoutingProfile, CreateSecurityProfile, CreateUser, CreateUserHierarchyGroup, DeleteApplicationResources,
    DeleteHoursOfOperation, DeleteInstance, DeleteQueue, DeleteRoutingProfile, DeleteSecurityProfile, DeleteUser,
    DeleteUserHierarchyGroup, DeleteUsers, DescribeAgentStatus, DescribeGrantConditions, DescribeHoursOfOperation,
    DescribeInstance, DescribeInstanceAttribute, DescribeQueue, DescribeRoutingProfile, DescribeSecurityProfile,
    DescribeUser, DescribeUserHierarchyGroup, DescribeUserHierarchyStructure, DisableUser,
    DisassociateSecurityProfiles, DisassociateUserProficiencies, DownloadUsers, EditUsers, EnableUser, EndUserSessions,
    ExportBundle, FailedSignIn, ForgetSealed, ImportUsers, InviteUser, ListAccessKeys, ListAgentStatuses,
    ListApiTokens, ListApplications, ListEntitySecurityProfiles, ListHoursOfOperations, ListInstanceAttributes,
    ListInstances, ListPermissionUse, ListQueues, ListRoutingProfiles, ListSecurityProfileAIAgents,
    ListSecurityProfileApplications, ListSecurityProfileFlowModules, ListSecurityProfilePermissions,
    ListSecurityProfiles, ListTagsForResource, ListUserHierarchyGroups, ListUserProficiencies, ListUsers,
    PutApplicationResources, RegisterApplication, RemoveSecondFactor, RenameSecurityProfile, RenameUserLogin,
    ReplaceSecurityProfile, ResetUserPassword, ResetUserPasswords, RestoreAdministrator, RestoreUser, RevokeAccessKey,
    RevokeApiToken, SearchSecurityProfiles, SearchUserHierarchyGroups, SearchUsers, SendPasswordLink,
    SetAssignableProfiles, SetEscalationGuard, SignIn, SignOut, TagResource, Undo, UnlockUser, UnregisterApplication,
    UntagResource, UpdateInstanceAttribute, UpdateSecurityProfile, UpdateUserConfig, UpdateUserHierarchy,
    UpdateUserHierarchyGroupName, UpdateUserHierarchyStructure, UpdateUserIdentityInfo, UpdateUserNotificationStatus,
    UpdateUserPhoneConfig, UpdateUserProficiencies, UpdateUserRoutingProfile, UpdateUserSecurityProfiles,
    UpgradeCatalogue, ViewHistoricalChanges,
}

/// What an act asks for. Where all sets are empty and nothing else is said: the operator's key.
#[derive(Clone, Debug, Default)]
pub struct Requirement {
    /// All of these.
    pub all_of: PermissionSet,
    /// At least one of these, where there are any.
    pub any_of: PermissionSet,
    /// All of the set of the type of the resource that is acted on.
    pub by_type: BTreeMap<ResourceType, PermissionSet>,
    /// Whoever has a valid key may.
    pub any_valid_key: bool,
    /// Only the one whom it is about, and the operator.
    pub owner_only: bool,
}

impl Requirement {
    /// The operator's key, and nobody else's.
    pub const OPERATOR: Self = Self {
        all_of: PermissionSet::EMPTY,
        any_of: PermissionSet::EMPTY,
        by_type: BTreeMap::new(),
        any_valid_key: false,
        owner_only: false,
    };

    /// Whether no user can meet it.
    #[must_use]
    pub fn is_operator_only(&self) -> bool {
        self.all_of.is_empty()
            && self.any_of.is_empty()
            && self.by_type.is_empty()
            && !self.any_valid_key
            && !self.owner_only
    }
}
