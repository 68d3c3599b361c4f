//! The head of an instance: the instance's revision, and the size and Merkle tree of its audit log.

use floorkey::Revision;

use floorkey_audit::{Frontier, Hash};

/// The head of an instance. [`Store::load`](crate::Store::load) reads it, and [`Store::commit`](crate::Store::commit)
/// returns it. A batch is written only if the instance still has the head for which the batch was planned.
///
/// The default value is the head of an instance that has not been created yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub(crate) revision: Revision,
    pub(crate) frontier: Frontier,
}

impl Head {
    /// The instance's revision; 0 before the first change.
    #[must_use]
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// The number of audit events in the instance.
    #[must_use]
    pub const fn audit_size(&self) -> u64 {
        self.frontier.size()
    }

    /// Returns the size of the audit log and the root of the log's Merkle tree. A checkpoint contains the same values.
    #[must_use]
    pub fn audit(&self) -> AuditHead {
        AuditHead { size: self.frontier.size(), root: self.frontier.root() }
    }

    /// Whether nothing has been written to the instance yet.
    pub(crate) const fn is_new(&self) -> bool {
        self.revision.0 == 0 && self.frontier.size() == 0
    }
}

/// The size of an audit log, and the root of the log's Merkle tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// The number of events in the audit log.
    pub size: u64,
    /// The root of the Merkle tree (RFC 6962). The leaves of the tree are the events.
    pub root: Hash,
}
