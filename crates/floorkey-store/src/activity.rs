//! Records when users were last active. Administrators see these times in lists, but authorization decisions never use
//! them.
//!
//! This module records nothing for a user who does not exist.

use floorkey::{InstanceId, Timestamp, UserId};

use crate::backend::{RowView, Transaction, Value};
use crate::error::StoreError;
use crate::sql::{self, Statement};
use crate::store::Store;

/// When a user signed in, was active, and failed to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginActivity {
    /// The user whose activity is described.
    pub user: UserId,
    /// The time of the last successful sign-in.
    pub signed_in_at: Option<Timestamp>,
    /// The time of the last request.
    pub last_active_at: Option<Timestamp>,
    /// The time of the last failed attempt to sign in as the user.
    pub failed_at: Option<Timestamp>,
    /// The number of failed attempts since the last successful sign-in.
    pub failures: u64,
}

impl Store {
    /// Records a user's sign-in, and resets the user's number of failed attempts.
    ///
    /// # Errors
    /// Returns an error if the write fails.
    pub async fn record_sign_in(&self, instance: InstanceId, user: UserId, at: Timestamp) -> Result<(), StoreError> {
        self.record_sign_ins(&[(instance, user, at)]).await
    }

    /// Records the sign-ins of several users in one transaction, as [`Store::record_sign_in`] does for one.
    ///
    /// # Errors
    /// Returns an error if the write fails.
    pub async fn record_sign_ins(&self, signed_in: &[(InstanceId, UserId, Timestamp)]) -> Result<(), StoreError> {
        self.record_times(&sql::RECORD_SIGN_IN, signed_in).await
    }

    /// Records when users were last active. Keeps the stored time if it is later than the new time. All entries are
    /// written in one transaction, so callers should pass several entries at once.
    ///
    /// # Errors
    /// Returns an error if the write fails.
    pub async fn record_activity(&self, seen: &[(InstanceId, UserId, Timestamp)]) -> Result<(), StoreError> {
        self.record_times(&sql::RECORD_ACTIVITY, seen).await
    }

    /// Adds `failures` failed attempts to sign in as a user. `at` is the time of the last attempt.
    ///
    /// # Errors
    /// Returns an error if the write fails.
    pub async fn record_failures(
        &self,
        instance: InstanceId,
        user: UserId,
        at: Timestamp,
        failures: u64,
    ) -> Result<(), StoreError> {
        let mut transaction = Transaction::default();
        let values = vec![Value::id(instance), Value::id(user), Value::time(at), Value::count(failures)];
        transaction.push(&sql::RECORD_FAILURES, values);
        self.backend().write(transaction).await.map(drop)
    }

    /// Returns the last activity of an instance's users, in no particular order. Users without any activity are
    /// omitted.
    ///
    /// # Errors
    /// Returns an error if the database can't be read.
    pub async fn activities(&self, instance: InstanceId) -> Result<Vec<LoginActivity>, StoreError> {
        let values = [Value::id(instance)];
        self.backend().read(move |snapshot| snapshot.rows(&sql::READ_ACTIVITIES, &values, activity_from_row)).await
    }

    async fn record_times(
        &self,
        statement: &'static Statement,
        times: &[(InstanceId, UserId, Timestamp)],
    ) -> Result<(), StoreError> {
        if times.is_empty() {
            return Ok(());
        }
        let mut transaction = Transaction::default();
        for (instance, user, at) in times {
            transaction.push(statement, vec![Value::id(*instance), Value::id(*user), Value::time(*at)]);
        }
        self.backend().write(transaction).await.map(drop)
    }
}

fn activity_from_row(row: &RowView<'_>) -> Result<LoginActivity, StoreError> {
    Ok(LoginActivity {
        user: row.user(1)?,
        signed_in_at: row.optional_time(2)?,
        last_active_at: row.optional_time(3)?,
        failed_at: row.optional_time(4)?,
        failures: row.count(5)?,
    })
}
