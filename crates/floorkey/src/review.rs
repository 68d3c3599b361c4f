//! Reviews: what permissions bring along, what a change does to whom, and what there is to know of a profile or a user.

pub mod compare;
pub mod default_diff;
pub mod effect;
pub mod example;
pub mod inherited;
pub mod power;
pub mod risks;
pub mod summary;
pub mod why_not;
