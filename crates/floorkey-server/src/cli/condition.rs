//! `floorkey condition`: manages the conditions under which a profile's permissions apply.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::connection::{InstanceConnection, text};
use super::input_file;
use super::table::table;
use super::{CliError, OutputFlags};

/// A profile grants a permission only if all of the permission's conditions are true.
#[derive(Args)]
pub(super) struct Condition {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the conditions of a security profile
    List {
        /// The security profile: name or ID
        #[arg(value_name = "PROFILE|ID")]
        profile: String,
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        output_flags: OutputFlags,
    },
    /// Replace all conditions of a security profile
    Set {
        /// The security profile: name or ID
        #[arg(value_name = "PROFILE|ID")]
        profile: String,
        /// A TOML or JSON file in the format of `condition list --json`, or - for standard input
        #[arg(value_name = "FILE")]
        file: String,
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        output_flags: OutputFlags,
    },
}

impl Condition {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self.command {
            Command::List { profile, connection, output_flags } => list(&profile, &connection, output_flags),
            Command::Set { profile, file, connection, output_flags } => set(&profile, &file, &connection, output_flags),
        }
    }
}

fn list(profile: &str, connection: &InstanceConnection, output_flags: OutputFlags) -> Result<(), CliError> {
    let client = connection.client()?;
    let id = client.profile(profile)?;
    let answer = client.call("GET", &["security-profiles", &id, "conditions"], None)?;
    let conditions = answer.get("Conditions").and_then(Value::as_array).cloned().unwrap_or_default();
    output_flags.output().print(&answer, |style| {
        let rows: Vec<_> = conditions.iter().map(row).collect();
        match rows.is_empty() {
            true => format!("{profile} has no conditions."),
            false => table(style, ["PERMISSION", "APPLIES IF"], &rows),
        }
    })
}

fn row(permission_conditions: &Value) -> [String; 2] {
    let permission = match text(permission_conditions, "Namespace") {
        "" => text(permission_conditions, "Permission").to_owned(),
        namespace => format!("{namespace}: {}", text(permission_conditions, "Permission")),
    };
    let all = permission_conditions.get("All").and_then(Value::as_array).into_iter().flatten();
    [permission, all.map(|condition| text(condition, "Words")).collect::<Vec<_>>().join(", and ")]
}

fn set(profile: &str, file: &str, connection: &InstanceConnection, output_flags: OutputFlags) -> Result<(), CliError> {
    let body = Value::Object(input_file::load(file)?);
    let client = connection.client()?;
    let id = client.profile(profile)?;
    let answer = client.call("PUT", &["security-profiles", &id, "conditions"], Some(&body))?;
    let count = body.get("Conditions").and_then(Value::as_array).map_or(0, Vec::len);
    let value = json!({ "SecurityProfileId": id, "Revision": answer.get("Revision") });
    output_flags.output().print(&value, |_| match count {
        0 => format!("The conditions of {profile} are removed."),
        1 => format!("{profile} has conditions on 1 permission."),
        many => format!("{profile} has conditions on {many} permissions."),
    })
}
