//! Changes: what will be written, once the plan is made.

use crate::access_key::AccessKeyId;
use crate::audit::{AuditEvent, Flag};
use crate::directory::Revision;
use crate::id::{SecondFactorId, UserId};
use crate::record::RecordChange;
use crate::secret::Opaque;

/// Everything that one command writes, in one transaction. Made only by [`plan`](crate::plan()) and
/// [`found`](crate::found()), and it always carries its audit event.
#[derive(Clone, Debug)]
pub struct Change {
    pub(crate) revision: Revision,
    pub(crate) records: Vec<RecordChange>,
    pub(crate) side: Vec<SideWrite>,
    pub(crate) event: AuditEvent,
}

impl Change {
    /// The revision that the directory has with it.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The records that get a new version or go.
    #[must_use]
    pub fn records(&self) -> &[RecordChange] {
        &self.records
    }

    /// What is written beside the records.
    #[must_use]
    pub fn side(&self) -> &[SideWrite] {
        &self.side
    }

    /// How many users have to set up their credentials anew, because others could know them.
    #[must_use]
    pub fn credentials_replaced(&self) -> u64 {
        let counts = self.event.flags.iter().map(|flag| match flag {
            Flag::CredentialsReplaced { count, .. } => *count,
            _ => 0,
        });
        counts.sum()
    }

    /// What the audit keeps of it.
    #[must_use]
    pub fn event(&self) -> &AuditEvent {
        &self.event
    }
}

/// A write outside the records: what has no history.
#[derive(Clone, Debug)]
pub enum SideWrite {
    /// A user's password hash, new or replaced.
    PutPassword {
        /// Whose.
        user: UserId,
        /// The hash.
        hash: Opaque,
    },
    /// A user's password hash goes; the user stays.
    ForgetPassword {
        /// Whose.
        user: UserId,
    },
    /// A user's credentials and everything tied to them go: the user was deleted.
    ForgetUser {
        /// Whose.
        user: UserId,
    },
    /// The count of a user's failed sign-ins goes, so that they can try again at once.
    ForgetAttempts {
        /// Whose.
        user: UserId,
    },
    /// The sealed secret of an access key.
    PutAccessKey {
        /// The key.
        id: AccessKeyId,
        /// Its sealed secret.
        sealed_secret: Opaque,
    },
    /// An access key's secret goes.
    ForgetAccessKey {
        /// The key.
        id: AccessKeyId,
    },
    /// What a second factor is checked with, sealed; new.
    PutSecondFactor {
        /// Whose.
        user: UserId,
        /// The factor.
        factor: SecondFactorId,
        /// What it is checked with.
        secret: Opaque,
    },
    /// A second factor goes, and what it was checked with.
    ForgetSecondFactor {
        /// Whose.
        user: UserId,
        /// The factor.
        factor: SecondFactorId,
    },
}
