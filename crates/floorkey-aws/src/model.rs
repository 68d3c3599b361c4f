//! The structs of the served operations and their parts, generated from the service's model.
//!
//! `<Operation>Input` is the input of an operation, `<Operation>Output` its output ([`Empty`] if it has none). Optional
//! members are `Option`; serialized structs omit members that are `None`.

pub use crate::generated::enumeration::*;
pub use crate::generated::input::*;
pub use crate::generated::output::*;
pub use crate::generated::structure::*;
pub use crate::input::Empty;
