//! The range of sequence numbers in which a query can match.
//!
//! Clocks can be set back, so times do not always increase with the sequence numbers. Each block of consecutive events
//! therefore has its earliest and its latest time in the index. A query for a period reads only the range from the
//! first block to the last block that overlap the period.

use floorkey::{InstanceId, Timestamp};

use super::{AuditOrder, AuditQuery};
use crate::audit_block::BLOCK;
use crate::backend::{Snapshot, Value};
use crate::error::StoreError;
use crate::sql;

/// The highest sequence number that the database can store.
const SEQ_MAX: u64 = i64::MAX.unsigned_abs();

/// The range of sequence numbers and of times in which a query can match.
///
/// Ranks are sequence numbers, or their mirror image for queries that return the oldest event first. Events with higher
/// ranks therefore always come first.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub(super) order: AuditOrder,
    lowest: u64,
    highest: u64,
    from: i64,
    to: i64,
}

impl Bounds {
    /// Returns the range of a query, or `None` if the query can't match any event.
    pub(super) fn new(
        snapshot: &Snapshot<'_>,
        instance: InstanceId,
        query: &AuditQuery,
    ) -> Result<Option<Self>, StoreError> {
        let highest = query.before.map_or(Some(SEQ_MAX), |before| before.checked_sub(1));
        let mut bounds = Self {
            order: query.order,
            lowest: query.after.map_or(0, |after| after.saturating_add(1)),
            highest: highest.map_or(0, |highest| highest.min(SEQ_MAX)),
            from: query.from.map_or(i64::MIN, Timestamp::as_millis),
            to: query.to.map_or(i64::MAX, Timestamp::as_millis),
        };
        if query.from.is_some() || query.to.is_some() {
            let values = [Value::id(instance), Value::Integer(bounds.from), Value::Integer(bounds.to)];
            let blocks = snapshot.first_row(&sql::READ_BLOCKS, &values, |row| {
                Ok(row.optional_integer(0)?.zip(row.optional_integer(1)?))
            })?;
            let Some((first, last)) = blocks.flatten() else { return Ok(None) };
            let (first, last) = (first.unsigned_abs(), last.unsigned_abs());
            bounds.lowest = bounds.lowest.max(first.saturating_mul(BLOCK));
            bounds.highest = bounds.highest.min(last.saturating_add(1).saturating_mul(BLOCK) - 1);
        }
        Ok((highest.is_some() && bounds.lowest <= bounds.highest).then_some(bounds))
    }

    /// Returns the rank of the event that comes first.
    pub(super) const fn first_rank(&self) -> u64 {
        match self.order {
            AuditOrder::NewestFirst => self.highest,
            AuditOrder::OldestFirst => SEQ_MAX - self.lowest,
        }
    }

    /// Converts a rank into a sequence number, or a sequence number into a rank.
    pub(super) const fn seq(&self, rank: u64) -> u64 {
        match self.order {
            AuditOrder::NewestFirst => rank,
            AuditOrder::OldestFirst => SEQ_MAX.saturating_sub(rank),
        }
    }

    /// Returns the parameters of a statement that reads at most `limit` events with at most this rank: the highest and
    /// the lowest sequence number, the range of times, and the limit.
    pub(super) fn values(&self, rank: u64, limit: usize) -> [Value; 5] {
        let (highest, lowest) = match self.order {
            AuditOrder::NewestFirst => (rank.min(self.highest), self.lowest),
            AuditOrder::OldestFirst => (self.highest, self.seq(rank).max(self.lowest)),
        };
        [
            Value::count(highest),
            Value::count(lowest),
            Value::Integer(self.from),
            Value::Integer(self.to),
            Value::count(u64::try_from(limit).unwrap_or(u64::MAX)),
        ]
    }
}
