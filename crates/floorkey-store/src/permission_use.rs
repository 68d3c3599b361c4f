//! The permissions that users have used: how often and when each permission was used. Authorization decisions never use
//! this data.
//!
//! This module records nothing for a user who does not exist.

use floorkey::{InstanceId, Timestamp, UserId};

use crate::backend::{RowView, Transaction, Value};
use crate::error::StoreError;
use crate::sql;
use crate::store::Store;

/// The use of a permission by a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermissionUse {
    /// The instance that the user belongs to.
    pub instance: InstanceId,
    /// The user who used the permission.
    pub user: UserId,
    /// The name of the permission. The store accepts any string.
    pub permission: String,
    /// The number of uses.
    pub count: u64,
    /// The time of the last use.
    pub last_used_at: Timestamp,
}

impl Store {
    /// Adds each entry's count to the stored count, and keeps the later of the stored time and the new time. All
    /// entries are written in one transaction, so callers should pass several entries at once.
    ///
    /// # Errors
    /// Returns an error if the write fails.
    pub async fn record_permission_uses(&self, uses: &[PermissionUse]) -> Result<(), StoreError> {
        if uses.is_empty() {
            return Ok(());
        }
        let mut transaction = Transaction::default();
        for one in uses {
            let values = vec![
                Value::id(one.instance),
                Value::id(one.user),
                Value::Text(one.permission.clone()),
                Value::count(one.count),
                Value::time(one.last_used_at),
            ];
            transaction.push(&sql::RECORD_PERMISSION_USE, values);
        }
        self.backend().write(transaction).await.map(drop)
    }

    /// Returns the permissions that a user has used, ordered by name.
    ///
    /// # Errors
    /// Returns an error if the database can't be read.
    pub async fn permission_uses(&self, instance: InstanceId, user: UserId) -> Result<Vec<PermissionUse>, StoreError> {
        let values = [Value::id(instance), Value::id(user)];
        self.backend().read(move |snapshot| snapshot.rows(&sql::READ_PERMISSION_USES, &values, use_from_row)).await
    }
}

fn use_from_row(row: &RowView<'_>) -> Result<PermissionUse, StoreError> {
    Ok(PermissionUse {
        instance: row.instance(0)?,
        user: row.user(1)?,
        permission: row.text(2)?.to_owned(),
        count: row.count(3)?,
        last_used_at: row.time(4)?,
    })
}
