//! The fifth migration: the preferences of users, such as their time zone.

use super::{Migration, both};

/// Adds a table for which no history is kept. A user's rows are deleted together with the user.
pub(super) const PREFERENCE: Migration = Migration {
    number: 5,
    name: "preferences of users",
    statements: &[both(
        "CREATE TABLE preference (\
         instance BLOB NOT NULL, \
         user_id BLOB NOT NULL, \
         name TEXT COLLATE BINARY NOT NULL, \
         body TEXT NOT NULL, \
         PRIMARY KEY (instance, user_id, name))",
    )],
};
