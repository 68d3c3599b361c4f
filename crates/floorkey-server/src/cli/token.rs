//! `floorkey token`: manages the API tokens that applications use to request decisions.

use clap::{Args, Subcommand};
use floorkey::{ApiTokenId, ResourceType, TokenScope, TokenSettings};
use jiff::{Span, Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::access_key::day;
use super::client::ClientError;
use super::connection::{InstanceClient, InstanceConnection, text};
use super::table::table;
use super::{CliError, InputError, OutputFlags};
use crate::config::type_and_namespace;
use floorkey_service::clock;

/// An API token gives an application access to the decision API of one instance, and to nothing else. The token is
/// shown once.
#[derive(Args)]
pub(super) struct Token {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Create a token; requires the operator's key
    Create {
        /// A unique label, for example the purpose of the token
        #[arg(long, value_name = "TEXT")]
        label: String,
        /// The allowed calls: evaluate for decisions, search for searches of users, resources and actions [default:
        /// both]
        #[arg(long = "scope", value_name = "SCOPE", value_parser = TokenScope::ALL.map(TokenScope::as_str))]
        scopes: Vec<String>,
        /// The expiration: a day (2027-01-31, UTC), a time (2027-01-31T12:00Z) or a duration (90d, 12h) [default: none]
        #[arg(long, value_name = "WHEN")]
        expires: Option<String>,
        #[command(flatten)]
        settings: TokenSettingsFlags,
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        output_flags: OutputFlags,
    },
    /// List the tokens
    List {
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        output_flags: OutputFlags,
    },
    /// Change how requests with a token are interpreted and answered; omitted settings remain unchanged
    Update {
        /// The token: label or ID
        #[arg(value_name = "LABEL|ID")]
        token: String,
        #[command(flatten)]
        settings: TokenSettingsFlags,
        /// Remove all resource types from the token's settings
        #[arg(long, conflicts_with = "resource_types")]
        no_resource_types: bool,
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        output_flags: OutputFlags,
    },
    /// Revoke a token; further requests with it are refused
    Revoke {
        /// The token: label or ID
        #[arg(value_name = "LABEL|ID")]
        token: String,
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        output_flags: OutputFlags,
    },
}

/// Flags that determine how requests with a token are interpreted and answered.
#[derive(Args)]
struct TokenSettingsFlags {
    /// Treat subjects of this type as users; can be repeated. Include `user` if requests use that type too [default for
    /// a new token: user]
    #[arg(long = "subject-type", value_name = "TYPE")]
    subject_types: Vec<String>,
    /// Treat resources of this type as resources of a registered application: user=todo-users; can be repeated
    #[arg(long = "resource-type", value_name = "TYPE=NAMESPACE", value_parser = type_and_namespace)]
    resource_types: Vec<(String, String)>,
    /// Return a context for batch items, and properties for search results [default for a new token: false]
    #[arg(long, value_name = "BOOLEAN", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    details: Option<bool>,
}

impl TokenSettingsFlags {
    /// Returns the settings in these flags as members of the request body.
    ///
    /// # Errors
    /// Returns an error if a resource type occurs twice in the flags.
    fn members(&self) -> Result<Map<String, Value>, InputError> {
        let mut members = Map::new();
        if !self.subject_types.is_empty() {
            members.insert("SubjectTypes".to_owned(), json!(self.subject_types));
        }
        if !self.resource_types.is_empty() {
            let mut table = Map::new();
            for (resource_type, namespace) in &self.resource_types {
                if table.insert(resource_type.clone(), namespace.as_str().into()).is_some() {
                    return Err(InputError::RepeatedResourceType(resource_type.clone()));
                }
            }
            members.insert("ResourceTypes".to_owned(), table.into());
        }
        if let Some(details) = self.details {
            members.insert("Details".to_owned(), details.into());
        }
        Ok(members)
    }

    /// Returns a note about the built-in resource types whose names refer to applications in these settings. Returns an
    /// empty string if there are no such types.
    fn replaced_types_note(&self) -> String {
        let settings =
            TokenSettings { resource_types: self.resource_types.iter().cloned().collect(), ..TokenSettings::default() };
        let lines = settings.overridden_types().map(|built_in| {
            let namespace = settings.namespace_of(built_in).unwrap_or_default();
            let other = ResourceType::from_name_or_slug(built_in)
                .map(|own_type| if built_in == own_type.as_str() { own_type.slug() } else { own_type.as_str() })
                .map(|other| format!(" To refer to Floorkey's own type, use `{other}`."));
            format!(
                "\n\nWith this token, `{built_in}` means resources of {namespace} instead of Floorkey's own.{}",
                other.unwrap_or_default()
            )
        });
        lines.collect()
    }
}

impl Token {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self.command {
            Command::Create { label, scopes, expires, settings, connection, output_flags } => {
                create(&label, &scopes, expires.as_deref(), &settings, &connection, output_flags)
            }
            Command::Update { token, settings, no_resource_types, connection, output_flags } => {
                update(&token, &settings, no_resource_types, &connection, output_flags)
            }
            Command::List { connection, output_flags } => list(&connection, output_flags),
            Command::Revoke { token, connection, output_flags } => revoke(&token, &connection, output_flags),
        }
    }
}

fn create(
    label: &str,
    scopes: &[String],
    expires: Option<&str>,
    settings: &TokenSettingsFlags,
    connection: &InstanceConnection,
    output_flags: OutputFlags,
) -> Result<(), CliError> {
    let all = || TokenScope::ALL.map(|scope| scope.as_str().to_owned()).to_vec();
    let scopes = if scopes.is_empty() { all() } else { scopes.to_vec() };
    let expires = expires.map(|expires| parse_expiration(expires, clock::now())).transpose()?;
    let mut body = json!({ "Label": label, "Scopes": scopes, "ExpiresTime": expires });
    if let Value::Object(members) = &mut body {
        members.extend(settings.members()?);
    }
    let created = connection.client()?.call("POST", &["api-tokens"], Some(&body))?;
    output_flags.output().print(&created, |_| {
        format!(
            "The token “{label}” (shown only once):\n\nexport FLOORKEY_API_TOKEN={}{}",
            text(&created, "Token"),
            settings.replaced_types_note()
        )
    })
}

fn update(
    wanted: &str,
    settings: &TokenSettingsFlags,
    no_resource_types: bool,
    connection: &InstanceConnection,
    output_flags: OutputFlags,
) -> Result<(), CliError> {
    let mut members = settings.members()?;
    if no_resource_types {
        members.insert("ResourceTypes".to_owned(), json!({}));
    }
    if members.is_empty() {
        return Err(InputError::NoTokenSettings.into());
    }
    let client = connection.client()?;
    let id = token_id(&client, wanted)?;
    let answer = client.call("POST", &["api-tokens", &id], Some(&Value::Object(members)))?;
    output_flags.output().print(&answer, |_| format!("Token {wanted} is changed.{}", settings.replaced_types_note()))
}

/// Parses the time at which a token expires. Returns seconds since 1970.
fn parse_expiration(text: &str, now: floorkey::Timestamp) -> Result<i64, InputError> {
    let now = Timestamp::from_millisecond(now.as_millis()).unwrap_or_default().to_zoned(TimeZone::UTC);
    let at = if let Ok(day) = text.parse::<Date>()
        && !text.contains(['T', ' '])
    {
        day.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp())
    } else if let Ok(at) = text.parse::<Timestamp>() {
        Some(at)
    } else {
        text.parse::<Span>().ok().and_then(|span| now.checked_add(span).ok()).map(|at| at.timestamp())
    };
    let at = at.filter(|at| *at > now.timestamp()).ok_or_else(|| InputError::Expiration(text.to_owned()))?;
    Ok(at.as_second())
}

fn tokens(client: &InstanceClient) -> Result<(Value, Vec<Value>), ClientError> {
    let answer = client.call("GET", &["api-tokens"], None)?;
    let tokens = answer.get("ApiTokens").and_then(Value::as_array).cloned().unwrap_or_default();
    Ok((answer, tokens))
}

fn list(connection: &InstanceConnection, output_flags: OutputFlags) -> Result<(), CliError> {
    let (answer, tokens) = tokens(&connection.client()?)?;
    output_flags.output().print(&answer, |style| {
        if tokens.is_empty() {
            return "There are no tokens.".to_owned();
        }
        let row = |token: &Value| {
            let time = |name: &str| token.get(name).and_then(Value::as_f64);
            let scopes = token.get("Scopes").and_then(Value::as_array).into_iter().flatten();
            let scopes: Vec<&str> = scopes.filter_map(Value::as_str).collect();
            let expires = match (time("ExpiresTime"), token.get("Expired") == Some(&Value::Bool(true))) {
                (None, _) => "never".to_owned(),
                (Some(at), false) => day(at),
                (Some(at), true) => format!("{} (expired)", day(at)),
            };
            let created = day(time("CreatedTime").unwrap_or_default());
            let [subjects, resources, details] = settings_of(token);
            let (id, label) = (text(token, "ApiTokenId").to_owned(), text(token, "Label").to_owned());
            [id, scopes.join(", "), subjects, resources, details, created, expires, label]
        };
        let rows: Vec<_> = tokens.iter().map(row).collect();
        table(style, ["TOKEN", "SCOPES", "SUBJECTS", "RESOURCES", "DETAILS", "CREATED", "EXPIRES", "LABEL"], &rows)
    })
}

fn revoke(wanted: &str, connection: &InstanceConnection, output_flags: OutputFlags) -> Result<(), CliError> {
    let client = connection.client()?;
    let id = token_id(&client, wanted)?;
    client.call("DELETE", &["api-tokens", &id], None)?;
    output_flags.output().print(&json!({ "ApiTokenId": id }), |_| format!("Token {wanted} is revoked."))
}

/// Returns the ID of the token that has this label or ID.
fn token_id(client: &InstanceClient, wanted: &str) -> Result<String, CliError> {
    if let Some(id) = ApiTokenId::parse(wanted) {
        return Ok(id.to_string());
    }
    let (_, tokens) = tokens(client)?;
    let has_label = |token: &&Value| text(token, "Label").eq_ignore_ascii_case(wanted);
    let found = tokens.iter().find(has_label).ok_or_else(|| InputError::UnknownToken(wanted.to_owned()))?;
    Ok(text(found, "ApiTokenId").to_owned())
}

/// Formats the settings of a token: subject types, resource types and details.
fn settings_of(token: &Value) -> [String; 3] {
    let subjects = token.get("SubjectTypes").and_then(Value::as_array).into_iter().flatten();
    let subjects: Vec<&str> = subjects.filter_map(Value::as_str).collect();
    let resources = token.get("ResourceTypes").and_then(Value::as_object).into_iter().flatten();
    let resources: Vec<String> =
        resources.map(|(name, namespace)| format!("{name}={}", namespace.as_str().unwrap_or_default())).collect();
    let resources = if resources.is_empty() { "-".to_owned() } else { resources.join(", ") };
    let details = if token.get("Details") == Some(&Value::Bool(true)) { "yes" } else { "no" };
    [subjects.join(", "), resources, details.to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expiration_is_a_day_a_time_or_a_duration() {
        let now = floorkey::Timestamp::from_millis(1_800_000_000_000);
        for (text, seconds) in [
            ("2027-01-31", 1_801_353_600),
            ("2027-01-31T12:00Z", 1_801_396_800),
            ("2027-01-31T12:00:00+01:00", 1_801_393_200),
            ("90d", 1_807_776_000),
            ("12h", 1_800_043_200),
        ] {
            assert_eq!(parse_expiration(text, now).unwrap(), seconds, "{text}");
        }
        for wrong in ["", "soon", "2020-01-01", "-3d", "0d", "2027-13-01", "7"] {
            assert!(parse_expiration(wrong, now).is_err(), "{wrong}");
        }
    }
}
