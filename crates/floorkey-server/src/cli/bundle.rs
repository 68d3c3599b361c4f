//! `floorkey bundle`: exports authorization data for programs that make decisions in process.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::connection::{InstanceConnection, text};
use super::{CliError, OutputFlags};

/// A bundle contains all authorization data of an instance, with a signature. Programs load the bundle with the crate
/// `floorkey` and make decisions without calls to the server.
#[derive(Args)]
pub(super) struct Bundle {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Export the current state of the instance to a file; requires the key of the operator or of a full administrator
    Export {
        /// The file; an existing one is replaced atomically
        file: PathBuf,
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        output_flags: OutputFlags,
    },
    /// Show the public key; programs verify bundles with it
    Key {
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        output_flags: OutputFlags,
    },
}

impl Bundle {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self.command {
            Command::Export { file, connection, output_flags } => {
                let answer = connection.client()?.call("GET", &["bundle"], None)?;
                // The bundle is written to a temporary file first, so that programs never read an incomplete bundle.
                let mut beside = file.clone().into_os_string();
                beside.push(".new");
                std::fs::write(&beside, text(&answer, "Bundle")).map_err(CliError::file("write", &file))?;
                std::fs::rename(&beside, &file).map_err(CliError::file("write", &file))?;
                let revision = answer.get("Revision").and_then(serde_json::Value::as_u64).unwrap_or_default();
                let key = text(&answer, "PublicKey");
                let value = json!({ "File": file.display().to_string(), "Revision": revision, "PublicKey": key });
                output_flags.output().print(&value, |_| {
                    format!("Revision {revision} is in {}. Programs verify it with {key}", file.display())
                })
            }
            Command::Key { connection, output_flags } => {
                let answer = connection.client()?.call("GET", &["bundle-key"], None)?;
                output_flags.output().print(&answer, |_| text(&answer, "PublicKey").to_owned())
            }
        }
    }
}
