//! The attackers' commands on users and their credentials.

use std::collections::BTreeSet;

use floorkey::user::{Assignment, ChannelSettings, Identity, MfaMethod, MfaMethodKind, Proficiency};
use floorkey::{Command, NewUser, ResourceType, SecurityProfileId, User, UserId};

use super::AttackerTurn;
use crate::escalation::attacker_credentials::AttackerCredentials;
use crate::escalation::command_kind::CommandKind;
use crate::escalation::fixtures::{ATTACKER_MAILBOX, NEW, Side, UNUSED_LOGINS, group_id, time, user_id};
use crate::test_instance::{identity, secret, tags};

impl AttackerTurn<'_> {
    /// Returns a command of the given kind for each user.
    pub(super) fn on_users(&self, kind: CommandKind) -> Vec<Command> {
        let routing_profile = self.resource(ResourceType::RoutingProfile);
        self.each_user(|user| match kind {
            CommandKind::UpdateUserIdentityInfo => {
                let identity = Identity { email: Some(ATTACKER_MAILBOX.to_owned()), ..identity() };
                Command::UpdateUserIdentityInfo { user, identity }
            }
            CommandKind::UpdateUserPhoneConfig => Command::UpdateUserPhoneConfig { user, channels: channels() },
            CommandKind::UpdateUserConfig => Command::UpdateUserConfig { user, channels: channels() },
            CommandKind::UpdateUserRoutingProfile => Command::UpdateUserRoutingProfile { user, routing_profile },
            CommandKind::ResetUserPassword => {
                let password = Side::Attackers.password();
                Command::ResetUserPassword { user, password, revoke_access_keys: false }
            }
            CommandKind::VerifyEmailOfUser => Command::VerifyEmailOfUser { user, email: ATTACKER_MAILBOX.to_owned() },
            CommandKind::InviteUser => {
                let email = self.state.directory.user(user).and_then(|user| user.identity.email.clone());
                Command::InviteUser { user, email: email.unwrap_or_default() }
            }
            CommandKind::EndUserSessions => Command::EndUserSessions { user },
            CommandKind::UnlockUser => Command::UnlockUser { user },
            CommandKind::RemoveSecondFactor => Command::RemoveSecondFactor { user, factor: None },
            CommandKind::DeleteUser => Command::DeleteUser { user },
            _ => proficiency(kind, user),
        })
    }

    pub(super) fn enable(&self) -> Vec<Command> {
        [true, false]
            .iter()
            .flat_map(|enabled| self.each_user(|user| Command::SetUserEnabled { user, enabled: *enabled }))
            .collect()
    }

    pub(super) fn create_user(&self) -> Vec<Command> {
        if self.state.directory.user(user_id(NEW)).is_some() || self.state.deleted[NEW].is_some() {
            return Vec::new();
        }
        let mut all = Vec::new();
        for profile in self.profiles() {
            for password in [None, Some(Side::Attackers.password())] {
                let logins = if self.variants.logins { ["new", UNUSED_LOGINS[0]].as_slice() } else { &["new"] };
                for login in logins {
                    let new = NewUser { password: password.clone(), ..self.new_user(login, profile) };
                    all.push(Command::CreateUser(Box::new(new.clone())));
                    if self.variants.scopes && password.is_some() {
                        let (red, placed) = (tags(&[("team", "red")]), Some(group_id(0)));
                        all.push(Command::CreateUser(Box::new(NewUser { tags: red, ..new.clone() })));
                        all.push(Command::CreateUser(Box::new(NewUser { hierarchy_group: placed, ..new })));
                    }
                }
            }
        }
        all
    }

    pub(super) fn new_user(&self, login: &str, profile: SecurityProfileId) -> NewUser {
        NewUser {
            id: user_id(NEW),
            username: login.to_owned(),
            password: None,
            identity: Identity { email: Some(ATTACKER_MAILBOX.to_owned()), ..identity() },
            directory_user_id: None,
            profiles: vec![profile],
            routing_profile: self.resource(ResourceType::RoutingProfile),
            hierarchy_group: None,
            channels: Vec::new(),
            tags: tags(&[]),
        }
    }

    pub(super) fn restore_user(&self) -> Vec<Command> {
        let restore = |user: &User| {
            let with = |password| Command::RestoreUser { user: Box::new(user.clone()), password };
            [with(None), with(Some(Side::Attackers.password()))]
        };
        self.state.deleted.iter().flatten().flat_map(|user| restore(user)).collect()
    }

    pub(super) fn rename_login(&self) -> Vec<Command> {
        let logins = if self.variants.logins { &UNUSED_LOGINS[..] } else { &UNUSED_LOGINS[..1] };
        let rename =
            |user| logins.iter().map(move |login| Command::RenameUserLogin { user, username: (*login).to_owned() });
        self.users().flat_map(rename).collect()
    }

    pub(super) fn move_user(&self) -> Vec<Command> {
        let groups: Vec<_> = self.existing_groups().map(Some).chain([None]).collect();
        self.users()
            .flat_map(|user| groups.iter().map(move |group| Command::UpdateUserHierarchy { user, group: *group }))
            .collect()
    }

    pub(super) fn assign(&self) -> Vec<Command> {
        self.each_user_and_profile(|user, profile| (user, profile))
            .into_iter()
            .flat_map(|(user, profile)| {
                let always = Assignment::always(profile);
                let dated = Assignment { until: Some(time(self.state.tick + 1)), ..always };
                let later = Assignment { from: Some(time(self.state.tick + 1)), ..always };
                let all = if self.variants.dates { vec![always, dated, later] } else { vec![always] };
                all.into_iter()
                    .map(move |assignment| Command::UpdateUserSecurityProfiles { user, assignments: vec![assignment] })
            })
            .collect()
    }

    pub(super) fn change_profiles(&self) -> Vec<Command> {
        let change = |user: UserId, add: SecurityProfileId| {
            let held = self.state.directory.user(user).into_iter().flat_map(|user| user.assignments.clone());
            let remove: BTreeSet<_> = held.map(|held| held.profile).filter(|held| *held != add).collect();
            Command::ChangeSecurityProfiles { user, add: BTreeSet::from([add]), remove }
        };
        self.each_user_and_profile(change)
    }

    /// Returns commands on access keys, and on the credentials of the account that the attackers are using.
    pub(super) fn own_credentials(&self, kind: CommandKind) -> Vec<Command> {
        let (user, side, slot) = (user_id(self.actor), Side::Attackers, self.actor);
        match kind {
            CommandKind::ChangeOwnPassword => vec![Command::ChangeOwnPassword { user, password: side.password() }],
            CommandKind::AddSecondFactor => {
                let (id, label) = (side.factor(slot), "phone".to_owned());
                let factor = MfaMethod { id, kind: MfaMethodKind::Totp, label, added: time(self.state.tick) };
                vec![Command::AddSecondFactor { user, factor, secret: secret() }]
            }
            CommandKind::CreateAccessKey => {
                let (id, label) = (side.key(slot), "laptop".to_owned());
                vec![Command::CreateAccessKey { owner: user, id, label, sealed_secret: secret() }]
            }
            CommandKind::RevokeAccessKey => {
                let keys = self.state.directory.access_keys().map(|key| key.id.clone());
                keys.map(|id| Command::RevokeAccessKey { id }).collect()
            }
            CommandKind::ReinstateAccessKey => {
                let keys = self.state.directory.access_keys().map(|key| key.id.clone());
                keys.map(|id| Command::ReinstateAccessKey { id }).collect()
            }
            // The attackers use the link that was sent to their mailbox.
            CommandKind::VerifyEmail if AttackerCredentials::has_confirmation_link(&self.state.directory, slot) => {
                vec![Command::VerifyEmail { user, email: ATTACKER_MAILBOX.to_owned() }]
            }
            _ => Vec::new(),
        }
    }
}

fn channels() -> Vec<ChannelSettings> {
    vec![ChannelSettings { channel: "VOICE".to_owned(), auto_accept: Some(true), ..ChannelSettings::default() }]
}

fn proficiency(kind: CommandKind, user: UserId) -> Command {
    let (attribute, value) = ("Language".to_owned(), "German".to_owned());
    let proficiencies = vec![Proficiency { attribute: attribute.clone(), value: value.clone(), level: 3.0 }];
    match kind {
        CommandKind::AssociateUserProficiencies => Command::AssociateUserProficiencies { user, proficiencies },
        CommandKind::UpdateUserProficiencies => Command::UpdateUserProficiencies { user, proficiencies },
        _ => Command::DisassociateUserProficiencies { user, proficiencies: vec![(attribute, value)] },
    }
}
