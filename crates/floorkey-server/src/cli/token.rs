//! `floorkey token`: what applications show when they ask for decisions.

use clap::{Args, Subcommand};
use floorkey::{ApiTokenId, TokenScope};
use jiff::{Span, Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Value, json};

use super::Printing;
use super::access_key::day;
use super::connection::{InstanceClient, InstanceConnection, text};
use super::table::table;
use crate::outside;

/// A token opens the decision API of its instance to an application, and nothing else. Its text is shown once.
#[derive(Args)]
pub(super) struct Token {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a token; needs the operator's key
    Create {
        /// What it is for; no other token has that label
        #[arg(long, value_name = "TEXT")]
        label: String,
        /// What it opens: evaluate for questions about one user and thing, search for who can, on what and what can
        /// [default: both]
        #[arg(long = "scope", value_name = "SCOPE", value_parser = TokenScope::ALL.map(TokenScope::word))]
        scopes: Vec<String>,
        /// Until when: a day (2027-01-31, UTC), a time (2027-01-31T12:00Z) or a length of time (90d, 12h) [default: for good]
        #[arg(long, value_name = "WHEN")]
        expires: Option<String>,
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        printing: Printing,
    },
    /// List the tokens
    List {
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        printing: Printing,
    },
    /// Revoke a token: questions that show it are refused from then on
    Revoke {
        /// The token's label or id
        #[arg(value_name = "LABEL|ID")]
        token: String,
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        printing: Printing,
    },
}

impl Token {
    pub(super) fn run(self) -> Result<(), String> {
        match self.command {
            Command::Create { label, scopes, expires, connection, printing } => {
                create(&label, &scopes, expires.as_deref(), &connection, printing)
            }
            Command::List { connection, printing } => list(&connection, printing),
            Command::Revoke { token, connection, printing } => revoke(&token, &connection, printing),
        }
    }
}

fn create(
    label: &str,
    scopes: &[String],
    expires: Option<&str>,
    connection: &InstanceConnection,
    printing: Printing,
) -> Result<(), String> {
    let all = || TokenScope::ALL.map(|scope| scope.word().to_owned()).to_vec();
    let scopes = if scopes.is_empty() { all() } else { scopes.to_vec() };
    let expires = expires.map(|expires| until(expires, outside::now())).transpose()?;
    let body = json!({ "Label": label, "Scopes": scopes, "ExpiresTime": expires });
    let made = connection.client()?.call("POST", &["api-tokens"], Some(&body))?;
    printing.output().print(&made, |_| {
        format!("The token of “{label}”. It is shown only now:\n\nexport FLOORKEY_API_TOKEN={}", text(&made, "Token"))
    })
}

/// The time in seconds since 1970 at which a token is to be over.
fn until(text: &str, now: floorkey::Timestamp) -> Result<i64, String> {
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
    let at = at.filter(|at| *at > now.timestamp()).ok_or_else(|| {
        format!("--expires `{text}` is no time to come; one looks like 2027-01-31, 2027-01-31T12:00Z, 90d or 12h")
    })?;
    Ok(at.as_second())
}

fn tokens(client: &InstanceClient) -> Result<(Value, Vec<Value>), String> {
    let answer = client.call("GET", &["api-tokens"], None)?;
    let tokens = answer.get("ApiTokens").and_then(Value::as_array).cloned().unwrap_or_default();
    Ok((answer, tokens))
}

fn list(connection: &InstanceConnection, printing: Printing) -> Result<(), String> {
    let (answer, tokens) = tokens(&connection.client()?)?;
    printing.output().print(&answer, |style| {
        if tokens.is_empty() {
            return "There is no token.".to_owned();
        }
        let row = |token: &Value| {
            let time = |name: &str| token.get(name).and_then(Value::as_f64);
            let scopes = token.get("Scopes").and_then(Value::as_array).into_iter().flatten();
            let scopes: Vec<&str> = scopes.filter_map(Value::as_str).collect();
            let expires = match (time("ExpiresTime"), token.get("Expired") == Some(&Value::Bool(true))) {
                (None, _) => "never".to_owned(),
                (Some(at), false) => day(at),
                (Some(at), true) => format!("{} (over)", day(at)),
            };
            let made = day(time("CreatedTime").unwrap_or_default());
            [text(token, "ApiTokenId").to_owned(), scopes.join(", "), made, expires, text(token, "Label").to_owned()]
        };
        let rows: Vec<_> = tokens.iter().map(row).collect();
        table(style, ["TOKEN", "OPENS", "MADE", "EXPIRES", "LABEL"], &rows)
    })
}

fn revoke(wanted: &str, connection: &InstanceConnection, printing: Printing) -> Result<(), String> {
    let client = connection.client()?;
    let id = match ApiTokenId::parse(wanted) {
        Some(id) => id.to_string(),
        None => {
            let (_, tokens) = tokens(&client)?;
            let same = |token: &&Value| text(token, "Label").eq_ignore_ascii_case(wanted);
            let found = tokens.iter().find(same).ok_or_else(|| format!("there is no token `{wanted}`"))?;
            text(found, "ApiTokenId").to_owned()
        }
    };
    client.call("DELETE", &["api-tokens", &id], None)?;
    printing.output().print(&json!({ "ApiTokenId": id }), |_| format!("The token {wanted} is revoked."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_a_day_a_time_or_a_length() {
        let now = floorkey::Timestamp::from_millis(1_800_000_000_000);
        for (text, seconds) in [
            ("2027-01-31", 1_801_353_600),
            ("2027-01-31T12:00Z", 1_801_396_800),
            ("2027-01-31T12:00:00+01:00", 1_801_393_200),
            ("90d", 1_807_776_000),
            ("12h", 1_800_043_200),
        ] {
            assert_eq!(until(text, now), Ok(seconds), "{text}");
        }
        for wrong in ["", "soon", "2020-01-01", "-3d", "0d", "2027-13-01", "7"] {
            assert!(until(wrong, now).is_err(), "{wrong}");
        }
    }
}
