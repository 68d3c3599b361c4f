//! Search of audit events.

use floorkey::{InstanceId, Timestamp};

use crate::audit_term::AuditTerm;
use crate::backend::{Snapshot, Value};
use crate::error::StoreError;
use crate::sql;
use crate::store::Store;
use crate::stored_event::{self, StoredEvent};

/// The maximum number of events that are counted for each term when the rarest term is determined.
const COUNT_MAX: u64 = 4_096;
/// The number of index entries that are read at a time.
const CHUNK: usize = 1_024;

/// A query for audit events. The default query matches all events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Matching events have all of these terms.
    pub terms: Vec<AuditTerm>,
    /// Matching events have at least one of these terms. An empty list matches all events.
    pub any_of: Vec<AuditTerm>,
    /// Only events with a sequence number lower than this number match.
    pub before: Option<u64>,
    /// Only events at this time or later match.
    pub from: Option<Timestamp>,
    /// Only events before this time match.
    pub to: Option<Timestamp>,
}

impl Store {
    /// Returns at most `limit` audit events of an instance that match a query, newest first. The instance may have been
    /// deleted. The search uses the index, so events that do not match are not read.
    ///
    /// # Errors
    /// Returns the same errors as [`Store::audit_events`].
    pub async fn audit_search(
        &self,
        instance: InstanceId,
        query: AuditQuery,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let read = self.backend().read_indexed(move |snapshot| {
            let positions = positions(snapshot, instance, &query, limit)?;
            let events = positions.into_iter().map(|(seq, _)| event(snapshot, instance, seq));
            events.filter_map(Result::transpose).collect()
        });
        read.await
    }

    /// Returns the audit event with the given sequence number, or `None` if the event does not exist.
    ///
    /// # Errors
    /// Returns the same errors as [`Store::audit_events`].
    pub async fn audit_event(&self, instance: InstanceId, seq: u64) -> Result<Option<StoredEvent>, StoreError> {
        self.backend().read(move |snapshot| event(snapshot, instance, seq)).await
    }
}

/// Returns the audit event with the given sequence number.
pub(crate) fn event(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    seq: u64,
) -> Result<Option<StoredEvent>, StoreError> {
    snapshot.first_row(&sql::READ_EVENT, &[Value::id(instance), Value::count(seq)], stored_event::from_row)
}

/// Returns the sequence numbers and times of the events that match a query, newest first.
pub(crate) fn positions(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    query: &AuditQuery,
    limit: usize,
) -> Result<Vec<(u64, Timestamp)>, StoreError> {
    let mut found = Vec::new();
    for term in &query.any_of {
        let terms = query.terms.iter().chain([term]).cloned().collect();
        let one = AuditQuery { terms, any_of: Vec::new(), ..*query };
        found.extend(positions_of_all(snapshot, instance, &one, limit)?);
    }
    if query.any_of.is_empty() {
        return positions_of_all(snapshot, instance, query, limit);
    }
    found.sort_unstable_by(|one, other| other.cmp(one));
    found.dedup();
    found.truncate(limit);
    Ok(found)
}

/// Does the same as [`positions`] for a query without `any_of`. Reads the events that have the rarest term, and keeps
/// the events that also have all other terms. Reads all events if the query has no terms.
fn positions_of_all(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    query: &AuditQuery,
    limit: usize,
) -> Result<Vec<(u64, Timestamp)>, StoreError> {
    let Some(terms) = rarest_first(snapshot, instance, &query.terms)? else { return Ok(Vec::new()) };
    let (statement, index_key, others) = match terms.split_first() {
        Some((rarest, others)) => (&sql::READ_POSITIONS_OF_TERM, Value::Integer(*rarest), others),
        None => (&sql::READ_POSITIONS, Value::id(instance), [].as_slice()),
    };
    let (from, to) =
        (query.from.map_or(i64::MIN, Timestamp::as_millis), query.to.map_or(i64::MAX, Timestamp::as_millis));
    let mut before = query.before.unwrap_or(u64::MAX);
    let mut found = Vec::new();
    let chunk = if others.is_empty() { limit } else { CHUNK };
    while found.len() < limit {
        let values = [
            index_key.clone(),
            Value::count(before),
            Value::Integer(from),
            Value::Integer(to),
            Value::count(u64::try_from(chunk).unwrap_or(u64::MAX)),
        ];
        let candidates = snapshot.rows(statement, &values, |row| Ok((row.count(0)?, row.time(1)?)))?;
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

/// Looks up the numbers of the terms in the index. Returns the numbers without duplicates, starting with the term that
/// has the fewest events. Returns `None` if any of the terms has no events.
fn rarest_first(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    terms: &[AuditTerm],
) -> Result<Option<Vec<i64>>, StoreError> {
    let mut names: Vec<Vec<u8>> = terms.iter().map(AuditTerm::name).collect();
    names.sort_unstable();
    names.dedup();
    let mut terms_with_counts = Vec::with_capacity(names.len());
    for name in names {
        let values = [Value::id(instance), Value::Bytes(name)];
        let Some(term) = snapshot.first_row(&sql::FIND_TERM, &values, |row| row.integer(0))? else { return Ok(None) };
        let values = [Value::Integer(term), Value::count(COUNT_MAX)];
        let count = snapshot.first_row(&sql::COUNT_TERM, &values, |row| row.count(0))?;
        terms_with_counts.push((count.unwrap_or(0), term));
    }
    terms_with_counts.sort_unstable();
    Ok(Some(terms_with_counts.into_iter().map(|(_, term)| term).collect()))
}

fn has_all(snapshot: &Snapshot<'_>, terms: &[i64], seq: u64) -> Result<bool, StoreError> {
    for term in terms {
        if snapshot.first_row(&sql::HAS_TERM, &[Value::Integer(*term), Value::count(seq)], |_| Ok(()))?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}
