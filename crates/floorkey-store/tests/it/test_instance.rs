//! A test instance with a store and an in-memory directory. The stored records must equal the records in the directory.

use std::collections::BTreeMap;
use std::sync::Arc;

use floorkey::user::{MfaMethod, MfaMethodKind};
use floorkey::{
    AccessKeyId, Action, Actor, AuditEvent, Authentication, Change, Command, Directory, InstanceId, MfaMethodId,
    NewInstance, NewPassword, NewUser, Principal, Record, Refusal, ResourceType, SecretBytes, SecurityProfileId,
    Timestamp, UserId,
};
use floorkey_store::{Batch, Entry, EntryContent, Head, PermissionUse, Store, StoreError};

use crate::contract::TestStorage;

/// An instance for tests.
pub(crate) struct TestInstance {
    pub(crate) store: Store,
    pub(crate) instance: InstanceId,
    pub(crate) directory: Directory,
    pub(crate) head: Head,
    count: u128,
}

impl TestInstance {
    /// Creates the first instance in an empty store.
    pub(crate) async fn create<S: TestStorage>(storage: &S) -> Self {
        Self::create_in(storage.open().unwrap(), 1).await
    }

    /// Creates an instance with the given number.
    pub(crate) async fn create_in(store: Store, number: u128) -> Self {
        let instance = InstanceId::from_bits(number << 64);
        let mut fixture =
            Self { store, instance, directory: Directory::empty(instance), head: Head::default(), count: number << 64 };
        let change = fixture.creation_change();
        fixture.commit(vec![change]).await.unwrap();
        fixture
    }

    /// Returns the change that creates the instance. The change is not committed yet.
    pub(crate) fn creation_change(&mut self) -> Arc<Change> {
        let new = NewInstance {
            id: self.instance,
            alias: Some("test-centre".to_owned()),
            identity_management: "CONNECT_MANAGED".to_owned(),
            directory_id: Some("d-1234567890".to_owned()),
            attributes: BTreeMap::from([("INBOUND_CALLS".to_owned(), "true".to_owned())]),
            tags: BTreeMap::from([("site".to_owned(), "Köln".to_owned())]),
            guard: None,
            administrator: Some(("admin".to_owned(), password("founding"))),
        };
        let now = self.now();
        let planned = floorkey::create_instance(&new, &operator(), now, || self.id()).unwrap();
        self.directory = planned.next;
        Arc::new(planned.change)
    }

    /// Returns a new ID. A counter is multiplied by an odd number, so that the IDs are spread out like random IDs.
    pub(crate) fn id(&mut self) -> u128 {
        self.count += 1;
        self.count.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
    }

    /// Returns the current time, which advances with every new ID.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + i64::try_from(self.count & 0xffff).unwrap())
    }

    /// Plans a command on the current directory and applies the change to the directory. Does not commit the change.
    pub(crate) fn plan_as(&mut self, actor: &Actor, command: &Command) -> Result<Arc<Change>, Refusal> {
        self.count += 1;
        let planned = floorkey::plan(&self.directory, actor, command, self.now())?;
        self.directory = planned.next;
        Ok(Arc::new(planned.change))
    }

    /// Does the same as [`TestInstance::plan_as`], with the operator as the actor.
    pub(crate) fn plan(&mut self, command: &Command) -> Arc<Change> {
        self.plan_as(&operator(), command).unwrap_or_else(|refusal| panic!("{command:?}: {refusal}"))
    }

    /// Plans a command and commits the change.
    pub(crate) async fn run(&mut self, command: Command) {
        let change = self.plan(&command);
        self.commit(vec![change]).await.unwrap();
    }

    /// Commits changes as one batch.
    pub(crate) async fn commit(&mut self, changes: Vec<Arc<Change>>) -> Result<(), StoreError> {
        let entries = changes.into_iter().map(|change| self.entry(EntryContent::Change(change))).collect();
        self.head = self.store.commit(self.batch(entries)).await?;
        Ok(())
    }

    /// Returns a batch for the current head.
    pub(crate) fn batch(&self, entries: Vec<Entry>) -> Batch {
        Batch { instance: self.instance, expected: self.head.clone(), entries }
    }

    /// Returns an entry with a unique salt seed.
    pub(crate) fn entry(&mut self, happening: EntryContent) -> Entry {
        let mut salt_seed = [0; 32];
        salt_seed[..16].copy_from_slice(&self.id().to_be_bytes());
        Entry { content: happening, salt_seed }
    }

    /// Plans the creation of a user.
    pub(crate) fn plan_user(&mut self) -> (UserId, Arc<Change>) {
        let user = self.new_user();
        let id = user.id;
        (id, self.plan(&Command::CreateUser(Box::new(user))))
    }

    /// Creates a user.
    pub(crate) async fn add_user(&mut self) -> UserId {
        let (id, change) = self.plan_user();
        self.commit(vec![change]).await.unwrap();
        id
    }

    /// Returns the input for a new user.
    pub(crate) fn new_user(&mut self) -> NewUser {
        let number = self.id();
        NewUser {
            id: UserId::from_bits(number),
            username: format!("user-{number}"),
            password: Some(password("first")),
            identity: floorkey::user::Identity {
                first_name: Some("Ann".to_owned()),
                last_name: Some(format!("Lastname{number}")),
                email: Some(format!("ann{number}@example.com")),
                secondary_email: None,
                mobile: None,
            },
            directory_user_id: None,
            profiles: vec![self.profile("Agent")],
            routing_profile: self.directory.resources(ResourceType::RoutingProfile).next().unwrap().id,
            hierarchy_group: None,
            channels: Vec::new(),
            tags: BTreeMap::new(),
        }
    }

    /// Adds a second factor with the given secret. The user is the actor.
    pub(crate) async fn add_factor(&mut self, user: UserId, kind: MfaMethodKind, secret: &[u8]) -> MfaMethodId {
        let id = MfaMethodId::from_bits(self.id());
        let factor = MfaMethod { id, kind, label: "Phone".to_owned(), added: self.now() };
        let actor = Actor {
            principal: Principal::User {
                id: user,
                authentication: Authentication::Session { recently_authenticated: true },
            },
            ..Actor::system()
        };
        let command = Command::AddSecondFactor { user, factor, secret: SecretBytes::new(secret.to_vec()) };
        let change = self.plan_as(&actor, &command).unwrap();
        self.commit(vec![change]).await.unwrap();
        id
    }

    /// Writes data about sign-ins: a second factor, failed attempts and activity.
    pub(crate) async fn write_sign_in_data(&mut self, user: UserId) {
        self.add_factor(user, MfaMethodKind::Totp, b"totp").await;
        let bucket = floorkey_store::user_bucket(self.instance, user);
        let device = format!("{bucket}:device");
        self.store.count_attempt(&[bucket, device], self.now(), 100).await.unwrap();
        self.store.record_sign_in(self.instance, user, self.now()).await.unwrap();
        self.use_permission(user).await;
        assert!(self.store.put_preference(self.instance, user, "zone", "UTC", 1).await.unwrap());
    }

    /// Records that the user has used a permission.
    pub(crate) async fn use_permission(&self, user: UserId) {
        let (instance, last) = (self.instance, self.now());
        let permission = "Users.View".to_owned();
        self.store
            .record_permission_uses(&[PermissionUse { instance, user, permission, count: 1, last_used_at: last }])
            .await
            .unwrap();
    }

    /// Returns the ID of the profile with the given name.
    pub(crate) fn profile(&self, name: &str) -> SecurityProfileId {
        self.directory.profile_by_name(name).unwrap().id
    }

    /// Returns a command that creates an access key.
    pub(crate) fn new_key(owner: UserId, id: &AccessKeyId) -> Command {
        let sealed_secret = SecretBytes::new(id.as_str().as_bytes().to_vec());
        Command::CreateAccessKey { owner, id: id.clone(), label: "laptop".to_owned(), sealed_secret }
    }

    /// Returns the audit event of a refused command.
    pub(crate) fn refusal(&self, actor: &Actor) -> AuditEvent {
        let user = self.directory.users_after(None).next().unwrap();
        let refusal = Refusal::LastAdministrator { username: user.username.clone() };
        floorkey::refused_event(
            actor,
            Action::DeleteUser,
            vec![floorkey::RecordKey::User(user.id)],
            &refusal,
            self.now(),
        )
    }

    /// Loads the directory from the store.
    pub(crate) async fn reload(&self) -> Directory {
        let loaded = self.store.load(self.instance).await.unwrap();
        assert_eq!(loaded.head, self.head);
        Directory::from_records(self.instance, loaded.head.revision(), loaded.records)
    }

    /// Checks that the stored records equal the records in the in-memory directory.
    pub(crate) async fn assert_stored(&self) {
        let stored = self.reload().await;
        assert_eq!(stored.revision(), self.directory.revision());
        assert_eq!(stored.records(), self.directory.records());
    }
}

/// Returns the operator as an actor, with a network address and a user agent that no other actor has.
pub(crate) fn operator() -> Actor {
    Actor {
        principal: Principal::Operator { access_key: key_id(0) },
        request_id: "11111111-2222-4333-8444-555555555555".to_owned(),
        address: Some("192.0.2.77".to_owned()),
        user_agent: Some("aws-cli/2.31".to_owned()),
        security_epoch: None,
        signature: None,
    }
}

/// Returns the access key ID with the given number.
pub(crate) fn key_id(number: usize) -> AccessKeyId {
    AccessKeyId::parse(&format!("AKIA{number:016}")).unwrap()
}

/// Returns a password with the given hash.
pub(crate) fn password(hash: &str) -> NewPassword {
    NewPassword { hash: SecretBytes::new(hash.as_bytes().to_vec()), temporary: true }
}

/// Returns the records, sorted by key.
pub(crate) fn sorted(mut records: Vec<Record>) -> Vec<Record> {
    records.sort_by_key(Record::key);
    records
}
