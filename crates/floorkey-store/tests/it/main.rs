//! The contract of the store, for each database that can stand behind it, and what only one of them has.

#[cfg(test)]
#[macro_use]
mod contract;
#[cfg(test)]
mod sqlite;
#[cfg(test)]
mod upgrade;
#[cfg(test)]
mod world;
