//! The records that a command targets. The command's audit event lists these records, even if the command is refused.

use std::collections::HashSet;

use super::{Command, UndoStep};
use crate::directory::Directory;
use crate::limits;
use crate::record::RecordKey;

impl Command {
    /// Returns the keys of the records that the command changes, creates or deletes, without duplicates. These records
    /// need not exist. Records that the command only refers to, such as assigned security profiles, are not included.
    ///
    /// The implementation matches all commands without a wildcard. Therefore, a new command does not compile until its
    /// targets are specified. The target of a command on the instance as a whole is [`RecordKey::Settings`]. At most
    /// [`limits::BATCH_MAX`] keys are returned, in the order of the command.
    #[must_use]
    pub fn targets(&self, directory: &Directory) -> Vec<RecordKey> {
        let mut targets = Targets::default();
        self.add_targets(directory, &mut targets);
        targets.keys
    }

    fn add_targets(&self, directory: &Directory, targets: &mut Targets) {
        match self {
            Self::CreateSecurityProfile(new) => targets.add(RecordKey::Profile(new.id)),
            Self::UpdateSecurityProfile { profile, edit: _ }
            | Self::RenameSecurityProfile { profile, name: _ }
            | Self::SetAssignableProfiles { profile, assignable: _ }
            | Self::DeleteSecurityProfile { profile } => targets.add(RecordKey::Profile(*profile)),
            Self::ReplaceSecurityProfile { profile, with: _, delete: _ } => {
                targets.add(RecordKey::Profile(*profile));
                targets.extend(directory.users_with_profile(*profile).map(|user| RecordKey::User(user.id)));
            }
            Self::CreateUser(new) => targets.add(RecordKey::User(new.id)),
            Self::RestoreUser { user, password: _ } => targets.add(RecordKey::User(user.id)),
            Self::UpdateUserIdentityInfo { user, identity: _ }
            | Self::RenameUserLogin { user, username: _ }
            | Self::UpdateUserPhoneConfig { user, channels: _ }
            | Self::UpdateUserConfig { user, channels: _ }
            | Self::UpdateUserRoutingProfile { user, routing_profile: _ }
            | Self::UpdateUserHierarchy { user, group: _ }
            | Self::UpdateUserSecurityProfiles { user, assignments: _ }
            | Self::AssociateSecurityProfiles { user, profiles: _ }
            | Self::DisassociateSecurityProfiles { user, profiles: _ }
            | Self::ChangeSecurityProfiles { user, add: _, remove: _ }
            | Self::AssociateUserProficiencies { user, proficiencies: _ }
            | Self::UpdateUserProficiencies { user, proficiencies: _ }
            | Self::DisassociateUserProficiencies { user, proficiencies: _ }
            | Self::SetUserEnabled { user, enabled: _ }
            | Self::ResetUserPassword { user, password: _, revoke_access_keys: _ }
            | Self::ChangeOwnPassword { user, password: _ }
            | Self::EndUserSessions { user }
            | Self::UnlockUser { user }
            | Self::AddSecondFactor { user, factor: _, secret: _ }
            | Self::RemoveSecondFactor { user, factor: _ }
            | Self::VerifyEmail { user, email: _ }
            | Self::VerifyEmailOfUser { user, email: _ }
            | Self::InviteUser { user, email: _ }
            | Self::DeleteUser { user } => targets.add(RecordKey::User(*user)),
            Self::CreateAccessKey { owner, id, label: _, sealed_secret: _ } => {
                targets.add(RecordKey::User(*owner));
                targets.add(RecordKey::AccessKey(id.clone()));
            }
            Self::RevokeAccessKey { id } | Self::ReinstateAccessKey { id } => {
                targets.add(RecordKey::AccessKey(id.clone()));
                targets.extend(directory.access_key(id).map(|key| RecordKey::User(key.owner)));
            }
            Self::RegisterApplication(new) => targets.add(RecordKey::Application(new.namespace.clone())),
            Self::UnregisterApplication { namespace } => targets.add(RecordKey::Application(namespace.clone())),
            Self::PutApplicationResources { namespace, resources } => {
                targets.add(RecordKey::Application(namespace.clone()));
                targets.extend(resources.iter().map(|resource| resource_key(namespace, &resource.id)));
            }
            Self::DeleteApplicationResources { namespace, ids } => {
                targets.add(RecordKey::Application(namespace.clone()));
                // Unknown ids are skipped, because the command deletes no record for an unknown id.
                let known = ids.iter().filter(|id| directory.application_resource(namespace, id).is_some());
                targets.extend(known.map(|id| resource_key(namespace, id)));
            }
            Self::CreateApiToken(new) => targets.add(RecordKey::ApiToken(new.id)),
            Self::UpdateApiToken(id, _) | Self::RevokeApiToken { id } => {
                targets.add(RecordKey::ApiToken(*id));
            }
            Self::CreateUserHierarchyGroup { id: group, name: _, parent: _, tags: _ }
            | Self::UpdateUserHierarchyGroupName { group, name: _ }
            | Self::DeleteUserHierarchyGroup { group } => targets.add(RecordKey::Group(*group)),
            Self::UpdateUserHierarchyStructure { levels: _ } => targets.add(RecordKey::Structure),
            Self::TagResource { target, tags: _ } | Self::UntagResource { target, keys: _ } => {
                targets.add(target.clone());
            }
            Self::CreateResource(new) => targets.add(RecordKey::Resource(new.id)),
            Self::UpdateResource(edit) => targets.add(RecordKey::Resource(edit.id)),
            Self::DeleteResource { id, .. } => targets.add(RecordKey::Resource(*id)),
            Self::UpdateFinding(finding, _) => targets.add(RecordKey::Finding(*finding)),
            Self::UpdateInstanceAttribute { name: _, value: _ }
            | Self::SetEscalationGuard { mode: _, reason: _ }
            | Self::DeleteSealed
            | Self::RecordFormerLogins(_)
            | Self::UpgradeCatalog => targets.add(RecordKey::Settings),
            // When the plan replaces a user's credentials, it also adds that user to the targets.
            Self::ReplaceCredentials(profile) => {
                targets.add(profile.map_or(RecordKey::Settings, RecordKey::Profile));
            }
            // The profile is omitted here, because the plan adds it to the targets when it assigns the profile.
            Self::RestoreAdministrator { profile: _, user, username, password: _ } => {
                let existing = directory.user_by_login(username).map(|user| user.id);
                targets.add(RecordKey::User(existing.unwrap_or(*user)));
            }
            Self::Batch { action: _, commands } => {
                commands.iter().for_each(|command| command.add_targets(directory, targets));
            }
            Self::Undo { revision: _, made: _, steps } => {
                // The keys of login histories contain login names, which are personal data. The histories are derived
                // from the users, so the audit log does not need these keys.
                let check_resource_type = |key: &RecordKey| !matches!(key, RecordKey::Login(_));
                targets.extend(steps.iter().filter_map(UndoStep::key).filter(check_resource_type));
            }
            Self::IfUnchanged { record: _, modified: _, command } => command.add_targets(directory, targets),
        }
    }
}

fn resource_key(namespace: &str, id: &str) -> RecordKey {
    RecordKey::ApplicationResource(namespace.to_owned(), id.to_owned())
}

/// A list of at most [`limits::BATCH_MAX`] record keys, in insertion order and without duplicates.
#[derive(Default)]
struct Targets {
    keys: Vec<RecordKey>,
    seen: HashSet<RecordKey>,
}

impl Targets {
    fn add(&mut self, key: RecordKey) {
        if self.keys.len() < limits::BATCH_MAX && self.seen.insert(key.clone()) {
            self.keys.push(key);
        }
    }

    fn extend(&mut self, keys: impl IntoIterator<Item = RecordKey>) {
        let room = limits::BATCH_MAX.saturating_sub(self.keys.len());
        keys.into_iter().take(room).for_each(|key| self.add(key));
    }
}
