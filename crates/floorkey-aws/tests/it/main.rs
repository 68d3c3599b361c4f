//! Tests that involve several modules. Signatures are compared with AWS's test vectors and another signer. Routes and
//! inputs are compared with the AWS service model.

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
