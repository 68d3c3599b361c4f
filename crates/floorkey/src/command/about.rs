//! The operation that a command performs, and the record that the command is mainly about.

use super::Command;
use crate::action::Action;
use crate::finding::FindingEdit;
use crate::record::RecordKey;

impl Command {
    /// Returns the operation that the command performs.
    #[must_use]
    pub fn action(&self) -> Action {
        match self {
            Self::CreateSecurityProfile(_) => Action::CreateSecurityProfile,
            Self::UpdateSecurityProfile { .. } => Action::UpdateSecurityProfile,
            Self::RenameSecurityProfile { .. } => Action::RenameSecurityProfile,
            Self::SetAssignableProfiles { .. } => Action::SetAssignableProfiles,
            Self::DeleteSecurityProfile { .. } => Action::DeleteSecurityProfile,
            Self::CreateUser(_) => Action::CreateUser,
            Self::UpdateUserIdentityInfo { .. } => Action::UpdateUserIdentityInfo,
            Self::RenameUserLogin { .. } => Action::RenameUserLogin,
            Self::UpdateUserPhoneConfig { .. } => Action::UpdateUserPhoneConfig,
            Self::UpdateUserConfig { .. } => Action::UpdateUserConfig,
            Self::UpdateUserRoutingProfile { .. } => Action::UpdateUserRoutingProfile,
            Self::UpdateUserHierarchy { .. } => Action::UpdateUserHierarchy,
            Self::UpdateUserSecurityProfiles { .. } => Action::UpdateUserSecurityProfiles,
            Self::AssociateSecurityProfiles { .. } => Action::AssociateSecurityProfiles,
            Self::DisassociateSecurityProfiles { .. } => Action::DisassociateSecurityProfiles,
            Self::AssociateUserProficiencies { .. } => Action::AssociateUserProficiencies,
            Self::UpdateUserProficiencies { .. } => Action::UpdateUserProficiencies,
            Self::DisassociateUserProficiencies { .. } => Action::DisassociateUserProficiencies,
            Self::SetUserEnabled { enabled: true, .. } => Action::EnableUser,
            Self::SetUserEnabled { enabled: false, .. } => Action::DisableUser,
            Self::ResetUserPassword { .. } => Action::ResetUserPassword,
            Self::DeleteUser { .. } => Action::DeleteUser,
            Self::CreateAccessKey { .. } => Action::CreateAccessKey,
            Self::RevokeAccessKey { .. } => Action::RevokeAccessKey,
            Self::ReinstateAccessKey { .. } => Action::ReinstateAccessKey,
            Self::VerifyEmailOfUser { .. } => Action::VouchForEmail,
            Self::InviteUser { .. } => Action::InviteUser,
            Self::ReplaceCredentials(_) => Action::ReplaceCredentials,
            Self::DeleteSealed => Action::ForgetSealed,
            Self::RegisterApplication(_) => Action::RegisterApplication,
            Self::UnregisterApplication { .. } => Action::UnregisterApplication,
            Self::PutApplicationResources { .. } => Action::PutApplicationResources,
            Self::DeleteApplicationResources { .. } => Action::DeleteApplicationResources,
            Self::CreateApiToken(_) => Action::CreateApiToken,
            Self::UpdateApiToken(..) => Action::UpdateApiToken,
            Self::RevokeApiToken { .. } => Action::RevokeApiToken,
            Self::CreateUserHierarchyGroup { .. } => Action::CreateUserHierarchyGroup,
            Self::UpdateUserHierarchyGroupName { .. } => Action::UpdateUserHierarchyGroupName,
            Self::DeleteUserHierarchyGroup { .. } => Action::DeleteUserHierarchyGroup,
            Self::UpdateUserHierarchyStructure { .. } => Action::UpdateUserHierarchyStructure,
            Self::TagResource { .. } => Action::TagResource,
            Self::UntagResource { .. } => Action::UntagResource,
            Self::CreateResource(new) => new.details.stored_type().create_action(),
            Self::UpdateResource(edit) => edit.change.action(),
            Self::DeleteResource { kind, .. } => kind.delete_action(),
            Self::UpdateInstanceAttribute { .. } => Action::UpdateInstanceAttribute,
            Self::SetEscalationGuard { .. } => Action::SetEscalationGuard,
            Self::UpdateFinding(_, FindingEdit::Dismiss { .. }) => Action::DismissFinding,
            Self::UpdateFinding(_, FindingEdit::Reopen) => Action::ReopenFinding,
            Self::UpdateFinding(_, FindingEdit::Assign(_)) => Action::AssignFinding,
            Self::RestoreAdministrator { .. } => Action::RestoreAdministrator,
            Self::UpgradeCatalog => Action::UpgradeCatalogue,
            Self::RecordFormerLogins(_) => Action::RecordFormerLogins,
            Self::ReplaceSecurityProfile { .. } => Action::ReplaceSecurityProfile,
            Self::RestoreUser { .. } => Action::RestoreUser,
            Self::ChangeSecurityProfiles { .. } => Action::ChangeSecurityProfiles,
            Self::ChangeOwnPassword { .. } => Action::ChangeOwnPassword,
            Self::EndUserSessions { .. } => Action::EndUserSessions,
            Self::UnlockUser { .. } => Action::UnlockUser,
            Self::AddSecondFactor { .. } => Action::AddSecondFactor,
            Self::RemoveSecondFactor { .. } => Action::RemoveSecondFactor,
            Self::VerifyEmail { .. } => Action::ConfirmEmail,
            Self::Batch { action, .. } => *action,
            Self::Undo { .. } => Action::Undo,
            Self::IfUnchanged { command, .. } => command.action(),
        }
    }

    /// Returns the record that the command changes, creates or deletes. If there is no such single record, returns
    /// `None`.
    #[must_use]
    pub fn main_record(&self) -> Option<RecordKey> {
        Some(match self {
            Self::CreateSecurityProfile(new) => RecordKey::Profile(new.id),
            Self::UpdateSecurityProfile { profile, .. }
            | Self::RenameSecurityProfile { profile, .. }
            | Self::SetAssignableProfiles { profile, .. }
            | Self::DeleteSecurityProfile { profile }
            | Self::ReplaceSecurityProfile { profile, .. } => RecordKey::Profile(*profile),
            Self::CreateUser(new) => RecordKey::User(new.id),
            Self::RestoreUser { user, .. } => RecordKey::User(user.id),
            Self::UpdateUserIdentityInfo { user, .. }
            | Self::RenameUserLogin { user, .. }
            | Self::UpdateUserPhoneConfig { user, .. }
            | Self::UpdateUserConfig { user, .. }
            | Self::UpdateUserRoutingProfile { user, .. }
            | Self::UpdateUserHierarchy { user, .. }
            | Self::UpdateUserSecurityProfiles { user, .. }
            | Self::AssociateSecurityProfiles { user, .. }
            | Self::DisassociateSecurityProfiles { user, .. }
            | Self::ChangeSecurityProfiles { user, .. }
            | Self::AssociateUserProficiencies { user, .. }
            | Self::UpdateUserProficiencies { user, .. }
            | Self::DisassociateUserProficiencies { user, .. }
            | Self::SetUserEnabled { user, .. }
            | Self::ResetUserPassword { user, .. }
            | Self::ChangeOwnPassword { user, .. }
            | Self::EndUserSessions { user }
            | Self::UnlockUser { user }
            | Self::AddSecondFactor { user, .. }
            | Self::RemoveSecondFactor { user, .. }
            | Self::VerifyEmail { user, .. }
            | Self::VerifyEmailOfUser { user, .. }
            | Self::InviteUser { user, .. }
            | Self::DeleteUser { user }
            | Self::RestoreAdministrator { user, .. } => RecordKey::User(*user),
            Self::RegisterApplication(new) => RecordKey::Application(new.namespace.clone()),
            Self::UnregisterApplication { namespace }
            | Self::PutApplicationResources { namespace, .. }
            | Self::DeleteApplicationResources { namespace, .. } => RecordKey::Application(namespace.clone()),
            Self::CreateApiToken(new) => RecordKey::ApiToken(new.id),
            Self::UpdateApiToken(id, _) | Self::RevokeApiToken { id } => RecordKey::ApiToken(*id),
            Self::CreateAccessKey { id, .. } | Self::RevokeAccessKey { id } | Self::ReinstateAccessKey { id } => {
                RecordKey::AccessKey(id.clone())
            }
            Self::CreateUserHierarchyGroup { id: group, .. }
            | Self::UpdateUserHierarchyGroupName { group, .. }
            | Self::DeleteUserHierarchyGroup { group } => RecordKey::Group(*group),
            Self::UpdateUserHierarchyStructure { .. } => RecordKey::Structure,
            Self::TagResource { target, .. } | Self::UntagResource { target, .. } => target.clone(),
            Self::CreateResource(new) => RecordKey::Resource(new.id),
            Self::UpdateResource(edit) => RecordKey::Resource(edit.id),
            Self::DeleteResource { id, .. } => RecordKey::Resource(*id),
            Self::UpdateInstanceAttribute { .. } | Self::SetEscalationGuard { .. } => RecordKey::Settings,
            Self::UpdateFinding(finding, _) => RecordKey::Finding(*finding),
            Self::IfUnchanged { command, .. } => return command.main_record(),
            Self::ReplaceCredentials(profile) => return profile.map(RecordKey::Profile),
            Self::DeleteSealed
            | Self::UpgradeCatalog
            | Self::RecordFormerLogins(_)
            | Self::Batch { .. }
            | Self::Undo { .. } => return None,
        })
    }
}
