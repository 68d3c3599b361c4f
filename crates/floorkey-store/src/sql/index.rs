//! Statements for the index of the logs (see `sqlite::index`).

use super::Statement;

statements! {
    /// Reads the number of the last row of a log that the index contains.
    READ_INDEX_STATE("index_state") = "SELECT upto FROM index_state WHERE log = $1";
    /// Records the number of the last row of a log that the index contains.
    ADVANCE_INDEX_STATE("index_state") = "UPDATE index_state SET upto = $2 WHERE log = $1";

    /// Reads the versions after the given row of the log, in order.
    READ_NEW_VERSIONS("version") =
        "SELECT number, instance, kind, id, revision FROM version WHERE number > $1 ORDER BY number LIMIT $2";
    /// Finds the number of a record.
    FIND_RECORD("record") = "SELECT number FROM record WHERE instance = $1 AND kind = $2 AND id = $3";
    /// Inserts a new record with the next record number of its instance, and returns the number.
    INSERT_RECORD("record") =
        "INSERT INTO record (number, instance, kind, id, revision, format) \
         SELECT COALESCE((SELECT MAX(number) + 1 FROM record WHERE number >= head.number * 4294967296 \
         AND number < (head.number + 1) * 4294967296), head.number * 4294967296), $1, $2, $3, 0, 0 \
         FROM head WHERE instance = $1 RETURNING number";
    /// Updates a record to the version `$2`, which has the revision `$3`. Changes no row if the record already has a
    /// later version.
    PUT_RECORD("record") =
        "UPDATE record SET (revision, format, body) = \
         (SELECT revision, format, body FROM version WHERE number = $2) WHERE number = $1 AND revision <= $3";
    /// Adds a version of a record. If a revision changes a record more than once, only the last version is kept.
    ADD_RECORD_VERSION("record_version") =
        "INSERT INTO record_version (record, revision, version) VALUES ($1, $2, $3) \
         ON CONFLICT (record, revision) DO UPDATE SET version = excluded.version";

    /// Reads the events after the given row of the log, in order.
    READ_NEW_EVENTS("audit_event") =
        "SELECT number, instance, seq, at_millis, format, body FROM audit_event \
         WHERE number > $1 ORDER BY number LIMIT $2";
    /// Adds events between two times to a block of events.
    EXTEND_BLOCK("audit_block") =
        "INSERT INTO audit_block (instance, number, first_millis, last_millis) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (instance, number) DO UPDATE SET \
         first_millis = CASE WHEN excluded.first_millis < audit_block.first_millis \
         THEN excluded.first_millis ELSE audit_block.first_millis END, \
         last_millis = CASE WHEN excluded.last_millis > audit_block.last_millis \
         THEN excluded.last_millis ELSE audit_block.last_millis END";
    /// Finds the number of a term.
    FIND_TERM("term") = "SELECT number FROM term WHERE instance = $1 AND name = $2";
    /// Inserts a new term, and returns the number of the term.
    INSERT_TERM("term") = "INSERT INTO term (instance, name) VALUES ($1, $2) RETURNING number";
    /// Adds an event to the events of a term.
    ADD_TERM("audit_term") =
        "INSERT INTO audit_term (term, seq, at_millis) VALUES ($1, $2, $3) ON CONFLICT (term, seq) DO NOTHING";
    /// Adds the signature of an API request that made a change.
    ADD_SIGNATURE("used_signature") =
        "INSERT INTO used_signature (instance, at_millis, hash) VALUES ($1, $2, $3) \
         ON CONFLICT (instance, at_millis, hash) DO NOTHING";
}
