//! The structs of the served operations and what they are made of, made from the service's model.
//!
//! `<Operation>Input` is what an operation takes, `<Operation>Output` what it answers ([`Empty`] where that is
//! nothing). Optional members are `Option`; the structs that are answered leave out what is `None`.

pub use crate::generated::enumeration::*;
pub use crate::generated::input::*;
pub use crate::generated::output::*;
pub use crate::generated::structure::*;
pub use crate::input::Empty;
