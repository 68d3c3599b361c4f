//! Principals: who acts.

use crate::access_key::AccessKeyId;
use crate::id::UserId;
use crate::time::Timestamp;

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// Whoever holds the operator's access key: the account, in AWS words. Sees all instances.
    Operator {
        /// The key.
        access_key: AccessKeyId,
    },
    /// A user of the instance.
    User {
        /// Which.
        id: UserId,
        /// How they are known to be that user.
        via: Via,
    },
    /// Floorkey itself, or whoever works on the server's machine.
    System,
}

/// How a user is known to be that user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    /// A call signed with one of the user's access keys.
    AccessKey(AccessKeyId),
    /// A browser's session.
    Session {
        /// Whether the user signed in, or proved it again, within the last minutes.
        fresh: bool,
    },
}

/// Who acts, and from where: what the audit keeps of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub principal: Principal,
    /// The id of the call, as its answer carries it.
    pub request_id: String,
    /// The network address the call came from.
    pub address: Option<String>,
    /// The program that made the call, in its own words.
    pub agent: Option<String>,
    /// The user's security epoch when the session or link of this call was accepted; `None` for callers without one.
    /// The call changes nothing once the user has another: see [`plan`](crate::plan()).
    pub security_epoch: Option<u64>,
    /// The signature of a call that can change something; `None` for calls that only read, and for all others.
    pub signature: Option<CallSignature>,
}

/// The signature of a call. It is good for one change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallSignature {
    /// SHA-256 of the signature.
    pub hash: [u8; 32],
    /// When the call was signed, by the caller's clock.
    pub signed_at: Timestamp,
}

impl Actor {
    /// Floorkey itself.
    #[must_use]
    pub fn system() -> Self {
        Self {
            principal: Principal::System,
            request_id: String::new(),
            address: None,
            agent: None,
            security_epoch: None,
            signature: None,
        }
    }
}
