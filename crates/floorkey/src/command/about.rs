//! The operation that a command performs, and the record that the command is mainly about.

use super::Command;
use crate::act::Act;
use crate::record::RecordKey;
use crate::resource::StoredResourceType;

impl Command {
    /// Returns the operation that the command performs.
    #[must_use]
    pub fn act(&self) -> Act {
        match self {
            Self::CreateSecurityProfile(_) => Act::CreateSecurityProfile,
            Self::UpdateSecurityProfile { .. } => Act::UpdateSecurityProfile,
            Self::RenameSecurityProfile { .. } => Act::RenameSecurityProfile,
            Self::SetAssignableProfiles { .. } => Act::SetAssignableProfiles,
            Self::DeleteSecurityProfile { .. } => Act::DeleteSecurityProfile,
            Self::CreateUser(_) => Act::CreateUser,
            Self::UpdateUserIdentityInfo { .. } => Act::UpdateUserIdentityInfo,
            Self::RenameUserLogin { .. } => Act::RenameUserLogin,
            Self::UpdateUserPhoneConfig { .. } => Act::UpdateUserPhoneConfig,
            Self::UpdateUserConfig { .. } => Act::UpdateUserConfig,
            Self::UpdateUserRoutingProfile { .. } => Act::UpdateUserRoutingProfile,
            Self::UpdateUserHierarchy { .. } => Act::UpdateUserHierarchy,
            Self::UpdateUserSecurityProfiles { .. } => Act::UpdateUserSecurityProfiles,
            Self::AssociateSecurityProfiles { .. } => Act::AssociateSecurityProfiles,
            Self::DisassociateSecurityProfiles { .. } => Act::DisassociateSecurityProfiles,
            Self::AssociateUserProficiencies { .. } => Act::AssociateUserProficiencies,
            Self::UpdateUserProficiencies { .. } => Act::UpdateUserProficiencies,
            Self::DisassociateUserProficiencies { .. } => Act::DisassociateUserProficiencies,
            Self::SetUserEnabled { enabled: true, .. } => Act::EnableUser,
            Self::SetUserEnabled { enabled: false, .. } => Act::DisableUser,
            Self::ResetUserPassword { .. } => Act::ResetUserPassword,
            Self::DeleteUser { .. } => Act::DeleteUser,
            Self::CreateAccessKey { .. } => Act::CreateAccessKey,
            Self::RevokeAccessKey { .. } => Act::RevokeAccessKey,
            Self::ReinstateAccessKey { .. } => Act::ReinstateAccessKey,
            Self::VouchForEmail { .. } => Act::VouchForEmail,
            Self::InviteUser { .. } => Act::InviteUser,
            Self::ReplaceCredentials(_) => Act::ReplaceCredentials,
            Self::ForgetSealed => Act::ForgetSealed,
            Self::RegisterApplication(_) => Act::RegisterApplication,
            Self::UnregisterApplication { .. } => Act::UnregisterApplication,
            Self::PutApplicationResources { .. } => Act::PutApplicationResources,
            Self::DeleteApplicationResources { .. } => Act::DeleteApplicationResources,
            Self::CreateApiToken(_) => Act::CreateApiToken,
            Self::UpdateApiToken(..) => Act::UpdateApiToken,
            Self::RevokeApiToken { .. } => Act::RevokeApiToken,
            Self::CreateUserHierarchyGroup { .. } => Act::CreateUserHierarchyGroup,
            Self::UpdateUserHierarchyGroupName { .. } => Act::UpdateUserHierarchyGroupName,
            Self::DeleteUserHierarchyGroup { .. } => Act::DeleteUserHierarchyGroup,
            Self::UpdateUserHierarchyStructure { .. } => Act::UpdateUserHierarchyStructure,
            Self::TagResource { .. } => Act::TagResource,
            Self::UntagResource { .. } => Act::UntagResource,
            Self::CreateResource(new) => match new.details.kind() {
                StoredResourceType::RoutingProfile => Act::CreateRoutingProfile,
                StoredResourceType::Queue => Act::CreateQueue,
                StoredResourceType::HoursOfOperation => Act::CreateHoursOfOperation,
                StoredResourceType::AgentStatus => Act::CreateAgentStatus,
            },
            Self::UpdateResource(edit) => edit.change.act(),
            Self::DeleteResource { kind, .. } => match kind {
                StoredResourceType::RoutingProfile => Act::DeleteRoutingProfile,
                StoredResourceType::Queue => Act::DeleteQueue,
                StoredResourceType::HoursOfOperation => Act::DeleteHoursOfOperation,
                StoredResourceType::AgentStatus => Act::DeleteAgentStatus,
            },
            Self::UpdateInstanceAttribute { .. } => Act::UpdateInstanceAttribute,
            Self::SetEscalationGuard { .. } => Act::SetEscalationGuard,
            Self::RestoreAdministrator { .. } => Act::RestoreAdministrator,
            Self::UpgradeCatalogue => Act::UpgradeCatalogue,
            Self::RecordFormerLogins(_) => Act::RecordFormerLogins,
            Self::ReplaceSecurityProfile { .. } => Act::ReplaceSecurityProfile,
            Self::RestoreUser { .. } => Act::RestoreUser,
            Self::ChangeSecurityProfiles { .. } => Act::ChangeSecurityProfiles,
            Self::ChangeOwnPassword { .. } => Act::ChangeOwnPassword,
            Self::EndUserSessions { .. } => Act::EndUserSessions,
            Self::UnlockUser { .. } => Act::UnlockUser,
            Self::AddSecondFactor { .. } => Act::AddSecondFactor,
            Self::RemoveSecondFactor { .. } => Act::RemoveSecondFactor,
            Self::ConfirmEmail { .. } => Act::ConfirmEmail,
            Self::Batch { act, .. } => *act,
            Self::Undo { .. } => Act::Undo,
            Self::IfUnchanged { command, .. } => command.act(),
        }
    }

    /// Returns the record that the command changes, creates or deletes. Returns `None` if the command is not about a
    /// single record.
    #[must_use]
    pub fn about(&self) -> Option<RecordKey> {
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
            | Self::ConfirmEmail { user, .. }
            | Self::VouchForEmail { user, .. }
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
            Self::IfUnchanged { command, .. } => return command.about(),
            Self::ReplaceCredentials(profile) => return profile.map(RecordKey::Profile),
            Self::ForgetSealed
            | Self::UpgradeCatalogue
            | Self::RecordFormerLogins(_)
            | Self::Batch { .. }
            | Self::Undo { .. } => return None,
        })
    }
}
