//! `floorkey access-key`: manages the access keys that programs use to sign calls on behalf of a user.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::OutputFlags;
use super::connection::{InstanceConnection, text};
use super::table::table;

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
    /// List a user's access keys
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
    pub(super) fn run(self) -> Result<(), String> {
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

fn create(user: &str, label: &str, connection: &InstanceConnection, output_flags: OutputFlags) -> Result<(), String> {
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

fn list(user: &str, connection: &InstanceConnection, output_flags: OutputFlags) -> Result<(), String> {
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
            [text(key, "AccessKeyId").to_owned(), day(created), text(key, "Label").to_owned()]
        };
        table(style, ["ACCESS KEY", "CREATED", "LABEL"], &keys.iter().map(row).collect::<Vec<_>>())
    })
}

/// Formats a time in seconds since 1970 as a date in UTC.
#[expect(clippy::cast_possible_truncation, reason = "fractions of a second don't show in a day")]
pub(super) fn day(seconds: f64) -> String {
    let at = jiff::Timestamp::from_second(seconds as i64).unwrap_or_default();
    at.strftime("%Y-%m-%d").to_string()
}
