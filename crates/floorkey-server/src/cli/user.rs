//! `floorkey user`: whether somebody can sign in, and how.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

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
    /// Give a user a one-time password, printed once; sessions end, and access keys are revoked
    ///
    /// The user's access keys are revoked too, so that nobody who had the account keeps a way in: programs that sign
    /// with them stop working, unless --keep-access-keys is given.
    ResetPassword {
        #[command(flatten)]
        who: Who,
        /// Leave the user's access keys as they are
        #[arg(long)]
        keep_access_keys: bool,
    },
    /// Let somebody who failed to sign in too often try again at once
    Unlock {
        #[command(flatten)]
        who: Who,
    },
    /// End all sessions of a user
    SignOut {
        #[command(flatten)]
        who: Who,
    },
    /// Remove what is asked for after the password, when it is lost; the user's sessions end
    RemoveSecondFactor {
        #[command(flatten)]
        who: Who,
    },
    /// Mail a user a link to choose a password with
    Invite {
        /// Confirm the address the link goes to; needed after the user's credentials were replaced
        #[arg(long, value_name = "ADDRESS")]
        email: Option<String>,
        #[command(flatten)]
        who: Who,
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
            Command::Unlock { who } => act(&who, "POST", &["unlock"], "may try to sign in again"),
            Command::SignOut { who } => act(&who, "POST", &["sessions", "end"], "is signed out everywhere"),
            Command::RemoveSecondFactor { who } => {
                act(&who, "DELETE", &["second-factors"], "signs in with the password alone")
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
        format!("The one-time password of {} (shown only now):\n{password}\n\nAll sessions end. {keys}", who.user)
    })
}

/// Does something to a user that has nothing to answer.
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
    who.printing.output().print(&value, |_| format!("A link for {} is on its way to {email}.", who.user))
}

/// What became of a user's access keys at a reset of the password.
pub(super) fn keys_in_words(revoked: u64, kept: bool) -> String {
    match revoked {
        _ if kept => "Access keys were left as they are.".to_owned(),
        0 => "There were no access keys to revoke.".to_owned(),
        1 => "One access key was revoked: what signs with it has to get another.".to_owned(),
        many => format!("{many} access keys were revoked: what signs with them has to get others."),
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
