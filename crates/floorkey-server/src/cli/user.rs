//! `floorkey user`: whether somebody can sign in.

use clap::{Args, Subcommand};
use serde_json::json;

use super::Printing;
use super::connection::{InstanceConnection, text};

/// What Connect's API has no operation for.
#[derive(Args)]
pub(super) struct User {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Give a user a one-time password, printed once; the user's sessions end
    ResetPassword {
        #[command(flatten)]
        who: Who,
        /// Leave the user's access keys; otherwise they are revoked
        #[arg(long)]
        keep_access_keys: bool,
    },
    /// Let a disabled user sign in and act again
    Enable {
        #[command(flatten)]
        who: Who,
    },
    /// Keep a user from signing in and acting, access keys included
    Disable {
        #[command(flatten)]
        who: Who,
    },
}

#[derive(Args)]
struct Who {
    /// The user's login name or id
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
    let value = json!({ "UserId": id, "OneTimePassword": password, "AccessKeysRevoked": !keep_access_keys });
    who.printing.output().print(&value, |_| {
        let keys = if keep_access_keys { "" } else { " Access keys are revoked." };
        format!("The one-time password of {} (shown only now):\n{password}\n\nAll sessions end.{keys}", who.user)
    })
}

fn set_enabled(who: &Who, enabled: bool) -> Result<(), String> {
    let client = who.connection.client()?;
    let id = client.user(&who.user)?;
    let verb = if enabled { "enable" } else { "disable" };
    client.call("POST", &["users", &id, verb], Some(&json!({})))?;
    let value = json!({ "UserId": id, "Enabled": enabled });
    who.printing.output().print(&value, |_| format!("{} is {verb}d.", who.user))
}
