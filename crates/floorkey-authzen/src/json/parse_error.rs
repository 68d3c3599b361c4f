//! Errors in a body, with a message for the sender.

use std::borrow::Cow;

/// An error in a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ParseError(Box<Problem>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Problem {
    /// The text is not JSON, or exceeds the limits of this reader.
    Json { at: usize, problem: Cow<'static, str> },
    /// A member is invalid.
    Member { path: String, problem: Cow<'static, str> },
}

impl ParseError {
    /// An invalid member.
    #[cold]
    pub(crate) fn member(path: &str, problem: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Problem::Member { path: path.to_owned(), problem: problem.into() }))
    }

    /// A text that is not JSON, or that exceeds the limits of this reader.
    #[cold]
    pub(super) fn json(at: usize, problem: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Problem::Json { at, problem: problem.into() }))
    }

    /// Prefixes the path of the member with `outer`.
    #[cold]
    pub(crate) fn within(mut self, outer: &str) -> Self {
        if let Problem::Member { path, .. } = &mut *self.0 {
            let dot = if path.is_empty() || path.starts_with('[') { "" } else { "." };
            *path = format!("{outer}{dot}{path}");
        }
        self
    }

    /// Whether the JSON itself is valid and only a member is not.
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
