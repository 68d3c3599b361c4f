//! `floorkey check`, `explain`, `who-can` and `what-can`: requests to the decision API from the command line.

use std::process::ExitCode;

use clap::Args;
use floorkey::{Permission, ResourceType, TokenSettings};
use serde_json::{Map, Value, json};

use super::client::ClientError;
use super::connection::text;
use super::decision_client::{DecisionFlags, DetailLevel, with_member};
use super::error::InvalidArgument;
use super::output::Style;
use super::table::table;
use super::{CliError, OutputFlags};

/// The exit code if an error occurs.
const EXIT_CODE_ERROR: u8 = 2;

/// Checks whether a user can perform an action.
#[derive(Args)]
pub(super) struct Check {
    #[command(flatten)]
    question: Question,
}

/// Checks whether a user can perform an action, and explains the decision.
#[derive(Args)]
pub(super) struct Explain {
    #[command(flatten)]
    question: Question,
}

#[derive(Args)]
struct Question {
    /// The user: login name, ID or ARN
    #[arg(value_name = "USER")]
    user: String,
    /// The action: a permission such as Users.Edit, or a permission of an application
    #[arg(value_name = "PERMISSION")]
    permission: String,
    #[command(flatten)]
    resource: Resource,
    #[command(flatten)]
    supplied: SuppliedAttributes,
    #[command(flatten)]
    decision_flags: DecisionFlags,
    #[command(flatten)]
    output_flags: OutputFlags,
}

/// Lists the users who can perform an action.
#[derive(Args)]
pub(super) struct WhoCan {
    /// The action: a permission such as Users.Edit, or a permission of an application
    #[arg(value_name = "PERMISSION")]
    permission: String,
    #[command(flatten)]
    resource: Resource,
    #[command(flatten)]
    supplied: SuppliedAttributes,
    #[command(flatten)]
    decision_flags: DecisionFlags,
    #[command(flatten)]
    output_flags: OutputFlags,
}

/// Lists the actions that a user can perform.
#[derive(Args)]
pub(super) struct WhatCan {
    /// The user: login name, ID or ARN
    #[arg(value_name = "USER")]
    user: String,
    #[command(flatten)]
    resource: Resource,
    #[command(flatten)]
    supplied: SuppliedAttributes,
    #[command(flatten)]
    decision_flags: DecisionFlags,
    #[command(flatten)]
    output_flags: OutputFlags,
}

#[derive(Args)]
struct Resource {
    /// The resource: a type and an ID, as in user:ann, queue:ID or, with the namespace of an application, orders:o-17
    /// [default: the instance as a whole]
    #[arg(value_name = "RESOURCE", value_parser = parse_resource)]
    resource: Option<(String, String)>,
    /// Supply an attribute of the resource, which takes precedence over a stored one: status=open
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_pair)]
    resource_property: Vec<(String, String)>,
}

#[derive(Args)]
struct SuppliedAttributes {
    /// The subject type, if the token accepts another one for users
    #[arg(long, value_name = "TYPE", default_value = TokenSettings::SUBJECT_TYPE)]
    subject_type: String,
    /// Supply an attribute of the user, which takes precedence over a stored one: team=night
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_pair)]
    user_property: Vec<(String, String)>,
    /// Supply an attribute of the action: soft=true
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_pair)]
    action_property: Vec<(String, String)>,
}

/// Returns the exit code for a decision: 0 if the action is allowed, 1 if it is denied and 2 on errors.
pub(super) fn exit_code(result: Result<bool, CliError>) -> ExitCode {
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("floorkey: {problem}");
            EXIT_CODE_ERROR.into()
        }
    }
}

impl Check {
    pub(super) fn run(&self) -> Result<bool, CliError> {
        let (allowed, answer) = self.question.evaluate(DetailLevel::Details)?;
        let hint = self.question.hint(&answer);
        self.question
            .output_flags
            .output()
            .print(&answer, |style| format_decision(style, allowed, &answer) + hint.as_str())?;
        Ok(allowed)
    }
}

impl Explain {
    pub(super) fn run(&self) -> Result<bool, CliError> {
        let (allowed, answer) = self.question.evaluate(DetailLevel::Explanation)?;
        let hint = self.question.hint(&answer);
        self.question
            .output_flags
            .output()
            .print(&answer, |style| format_explanation(style, allowed, &answer) + hint.as_str())?;
        Ok(allowed)
    }
}

impl Question {
    fn evaluate(&self, detail_level: DetailLevel) -> Result<(bool, Value), CliError> {
        let question = json!({
            "subject": self.supplied.subject(Some(&self.user)),
            "action": self.supplied.action(&self.permission),
            "resource": self.resource.value(),
        });
        let answer = self.decision_flags.client()?.send("/access/v1/evaluation", question, detail_level)?;
        let decision = answer.get("decision").and_then(Value::as_bool);
        let missing = || ClientError::Decision("the server's response has no decision".to_owned());
        Ok((decision.ok_or_else(missing)?, answer))
    }

    /// Returns a hint if the response says that the permission is unknown; otherwise returns an empty string.
    fn hint(&self, answer: &Value) -> String {
        let reason = answer.get("context").map(|context| text(context, "reason")).unwrap_or_default();
        match (reason, &self.resource.resource) {
            ("unknown_permission", Some((kind, _)))
                if kind != "instance" && ResourceType::from_name_or_slug(kind).is_none() =>
            {
                format!("\n\nTo list the permissions of the application, run `floorkey application show {kind}`.")
            }
            ("unknown_permission", _) => match Permission::parse(&self.permission) {
                Err(unknown) if unknown.suggestion().is_some() => format!("\n\n{unknown}"),
                Err(unknown) => {
                    format!(
                        "\n\n{unknown} of Floorkey. For a permission of an application, specify a resource, \
                        such as orders:o-17."
                    )
                }
                Ok(_) => String::new(),
            },
            _ => String::new(),
        }
    }
}

impl WhoCan {
    pub(super) fn run(&self) -> Result<(), CliError> {
        let question = json!({
            "subject": self.supplied.subject(None),
            "action": self.supplied.action(&self.permission),
            "resource": self.resource.value(),
        });
        let results = self.decision_flags.client()?.search("/access/v1/search/subject", &question)?;
        self.output_flags.output().print(&json!({ "results": results }), |style| {
            let row = |user: &Value| {
                let id = user.get("properties").map(|properties| text(properties, "userId")).unwrap_or_default();
                [text(user, "id").to_owned(), id.to_owned()]
            };
            match results.as_slice() {
                [] => "No users can.".to_owned(),
                results => {
                    let rows: Vec<_> = results.iter().map(row).collect();
                    format!("{}\n{}", table(style, ["LOGIN", "USER"], &rows), count_text(results.len(), "user"))
                }
            }
        })
    }
}

impl WhatCan {
    pub(super) fn run(&self) -> Result<(), CliError> {
        let question = json!({ "subject": self.supplied.subject(Some(&self.user)), "resource": self.resource.value() });
        let results = self.decision_flags.client()?.search("/access/v1/search/action", &question)?;
        self.output_flags.output().print(&json!({ "results": results }), |_| match results.as_slice() {
            [] => format!("{} can't perform any action there.", self.user),
            results => {
                let names: Vec<&str> = results.iter().map(|action| text(action, "name")).collect();
                format!("{}\n{}", names.join("\n"), count_text(results.len(), "permission"))
            }
        })
    }
}

impl Resource {
    fn value(&self) -> Value {
        let (kind, id) = match &self.resource {
            Some((kind, id)) => (kind.as_str(), id.as_str()),
            None => ("instance", THIS_INSTANCE),
        };
        with_properties(json!({ "type": kind, "id": id }), &self.resource_property)
    }
}

/// The resource ID that stands for the instance to which the API token belongs.
const THIS_INSTANCE: &str = "this";

impl SuppliedAttributes {
    fn subject(&self, id: Option<&str>) -> Value {
        let subject = json!({ "type": self.subject_type });
        let subject = match id {
            Some(id) => with_member(subject, "id", id.into()),
            None => subject,
        };
        with_properties(subject, &self.user_property)
    }

    fn action(&self, name: &str) -> Value {
        with_properties(json!({ "name": name }), &self.action_property)
    }
}

fn with_properties(value: Value, properties: &[(String, String)]) -> Value {
    if properties.is_empty() {
        return value;
    }
    let each = properties.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
    with_member(value, "properties", Value::Object(Map::from_iter(each)))
}

fn parse_resource(text: &str) -> Result<(String, String), InvalidArgument> {
    match text.split_once(':') {
        Some((kind, id)) if !kind.is_empty() && !id.is_empty() => Ok((kind.to_owned(), id.to_owned())),
        _ if text == "instance" => Ok((text.to_owned(), THIS_INSTANCE.to_owned())),
        _ => Err(InvalidArgument("a resource must be a type and an ID, such as user:ann")),
    }
}

fn parse_pair(text: &str) -> Result<(String, String), InvalidArgument> {
    let pair = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let pair = pair.map(|(name, value)| (name.to_owned(), value.to_owned()));
    pair.ok_or(InvalidArgument("an attribute must be a name and a value, such as status=open"))
}

/// Formats a decision as one line.
fn format_decision(style: &Style, allowed: bool, answer: &Value) -> String {
    let context = answer.get("context").unwrap_or(&Value::Null);
    let reason = text(context, "reason").replace('_', " ");
    format!("{}: {reason}", style.strong(if allowed { "allowed" } else { "denied" }))
}

/// Formats a decision with the grants that led to it. If the action is denied, also lists profiles that would allow the
/// action.
fn format_explanation(style: &Style, allowed: bool, answer: &Value) -> String {
    let list = |of: &Value, member: &str| of.get(member).and_then(Value::as_array).cloned().unwrap_or_default();
    let texts = |of: &Value, member: &str| {
        let texts = list(of, member);
        texts.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
    };
    let name = |profile: Option<&Value>| profile.map(|profile| text(profile, "name").to_owned()).unwrap_or_default();
    let reasons = answer.get("context").and_then(|context| context.get("reason_admin")).unwrap_or(&Value::Null);
    let mut out = match text(reasons, "403") {
        "" => format_decision(style, allowed, answer),
        why => format!("{}: {why}", style.strong("denied")),
    };
    let row = |grant: &Value| {
        let by = texts(grant, "by").join(", ");
        let origin = match text(grant, "origin") {
            "required" => format!("required by {by}"),
            "same_as" => format!("the same as {by}"),
            origin => origin.to_owned(),
        };
        let only_if = match texts(grant, "only_if") {
            all if all.is_empty() => "everything".to_owned(),
            all => format!("only if {}", all.join(" and ")),
        };
        let counts = if grant.get("reaches") == Some(&Value::Bool(true)) { "yes" } else { "no" };
        [name(grant.get("profile")), origin, counts.to_owned(), only_if]
    };
    let grants = list(reasons, "grants");
    if !grants.is_empty() {
        let rows: Vec<_> = grants.iter().map(row).collect();
        out = format!("{out}\n\n{}", table(style, ["PROFILE", "GRANTED", "APPLIES HERE", "SCOPE"], &rows));
    }
    let profiles: Vec<String> = list(reasons, "would_allow").iter().map(|profile| name(Some(profile))).collect();
    let context = answer.get("context").unwrap_or(&Value::Null);
    let suggestion = match (text(context, "reason"), profiles.as_slice()) {
        ("disabled", _) => {
            "A disabled user has no permissions. To enable the user, run `floorkey user enable`.".to_owned()
        }
        ("not_granted" | "out_of_scope", []) => {
            "No other security profile in this instance would allow it. Add the permission to a profile in the \
            console or with `aws connect update-security-profile`."
                .to_owned()
        }
        (_, []) => return out,
        (_, profiles) => {
            format!(
                "It would be allowed with one of these security profiles (the one with the fewest \
                permissions first): {}",
                profiles.join(", ")
            )
        }
    };
    format!("{out}\n\n{suggestion}")
}

fn count_text(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("\n{count} {what}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_lists_profiles_their_scopes_and_profiles_that_would_allow() {
        let answer = json!({ "decision": false, "context": { "reason": "out_of_scope", "reason_admin": {
            "403": "it is granted only within an access control scope or under conditions that are not met here",
            "grants": [{ "profile": { "id": "1", "name": "Leads" }, "origin": "required", "by": ["Users.Edit"],
                "only_if": ["its tag “site” is “Lyon”", "its “owner” is the user"], "reaches": false }],
            "would_allow": [{ "id": "2", "name": "Managers" }],
        } } });
        insta::assert_snapshot!(format_explanation(&Style::PLAIN, false, &answer), @"
        denied: it is granted only within an access control scope or under conditions that are not met here

        PROFILE  GRANTED                 APPLIES HERE  SCOPE
        Leads    required by Users.Edit  no            only if its tag “site” is “Lyon” and its “owner” is the user

        It would be allowed with one of these security profiles (the one with the fewest permissions first): Managers
        ");
        let plain = json!({ "decision": true, "context": { "reason": "granted_in_scope" } });
        assert_eq!(format_explanation(&Style::PLAIN, true, &plain), "allowed: granted in scope");
    }

    #[test]
    fn resources_and_properties_are_parsed() {
        let expected = |kind: &str, id: &str| Ok((kind.to_owned(), id.to_owned()));
        assert_eq!(parse_resource("orders:a:b"), expected("orders", "a:b"));
        assert_eq!(parse_resource("instance"), expected("instance", "this"));
        assert_eq!(parse_pair("a=b=c"), expected("a", "b=c"));
        assert!(
            parse_resource("user").is_err()
                && parse_resource(":x").is_err()
                && parse_resource("x:").is_err()
                && parse_pair("=x").is_err()
        );
    }
}
