//! Statements about audit events and what they are found by, and about the versions that one revision made and ended.

use super::Statement;

statements! {
    /// An event.
    ADD_EVENT("audit_event") =
        "INSERT INTO audit_event (instance, seq, at_millis, format, body, personal, leaf) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// Events, the newest first.
    READ_EVENTS("audit_event") =
        "SELECT instance, seq, at_millis, format, body, personal, leaf FROM audit_event \
         WHERE instance = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3";
    /// One event.
    READ_EVENT("audit_event") =
        "SELECT instance, seq, at_millis, format, body, personal, leaf FROM audit_event \
         WHERE instance = $1 AND seq = $2";

    /// What an event can be found by.
    ADD_TERM("audit_term") = "INSERT INTO audit_term (instance, term, seq, at_millis) VALUES ($1, $2, $3, $4)";
    /// The places of the events with a term, the newest first: before a place, from one time to before another.
    READ_TERM("audit_term") =
        "SELECT instance, term, seq, at_millis FROM audit_term \
         WHERE instance = $1 AND term = $2 AND seq < $3 AND at_millis >= $4 AND at_millis < $5 \
         ORDER BY seq DESC LIMIT $6";
    /// Whether an event has a term.
    HAS_TERM("audit_term") =
        "SELECT instance, term, seq, at_millis FROM audit_term WHERE instance = $1 AND term = $2 AND seq = $3";
    /// The terms from one to before another.
    READ_TERMS("audit_term") =
        "SELECT instance, term, seq, at_millis FROM audit_term WHERE instance = $1 AND term >= $2 AND term < $3";
    /// How many events have a term, counted no further than `$3`.
    COUNT_TERM("audit_term") =
        "SELECT COUNT(*) FROM (SELECT seq FROM audit_term WHERE instance = $1 AND term = $2 LIMIT $3) AS few";

    /// The version of a record that was in force just before a revision.
    READ_VERSION_BEFORE("record") =
        "SELECT instance, kind, id, revision, until_revision, format, body FROM record \
         WHERE instance = $1 AND kind = $2 AND id = $3 AND revision < $4 \
         AND (until_revision IS NULL OR until_revision >= $4) ORDER BY revision DESC LIMIT 1";
    /// The versions that a revision made, and the older ones that it ended.
    READ_REVISION("record") =
        "SELECT instance, kind, id, revision, until_revision, format, body FROM record \
         WHERE instance = $1 AND revision = $2 \
         UNION ALL SELECT instance, kind, id, revision, until_revision, format, body FROM record \
         WHERE instance = $1 AND until_revision = $2 AND revision < $2";
    /// The users that a revision ended for good: no later version of them is there.
    READ_DELETED_USERS("record") =
        "SELECT instance, kind, id, revision, until_revision, format, body FROM record AS gone \
         WHERE instance = $1 AND until_revision = $2 AND kind = 'user' AND NOT EXISTS (SELECT 1 FROM record AS later \
         WHERE later.instance = gone.instance AND later.kind = gone.kind AND later.id = gone.id \
         AND later.revision >= $2) ORDER BY id";
}
