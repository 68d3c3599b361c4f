//! Parameter values of SQL statements.

use floorkey::{InstanceId, MfaMethodId, SecretBytes, Timestamp, UserId};

/// A parameter value of an SQL statement. The `Debug` output omits bytes, because the bytes may be a secret.
#[derive(Clone)]
pub(crate) enum Value {
    /// A `BIGINT` value.
    Integer(i64),
    /// A `TEXT` value.
    Text(String),
    /// A `TEXT` value that is a static string.
    Word(&'static str),
    /// A `BLOB` value.
    Bytes(Vec<u8>),
    /// An ID, stored as a `BLOB` of 16 bytes.
    Id([u8; 16]),
    /// The value NULL.
    Null,
}

/// An ID that is stored as 16 bytes.
pub(crate) trait StoredId {
    /// Returns the 128 bits of the ID.
    fn bits(self) -> u128;
}

macro_rules! stored_ids {
    ($($name:ident),*) => {$(
        impl StoredId for $name {
            fn bits(self) -> u128 {
                Self::bits(self)
            }
        }
    )*};
}

stored_ids!(InstanceId, MfaMethodId, UserId);

impl Value {
    /// Converts a count or a revision. Counts and revisions are far below the maximum of a `BIGINT`. A larger value
    /// would be stored as the maximum.
    pub(crate) fn count(number: u64) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }

    /// Converts an ID.
    pub(crate) fn id(id: impl StoredId) -> Self {
        Self::Id(id.bits().to_be_bytes())
    }

    /// Converts a point in time.
    pub(crate) const fn time(at: Timestamp) -> Self {
        Self::Integer(at.as_millis())
    }

    /// Converts an optional string. `None` becomes NULL.
    pub(crate) fn optional(text: Option<&str>) -> Self {
        text.map_or(Self::Null, |text| Self::Text(text.to_owned()))
    }

    /// Converts a secret.
    pub(crate) fn secret(secret: &SecretBytes) -> Self {
        Self::Bytes(secret.reveal().to_vec())
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
            Self::Word(word) => word.fmt(f),
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Id(id) => u128::from_be_bytes(*id).fmt(f),
            Self::Null => f.write_str("NULL"),
        }
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, ValueRef};
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Word(word) => ValueRef::Text(word.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
            Self::Id(id) => ValueRef::Blob(id),
            Self::Null => ValueRef::Null,
        }))
    }
}
