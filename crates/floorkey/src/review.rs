//! Reviews of access. The submodules compute how a change affects users, explain denials, and summarize the access and
//! risks of profiles and users. They also compute the findings of an instance.

pub mod access;
pub mod capabilities;
pub mod compare;
pub mod default_diff;
pub mod effect;
pub mod example;
pub mod findings;
pub mod risks;
pub mod summary;
pub mod why_not;
