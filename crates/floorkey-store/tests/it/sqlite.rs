//! SQLite: the contract tests, and tests of the data folder.

use std::path::PathBuf;

use floorkey::user::Identity;
use floorkey::{Command, RecordKey, UserId};
use floorkey_store::{AuditQuery, AuditTerm, Store, StoreError, StoreSettings, add_functions, backup_folder};

use crate::contract::Place;
use crate::world::World;

contract_suite!(super::Folder);

/// A temporary data folder.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
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

impl Place for Folder {
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
async fn a_second_store_on_the_folder_is_refused_until_the_first_is_dropped() {
    let place = Folder::new();
    let store = place.open().unwrap();
    let handle = store.clone();
    let refused = place.open().unwrap_err();
    assert!(matches!(refused, StoreError::Locked { .. }), "{refused}");
    assert!(refused.to_string().contains("in use by another process"), "{refused}");
    drop(store);
    assert!(matches!(place.open(), Err(StoreError::Locked { .. })), "a clone keeps the folder");
    drop(handle);
    place.open().unwrap();
}

#[tokio::test]
async fn a_folder_that_can_not_be_made_is_named() {
    let place = Folder::new();
    std::fs::write(place.path(), "a file").unwrap();
    let refused = place.open().unwrap_err();
    assert!(matches!(&refused, StoreError::File { path, .. } if *path == place.path()), "{refused}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let place = Folder::new();
    std::fs::create_dir(place.path()).unwrap();
    std::fs::write(place.path().join("floorkey.db"), "not a database, but long enough to look at".repeat(100)).unwrap();
    let refused = place.open().unwrap_err();
    assert!(refused.to_string().contains("floorkey.db"), "{refused}");
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_the_data() {
    use std::os::unix::fs::PermissionsExt;
    let place = Folder::new();
    let world = World::found(&place).await;
    let copy = place.path().join("copy.db");
    world.store.backup(&copy).await.unwrap();
    let mode = |path: PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(place.path()), 0o700);
    for file in ["floorkey.db", "floorkey.db-wal", "floorkey.db-shm", "copy.db"] {
        assert_eq!(mode(place.path().join(file)), 0o600, "{file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_made_while_writing_is_what_stood_at_one_moment() {
    let place = Folder::new();
    let mut world = World::found(&place).await;
    let (instance, store) = (world.instance, world.store.clone());
    let mut states = vec![world.directory.records()];
    let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
    let writing = tokio::spawn(async move {
        while stopped.try_recv().is_err() {
            world.add_user().await;
            states.push(world.directory.records());
        }
        states
    });
    let mut copies = Vec::new();
    for number in 0..10 {
        // Alternates between a copy by the server and a copy by another process.
        let folder = place.0.path().join(format!("copy {number}"));
        std::fs::create_dir(&folder).unwrap();
        let file = folder.join("floorkey.db");
        if number % 2 == 0 {
            store.backup(&file).await.unwrap();
        } else {
            let data = place.path();
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
        let at = usize::try_from(loaded.head.revision().0).unwrap();
        let directory = floorkey::Directory::from_records(instance, loaded.head.revision(), loaded.records);
        assert_eq!(directory.records(), states[at - 1], "revision {at}");
        assert_eq!(copy.audit_events(instance, None, 1).await.unwrap()[0].seq + 1, loaded.head.audit_size());
    }
}

#[tokio::test]
async fn a_backup_never_replaces_a_file_and_leaves_no_piece() {
    let place = Folder::new();
    let world = World::found(&place).await;
    let file = place.0.path().join("copy.db");
    std::fs::write(&file, "precious").unwrap();
    let refused = world.store.backup(&file).await.unwrap_err();
    assert!(refused.to_string().contains("a file with this name already exists"), "{refused}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
    let nowhere = place.0.path().join("no such folder").join("copy.db");
    assert!(matches!(world.store.backup(&nowhere).await, Err(StoreError::File { .. })));
    let empty = tempfile::tempdir().unwrap();
    let refused = backup_folder(empty.path(), &place.0.path().join("other.db")).unwrap_err();
    assert!(refused.to_string().contains("no Floorkey database"), "{refused}");
    let mut left: Vec<_> = std::fs::read_dir(place.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["copy.db", "data"]);
}

#[tokio::test]
async fn the_index_follows_by_itself_piece_by_piece() {
    let place = Folder::new();
    let mut world = World::found(&place).await;
    let mut users = Vec::new();
    for _ in 0..40 {
        users.push(world.add_user().await);
    }
    // The logs grow by so many rows at once that the index follows each in several chunks.
    for round in 0..2 {
        let rename = |user: &UserId, at: usize| Command::UpdateUserIdentityInfo {
            user: *user,
            identity: Identity {
                first_name: Some("Ann".to_owned()),
                last_name: Some(format!("Example {round} {at}")),
                ..Identity::default()
            },
        };
        let changes = users.iter().cycle().take(4_800).enumerate().map(|(at, user)| match at % 2 {
            0 => rename(user, at),
            _ => Command::SetUserEnabled { user: *user, enabled: round % 2 == 0 },
        });
        let changes: Vec<_> = changes.map(|command| world.plan(&command)).collect();
        world.commit(changes).await.unwrap();
    }
    let upto = || place.texts("SELECT CAST(min(upto) AS TEXT) FROM index_state")[0].parse::<u64>().unwrap();
    for _ in 0..100 {
        if upto() > 4_096 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert!(upto() > 4_096, "nobody has read anything, and the index is at {}", upto());

    // The index returns what the logs have, whether it followed them in one chunk or in several.
    let target = RecordKey::User(users[3]);
    let versions = world.store.record_versions(world.instance, target.clone()).await.unwrap();
    let query = AuditQuery { terms: vec![AuditTerm::Target(target)], ..AuditQuery::default() };
    let events = world.store.audit_search(world.instance, query, usize::MAX).await.unwrap();
    assert_eq!((versions.len(), events.len()), (events.len(), versions.len()));
    let in_log =
        "SELECT CAST(revision AS TEXT) FROM version WHERE kind = 'user' AND uuid_text(id) = 'ID' ORDER BY number";
    let in_log = place.texts(&in_log.replace("ID", &users[3].to_string()));
    assert_eq!(versions.iter().map(|version| version.revision.0.to_string()).collect::<Vec<_>>(), in_log);
    assert!(in_log.len() > 100, "{}", in_log.len());
    world.check().await;
}
