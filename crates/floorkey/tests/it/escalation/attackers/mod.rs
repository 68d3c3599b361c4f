//! The commands that attackers try: every kind of command, on every record.

mod instance;
mod profiles;
mod users;

use floorkey::{Act, Command, HierarchyGroupId, RecordKey, ResourceId, ResourceType, SecurityProfileId, UserId};

pub(super) use instance::{crm, order};

use super::cast::{EXTRA, GROUPS, MADE, MANAGER, PROFILES, USERS, group_id, profile_id, user_id};
use super::kinds::Kind;
use super::state::State;

/// The profiles other than those of administrators.
pub(super) const ORDINARY: [usize; 3] = [MANAGER, EXTRA, MADE];

/// A turn of the attackers in a state.
pub(super) struct Turn<'a> {
    pub(super) state: &'a State,
    /// The account that the attackers act as.
    pub(super) actor: usize,
    pub(super) variants: Variants,
}

/// The variants of commands that are tried besides the plain ones.
#[derive(Clone, Copy, Default)]
pub(super) struct Variants {
    /// Profiles with scopes and conditions, users with tags and groups.
    pub(super) scopes: bool,
    /// Assignments with a begin or an end.
    pub(super) dates: bool,
    /// Profiles with the restriction, and with the permission that it narrows.
    pub(super) restrictions: bool,
    /// More than one login for new and renamed users.
    pub(super) logins: bool,
}

impl Turn<'_> {
    /// Returns the commands of this kind to try.
    pub(super) fn commands(&self, kind: Kind) -> Vec<Command> {
        match kind {
            Kind::CreateSecurityProfile => self.create_profile(),
            Kind::UpdateSecurityProfile => self.update_profile(),
            Kind::RenameSecurityProfile => self.rename_profile(),
            Kind::SetAssignableProfiles => self.set_assignable(),
            Kind::DeleteSecurityProfile => {
                self.profiles().map(|profile| Command::DeleteSecurityProfile { profile }).collect()
            }
            Kind::ReplaceSecurityProfile => self.replace_profile(),
            Kind::CreateUser => self.create_user(),
            Kind::RestoreUser => self.restore_user(),
            Kind::RenameUserLogin => self.rename_login(),
            Kind::UpdateUserHierarchy => self.move_user(),
            Kind::UpdateUserSecurityProfiles => self.assign(),
            Kind::AssociateSecurityProfiles => self.each_user_and_profile(|user, profile| {
                Command::AssociateSecurityProfiles { user, profiles: vec![profile] }
            }),
            Kind::DisassociateSecurityProfiles => self.each_user_and_profile(|user, profile| {
                Command::DisassociateSecurityProfiles { user, profiles: vec![profile] }
            }),
            Kind::ChangeSecurityProfiles => self.change_profiles(),
            Kind::SetUserEnabled => self.enable(),
            Kind::UpdateUserIdentityInfo
            | Kind::UpdateUserPhoneConfig
            | Kind::UpdateUserConfig
            | Kind::UpdateUserRoutingProfile
            | Kind::AssociateUserProficiencies
            | Kind::UpdateUserProficiencies
            | Kind::DisassociateUserProficiencies
            | Kind::ResetUserPassword
            | Kind::VouchForEmail
            | Kind::InviteUser
            | Kind::EndUserSessions
            | Kind::UnlockUser
            | Kind::RemoveSecondFactor
            | Kind::DeleteUser => self.on_users(kind),
            Kind::ChangeOwnPassword
            | Kind::AddSecondFactor
            | Kind::ConfirmEmail
            | Kind::CreateAccessKey
            | Kind::RevokeAccessKey
            | Kind::ReinstateAccessKey => self.own_ways_in(kind),
            Kind::CreateUserHierarchyGroup
            | Kind::UpdateUserHierarchyGroupName
            | Kind::DeleteUserHierarchyGroup
            | Kind::UpdateUserHierarchyStructure => self.groups(kind),
            Kind::TagResource | Kind::UntagResource => self.tags(kind),
            Kind::Batch | Kind::IfUnchanged => self.compound(kind),
            Kind::Undo => self.undo(),
            Kind::ReplaceCredentials => {
                self.profiles().map(Some).chain([None]).map(Command::ReplaceCredentials).collect()
            }
            Kind::ForgetSealed
            | Kind::RegisterApplication
            | Kind::UnregisterApplication
            | Kind::PutApplicationResources
            | Kind::DeleteApplicationResources
            | Kind::CreateApiToken
            | Kind::UpdateApiToken
            | Kind::RevokeApiToken
            | Kind::CreateResource
            | Kind::UpdateResource
            | Kind::DeleteResource
            | Kind::UpdateInstanceAttribute
            | Kind::SetEscalationGuard
            | Kind::RestoreAdministrator
            | Kind::UpgradeCatalogue
            | Kind::RecordFormerLogins => vec![self.of_the_instance(kind)],
        }
    }

    fn undo(&self) -> Vec<Command> {
        self.state.undoable.iter().map(super::state::Undoable::command).collect()
    }

    /// Returns batches of two commands, and conditional commands.
    fn compound(&self, kind: Kind) -> Vec<Command> {
        let steps = [Kind::UpdateSecurityProfile, Kind::ResetUserPassword, Kind::UpdateUserSecurityProfiles];
        let of = |kind| Turn { variants: Variants::default(), ..*self }.commands(kind);
        if kind == Kind::IfUnchanged {
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
        pairs.map(|commands| Command::Batch { act: Act::UpdateSecurityProfile, commands }).collect()
    }

    fn users(&self) -> impl Iterator<Item = UserId> {
        (0..USERS).map(user_id).filter(|id| self.state.directory.user(*id).is_some())
    }

    fn profiles(&self) -> impl Iterator<Item = SecurityProfileId> {
        (0..PROFILES).map(profile_id).filter(|id| self.state.directory.profile(*id).is_some())
    }

    fn groups_there(&self) -> impl Iterator<Item = HierarchyGroupId> {
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
