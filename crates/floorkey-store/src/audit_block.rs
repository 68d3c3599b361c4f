//! Blocks of audit events with consecutive sequence numbers. The index has the earliest and the latest time of each
//! block, so that a search within a period reads only the blocks that can match.

/// The number of events in a block.
pub(crate) const BLOCK: u64 = 1_024;

/// Returns the number of the block that contains the event with this sequence number.
pub(crate) const fn block_of(seq: i64) -> i64 {
    seq / BLOCK.cast_signed()
}
