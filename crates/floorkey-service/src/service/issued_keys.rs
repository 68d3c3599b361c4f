//! The IDs of all access keys that were created since the server started.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use floorkey::{AccessKeyId, Command};

/// The IDs of all access keys that commands created, including keys that were revoked. A server for tests accepts
/// unknown access keys, and needs this table to refuse keys that it knew before.
#[derive(Default)]
pub struct IssuedKeys(Mutex<HashSet<AccessKeyId>>);

impl IssuedKeys {
    /// Whether a command created an access key with this ID.
    pub fn contains(&self, id: &AccessKeyId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(id)
    }

    /// Records the access keys that a command creates.
    pub(super) fn record(&self, command: &Command) {
        match command {
            Command::CreateAccessKey { id, .. } => {
                self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone());
            }
            Command::IfUnchanged { command, .. } => self.record(command),
            Command::Batch { commands, .. } => commands.iter().for_each(|command| self.record(command)),
            _ => {}
        }
    }
}
