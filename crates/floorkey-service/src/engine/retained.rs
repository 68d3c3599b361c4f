//! Directories of earlier revisions. They are retained for a limited time so that all pages of a search show the same
//! state.
//!
//! Directories share unchanged data. A retained directory needs additional memory only for data that has changed since
//! its revision.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use floorkey::{Directory, InstanceId, Revision};

/// How long a directory is retained for the remaining pages of a search.
pub const RETENTION: Duration = Duration::from_secs(5 * 60);

/// The maximum number of retained directories. If there are more, the least recently used directory is dropped.
const RETAINED_MAX: usize = 64;

/// The retained directories.
#[derive(Default)]
pub(super) struct RetainedSnapshots(Mutex<VecDeque<RetainedSnapshot>>);

struct RetainedSnapshot {
    directory: Arc<Directory>,
    expires_at: Instant,
}

impl RetainedSnapshots {
    /// Retains a directory for [`RETENTION`], starting at `now`.
    pub(super) fn retain(&self, directory: &Arc<Directory>, now: Instant) {
        let mut retained = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        retained.retain(|snapshot| {
            snapshot.expires_at > now && !is_snapshot_of(snapshot, directory.instance(), directory.revision())
        });
        if retained.len() == RETAINED_MAX {
            retained.pop_front();
        }
        retained.push_back(RetainedSnapshot { directory: directory.clone(), expires_at: now + RETENTION });
    }

    /// Returns an instance's retained directory at the given revision.
    pub(super) fn get(&self, instance: InstanceId, revision: Revision, now: Instant) -> Option<Arc<Directory>> {
        let mut retained = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let index = retained
            .iter()
            .position(|snapshot| snapshot.expires_at > now && is_snapshot_of(snapshot, instance, revision))?;
        let snapshot = retained.remove(index)?;
        let directory = snapshot.directory.clone();
        retained.push_back(snapshot);
        Some(directory)
    }

    /// Drops the directories whose retention period has ended.
    pub(super) fn evict_expired(&self, now: Instant) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|snapshot| snapshot.expires_at > now);
    }
}

fn is_snapshot_of(snapshot: &RetainedSnapshot, instance: InstanceId, revision: Revision) -> bool {
    snapshot.directory.instance() == instance && snapshot.directory.revision() == revision
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(revision: u64) -> Arc<Directory> {
        Arc::new(Directory::from_records(InstanceId::from_bits(1), Revision(revision), Vec::new()))
    }

    #[test]
    fn a_revision_is_kept_for_its_time_and_not_longer() {
        let (retained, started, instance) = (RetainedSnapshots::default(), Instant::now(), InstanceId::from_bits(1));
        retained.retain(&directory(7), started);
        let at =
            |revision, after| retained.get(instance, Revision(revision), started + after).map(|found| found.revision());
        assert_eq!(at(7, RETENTION - Duration::from_millis(1)), Some(Revision(7)));
        assert_eq!(at(7, RETENTION), None, "asking for it does not prolong it");
        assert_eq!(at(8, Duration::ZERO), None);
        assert!(retained.get(InstanceId::from_bits(2), Revision(7), started).is_none());
        retained.evict_expired(started + RETENTION);
        assert!(retained.0.lock().unwrap().is_empty());
    }

    #[test]
    fn when_too_many_are_kept_the_one_asked_for_longest_ago_goes() {
        let (retained, now, instance) = (RetainedSnapshots::default(), Instant::now(), InstanceId::from_bits(1));
        for revision in 0..RETAINED_MAX as u64 {
            retained.retain(&directory(revision), now);
        }
        assert!(retained.get(instance, Revision(0), now).is_some());
        retained.retain(&directory(1000), now);
        assert!(retained.get(instance, Revision(0), now).is_some());
        assert!(retained.get(instance, Revision(1), now).is_none());
        assert!(retained.get(instance, Revision(1000), now).is_some());
    }
}
