//! What is wrong with a body, in words for whoever sent it.

use std::borrow::Cow;

/// What is wrong with a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::authzen) struct Wrong(Box<Problem>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Problem {
    /// It is no JSON, or none that is taken.
    Json { at: usize, problem: Cow<'static, str> },
    /// A member is not what it has to be.
    Member { path: String, problem: Cow<'static, str> },
}

impl Wrong {
    /// A member that is not what it has to be.
    #[cold]
    pub(in crate::authzen) fn member(path: &str, problem: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Problem::Member { path: path.to_owned(), problem: problem.into() }))
    }

    /// A text that is no JSON, or none that is taken.
    #[cold]
    pub(super) fn json(at: usize, problem: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Problem::Json { at, problem: problem.into() }))
    }

    /// The same, of a member inside `outer`.
    #[cold]
    pub(in crate::authzen) fn within(mut self, outer: &str) -> Self {
        if let Problem::Member { path, .. } = &mut *self.0 {
            let dot = if path.is_empty() || path.starts_with('[') { "" } else { "." };
            *path = format!("{outer}{dot}{path}");
        }
        self
    }

    /// Whether the JSON is sound, and only a member is not what it has to be.
    pub(in crate::authzen) fn is_of_member(&self) -> bool {
        matches!(*self.0, Problem::Member { .. })
    }
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &*self.0 {
            Problem::Json { at, problem } => write!(f, "The body can't be read at byte {at}: {problem}."),
            Problem::Member { path, problem } if path.is_empty() => write!(f, "The body {problem}."),
            Problem::Member { path, problem } => write!(f, "`{path}` {problem}."),
        }
    }
}
