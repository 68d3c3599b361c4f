//! Changes, which are the results of planned commands and are written to the store.

use crate::access_key::AccessKeyId;
use crate::audit::{AuditEvent, Flag};
use crate::id::{MfaMethodId, UserId};
use crate::record::RecordChange;
use crate::revision::Revision;
use crate::secret::SecretBytes;

/// All data that a command writes in one transaction, including the audit event. Only [`plan`](crate::plan()) and
/// [`create_instance`](crate::create_instance()) create changes.
#[derive(Clone, Debug)]
pub struct Change {
    pub(crate) revision: Revision,
    pub(crate) records: Vec<RecordChange>,
    pub(crate) side: Vec<AuxiliaryWrite>,
    pub(crate) event: AuditEvent,
}

impl Change {
    /// Returns the revision that the change creates.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// Returns the records that the change writes or removes.
    #[must_use]
    pub fn records(&self) -> &[RecordChange] {
        &self.records
    }

    /// Returns the writes to data that is stored outside the records.
    #[must_use]
    pub fn auxiliary_writes(&self) -> &[AuxiliaryWrite] {
        &self.side
    }

    /// Returns the number of users whose credentials the change replaced because other users could know the
    /// credentials. The affected users must set up new credentials.
    #[must_use]
    pub fn credentials_replaced(&self) -> u64 {
        let counts = self.event.flags.iter().map(|flag| match flag {
            Flag::CredentialsReplaced { count, .. } => *count,
            _ => 0,
        });
        counts.sum()
    }

    /// Returns the change's audit event.
    #[must_use]
    pub fn event(&self) -> &AuditEvent {
        &self.event
    }
}

/// A write to data that is stored outside the records and has no history.
#[derive(Clone, Debug)]
pub enum AuxiliaryWrite {
    /// Stores a user's password hash, and replaces any existing hash.
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
    /// Deletes a deleted user's credentials, and the other data about the user that has no history.
    DeleteUserData {
        /// The user.
        user: UserId,
    },
    /// Resets the count of a user's failed sign-ins, so that the user can try again immediately.
    DeleteAttempts {
        /// The user.
        user: UserId,
    },
    /// Stores the encrypted secret of an access key.
    PutAccessKey {
        /// The key.
        id: AccessKeyId,
        /// The encrypted secret.
        sealed_secret: SecretBytes,
    },
    /// Deletes the encrypted secret of an access key.
    DeleteAccessKey {
        /// The key.
        id: AccessKeyId,
    },
    /// Stores the encrypted secret that verifies a new second factor.
    PutSecondFactor {
        /// The user.
        user: UserId,
        /// The factor.
        factor: MfaMethodId,
        /// The encrypted secret.
        secret: SecretBytes,
    },
    /// Deletes the encrypted secret of a removed second factor.
    DeleteSecondFactor {
        /// The user.
        user: UserId,
        /// The factor.
        factor: MfaMethodId,
    },
}
