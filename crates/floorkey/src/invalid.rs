//! Errors about invalid inputs of commands.

/// An invalid input.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{input}: {problem}")]
pub struct Invalid {
    /// The name of the input in Amazon Connect's API, such as `SecurityProfileName`.
    pub input: &'static str,
    /// The problem with the input, and which values are valid. Never contains a secret.
    pub problem: String,
}

/// Creates an [`Invalid`].
pub(crate) fn invalid(input: &'static str, problem: impl Into<String>) -> Invalid {
    Invalid { input, problem: problem.into() }
}
