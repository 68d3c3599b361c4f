//! Statements about audit events, their index, and the record versions of a revision.

use super::Statement;

statements! {
    /// Appends an event to the audit log.
    ADD_EVENT("audit_event") =
        "INSERT INTO audit_event (instance, seq, at_millis, format, body, personal, leaf) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// Reads events, newest first.
    READ_EVENTS("audit_event") =
        "SELECT instance, seq, at_millis, format, body, personal, leaf FROM audit_event \
         WHERE instance = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3";
    /// Reads one event.
    READ_EVENT("audit_event") =
        "SELECT instance, seq, at_millis, format, body, personal, leaf FROM audit_event \
         WHERE instance = $1 AND seq = $2";

    /// Reads the positions of events in a range of sequence numbers and in a time range, newest first. The bounds of
    /// sequence numbers are inclusive.
    READ_POSITIONS("audit_event") =
        "SELECT seq, at_millis FROM audit_event WHERE instance = $1 AND seq <= $2 AND seq >= $3 \
         AND at_millis >= $4 AND at_millis < $5 ORDER BY seq DESC LIMIT $6";
    /// Does the same as [`READ_POSITIONS`], oldest first.
    READ_POSITIONS_OLDEST_FIRST("audit_event") =
        "SELECT seq, at_millis FROM audit_event WHERE instance = $1 AND seq <= $2 AND seq >= $3 \
         AND at_millis >= $4 AND at_millis < $5 ORDER BY seq LIMIT $6";
    /// Does the same as [`READ_POSITIONS`], but only for the events that have the given term.
    READ_POSITIONS_OF_TERM("audit_term") =
        "SELECT seq, at_millis FROM audit_term WHERE term = $1 AND seq <= $2 AND seq >= $3 \
         AND at_millis >= $4 AND at_millis < $5 ORDER BY seq DESC LIMIT $6";
    /// Does the same as [`READ_POSITIONS_OF_TERM`], oldest first.
    READ_POSITIONS_OF_TERM_OLDEST_FIRST("audit_term") =
        "SELECT seq, at_millis FROM audit_term WHERE term = $1 AND seq <= $2 AND seq >= $3 \
         AND at_millis >= $4 AND at_millis < $5 ORDER BY seq LIMIT $6";
    /// Reads the numbers of the first and the last block of events that overlap a time range. Both are NULL if there is
    /// no such block.
    READ_BLOCKS("audit_block") =
        "SELECT MIN(number), MAX(number) FROM audit_block \
         WHERE instance = $1 AND last_millis >= $2 AND first_millis < $3";
    /// Reads the signatures of API requests that made changes at the given time or later, ordered by time.
    READ_SIGNATURES("used_signature") =
        "SELECT instance, at_millis, hash FROM used_signature \
         WHERE instance = $1 AND at_millis >= $2 ORDER BY at_millis, hash";

    /// Reads the last version of a record before the given revision. The version has no body if the record was removed.
    READ_VERSION_BEFORE("record_version") =
        "SELECT version.instance, version.kind, version.id, version.revision, version.format, version.body \
         FROM record JOIN record_version ON record_version.record = record.number \
         JOIN version ON version.number = record_version.version \
         WHERE record.instance = $1 AND record.kind = $2 AND record.id = $3 AND record_version.revision < $4 \
         ORDER BY record_version.revision DESC LIMIT 1";
    /// Reads the versions that a revision added, each with the previous version of the same record.
    READ_REVISION("version") =
        "SELECT made.instance, made.kind, made.id, made.revision, made.format, made.body, \
         earlier.format, earlier.body FROM version AS made LEFT JOIN version AS earlier ON earlier.number = \
         (SELECT record_version.version FROM record JOIN record_version ON record_version.record = record.number \
         WHERE record.instance = made.instance AND record.kind = made.kind AND record.id = made.id \
         AND record_version.revision < made.revision ORDER BY record_version.revision DESC LIMIT 1) \
         WHERE made.instance = $1 AND made.revision = $2 \
         AND made.number <= (SELECT upto FROM index_state WHERE log = 'version') ORDER BY made.number LIMIT $3";
    /// Reads the keys of the records that changed after the revision `$2`, up to the revision `$3`.
    READ_CHANGED_KEYS("version") =
        "SELECT instance, kind, id FROM version WHERE instance = $1 AND revision > $2 AND revision <= $3";
    /// Reads the last version of each user who was deleted by a revision and not restored later.
    READ_DELETED_USERS("version") =
        "SELECT earlier.instance, earlier.kind, earlier.id, earlier.revision, earlier.format, earlier.body \
         FROM version AS gone JOIN record ON record.instance = gone.instance AND record.kind = gone.kind \
         AND record.id = gone.id JOIN version AS earlier ON earlier.number = \
         (SELECT record_version.version FROM record_version WHERE record_version.record = record.number \
         AND record_version.revision < gone.revision ORDER BY record_version.revision DESC LIMIT 1) \
         WHERE gone.instance = $1 AND gone.revision = $2 AND gone.kind = 'user' AND gone.body IS NULL \
         AND record.revision = gone.revision AND record.body IS NULL AND earlier.body IS NOT NULL ORDER BY gone.id";
}
