//! `floorkey user`: controls whether and how users can sign in.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::connection::{InstanceConnection, text};
use super::{CliError, OutputFlags};

/// Operations on users that Amazon Connect's API doesn't have.
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
        user_flags: UserFlags,
        /// Keep the user's access keys
        #[arg(long)]
        keep_access_keys: bool,
    },
    /// Remove a user's lockout after too many failed sign-ins
    Unlock {
        #[command(flatten)]
        user_flags: UserFlags,
    },
    /// End all sessions of a user
    SignOut {
        #[command(flatten)]
        user_flags: UserFlags,
    },
    /// Remove a user's MFA methods, for example after a lost device; ends all sessions
    RemoveSecondFactor {
        #[command(flatten)]
        user_flags: UserFlags,
    },
    /// Email a user an invitation: a link to choose a password that works for 7 days
    ///
    /// A user who already has a password gets a link to choose a new one instead, which works for 15 minutes.
    Invite {
        /// Confirm the address to which the link is sent; required after the user's credentials were replaced
        #[arg(long, value_name = "ADDRESS")]
        email: Option<String>,
        #[command(flatten)]
        user_flags: UserFlags,
    },
    /// Enable a disabled user
    Enable {
        #[command(flatten)]
        user_flags: UserFlags,
    },
    /// Disable a user, including the user's access keys
    Disable {
        #[command(flatten)]
        user_flags: UserFlags,
    },
}

#[derive(Args)]
struct UserFlags {
    /// The user: login name or ID
    #[arg(value_name = "LOGIN|ID")]
    user: String,
    #[command(flatten)]
    connection: InstanceConnection,
    #[command(flatten)]
    output_flags: OutputFlags,
}

impl User {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self.command {
            Command::ResetPassword { user_flags, keep_access_keys } => reset_password(&user_flags, keep_access_keys),
            Command::Unlock { user_flags } => {
                call_user_operation(&user_flags, "POST", &["unlock"], "can try to sign in again")
            }
            Command::SignOut { user_flags } => {
                call_user_operation(&user_flags, "POST", &["sessions", "end"], "is signed out of all sessions")
            }
            Command::RemoveSecondFactor { user_flags } => call_user_operation(
                &user_flags,
                "DELETE",
                &["second-factors"],
                "has no MFA and signs in with the password only",
            ),
            Command::Invite { user_flags, email } => invite(&user_flags, email.as_deref()),
            Command::Enable { user_flags } => set_enabled(&user_flags, true),
            Command::Disable { user_flags } => set_enabled(&user_flags, false),
        }
    }
}

fn reset_password(user_flags: &UserFlags, keep_access_keys: bool) -> Result<(), CliError> {
    let client = user_flags.connection.client()?;
    let id = client.user(&user_flags.user)?;
    let body = json!({ "RevokeAccessKeys": !keep_access_keys });
    let answer = client.call("POST", &["users", &id, "password"], Some(&body))?;
    let password = text(&answer, "OneTimePassword");
    let revoked = answer.get("AccessKeysRevoked").and_then(Value::as_u64).unwrap_or_default();
    let value = json!({ "UserId": id, "OneTimePassword": password, "AccessKeysRevoked": revoked });
    user_flags.output_flags.output().print(&value, |_| {
        let keys = describe_revoked_keys(revoked, keep_access_keys);
        format!(
            "The temporary password of {} (shown only once):\n{password}\n\nAll sessions were ended. {keys}",
            user_flags.user
        )
    })
}

/// Calls an API operation on a user. Prints `outcome`, because the response contains nothing to print.
fn call_user_operation(user_flags: &UserFlags, method: &str, path: &[&str], outcome: &str) -> Result<(), CliError> {
    let client = user_flags.connection.client()?;
    let id = client.user(&user_flags.user)?;
    let body = (method == "POST").then(|| json!({}));
    client.call(method, &[&["users", id.as_str()], path].concat(), body.as_ref())?;
    user_flags.output_flags.output().print(&json!({ "UserId": id }), |_| format!("{} {outcome}.", user_flags.user))
}

fn invite(user_flags: &UserFlags, email: Option<&str>) -> Result<(), CliError> {
    let client = user_flags.connection.client()?;
    let id = client.user(&user_flags.user)?;
    let body = email.map_or_else(|| json!({}), |email| json!({ "Email": email }));
    let answer = client.call("POST", &["users", &id, "invite"], Some(&body))?;
    let email = text(&answer, "Email");
    let value = json!({ "UserId": id, "Email": email });
    user_flags.output_flags.output().print(&value, |_| {
        format!(
            "A link for {} was sent to {email}. An invitation works for 7 days, a link to choose a new password for 15 \
            minutes.",
            user_flags.user
        )
    })
}

/// Returns a sentence about what a password reset did with the user's access keys.
pub(super) fn describe_revoked_keys(revoked: u64, is_kept: bool) -> String {
    match revoked {
        _ if is_kept => "Access keys are unchanged.".to_owned(),
        0 => "The user had no access keys.".to_owned(),
        1 => "1 access key was revoked. Programs that sign with it need a new one.".to_owned(),
        many => format!("{many} access keys were revoked. Programs that sign with them need new ones."),
    }
}

fn set_enabled(user_flags: &UserFlags, enabled: bool) -> Result<(), CliError> {
    let client = user_flags.connection.client()?;
    let id = client.user(&user_flags.user)?;
    let verb = if enabled { "enable" } else { "disable" };
    client.call("POST", &["users", &id, verb], Some(&json!({})))?;
    let value = json!({ "UserId": id, "Enabled": enabled });
    user_flags.output_flags.output().print(&value, |_| format!("{} is {verb}d.", user_flags.user))
}
