//! `floorkey backup`: creates a consistent copy of all data, whether or not the server is running.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{CliError, InputError, OutputFlags};
use crate::config::{Config, DataFlags};

/// The copy has the state of one point in time. It does not include the key file. Back up the key file separately and
/// keep the backup safe. Without the key file, the access keys in the copy don't work.
#[derive(Args)]
pub(super) struct Backup {
    /// The file to create; an existing file is never replaced
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    data: DataFlags,
    #[command(flatten)]
    output_flags: OutputFlags,
}

impl Backup {
    pub(super) fn run(self) -> Result<(), CliError> {
        let config = Config::load(self.data.into())?;
        let folder = self.file.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(missing) = folder.filter(|folder| !folder.is_dir()) {
            return Err(InputError::NoBackupFolder(missing.to_owned()).into());
        }
        floorkey_store::backup_folder(&config.data, &self.file)?;
        let bytes = std::fs::metadata(&self.file)?.len();
        let value = json!({ "File": self.file, "Bytes": bytes });
        self.output_flags.output().print(&value, |_| {
            format!(
                "{} is a complete backup of {} ({bytes} bytes).\nAlso back up the key file {}, in a separate \
                location.",
                self.file.display(),
                config.data.display(),
                config.key_file.display()
            )
        })
    }
}
