//! Tests that the program can open a data folder that an earlier version wrote, and can read everything in the folder.
//!
//! The first version that stored data wrote `tests/data-folder-0.1.0`. This folder is never regenerated. After every
//! change to the stored formats, the program must still be able to read the folder.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::Value;

use crate::program::{Program, program, ran};

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
    let folder = tempfile::tempdir().unwrap();
    copy_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data-folder-0.1.0"), folder.path());
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

/// Copies the files of a folder to an existing folder.
fn copy_files(from: &Path, to: &Path) {
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// The server logs this in the transaction that converts the tables.
const BEGUN: &str = "upgrading the data folder";

/// Starts a server in the folder `data` within `place`. Its log is the file `log.txt`.
fn start(place: &Path) -> Child {
    program(place)
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env("FLOORKEY_DATA", place.join("data"))
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(place.join("log.txt")).unwrap())
        .spawn()
        .unwrap()
}

/// Starts servers and kills each as soon as it has begun to convert the tables, until three of them were killed before
/// they had converted the tables. A server that was faster than the test gets a new copy of the old folder.
fn kill_while_converting(old: &Path, place: &Path, state: impl Fn() -> &'static str) {
    let mut killed_within = 0;
    for _ in 0..20 {
        let (mut child, started) = (start(place), Instant::now());
        while !std::fs::read_to_string(place.join("log.txt")).unwrap().contains(BEGUN) {
            assert!(started.elapsed() < Duration::from_secs(60), "no server has begun to upgrade");
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        if state() == "before" {
            killed_within += 1;
        } else {
            std::fs::remove_dir_all(place.join("data")).unwrap();
            std::fs::create_dir(place.join("data")).unwrap();
            copy_files(old, &place.join("data"));
        }
        if killed_within == 3 {
            return;
        }
    }
    panic!("only {killed_within} servers were killed while they converted the tables");
}

/// An upgrade that is killed continues at the next start, and no data is lost.
#[test]
fn an_upgrade_that_is_killed_repeatedly_loses_nothing() {
    let old = large_old_folder();
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    std::fs::create_dir(&data).unwrap();
    copy_files(old.path(), &data);
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
    kill_while_converting(old.path(), place.path(), state);
    // Each start gets more time than the previous start, until a start completes the upgrade.
    let mut seen = BTreeMap::new();
    let mut wait = Duration::from_millis(20);
    while state() != "done" {
        let mut child = start(place.path());
        std::thread::sleep(wait);
        child.kill().unwrap();
        child.wait().unwrap();
        *seen.entry(state()).or_insert(0) += 1;
        wait = wait.mul_f64(1.4);
        assert!(wait < Duration::from_secs(120), "no start ended the upgrade: {seen:?}");
    }

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
