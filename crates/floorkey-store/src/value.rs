//! Parameter values of statements.

use floorkey::{InstanceId, MfaMethodId, SecretBytes, Timestamp, UserId};

/// A parameter value of a statement. Its `Debug` output omits bytes, because they may be a secret.
#[derive(Clone)]
pub(crate) enum Value {
    /// A `BIGINT`.
    Integer(i64),
    /// A `TEXT`.
    Text(String),
    /// A static `TEXT`.
    Word(&'static str),
    /// A `BLOB`.
    Bytes(Vec<u8>),
    /// An id, stored as a `BLOB` of 16 bytes.
    Id([u8; 16]),
    /// NULL.
    Null,
}

/// An id that is stored as 16 bytes.
pub(crate) trait StoredId {
    /// The id's 128 bits.
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
    /// Converts a count or a revision. Neither comes close to the maximum of a `BIGINT`. A larger value would be stored
    /// as the maximum.
    pub(crate) fn count(number: u64) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }

    /// An id.
    pub(crate) fn id(id: impl StoredId) -> Self {
        Self::Id(id.bits().to_be_bytes())
    }

    /// A point in time.
    pub(crate) const fn time(at: Timestamp) -> Self {
        Self::Integer(at.as_millis())
    }

    /// Text; NULL for `None`.
    pub(crate) fn optional(text: Option<&str>) -> Self {
        text.map_or(Self::Null, |text| Self::Text(text.to_owned()))
    }

    /// A secret.
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
