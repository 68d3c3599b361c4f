//! The index over the two logs: the last version of each record, the versions of each record, and the terms of events.
//!
//! A batch is only appended to the logs, so it writes few pages, which are adjacent; rows of the index are scattered.
//! The index follows later, for many batches at once and in the order of its own keys, so that each page is written
//! once for all of them: when the logs are far enough ahead, before a query that uses the index, and at a start. The
//! index is derived entirely from the logs and records how far it has followed them, so an interruption at any point is
//! made up for at the next start.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::audit_row::FORMAT;
use crate::sql::{self, Statement};
use crate::{audit_term, packed};

/// The maximum number of rows of a log that the index follows at a time.
pub(crate) const CHUNK: i64 = 4_096;

/// The approximate maximum number of event terms that the index follows at a time: one event may have 10,000.
const PLACES: usize = 1 << 20;

/// Makes the index catch up with the logs, [`CHUNK`] rows per transaction.
pub(crate) fn follow(connection: &mut Connection) -> rusqlite::Result<()> {
    loop {
        let open = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let further = follow_chunk(&open)?;
        open.commit()?;
        if !further {
            return Ok(());
        }
    }
}

/// Makes the index catch up with the logs, inside an open transaction.
pub(crate) fn follow_within(open: &Connection) -> rusqlite::Result<()> {
    while follow_chunk(open)? {}
    Ok(())
}

/// Follows both logs by one chunk, and returns whether there may be more.
fn follow_chunk(open: &Connection) -> rusqlite::Result<bool> {
    let versions = follow_log(open, "version", follow_versions)?;
    let events = follow_log(open, "audit_event", follow_events)?;
    Ok(versions || events)
}

/// Follows a log by one chunk. `follow` receives the last indexed row, and returns the last row that it added and the
/// number of rows.
fn follow_log(
    open: &Connection,
    log: &'static str,
    follow: impl Fn(&Connection, i64) -> rusqlite::Result<(Option<i64>, i64)>,
) -> rusqlite::Result<bool> {
    let upto = open.prepare_cached(sql::READ_INDEX_STATE.sqlite())?.query_row([log], |row| row.get(0))?;
    let (last, count) = follow(open, upto)?;
    if let Some(last) = last {
        open.prepare_cached(sql::MOVE_INDEX_STATE.sqlite())?.execute(params![log, last])?;
    }
    Ok(count == CHUNK)
}

fn follow_versions(open: &Connection, upto: i64) -> rusqlite::Result<(Option<i64>, i64)> {
    let mut new = open.prepare_cached(sql::READ_NEW_VERSIONS.sqlite())?;
    let mut add = open.prepare_cached(sql::ADD_RECORD_VERSION.sqlite())?;
    let mut put = open.prepare_cached(sql::PUT_RECORD.sqlite())?;
    let mut numbers = Numbers::new(&sql::FIND_RECORD, &sql::MAKE_RECORD);
    let mut steps: Vec<(i64, i64, i64)> = Vec::new();
    let mut rows = new.query(params![upto, CHUNK])?;
    let (mut last, mut count) = (None, 0);
    while let Some(row) = rows.next()? {
        let version = row.get(0)?;
        let (instance, kind, id) =
            (row.get_ref(1)?.as_bytes()?, row.get_ref(2)?.as_str()?, row.get_ref(3)?.as_bytes()?);
        let record = numbers.number(&[instance, kind.as_bytes(), id], |statement| {
            open.prepare_cached(statement.sqlite())?.query_row(params![instance, kind, id], |row| row.get(0)).optional()
        })?;
        // An instance has rows in the log only if it has a head, so there is always a number.
        if let Some(record) = record {
            steps.push((record, row.get(4)?, version));
        }
        last = Some(version);
        count += 1;
    }
    steps.sort_unstable();
    for (at, (record, revision, version)) in steps.iter().enumerate() {
        add.execute(params![record, revision, version])?;
        if steps.get(at + 1).is_none_or(|(next, _, _)| next != record) {
            put.execute(params![record, version, revision])?;
        }
    }
    Ok((last, count))
}

fn follow_events(open: &Connection, upto: i64) -> rusqlite::Result<(Option<i64>, i64)> {
    let mut new = open.prepare_cached(sql::READ_NEW_EVENTS.sqlite())?;
    let mut add = open.prepare_cached(sql::ADD_TERM.sqlite())?;
    let mut sign = open.prepare_cached(sql::ADD_SIGNATURE.sqlite())?;
    let mut numbers = Numbers::new(&sql::FIND_TERM, &sql::MAKE_TERM);
    let mut places: Vec<(i64, i64, i64)> = Vec::new();
    let mut text = Vec::new();
    let mut rows = new.query(params![upto, CHUNK])?;
    let (mut last, mut count) = (None, 0);
    while let Some(row) = rows.next()? {
        last = Some(row.get(0)?);
        count += 1;
        // An unreadable body was changed by hand, or written by a newer version: reading the event reports the error,
        // and only a sequence number finds it.
        let sound = row.get::<_, i64>(4)? == i64::from(FORMAT)
            && packed::unpack_into(row.get_ref(5)?.as_bytes()?, &mut text).is_ok();
        let Some(found_by) = sound.then(|| audit_term::FoundBy::read(&text)).flatten() else { continue };
        let (instance, seq, at): (_, i64, i64) = (row.get_ref(1)?.as_bytes()?, row.get(2)?, row.get(3)?);
        for name in &found_by.names {
            let term = numbers.number(&[instance, name, &[]], |statement| {
                open.prepare_cached(statement.sqlite())?.query_row(params![instance, name], |row| row.get(0)).optional()
            })?;
            places.extend(term.map(|term| (term, seq, at)));
        }
        if let Some(hash) = &found_by.signature {
            sign.execute(params![instance, at, hash])?;
        }
        if places.len() >= PLACES {
            count = CHUNK;
            break;
        }
    }
    places.sort_unstable();
    for (term, seq, at) in places {
        add.execute(params![term, seq, at])?;
    }
    Ok((last, count))
}

/// The numbers of records or terms that were used in a chunk.
struct Numbers {
    find: &'static Statement,
    make: &'static Statement,
    known: HashMap<Vec<u8>, i64>,
}

impl Numbers {
    fn new(find: &'static Statement, make: &'static Statement) -> Self {
        Self { find, make, known: HashMap::new() }
    }

    /// Returns the number of a key, which is cached, looked up, or newly assigned.
    fn number(
        &mut self,
        key: &[&[u8]; 3],
        ask: impl Fn(&'static Statement) -> rusqlite::Result<Option<i64>>,
    ) -> rusqlite::Result<Option<i64>> {
        // Instance ids have 16 bytes, and no kind contains a zero byte, so joined keys are unambiguous.
        let key = key.join(&0);
        if let Some(number) = self.known.get(&key) {
            return Ok(Some(*number));
        }
        let number = match ask(self.find)? {
            Some(number) => Some(number),
            None => ask(self.make)?,
        };
        if let Some(number) = number {
            self.known.insert(key, number);
        }
        Ok(number)
    }
}
