//! Tests of upgrades. When the store opens a data folder from an earlier version, it upgrades the folder. The data must
//! remain the same.

use std::collections::BTreeMap;
use std::path::Path;

use floorkey::{InstanceId, RecordKey, Revision, UserId};
use floorkey_store::{AuditQuery, AuditTerm, Store, StoreSettings, add_functions};
use rusqlite::Connection;

use crate::contract::TestStorage;
use crate::sqlite::TempDataFolder;

/// Returns a copy of a data folder that was written by the first version.
fn first_version_folder() -> TempDataFolder {
    let storage = TempDataFolder::new();
    std::fs::create_dir(storage.path()).unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../floorkey-server/tests/data-folder-0.1.0/floorkey.db");
    std::fs::copy(source, storage.path().join("floorkey.db")).unwrap();
    storage
}

/// The content of the tables before the upgrade.
struct FirstVersionData {
    instance: InstanceId,
    /// The body and the personal values of each event, by sequence number.
    events: BTreeMap<u64, (String, String)>,
    /// The sequence numbers of the events that have a term, by the name of the term.
    terms: BTreeMap<String, Vec<u64>>,
    /// The revisions at which each version of a user began and ended, by user ID.
    users: BTreeMap<String, Vec<(u64, Option<u64>)>>,
}

fn number(row: &rusqlite::Row<'_>, column: usize) -> Option<u64> {
    row.get::<_, Option<u32>>(column).unwrap().map(u64::from)
}

fn read_first_version(storage: &TempDataFolder) -> FirstVersionData {
    let connection = Connection::open(storage.path().join("floorkey.db")).unwrap();
    let instance: String = connection.query_row("SELECT instance FROM head", [], |row| row.get(0)).unwrap();
    let mut before = FirstVersionData {
        instance: InstanceId::parse(&instance).unwrap(),
        events: BTreeMap::new(),
        terms: BTreeMap::new(),
        users: BTreeMap::new(),
    };
    let mut query = connection.prepare("SELECT seq, body, personal FROM audit_event").unwrap();
    let mut rows = query.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        before.events.insert(number(row, 0).unwrap(), (row.get(1).unwrap(), row.get(2).unwrap()));
    }
    let mut query = connection.prepare("SELECT term, seq FROM audit_term ORDER BY seq DESC").unwrap();
    let mut rows = query.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        before.terms.entry(row.get(0).unwrap()).or_default().push(number(row, 1).unwrap());
    }
    let users = "SELECT id, revision, until_revision FROM record WHERE kind = 'user' ORDER BY id, revision";
    let mut query = connection.prepare(users).unwrap();
    let mut rows = query.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        before.users.entry(row.get(0).unwrap()).or_default().push((number(row, 1).unwrap(), number(row, 2)));
    }
    before
}

/// Converts a name in the old index to a term.
fn term(name: &str) -> Option<AuditTerm> {
    Some(match name.split_once(':')? {
        ("act", action) => AuditTerm::EventType(action.to_owned()),
        ("actor", "operator") => AuditTerm::Operator,
        ("actor", "system") => AuditTerm::System,
        ("actor", id) => AuditTerm::Actor(UserId::parse(id)?),
        ("outcome", _) => AuditTerm::Refused,
        ("target", record) => AuditTerm::Target(match record.split_once(':')? {
            ("user", id) => RecordKey::User(UserId::parse(id)?),
            ("profile", id) => RecordKey::Profile(floorkey::SecurityProfileId::parse(id)?),
            ("group", id) => RecordKey::Group(floorkey::HierarchyGroupId::parse(id)?),
            ("application", namespace) => RecordKey::Application(namespace.to_owned()),
            ("settings", _) => RecordKey::Settings,
            _ => return None,
        }),
        _ => return None,
    })
}

#[tokio::test]
async fn a_data_folder_of_the_first_version_is_read_unchanged() {
    let storage = first_version_folder();
    let before = read_first_version(&storage);
    for _ in 0..2 {
        let store = storage.open().unwrap();
        let events = store.audit_events(before.instance, None, usize::MAX).await.unwrap();
        assert_eq!(events.len(), before.events.len());
        for event in &events {
            assert_eq!(event.body, before.events[&event.seq].0);
        }
        let bodies: Vec<String> = before.events.values().map(|(body, _)| body.clone()).collect();
        let head = store.audit_head(before.instance).await.unwrap();
        assert_eq!(head.root, crate::contract::audit::naive_root(&bodies), "the root is that of before");
        let personal: Vec<String> = before.events.values().map(|(_, personal)| personal.clone()).collect();
        assert_eq!(storage.texts("SELECT unpack(personal) FROM audit_event ORDER BY seq"), personal);

        let mut checked = 0;
        for (name, positions) in &before.terms {
            let Some(term) = term(name) else { continue };
            let query = AuditQuery { terms: vec![term], ..AuditQuery::default() };
            let found = store.audit_search(before.instance, query, 1000).await.unwrap();
            assert_eq!(&found.iter().map(|event| event.seq).collect::<Vec<_>>(), positions, "{name}");
            checked += 1;
        }
        assert!(checked > 30, "{checked}");
        assert!(before.users.values().any(|versions| versions.last().unwrap().1.is_some()), "one was deleted");
        for (id, expected) in &before.users {
            let key = RecordKey::User(UserId::parse(id).unwrap());
            let versions = store.record_versions(before.instance, key).await.unwrap();
            let revision = |revision: Revision| revision.0;
            let revisions: Vec<_> = versions.iter().map(|one| (one.revision.0, one.until.map(revision))).collect();
            assert_eq!(&revisions, expected, "{id}");
        }
        let current_users = before.users.values().filter(|versions| versions.last().unwrap().1.is_none()).count();
        let loaded = store.load(before.instance).await.unwrap();
        let users = loaded.records.iter().filter(|record| matches!(record, floorkey::Record::User(_))).count();
        assert_eq!(users, current_users);
    }
    assert_eq!(
        storage.texts("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%\\_1' ESCAPE '\\'"),
        [""; 0]
    );
}

/// Tests that damaged events don't prevent the upgrade, and don't prevent a search for other events.
#[tokio::test]
async fn a_damaged_old_event_is_reported_and_others_are_found() {
    let storage = first_version_folder();
    let before = read_first_version(&storage);
    storage.execute("UPDATE audit_event SET body = '{' WHERE seq = 11");
    let store = storage.open().unwrap();
    let error = store.audit_event(before.instance, 11).await.unwrap_err();
    assert!(error.to_string().contains("seq 11"), "{error}");
    let query = AuditQuery { terms: vec![AuditTerm::Operator], before: Some(11), ..AuditQuery::default() };
    assert_eq!(store.audit_search(before.instance, query, 1000).await.unwrap().len(), 10);
}

/// Tests that the index catches up at the next start, no matter where its last update was interrupted.
#[tokio::test]
async fn an_interrupted_index_is_rebuilt_from_the_logs() {
    let storage = first_version_folder();
    let before = read_first_version(&storage);
    drop(storage.open().unwrap());
    let index = || {
        storage.texts(
            "SELECT HEX(name) || ' ' || seq || ' ' || at_millis FROM audit_term JOIN term ON term = number \
             UNION ALL SELECT kind || HEX(id) || revision || COALESCE(unpack(body), '') FROM record \
             UNION ALL SELECT kind || HEX(id) || record_version.revision || ' ' || version FROM record_version \
             JOIN record ON record = number ORDER BY 1",
        )
    };
    let full_index = index();
    assert!(full_index.len() > 150, "{}", full_index.len());
    // A crash can't leave the index in this state, because rows and state are written in one transaction. The test
    // shows that indexing rows a second time does no harm.
    for indexed_up_to in [0, 7, 20] {
        storage.execute("UPDATE index_state SET upto = 0");
        for (table, column) in [("audit_term", "seq"), ("record_version", "version")] {
            storage.execute(&format!("DELETE FROM {table} WHERE {column} > {indexed_up_to}"));
        }
        storage.execute("DELETE FROM record WHERE number NOT IN (SELECT record FROM record_version)");
        let store = Store::open(&StoreSettings { folder: storage.path() }).unwrap();
        assert_eq!(index(), full_index, "{indexed_up_to}");
        let loaded = store.load(before.instance).await.unwrap();
        assert_eq!(loaded.head.revision().0, 27);
    }
    let connection = Connection::open(storage.path().join("floorkey.db")).unwrap();
    add_functions(&connection).unwrap();
    let integrity: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(integrity, "ok");
}
