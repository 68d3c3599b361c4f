//! Tests the crate through its public API. The tests compare decisions with a naive oracle, check invariants over
//! random commands, and check each rule of the domain. A golden table has the commands that each user can run.

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
