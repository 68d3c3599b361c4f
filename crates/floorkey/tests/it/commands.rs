//! Generates random actors and random commands for the tests of invariants. The commands can be valid or invalid.

mod resources;

use std::collections::BTreeSet;

use floorkey::profile::ApplicationGrant;
use floorkey::user::{Assignment, ChannelSettings, MfaMethod, MfaMethodKind, PasswordState, Phone, Proficiency};
use floorkey::{
    AccessKeyId, Actor, Authentication, Command, Directory, FindingEdit, FindingId, GuardMode, HierarchyGroupId,
    HierarchyLevelId, MfaMethodId, NewPassword, NewSecurityProfile, NewUser, Principal, RecordKey, ResourceId,
    SecurityProfileEdit, SecurityProfileId, StoredResourceType, Timestamp, User, UserId, catalog,
};

use crate::rng::TestRng;
use crate::test_instance::{actor, actor_of, fresh_actor_of, identity, key_id, operator, password, secret, tags};

/// The time when random commands run. Some assignments begin or end before this time, and others begin or end after it.
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_000);

const NAMES: &[&str] = &["Admin", "admin", "Ａdmin", "Team red", "team RED", "Night", "x", "", "Nord", "a/b", "adrnin"];

const PERMISSIONS: &[&str] = &[
    "Users.View",
    "Users.Edit",
    "Users.Create",
    "Users.Delete",
    "Users.EditPermission",
    "Users.EnableAndDisable",
    "SecurityProfiles.Edit",
    "SecurityProfiles.Create",
    "SecurityProfiles.Delete",
    "AgentGrouping.Edit",
    "AgentGrouping.Create",
    "Queues.Edit",
    "RoutingPolicies.Create",
    "HoursOfOperation.Delete",
    "BasicAgentAccess",
    "ListenCallRecordings",
    "CallRecordings.Unredacted.Access",
    "ContactTranscripts.Unredacted.Access",
    "RestrictTaskCreation.Access",
    "RestrictContactAccessByHierarchy.View",
];

/// Generates random actors and commands. The commands refer to the records of a directory.
pub(crate) struct CommandGenerator<'a> {
    pub(crate) rng: &'a mut TestRng,
    users: Vec<UserId>,
    profiles: Vec<SecurityProfileId>,
    groups: Vec<HierarchyGroupId>,
    resources: Vec<(StoredResourceType, ResourceId)>,
    keys: Vec<AccessKeyId>,
    /// The access keys that are not suspended, each with its owner.
    signers: Vec<(UserId, AccessKeyId)>,
}

impl<'a> CommandGenerator<'a> {
    pub(crate) fn new(rng: &'a mut TestRng, directory: &Directory) -> Self {
        let valid_keys = directory.access_keys().filter(|key| key.suspended_until.is_none());
        // The lists also contain one nonexistent ID of each kind.
        let mut generator = Self {
            users: vec![UserId::from_bits(1)],
            profiles: vec![SecurityProfileId::from_bits(1)],
            groups: vec![HierarchyGroupId::from_bits(1)],
            resources: vec![(StoredResourceType::Queue, ResourceId::from_bits(1))],
            keys: vec![key_id(1)],
            signers: valid_keys.map(|key| (key.owner, key.id.clone())).collect(),
            rng,
        };
        generator.users.extend(directory.users_after(None).map(|user| user.id));
        generator.profiles.extend(directory.profiles().map(|profile| profile.id));
        generator.groups.extend(directory.groups().map(|group| group.id));
        generator.keys.extend(directory.access_keys().map(|key| key.id.clone()));
        for kind in StoredResourceType::ALL {
            generator.resources.extend(directory.resources(kind.resource_type()).map(|resource| (*kind, resource.id)));
        }
        generator
    }

    /// Returns a random actor, which is usually a user, and sometimes the operator or the system.
    pub(crate) fn actor(&mut self) -> Actor {
        match self.rng.below(10) {
            0 | 1 => operator(),
            2 => Actor::system(),
            _ => self.user_actor(),
        }
    }

    pub(crate) fn user_actor(&mut self) -> Actor {
        let id = self.user();
        match self.rng.below(5) {
            0 if !self.signers.is_empty() => {
                let (id, key) = self.rng.choose(&self.signers).clone();
                actor(Principal::User { id, authentication: Authentication::AccessKey(key) })
            }
            0..3 => actor_of(id),
            _ => fresh_actor_of(id),
        }
    }

    pub(crate) fn command(&mut self) -> Command {
        match self.rng.below(100) {
            0..5 => Command::CreateSecurityProfile(Box::new(NewSecurityProfile {
                id: SecurityProfileId::from_bits(self.rng.id()),
                name: self.name(),
                content: self.edit(),
                tags: self.tags(),
            })),
            5..14 => Command::UpdateSecurityProfile { profile: self.profile(), edit: Box::new(self.edit()) },
            14..16 => Command::RenameSecurityProfile { profile: self.profile(), name: self.name() },
            16..20 => Command::SetAssignableProfiles { profile: self.profile(), assignable: self.some_profiles() },
            20..24 => Command::DeleteSecurityProfile { profile: self.profile() },
            24..29 => Command::CreateUser(Box::new(self.new_user())),
            29 => self.restore_user(),
            30..58 => self.user_command(),
            58..60 => {
                let (profile, with, delete) = (self.profile(), self.profile(), self.rng.percent(50));
                Command::ReplaceSecurityProfile { profile, with, delete }
            }
            60..63 => {
                let (owner, id) = (self.user(), key_id(u128::from(self.rng.next() % 1_000)));
                let label = self.name();
                Command::CreateAccessKey { owner, id, label, sealed_secret: secret() }
            }
            63..65 => Command::RevokeAccessKey { id: self.rng.choose(&self.keys).clone() },
            65..69 => Command::CreateUserHierarchyGroup {
                id: HierarchyGroupId::from_bits(self.rng.id()),
                name: self.name(),
                parent: self.optional_group(),
                tags: self.tags(),
            },
            69..71 => Command::UpdateUserHierarchyGroupName { group: self.group(), name: self.name() },
            71..73 => Command::DeleteUserHierarchyGroup { group: self.group() },
            73..75 => {
                let count = self.rng.below(7);
                let mut level = || (self.name(), HierarchyLevelId::from_bits(self.rng.id()));
                Command::UpdateUserHierarchyStructure { levels: (0..count).map(|_| level()).collect() }
            }
            75..83 => Command::TagResource { target: self.taggable_record(), tags: self.tags() },
            83..86 => {
                let keys: BTreeSet<_> = self.tags().into_keys().collect();
                Command::UntagResource { target: self.taggable_record(), keys }
            }
            86..88 => Command::CreateResource(Box::new(self.new_resource())),
            88..90 => Command::UpdateResource(Box::new(self.resource_edit())),
            90..93 => {
                let (kind, id) = *self.rng.choose(&self.resources);
                Command::DeleteResource { kind, id }
            }
            93 => Command::UpdateInstanceAttribute { name: "INBOUND_CALLS".to_owned(), value: self.name() },
            94..96 => {
                let mode = if self.rng.percent(50) { GuardMode::Warn } else { GuardMode::Enforce };
                Command::SetEscalationGuard { mode, reason: self.name() }
            }
            96 => Command::RestoreAdministrator {
                profile: SecurityProfileId::from_bits(self.rng.id()),
                user: UserId::from_bits(self.rng.id()),
                username: self.name(),
                password: password(),
            },
            97 => self.finding_command(),
            98 => match self.rng.percent(50) {
                true => Command::DeleteSealed,
                false => Command::UpgradeCatalog,
            },
            _ => self.user_command(),
        }
    }

    fn finding_command(&mut self) -> Command {
        let id = match self.rng.percent(30) {
            true => FindingId::EscalationPath(self.profile()),
            false => *self.rng.choose(&FindingId::GENERAL),
        };
        let edit = match self.rng.below(4) {
            0 | 1 => FindingEdit::Dismiss { reason: self.name(), until: NOW.plus_days(30) },
            2 => FindingEdit::Reopen,
            _ => FindingEdit::Assign(self.rng.percent(70).then(|| self.user())),
        };
        Command::UpdateFinding(id, edit)
    }

    fn user_command(&mut self) -> Command {
        let user = self.user();
        match self.rng.below(19) {
            0 => {
                let identity = floorkey::user::Identity { email: Some(self.name() + "@example.com"), ..identity() };
                Command::UpdateUserIdentityInfo { user, identity }
            }
            1 => Command::RenameUserLogin { user, username: self.name() },
            2 => Command::UpdateUserPhoneConfig { user, channels: self.channels() },
            3 => Command::UpdateUserConfig { user, channels: self.channels() },
            4 => Command::UpdateUserRoutingProfile {
                user,
                routing_profile: self.resource_of(StoredResourceType::RoutingProfile),
            },
            5 | 6 => Command::UpdateUserHierarchy { user, group: self.optional_group() },
            7 | 8 => Command::UpdateUserSecurityProfiles { user, assignments: self.assignments() },
            9 => {
                let profiles = self.some_profiles().into_iter().collect();
                Command::AssociateSecurityProfiles { user, profiles }
            }
            10 => {
                let profiles = self.some_profiles().into_iter().collect();
                Command::DisassociateSecurityProfiles { user, profiles }
            }
            11 => self.proficiency_command(user),
            12 => Command::SetUserEnabled { user, enabled: self.rng.percent(50) },
            13 => {
                let password = NewPassword { hash: secret(), temporary: self.rng.percent(50) };
                Command::ResetUserPassword { user, password, revoke_access_keys: self.rng.percent(50) }
            }
            14 => Command::ChangeSecurityProfiles { user, add: self.some_profiles(), remove: self.some_profiles() },
            15 => Command::EndUserSessions { user },
            16 => Command::ChangeOwnPassword { user, password: password() },
            17 => {
                let id = MfaMethodId::from_bits(self.rng.id() % 3);
                let kind = *self.rng.choose(&[MfaMethodKind::Totp, MfaMethodKind::RecoveryCodes]);
                let factor = MfaMethod { id, kind, label: self.name(), added: NOW };
                match self.rng.percent(60) {
                    true => Command::AddSecondFactor { user, factor, secret: secret() },
                    false => Command::RemoveSecondFactor { user, factor: self.rng.percent(50).then_some(id) },
                }
            }
            _ => Command::DeleteUser { user },
        }
    }

    /// Returns a command that restores a user, who may never have existed.
    fn restore_user(&mut self) -> Command {
        let NewUser { id, username, identity, routing_profile, hierarchy_group, tags, .. } = self.new_user();
        let user = Box::new(User {
            id,
            username,
            identity,
            verified_email: Some("ann@example.com".to_owned()),
            email_verified_at: None,
            email_unverified: false,
            directory_user_id: None,
            assignments: self.assignments(),
            routing_profile,
            hierarchy_group,
            phone: Phone::default(),
            proficiencies: Vec::new(),
            tags,
            tag_revisions: floorkey::ValueRevisions::default(),
            enabled: true,
            password: PasswordState::Set,
            password_set_at: None,
            custody: floorkey::custody::Custody::default(),
            mfa_methods: Vec::new(),
            security_epoch: 3,
            modified: NOW,
        });
        Command::RestoreUser { user, password: self.rng.percent(50).then(password) }
    }

    fn proficiency_command(&mut self, user: UserId) -> Command {
        let proficiency = |level: usize| Proficiency {
            attribute: "Language".to_owned(),
            value: if level.is_multiple_of(2) { "German" } else { "English" }.to_owned(),
            level: level as f32,
        };
        let proficiencies = vec![proficiency(self.rng.below(7))];
        match self.rng.below(3) {
            0 => Command::AssociateUserProficiencies { user, proficiencies },
            1 => Command::UpdateUserProficiencies { user, proficiencies },
            _ => {
                let proficiencies = proficiencies.into_iter().map(|one| (one.attribute, one.value)).collect();
                Command::DisassociateUserProficiencies { user, proficiencies }
            }
        }
    }

    fn edit(&mut self) -> SecurityProfileEdit {
        let mut edit = SecurityProfileEdit::default();
        if self.rng.percent(60) {
            let mut names: Vec<String> = self.rng.sample(PERMISSIONS, 6).into_iter().map(str::to_owned).collect();
            if self.rng.percent(5) {
                names = catalog().granting().iter().map(|name| name.name().to_owned()).collect();
            } else if self.rng.percent(5) {
                names.push("Users.Everything".to_owned());
            }
            edit.permissions = Some(names);
        }
        if self.rng.percent(35) {
            let types = ["User", "SecurityProfile", "Queue", "HierarchyGroup", "RoutingProfile", "Cloud"];
            let most = if self.rng.percent(95) { 5 } else { 6 };
            let types = self.rng.sample(&types[..most], 3).into_iter().map(str::to_owned).collect::<Vec<_>>();
            edit.access_control_tags = Some(if types.is_empty() { tags(&[]) } else { self.tags() });
            edit.tag_restricted = Some(types);
        }
        if self.rng.percent(30) {
            let restricted = self.rng.percent(70);
            edit.hierarchy_restricted = Some(if restricted { vec!["User".to_owned()] } else { Vec::new() });
            edit.hierarchy_group = match self.rng.below(3) {
                0 if restricted => Some(self.group().to_string()),
                1 => Some(String::new()),
                _ => None,
            };
        }
        if self.rng.percent(15) {
            let permissions = vec![["ACCESS", "ADMIN", "READ"][self.rng.below(3)].to_owned()];
            edit.applications = Some(vec![ApplicationGrant { namespace: "crm".to_owned(), permissions, kind: None }]);
        }
        edit.description = self.rng.percent(20).then(|| self.name());
        edit
    }

    fn new_user(&mut self) -> NewUser {
        NewUser {
            id: UserId::from_bits(self.rng.id()),
            username: self.name(),
            password: self.rng.percent(80).then(password),
            identity: identity(),
            directory_user_id: None,
            profiles: self.some_profiles().into_iter().collect(),
            routing_profile: self.resource_of(StoredResourceType::RoutingProfile),
            hierarchy_group: self.optional_group(),
            channels: self.channels(),
            tags: self.tags(),
        }
    }

    fn assignments(&mut self) -> Vec<Assignment> {
        let times = [None, None, None, Some(900), Some(1_000), Some(1_001), Some(1_100)];
        let mut time = || self.rng.choose(&times).map(Timestamp::from_millis);
        let times: Vec<_> = (0..3).map(|_| (time(), time())).collect();
        let dated = self.some_profiles().into_iter().zip(times);
        dated.map(|(profile, (from, until))| Assignment { profile, from, until }).collect()
    }

    fn channels(&mut self) -> Vec<ChannelSettings> {
        let channel = ["VOICE", "CHAT", "TASK", "FAX"][self.rng.below(4)].to_owned();
        let settings = ChannelSettings { channel, auto_accept: Some(true), ..ChannelSettings::default() };
        if self.rng.percent(30) { vec![settings] } else { Vec::new() }
    }

    fn taggable_record(&mut self) -> RecordKey {
        match self.rng.below(12) {
            0..5 => RecordKey::User(self.user()),
            5..8 => RecordKey::Profile(self.profile()),
            8 => RecordKey::Group(self.group()),
            9 | 10 => RecordKey::Resource(self.resource()),
            _ => RecordKey::Settings,
        }
    }

    fn tags(&mut self) -> floorkey::tags::Tags {
        tags(&self.rng.sample(&[("site", "north"), ("site", "south"), ("team", "red"), ("aws:x", "")], 2))
    }

    /// Returns a random name, sometimes in another spelling. Existing records can have the same name.
    fn name(&mut self) -> String {
        match self.rng.percent(40) {
            true => NAMES[self.rng.below(NAMES.len())].to_owned(),
            false => format!("Name-{}", self.rng.below(40)),
        }
    }

    fn user(&mut self) -> UserId {
        *self.rng.choose(&self.users)
    }

    fn profile(&mut self) -> SecurityProfileId {
        *self.rng.choose(&self.profiles)
    }

    fn some_profiles(&mut self) -> BTreeSet<SecurityProfileId> {
        self.rng.sample(&self.profiles, 3).into_iter().collect()
    }

    fn group(&mut self) -> HierarchyGroupId {
        *self.rng.choose(&self.groups)
    }

    fn optional_group(&mut self) -> Option<HierarchyGroupId> {
        self.rng.percent(70).then(|| self.group())
    }

    fn resource(&mut self) -> ResourceId {
        self.rng.choose(&self.resources).1
    }

    /// Returns a random resource's ID. The resource usually has the given type.
    fn resource_of(&mut self, resource_type: StoredResourceType) -> ResourceId {
        let of_type: Vec<_> =
            self.resources.iter().filter(|(kind, _)| *kind == resource_type).map(|(_, id)| *id).collect();
        if !of_type.is_empty() && self.rng.percent(85) { *self.rng.choose(&of_type) } else { self.resource() }
    }
}
