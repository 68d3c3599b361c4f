//! Tests that involve several modules. They compare signatures with AWS's test vectors and another signer, and routes
//! and inputs with the tables of the AWS service model.

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
