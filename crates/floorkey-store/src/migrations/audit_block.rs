//! The sixth migration: the times of blocks of audit events.

use super::{Migration, both};

/// Adds the times of each block of 1,024 consecutive events to the index. A search for a period reads only the events of
/// the blocks that overlap the period.
pub(super) const AUDIT_BLOCK: Migration = Migration {
    number: 6,
    name: "the times of blocks of events",
    statements: &[
        both(
            "CREATE TABLE audit_block (\
             instance BLOB NOT NULL, \
             number BIGINT NOT NULL, \
             first_millis BIGINT NOT NULL, \
             last_millis BIGINT NOT NULL, \
             PRIMARY KEY (instance, number))",
        ),
        both(
            "INSERT INTO audit_block (instance, number, first_millis, last_millis) \
             SELECT instance, seq / 1024, MIN(at_millis), MAX(at_millis) FROM audit_event GROUP BY instance, seq / 1024",
        ),
    ],
};
