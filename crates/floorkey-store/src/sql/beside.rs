//! Statements about what has no history and no revision: sessions, links, second factors, attempts, activity,
//! the use of permissions.
//!
//! What belongs to a user is written only while the user is there, so that nothing outlives its user, however late it
//! comes.

use super::Statement;

statements! {
    /// A new session: no row if there is no such user.
    ADD_SESSION("session") =
        "INSERT INTO session (token_hash, instance, user_id, epoch, created_at, proved_at, seen_at, expires_at, \
         address, agent) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 WHERE EXISTS (SELECT 1 FROM record \
         WHERE instance = $2 AND kind = 'user' AND id = $3 AND body IS NOT NULL) RETURNING expires_at";
    /// A session goes, to make room for one in its place.
    DROP_SESSION("session") = "DELETE FROM session WHERE token_hash = $1";
    /// A session in place of another: no row if there is no such user.
    REPLACE_SESSION("session") =
        "INSERT INTO session (token_hash, instance, user_id, epoch, created_at, proved_at, seen_at, expires_at, \
         address, agent) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 WHERE EXISTS (SELECT 1 FROM record \
         WHERE instance = $2 AND kind = 'user' AND id = $3 AND body IS NOT NULL)";
    /// A session.
    READ_SESSION("session") =
        "SELECT token_hash, instance, user_id, epoch, created_at, proved_at, seen_at, expires_at, address, agent \
         FROM session WHERE token_hash = $1";
    /// The sessions of a user, the newest first.
    READ_SESSIONS("session") =
        "SELECT token_hash, instance, user_id, epoch, created_at, proved_at, seen_at, expires_at, address, agent \
         FROM session WHERE instance = $1 AND user_id = $2 ORDER BY created_at DESC, token_hash";
    /// A session was used.
    TOUCH_SESSION("session") =
        "UPDATE session SET seen_at = $2 WHERE token_hash = $1 AND seen_at < $2 RETURNING seen_at";
    /// A session goes.
    END_SESSION("session") = "DELETE FROM session WHERE token_hash = $1 RETURNING expires_at";
    /// The sessions of a user go, but for one.
    END_OTHER_SESSIONS("session") =
        "DELETE FROM session WHERE instance = $1 AND user_id = $2 AND token_hash <> $3 RETURNING expires_at";
    /// The sessions go that have ended by themselves.
    PURGE_SESSIONS("session") = "DELETE FROM session WHERE expires_at <= $1 RETURNING expires_at";
    /// All sessions of a user go.
    FORGET_SESSIONS_OF_USER("session") = "DELETE FROM session WHERE instance = $1 AND user_id = $2";
    /// All sessions of an instance go.
    FORGET_SESSIONS("session") = "DELETE FROM session WHERE instance = $1";

    /// A new link: no row if there is no such user.
    ADD_LINK("link") =
        "INSERT INTO link (token_hash, instance, user_id, purpose, detail, epoch, created_at, expires_at) \
         SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE EXISTS (SELECT 1 FROM record \
         WHERE instance = $2 AND kind = 'user' AND id = $3 AND body IS NOT NULL) RETURNING expires_at";
    /// A link.
    READ_LINK("link") =
        "SELECT token_hash, instance, user_id, purpose, detail, epoch, created_at, expires_at \
         FROM link WHERE token_hash = $1";
    /// A link is used: no row if it was used before, or is too old.
    CONSUME_LINK("link") = "DELETE FROM link WHERE token_hash = $1 AND expires_at > $2 RETURNING expires_at";
    /// Links of a user go: those for a purpose, or all where it is empty.
    VOID_LINKS("link") =
        "DELETE FROM link WHERE instance = $1 AND user_id = $2 AND (purpose = $3 OR $3 = '') RETURNING expires_at";
    /// The links go that are too old.
    PURGE_LINKS("link") = "DELETE FROM link WHERE expires_at <= $1 RETURNING expires_at";
    /// All links of a user go.
    FORGET_LINKS_OF_USER("link") = "DELETE FROM link WHERE instance = $1 AND user_id = $2";
    /// All links of an instance go.
    FORGET_LINKS("link") = "DELETE FROM link WHERE instance = $1";

    /// A second factor, new or replaced. A new secret was never used.
    PUT_SECOND_FACTOR("second_factor") =
        "INSERT INTO second_factor (instance, user_id, factor_id, secret, used) VALUES ($1, $2, $3, $4, 0) \
         ON CONFLICT (instance, user_id, factor_id) DO UPDATE SET secret = excluded.secret, used = 0";
    /// A second factor goes.
    FORGET_SECOND_FACTOR("second_factor") =
        "DELETE FROM second_factor WHERE instance = $1 AND user_id = $2 AND factor_id = $3";
    /// All second factors of a user go.
    FORGET_SECOND_FACTORS("second_factor") = "DELETE FROM second_factor WHERE instance = $1 AND user_id = $2";
    /// All second factors of an instance go.
    FORGET_ALL_SECOND_FACTORS("second_factor") = "DELETE FROM second_factor WHERE instance = $1";
    /// The second factors of a user.
    READ_SECOND_FACTORS("second_factor") =
        "SELECT instance, user_id, factor_id, secret, used FROM second_factor \
         WHERE instance = $1 AND user_id = $2 ORDER BY factor_id";
    /// A second factor is used: no row if it was used in between.
    USE_SECOND_FACTOR("second_factor") =
        "UPDATE second_factor SET used = $5, secret = COALESCE($6, secret) \
         WHERE instance = $1 AND user_id = $2 AND factor_id = $3 AND used = $4 RETURNING used";

    /// One more failure. Those before count on if the last of them is later than `$3`, else they are forgotten.
    COUNT_ATTEMPT("attempt") =
        "INSERT INTO attempt (bucket, failures, last_at, prior_failures, prior_at) VALUES ($1, 1, $2, 0, 0) \
         ON CONFLICT (bucket) DO UPDATE SET \
         failures = CASE WHEN attempt.last_at > $3 THEN attempt.failures + 1 ELSE 1 END, \
         prior_failures = CASE WHEN attempt.last_at > $3 THEN attempt.failures ELSE 0 END, \
         prior_at = attempt.last_at, last_at = excluded.last_at \
         RETURNING failures, last_at, prior_failures, prior_at";
    /// The failures of a bucket as they are now.
    PUT_ATTEMPT("attempt") =
        "INSERT INTO attempt (bucket, failures, last_at, prior_failures, prior_at) VALUES ($1, $2, $3, 0, 0) \
         ON CONFLICT (bucket) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, \
         prior_failures = 0, prior_at = 0";
    /// The failures of a bucket.
    READ_ATTEMPT("attempt") = "SELECT bucket, failures, last_at FROM attempt WHERE bucket = $1";
    /// The failures of the buckets from one name to before another.
    READ_ATTEMPTS("attempt") =
        "SELECT bucket, failures, last_at FROM attempt WHERE bucket >= $1 AND bucket < $2 ORDER BY bucket";
    /// The failures of a bucket are forgotten.
    CLEAR_ATTEMPTS("attempt") = "DELETE FROM attempt WHERE bucket = $1";
    /// The failures of the buckets from one name to before another are forgotten.
    FORGET_ATTEMPTS("attempt") = "DELETE FROM attempt WHERE bucket >= $1 AND bucket < $2";
    /// Old failures are forgotten. Counts of refusals are not failures: they stay until an event sums them up.
    PURGE_ATTEMPTS("attempt") =
        "DELETE FROM attempt WHERE last_at < $1 AND bucket NOT LIKE 'refused:%' RETURNING last_at";

    /// A user signed in: no row if there is no such user.
    NOTE_SIGN_IN("activity") =
        "INSERT INTO activity (instance, user_id, signed_in_at, seen_at, failures) SELECT $1, $2, $3, $3, 0 \
         WHERE EXISTS (SELECT 1 FROM record \
         WHERE instance = $1 AND kind = 'user' AND id = $2 AND body IS NOT NULL) \
         ON CONFLICT (instance, user_id) DO UPDATE SET \
         signed_in_at = excluded.signed_in_at, seen_at = excluded.seen_at, failures = 0";
    /// A user did something: no row if there is no such user.
    NOTE_SEEN("activity") =
        "INSERT INTO activity (instance, user_id, seen_at) SELECT $1, $2, $3 WHERE EXISTS (SELECT 1 FROM record \
         WHERE instance = $1 AND kind = 'user' AND id = $2 AND body IS NOT NULL) \
         ON CONFLICT (instance, user_id) DO UPDATE SET seen_at = CASE \
         WHEN activity.seen_at > excluded.seen_at THEN activity.seen_at ELSE excluded.seen_at END";
    /// Attempts to sign in as the user failed, so many: no row if there is no such user.
    NOTE_FAILURES("activity") =
        "INSERT INTO activity (instance, user_id, failed_at, failures) SELECT $1, $2, $3, $4 \
         WHERE EXISTS (SELECT 1 FROM record \
         WHERE instance = $1 AND kind = 'user' AND id = $2 AND body IS NOT NULL) \
         ON CONFLICT (instance, user_id) DO UPDATE SET \
         failed_at = excluded.failed_at, failures = activity.failures + excluded.failures";
    /// A user opened the home page: no row if there is no such user.
    NOTE_VISIT("activity") =
        "INSERT INTO activity (instance, user_id, visited_at) SELECT $1, $2, $3 WHERE EXISTS (SELECT 1 FROM record \
         WHERE instance = $1 AND kind = 'user' AND id = $2 AND body IS NOT NULL) \
         ON CONFLICT (instance, user_id) DO UPDATE SET visited_at = excluded.visited_at";
    /// When a user opened the home page last.
    READ_VISIT("activity") = "SELECT visited_at FROM activity WHERE instance = $1 AND user_id = $2";
    /// What the users of an instance did last.
    READ_ACTIVITIES("activity") =
        "SELECT instance, user_id, signed_in_at, seen_at, failed_at, failures, visited_at FROM activity \
         WHERE instance = $1";
    /// What a user did last is forgotten.
    FORGET_ACTIVITY("activity") = "DELETE FROM activity WHERE instance = $1 AND user_id = $2";
    /// What the users of an instance did last is forgotten.
    FORGET_ACTIVITIES("activity") = "DELETE FROM activity WHERE instance = $1";

    /// A user used a permission so and so often more: no row if there is no such user.
    NOTE_USE("permission_use") =
        "INSERT INTO permission_use (instance, user_id, permission, uses, last_at) SELECT $1, $2, $3, $4, $5 \
         WHERE EXISTS (SELECT 1 FROM record \
         WHERE instance = $1 AND kind = 'user' AND id = $2 AND body IS NOT NULL) \
         ON CONFLICT (instance, user_id, permission) DO UPDATE SET uses = permission_use.uses + excluded.uses, \
         last_at = CASE WHEN permission_use.last_at > excluded.last_at THEN permission_use.last_at \
         ELSE excluded.last_at END";
    /// Which permissions a user used.
    READ_USES("permission_use") =
        "SELECT instance, user_id, permission, uses, last_at FROM permission_use \
         WHERE instance = $1 AND user_id = $2 ORDER BY permission";
    /// Which permissions a user used is forgotten.
    FORGET_USES_OF_USER("permission_use") = "DELETE FROM permission_use WHERE instance = $1 AND user_id = $2";
    /// Which permissions the users of an instance used is forgotten.
    FORGET_USES("permission_use") = "DELETE FROM permission_use WHERE instance = $1";
}
