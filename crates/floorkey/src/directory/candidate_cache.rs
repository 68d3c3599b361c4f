//! Users who can have a permission, computed by searches and kept for the next one.

use std::sync::{Arc, Mutex, PoisonError};

use crate::catalogue::Permission;

/// The number of permissions whose candidates a directory caches. Each takes two bits per user.
const CACHED_PERMISSIONS_MAX: usize = 8;

/// The users who may have a permission, as bitmaps. Independent of the target and the time of the request.
#[derive(Clone, Default)]
pub(crate) struct CandidateBitmaps {
    /// Users who have the permission without a scope.
    pub(crate) allowed: Vec<u64>,
    /// Users who need an individual decision.
    pub(crate) undecided: Vec<u64>,
}

/// A cache of complete candidates at one revision, so that repeated searches don't compute them again.
#[derive(Default)]
pub(crate) struct CandidateCache(Mutex<Vec<(Permission, Arc<CandidateBitmaps>)>>);

impl Clone for CandidateCache {
    /// Returns an empty cache: a directory is cloned to be changed.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl CandidateCache {
    pub(crate) fn get(&self, permission: Permission) -> Option<Arc<CandidateBitmaps>> {
        let cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cached.iter().find(|(known, _)| *known == permission).map(|(_, candidates)| candidates.clone())
    }

    pub(crate) fn insert(&self, permission: Permission, candidates: &Arc<CandidateBitmaps>) {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cached.retain(|(known, _)| *known != permission);
        if cached.len() == CACHED_PERMISSIONS_MAX {
            cached.remove(0);
        }
        cached.push((permission, candidates.clone()));
    }
}
