//! Options of the service. The defaults are for a server that keeps its data.

use std::sync::Arc;

use super::issued_keys::IssuedKeys;
use crate::passwords::PasswordCost;

/// Options of a [`Service`](super::Service).
#[derive(Clone, Default)]
pub struct ServiceOptions {
    /// The cost of hashing a password.
    pub password_cost: PasswordCost,
    /// The table in which the service records every access key that a command creates; `None` if it records none.
    pub issued_keys: Option<Arc<IssuedKeys>>,
}
