//! The kinds of commands. The tests compile only if each variant of `Command` has a kind here. [`super::attackers`] and
//! [`super::honest`] must also handle each kind.

use floorkey::Command;

macro_rules! command_kinds {
    ($($kind:ident),* $(,)?) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(super) enum CommandKind { $($kind),* }

        impl CommandKind {
            pub(super) const ALL: &'static [Self] = &[$(Self::$kind),*];

            pub(super) fn of(command: &Command) -> Self {
                // The match has no wildcard, so a missing variant is a compiler error.
                match command {
                    $(command_kinds!(@pattern $kind) => Self::$kind),*
                }
            }
        }
    };
    (@pattern CreateSecurityProfile) => { Command::CreateSecurityProfile(_) };
    (@pattern CreateUser) => { Command::CreateUser(_) };
    (@pattern RegisterApplication) => { Command::RegisterApplication(_) };
    (@pattern CreateApiToken) => { Command::CreateApiToken(_) };
    (@pattern ReplaceCredentials) => { Command::ReplaceCredentials(_) };
    (@pattern UpdateApiToken) => { Command::UpdateApiToken(..) };
    (@pattern CreateResource) => { Command::CreateResource(_) };
    (@pattern UpdateResource) => { Command::UpdateResource(_) };
    (@pattern UpdateFinding) => { Command::UpdateFinding(..) };
    (@pattern $kind:ident) => { Command::$kind { .. } };
}

command_kinds! {
    CreateSecurityProfile,
    UpdateSecurityProfile,
    RenameSecurityProfile,
    SetAssignableProfiles,
    DeleteSecurityProfile,
    ReplaceSecurityProfile,
    CreateUser,
    RestoreUser,
    UpdateUserIdentityInfo,
    RenameUserLogin,
    UpdateUserPhoneConfig,
    UpdateUserConfig,
    UpdateUserRoutingProfile,
    UpdateUserHierarchy,
    UpdateUserSecurityProfiles,
    AssociateSecurityProfiles,
    DisassociateSecurityProfiles,
    ChangeSecurityProfiles,
    AssociateUserProficiencies,
    UpdateUserProficiencies,
    DisassociateUserProficiencies,
    SetUserEnabled,
    ResetUserPassword,
    ChangeOwnPassword,
    EndUserSessions,
    UnlockUser,
    AddSecondFactor,
    RemoveSecondFactor,
    VerifyEmail,
    VerifyEmailOfUser,
    InviteUser,
    ReplaceCredentials,
    DeleteUser,
    CreateAccessKey,
    RevokeAccessKey,
    ReinstateAccessKey,
    DeleteSealed,
    RegisterApplication,
    UnregisterApplication,
    PutApplicationResources,
    DeleteApplicationResources,
    CreateApiToken,
    UpdateApiToken,
    RevokeApiToken,
    CreateUserHierarchyGroup,
    UpdateUserHierarchyGroupName,
    DeleteUserHierarchyGroup,
    UpdateUserHierarchyStructure,
    TagResource,
    UntagResource,
    CreateResource,
    UpdateResource,
    DeleteResource,
    UpdateInstanceAttribute,
    SetEscalationGuard,
    UpdateFinding,
    RestoreAdministrator,
    UpgradeCatalog,
    RecordFormerLogins,
    Batch,
    Undo,
    IfUnchanged,
}
