//! `floorkey guard`: shows and sets the mode of the escalation guard, and checks what `enforce` would have refused.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::connection::{InstanceConnection, text};
use super::{CliError, InputError, OutputFlags, guard_check};

/// The escalation guard applies when users assign access that they don't have themselves, or change users with more
/// access. On warn, the change is made and flagged; on enforce, it is refused. Without a mode, shows the current one. With
/// check, lists the changes of the last 30 days that enforce would have refused.
#[derive(Args)]
pub(super) struct Guard {
    /// The mode to set, or check; requires the key of the operator or of a full administrator
    mode: Option<Request>,
    /// The reason; required to go from enforce to warn
    #[arg(long, value_name = "TEXT", requires = "mode")]
    reason: Option<String>,
    /// Also replace the credentials of users that others with less access could know
    #[arg(long, requires = "mode")]
    replace_credentials: bool,
    #[command(flatten)]
    connection: InstanceConnection,
    #[command(flatten)]
    output_flags: OutputFlags,
}

/// A mode of the escalation guard, or a check.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Request {
    /// Make the change, flag it and notify administrators
    Warn,
    /// Refuse the change
    Enforce,
    /// List what enforce would have refused
    Check,
}

impl Request {
    /// Returns the mode to set; `None` for a check.
    const fn mode(self) -> Option<&'static str> {
        match self {
            Self::Warn => Some("warn"),
            Self::Enforce => Some("enforce"),
            Self::Check => None,
        }
    }
}

impl Guard {
    pub(super) fn run(self) -> Result<(), CliError> {
        if self.mode == Some(Request::Check) && (self.reason.is_some() || self.replace_credentials) {
            return Err(InputError::GuardCheckFlags.into());
        }
        let client = self.connection.client()?;
        if self.mode == Some(Request::Check) {
            return guard_check::run(&client, self.output_flags.output());
        }
        if let Some(mode) = self.mode.and_then(Request::mode) {
            let body = json!({
                "Mode": mode,
                "Reason": self.reason,
                "ReplaceCredentials": self.replace_credentials,
            });
            client.call("PUT", &["guard"], Some(&body))?;
        }
        let guard = client.call("GET", &["guard"], None)?;
        self.output_flags.output().print(&guard, |_| describe(&guard))
    }
}

/// Describes the mode of the escalation guard, and the users whose credentials others could know.
fn describe(guard: &Value) -> String {
    let meaning = match text(guard, "Mode") {
        "enforce" => "users can't assign access they don't have themselves, or change users with more access",
        _ => "users can assign access they don't have themselves; they are warned, and administrators are notified",
    };
    let not_chosen = match guard.get("Chosen").and_then(Value::as_bool) {
        Some(false) => " (not chosen yet)",
        _ => "",
    };
    let mode = format!("The escalation guard is on {}{not_chosen}: {meaning}.", text(guard, "Mode"));
    let exposed = guard.get("ExposedUsers").and_then(|users| users.get("Count")).and_then(Value::as_u64);
    match exposed.unwrap_or_default() {
        0 => mode,
        1 => format!("{mode}\nUsers with less access could know the credentials of 1 user. {REPLACE_HINT}"),
        many => format!("{mode}\nUsers with less access could know the credentials of {many} users. {REPLACE_HINT}"),
    }
}

/// How to replace credentials that others could know.
const REPLACE_HINT: &str = "`floorkey guard enforce --replace-credentials` replaces them.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_says_what_the_mode_means_and_who_is_exposed() {
        let chosen = describe(&json!({ "Mode": "enforce", "Chosen": true, "ExposedUsers": { "Count": 0 } }));
        assert_eq!(
            chosen,
            "The escalation guard is on enforce: users can't assign access they don't have themselves, or change users \
            with more access."
        );
        let unset = describe(&json!({ "Mode": "warn", "Chosen": false, "ExposedUsers": { "Count": 2 } }));
        assert!(unset.starts_with("The escalation guard is on warn (not chosen yet): users can assign access"));
        assert!(
            unset
                .ends_with("the credentials of 2 users. `floorkey guard enforce --replace-credentials` replaces them.")
        );
    }
}
