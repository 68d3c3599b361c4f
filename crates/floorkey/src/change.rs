//! Changes: the result of a plan, to be written to the store.

use crate::access_key::AccessKeyId;
use crate::audit::{AuditEvent, Flag};
use crate::id::{MfaMethodId, UserId};
use crate::record::RecordChange;
use crate::revision::Revision;
use crate::secret::SecretBytes;

/// Everything that one command writes, in one transaction. Created only by [`plan`](crate::plan()) and
/// [`found`](crate::found()), and always with its audit event.
#[derive(Clone, Debug)]
pub struct Change {
    pub(crate) revision: Revision,
    pub(crate) records: Vec<RecordChange>,
    pub(crate) side: Vec<AuxiliaryWrite>,
    pub(crate) event: AuditEvent,
}

impl Change {
    /// The revision that the change creates.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The records that are written or removed.
    #[must_use]
    pub fn records(&self) -> &[RecordChange] {
        &self.records
    }

    /// The writes that don't affect records.
    #[must_use]
    pub fn auxiliary_writes(&self) -> &[AuxiliaryWrite] {
        &self.side
    }

    /// The number of users whose credentials the change replaced because other users could know them. These users must
    /// set up new credentials.
    #[must_use]
    pub fn credentials_replaced(&self) -> u64 {
        let counts = self.event.flags.iter().map(|flag| match flag {
            Flag::CredentialsReplaced { count, .. } => *count,
            _ => 0,
        });
        counts.sum()
    }

    /// The audit event of the change.
    #[must_use]
    pub fn event(&self) -> &AuditEvent {
        &self.event
    }
}

/// A write to data that is stored outside the records and has no history.
#[derive(Clone, Debug)]
pub enum AuxiliaryWrite {
    /// Stores a user's password hash, new or replaced.
    PutPassword {
        /// The user.
        user: UserId,
        /// The hash.
        hash: SecretBytes,
    },
    /// Deletes a user's password hash, but not the user.
    DeletePassword {
        /// The user.
        user: UserId,
    },
    /// Deletes a deleted user's credentials and all data that belongs to them.
    DeleteUserData {
        /// The user.
        user: UserId,
    },
    /// Resets the count of a user's failed sign-ins, so that they can try again at once.
    DeleteAttempts {
        /// The user.
        user: UserId,
    },
    /// Stores the sealed secret of an access key.
    PutAccessKey {
        /// The key.
        id: AccessKeyId,
        /// The sealed secret.
        sealed_secret: SecretBytes,
    },
    /// Deletes the sealed secret of an access key.
    DeleteAccessKey {
        /// The key.
        id: AccessKeyId,
    },
    /// Stores the sealed secret that verifies a new second factor.
    PutSecondFactor {
        /// The user.
        user: UserId,
        /// The factor.
        factor: MfaMethodId,
        /// The sealed secret.
        secret: SecretBytes,
    },
    /// Deletes the sealed secret of a removed second factor.
    DeleteSecondFactor {
        /// The user.
        user: UserId,
        /// The factor.
        factor: MfaMethodId,
    },
}
