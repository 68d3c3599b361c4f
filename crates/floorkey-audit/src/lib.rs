//! The parts of the audit log's format that an auditor needs to know: the conversion of an event to a leaf of a Merkle
//! tree, the Merkle tree itself (RFC 6962), and the commitments that replace personal values.
//!
//! This crate does not depend on Floorkey's domain model or database. It performs no input or output.

mod commitment;
mod tree;

pub use commitment::commitment;
pub use tree::{Frontier, leaf_hash};

/// A SHA-256 hash.
pub type Hash = [u8; 32];
