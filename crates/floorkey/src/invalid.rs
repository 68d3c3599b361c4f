//! Why an input of a command is not valid.

/// An invalid input.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{input}: {problem}")]
pub struct Invalid {
    /// The name of the input in Amazon Connect's API, such as `SecurityProfileName`.
    pub input: &'static str,
    /// What is wrong with the input and what is valid. Never repeats a secret.
    pub problem: String,
}

/// Creates an [`Invalid`].
pub(crate) fn invalid(input: &'static str, problem: impl Into<String>) -> Invalid {
    Invalid { input, problem: problem.into() }
}
