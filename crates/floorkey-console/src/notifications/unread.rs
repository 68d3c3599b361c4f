//! The numbers of unread notifications, for the top bar of every page.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use floorkey::{InstanceId, Revision, Timestamp, UserId};
use floorkey_store::StoreError;

use super::{earliest, find, read_until};
use crate::web::current_user::CurrentUser;

/// The last counts, by user. A count remains the same until something changes or the user reads the notifications, so
/// most pages need not look at the audit log.
#[derive(Default)]
pub(crate) struct UnreadCounts {
    known: Mutex<HashMap<(InstanceId, UserId), KnownCount>>,
}

struct KnownCount {
    revision: Revision,
    read_until: Timestamp,
    unread: usize,
}

impl UnreadCounts {
    /// Returns the number of notifications that the viewer has not read. Returns `None` if the viewer gets none.
    ///
    /// # Errors
    /// Returns an error if the store can't be read.
    pub(crate) async fn get(&self, viewer: &CurrentUser) -> Result<Option<usize>, StoreError> {
        if !viewer.directory.is_administrator(viewer.user.id) {
            return Ok(None);
        }
        let (key, revision, read_until) =
            ((viewer.instance(), viewer.user.id), viewer.directory.revision(), read_until(viewer));
        let known = {
            let counts = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let known = counts.get(&key).filter(|known| known.revision == revision && known.read_until == read_until);
            known.map(|known| known.unread)
        };
        if known.is_some() {
            return Ok(known);
        }
        let from = Timestamp::from_millis(read_until.as_millis().saturating_add(1)).max(earliest(viewer));
        let unread = find(viewer, from).await?.len();
        let count = KnownCount { revision, read_until, unread };
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, count);
        Ok(Some(unread))
    }
}
