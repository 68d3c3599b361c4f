//! What the server prints when it is ready.

use std::io::Write as _;

use floorkey_api::Api;
use floorkey_service::passwords::Password;

use super::FIRST_ADMINISTRATOR;
use crate::config::Config;

/// Secrets that were created at this start and are shown only once.
#[derive(Default)]
pub(super) struct FirstStartSecrets {
    /// The first administrator's temporary password.
    pub(super) one_time_password: Option<Password>,
    /// The login names of the demo's users who can sign in, with their temporary passwords.
    pub(super) demo: Vec<(String, Password)>,
    /// Whether the operator's access key is new.
    pub(super) operator: bool,
}

/// Prints the server's address, the data folder, any new secrets, and commands that the user can paste into a shell.
pub(super) fn announce(api: &Api, config: &Config, secrets: &FirstStartSecrets) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "Floorkey {} is listening at {}", env!("CARGO_PKG_VERSION"), api.public_url)?;
    writeln!(out, "Data folder: {}", config.data.display())?;
    if let Some(password) = &secrets.one_time_password {
        writeln!(out)?;
        writeln!(out, "Sign in as {FIRST_ADMINISTRATOR} with this temporary password (shown only once):")?;
        writeln!(out, "{}", password.reveal())?;
    }
    if !secrets.demo.is_empty() {
        writeln!(out)?;
        writeln!(out, "Demo users with their temporary passwords (shown only once):")?;
        for (login, password) in &secrets.demo {
            writeln!(out, "{login} {}", password.reveal())?;
        }
    }
    writeln!(out)?;
    if secrets.operator {
        writeln!(out, "To use the AWS CLI, paste these lines (the secret is shown only once):")?;
        writeln!(out, "export AWS_ENDPOINT_URL_CONNECT={}", api.public_url)?;
        writeln!(out, "export AWS_ACCESS_KEY_ID={}", api.operator.id)?;
        writeln!(out, "export AWS_SECRET_ACCESS_KEY={}", api.operator.secret.as_str())?;
    } else {
        writeln!(out, "To use the AWS CLI with the operator's access key:")?;
        writeln!(out, "export AWS_ENDPOINT_URL_CONNECT={}", api.public_url)?;
        writeln!(out, "export AWS_ACCESS_KEY_ID={}", api.operator.id)?;
        writeln!(out, "# export AWS_SECRET_ACCESS_KEY=<the operator's secret access key>")?;
        writeln!(
            out,
            "# If the secret is lost, choose a new ID and secret: stop the server, and start it with them in"
        )?;
        writeln!(out, "# FLOORKEY_OPERATOR_ACCESS_KEY_ID and FLOORKEY_OPERATOR_SECRET_ACCESS_KEY. No data is lost.")?;
    }
    writeln!(out, "export AWS_REGION={}", api.region)?;
    writeln!(out, "export AWS_DEFAULT_REGION={}", api.region)?;
    writeln!(out)?;
    out.flush()
}
