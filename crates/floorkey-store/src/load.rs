//! Reads the authorization state of an instance.

use std::collections::{BTreeMap, HashMap};

use floorkey::{InstanceId, Record, RecordChange, RecordKey, Revision};

use crate::backend::{Backend, RowView, Snapshot, Value};
use crate::error::StoreError;
use crate::head::Head;
use crate::{packed, rows, sql};
use floorkey_audit::Frontier;

/// The authorization state of an instance.
#[derive(Debug)]
pub struct LoadedInstance {
    /// The head of the instance.
    pub head: Head,
    /// All records of the instance, in no particular order.
    pub records: Vec<Record>,
}

/// The changes of an instance after a revision.
#[derive(Debug)]
pub struct ChangesSince {
    /// The current head of the instance.
    pub head: Head,
    /// The current state of each record that changed.
    pub changes: Vec<RecordChange>,
}

/// One version of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordVersion {
    /// The revision of this version.
    pub revision: Revision,
    /// The revision that replaced or removed this version; `None` for the current version.
    pub until: Option<Revision>,
    /// The record as of this version.
    pub record: Record,
}

/// The maximum number of attempts to read all shards at the same revision.
const ATTEMPTS: usize = 3;
/// The maximum number of threads that read and decode records at the same time.
const SHARDS_MAX: usize = 8;

/// The result of reading one shard.
struct Shard {
    head: Head,
    /// The number of the last log row that the index contained when the shard was read.
    indexed_up_to: i64,
    records: Vec<Record>,
}

/// Reads an instance's authorization state. Uses one thread per core, but at most [`SHARDS_MAX`] threads.
pub(crate) async fn load(backend: &Backend, instance: InstanceId) -> Result<LoadedInstance, StoreError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    for shards in [cores.min(SHARDS_MAX); ATTEMPTS] {
        let shard_results =
            backend.read_shards(shards, move |shard, snapshot| load_shard(snapshot, instance, shard, shards));
        if let Some(loaded) = join_shards(shard_results.await?) {
            return Ok(loaded);
        }
    }
    // The shards had different states in all attempts, because the instance is changed continuously. A single shard
    // reads one snapshot, which is always consistent.
    let single_shard = backend.read_shards(1, move |shard, snapshot| load_shard(snapshot, instance, shard, 1)).await?;
    join_shards(single_shard).ok_or(StoreError::NoSuchInstance { instance })
}

/// Combines the results of the shards. Returns `None` if the shards come from different states of the database.
fn join_shards(shards: Vec<Shard>) -> Option<LoadedInstance> {
    let mut shards = shards.into_iter();
    let mut all = shards.next()?;
    for shard in shards {
        if shard.head != all.head || shard.indexed_up_to != all.indexed_up_to {
            return None;
        }
        all.records.extend(shard.records);
    }
    Some(LoadedInstance { head: all.head, records: all.records })
}

/// Reads a shard's records from the index, except for records that have later versions in the log. The first shard
/// reads all these later versions from the log.
fn load_shard(snapshot: &Snapshot<'_>, instance: InstanceId, shard: usize, shards: usize) -> Result<Shard, StoreError> {
    let head = active_head(snapshot, instance)?;
    let indexed_up_to =
        snapshot.first_row(&sql::READ_INDEX_STATE, &[Value::Word("version")], |row| row.integer(0))?.unwrap_or(0);
    let mut unindexed = HashMap::new();
    let mut text = Vec::new();
    snapshot.for_each_row(&sql::READ_UNINDEXED, &[Value::Integer(indexed_up_to)], |row| {
        if row.instance(0)? == instance {
            unindexed.insert(key(row)?, optional_record_with(row, 4, 5, &mut text)?);
        }
        Ok(())
    })?;
    let (from, to) = record_range(snapshot, instance, shard, shards)?;
    let mut records = Vec::new();
    snapshot.for_each_row(&sql::READ_RECORDS, &[Value::Integer(from), Value::Integer(to)], |row| {
        let key = key(row)?;
        if unindexed.is_empty() || !unindexed.contains_key(&key) {
            records.push(decode_record(row, key, 4, 5, &mut text)?);
        }
        Ok(())
    })?;
    if shard == 0 {
        records.extend(unindexed.into_values().flatten());
    }
    Ok(Shard { head, indexed_up_to, records })
}

/// The maximum number of records of an instance.
const RECORDS_MAX: i64 = 1 << 32;

/// Returns the range of record numbers that a shard reads.
fn record_range(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    shard: usize,
    shards: usize,
) -> Result<(i64, i64), StoreError> {
    let number = snapshot.first_row(&sql::READ_HEAD, &[Value::id(instance)], |row| row.integer(5))?.unwrap_or(0);
    let first = number.saturating_mul(RECORDS_MAX);
    let bounds = [Value::Integer(first), Value::Integer(first.saturating_add(RECORDS_MAX))];
    let last = snapshot.first_row(&sql::READ_LAST_NUMBER, &bounds, |row| row.optional_integer(0))?.flatten();
    let (Some(last), Ok(shard), Ok(shards)) = (last, i64::try_from(shard), i64::try_from(shards)) else {
        return Ok((first, first));
    };
    let count = last.saturating_sub(first).saturating_add(1);
    let bound = |shard: i64| first.saturating_add(count.saturating_mul(shard) / shards.max(1));
    Ok((bound(shard), bound(shard + 1)))
}

/// Reads an instance's changes after the given revision.
pub(crate) fn changes_since(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    revision: Revision,
) -> Result<ChangesSince, StoreError> {
    let head = active_head(snapshot, instance)?;
    // The last version of each record is its current state.
    let mut last = BTreeMap::new();
    snapshot.for_each_row(&sql::READ_SINCE, &[Value::id(instance), Value::count(revision.0)], |row| {
        last.insert(key(row)?, optional_record(row, 4, 5)?);
        Ok(())
    })?;
    let change = |(key, current): (RecordKey, Option<Record>)| match current {
        Some(record) => RecordChange::Upsert(record),
        None => RecordChange::Remove(key),
    };
    Ok(ChangesSince { head, changes: last.into_iter().map(change).collect() })
}

/// Reads all versions of a record, oldest first.
pub(crate) fn versions(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    key: &RecordKey,
) -> Result<Vec<RecordVersion>, StoreError> {
    let (kind, id) = rows::stored_columns(key);
    let mut versions: Vec<RecordVersion> = Vec::new();
    let values = [Value::id(instance), Value::Word(kind), Value::Bytes(id)];
    snapshot.for_each_row(&sql::READ_VERSIONS, &values, |row| {
        let revision = Revision(row.count(3)?);
        if let Some(earlier) = versions.last_mut()
            && earlier.until.is_none()
        {
            earlier.until = Some(revision);
        }
        versions.extend(optional_record(row, 4, 5)?.map(|record| RecordVersion { revision, until: None, record }));
        Ok(())
    })?;
    Ok(versions)
}

/// Reads the head of an instance. Returns an error if the instance does not exist or was deleted.
pub(crate) fn active_head(snapshot: &Snapshot<'_>, instance: InstanceId) -> Result<Head, StoreError> {
    match head(snapshot, instance)? {
        Some((head, None)) => Ok(head),
        Some((_, Some(_))) | None => Err(StoreError::NoSuchInstance { instance }),
    }
}

/// Reads the head of an instance. If the instance was deleted, also reads the time of deletion, in milliseconds since
/// 1970-01-01T00:00:00Z.
pub(crate) fn head(snapshot: &Snapshot<'_>, instance: InstanceId) -> Result<Option<(Head, Option<i64>)>, StoreError> {
    snapshot.first_row(&sql::READ_HEAD, &[Value::id(instance)], |row| {
        let (size, bytes) = (row.count(2)?, row.bytes(3)?);
        let problem = || row.unreadable(3, format!("{} bytes can't be the frontier of {size} leaves", bytes.len()));
        let frontier = Frontier::from_bytes(size, bytes).ok_or_else(problem)?;
        Ok((Head { revision: Revision(row.count(1)?), frontier }, row.optional_integer(4)?))
    })
}

pub(crate) fn key(row: &RowView<'_>) -> Result<RecordKey, StoreError> {
    rows::stored_key(row.text(1)?, row.bytes(2)?).map_err(|problem| row.unreadable(2, problem))
}

/// Decodes the record in a row. Columns 1 and 2 contain the record's kind and ID. `format` and `body` are the numbers
/// of the columns that contain the record's format and body.
pub(crate) fn record(row: &RowView<'_>, format: usize, body: usize) -> Result<Record, StoreError> {
    decode_record(row, key(row)?, format, body, &mut Vec::new())
}

/// Does the same as [`record`], but returns `None` if the row has no body.
pub(crate) fn optional_record(row: &RowView<'_>, format: usize, body: usize) -> Result<Option<Record>, StoreError> {
    optional_record_with(row, format, body, &mut Vec::new())
}

fn optional_record_with(
    row: &RowView<'_>,
    format: usize,
    body: usize,
    text: &mut Vec<u8>,
) -> Result<Option<Record>, StoreError> {
    match row.optional_bytes(body)? {
        Some(_) => decode_record(row, key(row)?, format, body, text).map(Some),
        None => Ok(None),
    }
}

/// Decodes the record in a row. `text` is a reusable buffer for the record's body.
fn decode_record(
    row: &RowView<'_>,
    key: RecordKey,
    format: usize,
    body: usize,
    text: &mut Vec<u8>,
) -> Result<Record, StoreError> {
    let number = row.integer(format)?;
    packed::unpack_into(row.bytes(body)?, text).map_err(|problem| row.unreadable(body, problem))?;
    rows::decode(key, number, text).map_err(|problem| row.unreadable(body, problem))
}
