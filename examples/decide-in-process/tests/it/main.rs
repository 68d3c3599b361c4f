//! Tests the example as its users run it.

#[cfg(test)]
mod decide;
