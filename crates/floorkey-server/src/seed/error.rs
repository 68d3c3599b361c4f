//! The errors of seeds.

use std::path::PathBuf;

use floorkey_service::failure::Failure;

/// The reason why a seed can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SeedError {
    /// The file can't be read.
    #[error("can't read the seed {}: {error}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        error: std::io::Error,
    },
    /// The file is not YAML, or not a seed.
    #[error("{place}: {}", .error.without_snippet())]
    Malformed {
        /// The place in the file: `seed.yaml:12:5`, or only the file if the place is unknown.
        place: String,
        /// The parser's error.
        error: Box<serde_saphyr::Error>,
    },
    /// A value in the file is invalid, or its content was refused.
    #[error("{place}: {problem}")]
    Value {
        /// The place in the file: `seed.yaml:12:5`.
        place: String,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// A part of the file was refused: the instance, or the levels of the hierarchy.
    #[error("{file}: {part}: {failure}")]
    Part {
        /// The file.
        file: String,
        /// The part, as the keys that lead to it.
        part: &'static str,
        /// The refusal.
        failure: Failure,
    },
    /// A command without a place in the file was refused.
    #[error(transparent)]
    Refused(#[from] Failure),
    /// The administrator's password is invalid.
    #[error("the administrator's password: {}", .0.problem)]
    AdministratorPassword(floorkey::Invalid),
}
