//! The format of Floorkey's audit log, as far as an auditor has to know it: how an event becomes a leaf, the Merkle tree
//! over the leaves (RFC 6962), and the commitments that stand for personal values.
//!
//! This crate is pure. It knows neither Floorkey's domain nor its database.

mod commitment;
pub mod hex;
mod tree;

pub use commitment::commitment;
pub use tree::{Frontier, leaf_hash};

/// A SHA-256 hash.
pub type Hash = [u8; 32];
