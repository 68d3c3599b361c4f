//! Statements of the index over the logs; see `sqlite::index`.

use super::Statement;

statements! {
    /// Reads up to which row the index has followed a log.
    READ_INDEX_STATE("index_state") = "SELECT upto FROM index_state WHERE log = $1";
    /// Records up to which row the index has followed a log.
    ADVANCE_INDEX_STATE("index_state") = "UPDATE index_state SET upto = $2 WHERE log = $1";

    /// Reads the versions after a row, in order.
    READ_NEW_VERSIONS("version") =
        "SELECT number, instance, kind, id, revision FROM version WHERE number > $1 ORDER BY number LIMIT $2";
    /// Finds the number of a record.
    FIND_RECORD("record") = "SELECT number FROM record WHERE instance = $1 AND kind = $2 AND id = $3";
    /// Inserts a new record under the next number of its instance, and returns the number.
    INSERT_RECORD("record") =
        "INSERT INTO record (number, instance, kind, id, revision, format) \
         SELECT COALESCE((SELECT MAX(number) + 1 FROM record WHERE number >= head.number * 4294967296 \
         AND number < (head.number + 1) * 4294967296), head.number * 4294967296), $1, $2, $3, 0, 0 \
         FROM head WHERE instance = $1 RETURNING number";
    /// Sets the current version of a record to a version of revision `$3`, unless the record has a later one.
    PUT_RECORD("record") =
        "UPDATE record SET (revision, format, body) = \
         (SELECT revision, format, body FROM version WHERE number = $2) WHERE number = $1 AND revision <= $3";
    /// Adds a version of a record. A revision may change a record more than once: its last version counts.
    ADD_RECORD_VERSION("record_version") =
        "INSERT INTO record_version (record, revision, version) VALUES ($1, $2, $3) \
         ON CONFLICT (record, revision) DO UPDATE SET version = excluded.version";

    /// Reads the events after a row, in order.
    READ_NEW_EVENTS("audit_event") =
        "SELECT number, instance, seq, at_millis, format, body FROM audit_event \
         WHERE number > $1 ORDER BY number LIMIT $2";
    /// Finds the number of a term.
    FIND_TERM("term") = "SELECT number FROM term WHERE instance = $1 AND name = $2";
    /// Inserts a new term, and returns its number.
    INSERT_TERM("term") = "INSERT INTO term (instance, name) VALUES ($1, $2) RETURNING number";
    /// Adds an event to a term.
    ADD_TERM("audit_term") =
        "INSERT INTO audit_term (term, seq, at_millis) VALUES ($1, $2, $3) ON CONFLICT (term, seq) DO NOTHING";
    /// Adds a signature that made a change.
    ADD_SIGNATURE("used_signature") =
        "INSERT INTO used_signature (instance, at_millis, hash) VALUES ($1, $2, $3) \
         ON CONFLICT (instance, at_millis, hash) DO NOTHING";
}
