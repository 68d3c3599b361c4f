//! Compares decisions of Floorkey with another engine.

#[cfg(test)]
mod cedar;
#[cfg(test)]
#[path = "../../../../crates/floorkey/tests/it/oracle.rs"]
mod oracle;
#[cfg(test)]
#[path = "../../../../crates/floorkey/tests/it/random_directory.rs"]
mod random_directory;
#[cfg(test)]
#[path = "../../../../crates/floorkey/tests/it/rng.rs"]
mod rng;
#[cfg(test)]
#[path = "../../../../crates/floorkey/tests/it/test_instance.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod test_instance;
