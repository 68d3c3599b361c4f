//! The third migration: the permissions that users have used.

use super::{Migration, both};

/// Adds a table for which no history is kept. A user's rows are deleted together with the user.
pub(super) const PERMISSION_USE: Migration = Migration {
    number: 3,
    name: "which permissions users use",
    statements: &[both(
        "CREATE TABLE permission_use (\
         instance TEXT COLLATE BINARY NOT NULL, \
         user_id TEXT COLLATE BINARY NOT NULL, \
         permission TEXT COLLATE BINARY NOT NULL, \
         uses BIGINT NOT NULL, \
         last_at BIGINT NOT NULL, \
         PRIMARY KEY (instance, user_id, permission))",
    )],
};
