//! Search of audit events.

mod bounds;
mod postings;

use floorkey::{InstanceId, Timestamp};

use crate::audit_term::AuditTerm;
use crate::backend::{Snapshot, Value};
use crate::error::StoreError;
use crate::sql;
use crate::store::Store;
use crate::stored_event::{self, BODY, StoredEvent};
use bounds::Bounds;
use postings::{Reader, Search};

/// The maximum number of index entries that a search for a page reads. A search for terms that many events have, but
/// few events have together, ends before it is complete.
pub(crate) const ENTRIES_MAX: usize = 200_000;

/// A query for audit events. The default query matches all events, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Matching events have all of these terms.
    pub terms: Vec<AuditTerm>,
    /// Matching events have at least one of these terms. An empty list matches all events.
    pub any_of: Vec<AuditTerm>,
    /// Matching events have none of these terms.
    pub none_of: Vec<AuditTerm>,
    /// Only events with a sequence number lower than this number match.
    pub before: Option<u64>,
    /// Only events with a sequence number higher than this number match.
    pub after: Option<u64>,
    /// Only events at this time or later match.
    pub from: Option<Timestamp>,
    /// Only events before this time match.
    pub to: Option<Timestamp>,
    /// The order of the results.
    pub order: AuditOrder,
}

/// The order of the results of a query, by sequence number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AuditOrder {
    /// The event with the highest sequence number comes first.
    #[default]
    NewestFirst,
    /// The event with the lowest sequence number comes first.
    OldestFirst,
}

impl AuditQuery {
    /// Returns the query for the results that come after the event with this sequence number.
    #[must_use]
    pub fn beyond(self, seq: u64) -> Self {
        match self.order {
            AuditOrder::NewestFirst => Self { before: Some(seq), ..self },
            AuditOrder::OldestFirst => Self { after: Some(seq), ..self },
        }
    }
}

/// The sequence numbers of the events that match a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditPositions {
    /// The sequence numbers, in the order of the query.
    pub found: Vec<u64>,
    /// If there may be further results, the sequence number beyond which they are: see [`AuditQuery::beyond`].
    pub resume: Option<u64>,
}

impl Store {
    /// Returns at most `limit` audit events of an instance that match a query. The instance may have been deleted. The
    /// search uses the index, so events that do not match are not read.
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
            let positions = times(snapshot, instance, &query, limit)?;
            let events = positions.into_iter().map(|(seq, _)| event(snapshot, instance, seq));
            events.filter_map(Result::transpose).collect()
        });
        read.await
    }

    /// Returns the sequence numbers of at most `limit` audit events that match a query. The search ends early if it
    /// would take long.
    ///
    /// # Errors
    /// Returns the same errors as [`Store::audit_events`].
    pub async fn audit_positions(
        &self,
        instance: InstanceId,
        query: AuditQuery,
        limit: usize,
    ) -> Result<AuditPositions, StoreError> {
        self.backend().read_indexed(move |snapshot| positions(snapshot, instance, &query, limit)).await
    }

    /// Returns the audit event with the given sequence number, or `None` if the event does not exist.
    ///
    /// # Errors
    /// Returns the same errors as [`Store::audit_events`].
    pub async fn audit_event(&self, instance: InstanceId, seq: u64) -> Result<Option<StoredEvent>, StoreError> {
        self.backend().read(move |snapshot| event(snapshot, instance, seq)).await
    }

    /// Returns the text of an event's body, from which the leaf hash is computed. Returns `None` if the event does not
    /// exist, or if its body takes up more than `bytes_max` bytes in the database.
    ///
    /// # Errors
    /// Returns the same errors as [`Store::audit_events`].
    pub async fn audit_event_body(
        &self,
        instance: InstanceId,
        seq: u64,
        bytes_max: usize,
    ) -> Result<Option<String>, StoreError> {
        let read = self.backend().read(move |snapshot| {
            let values = [Value::id(instance), Value::count(seq)];
            let body = snapshot.first_row(&sql::READ_EVENT, &values, |row| match row.bytes(BODY)?.len() <= bytes_max {
                true => stored_event::unpack_column(row, BODY).map(Some),
                false => Ok(None),
            });
            body.map(Option::flatten)
        });
        read.await
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

/// Returns the sequence numbers of the events that match a query. The search reads at most about [`ENTRIES_MAX`]
/// entries of the index.
pub(crate) fn positions(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    query: &AuditQuery,
    limit: usize,
) -> Result<AuditPositions, StoreError> {
    let (found, stopped_at) = search(snapshot, instance, query, limit, ENTRIES_MAX)?;
    let found: Vec<u64> = found.into_iter().map(|(seq, _)| seq).collect();
    let last = found.last().copied().filter(|_| found.len() >= limit);
    Ok(AuditPositions { found, resume: stopped_at.or(last) })
}

/// Returns the sequence numbers and times of at most `limit` events that match a query.
pub(crate) fn times(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    query: &AuditQuery,
    limit: usize,
) -> Result<Vec<(u64, Timestamp)>, StoreError> {
    Ok(search(snapshot, instance, query, limit, usize::MAX)?.0)
}

/// The sequence numbers and times of events. If the search ended early, also the sequence number of the event that it
/// examined last.
type SearchResult = (Vec<(u64, Timestamp)>, Option<u64>);

fn search(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    query: &AuditQuery,
    limit: usize,
    entries_max: usize,
) -> Result<SearchResult, StoreError> {
    let mut found = Vec::new();
    let Some(bounds) = Bounds::new(snapshot, instance, query)? else { return Ok((found, None)) };
    let Some(mut search) = Search::new(snapshot, instance, query)? else { return Ok((found, None)) };
    let mut reader = Reader::new(snapshot, bounds, entries_max);
    let mut rank = Some(bounds.first_rank());
    while let Some(next) = rank
        && found.len() < limit
        && let Some((hit, at)) = search.next(&mut reader, next)?
    {
        found.push((bounds.seq(hit), at));
        rank = hit.checked_sub(1);
    }
    let stopped_at = reader.is_exhausted().then(|| bounds.seq(reader.next_rank().saturating_add(1)));
    Ok((found, stopped_at))
}

#[cfg(test)]
mod tests;
