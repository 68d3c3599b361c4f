// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! What the model demands of input.

mod collection;
mod enumerated;
mod number;
mod structure;
mod text;

pub(crate) use collection::*;
pub(crate) use enumerated::*;
pub(crate) use number::*;
pub(crate) use structure::*;
pub(crate) use text::*;
