//! `floorkey access-key`: manages the access keys that programs use to sign calls on behalf of a user.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::connection::{InstanceConnection, text};
use super::table::table;
use super::{CliError, OutputFlags};

/// An access key belongs to a user, and has the permissions of the user's profiles. The secret is shown once.
#[derive(Args)]
pub(super) struct AccessKey {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Create an access key; requires the operator's key
    Create {
        /// The user that the key belongs to: login name or ID
        #[arg(long, value_name = "LOGIN|ID")]
        user: String,
        /// A label, for example the purpose of the key
        #[arg(long, value_name = "TEXT", default_value = "")]
        label: String,
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        output_flags: OutputFlags,
    },
    /// List a user's access keys, including suspended ones
    List {
        /// The user: login name or ID
        #[arg(long, value_name = "LOGIN|ID")]
        user: String,
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        output_flags: OutputFlags,
    },
    /// Revoke an access key; further calls signed with it are refused
    Revoke {
        /// The ID of the access key
        #[arg(value_name = "ID")]
        id: String,
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        output_flags: OutputFlags,
    },
    /// Reinstate an access key that was suspended because another user could know it
    Reinstate {
        /// The ID of the access key
        #[arg(value_name = "ID")]
        id: String,
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        output_flags: OutputFlags,
    },
}

impl AccessKey {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self.command {
            Command::Create { user, label, connection, output_flags } => {
                create(&user, &label, &connection, output_flags)
            }
            Command::List { user, connection, output_flags } => list(&user, &connection, output_flags),
            Command::Revoke { id, connection, output_flags } => {
                connection.client()?.call("DELETE", &["access-keys", &id], None)?;
                let value = json!({ "AccessKeyId": id });
                output_flags.output().print(&value, |_| format!("Access key {id} is revoked."))
            }
            Command::Reinstate { id, connection, output_flags } => {
                connection.client()?.call("POST", &["access-keys", &id, "reinstate"], None)?;
                let value = json!({ "AccessKeyId": id });
                output_flags.output().print(&value, |_| format!("Access key {id} is reinstated."))
            }
        }
    }
}

fn create(user: &str, label: &str, connection: &InstanceConnection, output_flags: OutputFlags) -> Result<(), CliError> {
    let client = connection.client()?;
    let id = client.user(user)?;
    let created = client.call("POST", &["users", &id, "access-keys"], Some(&json!({ "Label": label })))?;
    output_flags.output().print(&created, |_| {
        format!(
            "An access key of {user}. The secret is shown only once. If you paste these lines into a shell, its \
            calls are\nmade as {user} instead of with your current access key:\n\nexport \
            AWS_ACCESS_KEY_ID={}\nexport AWS_SECRET_ACCESS_KEY={}",
            text(&created, "AccessKeyId"),
            text(&created, "SecretAccessKey")
        )
    })
}

fn list(user: &str, connection: &InstanceConnection, output_flags: OutputFlags) -> Result<(), CliError> {
    let client = connection.client()?;
    let id = client.user(user)?;
    let answer = client.call("GET", &["users", &id, "access-keys"], None)?;
    let keys: Vec<&Value> = answer.get("AccessKeys").and_then(Value::as_array).into_iter().flatten().collect();
    output_flags.output().print(&answer, |style| {
        if keys.is_empty() {
            return format!("{user} has no access keys.");
        }
        let row = |key: &&Value| {
            let created = key.get("CreatedTime").and_then(Value::as_f64).unwrap_or_default();
            let (id, label) = (text(key, "AccessKeyId").to_owned(), text(key, "Label").to_owned());
            [id, day(created), state(key.get("SuspendedUntil").and_then(Value::as_f64)), label]
        };
        table(style, ["ACCESS KEY", "CREATED", "STATE", "LABEL"], &keys.iter().map(row).collect::<Vec<_>>())
    })
}

/// Returns whether a key can sign calls, and until when a suspended key can be reinstated.
fn state(suspended_until: Option<f64>) -> String {
    match suspended_until {
        None => "active".to_owned(),
        Some(until) => format!("suspended; can be reinstated until {} UTC", minute(until)),
    }
}

/// Formats a time in seconds since 1970 as a date and a time in UTC.
#[expect(clippy::cast_possible_truncation, reason = "fractions of a second don't show in a minute")]
pub(super) fn minute(seconds: f64) -> String {
    let at = jiff::Timestamp::from_second(seconds as i64).unwrap_or_default();
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

/// Formats a time in seconds since 1970 as a date in UTC.
#[expect(clippy::cast_possible_truncation, reason = "fractions of a second don't show in a day")]
pub(super) fn day(seconds: f64) -> String {
    let at = jiff::Timestamp::from_second(seconds as i64).unwrap_or_default();
    at.strftime("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suspended_key_can_be_reinstated_until_a_time() {
        assert_eq!(state(None), "active");
        assert_eq!(state(Some(1_800_000_000.0)), "suspended; can be reinstated until 2027-01-15 08:00 UTC");
    }
}
