//! SQL functions for migrations and for inspecting a database by hand.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result};

use crate::{packed, rows};

/// Adds the following functions to a connection:
///
/// - `pack(text)` and `unpack(bytes)`: see the module `packed`;
/// - `uuid_bytes(text)` and `uuid_text(bytes)`: convert an ID between its text and its 16 bytes;
/// - `id_bytes(kind, text)`: the value of the column `id` of a record.
///
/// # Errors
/// Returns an error if SQLite runs out of memory.
pub fn add_functions(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("pack", 1, flags, |call| Ok(packed::pack(text(call, 0)?)))?;
    connection.create_scalar_function("unpack", 1, flags, |call| match call.get_raw(0) {
        ValueRef::Null => Ok(None),
        value => packed::unpack(value.as_bytes().map_err(user_error)?).map(Some).map_err(user_error),
    })?;
    connection.create_scalar_function("uuid_bytes", 1, flags, |call| {
        let text = text(call, 0)?;
        rows::uuid_bytes(text).map(Vec::from).ok_or_else(|| user_error(format!("`{text}` is not an id")))
    })?;
    connection.create_scalar_function("uuid_text", 1, flags, |call| {
        let bytes = call.get_raw(0).as_bytes().map_err(user_error)?;
        rows::uuid_text(bytes).ok_or_else(|| user_error(format!("{} bytes are not an id", bytes.len())))
    })?;
    connection.create_scalar_function("id_bytes", 2, flags, |call| Ok(rows::id_bytes(text(call, 0)?, text(call, 1)?)))
}

fn text<'a>(call: &'a Context<'_>, at: usize) -> Result<&'a str> {
    call.get_raw(at).as_str().map_err(user_error)
}

fn user_error(problem: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::UserFunctionError(problem.into())
}
