//! `floorkey guard check`: the changes of the last 30 days that the escalation guard would have refused on enforce.

use std::collections::BTreeMap;

use floorkey_service::event_types;
use serde_json::{Value, json};

use super::CliError;
use super::access_key::minute;
use super::connection::{InstanceClient, text};
use super::output::{Output, Style};
use super::table::table;

/// Lists the changes, and who made them.
///
/// # Errors
/// Returns an error if a call fails.
pub(super) fn run(client: &InstanceClient, output: Output) -> Result<(), CliError> {
    let mut answer = client.call("GET", &["guard", "check"], None)?;
    let events = client.management_rows(&["guard", "check"], "Events")?;
    if let Some(members) = answer.as_object_mut() {
        members.insert("Events".to_owned(), json!(events));
        members.remove("NextToken");
    }
    output.print(&answer, |style| describe(&answer, style))
}

/// Describes the changes: a table of actors, and a table of changes.
fn describe(check: &Value, style: &Style) -> String {
    let rows = |member: &str| check.get(member).and_then(Value::as_array).cloned().unwrap_or_default();
    let (actors, events) = (rows("Actors"), rows("Events"));
    let mode = text(check, "Mode");
    let since = minute(number(check, "SinceTime"));
    if events.is_empty() {
        return format!(
            "The escalation guard is on {mode}. Enforce would have refused no change by users since {since} UTC."
        );
    }
    let names: BTreeMap<&str, &str> = actors
        .iter()
        .filter_map(|actor| Some((actor.get("By")?.get("UserId")?.as_str()?, text(actor, "Username"))))
        .filter(|(_, name)| !name.is_empty())
        .collect();
    let name = |row: &Value| {
        let id = row.get("By").map(|by| text(by, "UserId")).unwrap_or_default();
        names.get(id).map_or_else(|| format!("{id} (deleted)"), |name| (*name).to_owned())
    };
    let actor = |actor: &Value| {
        let count = actor.get("EventCount").and_then(Value::as_u64).unwrap_or_default();
        [name(actor), count.to_string(), minute(number(actor, "LastTime"))]
    };
    let event = |event: &Value| {
        let number = event.get("Sequence").and_then(Value::as_u64).unwrap_or_default();
        let time = minute(self::number(event, "Time"));
        [number.to_string(), time, name(event), event_types::title(text(event, "Act")).to_owned(), flags(event)]
    };
    let more = match check.get("Truncated").and_then(Value::as_bool) {
        Some(true) => " There are more than were counted.",
        _ => "",
    };
    let count = check.get("EventCount").and_then(Value::as_u64).unwrap_or_default();
    let changes = if count == 1 { "1 change".to_owned() } else { format!("{count} changes") };
    let head =
        format!("The escalation guard is on {mode}. Enforce would have refused {changes} since {since} UTC.{more}");
    let actors = table(style, ["USER", "CHANGES", "LAST (UTC)"], &actors.iter().map(actor).collect::<Vec<_>>());
    let heads = ["EVENT", "TIME (UTC)", "USER", "CHANGE", "WHY"];
    let events = table(style, heads, &events.iter().map(event).collect::<Vec<_>>());
    format!("{head}\n\n{actors}\n\n{events}")
}

fn number(row: &Value, member: &str) -> f64 {
    row.get(member).and_then(Value::as_f64).unwrap_or_default()
}

/// Says why the guard would have refused a change.
fn flags(event: &Value) -> String {
    let flags = event.get("Flags").and_then(Value::as_array).into_iter().flatten();
    let reason = |flag: &Value| match text(flag, "Flag") {
        "GaveMoreThanHeld" => Some("granted access that the user doesn't have"),
        "TouchedStrongerUser" => Some("changed a user with more access"),
        "TookFromStrongerUsers" => Some("took access from users with more access"),
        "WidenedOwnAssignable" => Some("extended what the user can assign"),
        _ => None,
    };
    flags.filter_map(reason).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_listed_by_user_and_one_by_one() {
        let none = json!({ "Mode": "warn", "SinceTime": 0.0, "Events": [], "Actors": [] });
        assert_eq!(
            describe(&none, &Style::PLAIN),
            "The escalation guard is on warn. Enforce would have refused no change by users since 1970-01-01 00:00 UTC."
        );
        let by = json!({ "Kind": "User", "UserId": "u1" });
        let event = json!({
            "Sequence": 7, "Time": 60.0, "By": by, "Act": "ResetUserPassword",
            "Flags": [{ "Flag": "TouchedStrongerUser", "Permissions": [] }, { "Flag": "LooksLike" }],
        });
        let check = json!({
            "Mode": "warn", "SinceTime": 0.0, "EventCount": 1, "Truncated": false, "Events": [event],
            "Actors": [{ "By": by, "Username": "carl", "EventCount": 1, "LastTime": 60.0 }],
        });
        let described = describe(&check, &Style::PLAIN);
        assert!(described.contains("Enforce would have refused 1 change since 1970-01-01 00:00 UTC.\n\nUSER"));
        let last = described.lines().last().unwrap();
        let expected = "7      1970-01-01 00:01  carl  Password reset  changed a user with more access";
        assert_eq!(last, expected);
    }
}
