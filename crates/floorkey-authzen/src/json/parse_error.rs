//! Errors in a request's body. The error messages are returned to the caller.

use std::borrow::Cow;

/// An error in a request's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ParseError(Box<Problem>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Problem {
    /// The body is not valid JSON, or it exceeds the limits of the JSON reader.
    Json { at: usize, problem: Cow<'static, str> },
    /// A member of an object in the body is invalid.
    Member { path: String, problem: Cow<'static, str> },
}

impl ParseError {
    /// Creates the error for an invalid member.
    #[cold]
    pub(crate) fn member(path: &str, problem: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Problem::Member { path: path.to_owned(), problem: problem.into() }))
    }

    /// Creates the error for a body that is not JSON or exceeds the limits of the JSON reader.
    #[cold]
    pub(super) fn json(at: usize, problem: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Problem::Json { at, problem: problem.into() }))
    }

    /// Puts `outer` in front of the invalid member's path.
    #[cold]
    pub(crate) fn within(mut self, outer: &str) -> Self {
        if let Problem::Member { path, .. } = &mut *self.0 {
            let dot = if path.is_empty() || path.starts_with('[') { "" } else { "." };
            *path = format!("{outer}{dot}{path}");
        }
        self
    }

    /// Whether the body is valid JSON with an invalid member.
    pub(crate) fn is_member_error(&self) -> bool {
        matches!(*self.0, Problem::Member { .. })
    }
}

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &*self.0 {
            Problem::Json { at, problem } => write!(f, "The body can't be read at byte {at}: {problem}."),
            Problem::Member { path, problem } if path.is_empty() => write!(f, "The body {problem}."),
            Problem::Member { path, problem } => write!(f, "`{path}` {problem}."),
        }
    }
}
