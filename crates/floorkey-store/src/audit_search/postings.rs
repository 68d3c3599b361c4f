//! Combines the sorted lists of the events that have a term.
//!
//! All lists of a query are advanced together. Each list skips to the event that another list has reached, so a search
//! for a common and a rare term reads little of the common term's list. The lists are read in chunks. The chunks grow
//! while a list is read continuously, and are small again after a skip.

use floorkey::{InstanceId, Timestamp};

use super::bounds::Bounds;
use super::{AuditOrder, AuditQuery};
use crate::audit_term::AuditTerm;
use crate::backend::{Snapshot, Value};
use crate::error::StoreError;
use crate::sql::{self, Statement};

/// The numbers of entries that are read at a time.
const CHUNK_MIN: usize = 32;
const CHUNK_MAX: usize = 4_096;

/// The cost of a query, as a number of entries that take as long to read.
const QUERY_COST: usize = 16;

/// Reads entries of the index until a number of entries is exhausted.
pub(super) struct Reader<'a> {
    snapshot: &'a Snapshot<'a>,
    bounds: Bounds,
    entries_left: usize,
    is_exhausted: bool,
    /// The rank that is examined next. All events with higher ranks were examined.
    next_rank: u64,
}

impl<'a> Reader<'a> {
    pub(super) fn new(snapshot: &'a Snapshot<'a>, bounds: Bounds, entries_max: usize) -> Self {
        Self { snapshot, bounds, entries_left: entries_max, is_exhausted: false, next_rank: bounds.first_rank() }
    }

    /// Whether the search ended because it read the maximum number of entries.
    pub(super) const fn is_exhausted(&self) -> bool {
        self.is_exhausted
    }

    /// Returns the rank that would have been examined next. All events with higher ranks were examined.
    pub(super) const fn next_rank(&self) -> u64 {
        self.next_rank
    }
}

/// The events that have a term, or all events.
struct Postings {
    newest_first: &'static Statement,
    oldest_first: &'static Statement,
    key: Value,
    /// The entries that were read last, with descending ranks.
    entries: Vec<(u64, Timestamp)>,
    /// The position of the entry that was returned last.
    position: usize,
    is_complete: bool,
    chunk: usize,
}

impl Postings {
    fn new(newest_first: &'static Statement, oldest_first: &'static Statement, key: Value) -> Self {
        Self {
            newest_first,
            oldest_first,
            key,
            entries: Vec::new(),
            position: 0,
            is_complete: false,
            chunk: CHUNK_MIN / 2,
        }
    }

    fn all_events(instance: InstanceId) -> Self {
        Self::new(&sql::READ_POSITIONS, &sql::READ_POSITIONS_OLDEST_FIRST, Value::id(instance))
    }

    fn of_term(term: i64) -> Self {
        Self::new(&sql::READ_POSITIONS_OF_TERM, &sql::READ_POSITIONS_OF_TERM_OLDEST_FIRST, Value::Integer(term))
    }

    /// Returns the first entry that has at most this rank. Returns `None` at the end of the list, and if the reader is
    /// exhausted.
    fn seek(&mut self, reader: &mut Reader<'_>, rank: u64) -> Result<Option<(u64, Timestamp)>, StoreError> {
        let was_read_on = self.position * 2 >= self.entries.len();
        let rest = self.entries.get(self.position..).unwrap_or_default();
        self.position += match rest.first() {
            Some((first, _)) if *first <= rank => 0,
            _ => rest.partition_point(|(entry, _)| *entry > rank),
        };
        if self.position >= self.entries.len() && !self.is_complete {
            self.chunk = if was_read_on { (self.chunk * 2).min(CHUNK_MAX) } else { CHUNK_MIN };
            self.read(reader, rank)?;
        }
        Ok(self.entries.get(self.position).copied())
    }

    /// Reads the next chunk, which begins with the first entry that has at most this rank.
    fn read(&mut self, reader: &mut Reader<'_>, rank: u64) -> Result<(), StoreError> {
        self.entries.clear();
        self.position = 0;
        if reader.entries_left == 0 {
            reader.is_exhausted = true;
            return Ok(());
        }
        let (bounds, [highest, lowest, from, to, limit]) = (reader.bounds, reader.bounds.values(rank, self.chunk));
        let values = [self.key.clone(), highest, lowest, from, to, limit];
        let statement = match bounds.order {
            AuditOrder::NewestFirst => self.newest_first,
            AuditOrder::OldestFirst => self.oldest_first,
        };
        self.entries = reader.snapshot.rows(statement, &values, |row| Ok((bounds.seq(row.count(0)?), row.time(1)?)))?;
        self.is_complete = self.entries.len() < self.chunk;
        reader.entries_left = reader.entries_left.saturating_sub(self.entries.len() + QUERY_COST);
        Ok(())
    }
}

/// The lists of a query's terms.
pub(super) struct Search {
    required: Vec<Postings>,
    alternatives: Vec<Postings>,
    excluded: Vec<Postings>,
}

impl Search {
    /// Looks up the terms of a query. Returns `None` if no event can match, because a term has no events.
    pub(super) fn new(
        snapshot: &Snapshot<'_>,
        instance: InstanceId,
        query: &AuditQuery,
    ) -> Result<Option<Self>, StoreError> {
        let (required, alternatives) =
            (lists(snapshot, instance, &query.terms)?, lists(snapshot, instance, &query.any_of)?);
        if required.len() < query.terms.len() || (alternatives.is_empty() && !query.any_of.is_empty()) {
            return Ok(None);
        }
        let mut search = Self { required, alternatives, excluded: lists(snapshot, instance, &query.none_of)? };
        if search.required.is_empty() && search.alternatives.is_empty() {
            search.required.push(Postings::all_events(instance));
        }
        Ok(Some(search))
    }

    /// Returns the first matching event that has at most this rank. Returns `None` if there is no such event, and if
    /// the reader is exhausted.
    pub(super) fn next(
        &mut self,
        reader: &mut Reader<'_>,
        mut rank: u64,
    ) -> Result<Option<(u64, Timestamp)>, StoreError> {
        loop {
            reader.next_rank = rank;
            let Some((found, at)) = self.candidate(reader, rank)? else { return Ok(None) };
            reader.next_rank = found;
            let is_excluded = self.is_excluded(reader, found)?;
            match found.checked_sub(1) {
                _ if reader.is_exhausted => return Ok(None),
                _ if !is_excluded => return Ok(Some((found, at))),
                Some(next) => rank = next,
                None => return Ok(None),
            }
        }
    }

    /// Returns the first event that is in all required lists and, if there are alternatives, in one of these. Returns
    /// `None` if there is no such event, and if the reader is exhausted.
    fn candidate(&mut self, reader: &mut Reader<'_>, mut rank: u64) -> Result<Option<(u64, Timestamp)>, StoreError> {
        'agreement: loop {
            reader.next_rank = rank;
            let mut agreed = None;
            for list in &mut self.required {
                match list.seek(reader, rank)? {
                    None => return Ok(None),
                    Some((found, _)) if found < rank => {
                        rank = found;
                        continue 'agreement;
                    }
                    found => agreed = found,
                }
            }
            if self.alternatives.is_empty() {
                return Ok(agreed);
            }
            let mut first = None;
            for list in &mut self.alternatives {
                first = first.max(list.seek(reader, rank)?);
            }
            match first {
                // A list that was not read could contain an earlier event.
                _ if reader.is_exhausted => return Ok(None),
                Some((found, _)) if found < rank => rank = found,
                found => return Ok(found),
            }
        }
    }

    fn is_excluded(&mut self, reader: &mut Reader<'_>, rank: u64) -> Result<bool, StoreError> {
        for list in &mut self.excluded {
            if list.seek(reader, rank)?.is_some_and(|(found, _)| found == rank) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Returns the lists of the terms. Terms without events have no list. A term that occurs twice has two lists.
fn lists(snapshot: &Snapshot<'_>, instance: InstanceId, terms: &[AuditTerm]) -> Result<Vec<Postings>, StoreError> {
    let mut lists = Vec::with_capacity(terms.len());
    for term in terms {
        let values = [Value::id(instance), Value::Bytes(term.name())];
        lists.extend(snapshot.first_row(&sql::FIND_TERM, &values, |row| row.integer(0))?.map(Postings::of_term));
    }
    Ok(lists)
}
