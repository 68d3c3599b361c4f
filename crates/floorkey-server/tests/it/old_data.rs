//! Tests that the program can open a data folder that an earlier version wrote, and can read everything in the folder.
//!
//! The first version that stored data wrote `tests/data-folder-0.1.0`. This folder is never regenerated. After every
//! change to the stored formats, the program must still be able to read the folder.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::Value;

use crate::program::{Program, ran};

fn old() -> Program {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data-folder-0.1.0");
    Program::start_on_copy_of(&folder, &[])
}

fn names(list: &Value, member: &str) -> Vec<String> {
    let name = |item: &Value| item[member].as_str().unwrap().to_owned();
    let mut names: Vec<String> = list.as_array().unwrap().iter().map(name).collect();
    names.sort();
    names
}

#[test]
fn a_data_folder_of_the_first_version_is_read_completely() {
    let mut program = old();
    for round in 0..2 {
        let operator = program.operator.clone();
        let get = |path: &str| program.call(&operator, "GET", &format!("{path}/{}", program.instance), None).body;
        let users = get("/users-summary");
        assert_eq!(
            names(&users["UserSummaryList"], "Username"),
            ["admin", "ann", "mia", "quinn", "renamed-after", "root2", "tom"]
        );
        let profiles = names(&get("/security-profiles-summary")["SecurityProfileSummaryList"], "Name");
        let expected = [
            "Admin",
            "Agent",
            "CallCenterManager",
            "North users",
            "QualityAnalyst",
            "Restricted search",
            "Tagged queues",
            "Team lead",
        ];
        assert_eq!(profiles, expected);
        let guard = program.extension(&operator, "GET", "/guard", None);
        assert_eq!(guard.text("Mode"), "enforce", "{guard:?}");
        let ann = program.user("ann");
        let keys = program.extension(&operator, "GET", &format!("/users/{}/access-keys", program.user("mia")), None);
        assert_eq!(keys.body["AccessKeys"].as_array().unwrap().len(), 1, "{keys:?}");
        let described = program.call(&operator, "GET", &format!("/users/{}/{ann}", program.instance), None);
        assert_eq!(described.body["User"]["Tags"]["team"], "north", "{described:?}");
        let audit = program.extension(&operator, "GET", "/audit", None);
        assert!(audit.body["Events"].as_array().unwrap().len() >= 28, "{audit:?}");
        // The decisions are the same as before the upgrade.
        let token = program.run(&["token", "create", "--label", &format!("check {round}"), "--json"]);
        let token: Value = serde_json::from_str(&token.out).unwrap();
        let check = |user| {
            let mut command = program.command(&["check", user, "refund", "orders:order-1"]);
            command.env("FLOORKEY_ENDPOINT", &program.endpoint);
            ran(command.env("FLOORKEY_API_TOKEN", token["Token"].as_str().unwrap()))
        };
        let (tom, ann) = (check("tom"), check("ann"));
        assert_eq!((tom.code, ann.code), (0, 1), "{tom:?} {ann:?}");
        assert_eq!(program.stop(), Some(0));
        program.restart(&[]);
    }
}

/// The number of additional instances in the large data folder.
const COPIES: u32 = 40;

/// Copies the data folder and adds many copies of the instance's history, with different IDs. The additional instances
/// are marked as deleted. The server therefore upgrades them but does not serve them.
fn large_old_folder() -> tempfile::TempDir {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data-folder-0.1.0");
    let folder = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(source).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    let connection = Connection::open(folder.path().join("floorkey.db")).unwrap();
    let copies = format!(
        "CREATE TEMP TABLE copy AS WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {COPIES}) \
         SELECT printf('%08x-0000-4000-8000-000000000000', n) AS id FROM number; \
         INSERT INTO record SELECT copy.id, kind, record.id, revision, until_revision, format, body FROM copy, record; \
         INSERT INTO audit_event SELECT copy.id, seq, at_millis, format, body, personal, leaf FROM copy, audit_event; \
         INSERT INTO audit_term SELECT copy.id, term, seq, at_millis FROM copy, audit_term; \
         INSERT INTO head SELECT copy.id, revision, audit_size, frontier, 1 FROM copy, head;"
    );
    connection.execute_batch(&copies).unwrap();
    folder
}

/// An upgrade that is killed continues at the next start, and no data is lost.
#[test]
fn an_upgrade_that_is_killed_repeatedly_loses_nothing() {
    let old = large_old_folder();
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    std::fs::create_dir(&data).unwrap();
    for file in std::fs::read_dir(old.path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), data.join(file.file_name())).unwrap();
    }
    let database = data.join("floorkey.db");
    let state = || {
        let connection = Connection::open(&database).unwrap();
        let one = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok");
        match one("SELECT MAX(number) FROM schema_migration") {
            3 => "before",
            _ if one("SELECT MIN(upto) FROM index_state") == 0 => "copied",
            _ if one("SELECT upto = (SELECT MAX(number) FROM version) FROM index_state WHERE log = 'version'") == 1 => {
                "done"
            }
            _ => "following",
        }
    };
    // Each start gets more time than the previous start, until a start completes the upgrade.
    let mut seen = BTreeMap::new();
    let mut wait = Duration::from_millis(20);
    while state() != "done" {
        let mut child = crate::program::program(place.path())
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("FLOORKEY_DATA", &data)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(wait);
        child.kill().unwrap();
        child.wait().unwrap();
        *seen.entry(state()).or_insert(0) += 1;
        wait = wait.mul_f64(1.4);
        assert!(wait < Duration::from_secs(120), "no start ended the upgrade: {seen:?}");
    }
    assert!(seen.get("before").is_some_and(|times| *times > 3), "hardly any was killed within: {seen:?}");

    let connection = Connection::open(&database).unwrap();
    floorkey_store::add_functions(&connection).unwrap();
    connection.execute("ATTACH ?1 AS old", [old.path().join("floorkey.db").to_str()]).unwrap();
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap();
    let events = count("SELECT COUNT(*) FROM old.audit_event");
    assert_eq!(events, 28 * (COPIES + 1));
    let same = "SELECT COUNT(*) FROM old.audit_event AS was JOIN main.audit_event AS has \
        ON has.instance = uuid_bytes(was.instance) AND has.seq = was.seq AND unpack(has.body) = was.body \
        AND unpack(has.personal) = was.personal AND has.leaf = was.leaf AND has.at_millis = was.at_millis";
    // A start that was not killed early may have added events of its own.
    assert_eq!(count(same), events);
    assert!(count("SELECT COUNT(*) FROM main.audit_event") < events + 10);
    let same = "SELECT COUNT(*) FROM old.record AS was JOIN main.version AS has \
        ON has.instance = uuid_bytes(was.instance) AND has.kind = was.kind AND has.id = id_bytes(was.kind, was.id) \
        AND has.revision = was.revision AND unpack(has.body) = was.body AND has.format = was.format";
    assert_eq!(count(same), count("SELECT COUNT(*) FROM old.record"));
    let heads = "SELECT COUNT(*) FROM old.head AS was JOIN main.head AS has ON has.instance = uuid_bytes(was.instance) \
        AND has.revision = was.revision AND has.audit_size = was.audit_size AND has.frontier = was.frontier";
    // The instance that the server serves may have newer revisions.
    assert!(count(heads) >= COPIES);
    assert!(
        count("SELECT COUNT(*) FROM main.audit_term") >= count("SELECT COUNT(*) FROM old.audit_term WHERE term <> ''")
    );
    let copied = "was.until_revision IS NULL AND was.instance LIKE '%-0000-4000-8000-000000000000'";
    let present = "SELECT COUNT(*) FROM old.record AS was JOIN main.record AS has ON has.instance = uuid_bytes(was.instance) \
        AND has.kind = was.kind AND has.id = id_bytes(was.kind, was.id) AND unpack(has.body) = was.body";
    assert_eq!(
        count(&format!("{present} WHERE {copied}")),
        count(&format!("SELECT COUNT(*) FROM old.record AS was WHERE {copied}"))
    );
}
