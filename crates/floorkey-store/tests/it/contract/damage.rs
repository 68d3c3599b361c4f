//! Tests of rows that were written by a newer version or edited by hand. The store must report these rows and never
//! guess their meaning.

use floorkey_store::StoreError;

use super::TestStorage;
use crate::test_instance::TestInstance;

/// Describes why an instance can't be loaded: the column, the row and the problem.
type LoadFailure = (String, String, String);

/// Creates an instance, changes a row with the given SQL statement, and returns why the instance can't be loaded.
async fn load_failure<S: TestStorage>(sql: &str) -> LoadFailure {
    let storage = S::new();
    let fixture = TestInstance::create(&storage).await;
    load_failure_after(&storage, &fixture, sql).await
}

/// Returns why two damaged instances can't be loaded. `{table}` in the statement is the log of versions for the first
/// instance, and the index for the second instance.
async fn load_failures<S: TestStorage>(sql: &str) -> [LoadFailure; 2] {
    let storage = S::new();
    let mut fixture = TestInstance::create(&storage).await;
    let failure_in_log = load_failure_after(&storage, &fixture, &sql.replace("{table}", "version")).await;
    let storage = S::new();
    fixture = TestInstance::create(&storage).await;
    drop(fixture.store);
    // Opening the store brings the index up to date.
    fixture.store = storage.open().unwrap();
    [failure_in_log, load_failure_after(&storage, &fixture, &sql.replace("{table}", "record")).await]
}

async fn load_failure_after<S: TestStorage>(storage: &S, fixture: &TestInstance, sql: &str) -> LoadFailure {
    assert_eq!(storage.execute(sql), 1, "{sql}");
    let error = fixture.store.load(fixture.instance).await.unwrap_err();
    let StoreError::UnreadableRow { table, column, row, problem } = error else { panic!("{error}") };
    assert!(row.contains(&format!("instance {}", fixture.instance)), "{row}");
    (format!("{table}.{column}"), row, problem)
}

pub(crate) async fn an_unknown_permission_is_reported<S: TestStorage>() {
    let sql = "UPDATE {table} SET body = pack(REPLACE(unpack(body), '\"AgentTimeCard.View\"', '\"Teleporters.View\"')) \
        WHERE kind = 'profile' AND unpack(body) LIKE '%\"name\":\"Admin\"%'";
    for ((column, row, problem), table) in load_failures::<S>(sql).await.into_iter().zip(["version", "record"]) {
        assert_eq!(column, format!("{table}.body"));
        assert!(row.contains("kind profile") && row.contains("revision 1"), "{row}");
        assert!(problem.contains("`Teleporters.View` is not a permission"), "{problem}");
        assert!(problem.contains("newer version"), "{problem}");
    }
}

pub(crate) async fn an_unknown_kind_is_reported<S: TestStorage>() {
    let sql = "UPDATE {table} SET kind = 'zone' WHERE kind = 'user'";
    for ((column, row, problem), table) in load_failures::<S>(sql).await.into_iter().zip(["version", "record"]) {
        assert_eq!(column, format!("{table}.id"));
        assert!(row.contains("kind zone"), "{row}");
        assert!(problem.contains("`zone` is not a kind of record"), "{problem}");
    }
}

pub(crate) async fn an_unknown_format_is_reported<S: TestStorage>() {
    for (_, row, problem) in load_failures::<S>("UPDATE {table} SET format = 2 WHERE kind = 'user'").await {
        assert!(row.contains("kind user"), "{row}");
        assert!(problem.contains("the format is 2"), "{problem}");
    }
}

pub(crate) async fn an_unknown_packing_is_reported<S: TestStorage>() {
    for (_, row, problem) in load_failures::<S>("UPDATE {table} SET body = x'ff00' WHERE kind = 'user'").await {
        assert!(row.contains("kind user"), "{row}");
        assert!(problem.contains("table 255") && problem.contains("newer version"), "{problem}");
    }
}

pub(crate) async fn a_damaged_head_is_reported<S: TestStorage>() {
    let (column, _, problem) = load_failure::<S>("UPDATE head SET audit_size = 7").await;
    assert_eq!(column, "head.frontier");
    assert!(problem.contains("32 bytes can't be the frontier of 7 leaves"), "{problem}");
}

pub(crate) async fn a_newer_schema_is_rejected<S: TestStorage>() {
    let storage = S::new();
    drop(TestInstance::create(&storage).await);
    storage.execute("INSERT INTO schema_migration (number, name, checksum) VALUES (99, 'wings', '00')");
    let error = storage.open().unwrap_err();
    assert!(matches!(error, StoreError::NewerSchema { found: 99, .. }), "{error}");
    assert!(error.to_string().contains("start the newer version"), "{error}");
}

pub(crate) async fn a_changed_migration_is_rejected<S: TestStorage>() {
    let storage = S::new();
    drop(TestInstance::create(&storage).await);
    storage.execute("UPDATE schema_migration SET checksum = '00' WHERE number = 1");
    let error = storage.open().unwrap_err();
    assert!(matches!(error, StoreError::ChangedMigration { number: 1, .. }), "{error}");
}

pub(crate) async fn reopening_changes_nothing<S: TestStorage>() {
    let storage = S::new();
    let fixture = TestInstance::create(&storage).await;
    let schema = || storage.texts("SELECT number || name || checksum FROM schema_migration ORDER BY number");
    let (before, expected, instance) = (schema(), fixture.directory.records(), fixture.instance);
    drop(fixture);
    for _ in 0..3 {
        let store = storage.open().unwrap();
        assert_eq!(schema(), before);
        let loaded = store.load(instance).await.unwrap();
        let revision = loaded.head.revision();
        assert_eq!(floorkey::Directory::from_records(instance, revision, loaded.records).records(), expected);
    }
}
