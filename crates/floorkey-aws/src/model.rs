//! The structs of the served operations and of their parts, generated from the model of the service.
//!
//! `<Operation>Input` is the input of an operation. `<Operation>Output` is its output, or [`Empty`] if it has none.
//! Optional members are `Option`. Serialized structs omit members that are `None`.

pub use crate::generated::enumeration::*;
pub use crate::generated::input::*;
pub use crate::generated::output::*;
pub use crate::generated::structure::*;
pub use crate::input::Empty;
