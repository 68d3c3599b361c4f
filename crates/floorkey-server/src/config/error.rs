//! The errors of settings.

use std::path::PathBuf;

/// The reason why the settings can't be used. The message names the setting and describes valid values.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// A setting has an invalid value, which the message repeats.
    #[error("{setting} `{value}` {problem}")]
    Value {
        /// The flag and the environment variable.
        setting: &'static str,
        /// The invalid value.
        value: String,
        /// What is wrong with the value, as the rest of a sentence, and what would be right.
        problem: &'static str,
    },
    /// A setting has an invalid value, which the message doesn't repeat, for example because it is a secret.
    #[error("{setting} {problem}")]
    Setting {
        /// The flag and the environment variable.
        setting: &'static str,
        /// What is wrong with the value, as the rest of a sentence.
        problem: String,
    },
    /// A part of a setting's value is invalid.
    #[error("{setting}: {problem}")]
    Part {
        /// The flag and the environment variable.
        setting: &'static str,
        /// The invalid part, and what would be right.
        problem: String,
    },
    /// A setting requires another one that is missing.
    #[error("{0}")]
    Incomplete(&'static str),
    /// The TOML file can't be read.
    #[error("can't read the settings in {}: {error}", path.display())]
    Unreadable {
        /// The path of the file.
        path: PathBuf,
        /// The operating system's error.
        error: std::io::Error,
    },
    /// The TOML file has invalid syntax, an unknown key or a value of the wrong type.
    #[error("{}: {error}", path.display())]
    Malformed {
        /// The path of the file.
        path: PathBuf,
        /// The error, with the line.
        error: Box<toml::de::Error>,
    },
}

impl ConfigError {
    /// Returns the error for an invalid value that the message repeats.
    pub(crate) fn value(setting: &'static str, value: impl Into<String>, problem: &'static str) -> Self {
        Self::Value { setting, value: value.into(), problem }
    }

    /// Returns the error for an invalid value that the message doesn't repeat.
    pub(crate) fn setting(setting: &'static str, problem: impl Into<String>) -> Self {
        Self::Setting { setting, problem: problem.into() }
    }

    /// Returns the error for an invalid part of a value.
    pub(crate) fn part(setting: &'static str, problem: &impl std::fmt::Display) -> Self {
        Self::Part { setting, problem: problem.to_string() }
    }
}

/// A text that is not a resource type and a namespace, as in `user=todo-users`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a resource type and the namespace of an application, as in user=todo-users")]
pub(crate) struct InvalidTypeMapping(pub(crate) String);
