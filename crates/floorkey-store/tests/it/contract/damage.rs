//! Rows that were written by a newer version, or changed by hand, are reported and never guessed at.

use floorkey_store::StoreError;

use super::Place;
use crate::world::World;

/// The reason why an instance can't be loaded: the column, the row and the problem.
type Refused = (String, String, String);

/// Opens a store in which the statement changed a row, and returns why it can't be loaded.
async fn loading<P: Place>(sql: &str) -> Refused {
    let place = P::new();
    let world = World::found(&place).await;
    refused_after(&place, &world, sql).await
}

/// As [`loading`], once with `{table}` in the statement replaced by the log of versions, and once by the index.
async fn loading_either<P: Place>(sql: &str) -> [Refused; 2] {
    let place = P::new();
    let mut world = World::found(&place).await;
    let of_log = refused_after(&place, &world, &sql.replace("{table}", "version")).await;
    let place = P::new();
    world = World::found(&place).await;
    drop(world.store);
    // The index catches up at a start.
    world.store = place.open().unwrap();
    [of_log, refused_after(&place, &world, &sql.replace("{table}", "record")).await]
}

async fn refused_after<P: Place>(place: &P, world: &World, sql: &str) -> Refused {
    assert_eq!(place.execute(sql), 1, "{sql}");
    let refused = world.store.load(world.instance).await.unwrap_err();
    let StoreError::Row { table, column, row, problem } = refused else { panic!("{refused}") };
    assert!(row.contains(&format!("instance {}", world.instance)), "{row}");
    (format!("{table}.{column}"), row, problem)
}

pub(crate) async fn an_unknown_permission_is_named<P: Place>() {
    let sql = "UPDATE {table} SET body = pack(REPLACE(unpack(body), '\"AgentTimeCard.View\"', '\"Teleporters.View\"')) \
        WHERE kind = 'profile' AND unpack(body) LIKE '%\"name\":\"Admin\"%'";
    for ((column, row, problem), table) in loading_either::<P>(sql).await.into_iter().zip(["version", "record"]) {
        assert_eq!(column, format!("{table}.body"));
        assert!(row.contains("kind profile") && row.contains("revision 1"), "{row}");
        assert!(problem.contains("`Teleporters.View` is not a permission"), "{problem}");
        assert!(problem.contains("newer version"), "{problem}");
    }
}

pub(crate) async fn an_unknown_kind_is_named<P: Place>() {
    let sql = "UPDATE {table} SET kind = 'zone' WHERE kind = 'user'";
    for ((column, row, problem), table) in loading_either::<P>(sql).await.into_iter().zip(["version", "record"]) {
        assert_eq!(column, format!("{table}.id"));
        assert!(row.contains("kind zone"), "{row}");
        assert!(problem.contains("`zone` is not a kind of record"), "{problem}");
    }
}

pub(crate) async fn an_unknown_format_is_named<P: Place>() {
    for (_, row, problem) in loading_either::<P>("UPDATE {table} SET format = 2 WHERE kind = 'user'").await {
        assert!(row.contains("kind user"), "{row}");
        assert!(problem.contains("the format is 2"), "{problem}");
    }
}

pub(crate) async fn an_unknown_packing_is_named<P: Place>() {
    for (_, row, problem) in loading_either::<P>("UPDATE {table} SET body = x'ff00' WHERE kind = 'user'").await {
        assert!(row.contains("kind user"), "{row}");
        assert!(problem.contains("table 255") && problem.contains("newer version"), "{problem}");
    }
}

pub(crate) async fn a_damaged_head_is_named<P: Place>() {
    let (column, _, problem) = loading::<P>("UPDATE head SET audit_size = 7").await;
    assert_eq!(column, "head.frontier");
    assert!(problem.contains("32 bytes can't be the frontier of 7 leaves"), "{problem}");
}

pub(crate) async fn a_newer_schema_is_refused<P: Place>() {
    let place = P::new();
    drop(World::found(&place).await);
    place.execute("INSERT INTO schema_migration (number, name, checksum) VALUES (99, 'wings', '00')");
    let refused = place.open().unwrap_err();
    assert!(matches!(refused, StoreError::NewerSchema { found: 99, .. }), "{refused}");
    assert!(refused.to_string().contains("start the newer version"), "{refused}");
}

pub(crate) async fn another_schema_is_refused<P: Place>() {
    let place = P::new();
    drop(World::found(&place).await);
    place.execute("UPDATE schema_migration SET checksum = '00' WHERE number = 1");
    let refused = place.open().unwrap_err();
    assert!(matches!(refused, StoreError::ChangedMigration { number: 1, .. }), "{refused}");
}

pub(crate) async fn opening_again_changes_nothing<P: Place>() {
    let place = P::new();
    let world = World::found(&place).await;
    let schema = || place.texts("SELECT number || name || checksum FROM schema_migration ORDER BY number");
    let (before, expected, instance) = (schema(), world.directory.records(), world.instance);
    drop(world);
    for _ in 0..3 {
        let store = place.open().unwrap();
        assert_eq!(schema(), before);
        let loaded = store.load(instance).await.unwrap();
        let revision = loaded.head.revision();
        assert_eq!(floorkey::Directory::from_records(instance, revision, loaded.records).records(), expected);
    }
}
