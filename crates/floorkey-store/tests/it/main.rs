//! The contract tests of the store, which run for each supported database, and additional tests for SQLite.

#[cfg(test)]
#[macro_use]
mod contract;
#[cfg(test)]
mod in_memory;
#[cfg(test)]
mod sqlite;
#[cfg(test)]
mod test_instance;
#[cfg(test)]
mod upgrade;
