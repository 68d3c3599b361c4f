//! `floorkey user`: whether users can sign in, and how.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Printing;
use super::connection::{InstanceConnection, text};

/// Operations on users that Connect's API doesn't have.
#[derive(Args)]
pub(super) struct User {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set a temporary password for a user and print it once; ends all sessions and revokes access keys
    ///
    /// The user's access keys are revoked too, so that another person who had access to the account loses it. Programs
    /// that sign with these keys stop working, unless --keep-access-keys is set.
    ResetPassword {
        #[command(flatten)]
        who: Who,
        /// Keep the user's access keys
        #[arg(long)]
        keep_access_keys: bool,
    },
    /// Remove a user's lockout after too many failed sign-ins
    Unlock {
        #[command(flatten)]
        who: Who,
    },
    /// End all sessions of a user
    SignOut {
        #[command(flatten)]
        who: Who,
    },
    /// Remove a user's MFA methods, for example after a lost device; ends all sessions
    RemoveSecondFactor {
        #[command(flatten)]
        who: Who,
    },
    /// Email a user a link to choose a password
    Invite {
        /// Confirm the address to which the link is sent; required after the user's credentials were replaced
        #[arg(long, value_name = "ADDRESS")]
        email: Option<String>,
        #[command(flatten)]
        who: Who,
    },
    /// Enable a disabled user
    Enable {
        #[command(flatten)]
        who: Who,
    },
    /// Disable a user, including the user's access keys
    Disable {
        #[command(flatten)]
        who: Who,
    },
}

#[derive(Args)]
struct Who {
    /// The user: login name or ID
    #[arg(value_name = "LOGIN|ID")]
    user: String,
    #[command(flatten)]
    connection: InstanceConnection,
    #[command(flatten)]
    printing: Printing,
}

impl User {
    pub(super) fn run(self) -> Result<(), String> {
        match self.command {
            Command::ResetPassword { who, keep_access_keys } => reset_password(&who, keep_access_keys),
            Command::Unlock { who } => act(&who, "POST", &["unlock"], "can try to sign in again"),
            Command::SignOut { who } => act(&who, "POST", &["sessions", "end"], "is signed out of all sessions"),
            Command::RemoveSecondFactor { who } => {
                act(&who, "DELETE", &["second-factors"], "has no MFA and signs in with the password only")
            }
            Command::Invite { who, email } => invite(&who, email.as_deref()),
            Command::Enable { who } => set_enabled(&who, true),
            Command::Disable { who } => set_enabled(&who, false),
        }
    }
}

fn reset_password(who: &Who, keep_access_keys: bool) -> Result<(), String> {
    let client = who.connection.client()?;
    let id = client.user(&who.user)?;
    let body = json!({ "RevokeAccessKeys": !keep_access_keys });
    let answer = client.call("POST", &["users", &id, "password"], Some(&body))?;
    let password = text(&answer, "OneTimePassword");
    let revoked = answer.get("AccessKeysRevoked").and_then(Value::as_u64).unwrap_or_default();
    let value = json!({ "UserId": id, "OneTimePassword": password, "AccessKeysRevoked": revoked });
    who.printing.output().print(&value, |_| {
        let keys = keys_in_words(revoked, keep_access_keys);
        format!(
            "The temporary password of {} (shown only once):\n{password}\n\nAll sessions were ended. {keys}",
            who.user
        )
    })
}

/// Performs an operation on a user that returns nothing.
fn act(who: &Who, method: &str, path: &[&str], done: &str) -> Result<(), String> {
    let client = who.connection.client()?;
    let id = client.user(&who.user)?;
    let body = (method == "POST").then(|| json!({}));
    client.call(method, &[&["users", id.as_str()], path].concat(), body.as_ref())?;
    who.printing.output().print(&json!({ "UserId": id }), |_| format!("{} {done}.", who.user))
}

fn invite(who: &Who, email: Option<&str>) -> Result<(), String> {
    let client = who.connection.client()?;
    let id = client.user(&who.user)?;
    let body = email.map_or_else(|| json!({}), |email| json!({ "Email": email }));
    let answer = client.call("POST", &["users", &id, "invite"], Some(&body))?;
    let email = text(&answer, "Email");
    let value = json!({ "UserId": id, "Email": email });
    who.printing.output().print(&value, |_| format!("A link for {} was sent to {email}.", who.user))
}

/// A sentence about the user's access keys after a password reset.
pub(super) fn keys_in_words(revoked: u64, kept: bool) -> String {
    match revoked {
        _ if kept => "Access keys are unchanged.".to_owned(),
        0 => "The user had no access keys.".to_owned(),
        1 => "1 access key was revoked. Programs that sign with it need a new one.".to_owned(),
        many => format!("{many} access keys were revoked. Programs that sign with them need new ones."),
    }
}

fn set_enabled(who: &Who, enabled: bool) -> Result<(), String> {
    let client = who.connection.client()?;
    let id = client.user(&who.user)?;
    let verb = if enabled { "enable" } else { "disable" };
    client.call("POST", &["users", &id, verb], Some(&json!({})))?;
    let value = json!({ "UserId": id, "Enabled": enabled });
    who.printing.output().print(&value, |_| format!("{} is {verb}d.", who.user))
}
