//! The contract tests of the store, run for each database, and tests of a single database.

#[cfg(test)]
#[macro_use]
mod contract;
#[cfg(test)]
mod sqlite;
#[cfg(test)]
mod test_instance;
#[cfg(test)]
mod upgrade;
