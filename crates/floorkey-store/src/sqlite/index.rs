//! The index of the two logs. The index contains the last version of each record, all versions of each record, the
//! terms of events, and the times of blocks of events.
//!
//! Writing a batch only appends rows to the logs, so it writes only a few adjacent pages. The rows of the index, by
//! contrast, are scattered over many pages. For this reason, the index is updated later. Each update covers many
//! batches and follows the order of the index's keys, so that each page is written only once.
//!
//! The index is updated when the logs have many new rows, before a query that uses the index, and at startup. The index
//! is derived entirely from the logs, and records which row of each log it contains last. If an update is interrupted,
//! the update is completed at the next startup.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::audit_block::block_of;
use crate::audit_row::FORMAT;
use crate::sql::{self, Statement};
use crate::{audit_term, packed};

/// The maximum number of log rows that are indexed at a time.
pub(crate) const CHUNK: i64 = 4_096;

/// The approximate maximum number of event terms that are indexed at a time. One event may have 10,000 terms.
const TERMS_PER_CHUNK: usize = 1 << 20;

/// Makes the index catch up with the logs, [`CHUNK`] rows per transaction.
pub(crate) fn catch_up(connection: &mut Connection) -> rusqlite::Result<()> {
    loop {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let has_more = index_chunk(&transaction)?;
        transaction.commit()?;
        if !has_more {
            return Ok(());
        }
    }
}

/// Makes the index catch up with the logs, inside an open transaction.
pub(crate) fn catch_up_in(transaction: &Connection) -> rusqlite::Result<()> {
    while index_chunk(transaction)? {}
    Ok(())
}

/// Indexes one chunk of both logs, and returns whether there may be more rows to index.
fn index_chunk(transaction: &Connection) -> rusqlite::Result<bool> {
    let versions = index_log(transaction, "version", index_versions)?;
    let events = index_log(transaction, "audit_event", index_events)?;
    Ok(versions || events)
}

/// Indexes one chunk of a log. `index_rows` receives the number of the last log row that is already in the index. It
/// adds the rows that follow. It returns the number of the last row that it added, and how many rows it added.
fn index_log(
    transaction: &Connection,
    log: &'static str,
    index_rows: impl Fn(&Connection, i64) -> rusqlite::Result<(Option<i64>, i64)>,
) -> rusqlite::Result<bool> {
    let indexed_up_to =
        transaction.prepare_cached(sql::READ_INDEX_STATE.sqlite())?.query_row([log], |row| row.get(0))?;
    let (last, count) = index_rows(transaction, indexed_up_to)?;
    if let Some(last) = last {
        transaction.prepare_cached(sql::ADVANCE_INDEX_STATE.sqlite())?.execute(params![log, last])?;
    }
    Ok(count == CHUNK)
}

fn index_versions(transaction: &Connection, indexed_up_to: i64) -> rusqlite::Result<(Option<i64>, i64)> {
    let mut new_rows = transaction.prepare_cached(sql::READ_NEW_VERSIONS.sqlite())?;
    let mut add = transaction.prepare_cached(sql::ADD_RECORD_VERSION.sqlite())?;
    let mut put = transaction.prepare_cached(sql::PUT_RECORD.sqlite())?;
    let mut number_cache = NumberCache::new(&sql::FIND_RECORD, &sql::INSERT_RECORD);
    let mut record_versions: Vec<(i64, i64, i64)> = Vec::new();
    let mut rows = new_rows.query(params![indexed_up_to, CHUNK])?;
    let (mut last, mut count) = (None, 0);
    while let Some(row) = rows.next()? {
        let version = row.get(0)?;
        let (instance, kind, id) =
            (row.get_ref(1)?.as_bytes()?, row.get_ref(2)?.as_str()?, row.get_ref(3)?.as_bytes()?);
        let record = number_cache.number(&[instance, kind.as_bytes(), id], |statement| {
            transaction
                .prepare_cached(statement.sqlite())?
                .query_row(params![instance, kind, id], |row| row.get(0))
                .optional()
        })?;
        // Every instance with rows in the log has a head, so every record gets a number.
        if let Some(record) = record {
            record_versions.push((record, row.get(4)?, version));
        }
        last = Some(version);
        count += 1;
    }
    record_versions.sort_unstable();
    for (at, (record, revision, version)) in record_versions.iter().enumerate() {
        add.execute(params![record, revision, version])?;
        if record_versions.get(at + 1).is_none_or(|(next, _, _)| next != record) {
            put.execute(params![record, version, revision])?;
        }
    }
    Ok((last, count))
}

fn index_events(transaction: &Connection, indexed_up_to: i64) -> rusqlite::Result<(Option<i64>, i64)> {
    let mut new_rows = transaction.prepare_cached(sql::READ_NEW_EVENTS.sqlite())?;
    let mut add = transaction.prepare_cached(sql::ADD_TERM.sqlite())?;
    let mut add_signature = transaction.prepare_cached(sql::ADD_SIGNATURE.sqlite())?;
    let mut blocks = Blocks::default();
    let mut number_cache = NumberCache::new(&sql::FIND_TERM, &sql::INSERT_TERM);
    let mut term_rows: Vec<(i64, i64, i64)> = Vec::new();
    let mut text = Vec::new();
    let mut rows = new_rows.query(params![indexed_up_to, CHUNK])?;
    let (mut last, mut count) = (None, 0);
    while let Some(row) = rows.next()? {
        last = Some(row.get(0)?);
        count += 1;
        let (instance, seq, at): (_, i64, i64) = (row.get_ref(1)?.as_bytes()?, row.get(2)?, row.get(3)?);
        blocks.add(instance, seq, at);
        // A body that can't be read was edited by hand or written by a newer version. It is not indexed. The error is
        // reported only when the event is read by its sequence number.
        let is_readable = row.get::<_, i64>(4)? == i64::from(FORMAT)
            && packed::unpack_into(row.get_ref(5)?.as_bytes()?, &mut text).is_ok();
        let Some(entries) = is_readable.then(|| audit_term::IndexEntries::from_body(&text)).flatten() else { continue };
        for name in &entries.names {
            let term = number_cache.number(&[instance, name, &[]], |statement| {
                transaction
                    .prepare_cached(statement.sqlite())?
                    .query_row(params![instance, name], |row| row.get(0))
                    .optional()
            })?;
            term_rows.extend(term.map(|term| (term, seq, at)));
        }
        if let Some(hash) = &entries.signature {
            add_signature.execute(params![instance, at, hash])?;
        }
        if term_rows.len() >= TERMS_PER_CHUNK {
            count = CHUNK;
            break;
        }
    }
    term_rows.sort_unstable();
    for (term, seq, at) in term_rows {
        add.execute(params![term, seq, at])?;
    }
    blocks.write(transaction)?;
    Ok((last, count))
}

/// The earliest and the latest time of the new events in each block of an instance.
#[derive(Default)]
struct Blocks(BTreeMap<(Vec<u8>, i64), (i64, i64)>);

impl Blocks {
    fn add(&mut self, instance: &[u8], seq: i64, at: i64) {
        let block = self.0.entry((instance.to_vec(), block_of(seq))).or_insert((at, at));
        *block = (block.0.min(at), block.1.max(at));
    }

    fn write(self, transaction: &Connection) -> rusqlite::Result<()> {
        let mut extend = transaction.prepare_cached(sql::EXTEND_BLOCK.sqlite())?;
        for ((instance, block), (first, last)) in self.0 {
            extend.execute(params![instance, block, first, last])?;
        }
        Ok(())
    }
}

/// A cache for the numbers of the records or terms in a chunk.
struct NumberCache {
    find: &'static Statement,
    insert: &'static Statement,
    cached: HashMap<Vec<u8>, i64>,
}

impl NumberCache {
    fn new(find: &'static Statement, insert: &'static Statement) -> Self {
        Self { find, insert, cached: HashMap::new() }
    }

    /// Returns the number of a key. Takes the number from the cache if possible. Otherwise, looks up the number or
    /// assigns a new one.
    fn number(
        &mut self,
        key: &[&[u8]; 3],
        query: impl Fn(&'static Statement) -> rusqlite::Result<Option<i64>>,
    ) -> rusqlite::Result<Option<i64>> {
        // Joined keys are unambiguous, because instance IDs have 16 bytes and no kind contains a zero byte.
        let key = key.join(&0);
        if let Some(number) = self.cached.get(&key) {
            return Ok(Some(*number));
        }
        let number = match query(self.find)? {
            Some(number) => Some(number),
            None => query(self.insert)?,
        };
        if let Some(number) = number {
            self.cached.insert(key, number);
        }
        Ok(number)
    }
}
