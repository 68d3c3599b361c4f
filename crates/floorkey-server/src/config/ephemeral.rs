//! The settings of a server that keeps its data in memory.

use super::error::ConfigError;
use super::{ApiTokenFlags, Config, Defaults, Flags, SettingsFile, read_file};

impl Config {
    /// Does the same as [`Config::load`] for a server that keeps its data in memory. Settings that would write to the
    /// disk are refused. The file `floorkey.toml` in the working directory is ignored, so that tests don't depend on
    /// where they run.
    ///
    /// # Errors
    /// Returns an error if the settings can't be read, if a setting is invalid, or if one would write to the disk.
    pub(crate) fn load_ephemeral(flags: Flags) -> Result<Self, ConfigError> {
        let file = match &flags.config {
            Some(path) => read_file(Some(path))?,
            None => SettingsFile::default(),
        };
        let on_disk = [
            ("--data / FLOORKEY_DATA", flags.data.is_some() || file.data.is_some()),
            ("--key-file / FLOORKEY_KEY_FILE", flags.key_file.is_some() || file.key_file.is_some()),
            ("--smtp-url / FLOORKEY_SMTP_URL", flags.smtp_url.is_some() || file.smtp_url.is_some()),
        ];
        if let Some((name, _)) = on_disk.into_iter().find(|(_, is_set)| *is_set) {
            return Err(ConfigError::setting(
                name,
                "can't be set with --ephemeral, which writes nothing to the disk: remove one of them",
            ));
        }
        // Seeds contain the API tokens. The variable `FLOORKEY_API_TOKEN` is usually a client's, in the same process.
        let flags = Flags { api_token: ApiTokenFlags::default(), ..flags };
        let file = SettingsFile {
            api_token: None,
            api_token_subject_types: None,
            api_token_resource_types: None,
            api_token_details: None,
            ..file
        };
        Self::merge(flags, file, &Defaults { listen: "127.0.0.1:0", log: "warn" })
    }
}
