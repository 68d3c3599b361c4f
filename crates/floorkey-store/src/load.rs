//! Reading back what decides.

use std::collections::BTreeMap;

use floorkey::{InstanceId, Record, RecordChange, RecordKey, Revision};

use crate::backend::{Backend, RowView, Snapshot, Value};
use crate::error::StoreError;
use crate::head::Head;
use crate::merkle::Frontier;
use crate::rows;
use crate::sql::{self, Statement};

/// An instance as it stands.
#[derive(Debug)]
pub struct Loaded {
    /// Where it stands.
    pub head: Head,
    /// Everything that decides there, in no particular order.
    pub records: Vec<Record>,
}

/// What changed in an instance after a revision.
#[derive(Debug)]
pub struct Since {
    /// Where it stands now.
    pub head: Head,
    /// The last step of each record that changed.
    pub changes: Vec<RecordChange>,
}

/// One version of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordVersion {
    /// From this revision on.
    pub revision: Revision,
    /// Until just before this revision; `None` for the present version.
    pub until: Option<Revision>,
    /// The record.
    pub record: Record,
}

/// Sorts after every id.
const LAST: &str = "\u{10ffff}";
/// How often shards are asked again that saw different revisions.
const ATTEMPTS: usize = 3;
/// Threads that read and decode at the same time, at most.
const SHARDS_MAX: usize = 8;

/// Reads everything that decides, in as many threads as the machine has cores.
pub(crate) async fn load(backend: &Backend, instance: InstanceId) -> Result<Loaded, StoreError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    for shards in [cores.min(SHARDS_MAX); ATTEMPTS] {
        let answers = backend.read_shards(shards, move |shard, snapshot| load_shard(snapshot, instance, shard, shards));
        if let Some(loaded) = join(answers.await?) {
            return Ok(loaded);
        }
    }
    // Somebody writes all the time. One shard is one snapshot.
    let whole = backend.read_shards(1, move |shard, snapshot| load_shard(snapshot, instance, shard, 1)).await?;
    join(whole).ok_or(StoreError::NoSuchInstance { instance })
}

/// The shards as one; `None` if they saw different revisions.
fn join(shards: Vec<Loaded>) -> Option<Loaded> {
    let mut shards = shards.into_iter();
    let mut all = shards.next()?;
    for shard in shards {
        if shard.head != all.head {
            return None;
        }
        all.records.extend(shard.records);
    }
    Some(all)
}

/// Reads the users whose ids lie in the shard's part, and in the first shard everything else.
fn load_shard(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    shard: usize,
    shards: usize,
) -> Result<Loaded, StoreError> {
    let head = present_head(snapshot, instance)?;
    let mut records = Vec::new();
    let id = Value::Text(instance.to_string());
    let mut read = |statement: &'static Statement, values: &[Value]| {
        snapshot.each(statement, values, |row| {
            records.push(record(row, 4, 5)?);
            Ok(())
        })
    };
    if shard == 0 {
        read(&sql::READ_KINDS_BEFORE, &[id.clone(), Value::Word(rows::USER)])?;
        read(&sql::READ_KINDS_AFTER, &[id.clone(), Value::Word(rows::USER)])?;
    }
    let (from, to) = (border(shard, shards), border(shard + 1, shards));
    read(&sql::READ_KIND, &[id, Value::Word(rows::USER), Value::Text(from), Value::Text(to)])?;
    Ok(Loaded { head, records })
}

/// Where a shard begins. Ids of users are UUIDs, evenly spread: their first four digits cut them into equal parts.
fn border(shard: usize, shards: usize) -> String {
    match shard {
        0 => String::new(),
        _ if shard >= shards => LAST.to_owned(),
        _ => format!("{:04x}", shard * 0x1_0000 / shards),
    }
}

/// Reads what changed after a revision.
pub(crate) fn since(snapshot: &Snapshot<'_>, instance: InstanceId, revision: Revision) -> Result<Since, StoreError> {
    let head = present_head(snapshot, instance)?;
    let values = [Value::Text(instance.to_string()), Value::count(revision.0)];
    // The last version of each record says how it stands.
    let mut last = BTreeMap::new();
    snapshot.each(&sql::READ_SINCE, &values, |row| {
        let revision = row.count(3)?;
        let known = last.entry(key(row)?).or_insert((0, None));
        if revision >= known.0 {
            let present = row.optional_integer(4)?.is_none();
            *known = (revision, present.then(|| record(row, 5, 6)).transpose()?);
        }
        Ok(())
    })?;
    let step = |(key, (_, present)): (RecordKey, (u64, Option<Record>))| match present {
        Some(record) => RecordChange::Put(record),
        None => RecordChange::Remove(key),
    };
    Ok(Since { head, changes: last.into_iter().map(step).collect() })
}

/// Reads every version of a record, the oldest first.
pub(crate) fn versions(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    key: &RecordKey,
) -> Result<Vec<RecordVersion>, StoreError> {
    let (kind, id) = rows::columns(key);
    let mut versions = Vec::new();
    let values = [Value::Text(instance.to_string()), Value::Word(kind), Value::Text(id)];
    snapshot.each(&sql::READ_VERSIONS, &values, |row| {
        let until = match row.optional_integer(4)? {
            None => None,
            Some(_) => Some(Revision(row.count(4)?)),
        };
        versions.push(RecordVersion { revision: Revision(row.count(3)?), until, record: record(row, 5, 6)? });
        Ok(())
    })?;
    Ok(versions)
}

/// Where an instance stands that was not deleted.
pub(crate) fn present_head(snapshot: &Snapshot<'_>, instance: InstanceId) -> Result<Head, StoreError> {
    match head(snapshot, instance)? {
        Some((head, None)) => Ok(head),
        Some((_, Some(_))) | None => Err(StoreError::NoSuchInstance { instance }),
    }
}

/// Where an instance stands, and when it was deleted, if it was, in milliseconds since 1970-01-01T00:00:00Z.
pub(crate) fn head(snapshot: &Snapshot<'_>, instance: InstanceId) -> Result<Option<(Head, Option<i64>)>, StoreError> {
    snapshot.first(&sql::READ_HEAD, &[Value::Text(instance.to_string())], |row| {
        let (size, bytes) = (row.count(2)?, row.bytes(3)?);
        let problem = || row.unreadable(3, format!("{} bytes are not the frontier of {size} leaves", bytes.len()));
        let frontier = Frontier::from_bytes(size, bytes).ok_or_else(problem)?;
        Ok((Head { revision: Revision(row.count(1)?), frontier }, row.optional_integer(4)?))
    })
}

pub(crate) fn key(row: &RowView<'_>) -> Result<RecordKey, StoreError> {
    rows::key(row.text(1)?, row.text(2)?).map_err(|problem| row.unreadable(2, problem))
}

pub(crate) fn record(row: &RowView<'_>, format: usize, body: usize) -> Result<Record, StoreError> {
    rows::decode(key(row)?, row.integer(format)?, row.bytes(body)?).map_err(|problem| row.unreadable(body, problem))
}
