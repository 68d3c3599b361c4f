//! The structs for the operations that Floorkey supports, generated from the AWS service model.
//!
//! `<Operation>Input` is the input of an operation. `<Operation>Output` is the output of an operation, or [`Empty`] if
//! the output has no members. Optional members are `Option`. Serialized structs omit members that are `None`.

pub use crate::generated::enumeration::*;
pub use crate::generated::input::*;
pub use crate::generated::output::*;
pub use crate::generated::structure::*;
pub use crate::input::Empty;
