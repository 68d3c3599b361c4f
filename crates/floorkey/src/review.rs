//! Reviews: what a set of permissions brings along, and how much power somebody has.

pub mod inherited;
pub mod power;
