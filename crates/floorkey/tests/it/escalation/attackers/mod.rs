//! The commands that attackers try: every kind of command, with every record as the target.

mod instance;
mod profiles;
mod users;

use floorkey::{Action, Command, HierarchyGroupId, RecordKey, ResourceId, ResourceType, SecurityProfileId, UserId};

pub(super) use instance::{crm, order};

use super::command_kind::CommandKind;
use super::fixtures::{CREATED, GROUPS, MANAGER, PROFILES, THIRD, USERS, group_id, profile_id, user_id};
use super::state::State;

/// The profiles that administrators do not have.
pub(super) const NON_ADMIN_PROFILES: [usize; 3] = [MANAGER, THIRD, CREATED];

/// The attackers' turn to take a step in a state.
pub(super) struct AttackerTurn<'a> {
    pub(super) state: &'a State,
    /// The account that the attackers act as.
    pub(super) actor: usize,
    pub(super) variants: Variants,
}

/// The variants of commands that attackers try in addition to plain commands.
#[derive(Clone, Copy, Default)]
pub(super) struct Variants {
    /// Profiles with scopes and conditions, and users with tags and hierarchy groups.
    pub(super) scopes: bool,
    /// Assignments with a start time or an end time.
    pub(super) dates: bool,
    /// Profiles with the restriction, and profiles with the permission that the restriction limits.
    pub(super) restrictions: bool,
    /// More than one login for new users and renamed users.
    pub(super) logins: bool,
}

impl AttackerTurn<'_> {
    /// Returns the commands of the given kind to try.
    pub(super) fn commands(&self, kind: CommandKind) -> Vec<Command> {
        match kind {
            CommandKind::CreateSecurityProfile => self.create_profile(),
            CommandKind::UpdateSecurityProfile => self.update_profile(),
            CommandKind::RenameSecurityProfile => self.rename_profile(),
            CommandKind::SetAssignableProfiles => self.set_assignable(),
            CommandKind::DeleteSecurityProfile => {
                self.profiles().map(|profile| Command::DeleteSecurityProfile { profile }).collect()
            }
            CommandKind::ReplaceSecurityProfile => self.replace_profile(),
            CommandKind::CreateUser => self.create_user(),
            CommandKind::RestoreUser => self.restore_user(),
            CommandKind::RenameUserLogin => self.rename_login(),
            CommandKind::UpdateUserHierarchy => self.move_user(),
            CommandKind::UpdateUserSecurityProfiles => self.assign(),
            CommandKind::AssociateSecurityProfiles => self.each_user_and_profile(|user, profile| {
                Command::AssociateSecurityProfiles { user, profiles: vec![profile] }
            }),
            CommandKind::DisassociateSecurityProfiles => self.each_user_and_profile(|user, profile| {
                Command::DisassociateSecurityProfiles { user, profiles: vec![profile] }
            }),
            CommandKind::ChangeSecurityProfiles => self.change_profiles(),
            CommandKind::SetUserEnabled => self.enable(),
            CommandKind::UpdateUserIdentityInfo
            | CommandKind::UpdateUserPhoneConfig
            | CommandKind::UpdateUserConfig
            | CommandKind::UpdateUserRoutingProfile
            | CommandKind::AssociateUserProficiencies
            | CommandKind::UpdateUserProficiencies
            | CommandKind::DisassociateUserProficiencies
            | CommandKind::ResetUserPassword
            | CommandKind::VerifyEmailOfUser
            | CommandKind::InviteUser
            | CommandKind::EndUserSessions
            | CommandKind::UnlockUser
            | CommandKind::RemoveSecondFactor
            | CommandKind::DeleteUser => self.on_users(kind),
            CommandKind::ChangeOwnPassword
            | CommandKind::AddSecondFactor
            | CommandKind::VerifyEmail
            | CommandKind::CreateAccessKey
            | CommandKind::RevokeAccessKey
            | CommandKind::ReinstateAccessKey => self.own_credentials(kind),
            CommandKind::CreateUserHierarchyGroup
            | CommandKind::UpdateUserHierarchyGroupName
            | CommandKind::DeleteUserHierarchyGroup
            | CommandKind::UpdateUserHierarchyStructure => self.groups(kind),
            CommandKind::TagResource | CommandKind::UntagResource => self.tags(kind),
            CommandKind::Batch | CommandKind::IfUnchanged => self.batch_or_conditional(kind),
            CommandKind::Undo => self.undo(),
            CommandKind::ReplaceCredentials => {
                self.profiles().map(Some).chain([None]).map(Command::ReplaceCredentials).collect()
            }
            CommandKind::DeleteSealed
            | CommandKind::RegisterApplication
            | CommandKind::UnregisterApplication
            | CommandKind::PutApplicationResources
            | CommandKind::DeleteApplicationResources
            | CommandKind::CreateApiToken
            | CommandKind::UpdateApiToken
            | CommandKind::RevokeApiToken
            | CommandKind::CreateResource
            | CommandKind::UpdateResource
            | CommandKind::DeleteResource
            | CommandKind::UpdateInstanceAttribute
            | CommandKind::SetEscalationGuard
            | CommandKind::UpdateFinding
            | CommandKind::RestoreAdministrator
            | CommandKind::UpgradeCatalog
            | CommandKind::RecordFormerLogins => vec![self.instance_command(kind)],
        }
    }

    fn undo(&self) -> Vec<Command> {
        self.state.undoable.iter().map(super::state::Undoable::command).collect()
    }

    /// Returns batches of two commands, or conditional commands.
    fn batch_or_conditional(&self, kind: CommandKind) -> Vec<Command> {
        let steps = [
            CommandKind::UpdateSecurityProfile,
            CommandKind::ResetUserPassword,
            CommandKind::UpdateUserSecurityProfiles,
        ];
        let of = |kind| AttackerTurn { variants: Variants::default(), ..*self }.commands(kind);
        if kind == CommandKind::IfUnchanged {
            let stamped = self.users().filter_map(|user| Some((user, self.state.directory.user(user)?.modified)));
            let on = |(user, modified)| Command::IfUnchanged {
                record: RecordKey::User(user),
                modified,
                command: Box::new(Command::EndUserSessions { user }),
            };
            return stamped.map(on).collect();
        }
        let firsts = of(steps[0]);
        let seconds: Vec<_> = steps[1..].iter().flat_map(|kind| of(*kind)).collect();
        let pairs =
            firsts.iter().flat_map(|first| seconds.iter().map(move |second| vec![first.clone(), second.clone()]));
        pairs.map(|commands| Command::Batch { action: Action::UpdateSecurityProfile, commands }).collect()
    }

    fn users(&self) -> impl Iterator<Item = UserId> {
        (0..USERS).map(user_id).filter(|id| self.state.directory.user(*id).is_some())
    }

    fn profiles(&self) -> impl Iterator<Item = SecurityProfileId> {
        (0..PROFILES).map(profile_id).filter(|id| self.state.directory.profile(*id).is_some())
    }

    fn existing_groups(&self) -> impl Iterator<Item = HierarchyGroupId> {
        (0..GROUPS).map(group_id).filter(|id| self.state.directory.group(*id).is_some())
    }

    fn each_user(&self, command: impl Fn(UserId) -> Command) -> Vec<Command> {
        self.users().map(command).collect()
    }

    fn each_user_and_profile<T>(&self, command: impl Fn(UserId, SecurityProfileId) -> T) -> Vec<T> {
        self.users()
            .flat_map(|user| self.profiles().map(move |profile| (user, profile)))
            .map(|(user, profile)| command(user, profile))
            .collect()
    }

    fn resource(&self, resource_type: ResourceType) -> ResourceId {
        self.state.directory.resources(resource_type).next().unwrap().id
    }
}
