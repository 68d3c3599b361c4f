//! Sessions: who is signed in.

use floorkey::{InstanceId, Timestamp, UserId};

use crate::backend::{RowView, Transaction, Value, Written};
use crate::error::StoreError;
use crate::merkle::Hash;
use crate::sql;
use crate::store::Store;

/// Somebody who is signed in. The store never sees the token, only its hash.
///
/// A session is good while it has not expired *and* its epoch is that of the user in memory; the store knows only of
/// the first, and not even that is checked when it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the token, which has 256 random bits.
    pub token_hash: Hash,
    /// The instance.
    pub instance: InstanceId,
    /// Who is signed in.
    pub user: UserId,
    /// The user's `security_epoch` at sign-in.
    pub epoch: u64,
    /// When it began.
    pub created_at: Timestamp,
    /// When the user signed in, or last proved again to be who they are.
    pub proved_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
    /// From this time on it is good for nothing.
    pub expires_at: Timestamp,
    /// The network address it began from.
    pub address: Option<String>,
    /// The program it began with, in its own words.
    pub agent: Option<String>,
}

impl Store {
    /// Keeps a new session, and says whether it did: for a user who isn't there any more it doesn't.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if there is a session of that token; others if the disk doesn't take it.
    pub async fn put_session(&self, session: &Session) -> Result<bool, StoreError> {
        self.backend().write_one(&sql::ADD_SESSION, values(session)).await
    }

    /// The session of a token, by the token's hash. It may have expired.
    ///
    /// # Errors
    /// If the database can't be read.
    pub async fn session(&self, token_hash: &Hash) -> Result<Option<Session>, StoreError> {
        let values = [Value::Bytes(token_hash.to_vec())];
        self.backend().read(move |snapshot| snapshot.first(&sql::READ_SESSION, &values, read)).await
    }

    /// Keeps when a session was last used, if that is later than what is known. Does nothing if there is no such
    /// session.
    ///
    /// # Errors
    /// If the disk doesn't take it.
    pub async fn touch_session(&self, token_hash: &Hash, seen_at: Timestamp) -> Result<(), StoreError> {
        let values = vec![Value::Bytes(token_hash.to_vec()), Value::time(seen_at)];
        self.backend().write_one(&sql::TOUCH_SESSION, values).await.map(drop)
    }

    /// Puts a session in place of another, whose token is dead with that, and says whether it did. If the old session
    /// or the user isn't there any more, nothing changes: of two that replace the same session one does.
    ///
    /// # Errors
    /// As [`Store::put_session`].
    pub async fn prove_session(&self, old_token_hash: &Hash, session: &Session) -> Result<bool, StoreError> {
        let mut transaction = Transaction::default();
        transaction.push_unless_unmet(&sql::DROP_SESSION, vec![Value::Bytes(old_token_hash.to_vec())]);
        transaction.push_unless_unmet(&sql::REPLACE_SESSION, values(session));
        self.backend().write(transaction).await.map(|written| written != Written::Unmet)
    }

    /// Ends a session, and says whether there was one.
    ///
    /// # Errors
    /// If the disk doesn't take it.
    pub async fn end_session(&self, token_hash: &Hash) -> Result<bool, StoreError> {
        self.backend().write_one(&sql::END_SESSION, vec![Value::Bytes(token_hash.to_vec())]).await
    }

    /// Ends the sessions of a user, but for the one of the token `except` where it is given, and says how many.
    ///
    /// # Errors
    /// If the disk doesn't take it.
    pub async fn end_sessions(
        &self,
        instance: InstanceId,
        user: UserId,
        except: Option<&Hash>,
    ) -> Result<usize, StoreError> {
        let except = except.map(|hash| hash.to_vec()).unwrap_or_default();
        let values = vec![Value::id(instance), Value::id(user), Value::Bytes(except)];
        self.backend().write_counted(&sql::END_OTHER_SESSIONS, values).await
    }

    /// The sessions of a user, the newest first. Some may have expired.
    ///
    /// # Errors
    /// If the database can't be read.
    pub async fn sessions_of(&self, instance: InstanceId, user: UserId) -> Result<Vec<Session>, StoreError> {
        let values = [Value::id(instance), Value::id(user)];
        self.backend().read(move |snapshot| snapshot.all(&sql::READ_SESSIONS, &values, read)).await
    }

    /// Drops the sessions that have expired at `now`, and says how many.
    ///
    /// # Errors
    /// If the disk doesn't take it.
    pub async fn purge_sessions(&self, now: Timestamp) -> Result<usize, StoreError> {
        self.backend().write_counted(&sql::PURGE_SESSIONS, vec![Value::time(now)]).await
    }
}

fn values(session: &Session) -> Vec<Value> {
    vec![
        Value::Bytes(session.token_hash.to_vec()),
        Value::id(session.instance),
        Value::id(session.user),
        Value::count(session.epoch),
        Value::time(session.created_at),
        Value::time(session.proved_at),
        Value::time(session.seen_at),
        Value::time(session.expires_at),
        Value::optional(session.address.as_deref()),
        Value::optional(session.agent.as_deref()),
    ]
}

fn read(row: &RowView<'_>) -> Result<Session, StoreError> {
    Ok(Session {
        token_hash: row.hash(0)?,
        instance: row.instance(1)?,
        user: row.user(2)?,
        epoch: row.count(3)?,
        created_at: row.time(4)?,
        proved_at: row.time(5)?,
        seen_at: row.time(6)?,
        expires_at: row.time(7)?,
        address: row.optional_text(8)?,
        agent: row.optional_text(9)?,
    })
}
