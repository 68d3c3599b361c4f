//! The head of an instance: its revision, and the size and tree of its audit log.

use floorkey::Revision;

use floorkey_audit::{Frontier, Hash};

/// The head of an instance. [`Store::load`](crate::Store::load) reads it, and [`Store::commit`](crate::Store::commit)
/// returns it. A batch is planned for a head, and it is written only if the instance still has this head.
///
/// The default is the head of an instance that is not stored yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub(crate) revision: Revision,
    pub(crate) frontier: Frontier,
}

impl Head {
    /// The revision; 0 before the first change.
    #[must_use]
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// The number of audit events.
    #[must_use]
    pub const fn audit_size(&self) -> u64 {
        self.frontier.size()
    }

    /// Returns the size of the audit log and the root of its tree, as in a checkpoint.
    #[must_use]
    pub fn audit(&self) -> AuditHead {
        AuditHead { size: self.frontier.size(), root: self.frontier.root() }
    }

    /// Whether nothing has been written yet.
    pub(crate) const fn is_new(&self) -> bool {
        self.revision.0 == 0 && self.frontier.size() == 0
    }
}

/// The size of an audit log, and the root of the tree over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// The number of events.
    pub size: u64,
    /// The root of the tree over the leaves of the events (RFC 6962).
    pub root: Hash,
}
