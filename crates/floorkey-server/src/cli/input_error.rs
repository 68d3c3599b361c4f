//! The errors of arguments, input files and environment variables.

use std::fmt;
use std::path::PathBuf;

/// An argument, an input file or an environment variable that is missing or invalid, or that names a record that does
/// not exist.
#[derive(Debug, thiserror::Error)]
pub(super) enum InputError {
    /// The environment has no access key.
    #[error(
        "{0} is not set. Paste the export lines that `floorkey serve` printed at its first start, or create an access \
        key with `floorkey access-key create`"
    )]
    NoAccessKey(&'static str),
    /// The environment has no API token.
    #[error("{0} is not set. Create a token with `floorkey token create --label …`, and paste the line that it prints")]
    NoApiToken(&'static str),
    /// The data folder does not exist.
    #[error("there is no data folder {}. Specify another one with --data or FLOORKEY_DATA", .0.display())]
    NoDataFolder(PathBuf),
    /// The folder for a backup does not exist.
    #[error("there is no folder {}. Create it first, or specify another file", .0.display())]
    NoBackupFolder(PathBuf),
    /// A file to create exists.
    #[error("{} already exists. Move it, or overwrite it with --force", .0.display())]
    FileExists(PathBuf),
    /// The content of an input file can't be used.
    #[error("{file}: {problem}")]
    Content {
        /// The path of the file, or "standard input".
        file: String,
        /// The reason.
        problem: ContentError,
    },
    /// A host can't be in a certificate.
    #[error("--host {}: {error}", .hosts.join(" --host "))]
    Hosts {
        /// All hosts of the certificate.
        hosts: Vec<String>,
        /// The error of the first host that is invalid.
        error: rcgen::Error,
    },
    /// A word of the log filter is neither a level nor a module of Floorkey.
    #[error(
        "--log / FLOORKEY_LOG `{filter}`: `{word}` is not a log level. The levels are off, error, warn, info, debug \
        and trace; a filter for one module looks like floorkey=debug"
    )]
    LogLevel {
        /// The filter.
        filter: String,
        /// The word.
        word: String,
    },
    /// The log filter can't be parsed.
    #[error("--log / FLOORKEY_LOG `{filter}` is not a valid log filter ({error}). Examples: info, floorkey=debug")]
    LogFilter {
        /// The filter.
        filter: String,
        /// The parser's error.
        error: tracing_subscriber::filter::ParseError,
    },
    /// A resource type is mapped to two applications.
    #[error("--resource-type `{0}` occurs more than once")]
    RepeatedResourceType(String),
    /// An update of a token has no settings.
    #[error("there is nothing to change. Specify --subject-type, --resource-type, --no-resource-types or --details")]
    NoTokenSettings,
    /// A check of the escalation guard has flags for setting its mode.
    #[error("--reason and --replace-credentials belong to a mode, and `check` sets none")]
    GuardCheckFlags,
    /// The expiration time of a token is not a time, or has passed.
    #[error("--expires `{0}` is not a future time. Examples: 2027-01-31, 2027-01-31T12:00Z, 90d, 12h")]
    Expiration(String),
    /// The server has no instance that the access key can access.
    #[error("the server has no instance that this access key can access")]
    NoVisibleInstance,
    /// The data folder has no instance.
    #[error("the data folder has no instance yet. Run `floorkey serve` to create one")]
    NoInstance,
    /// The instance must be specified.
    #[error("there are several instances. Specify one with --instance:{0}")]
    SeveralInstances(InstanceList),
    /// There is no instance with this ID, ARN or alias.
    #[error("there is no instance `{wanted}`. Available instances:{available}")]
    UnknownInstance {
        /// The ID, ARN or alias.
        wanted: String,
        /// All instances.
        available: InstanceList,
    },
    /// There is no security profile with this name.
    #[error("there is no security profile `{wanted}`. Available security profiles: {}", available.join(", "))]
    UnknownProfile {
        /// The name.
        wanted: String,
        /// The names of all security profiles.
        available: Vec<String>,
    },
    /// There is no API token with this label or ID.
    #[error("there is no token `{0}`")]
    UnknownToken(String),
    /// There is no user with this login name.
    #[error("there is no user `{0}`. Specify another one, or create an administrator with `floorkey admin restore`")]
    UnknownUser(String),
    /// The user whose access was restored has been deleted since.
    #[error("the user does not exist")]
    RestoredUserDeleted,
}

/// The reason why the content of an input file can't be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum ContentError {
    /// The file is not JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// The file is not TOML.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// The file contains another value than an object.
    #[error("the file must contain an object with members")]
    NoObject,
    /// The file of an application has no namespace.
    #[error("the namespace of the application is missing, for example namespace = \"orders\"")]
    NoNamespace,
    /// The resources of an application are not a list.
    #[error("resources must be a list")]
    ResourcesNotList,
    /// The file of an application has no resources.
    #[error("the file has no resources. Add them under [[resources]]")]
    NoResources,
}

/// Instances, as a list with one per line.
#[derive(Debug)]
pub(super) struct InstanceList(Vec<(String, String)>);

impl InstanceList {
    /// Builds a list from the ID and the alias of each instance. The alias can be empty.
    pub(super) fn new(instances: impl Iterator<Item = (String, String)>) -> Self {
        Self(instances.collect())
    }
}

impl fmt::Display for InstanceList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (id, alias) in &self.0 {
            write!(f, "\n  {}", format!("{id}  {alias}").trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_are_listed_one_per_line() {
        let instances = [("1".to_owned(), "north".to_owned()), ("2".to_owned(), String::new())];
        let error = InputError::SeveralInstances(InstanceList::new(instances.into_iter()));
        assert_eq!(error.to_string(), "there are several instances. Specify one with --instance:\n  1  north\n  2");
    }
}
