//! Caches the users who may have a permission, so that later searches need not compute them again.

use std::sync::{Arc, Mutex, PoisonError};

use crate::catalog::Permission;

/// The maximum number of permissions for which a directory caches candidates. Each permission takes two bits per user.
const CACHED_PERMISSIONS_MAX: usize = 8;

/// The users who may have a permission, as bitmaps. The bitmaps are valid for every target and every time.
#[derive(Clone, Default)]
pub(crate) struct CandidateBitmaps {
    /// Users who have the permission without a scope.
    pub(crate) allowed: Vec<u64>,
    /// Users whose access must be decided individually.
    pub(crate) undecided: Vec<u64>,
}

/// A cache of the candidates for some permissions at one revision. Repeated searches use the cached candidates instead
/// of computing the candidates again.
#[derive(Default)]
pub(crate) struct CandidateCache(Mutex<Vec<(Permission, Arc<CandidateBitmaps>)>>);

impl Clone for CandidateCache {
    /// Returns an empty cache. A directory is cloned only to change the clone, and the change would make the cached
    /// candidates invalid.
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
