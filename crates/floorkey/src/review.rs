//! Reviews of access. The modules compute the effect of a change on users, explain denials, and summarize and compare
//! the access and the risks of profiles and users.

pub mod access;
pub mod compare;
pub mod default_diff;
pub mod effect;
pub mod example;
pub mod risks;
pub mod summary;
pub mod why_not;
