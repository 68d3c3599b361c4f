//! What users did last: what an administrator sees in lists, and no decision depends on.
//!
//! Nothing is kept of a user who isn't there.

use floorkey::{InstanceId, Timestamp, UserId};

use crate::backend::{RowView, Transaction, Value};
use crate::error::StoreError;
use crate::sql::{self, Statement};
use crate::store::Store;

/// What a user did last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Who.
    pub user: UserId,
    /// When they last signed in.
    pub signed_in_at: Option<Timestamp>,
    /// When they last did anything.
    pub seen_at: Option<Timestamp>,
    /// When somebody last failed to sign in as them.
    pub failed_at: Option<Timestamp>,
    /// How often somebody failed to, since they last signed in.
    pub failures: u64,
    /// When they last opened the home page.
    pub visited_at: Option<Timestamp>,
}

impl Store {
    /// Keeps that a user signed in; the failures before it are done with.
    ///
    /// # Errors
    /// If the disk doesn't take it.
    pub async fn note_sign_in(&self, instance: InstanceId, user: UserId, at: Timestamp) -> Result<(), StoreError> {
        self.note(&sql::NOTE_SIGN_IN, &[(instance, user, at)]).await
    }

    /// Keeps when users last did something, where that is later than what is known. In one transaction: gather some
    /// before you call.
    ///
    /// # Errors
    /// If the disk doesn't take it.
    pub async fn note_seen(&self, seen: &[(InstanceId, UserId, Timestamp)]) -> Result<(), StoreError> {
        self.note(&sql::NOTE_SEEN, seen).await
    }

    /// Keeps that so many attempts to sign in as a user failed, the last one at `at`.
    ///
    /// # Errors
    /// If the disk doesn't take it.
    pub async fn note_failures(
        &self,
        instance: InstanceId,
        user: UserId,
        at: Timestamp,
        failures: u64,
    ) -> Result<(), StoreError> {
        let mut transaction = Transaction::default();
        let values = vec![Value::id(instance), Value::id(user), Value::time(at), Value::count(failures)];
        transaction.push(&sql::NOTE_FAILURES, values);
        self.backend().write(transaction).await.map(drop)
    }

    /// Keeps that a user opened the home page, and answers when they did so before.
    ///
    /// # Errors
    /// If the disk doesn't take it.
    pub async fn note_visit(
        &self,
        instance: InstanceId,
        user: UserId,
        at: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let mut transaction = Transaction::default();
        transaction.push_for_rows(&sql::READ_VISIT, vec![Value::id(instance), Value::id(user)]);
        transaction.push(&sql::NOTE_VISIT, vec![Value::id(instance), Value::id(user), Value::time(at)]);
        let rows = self.backend().write(transaction).await?.rows();
        Ok(rows.into_iter().flatten().flatten().next().map(Timestamp::from_millis))
    }

    /// What the users of an instance did last, in no particular order; those who never did anything are left out.
    ///
    /// # Errors
    /// If the database can't be read.
    pub async fn activities(&self, instance: InstanceId) -> Result<Vec<Activity>, StoreError> {
        let values = [Value::id(instance)];
        self.backend().read(move |snapshot| snapshot.all(&sql::READ_ACTIVITIES, &values, read)).await
    }

    async fn note(
        &self,
        statement: &'static Statement,
        notes: &[(InstanceId, UserId, Timestamp)],
    ) -> Result<(), StoreError> {
        if notes.is_empty() {
            return Ok(());
        }
        let mut transaction = Transaction::default();
        for (instance, user, at) in notes {
            transaction.push(statement, vec![Value::id(*instance), Value::id(*user), Value::time(*at)]);
        }
        self.backend().write(transaction).await.map(drop)
    }
}

fn read(row: &RowView<'_>) -> Result<Activity, StoreError> {
    Ok(Activity {
        user: row.user(1)?,
        signed_in_at: row.optional_time(2)?,
        seen_at: row.optional_time(3)?,
        failed_at: row.optional_time(4)?,
        failures: row.count(5)?,
        visited_at: row.optional_time(6)?,
    })
}
