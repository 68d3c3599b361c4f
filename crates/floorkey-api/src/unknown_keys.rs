//! How calls are treated whose access key is unknown.

use std::sync::Arc;

use floorkey::AccessKeyId;
use floorkey_service::service::IssuedKeys;

/// How calls are treated whose access key is unknown.
pub enum UnknownKeys {
    /// Refuse them.
    Refuse,
    /// Carry them out for the operator, without verifying their signatures. This is only for servers that tests use:
    /// anyone who can connect to such a server has full access. Keys that the server issued and then revoked are
    /// refused, so that tests see the same result as on any other server.
    ActAsOperator(Arc<IssuedKeys>),
}

impl UnknownKeys {
    /// Whether a call with this unknown access key is carried out for the operator. `id` is `None` if the ID has an
    /// invalid format.
    pub(crate) fn act_as_operator(&self, id: Option<&AccessKeyId>) -> bool {
        match self {
            Self::Refuse => false,
            Self::ActAsOperator(issued) => id.is_none_or(|id| !issued.contains(id)),
        }
    }
}
