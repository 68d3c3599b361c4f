//! Looking for audit events.

use floorkey::{InstanceId, Timestamp};

use crate::audit_term::AuditTerm;
use crate::backend::{Snapshot, Value};
use crate::error::StoreError;
use crate::sql;
use crate::store::Store;
use crate::stored_event::{self, StoredEvent};

/// How far the events of a term are counted to find the rarest.
const COUNTED: u64 = 4_096;
/// Places that are read at a time.
const CHUNK: usize = 1_024;

/// Which audit events to look for. The default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// They have all of these.
    pub terms: Vec<AuditTerm>,
    /// They have one of these, where there are any.
    pub any_of: Vec<AuditTerm>,
    /// They come before this place.
    pub before: Option<u64>,
    /// They are of this time or later.
    pub from: Option<Timestamp>,
    /// They are of before this time.
    pub to: Option<Timestamp>,
}

impl Store {
    /// Audit events of an instance, deleted ones too: the newest first, and `limit` at most. Answered by the index:
    /// what is not found is not read.
    ///
    /// # Errors
    /// As [`Store::audit_events`].
    pub async fn audit_search(
        &self,
        instance: InstanceId,
        query: AuditQuery,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let read = self.backend().read_indexed(move |snapshot| {
            let places = places(snapshot, instance, &query, limit)?;
            let events = places.into_iter().map(|(seq, _)| event(snapshot, instance, seq));
            events.filter_map(Result::transpose).collect()
        });
        read.await
    }

    /// The audit event of a place; `None` if the audit isn't that long.
    ///
    /// # Errors
    /// As [`Store::audit_events`].
    pub async fn audit_event(&self, instance: InstanceId, seq: u64) -> Result<Option<StoredEvent>, StoreError> {
        self.backend().read(move |snapshot| event(snapshot, instance, seq)).await
    }
}

/// The event of a place.
pub(crate) fn event(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    seq: u64,
) -> Result<Option<StoredEvent>, StoreError> {
    snapshot.first(&sql::READ_EVENT, &[Value::id(instance), Value::count(seq)], stored_event::read)
}

/// Places and times of the events that are looked for, the newest first.
pub(crate) fn places(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    query: &AuditQuery,
    limit: usize,
) -> Result<Vec<(u64, Timestamp)>, StoreError> {
    let mut found = Vec::new();
    for term in &query.any_of {
        let terms = query.terms.iter().chain([term]).cloned().collect();
        let one = AuditQuery { terms, any_of: Vec::new(), ..*query };
        found.extend(places_of_all(snapshot, instance, &one, limit)?);
    }
    if query.any_of.is_empty() {
        return places_of_all(snapshot, instance, query, limit);
    }
    found.sort_unstable_by(|one, other| other.cmp(one));
    found.dedup();
    found.truncate(limit);
    Ok(found)
}

/// The same for the terms that they all have: along the rarest term, those that have the others too. Without terms,
/// along the events themselves.
fn places_of_all(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    query: &AuditQuery,
    limit: usize,
) -> Result<Vec<(u64, Timestamp)>, StoreError> {
    let Some(terms) = rarest_first(snapshot, instance, &query.terms)? else { return Ok(Vec::new()) };
    let (statement, along, others) = match terms.split_first() {
        Some((rarest, others)) => (&sql::READ_TERM, Value::Integer(*rarest), others),
        None => (&sql::READ_PLACES, Value::id(instance), [].as_slice()),
    };
    let (from, to) =
        (query.from.map_or(i64::MIN, Timestamp::as_millis), query.to.map_or(i64::MAX, Timestamp::as_millis));
    let mut before = query.before.unwrap_or(u64::MAX);
    let mut found = Vec::new();
    let chunk = if others.is_empty() { limit } else { CHUNK };
    while found.len() < limit {
        let values = [
            along.clone(),
            Value::count(before),
            Value::Integer(from),
            Value::Integer(to),
            Value::count(u64::try_from(chunk).unwrap_or(u64::MAX)),
        ];
        let candidates = snapshot.all(statement, &values, |row| Ok((row.count(0)?, row.time(1)?)))?;
        for (seq, at) in &candidates {
            if found.len() < limit && has_all(snapshot, others, *seq)? {
                found.push((*seq, *at));
            }
        }
        match candidates.last() {
            Some((last, _)) if candidates.len() == chunk => before = *last,
            _ => break,
        }
    }
    Ok(found)
}

/// The numbers of the terms, each once, the one with the fewest events first; `None` where no event has one of them.
fn rarest_first(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    terms: &[AuditTerm],
) -> Result<Option<Vec<i64>>, StoreError> {
    let mut names: Vec<Vec<u8>> = terms.iter().map(AuditTerm::name).collect();
    names.sort_unstable();
    names.dedup();
    let mut counted = Vec::with_capacity(names.len());
    for name in names {
        let values = [Value::id(instance), Value::Bytes(name)];
        let Some(term) = snapshot.first(&sql::FIND_TERM, &values, |row| row.integer(0))? else { return Ok(None) };
        let values = [Value::Integer(term), Value::count(COUNTED)];
        let count = snapshot.first(&sql::COUNT_TERM, &values, |row| row.count(0))?;
        counted.push((count.unwrap_or(0), term));
    }
    counted.sort_unstable();
    Ok(Some(counted.into_iter().map(|(_, term)| term).collect()))
}

fn has_all(snapshot: &Snapshot<'_>, terms: &[i64], seq: u64) -> Result<bool, StoreError> {
    for term in terms {
        if snapshot.first(&sql::HAS_TERM, &[Value::Integer(*term), Value::count(seq)], |_| Ok(()))?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}
