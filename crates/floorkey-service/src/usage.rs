//! Permission usage: how often each user has used each permission, and when the user last used it.
//!
//! The counts include requests by applications that are permitted, and operations that users perform in Floorkey.
//!
//! No decision depends on the counts, so counting must not noticeably slow down decisions. Counting only updates a table
//! in memory and never waits for the store. Every 30 seconds and at a clean stop, the counts are added to the stored
//! counts. If the server is killed, the counts since the last flush are lost.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use floorkey::{
    Action, Directory, InstanceId, Permission, Principal, RecordKey, RequestedAction, ResourceType, Timestamp, UserId,
    catalog,
};
use floorkey_store::{PermissionUse, Store, StoreError};
use foldhash::fast::RandomState;

/// Two limits on the number of entries in the table. At the first limit, the counts are flushed. At the second limit, new
/// entries are dropped, which limits memory usage even if the store fails.
const ENTRIES_FLUSH: usize = 500_000;
const ENTRIES_MAX: usize = 1_000_000;

/// The maximum number of rows per write. Other writes can run between two writes of a flush.
const ROWS_PER_WRITE: usize = 5_000;

/// Counts that have not been flushed yet.
#[derive(Default)]
pub struct Usage {
    table: Mutex<UsageTable>,
    /// Notified when the table is nearly full.
    pub(crate) flush_requested: tokio::sync::Notify,
    /// Locked during a flush, so that queries don't miss counts that are being written.
    flushing: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct UsageTable {
    users: HashMap<(InstanceId, UserId), Vec<UsageEntry>, RandomState>,
    /// The number of entries of all users.
    entries: usize,
}

/// The use of one permission by one user.
struct UsageEntry {
    used: UsedPermission,
    count: u64,
    last: Timestamp,
}

/// A permission that a user has used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UsedPermission {
    /// A permission in the catalog.
    Catalogue(Permission),
    /// An application's permission, as the application's namespace and the permission's name.
    Application(Box<(String, String)>),
}

impl Usage {
    /// Counts one use of the permission for the given action.
    pub fn count(&self, instance: InstanceId, user: UserId, action: RequestedAction<'_>, at: Timestamp) {
        self.add(instance, user, action, 1, at);
    }

    /// Counts a read operation of a user. Operations that change data are counted when they are committed (see
    /// `Usage::count_action`).
    pub fn count_read(
        &self,
        directory: &Directory,
        principal: &Principal,
        action: Action,
        about: Option<ResourceType>,
        at: Timestamp,
    ) {
        if action.is_read() {
            self.count_action(directory, principal, action, about, at);
        }
    }

    /// Counts an operation of a user. The operation counts as one use of each permission that the operation requires
    /// and the user has.
    pub(crate) fn count_action(
        &self,
        directory: &Directory,
        principal: &Principal,
        action: Action,
        about: Option<ResourceType>,
        at: Timestamp,
    ) {
        let Principal::User { id, .. } = principal else { return };
        let Some(user) = directory.user(*id) else { return };
        let Some(requirement) = catalog().requirement(action).required_permissions(about) else { return };
        for permission in requirement.names().intersection(&directory.grants_at(user, at).all_permissions()).iter() {
            self.count(directory.instance(), *id, RequestedAction::Permission(permission), at);
        }
    }

    /// Returns a user's permission usage. The result includes counts that have not been flushed yet.
    ///
    /// # Errors
    /// Returns an error if the store can't be read.
    pub async fn permissions_used_by(
        &self,
        store: &Store,
        instance: InstanceId,
        user: UserId,
    ) -> Result<Vec<(UsedPermission, u64, Timestamp)>, StoreError> {
        let _lock = self.flushing.lock().await;
        let stored = store.permission_uses(instance, user).await?;
        let stored = stored
            .into_iter()
            .filter_map(|row| Some((UsedPermission::parse(&row.permission)?, row.count, row.last_used_at)));
        let mut all: Vec<_> = stored.collect();
        for entry in self.lock().users.get(&(instance, user)).into_iter().flatten() {
            match all.iter_mut().find(|(used, ..)| *used == entry.used) {
                Some((_, count, last)) => (*count, *last) = (*count + entry.count, entry.last.max(*last)),
                None => all.push((entry.used.clone(), entry.count, entry.last)),
            }
        }
        Ok(all)
    }

    /// Adds the counts since the previous flush to the counts in the store.
    ///
    /// # Errors
    /// Returns an error if the store fails. Counts that were not written are kept for the next flush.
    pub async fn flush(&self, store: &Store) -> Result<(), StoreError> {
        let _lock = self.flushing.lock().await;
        let drained = std::mem::take(&mut *self.lock());
        let owned = drained.users.into_iter();
        let entries: Vec<_> =
            owned.flat_map(|(key, entries)| entries.into_iter().map(move |entry| (key, entry))).collect();
        let mut unwritten = entries.as_slice();
        while !unwritten.is_empty() {
            let (now, rest) = unwritten.split_at(unwritten.len().min(ROWS_PER_WRITE));
            let rows: Vec<PermissionUse> = now.iter().map(row).collect();
            if let Err(error) = store.record_permission_uses(&rows).await {
                for ((instance, user), entry) in unwritten {
                    self.add(*instance, *user, entry.used.action(), entry.count, entry.last);
                }
                return Err(error);
            }
            unwritten = rest;
        }
        Ok(())
    }

    fn add(&self, instance: InstanceId, user: UserId, action: RequestedAction<'_>, count: u64, at: Timestamp) {
        let mut guard = self.lock();
        let UsageTable { users, entries } = &mut *guard;
        let of_user = users.entry((instance, user)).or_default();
        if let Some(entry) = of_user.iter_mut().find(|entry| entry.used.matches(action)) {
            entry.count += count;
            entry.last = entry.last.max(at);
            return;
        }
        if *entries < ENTRIES_MAX
            && let Some(used) = UsedPermission::from_action(action)
        {
            of_user.push(UsageEntry { used, count, last: at });
            *entries += 1;
        }
        let is_nearly_full = *entries >= ENTRIES_FLUSH;
        drop(guard);
        if is_nearly_full {
            self.flush_requested.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, UsageTable> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn row(((instance, user), entry): &((InstanceId, UserId), UsageEntry)) -> PermissionUse {
    let (permission, count) = (entry.used.to_stored(), entry.count);
    PermissionUse { instance: *instance, user: *user, permission, count, last_used_at: entry.last }
}

impl UsedPermission {
    fn from_action(action: RequestedAction<'_>) -> Option<Self> {
        match action {
            RequestedAction::Permission(permission) => Some(Self::Catalogue(permission)),
            RequestedAction::Application { namespace, permission } => {
                Some(Self::Application(Box::new((namespace.to_owned(), permission.to_owned()))))
            }
            RequestedAction::Unknown(_) => None,
        }
    }

    fn action(&self) -> RequestedAction<'_> {
        match self {
            Self::Catalogue(permission) => RequestedAction::Permission(*permission),
            Self::Application(pair) => RequestedAction::Application { namespace: &pair.0, permission: &pair.1 },
        }
    }

    fn matches(&self, action: RequestedAction<'_>) -> bool {
        match (self, action) {
            (Self::Catalogue(row), RequestedAction::Permission(other)) => *row == other,
            (Self::Application(pair), RequestedAction::Application { namespace, permission }) => {
                pair.0 == namespace && pair.1 == permission
            }
            _ => false,
        }
    }

    /// Returns the permission's key in the store. Permission names never contain a tab.
    fn to_stored(&self) -> String {
        match self {
            Self::Catalogue(permission) => permission.name().to_owned(),
            Self::Application(pair) => format!("{}\t{}", pair.0, pair.1),
        }
    }

    /// Parses a stored key. Returns `None` for a permission that is not in the catalog.
    fn parse(text: &str) -> Option<Self> {
        match text.split_once('\t') {
            Some((namespace, name)) => Some(Self::Application(Box::new((namespace.to_owned(), name.to_owned())))),
            None => Permission::parse(text).ok().map(Self::Catalogue),
        }
    }
}

/// Returns the resource type of a record; `None` if the record is not a resource. The permissions required for some
/// operations depend on this type.
pub(crate) fn resource_type_of(directory: &Directory, key: &RecordKey) -> Option<ResourceType> {
    match key {
        RecordKey::User(_) => Some(ResourceType::User),
        RecordKey::Profile(_) => Some(ResourceType::SecurityProfile),
        RecordKey::Group(_) => Some(ResourceType::HierarchyGroup),
        RecordKey::Resource(id) => directory.resource(*id).map(|resource| resource.resource_type()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn total_count(usage: &Usage) -> u64 {
        usage.lock().users.values().flatten().map(|entry| entry.count).sum()
    }

    #[test]
    fn uses_are_counted_by_instance_user_and_permission() {
        let usage = Usage::default();
        let (here, there) = (InstanceId::from_bits(1), InstanceId::from_bits(2));
        let (ann, tom) = (UserId::from_bits(1), UserId::from_bits(2));
        let view = RequestedAction::parse("Users.View");
        let refund = |namespace| RequestedAction::Application { namespace, permission: "refund" };
        for (instance, user, action, times) in [
            (here, ann, view, 3),
            (there, ann, view, 1),
            (here, tom, view, 1),
            (here, ann, refund("orders"), 2),
            (here, ann, refund("returns"), 1),
            (here, ann, RequestedAction::Unknown("No.Such"), 5),
        ] {
            (0..times).for_each(|time| usage.count(instance, user, action, at(time)));
        }
        assert_eq!(total_count(&usage), 8);
        let table = usage.lock();
        let entries = &table.users[&(here, ann)];
        let mut of_ann: Vec<_> =
            entries.iter().map(|entry| (entry.used.to_stored(), entry.count, entry.last.as_millis())).collect();
        of_ann.sort();
        let row = |text: &str, count, last| (text.to_owned(), count, last);
        assert_eq!(of_ann, [row("Users.View", 3, 2), row("orders\trefund", 2, 1), row("returns\trefund", 1, 0)]);
        for entry in entries {
            assert_eq!(UsedPermission::parse(&entry.used.to_stored()).as_ref(), Some(&entry.used));
        }
    }

    #[test]
    fn concurrent_counts_are_not_lost_and_memory_is_bounded() {
        let usage = Usage::default();
        let here = InstanceId::from_bits(1);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for number in 0..20_000_u128 {
                        usage.count(here, UserId::from_bits(number % 700), RequestedAction::parse("Users.View"), at(1));
                    }
                });
            }
        });
        assert_eq!(total_count(&usage), 80_000);
        for number in 0..ENTRIES_MAX as u128 + 1_000 {
            usage.count(here, UserId::from_bits(number), RequestedAction::parse("Users.View"), at(1));
        }
        assert_eq!(usage.lock().entries, ENTRIES_MAX);
        assert_eq!(usage.lock().users.values().map(Vec::len).sum::<usize>(), ENTRIES_MAX);
    }
}
