//! The second migration: sign-in data, and the index of the audit log.

use super::{Migration, both, only};
use crate::sql::Dialect;

/// Adds tables for sign-in data, for which no history is kept, and a table for the search terms of the audit log. A
/// user's rows are deleted together with the user.
pub(super) const CONSOLE: Migration = Migration {
    number: 2,
    name: "sessions, links, second factors, attempts, activity and the index of the audit",
    statements: &[
        // This table contains sessions, identified by the SHA-256 hash of their token. The token itself is not stored.
        both(
            "CREATE TABLE session (\
             token_hash BLOB NOT NULL PRIMARY KEY, \
             instance TEXT COLLATE BINARY NOT NULL, \
             user_id TEXT COLLATE BINARY NOT NULL, \
             epoch BIGINT NOT NULL, \
             created_at BIGINT NOT NULL, \
             proved_at BIGINT NOT NULL, \
             seen_at BIGINT NOT NULL, \
             expires_at BIGINT NOT NULL, \
             address TEXT, \
             agent TEXT)",
        ),
        both("CREATE INDEX session_owner ON session (instance, user_id)"),
        // This table contains single-use links that were sent by email. `detail` is the email address that the link was
        // sent to.
        both(
            "CREATE TABLE link (\
             token_hash BLOB NOT NULL PRIMARY KEY, \
             instance TEXT COLLATE BINARY NOT NULL, \
             user_id TEXT COLLATE BINARY NOT NULL, \
             purpose TEXT COLLATE BINARY NOT NULL, \
             detail TEXT NOT NULL, \
             epoch BIGINT NOT NULL, \
             created_at BIGINT NOT NULL, \
             expires_at BIGINT NOT NULL)",
        ),
        both("CREATE INDEX link_owner ON link (instance, user_id)"),
        // `used` increases each time a second factor is used, so that no code is accepted twice. For TOTP, `used` is
        // the last time step. For a passkey, `used` is the counter. For recovery codes, `used` is the set of used codes
        // as bits.
        both(
            "CREATE TABLE second_factor (\
             instance TEXT COLLATE BINARY NOT NULL, \
             user_id TEXT COLLATE BINARY NOT NULL, \
             factor_id TEXT COLLATE BINARY NOT NULL, \
             secret BLOB NOT NULL, \
             used BIGINT NOT NULL DEFAULT 0, \
             PRIMARY KEY (instance, user_id, factor_id))",
        ),
        // This table contains failed sign-in attempts, by bucket. `prior_failures` and `prior_at` contain the values
        // before the last failure. Because of these columns, one statement can count a failure and return the previous
        // state.
        both(
            "CREATE TABLE attempt (\
             bucket TEXT COLLATE BINARY NOT NULL PRIMARY KEY, \
             failures BIGINT NOT NULL, \
             last_at BIGINT NOT NULL, \
             prior_failures BIGINT NOT NULL, \
             prior_at BIGINT NOT NULL)",
        ),
        // This table contains the last activity of each user.
        both(
            "CREATE TABLE activity (\
             instance TEXT COLLATE BINARY NOT NULL, \
             user_id TEXT COLLATE BINARY NOT NULL, \
             signed_in_at BIGINT, \
             seen_at BIGINT, \
             failed_at BIGINT, \
             failures BIGINT NOT NULL DEFAULT 0, \
             visited_at BIGINT, \
             PRIMARY KEY (instance, user_id))",
        ),
        // This table contains the search terms of audit events. Every event also has the empty term. `at_millis` is the
        // time of the event, so a search by time and term reads only matching events.
        only(
            Dialect::Sqlite,
            "CREATE TABLE audit_term (\
             instance TEXT COLLATE BINARY NOT NULL, \
             term TEXT COLLATE BINARY NOT NULL, \
             seq BIGINT NOT NULL, \
             at_millis BIGINT NOT NULL, \
             PRIMARY KEY (instance, term, seq)) WITHOUT ROWID",
        ),
        only(
            Dialect::Postgres,
            "CREATE TABLE audit_term (\
             instance TEXT COLLATE BINARY NOT NULL, \
             term TEXT COLLATE BINARY NOT NULL, \
             seq BIGINT NOT NULL, \
             at_millis BIGINT NOT NULL, \
             PRIMARY KEY (instance, term, seq))",
        ),
        // Adds the terms of existing events. Only SQLite databases can have existing events. A body that is not JSON
        // was edited by hand. Such a body must not prevent Floorkey from starting, so the error is reported when the
        // event is read.
        only(Dialect::Sqlite, FILL),
    ],
};

const FILL: &str = "INSERT INTO audit_term (instance, term, seq, at_millis) \
    WITH event AS (SELECT instance, seq, at_millis, \
        CASE WHEN json_valid(body) THEN body ELSE '{}' END AS body FROM audit_event) \
    SELECT instance, '', seq, at_millis FROM event \
    UNION SELECT instance, 'target:' || json_extract(target.value, '$[0]') || ':' || json_extract(target.value, '$[1]'), \
        seq, at_millis FROM event, json_each(event.body, '$.targets') AS target \
    UNION SELECT instance, 'target:' || json_extract(change.value, '$.of[0]') || ':' || json_extract(change.value, '$.of[1]'), \
        seq, at_millis FROM event, json_each(event.body, '$.changes') AS change \
    UNION SELECT instance, CASE WHEN json_type(body, '$.by.operator') IS NOT NULL THEN 'actor:operator' \
        WHEN json_type(body, '$.by') = 'text' THEN 'actor:system' \
        ELSE 'actor:' || COALESCE(json_extract(body, '$.by.user.id'), json_extract(body, '$.by.user_key.id')) END, \
        seq, at_millis FROM event WHERE json_type(body, '$.by') IS NOT NULL \
    UNION SELECT instance, 'act:' || json_extract(body, '$.act'), seq, at_millis \
        FROM event WHERE json_type(body, '$.act') IS NOT NULL \
    UNION SELECT instance, 'outcome:refused', seq, at_millis \
        FROM event WHERE json_type(body, '$.outcome.refused') IS NOT NULL \
    UNION SELECT instance, 'flag', seq, at_millis \
        FROM event WHERE json_type(body, '$.flags[0]') IS NOT NULL";
