//! Why an input is rejected.

/// The reason why an input is rejected. The messages are full sentences for the caller, and never contain the value of
/// a sensitive member.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// The input can't be parsed, or has a wrong type.
    #[error("{0}")]
    Serialization(String),
    /// The input violates a constraint of the model.
    #[error("{0}")]
    Constraint(String),
}
