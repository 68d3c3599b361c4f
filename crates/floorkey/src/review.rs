//! Reviews of access: the effect of a change on users, explanations of denials, and summaries, risks and comparisons of
//! profiles and users.

pub mod access;
pub mod compare;
pub mod default_diff;
pub mod effect;
pub mod example;
pub mod risks;
pub mod summary;
pub mod why_not;
