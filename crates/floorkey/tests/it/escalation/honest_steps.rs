//! The steps that honest administrators and users take. Each step says which accounts it is intended to give access to.

use std::collections::BTreeSet;

use floorkey::user::{Assignment, Identity, MfaMethod, MfaMethodKind};
use floorkey::{Actor, Command, NewUser, Permission, RecordKey, SecurityProfileEdit, SecurityProfileId, UserId};

use super::attackers::{crm, order};
use super::command_kind::CommandKind;
use super::fixtures::{
    ADMIN, BASIC, MANAGER, NEW, PROFILES, QUINN, RECORDINGS, RESTORED, ROOT, Side, THIRD, UNUSED_LOGINS, USERS,
    fresh_actor, group_id, honest_operator, own_mailbox, profile_id, time, user_id,
};
use super::state::State;
use crate::test_instance::{granting, identity, secret, tags};

/// The attackers' accounts that an honest step is intended to give more access to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Intent {
    All,
    Only(UserId),
    None,
}

/// The honest side's turn to take a step in a state.
pub(super) struct HonestSide<'a> {
    pub(super) state: &'a State,
    /// For each account, whether it is one of the attackers' own accounts.
    pub(super) attackers: &'a [bool; USERS],
}

type Step = (Actor, Command, Intent);

impl HonestSide<'_> {
    /// Returns the honest steps with commands of the given kind.
    pub(super) fn steps(&self, kind: CommandKind) -> Vec<Step> {
        match kind {
            CommandKind::UpdateSecurityProfile => self.update_profile(),
            CommandKind::SetAssignableProfiles => self.set_assignable(),
            CommandKind::ReplaceSecurityProfile => self.replace_profile(),
            CommandKind::CreateUser => self.create_user(),
            CommandKind::RestoreUser => self.restore_user(),
            CommandKind::UpdateUserIdentityInfo => self.each_other_user(|user, slot| {
                let identity = Identity { email: Some(own_mailbox(slot)), ..identity() };
                Command::UpdateUserIdentityInfo { user, identity }
            }),
            // Administrators confirm an email address for a user only if the address belongs to the user.
            CommandKind::VerifyEmailOfUser => {
                self.each_other_user(|user, slot| Command::VerifyEmailOfUser { user, email: own_mailbox(slot) })
            }
            CommandKind::InviteUser => {
                self.each_other_user(|user, slot| Command::InviteUser { user, email: own_mailbox(slot) })
            }
            CommandKind::ReplaceCredentials => {
                vec![self.administrator(Command::ReplaceCredentials(None), Intent::None)]
            }
            CommandKind::RenameUserLogin => {
                self.each_other_user(|user, _| Command::RenameUserLogin { user, username: UNUSED_LOGINS[1].to_owned() })
            }
            CommandKind::UpdateUserHierarchy => {
                self.each_other_user(|user, _| Command::UpdateUserHierarchy { user, group: Some(group_id(0)) })
            }
            CommandKind::UpdateUserSecurityProfiles | CommandKind::AssociateSecurityProfiles => self.assign(kind),
            CommandKind::DisassociateSecurityProfiles => self.remove_profiles(),
            CommandKind::SetUserEnabled => {
                let mut all = self.each_user(|user| Command::SetUserEnabled { user, enabled: true });
                all.extend(self.each_user(|user| Command::SetUserEnabled { user, enabled: false }));
                all
            }
            CommandKind::ResetUserPassword => self.each_other_user(|user, _| Command::ResetUserPassword {
                user,
                password: Side::Honest.password(),
                revoke_access_keys: false,
            }),
            CommandKind::EndUserSessions => self.each_user(|user| Command::EndUserSessions { user }),
            CommandKind::RemoveSecondFactor => {
                self.each_user(|user| Command::RemoveSecondFactor { user, factor: None })
            }
            CommandKind::DeleteUser => self.each_other_user(|user, _| Command::DeleteUser { user }),
            CommandKind::ChangeOwnPassword
            | CommandKind::AddSecondFactor
            | CommandKind::VerifyEmail
            | CommandKind::CreateAccessKey => self.own_credentials(kind),
            CommandKind::RevokeAccessKey => {
                let keys = self.state.directory.access_keys().map(|key| key.id.clone());
                keys.map(|id| self.administrator(Command::RevokeAccessKey { id }, Intent::None)).collect()
            }
            // Administrators reinstate only access keys that honest users created.
            CommandKind::ReinstateAccessKey => (0..USERS)
                .map(|slot| Side::Honest.key(slot))
                .filter(|id| self.state.directory.access_key(id).is_some())
                .map(|id| self.administrator(Command::ReinstateAccessKey { id }, Intent::None))
                .collect(),
            CommandKind::RegisterApplication
            | CommandKind::UnregisterApplication
            | CommandKind::PutApplicationResources
            | CommandKind::DeleteApplicationResources => self.application(kind),
            CommandKind::TagResource | CommandKind::UntagResource => self.tag(kind),
            CommandKind::DeleteSealed
            | CommandKind::UpgradeCatalog
            | CommandKind::RecordFormerLogins
            | CommandKind::RestoreAdministrator => self.system(kind),
            CommandKind::Undo => self.undo(),
            // Some of these commands give no access to any user. The others are combinations of the commands above.
            CommandKind::CreateSecurityProfile
            | CommandKind::RenameSecurityProfile
            | CommandKind::DeleteSecurityProfile
            | CommandKind::ChangeSecurityProfiles
            | CommandKind::UpdateUserPhoneConfig
            | CommandKind::UpdateUserConfig
            | CommandKind::UpdateUserRoutingProfile
            | CommandKind::AssociateUserProficiencies
            | CommandKind::UpdateUserProficiencies
            | CommandKind::DisassociateUserProficiencies
            | CommandKind::UnlockUser
            | CommandKind::CreateApiToken
            | CommandKind::UpdateApiToken
            | CommandKind::RevokeApiToken
            | CommandKind::CreateUserHierarchyGroup
            | CommandKind::UpdateUserHierarchyGroupName
            | CommandKind::DeleteUserHierarchyGroup
            | CommandKind::UpdateUserHierarchyStructure
            | CommandKind::CreateResource
            | CommandKind::UpdateResource
            | CommandKind::DeleteResource
            | CommandKind::UpdateInstanceAttribute
            | CommandKind::SetEscalationGuard
            | CommandKind::UpdateFinding
            | CommandKind::Batch
            | CommandKind::IfUnchanged => Vec::new(),
        }
    }

    /// Returns edits that add permissions to profiles, and edits that remove permissions.
    fn update_profile(&self) -> Vec<Step> {
        let mut all = Vec::new();
        for slot in super::attackers::NON_ADMIN_PROFILES {
            let profile = profile_id(slot);
            let Some(profile_now) = self.state.directory.profile(profile) else { continue };
            let names: Vec<&str> = profile_now.selected.iter().map(Permission::name).collect();
            for more in [RECORDINGS, "AgentGrouping.Edit"] {
                all.push((profile, granting(&[names.as_slice(), &[more]].concat())));
            }
            all.push((profile, granting(BASIC)));
        }
        let command = |(profile, edit): (SecurityProfileId, SecurityProfileEdit)| {
            self.administrator(Command::UpdateSecurityProfile { profile, edit: Box::new(edit) }, Intent::All)
        };
        all.into_iter().map(command).collect()
    }

    /// Allows managers to assign the third user's profile. If no attacker has the third user's profile, also allows its
    /// users to assign Admin.
    fn set_assignable(&self) -> Vec<Step> {
        let (manager, extra, admin) = (profile_id(MANAGER), profile_id(THIRD), profile_id(ADMIN));
        let mut all = vec![(manager, BTreeSet::from([extra])), (manager, BTreeSet::new())];
        if !self.is_attackers_profile(extra) {
            all.push((extra, BTreeSet::from([admin])));
        }
        all.retain(|(profile, _)| self.state.directory.profile(*profile).is_some());
        all.into_iter()
            .map(|(profile, assignable)| Command::SetAssignableProfiles { profile, assignable })
            .map(|command| self.administrator(command, Intent::All))
            .collect()
    }

    /// Replaces the third user's profile with Admin if no attacker has the third user's profile.
    fn replace_profile(&self) -> Vec<Step> {
        let profile = profile_id(THIRD);
        let command = Command::ReplaceSecurityProfile { profile, with: profile_id(ADMIN), delete: false };
        if self.is_attackers_profile(profile) { Vec::new() } else { vec![self.administrator(command, Intent::None)] }
    }

    fn create_user(&self) -> Vec<Step> {
        if self.state.directory.user(user_id(NEW)).is_some() || self.state.deleted[NEW].is_some() {
            return Vec::new();
        }
        let routing = self.state.directory.resources(floorkey::ResourceType::RoutingProfile).next();
        let new = NewUser {
            id: user_id(NEW),
            username: "new".to_owned(),
            password: Some(Side::Honest.password()),
            identity: Identity { email: Some(own_mailbox(NEW)), ..identity() },
            directory_user_id: None,
            profiles: vec![profile_id(THIRD)],
            routing_profile: routing.unwrap().id,
            hierarchy_group: None,
            channels: Vec::new(),
            tags: tags(&[]),
        };
        vec![self.administrator(Command::CreateUser(Box::new(new)), Intent::All)]
    }

    /// Restores deleted users without a password. The users can choose a password later.
    fn restore_user(&self) -> Vec<Step> {
        let deleted = self.state.deleted.iter().flatten();
        let restore = |user: &std::sync::Arc<floorkey::User>| {
            let user = Box::new(floorkey::User::clone(user));
            self.administrator(Command::RestoreUser { user, password: None }, Intent::All)
        };
        deleted.map(restore).collect()
    }

    /// Assigns Admin to honest users and the third user's profile to attackers.
    fn assign(&self, kind: CommandKind) -> Vec<Step> {
        let mut all = Vec::new();
        for user in self.users().filter(|user| *user != user_id(ROOT)) {
            let profile = profile_id(if self.is_attackers(user) { THIRD } else { ADMIN });
            if self.state.directory.profile(profile).is_none() {
                continue;
            }
            if kind == CommandKind::AssociateSecurityProfiles {
                for profile in BTreeSet::from([profile, profile_id(THIRD)]) {
                    let command = Command::AssociateSecurityProfiles { user, profiles: vec![profile] };
                    all.push(self.administrator(command, Intent::Only(user)));
                }
                continue;
            }
            let always = Assignment::always(profile);
            let later = Assignment { from: Some(time(self.state.tick + 1)), ..always };
            for assignment in [always, later] {
                let command = Command::UpdateUserSecurityProfiles { user, assignments: vec![assignment] };
                all.push(self.administrator(command, Intent::Only(user)));
            }
        }
        all
    }

    /// Removes the manager profile from users, and Admin from users who were promoted. If a removed profile contained a
    /// restriction, the step is intended to give the users the access that the restriction blocked.
    fn remove_profiles(&self) -> Vec<Step> {
        let command = |user, slot| {
            let command = Command::DisassociateSecurityProfiles { user, profiles: vec![profile_id(slot)] };
            self.administrator(command, Intent::Only(user))
        };
        let has =
            |user: &UserId| self.state.directory.users_with_profile(profile_id(ADMIN)).any(|other| other.id == *user);
        let promoted = self.users().filter(|user| *user != user_id(ROOT) && has(user));
        let demoted = promoted.map(|user| command(user, ADMIN));
        self.users().map(|user| command(user, MANAGER)).chain(demoted).collect()
    }

    /// Returns commands of honest users on their own accounts. The account's email address must be the user's own. The
    /// only exception is a command that confirms the address with a link.
    fn own_credentials(&self, kind: CommandKind) -> Vec<Step> {
        let side = Side::Honest;
        let mut all = Vec::new();
        for slot in (0..USERS).filter(|slot| !self.attackers[*slot]) {
            let user = user_id(slot);
            let Some(record) = self.state.directory.user(user) else { continue };
            // A user may request a confirmation link without checking the address. If the link goes to the attackers'
            // mailbox, the attackers open it.
            //
            // An address that a custodian entered can be confirmed only in the user's own session. A link that was sent
            // to the attackers does not help the user.
            let is_followed = kind == CommandKind::VerifyEmail && !record.email_unverified;
            let is_right = |email: &String| *email == own_mailbox(slot) || is_followed;
            let Some(email) = record.identity.email.clone().filter(is_right) else { continue };
            let command = match kind {
                CommandKind::ChangeOwnPassword => Command::ChangeOwnPassword { user, password: side.password() },
                CommandKind::VerifyEmail => Command::VerifyEmail { user, email },
                CommandKind::AddSecondFactor => {
                    let (kind, label) = (MfaMethodKind::Totp, "phone".to_owned());
                    let factor = MfaMethod { id: side.factor(slot), kind, label, added: time(self.state.tick) };
                    Command::AddSecondFactor { user, factor, secret: secret() }
                }
                _ => {
                    let (id, label) = (side.key(slot), "laptop".to_owned());
                    Command::CreateAccessKey { owner: user, id, label, sealed_secret: secret() }
                }
            };
            all.push((fresh_actor(slot), command, Intent::None));
        }
        all
    }

    fn application(&self, kind: CommandKind) -> Vec<Step> {
        let namespace = "crm".to_owned();
        let command = match kind {
            CommandKind::RegisterApplication => Command::RegisterApplication(Box::new(crm(&["READ"]))),
            CommandKind::UnregisterApplication => Command::UnregisterApplication { namespace },
            CommandKind::PutApplicationResources => {
                let resources = vec![order("2", &user_id(QUINN).to_string())];
                Command::PutApplicationResources { namespace, resources }
            }
            _ => Command::DeleteApplicationResources { namespace, ids: BTreeSet::from(["2".to_owned()]) },
        };
        vec![self.administrator(command, Intent::All)]
    }

    fn tag(&self, kind: CommandKind) -> Vec<Step> {
        let profile = RecordKey::Profile(profile_id(THIRD));
        let targets = self.users().filter(|user| *user != user_id(ROOT)).map(RecordKey::User).chain([profile]);
        let command = |target| match kind {
            CommandKind::TagResource => Command::TagResource { target, tags: tags(&[("team", "red")]) },
            _ => Command::UntagResource { target, keys: BTreeSet::from(["team".to_owned()]) },
        };
        targets.map(|target| self.administrator(command(target), Intent::All)).collect()
    }

    /// Returns steps with commands that run on the server's own machine.
    fn system(&self, kind: CommandKind) -> Vec<Step> {
        let command = match kind {
            CommandKind::DeleteSealed => Command::DeleteSealed,
            CommandKind::UpgradeCatalog => Command::UpgradeCatalog,
            CommandKind::RecordFormerLogins => Command::RecordFormerLogins(Vec::new()),
            _ => return self.restore_administrator(),
        };
        vec![(Actor::system(), command, Intent::None)]
    }

    /// Returns steps that make an honest user an administrator.
    fn restore_administrator(&self) -> Vec<Step> {
        let restore = |slot: usize| {
            let user = user_id(slot);
            let username = self.state.directory.user(user)?.username.clone();
            // A new profile is created only if no existing profile can be reused. In this model, the ID of the new
            // profile must still be free.
            let is_free = self.state.directory.profile(profile_id(RESTORED)).is_none();
            let (profile, password) = (profile_id(if is_free { RESTORED } else { PROFILES }), Side::Honest.password());
            let command = Command::RestoreAdministrator { profile, user, username, password };
            Some((Actor::system(), command, Intent::Only(user)))
        };
        (0..USERS).filter(|slot| !self.attackers[*slot]).filter_map(restore).collect()
    }

    /// Returns steps that undo the attackers' changes. The administrator's review shows which users regain access. This
    /// includes permissions that were added to profiles later.
    fn undo(&self) -> Vec<Step> {
        let theirs = self.state.undoable.iter().filter(|one| one.side == Side::Attackers);
        theirs.map(|one| self.administrator(one.command(), Intent::All)).collect()
    }

    /// Returns a step that the administrator `root` takes. If `root` is not an administrator, the operator takes the
    /// step.
    fn administrator(&self, command: Command, intent: Intent) -> Step {
        let is_one = self.state.directory.is_administrator(user_id(ROOT));
        (if is_one { fresh_actor(ROOT) } else { honest_operator() }, command, intent)
    }

    fn each_user(&self, command: impl Fn(UserId) -> Command) -> Vec<Step> {
        self.users().map(|user| self.administrator(command(user), Intent::None)).collect()
    }

    /// Returns one step for each honest user except the administrator.
    fn each_other_user(&self, command: impl Fn(UserId, usize) -> Command) -> Vec<Step> {
        (ROOT + 1..USERS)
            .filter(|slot| !self.attackers[*slot] && self.state.directory.user(user_id(*slot)).is_some())
            .map(|slot| self.administrator(command(user_id(slot), slot), Intent::All))
            .collect()
    }

    fn users(&self) -> impl Iterator<Item = UserId> {
        (0..USERS).map(user_id).filter(|id| self.state.directory.user(*id).is_some())
    }

    fn is_attackers_profile(&self, profile: SecurityProfileId) -> bool {
        self.state.directory.users_with_profile(profile).any(|user| self.is_attackers(user.id))
    }

    fn is_attackers(&self, user: UserId) -> bool {
        (0..USERS).any(|slot| self.attackers[slot] && user_id(slot) == user)
    }
}
