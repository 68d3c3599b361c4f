//! Users who may have a permission. A search computes them and caches them for later searches.

use std::sync::{Arc, Mutex, PoisonError};

use crate::catalog::Permission;

/// The maximum number of permissions for which a directory caches candidates. Each takes two bits per user.
const CACHED_PERMISSIONS_MAX: usize = 8;

/// The users who may have a permission, as bitmaps. They do not depend on the target or the time of the request.
#[derive(Clone, Default)]
pub(crate) struct CandidateBitmaps {
    /// Users who have the permission without a scope.
    pub(crate) allowed: Vec<u64>,
    /// Users who need an individual decision.
    pub(crate) undecided: Vec<u64>,
}

/// A cache of the complete candidates at one revision. With it, repeated searches need not compute them again.
#[derive(Default)]
pub(crate) struct CandidateCache(Mutex<Vec<(Permission, Arc<CandidateBitmaps>)>>);

impl Clone for CandidateCache {
    /// Returns an empty cache, because a directory is only cloned in order to change the clone.
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
