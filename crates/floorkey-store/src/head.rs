//! Where an instance stands: its revision, and the length and shape of its audit.

use floorkey::Revision;

use crate::merkle::{Frontier, Hash};

/// Where an instance stands. Read by [`Store::load`](crate::Store::load) and handed on by
/// [`Store::commit`](crate::Store::commit): a batch is written only if the instance still stands there.
///
/// The default is where an instance stands that isn't stored yet.
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

    /// What a checkpoint of the audit would say.
    #[must_use]
    pub fn audit(&self) -> AuditHead {
        AuditHead { size: self.frontier.size(), root: self.frontier.root() }
    }

    /// Whether nothing was ever written.
    pub(crate) const fn is_new(&self) -> bool {
        self.revision.0 == 0 && self.frontier.size() == 0
    }
}

/// How long an audit is, and the root of the tree over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// The number of events.
    pub size: u64,
    /// The root (RFC 6962) of the tree over their leaves.
    pub root: Hash,
}
