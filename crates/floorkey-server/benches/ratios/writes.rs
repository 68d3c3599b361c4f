//! Changes through the one door, against bare rusqlite writing the same rows in transactions of the same size.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use floorkey::user::Identity;
use floorkey::{Actor, Command, InstanceId, NewInstance, NewUser, Timestamp, UserId};
use floorkey_server::service::Service;
use floorkey_store::{Store, StoreSettings};
use rusqlite::{Connection, params};
use tokio::runtime::Runtime;

use crate::ratio::{Bound, Figure, in_turn, time};
use crate::world::Dice;

/// Users of the instance; changes go round among them.
const USERS: usize = 1_000;

pub(crate) fn write(name: &'static str, writers: usize) -> Figure {
    let changes = if writers == 1 { 2_000 } else { 20_000 };
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
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
        // Rates, so the other way round than times.
        ratio: 1.0 / ratio,
        bound: Bound::AtLeast(0.6),
        against: "bare rusqlite writing the same rows in transactions of the same size",
        detail: format!(
            "{:.0} changes/s with {writers} waiting writers, {:.0} changes/s the rival in transactions of {writers}",
            rate(us),
            rate(them)
        ),
    }
}

/// A service over a new store with an instance of so many users.
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
    service.found(&Actor::system(), &new).await.expect("an instance");
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

/// Renames users by the operator, `changes` in all, with so many waiting for an answer at a time.
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

/// The database in a data folder.
pub(crate) fn database(folder: &Path) -> PathBuf {
    folder.join("floorkey.db")
}

/// Bare rusqlite on the same tables, with rows that the service wrote.
struct Rival {
    _folder: tempfile::TempDir,
    connection: Connection,
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
    terms: Vec<String>,
}

impl Rival {
    fn after(source: &Path, changes: usize, writers: usize) -> Self {
        let from = Connection::open(database(source)).expect("the database opens");
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        // The same content to begin with: pages, indexes and all.
        from.execute("VACUUM INTO ?1", params![folder.path().join("rival.db").to_str()]).expect("a copy");
        let connection = Connection::open(folder.path().join("rival.db")).expect("the copy opens");
        connection.pragma_update(None, "journal_mode", "WAL").expect("WAL");
        connection.pragma_update(None, "synchronous", "FULL").expect("FULL");
        let mut read = from
            .prepare(
                "SELECT record.id, record.format, record.body, event.format, event.body, event.personal, event.leaf, event.seq \
                 FROM record JOIN audit_event AS event ON event.instance = record.instance AND event.seq = record.revision - 1 \
                 WHERE record.kind = 'user' ORDER BY record.revision DESC LIMIT ?1",
            )
            .expect("the rows can be read");
        let mut read_terms = from
            .prepare("SELECT term FROM audit_term WHERE instance = ?1 AND seq = ?2")
            .expect("the terms can be read");
        let instance = InstanceId::from_bits(1).to_string();
        let mut terms_of = |seq: i64| {
            let terms = read_terms.query_map(params![instance, seq], |term| term.get(0));
            terms.and_then(Iterator::collect::<Result<Vec<String>, _>>)
        };
        let rows = read
            .query_map(params![changes as i64], |row| {
                Ok(Rows {
                    id: row.get(0)?,
                    format: row.get(1)?,
                    body: row.get(2)?,
                    event_format: row.get(3)?,
                    event: row.get(4)?,
                    personal: row.get(5)?,
                    leaf: row.get(6)?,
                    terms: terms_of(row.get(7)?)?,
                })
            })
            .expect("rows")
            .collect::<Result<Vec<_>, _>>()
            .expect("rows");
        assert_eq!(rows.len(), changes);
        let revision = connection.query_row("SELECT revision FROM head", [], |row| row.get(0)).expect("a head");
        Self { _folder: folder, connection, rows, writers, revision }
    }

    fn round(&mut self) -> Duration {
        let instance = InstanceId::from_bits(1).to_string();
        time(|| {
            for batch in self.rows.chunks(self.writers) {
                let transaction = self.connection.transaction().expect("a transaction");
                let moved = transaction
                    .prepare_cached("UPDATE head SET revision = ?2, audit_size = ?2, frontier = ?3 WHERE instance = ?1 AND revision = ?4")
                    .and_then(|mut head| {
                        let next = self.revision + batch.len() as i64;
                        head.execute(params![instance, next, &batch[0].leaf, self.revision])
                    });
                assert_eq!(moved.expect("the head moves"), 1);
                for row in batch {
                    self.revision += 1;
                    let close = "UPDATE record SET until_revision = ?4 WHERE instance = ?1 AND kind = ?2 AND id = ?3 AND until_revision IS NULL";
                    transaction
                        .prepare_cached(close)
                        .and_then(|mut close| close.execute(params![instance, "user", row.id, self.revision]))
                        .expect("the version closes");
                    let put = "INSERT INTO record (instance, kind, id, revision, format, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
                    transaction
                        .prepare_cached(put)
                        .and_then(|mut put| put.execute(params![instance, "user", row.id, self.revision, row.format, row.body]))
                        .expect("the next version");
                    let event = "INSERT INTO audit_event (instance, seq, at_millis, format, body, personal, leaf) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
                    transaction
                        .prepare_cached(event)
                        .and_then(|mut put| {
                            let at = Timestamp::from_millis(0).as_millis();
                            put.execute(params![instance, self.revision - 1, at, row.event_format, row.event, row.personal, row.leaf])
                        })
                        .expect("the event");
                    let term = "INSERT INTO audit_term (instance, term, seq, at_millis) VALUES (?1, ?2, ?3, ?4)";
                    let mut put = transaction.prepare_cached(term).expect("a statement");
                    for term in &row.terms {
                        put.execute(params![instance, term, self.revision - 1, 0]).expect("the term");
                    }
                }
                transaction.commit().expect("the transaction");
            }
        })
        .0
    }
}
