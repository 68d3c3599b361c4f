//! Compares how fast the service and a rival write the same changes. The rival is bare rusqlite with the table layout
//! of version 0.1.0.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use floorkey::user::Identity;
use floorkey::{Actor, Command, InstanceId, NewInstance, NewUser, Timestamp, UserId};
use floorkey_service::service::Service;
use floorkey_store::{Store, StoreSettings};
use rusqlite::{Connection, params};
use tokio::runtime::Runtime;

use crate::ratio::{Bound, Figure, in_turn};
use crate::world::Dice;

/// The number of users in the instance. Each change affects the next user in rotation.
const USERS: usize = 1_000;

/// Compares the number of changes per second that the service and the rival write. The service has `writers` concurrent
/// writers. The rival writes `writers` changes per transaction.
///
/// Floorkey 0.1.0 wrote 0.84 times as many changes per second as the rival with 64 writers, and 0.62 times as many with
/// one writer.
pub(crate) fn write(name: &'static str, writers: usize) -> Figure {
    let changes = if writers == 1 { 2_000 } else { 20_000 };
    let folder = crate::folder();
    let runtime = Runtime::new().expect("a runtime");
    let (service, instance, users) = runtime.block_on(service(folder.path(), USERS));
    let mut turn = 0;
    let round = |turn: usize| runtime.block_on(change_users(&service, instance, &users, writers, changes, turn));
    round(turn);
    let mut rival = Rival::after(folder.path(), changes, writers);
    let (ratio, us, them) = in_turn(
        || {
            turn += 1;
            round(turn)
        },
        || rival.round(),
    );
    runtime.block_on(service.stop());
    let rate = |elapsed: Duration| changes as f64 / elapsed.as_secs_f64();
    Figure {
        name,
        // The measured ratio compares times. Its inverse compares rates.
        ratio: 1.0 / ratio,
        bound: Bound::AtLeast(if writers == 1 { 0.62 } else { 4.0 * 0.84 }),
        against: "bare rusqlite writing the same in the layout of 0.1.0, in transactions of the same size",
        detail: format!(
            "{:.0} changes/s with {writers} waiting writers, {:.0} changes/s the rival in transactions of {writers}",
            rate(us),
            rate(them)
        ),
    }
}

/// Compares how much a change enlarges the database with the current table layout and with the layout of version 0.1.0.
pub(crate) fn bytes() -> Figure {
    const CHANGES: usize = 20_000;
    let folder = crate::folder();
    let runtime = Runtime::new().expect("a runtime");
    let (service, instance, users) = runtime.block_on(service(folder.path(), USERS));
    runtime.block_on(change_users(&service, instance, &users, 64, CHANGES, 0));
    let mut rival = Rival::after(folder.path(), CHANGES, 64);
    let before = (size(folder.path()), size(rival.folder.path()));
    for turn in 1..=4 {
        runtime.block_on(change_users(&service, instance, &users, 64, CHANGES, turn));
        rival.round();
    }
    runtime.block_on(service.stop());
    let each = |before: u64, folder: &Path| (size(folder) - before) as f64 / (4 * CHANGES) as f64;
    let (us, them) = (each(before.0, folder.path()), each(before.1, rival.folder.path()));
    Figure {
        name: "write_bytes",
        ratio: us / them,
        bound: Bound::AtMost(0.5),
        against: "the layout of 0.1.0",
        detail: format!("{us:.0} bytes a change, {them:.0} the rival"),
    }
}

/// Returns the size of a database after its write-ahead log has been emptied.
fn size(folder: &Path) -> u64 {
    let connection = Connection::open(database(folder)).expect("the database opens");
    let emptied: rusqlite::Result<i64> = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
    assert_eq!(emptied.expect("a checkpoint"), 0, "nobody else uses the log");
    std::fs::metadata(database(folder)).expect("a file").len()
}

/// Creates a service with a new store and an instance that has `users` users.
pub(crate) async fn service(folder: &Path, users: usize) -> (Arc<Service>, InstanceId, Vec<UserId>) {
    let store = Store::open(&StoreSettings { folder: folder.to_owned() }).expect("a store");
    let service = Service::start(store).await.expect("a service");
    let instance = InstanceId::from_bits(1);
    let new = NewInstance {
        id: instance,
        alias: Some("bench".to_owned()),
        identity_management: "CONNECT_MANAGED".to_owned(),
        directory_id: None,
        attributes: Default::default(),
        tags: Default::default(),
        guard: None,
        administrator: None,
    };
    service.create_instance(&Actor::system(), &new).await.expect("an instance");
    let directory = service.engine().current(instance).expect("it answers");
    let profile = directory.profile_by_name("Agent").expect("a default profile").id;
    let routing_profile =
        directory.resources(floorkey::ResourceType::RoutingProfile).next().expect("a basic routing profile").id;
    let mut dice = Dice(5);
    let ids: Vec<UserId> = (0..users).map(|_| UserId::from_bits(dice.bits())).collect();
    let commands = ids.iter().enumerate().map(|(at, id)| {
        Command::CreateUser(Box::new(NewUser {
            id: *id,
            username: format!("agent{at}"),
            password: None,
            identity: identity(at, 0),
            directory_user_id: None,
            profiles: vec![profile],
            routing_profile,
            hierarchy_group: None,
            channels: Vec::new(),
            tags: Default::default(),
        }))
    });
    run(&service, instance, commands.collect(), 256).await;
    (service, instance, ids)
}

/// Renames users, with the operator as the actor. `writers` concurrent writers make `changes` changes in total.
pub(crate) async fn change_users(
    service: &Arc<Service>,
    instance: InstanceId,
    users: &[UserId],
    writers: usize,
    changes: usize,
    turn: usize,
) -> Duration {
    let change =
        |at: usize| Command::UpdateUserIdentityInfo { user: users[at % users.len()], identity: identity(at, turn + 1) };
    let commands: Vec<Command> = (0..changes).map(change).collect();
    let begun = std::time::Instant::now();
    run(service, instance, commands, writers).await;
    begun.elapsed()
}

async fn run(service: &Arc<Service>, instance: InstanceId, mut commands: Vec<Command>, writers: usize) {
    let each = commands.len().div_ceil(writers);
    let mut tasks = Vec::new();
    while !commands.is_empty() {
        let share = commands.split_off(commands.len().saturating_sub(each));
        let service = service.clone();
        tasks.push(tokio::spawn(async move {
            for command in share {
                service.execute(instance, Actor::system(), command).await.expect("the system may");
            }
        }));
    }
    for task in tasks {
        task.await.expect("no task panics");
    }
}

fn identity(number: usize, turn: usize) -> Identity {
    Identity {
        first_name: Some("Ann".to_owned()),
        last_name: Some(format!("Example {number} {turn}")),
        email: Some(format!("ann{number}@example.com")),
        ..Identity::default()
    }
}

/// Returns the path of the database in a data folder.
pub(crate) fn database(folder: &Path) -> PathBuf {
    folder.join("floorkey.db")
}

/// The tables of version 0.1.0 that are written when a user changes.
const LAYOUT_OF_0_1_0: &str = "
    CREATE TABLE head (instance TEXT COLLATE BINARY NOT NULL PRIMARY KEY, revision BIGINT NOT NULL,
        audit_size BIGINT NOT NULL, frontier BLOB NOT NULL, deleted_at BIGINT);
    CREATE TABLE record (instance TEXT COLLATE BINARY NOT NULL, kind TEXT COLLATE BINARY NOT NULL,
        id TEXT COLLATE BINARY NOT NULL, revision BIGINT NOT NULL, until_revision BIGINT, format BIGINT NOT NULL,
        body TEXT NOT NULL, PRIMARY KEY (instance, kind, id, revision));
    CREATE INDEX record_present ON record (instance, kind, id, revision, until_revision, format, body)
        WHERE until_revision IS NULL;
    CREATE INDEX record_since ON record (instance, revision);
    CREATE INDEX record_until ON record (instance, until_revision) WHERE until_revision IS NOT NULL;
    CREATE TABLE audit_event (instance TEXT COLLATE BINARY NOT NULL, seq BIGINT NOT NULL, at_millis BIGINT NOT NULL,
        format BIGINT NOT NULL, body TEXT NOT NULL, personal TEXT NOT NULL, leaf BLOB NOT NULL,
        PRIMARY KEY (instance, seq));
    CREATE TABLE audit_term (instance TEXT COLLATE BINARY NOT NULL, term TEXT COLLATE BINARY NOT NULL,
        seq BIGINT NOT NULL, at_millis BIGINT NOT NULL, PRIMARY KEY (instance, term, seq)) WITHOUT ROWID;
    INSERT INTO head VALUES ('00000000-0000-0000-0000-000000000001', 0, 0, x'', NULL);";

/// The rival: bare rusqlite with the tables and settings of version 0.1.0. It writes the same data as the service.
struct Rival {
    folder: tempfile::TempDir,
    connection: Connection,
    instance: String,
    rows: Vec<Rows>,
    writers: usize,
    revision: i64,
}

struct Rows {
    id: String,
    format: i64,
    body: String,
    event_format: i64,
    event: String,
    personal: String,
    leaf: Vec<u8>,
    terms: [String; 4],
}

impl Rival {
    /// Creates the rival. Reads the last `changes` changes that the service wrote, and writes them to the rival's
    /// database.
    fn after(source: &Path, changes: usize, writers: usize) -> Self {
        let from = Connection::open(database(source)).expect("the database opens");
        floorkey_store::add_functions(&from).expect("the functions are there");
        let mut read = from
            .prepare(
                "SELECT uuid_text(version.id), version.format, unpack(version.body), \
                 event.format, unpack(event.body), unpack(event.personal), event.leaf \
                 FROM version JOIN audit_event AS event \
                 ON event.instance = version.instance AND event.seq = version.revision - 1 \
                 WHERE version.kind = 'user' ORDER BY version.number DESC LIMIT ?1",
            )
            .expect("the rows can be read");
        let rows = read
            .query_map(params![changes as i64], |row| {
                let id: String = row.get(0)?;
                let target = format!("target:user:{id}");
                let terms = ["", "actor:system", "act:UpdateUserIdentityInfo", &target].map(str::to_owned);
                Ok(Rows {
                    id,
                    format: row.get(1)?,
                    body: row.get(2)?,
                    event_format: row.get(3)?,
                    event: row.get(4)?,
                    personal: row.get(5)?,
                    leaf: row.get(6)?,
                    terms,
                })
            })
            .expect("rows")
            .collect::<Result<Vec<_>, _>>()
            .expect("rows");
        assert_eq!(rows.len(), changes);
        let folder = crate::folder();
        let connection = Connection::open(database(folder.path())).expect("a new database");
        connection.pragma_update(None, "journal_mode", "WAL").expect("WAL");
        connection.pragma_update(None, "synchronous", "FULL").expect("FULL");
        connection.pragma_update(None, "wal_autocheckpoint", 4_000).expect("its checkpoints");
        connection.pragma_update(None, "cache_size", -65_536).expect("its cache");
        connection.execute_batch(LAYOUT_OF_0_1_0).expect("its tables");
        let instance = InstanceId::from_bits(1).to_string();
        let mut rival = Self { folder, connection, instance, rows, writers, revision: 0 };
        rival.round();
        rival
    }

    fn round(&mut self) -> Duration {
        let begun = std::time::Instant::now();
        for batch in self.rows.chunks(self.writers) {
            let transaction = self.connection.transaction().expect("a transaction");
            let next = self.revision + batch.len() as i64;
            let head =
                "UPDATE head SET revision = ?2, audit_size = ?2, frontier = ?3 WHERE instance = ?1 AND revision = ?4";
            execute(&transaction, head, params![self.instance, next, &batch[0].leaf, self.revision]);
            for row in batch {
                self.revision += 1;
                write_as_0_1_0(&transaction, &self.instance, self.revision, row);
            }
            transaction.commit().expect("the transaction");
        }
        begun.elapsed()
    }
}

/// Writes a change in the same way as version 0.1.0 of Floorkey.
fn write_as_0_1_0(transaction: &Connection, instance: &str, revision: i64, row: &Rows) {
    let close = "UPDATE record SET until_revision = ?4 WHERE instance = ?1 AND kind = ?2 AND id = ?3 AND until_revision IS NULL";
    execute(transaction, close, params![instance, "user", row.id, revision]);
    let put = "INSERT INTO record (instance, kind, id, revision, format, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
        ON CONFLICT (instance, kind, id, revision) DO UPDATE SET until_revision = NULL, format = excluded.format, body = excluded.body";
    execute(transaction, put, params![instance, "user", row.id, revision, row.format, row.body]);
    let (seq, at) = (revision - 1, Timestamp::from_millis(1_795_958_021_898).as_millis() + revision);
    let event = "INSERT INTO audit_event (instance, seq, at_millis, format, body, personal, leaf) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let values = params![instance, seq, at, row.event_format, row.event, row.personal, row.leaf];
    execute(transaction, event, values);
    let put = "INSERT INTO audit_term (instance, term, seq, at_millis) VALUES (?1, ?2, ?3, ?4)";
    for term in &row.terms {
        execute(transaction, put, params![instance, term, seq, at]);
    }
}

fn execute(transaction: &Connection, statement: &str, values: &[&dyn rusqlite::ToSql]) {
    let done = transaction.prepare_cached(statement).and_then(|mut prepared| prepared.execute(values));
    assert!(done.is_ok(), "{statement}: {done:?}");
}
