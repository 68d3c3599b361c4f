//! An abstraction over the database.
//!
//! To write, a caller builds a [`Transaction`] from steps, and the database executes it. To read, a caller passes a
//! function that receives a [`Snapshot`] and runs on a thread that may block. The rest of the crate accesses the
//! database only through transactions and snapshots. To support a second database, only the match arms in this module
//! would have to be extended.

use std::path::Path;

use floorkey::{InstanceId, Timestamp, UserId};

use crate::error::StoreError;
use crate::rows;
use crate::sql::Statement;
use crate::sqlite::Sqlite;
use floorkey_audit::Hash;

pub(crate) use crate::value::Value;

/// The database of a store.
#[derive(Debug)]
pub(crate) enum Backend {
    /// An SQLite database.
    Sqlite(Sqlite),
}

/// A list of steps. Either all of the steps are executed, or none of them.
#[derive(Debug, Default)]
pub(crate) struct Transaction {
    /// The steps, in the order in which they are executed.
    pub(crate) steps: Vec<Step>,
    /// Whether the index must be brought up to date before the steps are executed, even if no step reads the index.
    pub(crate) index: bool,
}

/// One statement of a transaction.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) statement: &'static Statement,
    /// The values of the parameters `$1`, `$2`, ….
    pub(crate) values: Vec<Value>,
    /// The result that the caller expects from the step.
    pub(crate) expectation: Expectation,
}

/// The result that the caller expects from a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expectation {
    /// The caller does not expect a particular result.
    None,
    /// The step must change exactly one row. Otherwise, the whole transaction is rolled back.
    OneRow,
    /// The step returns rows of integers to the caller.
    Rows,
}

/// The outcome of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WriteOutcome {
    /// The transaction was committed and is on disk. This variant contains the rows that the steps returned, in order.
    Committed(Vec<Vec<Option<i64>>>),
    /// The transaction was rolled back, because a step with [`Expectation::OneRow`] did not change exactly one row.
    RolledBack,
}

/// A consistent view of the database at one moment.
pub(crate) enum Snapshot<'a> {
    /// A read transaction of SQLite.
    Sqlite(&'a rusqlite::Connection),
}

/// A row of a query result, borrowed from the database.
pub(crate) struct RowView<'a> {
    table: &'static str,
    row: &'a rusqlite::Row<'a>,
}

impl Backend {
    /// Executes a transaction. The transaction is executed even if the caller stops waiting for the result.
    pub(crate) async fn write(&self, transaction: Transaction) -> Result<WriteOutcome, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.write(transaction).await,
        }
    }

    /// Executes a single statement. Returns whether the statement returned any rows.
    pub(crate) async fn write_one(
        &self,
        statement: &'static Statement,
        values: Vec<Value>,
    ) -> Result<bool, StoreError> {
        self.write_counted(statement, values).await.map(|count| count > 0)
    }

    /// Executes a single statement. Returns the number of rows that the statement returned.
    pub(crate) async fn write_counted(
        &self,
        statement: &'static Statement,
        values: Vec<Value>,
    ) -> Result<usize, StoreError> {
        let mut transaction = Transaction::default();
        transaction.push_for_rows(statement, values);
        self.write(transaction).await.map(|written| written.rows().len())
    }

    /// Runs a query on a thread that may block.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Snapshot<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.read(query).await,
        }
    }

    /// Runs a query that uses the index, on a thread that may block. The index is brought up to date before the query
    /// runs.
    pub(crate) async fn read_indexed<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Snapshot<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.catch_up().await?,
        }
        self.read(query).await
    }

    /// Runs a query in several threads at once. Each thread has its own snapshot and its own shard number, starting
    /// with 0. The snapshots may be from different moments, so the caller must check that they show the same state of
    /// the database.
    pub(crate) async fn read_shards<T: Send + 'static>(
        &self,
        shards: usize,
        query: impl Fn(usize, &Snapshot<'_>) -> Result<T, StoreError> + Send + Sync + 'static,
    ) -> Result<Vec<T>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.read_shards(shards, query).await,
        }
    }

    /// Copies this database, which must be in memory, to a new one in memory. Then executes `change` in the copy.
    pub(crate) async fn copy_in_memory(&self, change: Transaction) -> Result<Self, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.copy_in_memory(change).await.map(Self::Sqlite),
        }
    }

    /// Writes a consistent copy of the database to a new file.
    pub(crate) async fn backup(&self, file: &Path) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.backup(file).await,
        }
    }
}

impl WriteOutcome {
    /// Returns the rows that the steps returned. Returns no rows if the transaction was rolled back.
    pub(crate) fn rows(self) -> Vec<Vec<Option<i64>>> {
        match self {
            Self::Committed(rows) => rows,
            Self::RolledBack => Vec::new(),
        }
    }
}

impl Transaction {
    /// Adds a step to the transaction.
    pub(crate) fn push(&mut self, statement: &'static Statement, values: Vec<Value>) {
        self.steps.push(Step { statement, values, expectation: Expectation::None });
    }

    /// Whether the index must be brought up to date before the transaction is executed.
    pub(crate) fn reads_index(&self) -> bool {
        self.index || self.steps.iter().any(|step| step.statement.reads_index())
    }

    /// Adds a step that must change exactly one row.
    pub(crate) fn push_requiring_one_row(&mut self, statement: &'static Statement, values: Vec<Value>) {
        self.steps.push(Step { statement, values, expectation: Expectation::OneRow });
    }

    /// Adds a step that returns rows to the caller.
    pub(crate) fn push_for_rows(&mut self, statement: &'static Statement, values: Vec<Value>) {
        self.steps.push(Step { statement, values, expectation: Expectation::Rows });
    }
}

impl Snapshot<'_> {
    /// Calls `visit` for each row of the result, in order.
    pub(crate) fn for_each_row(
        &self,
        statement: &'static Statement,
        values: &[Value],
        mut visit: impl FnMut(&RowView<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Self::Sqlite(connection) = self;
        let failed = |error: rusqlite::Error| crate::sqlite::to_store_error(&error, statement.table);
        let mut prepared = connection.prepare_cached(statement.sqlite()).map_err(failed)?;
        let mut rows = prepared.query(rusqlite::params_from_iter(values)).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            visit(&RowView { table: statement.table, row })?;
        }
        Ok(())
    }

    /// Returns the result of `map` for each row.
    pub(crate) fn rows<T>(
        &self,
        statement: &'static Statement,
        values: &[Value],
        mut map: impl FnMut(&RowView<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut results = Vec::new();
        self.for_each_row(statement, values, |row| {
            results.push(map(row)?);
            Ok(())
        })?;
        Ok(results)
    }

    /// Returns the result of `map` for the first row, or `None` if there are no rows.
    pub(crate) fn first_row<T>(
        &self,
        statement: &'static Statement,
        values: &[Value],
        mut map: impl FnMut(&RowView<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut first = None;
        self.for_each_row(statement, values, |row| {
            if first.is_none() {
                first = Some(map(row)?);
            }
            Ok(())
        })?;
        Ok(first)
    }
}

impl RowView<'_> {
    /// Returns the string in a column.
    pub(crate) fn text(&self, column: usize) -> Result<&str, StoreError> {
        self.get(column, |value| value.as_str())
    }

    /// Returns the string in a column, or `None` for NULL.
    pub(crate) fn optional_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        Ok(self.get(column, |value| value.as_str_or_null())?.map(str::to_owned))
    }

    /// Returns the hash in a column.
    pub(crate) fn hash(&self, column: usize) -> Result<Hash, StoreError> {
        let bytes = self.bytes(column)?;
        bytes
            .try_into()
            .map_err(|_| self.unreadable(column, format!("a hash must have 32 bytes; it has {}", bytes.len())))
    }

    /// Returns the user ID in a column.
    pub(crate) fn user(&self, column: usize) -> Result<UserId, StoreError> {
        self.bits(column).map(UserId::from_bits)
    }

    /// Returns the instance ID in a column.
    pub(crate) fn instance(&self, column: usize) -> Result<InstanceId, StoreError> {
        self.bits(column).map(InstanceId::from_bits)
    }

    /// Returns the 128 bits of the ID in a column.
    pub(crate) fn bits(&self, column: usize) -> Result<u128, StoreError> {
        let bytes = self.bytes(column)?;
        let bits = bytes.try_into().map(u128::from_be_bytes);
        bits.map_err(|_| self.unreadable(column, format!("an ID must have 16 bytes; it has {}", bytes.len())))
    }

    /// Returns the time in a column.
    pub(crate) fn time(&self, column: usize) -> Result<Timestamp, StoreError> {
        self.integer(column).map(Timestamp::from_millis)
    }

    /// Returns the time in a column, or `None` for NULL.
    pub(crate) fn optional_time(&self, column: usize) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.optional_integer(column)?.map(Timestamp::from_millis))
    }

    /// Returns the bytes in a column, or `None` for NULL.
    pub(crate) fn optional_bytes(&self, column: usize) -> Result<Option<&[u8]>, StoreError> {
        self.get(column, |value| value.as_bytes_or_null())
    }

    /// Returns the bytes in a text or blob column.
    pub(crate) fn bytes(&self, column: usize) -> Result<&[u8], StoreError> {
        self.get(column, |value| value.as_bytes())
    }

    /// Returns the integer in a column.
    pub(crate) fn integer(&self, column: usize) -> Result<i64, StoreError> {
        self.get(column, |value| value.as_i64())
    }

    /// Returns the integer in a column, or `None` for NULL.
    pub(crate) fn optional_integer(&self, column: usize) -> Result<Option<i64>, StoreError> {
        self.get(column, |value| value.as_i64_or_null())
    }

    /// Returns the count in a column, which is an integer of 0 or more.
    pub(crate) fn count(&self, column: usize) -> Result<u64, StoreError> {
        let number = self.integer(column)?;
        u64::try_from(number).map_err(|_| self.unreadable(column, format!("{number} is negative")))
    }

    /// Returns the error for a column that can't be read. The error contains the key of the row.
    pub(crate) fn unreadable(&self, column: usize, problem: impl std::fmt::Display) -> StoreError {
        const KEYS: [&str; 10] =
            ["instance", "kind", "id", "revision", "seq", "user_id", "access_key_id", "name", "factor_id", "bucket"];
        let names: Vec<&str> = self.row.as_ref().column_names().collect();
        let key = names.iter().enumerate().filter(|(_, name)| KEYS.contains(name)).map(|(at, name)| {
            let value = self.row.get_ref(at).map_or_else(|error| error.to_string(), format_value);
            format!("{name} {value}")
        });
        StoreError::UnreadableRow {
            table: self.table,
            column: names.get(column).copied().unwrap_or_default().to_owned(),
            row: key.collect::<Vec<_>>().join(", "),
            problem: problem.to_string(),
        }
    }

    fn get<'s, T>(
        &'s self,
        column: usize,
        convert: impl FnOnce(rusqlite::types::ValueRef<'s>) -> Result<T, rusqlite::types::FromSqlError>,
    ) -> Result<T, StoreError> {
        let value = self.row.get_ref(column).map_err(|error| self.unreadable(column, error))?;
        convert(value).map_err(|error| self.unreadable(column, error))
    }
}

fn format_value(value: rusqlite::types::ValueRef<'_>) -> String {
    use rusqlite::types::ValueRef;
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => match rows::uuid_text(bytes) {
            Some(uuid) => uuid,
            None => String::from_utf8_lossy(bytes).into_owned(),
        },
    }
}
