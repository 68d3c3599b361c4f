//! Reasons why an input is rejected.

/// The reason why an input is rejected. Each error message is a full sentence for the caller, and never contains the
/// value of a sensitive member.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// The input can't be parsed, or a value has a wrong type.
    #[error("{0}")]
    Serialization(String),
    /// The input violates a constraint in the AWS service model.
    #[error("{0}")]
    Constraint(String),
}
