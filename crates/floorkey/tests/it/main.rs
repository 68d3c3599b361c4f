//! Tests of the crate through its public API: decisions compared with a naive oracle, invariants over random
//! commands, a golden matrix of which user can run which command, and one test per rule of the domain.

#[cfg(test)]
mod bundle;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod decide;
#[cfg(test)]
mod escalation;
#[cfg(test)]
mod facts;
#[cfg(test)]
mod invariants;
#[cfg(test)]
#[path = "../../../../benches/figures/src/world.rs"]
mod large_world;
#[cfg(test)]
pub(crate) mod matrix;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod random_directory;
#[cfg(test)]
mod reviews;
#[cfg(test)]
mod rng;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod search;
#[cfg(test)]
mod test_instance;
