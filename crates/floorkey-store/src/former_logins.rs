//! Reads the login names that users had before login histories were recorded. The names are found in earlier versions
//! of the user records.

use std::collections::HashMap;
use std::sync::Arc;

use floorkey::text::folded;
use floorkey::{FormerLogin, InstanceId, Record, Revision, Timestamp, User, UserId};

use crate::backend::{Snapshot, Value};
use crate::error::StoreError;
use crate::history::deleted_users;
use crate::load::optional_record;
use crate::store::Store;
use crate::{rows, sql};

impl Store {
    /// Returns the former login names of an instance's users. There is one entry for each time that a user stopped
    /// using a login name. An entry for a time before `since` has no time. Reads all versions of all users, which takes
    /// about a second for 200,000 versions.
    ///
    /// # Errors
    /// Returns [`StoreError::UnreadableRow`] if a version or event can't be read. The error names the first such
    /// version or event.
    pub async fn former_logins(&self, instance: InstanceId, since: Timestamp) -> Result<Vec<FormerLogin>, StoreError> {
        self.backend().read_indexed(move |snapshot| former_logins(snapshot, instance, since)).await
    }
}

fn former_logins(
    snapshot: &Snapshot<'_>,
    instance: InstanceId,
    since: Timestamp,
) -> Result<Vec<FormerLogin>, StoreError> {
    let deleted = deleted_users(snapshot, instance, since, usize::MAX)?;
    let deleted: HashMap<(UserId, Revision), Timestamp> =
        deleted.into_iter().map(|deleted| ((deleted.user.id, deleted.revision), deleted.deleted_at)).collect();
    let mut former = Vec::new();
    let mut previous: Option<Arc<User>> = None;
    snapshot.for_each_row(&sql::READ_ALL_VERSIONS, &[Value::id(instance), Value::Word(rows::USER)], |row| {
        let (id, until) = (UserId::from_bits(row.bits(2)?), Revision(row.count(3)?));
        let current = match optional_record(row, 4, 5)? {
            Some(Record::User(user)) => Some(user),
            _ => None,
        };
        if let Some(user) = previous.take().filter(|user| user.id == id) {
            let at = match &current {
                Some(current) if folded(&current.username) == folded(&user.username) => None,
                Some(current) => Some(Some(current.modified).filter(|at| *at >= since)),
                None => Some(deleted.get(&(id, until)).copied()),
            };
            former.extend(at.map(|at| FormerLogin { user, until, at }));
        }
        previous = current;
        Ok(())
    })?;
    Ok(former)
}
