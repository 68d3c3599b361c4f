//! A data folder of an earlier version is upgraded when it is opened, and reads back unchanged.

use std::collections::BTreeMap;
use std::path::Path;

use floorkey::{InstanceId, RecordKey, Revision, UserId};
use floorkey_store::{AuditQuery, AuditTerm, Store, StoreSettings, add_functions};
use rusqlite::Connection;

use crate::contract::Place;
use crate::sqlite::Folder;

/// A copy of a data folder that the first version wrote.
fn old_folder() -> Folder {
    let place = Folder::new();
    std::fs::create_dir(place.path()).unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../floorkey-server/tests/data-folder-0.1.0/floorkey.db");
    std::fs::copy(source, place.path().join("floorkey.db")).unwrap();
    place
}

/// The content of the tables before the upgrade.
struct Old {
    instance: InstanceId,
    /// The texts of body and personal values of the events, by sequence number.
    events: BTreeMap<u64, (String, String)>,
    /// The sequence numbers of the events with each term.
    terms: BTreeMap<String, Vec<u64>>,
    /// The first revision of each version of a user, and the revision that ended it.
    users: BTreeMap<String, Vec<(u64, Option<u64>)>>,
}

fn number(row: &rusqlite::Row<'_>, column: usize) -> Option<u64> {
    row.get::<_, Option<u32>>(column).unwrap().map(u64::from)
}

fn read_old(place: &Folder) -> Old {
    let connection = Connection::open(place.path().join("floorkey.db")).unwrap();
    let instance: String = connection.query_row("SELECT instance FROM head", [], |row| row.get(0)).unwrap();
    let mut old = Old {
        instance: InstanceId::parse(&instance).unwrap(),
        events: BTreeMap::new(),
        terms: BTreeMap::new(),
        users: BTreeMap::new(),
    };
    let mut query = connection.prepare("SELECT seq, body, personal FROM audit_event").unwrap();
    let mut rows = query.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        old.events.insert(number(row, 0).unwrap(), (row.get(1).unwrap(), row.get(2).unwrap()));
    }
    let mut query = connection.prepare("SELECT term, seq FROM audit_term ORDER BY seq DESC").unwrap();
    let mut rows = query.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        old.terms.entry(row.get(0).unwrap()).or_default().push(number(row, 1).unwrap());
    }
    let users = "SELECT id, revision, until_revision FROM record WHERE kind = 'user' ORDER BY id, revision";
    let mut query = connection.prepare(users).unwrap();
    let mut rows = query.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        old.users.entry(row.get(0).unwrap()).or_default().push((number(row, 1).unwrap(), number(row, 2)));
    }
    old
}

/// The term that corresponds to a name in the old index.
fn term(name: &str) -> Option<AuditTerm> {
    Some(match name.split_once(':')? {
        ("act", act) => AuditTerm::Act(act.to_owned()),
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
async fn a_folder_of_the_first_version_reads_back_as_it_was() {
    let place = old_folder();
    let old = read_old(&place);
    for _ in 0..2 {
        let store = place.open().unwrap();
        let events = store.audit_events(old.instance, None, usize::MAX).await.unwrap();
        assert_eq!(events.len(), old.events.len());
        for event in &events {
            assert_eq!(event.body, old.events[&event.seq].0);
        }
        let bodies: Vec<String> = old.events.values().map(|(body, _)| body.clone()).collect();
        let head = store.audit_head(old.instance).await.unwrap();
        assert_eq!(head.root, crate::contract::audit::naive_root(&bodies), "the root is that of before");
        let personal: Vec<String> = old.events.values().map(|(_, personal)| personal.clone()).collect();
        assert_eq!(place.texts("SELECT unpack(personal) FROM audit_event ORDER BY seq"), personal);

        let mut checked = 0;
        for (name, places) in &old.terms {
            let Some(term) = term(name) else { continue };
            let query = AuditQuery { terms: vec![term], ..AuditQuery::default() };
            let found = store.audit_search(old.instance, query, 1000).await.unwrap();
            assert_eq!(&found.iter().map(|event| event.seq).collect::<Vec<_>>(), places, "{name}");
            checked += 1;
        }
        assert!(checked > 30, "{checked}");
        assert!(old.users.values().any(|versions| versions.last().unwrap().1.is_some()), "one was deleted");
        for (id, expected) in &old.users {
            let key = RecordKey::User(UserId::parse(id).unwrap());
            let versions = store.record_versions(old.instance, key).await.unwrap();
            let revision = |revision: Revision| revision.0;
            let spans: Vec<_> = versions.iter().map(|one| (one.revision.0, one.until.map(revision))).collect();
            assert_eq!(&spans, expected, "{id}");
        }
        let present = old.users.values().filter(|versions| versions.last().unwrap().1.is_none()).count();
        let loaded = store.load(old.instance).await.unwrap();
        let users = loaded.records.iter().filter(|record| matches!(record, floorkey::Record::User(_))).count();
        assert_eq!(users, present);
    }
    assert_eq!(
        place.texts("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%\\_1' ESCAPE '\\'"),
        [""; 0]
    );
}

/// Damaged events prevent neither the upgrade nor a search for other events.
#[tokio::test]
async fn a_damaged_event_of_before_is_named_and_the_others_are_found() {
    let place = old_folder();
    let old = read_old(&place);
    place.execute("UPDATE audit_event SET body = '{' WHERE seq = 11");
    let store = place.open().unwrap();
    let refused = store.audit_event(old.instance, 11).await.unwrap_err();
    assert!(refused.to_string().contains("seq 11"), "{refused}");
    let query = AuditQuery { terms: vec![AuditTerm::Operator], before: Some(11), ..AuditQuery::default() };
    assert_eq!(store.audit_search(old.instance, query, 1000).await.unwrap().len(), 10);
}

/// The index catches up at the next start, wherever it was interrupted.
#[tokio::test]
async fn the_index_is_what_the_logs_say_however_often_it_is_cut_off() {
    let place = old_folder();
    let old = read_old(&place);
    drop(place.open().unwrap());
    let index = || {
        place.texts(
            "SELECT HEX(name) || ' ' || seq || ' ' || at_millis FROM audit_term JOIN term ON term = number \
             UNION ALL SELECT kind || HEX(id) || revision || COALESCE(unpack(body), '') FROM record \
             UNION ALL SELECT kind || HEX(id) || record_version.revision || ' ' || version FROM record_version \
             JOIN record ON record = number ORDER BY 1",
        )
    };
    let whole = index();
    assert!(whole.len() > 150, "{}", whole.len());
    // No crash leaves the index like this, because rows and state are written in one transaction. Following the logs
    // again from the beginning is harmless.
    for upto in [0, 7, 20] {
        place.execute("UPDATE index_state SET upto = 0");
        for (table, kept) in [("audit_term", "seq"), ("record_version", "version")] {
            place.execute(&format!("DELETE FROM {table} WHERE {kept} > {upto}"));
        }
        place.execute("DELETE FROM record WHERE number NOT IN (SELECT record FROM record_version)");
        let store = Store::open(&StoreSettings { folder: place.path() }).unwrap();
        assert_eq!(index(), whole, "{upto}");
        let loaded = store.load(old.instance).await.unwrap();
        assert_eq!(loaded.head.revision().0, 27);
    }
    let connection = Connection::open(place.path().join("floorkey.db")).unwrap();
    add_functions(&connection).unwrap();
    let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
}
