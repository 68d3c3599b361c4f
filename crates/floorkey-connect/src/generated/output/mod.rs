// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! What the operations answer.

mod agent_status;
mod hierarchy;
mod hours_of_operation;
mod instance;
mod queue;
mod routing_profile;
mod security_profile;
mod security_profile_list;
mod tag;
mod user;
mod user_proficiency;
mod user_update;

pub use agent_status::*;
pub use hierarchy::*;
pub use hours_of_operation::*;
pub use instance::*;
pub use queue::*;
pub use routing_profile::*;
pub use security_profile::*;
pub use security_profile_list::*;
pub use tag::*;
pub use user::*;
pub use user_proficiency::*;
pub use user_update::*;
