//! The tables of the database, as numbered migrations.
//!
//! A released migration is never edited. The database stores the checksum of each applied migration. Floorkey refuses
//! to open a database whose checksums differ from its own. A schema change requires a new migration.

mod audit_block;
mod console;
mod log;
mod permission_use;
mod preference;

use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::sql::Dialect;

/// One migration of the schema.
#[derive(Debug)]
pub(crate) struct Migration {
    /// The number of the migration: 1, 2, 3, … without gaps.
    pub(crate) number: i64,
    /// A short description of what the migration adds.
    pub(crate) name: &'static str,
    /// The statements of the migration. They follow the conventions of [`crate::sql`].
    pub(crate) statements: &'static [Ddl],
}

/// A statement of a migration.
#[derive(Debug)]
pub(crate) struct Ddl {
    /// The SQL dialect that the statement is for; `None` if the statement is for both dialects.
    pub(crate) only: Option<Dialect>,
    /// The text of the statement.
    pub(crate) text: &'static str,
}

/// A migration that was applied to a database.
#[derive(Debug)]
pub(crate) struct Applied {
    /// The number of the migration.
    pub(crate) number: i64,
    /// The name of the migration.
    pub(crate) name: String,
    /// The checksum of the migration.
    pub(crate) checksum: String,
}

const fn both(text: &'static str) -> Ddl {
    Ddl { only: None, text }
}

const fn only(dialect: Dialect, text: &'static str) -> Ddl {
    Ddl { only: Some(dialect), text }
}

/// Creates the table of applied migrations. This statement is executed before the first migration and never changes.
pub(crate) const APPLIED_TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migration (\
    number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)";
/// Reads [`Applied`] rows, oldest first.
pub(crate) const READ_APPLIED: &str = "SELECT number, name, checksum FROM schema_migration ORDER BY number";
/// Inserts an [`Applied`] row.
pub(crate) const INSERT_APPLIED: &str = "INSERT INTO schema_migration (number, name, checksum) VALUES ($1, $2, $3)";

/// All migrations, in order.
pub(crate) const ALL: &[Migration] = &[
    FIRST,
    console::CONSOLE,
    permission_use::PERMISSION_USE,
    log::LOG,
    preference::PREFERENCE,
    audit_block::AUDIT_BLOCK,
];

const FIRST: Migration = Migration {
    number: 1,
    name: "records, audit and credentials",
    statements: &[
        // This table contains the head of each instance. Every batch first updates the head. This step fails if another
        // writer has already updated the head. `frontier` contains the hashes of the audit log's perfect subtrees, 32
        // bytes each, largest subtree first.
        both(
            "CREATE TABLE head (\
             instance TEXT COLLATE BINARY NOT NULL PRIMARY KEY, \
             revision BIGINT NOT NULL, \
             audit_size BIGINT NOT NULL, \
             frontier BLOB NOT NULL, \
             deleted_at BIGINT)",
        ),
        // This table contains every version of every record. A version is valid from `revision` until just before
        // `until_revision`. In the current version, `until_revision` is NULL. The last version of a removed record has
        // an `until_revision`, but no later version follows. `body` is JSON, and `format` identifies the row struct of
        // the body.
        both(
            "CREATE TABLE record (\
             instance TEXT COLLATE BINARY NOT NULL, \
             kind TEXT COLLATE BINARY NOT NULL, \
             id TEXT COLLATE BINARY NOT NULL, \
             revision BIGINT NOT NULL, \
             until_revision BIGINT, \
             format BIGINT NOT NULL, \
             body TEXT NOT NULL, \
             PRIMARY KEY (instance, kind, id, revision))",
        ),
        // This index contains the current versions. On SQLite, the index contains complete versions next to each other.
        // Floorkey can therefore read the current versions at startup without reading the history. The index includes
        // `until_revision`, because SQLite can use the index without the table only if it contains every column that a
        // query names. On PostgreSQL, the index can't contain complete versions, because an index row can't be larger
        // than a third of a page.
        only(
            Dialect::Sqlite,
            "CREATE INDEX record_present ON record (instance, kind, id, revision, until_revision, format, body) \
             WHERE until_revision IS NULL",
        ),
        only(
            Dialect::Postgres,
            "CREATE INDEX record_present ON record (instance, kind, id) WHERE until_revision IS NULL",
        ),
        // This index is used to read the changes since a given revision.
        both("CREATE INDEX record_since ON record (instance, revision)"),
        both("CREATE INDEX record_until ON record (instance, until_revision) WHERE until_revision IS NOT NULL"),
        // This table contains the audit events. `seq` starts at 0 and is the position of the event's leaf in the Merkle
        // tree. `leaf` is SHA-256(0x00 ‖ format ‖ body). Rows are never changed, except that the personal values in
        // `personal` can be deleted.
        both(
            "CREATE TABLE audit_event (\
             instance TEXT COLLATE BINARY NOT NULL, \
             seq BIGINT NOT NULL, \
             at_millis BIGINT NOT NULL, \
             format BIGINT NOT NULL, \
             body TEXT NOT NULL, \
             personal TEXT NOT NULL, \
             leaf BLOB NOT NULL, \
             PRIMARY KEY (instance, seq))",
        ),
        // No history is kept for the data in the following tables. The data is deleted together with its owner.
        both(
            "CREATE TABLE password (\
             instance TEXT COLLATE BINARY NOT NULL, \
             user_id TEXT COLLATE BINARY NOT NULL, \
             hash BLOB NOT NULL, \
             PRIMARY KEY (instance, user_id))",
        ),
        // Access key IDs are unique on the whole server, because access keys are looked up without knowing the
        // instance.
        both(
            "CREATE TABLE access_key_secret (\
             access_key_id TEXT COLLATE BINARY NOT NULL PRIMARY KEY, \
             instance TEXT COLLATE BINARY NOT NULL, \
             sealed BLOB NOT NULL)",
        ),
        both("CREATE INDEX access_key_secret_instance ON access_key_secret (instance)"),
        // This table contains values for the whole server, such as the operator's key.
        both("CREATE TABLE meta (name TEXT COLLATE BINARY NOT NULL PRIMARY KEY, body TEXT NOT NULL)"),
    ],
};

impl Migration {
    /// Returns the SHA-256 hash, in hex, of the texts of all statements, including statements for other dialects.
    pub(crate) fn checksum(&self) -> String {
        let mut hash = Sha256::new();
        for statement in self.statements {
            hash.update(statement.text);
            hash.update(";\n");
        }
        hex::encode(hash.finalize())
    }

    /// Returns the statements for a dialect.
    pub(crate) fn statements_for(&self, dialect: Dialect) -> impl Iterator<Item = &'static str> {
        self.statements.iter().filter(move |ddl| ddl.only.is_none_or(|only| only == dialect)).map(|ddl| ddl.text)
    }
}

/// Returns the migrations that still have to be applied to a database.
///
/// # Errors
/// Returns [`StoreError::NewerSchema`] if an unknown migration was applied. Returns [`StoreError::ChangedMigration`] if
/// the text of an applied migration differs in this version of Floorkey.
pub(crate) fn missing<'a>(applied: &[Applied], known: &'a [Migration]) -> Result<&'a [Migration], StoreError> {
    let newest = known.last().map_or(0, |migration| migration.number);
    if let Some(newer) = applied.iter().rev().find(|applied| applied.number > newest) {
        return Err(StoreError::NewerSchema { found: newer.number, name: newer.name.clone(), known: newest });
    }
    for (applied_migration, migration) in applied.iter().zip(known) {
        let checksum = migration.checksum();
        if applied_migration.number != migration.number || applied_migration.checksum != checksum {
            return Err(StoreError::ChangedMigration {
                number: applied_migration.number,
                found: format!("{} {}", applied_migration.name, applied_migration.checksum),
                known: format!("{} {checksum}", migration.name),
            });
        }
    }
    Ok(known.get(applied.len()..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::rewrite;

    #[test]
    fn the_numbers_have_no_gaps() {
        for (migration, number) in ALL.iter().zip(1..) {
            assert_eq!(migration.number, number, "{}", migration.name);
        }
    }

    #[test]
    fn a_released_migration_never_changes() {
        let checksums: Vec<_> = ALL.iter().map(Migration::checksum).collect();
        assert_eq!(
            checksums,
            [
                "9c1f66d293d5fa09d528ba649bf26490ab33bd2272de59e5a8b3851575042d29",
                "e2829ac12f0a58faec33d30ba00851059c60f666b1f5dd558a2f208aa5f8841a",
                "67b560297c4f1828fbc45de71f5a38ff97d59d6521a26a8c382e42f6dd6acc75",
                "68a05e40b63050a84cf4f0802265400b67ae867e066dc5b621bef117dea857f5",
                "5cfea7846cc0d85d8dd7cc699639c72b1e8c5025f70cbd682bdcf472e02ad86c",
                "8367195c198db1328b115d47f637f07620b9103b5d7e98717dc82e07ce6d9aae"
            ]
        );
    }

    #[test]
    fn no_name_is_a_reserved_word() {
        // The words that are reserved in PostgreSQL or SQLite, and words from the SQL standard that are likely to be
        // used as names.
        const RESERVED: &[&str] = &[
            "all",
            "analyse",
            "analyze",
            "and",
            "any",
            "array",
            "as",
            "asc",
            "between",
            "both",
            "by",
            "case",
            "cast",
            "check",
            "collate",
            "column",
            "commit",
            "constraint",
            "create",
            "current",
            "cursor",
            "default",
            "delete",
            "desc",
            "distinct",
            "do",
            "drop",
            "else",
            "end",
            "escape",
            "except",
            "exists",
            "false",
            "fetch",
            "for",
            "foreign",
            "from",
            "grant",
            "group",
            "having",
            "in",
            "index",
            "initially",
            "insert",
            "intersect",
            "interval",
            "into",
            "is",
            "join",
            "key",
            "lateral",
            "leading",
            "limit",
            "natural",
            "not",
            "null",
            "offset",
            "on",
            "only",
            "or",
            "order",
            "over",
            "placing",
            "position",
            "primary",
            "references",
            "returning",
            "row",
            "rows",
            "select",
            "set",
            "some",
            "symmetric",
            "table",
            "then",
            "time",
            "timestamp",
            "to",
            "trailing",
            "transaction",
            "trigger",
            "true",
            "union",
            "unique",
            "until",
            "update",
            "user",
            "using",
            "value",
            "values",
            "variadic",
            "when",
            "where",
            "window",
            "with",
        ];
        let mut connection = rusqlite::Connection::open_in_memory().unwrap();
        crate::sqlite::migrate(&mut connection, ALL).unwrap();
        let names = "SELECT name FROM sqlite_schema UNION \
            SELECT c.name FROM sqlite_schema AS s JOIN pragma_table_info(s.name) AS c WHERE s.type = 'table'";
        let mut query = connection.prepare(names).unwrap();
        let names: Vec<String> = query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert!(names.contains(&"record_version".to_owned()), "{names:?}");
        let reserved: Vec<_> = names.iter().filter(|name| RESERVED.contains(&name.as_str())).collect();
        assert!(reserved.is_empty(), "{reserved:?}");
    }

    #[test]
    fn postgresql_statements_have_no_sqlite_types() {
        for text in ALL.iter().flat_map(|migration| migration.statements_for(Dialect::Postgres)) {
            let text = rewrite(text, Dialect::Postgres);
            assert!(!text.contains("BLOB") && !text.contains("BINARY") && !text.contains("ROWID"), "{text}");
        }
    }

    #[test]
    fn applied_migrations_must_match_the_known_ones() {
        let applied_migration =
            |number, checksum: &str| Applied { number, name: "x".to_owned(), checksum: checksum.to_owned() };
        let first = &ALL[..1];
        assert_eq!(missing(&[], first).unwrap().len(), 1);
        assert!(missing(&[applied_migration(1, &ALL[0].checksum())], first).unwrap().is_empty());
        assert!(matches!(
            missing(&[applied_migration(1, "00")], first),
            Err(StoreError::ChangedMigration { number: 1, .. })
        ));
        let newer =
            missing(&[applied_migration(1, &ALL[0].checksum()), applied_migration(2, "00")], first).unwrap_err();
        assert!(matches!(newer, StoreError::NewerSchema { found: 2, known: 1, .. }), "{newer}");
    }
}
