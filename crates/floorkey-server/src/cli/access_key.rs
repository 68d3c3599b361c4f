//! `floorkey access-key`: credentials with which programs sign calls on behalf of a user.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Printing;
use super::connection::{InstanceConnection, text};
use super::table::table;

/// An access key has the permissions of its user's profiles, in its user's instance. Its secret is shown once.
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
        printing: Printing,
    },
    /// List a user's access keys
    List {
        /// The user: login name or ID
        #[arg(long, value_name = "LOGIN|ID")]
        user: String,
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        printing: Printing,
    },
    /// Revoke an access key; further calls signed with it are refused
    Revoke {
        /// The ID of the access key
        #[arg(value_name = "ID")]
        id: String,
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        printing: Printing,
    },
    /// Reinstate an access key that was suspended because another user could know it
    Reinstate {
        /// The ID of the access key
        #[arg(value_name = "ID")]
        id: String,
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        printing: Printing,
    },
}

impl AccessKey {
    pub(super) fn run(self) -> Result<(), String> {
        match self.command {
            Command::Create { user, label, connection, printing } => create(&user, &label, &connection, printing),
            Command::List { user, connection, printing } => list(&user, &connection, printing),
            Command::Revoke { id, connection, printing } => {
                connection.client()?.call("DELETE", &["access-keys", &id], None)?;
                let value = json!({ "AccessKeyId": id });
                printing.output().print(&value, |_| format!("Access key {id} is revoked."))
            }
            Command::Reinstate { id, connection, printing } => {
                connection.client()?.call("POST", &["access-keys", &id, "reinstate"], None)?;
                let value = json!({ "AccessKeyId": id });
                printing.output().print(&value, |_| format!("Access key {id} is reinstated."))
            }
        }
    }
}

fn create(user: &str, label: &str, connection: &InstanceConnection, printing: Printing) -> Result<(), String> {
    let client = connection.client()?;
    let id = client.user(user)?;
    let made = client.call("POST", &["users", &id, "access-keys"], Some(&json!({ "Label": label })))?;
    printing.output().print(&made, |_| {
        format!(
            "An access key of {user}. The secret is shown only once. If you paste these lines into a shell, its \
            calls are\nmade as {user} instead of with your current access key:\n\nexport \
            AWS_ACCESS_KEY_ID={}\nexport AWS_SECRET_ACCESS_KEY={}",
            text(&made, "AccessKeyId"),
            text(&made, "SecretAccessKey")
        )
    })
}

fn list(user: &str, connection: &InstanceConnection, printing: Printing) -> Result<(), String> {
    let client = connection.client()?;
    let id = client.user(user)?;
    let answer = client.call("GET", &["users", &id, "access-keys"], None)?;
    let keys: Vec<&Value> = answer.get("AccessKeys").and_then(Value::as_array).into_iter().flatten().collect();
    printing.output().print(&answer, |style| {
        if keys.is_empty() {
            return format!("{user} has no access keys.");
        }
        let row = |key: &&Value| {
            let made = key.get("CreatedTime").and_then(Value::as_f64).unwrap_or_default();
            [text(key, "AccessKeyId").to_owned(), day(made), text(key, "Label").to_owned()]
        };
        table(style, ["ACCESS KEY", "CREATED", "LABEL"], &keys.iter().map(row).collect::<Vec<_>>())
    })
}

/// The date of a time in seconds since 1970, in UTC.
#[expect(clippy::cast_possible_truncation, reason = "fractions of a second don't show in a day")]
pub(super) fn day(seconds: f64) -> String {
    let at = jiff::Timestamp::from_second(seconds as i64).unwrap_or_default();
    at.strftime("%Y-%m-%d").to_string()
}
