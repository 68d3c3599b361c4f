//! The model of Amazon Connect, as far as Floorkey serves it: made by `cargo xtask codegen`.

pub(crate) mod demand;
pub(crate) mod enumeration;
pub(crate) mod error;
pub(crate) mod input;
pub(crate) mod operation;
pub(crate) mod output;
pub(crate) mod route;
pub(crate) mod structure;
pub(crate) mod unserved;
