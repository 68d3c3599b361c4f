//! Compares decisions of Floorkey with another engine.

#[cfg(test)]
mod cedar;
#[cfg(test)]
#[path = "../../../../crates/floorkey/tests/it/chance.rs"]
mod chance;
#[cfg(test)]
#[path = "../../../../crates/floorkey/tests/it/oracle.rs"]
mod oracle;
#[cfg(test)]
#[path = "../../../../crates/floorkey/tests/it/random_world.rs"]
mod random_world;
#[cfg(test)]
#[path = "../../../../crates/floorkey/tests/it/world.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod world;
