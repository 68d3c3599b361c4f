//! SQL statements that both SQLite and PostgreSQL understand, and a few rewrites for each database.
//!
//! The statements follow these conventions. Parameters are `$1`, `$2`, …. Types are `BIGINT`, `TEXT` and `BLOB`. Text
//! that is sorted or compared is `COLLATE BINARY`. No name is a reserved word of either database.
//!
//! For SQLite, `$n` becomes `?n`, because SQLite treats `$1` as a *name*, and numbers names in order of first
//! appearance. For PostgreSQL, `BLOB` becomes `BYTEA`, and `COLLATE BINARY` becomes `COLLATE "C"`. Text between single
//! quotes is not rewritten.

use std::sync::OnceLock;

/// An SQL dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL. No backend uses this dialect yet. It exists so that every statement is written for both databases.
    Postgres,
}

/// An SQL statement of this crate.
#[derive(Debug)]
pub(crate) struct Statement {
    /// The table that is named in errors about the statement.
    pub(crate) table: &'static str,
    text: &'static str,
    sqlite: OnceLock<String>,
    reads_index: OnceLock<bool>,
}

impl Statement {
    const fn new(table: &'static str, text: &'static str) -> Self {
        Self { table, text, sqlite: OnceLock::new(), reads_index: OnceLock::new() }
    }

    /// Returns the text of the statement for SQLite.
    pub(crate) fn sqlite(&self) -> &str {
        self.sqlite.get_or_init(|| rewrite(self.text, Dialect::Sqlite))
    }

    /// Whether the statement reads the table `record`, which can lag behind the logs (see `sqlite::index`).
    pub(crate) fn reads_index(&self) -> bool {
        *self.reads_index.get_or_init(|| self.text.contains(" FROM record "))
    }
}

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident ($table:literal) = $text:literal;)*) => {
        $($(#[$doc])* pub(crate) static $name: Statement = Statement::new($table, $text);)*

        #[cfg(test)]
        pub(crate) static ALL: &[&Statement] = &[$(&$name),*];
    };
}

mod audit;
mod index;
mod side_tables;

pub(crate) use audit::*;
pub(crate) use index::*;
pub(crate) use side_tables::*;

statements! {
    /// Creates the head of an instance. Changes no row if the instance already has a head.
    INSERT_HEAD("head") =
        "INSERT INTO head (instance, number, revision, audit_size, frontier) \
         SELECT $1, COALESCE(MAX(number) + 1, 0), $2, $3, $4 FROM head WHERE true \
         ON CONFLICT (instance) DO NOTHING";
    /// Updates the head of an instance. Changes no row if another writer has already updated the head, or if the
    /// instance was deleted.
    ADVANCE_HEAD("head") =
        "UPDATE head SET revision = $2, audit_size = $3, frontier = $4 \
         WHERE instance = $1 AND revision = $5 AND audit_size = $6 AND deleted_at IS NULL";
    /// Updates the head of an instance for the last time, and marks the instance as deleted.
    DELETE_HEAD("head") =
        "UPDATE head SET revision = $2, audit_size = $3, frontier = $4, deleted_at = $7 \
         WHERE instance = $1 AND revision = $5 AND audit_size = $6 AND deleted_at IS NULL";
    /// Sets the revision of an instance without adding a version.
    SET_REVISION("head") = "UPDATE head SET revision = $2 WHERE instance = $1";
    /// Reads the head of an instance.
    READ_HEAD("head") =
        "SELECT instance, revision, audit_size, frontier, deleted_at, number FROM head WHERE instance = $1";
    /// Reads the instances that have not been deleted.
    READ_INSTANCES("head") =
        "SELECT instance FROM head WHERE deleted_at IS NULL ORDER BY instance";

    /// Appends a version to the log. A version without a body means that the record was removed at this revision.
    ADD_VERSION("version") =
        "INSERT INTO version (instance, revision, kind, id, format, body) VALUES ($1, $2, $3, $4, $5, $6)";
    /// Appends a version without a body for each record of an instance.
    REMOVE_ALL_RECORDS("version") =
        "INSERT INTO version (instance, revision, kind, id, format, body) \
         SELECT instance, $2, kind, id, format, NULL FROM record WHERE instance = $1 AND body IS NOT NULL";
    /// Reads the highest record number in a range. The upper bound is exclusive.
    READ_LAST_NUMBER("record") = "SELECT MAX(number) FROM record WHERE number >= $1 AND number < $2";
    /// Reads the current records in a range of record numbers from the index. The upper bound is exclusive.
    READ_RECORDS("record") =
        "SELECT instance, kind, id, revision, format, body FROM record \
         WHERE number >= $1 AND number < $2 AND body IS NOT NULL";
    /// Reads the versions of all instances after the given row of the log, in order.
    READ_UNINDEXED("version") =
        "SELECT instance, kind, id, revision, format, body FROM version WHERE number > $1 ORDER BY number";
    /// Reads an instance's versions after the given revision, in order.
    READ_SINCE("version") =
        "SELECT instance, kind, id, revision, format, body FROM version \
         WHERE instance = $1 AND revision > $2 ORDER BY revision, number";
    /// Reads all versions of one record, in order.
    READ_VERSIONS("record_version") =
        "SELECT version.instance, version.kind, version.id, version.revision, version.format, version.body \
         FROM record JOIN record_version ON record_version.record = record.number \
         JOIN version ON version.number = record_version.version \
         WHERE record.instance = $1 AND record.kind = $2 AND record.id = $3 ORDER BY record_version.revision";
    /// Reads all versions of all records of a kind. The versions are grouped by record and ordered by revision.
    READ_ALL_VERSIONS("record_version") =
        "SELECT version.instance, version.kind, version.id, version.revision, version.format, version.body \
         FROM record JOIN record_version ON record_version.record = record.number \
         JOIN version ON version.number = record_version.version \
         WHERE record.instance = $1 AND record.kind = $2 ORDER BY record.id, record_version.revision";

    /// Inserts or replaces a password hash.
    PUT_PASSWORD("password") =
        "INSERT INTO password (instance, user_id, hash) VALUES ($1, $2, $3) \
         ON CONFLICT (instance, user_id) DO UPDATE SET hash = excluded.hash";
    /// Deletes a user's password hash.
    DELETE_PASSWORD("password") = "DELETE FROM password WHERE instance = $1 AND user_id = $2";
    /// Deletes all password hashes of an instance.
    DELETE_PASSWORDS_OF_INSTANCE("password") = "DELETE FROM password WHERE instance = $1";
    /// Reads a user's password hash.
    READ_PASSWORD("password") = "SELECT instance, user_id, hash FROM password WHERE instance = $1 AND user_id = $2";

    /// Inserts the encrypted secret of a new access key.
    ADD_SECRET("access_key_secret") =
        "INSERT INTO access_key_secret (access_key_id, instance, sealed) VALUES ($1, $2, $3)";
    /// Deletes the encrypted secret of an access key.
    DELETE_SECRET("access_key_secret") = "DELETE FROM access_key_secret WHERE access_key_id = $1 AND instance = $2";
    /// Deletes all encrypted secrets of an instance.
    DELETE_SECRETS_OF_INSTANCE("access_key_secret") = "DELETE FROM access_key_secret WHERE instance = $1";
    /// Reads the encrypted secret of an access key.
    READ_SECRET("access_key_secret") =
        "SELECT access_key_id, instance, sealed FROM access_key_secret WHERE access_key_id = $1";

    /// Inserts or replaces a value that applies to the whole server.
    PUT_META("meta") =
        "INSERT INTO meta (name, body) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET body = excluded.body";
    /// Reads a value that applies to the whole server.
    READ_META("meta") = "SELECT name, body FROM meta WHERE name = $1";
}

/// Rewrites an SQL statement for a dialect.
pub(crate) fn rewrite(text: &str, dialect: Dialect) -> String {
    // Every second piece is inside single quotes. A doubled quote creates an empty piece, which counts as outside the
    // quotes.
    let pieces = text.split('\'').enumerate().map(|(at, piece)| match dialect {
        _ if at % 2 == 1 => piece.to_owned(),
        Dialect::Sqlite => piece.replace('$', "?"),
        Dialect::Postgres => replace_word(&piece.replace("COLLATE BINARY", "COLLATE \"C\""), "BLOB", "BYTEA"),
    });
    pieces.collect::<Vec<_>>().join("'")
}

fn replace_word(text: &str, word: &str, replacement: &str) -> String {
    let is_word_char = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(word) {
        let is_whole = !before.ends_with(is_word_char) && !after.starts_with(is_word_char);
        replaced.push_str(before);
        replaced.push_str(if is_whole { replacement } else { word });
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_bind_by_number_not_by_position() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let query_pair = |sql: &str| {
            connection
                .query_row(sql, ["first", "second"], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
                .unwrap()
        };
        let swapped = ("second".to_owned(), "first".to_owned());
        assert_eq!(query_pair(&rewrite("VALUES($2,$1)", Dialect::Sqlite)), swapped);
        // The rewrite is necessary, because SQLite would otherwise bind the first value to `$2`.
        assert_ne!(query_pair("VALUES($2,$1)"), swapped);
    }

    #[test]
    fn quoted_text_is_not_rewritten() {
        let text = "SELECT '$1 BLOB', blobs, 'it''s $2' FROM t WHERE a = $1";
        assert_eq!(rewrite(text, Dialect::Sqlite), "SELECT '$1 BLOB', blobs, 'it''s $2' FROM t WHERE a = ?1");
        assert_eq!(rewrite(text, Dialect::Postgres), text);
        let table = "CREATE TABLE t (a TEXT COLLATE BINARY, BLOB_ID BIGINT, b BLOB NOT NULL, c BLOB)";
        assert_eq!(rewrite(table, Dialect::Sqlite), table);
        assert_eq!(
            rewrite(table, Dialect::Postgres),
            "CREATE TABLE t (a TEXT COLLATE \"C\", BLOB_ID BIGINT, b BYTEA NOT NULL, c BYTEA)"
        );
    }

    #[test]
    fn every_statement_compiles_against_the_migrated_tables() {
        let mut connection = rusqlite::Connection::open_in_memory().unwrap();
        crate::sqlite::migrate(&mut connection, crate::migrations::ALL).unwrap();
        for statement in ALL.iter().chain(audit::ALL).chain(side_tables::ALL).chain(index::ALL) {
            let problem = connection.prepare(statement.sqlite()).err().map(|error| error.to_string());
            assert_eq!(problem, None, "{}", statement.text);
            assert!(statement.text.contains(statement.table), "{} is about {}", statement.text, statement.table);
        }
    }

    fn plan(connection: &rusqlite::Connection, statement: &Statement) -> String {
        let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.sqlite())).unwrap();
        let values = vec!["x"; explain.parameter_count()];
        let steps = explain.query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(3)).unwrap();
        steps.map(Result::unwrap).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn no_statement_scans_a_table() {
        let mut connection = rusqlite::Connection::open_in_memory().unwrap();
        crate::sqlite::migrate(&mut connection, crate::migrations::ALL).unwrap();
        let allowed_scans =
            [&PURGE_SESSIONS, &PURGE_LINKS, &PURGE_ATTEMPTS, &READ_INSTANCES].map(|statement| statement.text);
        for statement in ALL.iter().chain(audit::ALL).chain(side_tables::ALL).chain(index::ALL) {
            let plan = plan(&connection, statement);
            let is_scan = plan.replace("SCAN CONSTANT ROW", "").contains("SCAN");
            // `INSERT_HEAD` uses an index to find the highest instance number, although its query plan says SCAN.
            let is_scan = is_scan && !std::ptr::eq(*statement, &INSERT_HEAD);
            assert_eq!(is_scan, allowed_scans.contains(&statement.text), "{}: {plan}", statement.text);
            let is_sort = plan.contains("TEMP B-TREE");
            assert!(
                !is_sort || statement.table == "session" || std::ptr::eq(*statement, &READ_DELETED_USERS),
                "{}: {plan}",
                statement.text
            );
        }
        for statement in [&READ_RECORDS, &READ_LAST_NUMBER] {
            let plan = plan(&connection, statement);
            assert!(plan.contains("USING INTEGER PRIMARY KEY"), "one row after the other: {plan}");
        }
        for statement in [&READ_POSITIONS, &READ_POSITIONS_OLDEST_FIRST] {
            let plan = plan(&connection, statement);
            assert!(plan.contains("COVERING INDEX"), "{plan}");
        }
    }

    #[test]
    fn statements_that_read_records_read_the_index() {
        let index_statements = [
            &ADD_SESSION,
            &ADD_LINK,
            &RECORD_SIGN_IN,
            &RECORD_ACTIVITY,
            &RECORD_FAILURES,
            &RECORD_PERMISSION_USE,
            &PUT_PREFERENCE,
            &REMOVE_ALL_RECORDS,
        ];
        let log_statements = [&ADVANCE_HEAD, &ADD_VERSION, &ADD_EVENT, &PUT_PASSWORD, &DELETE_SESSIONS_OF_USER];
        assert!(index_statements.iter().all(|statement| statement.reads_index()));
        assert!(!log_statements.iter().any(|statement| statement.reads_index()));
    }
}
