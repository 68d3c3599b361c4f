//! `floorkey demo guard`: a team lead takes over an instance in four commands, or is refused by the escalation guard.

use std::io::{ErrorKind, Write as _};

use serde_json::{Value, json};

use super::temporary_server::{self, AccessKey, TemporaryServer};
use crate::cli::CliError;
use crate::cli::client::{Client, ClientError};
use crate::cli::connection::text;
use crate::cli::error::TemporaryServerError;
use crate::cli::output::wrapped;

/// The maximum number of characters in a line of answers.
const WIDTH: usize = 98;

/// The access of team leads. The second permission makes a refusal name the access that a change would give.
const PERMISSIONS: [&str; 2] = ["Users.Edit", "SecurityProfiles.View"];

/// Plays the demonstration, and prints each command with its answer.
///
/// # Errors
/// Returns an error if the temporary server can't be started or reached, or if it answers differently than the
/// demonstration shows.
pub(super) fn run() -> Result<(), CliError> {
    let runtime = tokio::runtime::Runtime::new()?;
    let lines = runtime.block_on(temporary_server::with_server(play))?;
    match writeln!(std::io::stdout().lock(), "{}", lines.join("\n")) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(CliError::Output(error)),
        _ => Ok(()),
    }
}

/// Returns the lines of the demonstration.
fn play(server: &TemporaryServer) -> Result<Vec<String>, CliError> {
    let world = World::create(server)?;
    let mut lines = vec![
        "# Ann and Ben lead teams. Their security profile grants Users – Edit and Security profiles – View.".to_owned(),
        "# The guard is on warn, the default. As in Amazon Connect, Ann can make herself an administrator:".to_owned(),
    ];
    lines.extend(world.assign_admin("ann", &world.ann)?);
    lines.extend(floorkey(server, "ann", &world.ann.key, &["user", "disable", "admin"])?);
    lines.push("# The operator sets the guard to enforce. Ben tries the same:".to_owned());
    lines.extend(floorkey(server, "operator", server.operator(), &["guard", "enforce"])?);
    lines.extend(world.assign_admin("ben", &world.ben)?);
    Ok(lines)
}

/// A team lead, with the access key that signs their calls.
struct TeamLead {
    id: String,
    key: AccessKey,
    client: Client,
}

/// The instance of the temporary server, with what the printed commands call `$I` and `$ADMIN`.
struct World {
    instance: String,
    admin_profile: String,
    ann: TeamLead,
    ben: TeamLead,
}

impl World {
    /// Creates the team leads and their security profile, as the operator.
    fn create(server: &TemporaryServer) -> Result<Self, CliError> {
        let operator = server.client(server.operator())?;
        let instances = operator.call("GET", &["instance"], &[], None)?;
        let instance = first(&instances, "InstanceSummaryList", |_| true)?;
        let profiles = operator.call("GET", &["security-profiles-summary", &instance], &[], None)?;
        let admin_profile = first(&profiles, "SecurityProfileSummaryList", |profile| text(profile, "Name") == "Admin")?;
        let routing = operator.call("GET", &["routing-profiles-summary", &instance], &[], None)?;
        let routing = first(&routing, "RoutingProfileSummaryList", |_| true)?;
        let new = json!({ "SecurityProfileName": "Team lead", "Permissions": PERMISSIONS });
        let profile = operator.call("PUT", &["security-profiles", &instance], &[], Some(&new))?;
        let team_lead = |login: &str, name: &str| {
            let new = json!({
                "Username": login,
                "Password": "Harbor-2026",
                "IdentityInfo": { "FirstName": name, "LastName": "Lee" },
                "PhoneConfig": { "PhoneType": "SOFT_PHONE" },
                "RoutingProfileId": routing,
                "SecurityProfileIds": [text(&profile, "SecurityProfileId")],
            });
            let id = text(&operator.call("PUT", &["users", &instance], &[], Some(&new))?, "UserId").to_owned();
            let path = ["floorkey", "v1", "instances", &instance, "users", &id, "access-keys"];
            let created = operator.call("POST", &path, &[], Some(&json!({})))?;
            let secret = text(&created, "SecretAccessKey").to_owned().into();
            let key = AccessKey { id: text(&created, "AccessKeyId").to_owned(), secret };
            Ok::<_, CliError>(TeamLead { id, client: server.client(&key)?, key })
        };
        let (ann, ben) = (team_lead("ann", "Ann")?, team_lead("ben", "Ben")?);
        Ok(Self { instance, admin_profile, ann, ben })
    }

    /// Assigns the profile Admin to a team lead, who makes the call. Returns the command of the AWS CLI that makes the
    /// same call, and what the AWS CLI prints.
    fn assign_admin(&self, login: &str, team_lead: &TeamLead) -> Result<Vec<String>, CliError> {
        let mut lines = vec![
            format!("{login}$ aws connect update-user-security-profiles --instance-id $I \\"),
            format!("       --user-id ${} --security-profile-ids $ADMIN", login.to_uppercase()),
        ];
        let path = ["users", &self.instance, &team_lead.id, "security-profiles"];
        let body = json!({ "SecurityProfileIds": [self.admin_profile] });
        match team_lead.client.call("POST", &path, &[], Some(&body)) {
            Ok(_) => {}
            Err(ClientError::Exception { message, kind }) => {
                // This is the format of the AWS CLI.
                let operation = "UpdateUserSecurityProfiles";
                let error = format!("An error occurred ({kind}) when calling the {operation} operation: {message}");
                lines.push(wrapped(&error, "", WIDTH));
            }
            Err(error) => return Err(error.into()),
        }
        Ok(lines)
    }
}

/// Runs a command of this program. Returns the command as typed, and what it prints.
fn floorkey(server: &TemporaryServer, who: &str, key: &AccessKey, arguments: &[&str]) -> Result<Vec<String>, CliError> {
    let printed = server.run(key, arguments)?;
    let mut lines = vec![format!("{who}$ floorkey {}", arguments.join(" "))];
    lines.extend(printed.lines().map(|line| wrapped(line, "", WIDTH)));
    Ok(lines)
}

/// Returns the ID of the first row of a list that matches.
fn first(answer: &Value, list: &'static str, matches: impl Fn(&Value) -> bool) -> Result<String, TemporaryServerError> {
    let mut rows = answer.get(list).and_then(Value::as_array).into_iter().flatten();
    let id = rows.find(|row| matches(row)).map(|row| text(row, "Id").to_owned());
    id.ok_or(TemporaryServerError::NoRow { list })
}
