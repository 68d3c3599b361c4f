//! Sessions of signed-in users.

use floorkey::{InstanceId, Timestamp, UserId};

use crate::backend::{RowView, Value};
use crate::error::StoreError;
use crate::sql;
use crate::store::Store;
use floorkey_audit::Hash;

/// A session of a signed-in user. The store receives only the hash of the session's token, never the token itself.
///
/// A session is valid if it has not expired *and* its epoch is equal to the user's `security_epoch` in memory. The
/// store does not check the epoch. Methods that read sessions do not check the expiration time either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The SHA-256 hash of the token, which has 256 random bits.
    pub token_hash: Hash,
    /// The instance that the user belongs to.
    pub instance: InstanceId,
    /// The signed-in user.
    pub user: UserId,
    /// The user's `security_epoch` at sign-in.
    pub epoch: u64,
    /// The time when the session was created.
    pub created_at: Timestamp,
    /// The time of the sign-in or of the last reauthentication.
    pub reauthenticated_at: Timestamp,
    /// The time when the session was last used.
    pub last_used_at: Timestamp,
    /// The time when the session becomes invalid.
    pub expires_at: Timestamp,
    /// The network address that the user signed in from.
    pub address: Option<String>,
    /// The user agent that the user signed in with.
    pub user_agent: Option<String>,
}

impl Store {
    /// Stores a new session, and returns whether it was stored. A session is not stored if the user does not exist.
    ///
    /// # Errors
    /// Returns [`StoreError::DuplicateKey`] if a session with the same token already exists. Returns another error if
    /// the write fails.
    pub async fn put_session(&self, session: &Session) -> Result<bool, StoreError> {
        self.backend().write_one(&sql::ADD_SESSION, column_values(session)).await
    }

    /// Returns the session with the given token hash. The session may have expired.
    ///
    /// # Errors
    /// Returns an error if the database can't be read.
    pub async fn session(&self, token_hash: &Hash) -> Result<Option<Session>, StoreError> {
        let values = [Value::Bytes(token_hash.to_vec())];
        self.backend().read(move |snapshot| snapshot.first_row(&sql::READ_SESSION, &values, session_from_row)).await
    }

    /// Records when a session was last used. Keeps the stored time if it is later than the new time. Does nothing if
    /// the session does not exist.
    ///
    /// # Errors
    /// Returns an error if the write fails.
    pub async fn update_last_use(&self, token_hash: &Hash, seen_at: Timestamp) -> Result<(), StoreError> {
        let values = vec![Value::Bytes(token_hash.to_vec()), Value::time(seen_at)];
        self.backend().write_one(&sql::TOUCH_SESSION, values).await.map(drop)
    }

    /// Deletes a session, and returns whether the session existed.
    ///
    /// # Errors
    /// Returns an error if the write fails.
    pub async fn end_session(&self, token_hash: &Hash) -> Result<bool, StoreError> {
        self.backend().write_one(&sql::DELETE_SESSION, vec![Value::Bytes(token_hash.to_vec())]).await
    }

    /// Deletes the sessions of a user. If `except` is given, the session with this token hash is kept. Returns the
    /// number of deleted sessions.
    ///
    /// # Errors
    /// Returns an error if the write fails.
    pub async fn end_sessions(
        &self,
        instance: InstanceId,
        user: UserId,
        except: Option<&Hash>,
    ) -> Result<usize, StoreError> {
        let except = except.map(|hash| hash.to_vec()).unwrap_or_default();
        let values = vec![Value::id(instance), Value::id(user), Value::Bytes(except)];
        self.backend().write_counted(&sql::DELETE_OTHER_SESSIONS, values).await
    }

    /// Returns the sessions of a user, newest first. Some of the sessions may have expired.
    ///
    /// # Errors
    /// Returns an error if the database can't be read.
    pub async fn sessions_of(&self, instance: InstanceId, user: UserId) -> Result<Vec<Session>, StoreError> {
        let values = [Value::id(instance), Value::id(user)];
        self.backend().read(move |snapshot| snapshot.rows(&sql::READ_SESSIONS, &values, session_from_row)).await
    }

    /// Deletes the sessions that have expired by `now`, and returns the number of deleted sessions.
    ///
    /// # Errors
    /// Returns an error if the write fails.
    pub async fn purge_sessions(&self, now: Timestamp) -> Result<usize, StoreError> {
        self.backend().write_counted(&sql::PURGE_SESSIONS, vec![Value::time(now)]).await
    }
}

fn column_values(session: &Session) -> Vec<Value> {
    vec![
        Value::Bytes(session.token_hash.to_vec()),
        Value::id(session.instance),
        Value::id(session.user),
        Value::count(session.epoch),
        Value::time(session.created_at),
        Value::time(session.reauthenticated_at),
        Value::time(session.last_used_at),
        Value::time(session.expires_at),
        Value::optional(session.address.as_deref()),
        Value::optional(session.user_agent.as_deref()),
    ]
}

fn session_from_row(row: &RowView<'_>) -> Result<Session, StoreError> {
    Ok(Session {
        token_hash: row.hash(0)?,
        instance: row.instance(1)?,
        user: row.user(2)?,
        epoch: row.count(3)?,
        created_at: row.time(4)?,
        reauthenticated_at: row.time(5)?,
        last_used_at: row.time(6)?,
        expires_at: row.time(7)?,
        address: row.optional_text(8)?,
        user_agent: row.optional_text(9)?,
    })
}
