//! Principals: the identities that perform operations.

use crate::access_key::AccessKeyId;
use crate::id::UserId;
use crate::time::Timestamp;

/// The identity that performs an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// The operator, identified by the operator's access key. The operator corresponds to the account in AWS and has
    /// access to all instances.
    Operator {
        /// The ID of the access key.
        access_key: AccessKeyId,
    },
    /// A user of the instance.
    User {
        /// The ID of the user.
        id: UserId,
        /// How the user was authenticated.
        authentication: Authentication,
    },
    /// Floorkey itself, or a person with access to the server machine.
    System,
}

/// How a user was authenticated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// A call signed with an access key of the user.
    AccessKey(AccessKeyId),
    /// A browser session.
    Session {
        /// Whether the user signed in or reauthenticated within the last few minutes.
        recently_authenticated: bool,
    },
}

/// The principal that makes a call and the origin of the call, as recorded in the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The principal.
    pub principal: Principal,
    /// The ID of the call. The response contains the same ID.
    pub request_id: String,
    /// The network address of the client.
    pub address: Option<String>,
    /// The user agent of the client.
    pub user_agent: Option<String>,
    /// The security epoch that the user had when the call's session or link was accepted; `None` for callers without a
    /// session or link. If the user's epoch has changed since then, the call can't change anything (see
    /// [`plan`](crate::plan())).
    pub security_epoch: Option<u64>,
    /// The signature of the call; `None` for read-only calls and for calls that are not signed.
    pub signature: Option<CallSignature>,
}

/// The signature of a call. A signature authorizes only one change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallSignature {
    /// The SHA-256 hash of the signature.
    pub hash: [u8; 32],
    /// When the call was signed, according to the caller's clock.
    pub signed_at: Timestamp,
}

impl Actor {
    /// Returns the actor for operations that Floorkey itself performs.
    #[must_use]
    pub fn system() -> Self {
        Self {
            principal: Principal::System,
            request_id: String::new(),
            address: None,
            user_agent: None,
            security_epoch: None,
            signature: None,
        }
    }
}
