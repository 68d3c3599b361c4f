//! The preferences of users, such as their time zone. Authorization decisions never use this data.
//!
//! This module stores nothing for a user who does not exist.

use std::collections::BTreeMap;

use floorkey::{InstanceId, UserId};

use crate::backend::{Transaction, Value};
use crate::error::StoreError;
use crate::sql;
use crate::store::Store;

impl Store {
    /// Returns a user's preferences: their values by their names.
    ///
    /// # Errors
    /// Returns an error if the database can't be read.
    pub async fn preferences(
        &self,
        instance: InstanceId,
        user: UserId,
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let values = [Value::id(instance), Value::id(user)];
        let read = self.backend().read(move |snapshot| {
            snapshot.rows(&sql::READ_PREFERENCES, &values, |row| Ok((row.text(2)?.to_owned(), row.text(3)?.to_owned())))
        });
        Ok(read.await?.into_iter().collect())
    }

    /// Inserts or replaces a preference. Returns whether it was stored. A preference is not stored if the user would
    /// then have more than `preferences_max` of them, or if the user does not exist.
    ///
    /// # Errors
    /// Returns an error if the write fails.
    pub async fn put_preference(
        &self,
        instance: InstanceId,
        user: UserId,
        name: &str,
        value: &str,
        preferences_max: u64,
    ) -> Result<bool, StoreError> {
        let values = vec![
            Value::id(instance),
            Value::id(user),
            Value::Text(name.to_owned()),
            Value::Text(value.to_owned()),
            Value::count(preferences_max),
        ];
        self.backend().write_one(&sql::PUT_PREFERENCE, values).await
    }

    /// Deletes a preference. Does nothing if the user has no preference with this name.
    ///
    /// # Errors
    /// Returns an error if the write fails.
    pub async fn delete_preference(&self, instance: InstanceId, user: UserId, name: &str) -> Result<(), StoreError> {
        let mut transaction = Transaction::default();
        let values = vec![Value::id(instance), Value::id(user), Value::Text(name.to_owned())];
        transaction.push(&sql::DELETE_PREFERENCE, values);
        self.backend().write(transaction).await.map(drop)
    }
}
