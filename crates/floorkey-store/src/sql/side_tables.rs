//! Statements about data for which no history is kept: sessions, links, second factors, sign-in attempts, last
//! activity, the use of permissions, and preferences.
//!
//! A user's data is written only if the user exists. Otherwise, a late write could store data about a deleted user.

use super::Statement;

statements! {
    /// Inserts a session; returns no row if the user does not exist.
    ADD_SESSION("session") =
        "INSERT INTO session (token_hash, instance, user_id, epoch, created_at, proved_at, seen_at, expires_at, \
         address, agent) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 WHERE EXISTS (SELECT 1 FROM record \
         WHERE instance = $2 AND kind = 'user' AND id = $3 AND body IS NOT NULL) RETURNING expires_at";
    /// Reads a session.
    READ_SESSION("session") =
        "SELECT token_hash, instance, user_id, epoch, created_at, proved_at, seen_at, expires_at, address, agent \
         FROM session WHERE token_hash = $1";
    /// Reads the sessions of a user, newest first.
    READ_SESSIONS("session") =
        "SELECT token_hash, instance, user_id, epoch, created_at, proved_at, seen_at, expires_at, address, agent \
         FROM session WHERE instance = $1 AND user_id = $2 ORDER BY created_at DESC, token_hash";
    /// Records the use of a session.
    TOUCH_SESSION("session") =
        "UPDATE session SET seen_at = $2 WHERE token_hash = $1 AND seen_at < $2 RETURNING seen_at";
    /// Deletes a session.
    DELETE_SESSION("session") = "DELETE FROM session WHERE token_hash = $1 RETURNING expires_at";
    /// Deletes all sessions of a user except the given session.
    DELETE_OTHER_SESSIONS("session") =
        "DELETE FROM session WHERE instance = $1 AND user_id = $2 AND token_hash <> $3 RETURNING expires_at";
    /// Deletes the expired sessions.
    PURGE_SESSIONS("session") = "DELETE FROM session WHERE expires_at <= $1 RETURNING expires_at";
    /// Deletes all sessions of a user.
    DELETE_SESSIONS_OF_USER("session") = "DELETE FROM session WHERE instance = $1 AND user_id = $2";
    /// Deletes all sessions of an instance.
    DELETE_SESSIONS_OF_INSTANCE("session") = "DELETE FROM session WHERE instance = $1";

    /// Inserts a link; returns no row if the user does not exist.
    ADD_LINK("link") =
        "INSERT INTO link (token_hash, instance, user_id, purpose, detail, epoch, created_at, expires_at) \
         SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE EXISTS (SELECT 1 FROM record \
         WHERE instance = $2 AND kind = 'user' AND id = $3 AND body IS NOT NULL) RETURNING expires_at";
    /// Reads a link.
    READ_LINK("link") =
        "SELECT token_hash, instance, user_id, purpose, detail, epoch, created_at, expires_at \
         FROM link WHERE token_hash = $1";
    /// Uses up a link; returns no row if the link has already been used or has expired.
    CONSUME_LINK("link") = "DELETE FROM link WHERE token_hash = $1 AND expires_at > $2 RETURNING expires_at";
    /// Deletes the links of a user for a purpose. If the purpose is empty, deletes all links of the user.
    DELETE_LINKS_FOR_PURPOSE("link") =
        "DELETE FROM link WHERE instance = $1 AND user_id = $2 AND (purpose = $3 OR $3 = '') RETURNING expires_at";
    /// Deletes the expired links.
    PURGE_LINKS("link") = "DELETE FROM link WHERE expires_at <= $1 RETURNING expires_at";
    /// Deletes all links of a user.
    DELETE_LINKS_OF_USER("link") = "DELETE FROM link WHERE instance = $1 AND user_id = $2";
    /// Deletes all links of an instance.
    DELETE_LINKS_OF_INSTANCE("link") = "DELETE FROM link WHERE instance = $1";

    /// Inserts or replaces a second factor. If the secret is replaced, the factor's `used` value is reset to 0.
    PUT_SECOND_FACTOR("second_factor") =
        "INSERT INTO second_factor (instance, user_id, factor_id, secret, used) VALUES ($1, $2, $3, $4, 0) \
         ON CONFLICT (instance, user_id, factor_id) DO UPDATE SET secret = excluded.secret, used = 0";
    /// Deletes a second factor.
    DELETE_SECOND_FACTOR("second_factor") =
        "DELETE FROM second_factor WHERE instance = $1 AND user_id = $2 AND factor_id = $3";
    /// Deletes all second factors of a user.
    DELETE_SECOND_FACTORS_OF_USER("second_factor") = "DELETE FROM second_factor WHERE instance = $1 AND user_id = $2";
    /// Deletes all second factors of an instance.
    DELETE_SECOND_FACTORS_OF_INSTANCE("second_factor") = "DELETE FROM second_factor WHERE instance = $1";
    /// Reads the second factors of a user.
    READ_SECOND_FACTORS("second_factor") =
        "SELECT instance, user_id, factor_id, secret, used FROM second_factor \
         WHERE instance = $1 AND user_id = $2 ORDER BY factor_id";
    /// Records the use of a second factor; returns no row if `used` differs from the expected value.
    USE_SECOND_FACTOR("second_factor") =
        "UPDATE second_factor SET used = $5, secret = COALESCE($6, secret) \
         WHERE instance = $1 AND user_id = $2 AND factor_id = $3 AND used = $4 RETURNING used";

    /// Counts a failure in a bucket. Earlier failures are kept if the last of them is later than `$3`. Otherwise, they
    /// are discarded.
    COUNT_ATTEMPT("attempt") =
        "INSERT INTO attempt (bucket, failures, last_at, prior_failures, prior_at) VALUES ($1, 1, $2, 0, 0) \
         ON CONFLICT (bucket) DO UPDATE SET \
         failures = CASE WHEN attempt.last_at > $3 THEN attempt.failures + 1 ELSE 1 END, \
         prior_failures = CASE WHEN attempt.last_at > $3 THEN attempt.failures ELSE 0 END, \
         prior_at = attempt.last_at, last_at = excluded.last_at \
         RETURNING failures, last_at, prior_failures, prior_at";
    /// Inserts or replaces the failures of a bucket.
    PUT_ATTEMPT("attempt") =
        "INSERT INTO attempt (bucket, failures, last_at, prior_failures, prior_at) VALUES ($1, $2, $3, 0, 0) \
         ON CONFLICT (bucket) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, \
         prior_failures = 0, prior_at = 0";
    /// Reads the failures of a bucket.
    READ_ATTEMPT("attempt") = "SELECT bucket, failures, last_at FROM attempt WHERE bucket = $1";
    /// Reads the failures of the buckets in a range of names; the upper bound is exclusive.
    READ_ATTEMPTS("attempt") =
        "SELECT bucket, failures, last_at FROM attempt WHERE bucket >= $1 AND bucket < $2 ORDER BY bucket";
    /// Deletes the failures of a bucket.
    DELETE_ATTEMPTS_OF_BUCKET("attempt") = "DELETE FROM attempt WHERE bucket = $1";
    /// Deletes the failures of the buckets in a range of names; the upper bound is exclusive.
    DELETE_ATTEMPTS_IN_RANGE("attempt") = "DELETE FROM attempt WHERE bucket >= $1 AND bucket < $2";
    /// Deletes old failures. Counts of refused commands are kept until an audit event reports them.
    PURGE_ATTEMPTS("attempt") =
        "DELETE FROM attempt WHERE last_at < $1 AND bucket NOT LIKE 'refused:%' RETURNING last_at";

    /// Records a sign-in; changes no row if the user does not exist.
    RECORD_SIGN_IN("activity") =
        "INSERT INTO activity (instance, user_id, signed_in_at, seen_at, failures) SELECT $1, $2, $3, $3, 0 \
         WHERE EXISTS (SELECT 1 FROM record \
         WHERE instance = $1 AND kind = 'user' AND id = $2 AND body IS NOT NULL) \
         ON CONFLICT (instance, user_id) DO UPDATE SET \
         signed_in_at = excluded.signed_in_at, seen_at = excluded.seen_at, failures = 0";
    /// Records the activity of a user; changes no row if the user does not exist.
    RECORD_ACTIVITY("activity") =
        "INSERT INTO activity (instance, user_id, seen_at) SELECT $1, $2, $3 WHERE EXISTS (SELECT 1 FROM record \
         WHERE instance = $1 AND kind = 'user' AND id = $2 AND body IS NOT NULL) \
         ON CONFLICT (instance, user_id) DO UPDATE SET seen_at = CASE \
         WHEN activity.seen_at > excluded.seen_at THEN activity.seen_at ELSE excluded.seen_at END";
    /// Adds failed attempts to sign in as a user; changes no row if the user does not exist.
    RECORD_FAILURES("activity") =
        "INSERT INTO activity (instance, user_id, failed_at, failures) SELECT $1, $2, $3, $4 \
         WHERE EXISTS (SELECT 1 FROM record \
         WHERE instance = $1 AND kind = 'user' AND id = $2 AND body IS NOT NULL) \
         ON CONFLICT (instance, user_id) DO UPDATE SET \
         failed_at = excluded.failed_at, failures = activity.failures + excluded.failures";
    /// Reads the last activity of the users of an instance.
    READ_ACTIVITIES("activity") =
        "SELECT instance, user_id, signed_in_at, seen_at, failed_at, failures FROM activity WHERE instance = $1";
    /// Deletes the last activity of a user.
    DELETE_ACTIVITY("activity") = "DELETE FROM activity WHERE instance = $1 AND user_id = $2";
    /// Deletes the last activity of the users of an instance.
    DELETE_ACTIVITIES_OF_INSTANCE("activity") = "DELETE FROM activity WHERE instance = $1";

    /// Adds to the number of times that a user has used a permission; changes no row if the user does not exist.
    RECORD_PERMISSION_USE("permission_use") =
        "INSERT INTO permission_use (instance, user_id, permission, uses, last_at) SELECT $1, $2, $3, $4, $5 \
         WHERE EXISTS (SELECT 1 FROM record \
         WHERE instance = $1 AND kind = 'user' AND id = $2 AND body IS NOT NULL) \
         ON CONFLICT (instance, user_id, permission) DO UPDATE SET uses = permission_use.uses + excluded.uses, \
         last_at = CASE WHEN permission_use.last_at > excluded.last_at THEN permission_use.last_at \
         ELSE excluded.last_at END";
    /// Reads the permissions that a user has used.
    READ_PERMISSION_USES("permission_use") =
        "SELECT instance, user_id, permission, uses, last_at FROM permission_use \
         WHERE instance = $1 AND user_id = $2 ORDER BY permission";
    /// Deletes the record of a user's permission use.
    DELETE_PERMISSION_USES_OF_USER("permission_use") =
        "DELETE FROM permission_use WHERE instance = $1 AND user_id = $2";
    /// Deletes the records of permission use by all users of an instance.
    DELETE_PERMISSION_USES_OF_INSTANCE("permission_use") = "DELETE FROM permission_use WHERE instance = $1";

    /// Inserts or replaces a preference of a user; returns no row if the user does not exist or has `$5` other
    /// preferences.
    PUT_PREFERENCE("preference") =
        "INSERT INTO preference (instance, user_id, name, body) SELECT $1, $2, $3, $4 \
         WHERE EXISTS (SELECT 1 FROM record \
         WHERE instance = $1 AND kind = 'user' AND id = $2 AND body IS NOT NULL) \
         AND (SELECT COUNT(*) FROM preference WHERE instance = $1 AND user_id = $2 AND name <> $3) < $5 \
         ON CONFLICT (instance, user_id, name) DO UPDATE SET body = excluded.body RETURNING 1";
    /// Reads the preferences of a user.
    READ_PREFERENCES("preference") =
        "SELECT instance, user_id, name, body FROM preference WHERE instance = $1 AND user_id = $2 ORDER BY name";
    /// Deletes a preference of a user.
    DELETE_PREFERENCE("preference") = "DELETE FROM preference WHERE instance = $1 AND user_id = $2 AND name = $3";
    /// Deletes all preferences of a user.
    DELETE_PREFERENCES_OF_USER("preference") = "DELETE FROM preference WHERE instance = $1 AND user_id = $2";
    /// Deletes the preferences of all users of an instance.
    DELETE_PREFERENCES_OF_INSTANCE("preference") = "DELETE FROM preference WHERE instance = $1";
}
