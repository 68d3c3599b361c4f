//! Runs the contract tests with SQLite, and tests the data folder.

use std::path::PathBuf;

use floorkey::user::Identity;
use floorkey::{Command, RecordKey, UserId};
use floorkey_store::{AuditQuery, AuditTerm, Store, StoreError, StoreSettings, add_functions, backup_folder};

use crate::contract::TestStorage;
use crate::test_instance::TestInstance;

contract_suite!(super::TempDataFolder);

/// A temporary data folder.
pub(crate) struct TempDataFolder(tempfile::TempDir);

impl TempDataFolder {
    /// The path of the data folder.
    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn raw(&self) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.path().join("floorkey.db")).unwrap();
        connection.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
        add_functions(&connection).unwrap();
        connection
    }
}

impl TestStorage for TempDataFolder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn open(&self) -> Result<Store, StoreError> {
        Store::open(&StoreSettings { folder: self.path() })
    }

    fn execute(&self, sql: &str) -> usize {
        self.raw().execute(sql, []).unwrap()
    }

    fn texts(&self, sql: &str) -> Vec<String> {
        let connection = self.raw();
        let mut query = connection.prepare(sql).unwrap();
        query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }
}

#[tokio::test]
async fn a_second_store_is_rejected_until_the_first_is_dropped() {
    let storage = TempDataFolder::new();
    let store = storage.open().unwrap();
    let handle = store.clone();
    let error = storage.open().unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }), "{error}");
    assert!(error.to_string().contains("in use by another process"), "{error}");
    drop(store);
    assert!(matches!(storage.open(), Err(StoreError::Locked { .. })), "a clone keeps the folder");
    drop(handle);
    storage.open().unwrap();
}

#[tokio::test]
async fn an_uncreatable_folder_is_reported() {
    let storage = TempDataFolder::new();
    std::fs::write(storage.path(), "a file").unwrap();
    let error = storage.open().unwrap_err();
    assert!(matches!(&error, StoreError::File { path, .. } if *path == storage.path()), "{error}");
}

#[tokio::test]
async fn a_file_that_is_not_a_database_is_reported() {
    let storage = TempDataFolder::new();
    std::fs::create_dir(storage.path()).unwrap();
    std::fs::write(storage.path().join("floorkey.db"), "not a database, but long enough to look at".repeat(100))
        .unwrap();
    let error = storage.open().unwrap_err();
    assert!(error.to_string().contains("floorkey.db"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_the_data() {
    use std::os::unix::fs::PermissionsExt;
    let storage = TempDataFolder::new();
    let fixture = TestInstance::create(&storage).await;
    let copy = storage.path().join("copy.db");
    fixture.store.backup(&copy).await.unwrap();
    let mode = |path: PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(storage.path()), 0o700);
    for file in ["floorkey.db", "floorkey.db-wal", "floorkey.db-shm", "copy.db"] {
        assert_eq!(mode(storage.path().join(file)), 0o600, "{file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_during_writes_is_a_snapshot() {
    let storage = TempDataFolder::new();
    let mut fixture = TestInstance::create(&storage).await;
    let (instance, store) = (fixture.instance, fixture.store.clone());
    let mut states = vec![fixture.directory.records()];
    let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
    let writing = tokio::spawn(async move {
        while stopped.try_recv().is_err() {
            fixture.add_user().await;
            states.push(fixture.directory.records());
        }
        states
    });
    let mut copies = Vec::new();
    for number in 0..10 {
        // Copies are created alternately by the server and by another process.
        let folder = storage.0.path().join(format!("copy {number}"));
        std::fs::create_dir(&folder).unwrap();
        let file = folder.join("floorkey.db");
        if number % 2 == 0 {
            store.backup(&file).await.unwrap();
        } else {
            let data = storage.path();
            tokio::task::spawn_blocking(move || backup_folder(&data, &file)).await.unwrap().unwrap();
        }
        copies.push(folder);
    }
    stop.send(()).unwrap();
    let states = writing.await.unwrap();
    assert!(states.len() > 10, "something was written meanwhile");
    for folder in copies {
        let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(files, ["floorkey.db"], "the copy is one file");
        let copy = Store::open(&StoreSettings { folder }).unwrap();
        let loaded = copy.load(instance).await.unwrap();
        let revision = usize::try_from(loaded.head.revision().0).unwrap();
        let directory = floorkey::Directory::from_records(instance, loaded.head.revision(), loaded.records);
        assert_eq!(directory.records(), states[revision - 1], "revision {revision}");
        assert_eq!(copy.audit_events(instance, None, 1).await.unwrap()[0].seq + 1, loaded.head.audit_size());
    }
}

#[tokio::test]
async fn a_backup_never_replaces_a_file_and_leaves_no_partial_file() {
    let storage = TempDataFolder::new();
    let fixture = TestInstance::create(&storage).await;
    let file = storage.0.path().join("copy.db");
    std::fs::write(&file, "precious").unwrap();
    let error = fixture.store.backup(&file).await.unwrap_err();
    assert!(error.to_string().contains("a file with this name already exists"), "{error}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
    let missing_folder = storage.0.path().join("no such folder").join("copy.db");
    assert!(matches!(fixture.store.backup(&missing_folder).await, Err(StoreError::File { .. })));
    let empty = tempfile::tempdir().unwrap();
    let error = backup_folder(empty.path(), &storage.0.path().join("other.db")).unwrap_err();
    assert!(error.to_string().contains("no Floorkey database"), "{error}");
    let mut remaining: Vec<_> =
        std::fs::read_dir(storage.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    remaining.sort();
    assert_eq!(remaining, ["copy.db", "data"]);
}

#[tokio::test]
async fn the_index_catches_up_in_chunks_without_queries() {
    let storage = TempDataFolder::new();
    let mut fixture = TestInstance::create(&storage).await;
    let mut users = Vec::new();
    for _ in 0..40 {
        users.push(fixture.add_user().await);
    }
    // Each round adds many rows to the logs, so the index needs several chunks to catch up.
    for round in 0..2 {
        let rename = |user: &UserId, number: usize| Command::UpdateUserIdentityInfo {
            user: *user,
            identity: Identity {
                first_name: Some("Ann".to_owned()),
                last_name: Some(format!("Example {round} {number}")),
                ..Identity::default()
            },
        };
        let changes = users.iter().cycle().take(4_800).enumerate().map(|(number, user)| match number % 2 {
            0 => rename(user, number),
            _ => Command::SetUserEnabled { user: *user, enabled: round % 2 == 0 },
        });
        let changes: Vec<_> = changes.map(|command| fixture.plan(&command)).collect();
        fixture.commit(changes).await.unwrap();
    }
    let indexed_up_to = || storage.texts("SELECT CAST(min(upto) AS TEXT) FROM index_state")[0].parse::<u64>().unwrap();
    for _ in 0..100 {
        if indexed_up_to() > 4_096 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert!(indexed_up_to() > 4_096, "nobody has read anything, and the index is at {}", indexed_up_to());

    // The index contains the same data as the logs, regardless of the number of chunks.
    let target = RecordKey::User(users[3]);
    let versions = fixture.store.record_versions(fixture.instance, target.clone()).await.unwrap();
    let query = AuditQuery { terms: vec![AuditTerm::Target(target)], ..AuditQuery::default() };
    let events = fixture.store.audit_search(fixture.instance, query, usize::MAX).await.unwrap();
    assert_eq!((versions.len(), events.len()), (events.len(), versions.len()));
    let logged_revisions =
        "SELECT CAST(revision AS TEXT) FROM version WHERE kind = 'user' AND uuid_text(id) = 'ID' ORDER BY number";
    let logged_revisions = storage.texts(&logged_revisions.replace("ID", &users[3].to_string()));
    assert_eq!(versions.iter().map(|version| version.revision.0.to_string()).collect::<Vec<_>>(), logged_revisions);
    assert!(logged_revisions.len() > 100, "{}", logged_revisions.len());
    fixture.assert_stored().await;
}
