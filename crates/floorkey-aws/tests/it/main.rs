//! Tests that involve several modules: signatures against AWS's vectors and another signer, routes and inputs against
//! the model's tables.

#[cfg(test)]
mod input;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod output;
#[cfg(test)]
mod request;
#[cfg(test)]
mod route;
#[cfg(test)]
mod sigv4_mutants;
#[cfg(test)]
mod sigv4_other_signer;
#[cfg(test)]
mod sigv4_own_vectors;
#[cfg(test)]
mod sigv4_vectors;
