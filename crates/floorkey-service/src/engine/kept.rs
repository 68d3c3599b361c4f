//! Directories of earlier revisions, retained for a while so that all pages of a search show the same state.
//!
//! Directories share unchanged data, so a retained one costs only as much memory as has changed since.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use floorkey::{Directory, InstanceId, Revision};

/// How long a revision is retained after a search started at it.
pub const KEPT_FOR: Duration = Duration::from_secs(5 * 60);

/// Maximum number of retained directories. The least recently used one is dropped first.
const KEPT_MAX: usize = 64;

/// The retained directories.
#[derive(Default)]
pub(super) struct Kept(Mutex<VecDeque<Entry>>);

struct Entry {
    directory: Arc<Directory>,
    until: Instant,
}

impl Kept {
    /// Retains a directory for [`KEPT_FOR`] from now on.
    pub(super) fn keep(&self, directory: &Arc<Directory>, now: Instant) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|entry| entry.until > now && !is(entry, directory.instance(), directory.revision()));
        if kept.len() == KEPT_MAX {
            kept.pop_front();
        }
        kept.push_back(Entry { directory: directory.clone(), until: now + KEPT_FOR });
    }

    /// Returns the retained directory of an instance at a revision.
    pub(super) fn at(&self, instance: InstanceId, revision: Revision, now: Instant) -> Option<Arc<Directory>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|entry| entry.until > now && is(entry, instance, revision))?;
        let entry = kept.remove(place)?;
        let directory = entry.directory.clone();
        kept.push_back(entry);
        Some(directory)
    }

    /// Drops directories whose time is over.
    pub(super) fn forget(&self, now: Instant) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|entry| entry.until > now);
    }
}

fn is(entry: &Entry, instance: InstanceId, revision: Revision) -> bool {
    entry.directory.instance() == instance && entry.directory.revision() == revision
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(revision: u64) -> Arc<Directory> {
        Arc::new(Directory::from_records(InstanceId::from_bits(1), Revision(revision), Vec::new()))
    }

    #[test]
    fn a_revision_is_retained_for_its_time_and_no_longer() {
        let (kept, begun, instance) = (Kept::default(), Instant::now(), InstanceId::from_bits(1));
        kept.keep(&directory(7), begun);
        let at = |revision, after| kept.at(instance, Revision(revision), begun + after).map(|found| found.revision());
        assert_eq!(at(7, KEPT_FOR - Duration::from_millis(1)), Some(Revision(7)));
        assert_eq!(at(7, KEPT_FOR), None, "asking for it does not prolong it");
        assert_eq!(at(8, Duration::ZERO), None);
        assert!(kept.at(InstanceId::from_bits(2), Revision(7), begun).is_none());
        kept.forget(begun + KEPT_FOR);
        assert!(kept.0.lock().unwrap().is_empty());
    }

    #[test]
    fn the_least_recently_used_revision_is_dropped_first() {
        let (kept, now, instance) = (Kept::default(), Instant::now(), InstanceId::from_bits(1));
        for revision in 0..KEPT_MAX as u64 {
            kept.keep(&directory(revision), now);
        }
        assert!(kept.at(instance, Revision(0), now).is_some());
        kept.keep(&directory(1000), now);
        assert!(kept.at(instance, Revision(0), now).is_some());
        assert!(kept.at(instance, Revision(1), now).is_none());
        assert!(kept.at(instance, Revision(1000), now).is_some());
    }
}
