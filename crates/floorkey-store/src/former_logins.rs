//! The login names that users had before histories of login names were kept, from the versions of users.

use std::collections::HashMap;
use std::sync::Arc;

use floorkey::text::folded;
use floorkey::{FormerLogin, InstanceId, Record, Revision, Timestamp, User, UserId};

use crate::backend::{RowView, Snapshot, Value};
use crate::error::StoreError;
use crate::history::deleted_users;
use crate::load::{key, record};
use crate::store::Store;
use crate::{rows, sql};

impl Store {
    /// The login names that users of an instance gave up, each time they did; those that were given up before `since`
    /// without the time. Reads every former version of every user: about a second for 200,000.
    ///
    /// # Errors
    /// [`StoreError::Row`] names the first version or event that can't be read.
    pub async fn former_logins(&self, instance: InstanceId, since: Timestamp) -> Result<Vec<FormerLogin>, StoreError> {
        self.backend().read(move |snapshot| former_logins(snapshot, instance, since)).await
    }
}

fn former_logins(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    since: Timestamp,
) -> Result<Vec<FormerLogin>, StoreError> {
    let deleted = deleted_users(snapshot, instance, since, usize::MAX)?;
    let deleted: HashMap<(UserId, Revision), Timestamp> =
        deleted.into_iter().map(|gone| ((gone.user.id, gone.revision), gone.deleted_at)).collect();
    let mut former = Vec::new();
    snapshot.each(&sql::READ_FORMER_USERS, &[Value::id(instance), Value::Word(rows::USER)], |row| {
        let until = Revision(row.count(4)?);
        let Record::User(user) = record(row, 5, 6)? else { return Ok(()) };
        let at = match next(row)? {
            Some(next) if folded(&next.username) == folded(&user.username) => return Ok(()),
            Some(next) => Some(next.modified).filter(|at| *at >= since),
            None => deleted.get(&(user.id, until)).copied(),
        };
        former.push(FormerLogin { user, until, at });
        Ok(())
    })?;
    Ok(former)
}

/// The version that followed; `None` if the user was deleted.
fn next(row: &RowView<'_>) -> Result<Option<Arc<User>>, StoreError> {
    if row.optional_integer(7)?.is_none() {
        return Ok(None);
    }
    let decoded = rows::decode(key(row)?, row.integer(7)?, row.bytes(8)?);
    match decoded.map_err(|problem| row.unreadable(8, problem))? {
        Record::User(user) => Ok(Some(user)),
        _ => Ok(None),
    }
}
