// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! The structures inside.

mod agent_status;
mod exchanged;
mod hierarchy;
mod hours_of_operation;
mod instance;
mod queues;
mod routing_profiles;
mod security_profiles;
mod taken;
mod users;

pub use agent_status::*;
pub use exchanged::*;
pub use hierarchy::*;
pub use hours_of_operation::*;
pub use instance::*;
pub use queues::*;
pub use routing_profiles::*;
pub use security_profiles::*;
pub use taken::*;
pub use users::*;
