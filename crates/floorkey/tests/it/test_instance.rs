//! A small contact center for testing rules.

use std::collections::BTreeMap;

use floorkey::audit::Flag;
use floorkey::hierarchy::HierarchyLevel;
use floorkey::tags::Tags;
use floorkey::user::{Assignment, Identity};
use floorkey::{
    AccessKey, AccessKeyId, Actor, Authentication, Change, Command, Decision, Directory, GuardMode, HierarchyGroupId,
    HierarchyLevelId, InstanceId, NewInstance, NewPassword, NewSecurityProfile, NewUser, Principal, Record,
    RecordChange, RecordKey, Refusal, Request, RequestedAction, ResourceId, ResourceType, SecretBytes,
    SecurityProfileEdit, SecurityProfileId, Target, Timestamp, UndoStep, UserId, create_instance, plan,
};

/// A directory that a test runs commands on, one after another.
#[derive(Clone)]
pub(crate) struct TestInstance {
    pub(crate) directory: Directory,
    pub(crate) now: Timestamp,
    ids: u128,
}

impl TestInstance {
    /// Returns a new instance with the default profiles and the administrator `admin`.
    pub(crate) fn new() -> Self {
        let new = new_instance();
        let mut ids = 100;
        let now = Timestamp::from_millis(1_000_000);
        let planned = create_instance(&new, &operator(), now, || {
            ids += 1;
            ids
        });
        Self { directory: planned.unwrap().next, now, ids: 1_000 }
    }

    /// Returns a new instance like [`TestInstance::new`], but with the escalation guard in mode `enforce`.
    pub(crate) fn enforcing() -> Self {
        let mut instance = Self::new();
        instance.set_guard(GuardMode::Enforce);
        instance
    }

    pub(crate) fn set_guard(&mut self, mode: GuardMode) {
        self.run_ok(&operator(), Command::SetEscalationGuard { mode, reason: "for the test".to_owned() });
    }

    pub(crate) fn next_id(&mut self) -> u128 {
        self.ids += 1;
        self.ids
    }

    /// Runs a command. If the command is refused, returns the refusal.
    pub(crate) fn run(&mut self, actor: &Actor, command: Command) -> Result<Change, Refusal> {
        let planned = plan(&self.directory, actor, &command, self.now)?;
        self.directory = planned.next;
        Ok(planned.change)
    }

    /// Runs a command that must succeed.
    pub(crate) fn run_ok(&mut self, actor: &Actor, command: Command) -> Change {
        let text = format!("{command:?}");
        self.run(actor, command).unwrap_or_else(|refusal| panic!("{text} was refused: {refusal}"))
    }

    /// Runs a command that must be refused, and returns the refusal's code.
    pub(crate) fn refusal_code(&mut self, actor: &Actor, command: Command) -> &'static str {
        let before = self.directory.records();
        let text = format!("{command:?}");
        let refusal = self.run(actor, command).err().unwrap_or_else(|| panic!("{text} was done"));
        assert_eq!(self.directory.records(), before);
        refusal.code()
    }

    pub(crate) fn profile(&self, name: &str) -> SecurityProfileId {
        self.directory.profile_by_name(name).unwrap_or_else(|| panic!("no profile {name}")).id
    }

    pub(crate) fn user(&self, login: &str) -> UserId {
        self.directory.user_by_login(login).unwrap_or_else(|| panic!("no user {login}")).id
    }

    /// Returns an actor for the user with the given login, in a browser session.
    pub(crate) fn actor_by_login(&self, login: &str) -> Actor {
        actor_of(self.user(login))
    }

    pub(crate) fn epoch(&self, login: &str) -> u64 {
        self.directory.user_by_login(login).unwrap().security_epoch
    }

    pub(crate) fn routing_profile(&self) -> ResourceId {
        self.directory.resource_by_name(ResourceType::RoutingProfile, "Basic Routing Profile").unwrap().id
    }

    /// Returns the input for creating a user with the given profiles.
    pub(crate) fn new_user(&mut self, login: &str, profiles: &[&str]) -> NewUser {
        NewUser {
            id: UserId::from_bits(self.next_id()),
            username: login.to_owned(),
            password: Some(password()),
            identity: identity(),
            directory_user_id: None,
            profiles: profiles.iter().map(|name| self.profile(name)).collect(),
            routing_profile: self.routing_profile(),
            hierarchy_group: None,
            channels: Vec::new(),
            tags: Tags::new(),
        }
    }

    /// Creates a user with the given profiles. The actor is the operator.
    pub(crate) fn create_user(&mut self, login: &str, profiles: &[&str]) -> UserId {
        let new = self.new_user(login, profiles);
        self.create_user_from(new)
    }

    pub(crate) fn create_user_from(&mut self, new: NewUser) -> UserId {
        let id = new.id;
        self.run_ok(&operator(), Command::CreateUser(Box::new(new)));
        id
    }

    /// Creates a profile that grants the given permissions everywhere. The actor is the operator.
    pub(crate) fn create_profile_granting(&mut self, name: &str, permissions: &[&str]) -> SecurityProfileId {
        self.create_profile(name, granting(permissions))
    }

    pub(crate) fn create_profile(&mut self, name: &str, content: SecurityProfileEdit) -> SecurityProfileId {
        let new = self.new_profile(name, content);
        let id = new.id;
        self.run_ok(&operator(), Command::CreateSecurityProfile(Box::new(new)));
        id
    }

    pub(crate) fn new_profile(&mut self, name: &str, content: SecurityProfileEdit) -> NewSecurityProfile {
        let id = SecurityProfileId::from_bits(self.next_id());
        NewSecurityProfile { id, name: name.to_owned(), content, tags: Tags::new() }
    }

    /// Sets the names of the hierarchy levels.
    pub(crate) fn levels(&mut self, names: &[&str]) {
        let levels = names
            .iter()
            .map(|name| ((*name).to_owned(), HierarchyLevelId::from_bits(self.next_id())))
            .collect::<Vec<_>>();
        self.run_ok(&operator(), Command::UpdateUserHierarchyStructure { levels });
    }

    pub(crate) fn level(&self, at: usize) -> HierarchyLevel {
        self.directory.hierarchy_structure().levels[at].clone()
    }

    pub(crate) fn group(&mut self, name: &str, parent: Option<HierarchyGroupId>) -> HierarchyGroupId {
        let id = HierarchyGroupId::from_bits(self.next_id());
        let command = Command::CreateUserHierarchyGroup { id, name: name.to_owned(), parent, tags: Tags::new() };
        self.run_ok(&operator(), command);
        id
    }

    pub(crate) fn key(&mut self, owner: UserId) -> AccessKeyId {
        let id = key_id(self.next_id());
        self.run_ok(&actor_of(owner), create_key(owner, &id));
        id
    }

    /// Gives the user an unverified email address, as if a former custodian had entered the address. Returns the
    /// address.
    pub(crate) fn unverified_email(&mut self, user: UserId) -> String {
        let mut user = floorkey::User::clone(self.directory.user(user).unwrap());
        let email = "someone@example.com".to_owned();
        user.identity.email = Some(email.clone());
        user.email_unverified = true;
        let change = RecordChange::Upsert(Record::User(std::sync::Arc::new(user)));
        self.directory = self.directory.apply(self.directory.revision().next(), &[change]);
        email
    }

    /// Adds a custodian to the user. The custodian has no access.
    pub(crate) fn add_unknown_custodian(&mut self, user: UserId) {
        let mut user = floorkey::User::clone(self.directory.user(user).unwrap());
        user.custody.add(UserId::from_bits(1), Timestamp::from_millis(0));
        let change = RecordChange::Upsert(Record::User(std::sync::Arc::new(user)));
        self.directory = self.directory.apply(self.directory.revision().next(), &[change]);
    }

    /// Adds a suspended access key to the user. The key is suspended because another user might know its secret.
    pub(crate) fn suspended_key(&mut self, owner: UserId, id: &AccessKeyId) {
        let suspended_until = Some(Timestamp::from_millis(self.now.as_millis() + 1_000));
        let (label, created, known_to) = (String::new(), self.now, floorkey::custody::Custody::default());
        let key = AccessKey { id: id.clone(), owner, label, created, suspended_until, known_to };
        let change = RecordChange::Upsert(Record::AccessKey(std::sync::Arc::new(key)));
        self.directory = self.directory.apply(self.directory.revision().next(), &[change]);
    }

    pub(crate) fn decide(&self, subject: UserId, permission: &str, target: Target<'_>) -> Decision {
        self.decide_at(subject, permission, target, self.now)
    }

    pub(crate) fn decide_at(&self, subject: UserId, permission: &str, target: Target<'_>, at: Timestamp) -> Decision {
        self.directory.decide(&Request::new(subject, RequestedAction::parse(permission), target, at))
    }

    pub(crate) fn can(&self, subject: UserId, permission: &str) -> bool {
        self.decide(subject, permission, Target::Instance).allowed()
    }
}

/// Returns the input for creating an instance with the administrator `admin`.
pub(crate) fn new_instance() -> NewInstance {
    NewInstance {
        id: InstanceId::from_bits(1),
        alias: Some("centre".to_owned()),
        identity_management: "CONNECT_MANAGED".to_owned(),
        directory_id: None,
        attributes: BTreeMap::new(),
        tags: Tags::new(),
        guard: None,
        administrator: Some(("admin".to_owned(), password())),
    }
}

pub(crate) fn operator() -> Actor {
    actor(Principal::Operator { access_key: key_id(0) })
}

/// Returns an actor for a user in a browser session without a recent sign-in.
pub(crate) fn actor_of(id: UserId) -> Actor {
    actor(Principal::User { id, authentication: Authentication::Session { recently_authenticated: false } })
}

/// Returns an actor for a user who has just signed in.
pub(crate) fn fresh_actor_of(id: UserId) -> Actor {
    actor(Principal::User { id, authentication: Authentication::Session { recently_authenticated: true } })
}

pub(crate) fn actor(principal: Principal) -> Actor {
    Actor {
        principal,
        request_id: "request".to_owned(),
        address: Some("192.0.2.7".to_owned()),
        user_agent: None,
        security_epoch: None,
        signature: None,
    }
}

pub(crate) fn key_id(number: u128) -> AccessKeyId {
    AccessKeyId::parse(&format!("AKIA{number:016}")).unwrap()
}

pub(crate) fn create_key(owner: UserId, id: &AccessKeyId) -> Command {
    Command::CreateAccessKey { owner, id: id.clone(), label: "laptop".to_owned(), sealed_secret: secret() }
}

pub(crate) fn password() -> NewPassword {
    NewPassword { hash: secret(), temporary: false }
}

pub(crate) fn secret() -> SecretBytes {
    SecretBytes::new(vec![7; 16])
}

pub(crate) fn identity() -> Identity {
    Identity {
        first_name: Some("Ann".to_owned()),
        last_name: Some("Example".to_owned()),
        email: Some("ann@example.com".to_owned()),
        ..Identity::default()
    }
}

/// Returns an edit that makes a profile grant the given permissions everywhere.
pub(crate) fn granting(permissions: &[&str]) -> SecurityProfileEdit {
    let permissions = permissions.iter().map(|name| (*name).to_owned()).collect();
    SecurityProfileEdit { permissions: Some(permissions), ..SecurityProfileEdit::default() }
}

/// Returns an edit like that of [`granting`], limited to resources with one of the given types and the given tag.
pub(crate) fn granting_tagged(permissions: &[&str], types: &[&str], tag: (&str, &str)) -> SecurityProfileEdit {
    SecurityProfileEdit {
        access_control_tags: Some(tags(&[tag])),
        tag_restricted: Some(types.iter().map(|word| (*word).to_owned()).collect()),
        ..granting(permissions)
    }
}

/// Returns an edit like that of [`granting`], limited to users in the group and its subgroups. If `group` is `None`,
/// the group is the own group of each user who has the profile.
pub(crate) fn granting_below(permissions: &[&str], group: Option<HierarchyGroupId>) -> SecurityProfileEdit {
    SecurityProfileEdit {
        hierarchy_restricted: Some(vec!["User".to_owned()]),
        hierarchy_group: group.map(|group| group.to_string()),
        ..granting(permissions)
    }
}

pub(crate) fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

pub(crate) fn update(profile: SecurityProfileId, edit: SecurityProfileEdit) -> Command {
    Command::UpdateSecurityProfile { profile, edit: Box::new(edit) }
}

/// Returns a command that assigns exactly the given profiles to a user, without dates.
pub(crate) fn assign(user: UserId, profiles: &[SecurityProfileId]) -> Command {
    let assignments = profiles.iter().copied().map(Assignment::always).collect();
    Command::UpdateUserSecurityProfiles { user, assignments }
}

pub(crate) fn reset(user: UserId) -> Command {
    Command::ResetUserPassword { user, password: password(), revoke_access_keys: false }
}

/// Whether the guard flagged the change.
pub(crate) fn flagged(change: &Change) -> bool {
    let is_guard_flag = |flag: &Flag| {
        matches!(
            flag,
            Flag::GrantedBeyondActor { .. }
                | Flag::ChangedUserWithMoreAccess { .. }
                | Flag::ReducedUsersWithMoreAccess { .. }
                | Flag::ExpandedOwnAssignable
        )
    };
    change.event().flags.iter().any(is_guard_flag)
}

/// Returns a command that undoes the change.
pub(crate) fn undo(before: &Directory, change: &Change) -> Command {
    Command::Undo { revision: change.revision(), made: Some(change.event().at), steps: undo_steps(before, change) }
}

pub(crate) fn undo_steps(before: &Directory, change: &Change) -> Vec<UndoStep> {
    let record_before = |key: &RecordKey| match key {
        RecordKey::User(id) => before.user(*id).cloned().map(Record::User),
        RecordKey::Profile(id) => before.profile(*id).cloned().map(Record::Profile),
        key => before.records().into_iter().find(|record| record.key() == *key),
    };
    let step = |change: &RecordChange| UndoStep {
        before: record_before(&change.key()),
        after: match change {
            RecordChange::Upsert(record) => Some(record.clone()),
            RecordChange::Remove(_) => None,
        },
    };
    change.records().iter().map(step).collect()
}
