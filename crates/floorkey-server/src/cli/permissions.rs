//! `floorkey permissions`: searches the catalog of permissions.

use clap::Args;
use floorkey::catalog::Risk;
use serde_json::{Value, json};

use super::connection::{Connection, text};
use super::output::{Style, wrapped};
use super::{CliError, OutputFlags};

/// The maximum width of printed text, in columns.
const WIDTH: usize = 100;

/// Lists the permissions in the catalog that match the search. Without --endpoint, FLOORKEY_ENDPOINT and --region, it is
/// the catalog of this version of Floorkey, and no server is called.
#[derive(Args)]
pub(super) struct Permissions {
    /// Words that must all occur in the name, the labels or the description
    #[arg(value_name = "SEARCH")]
    search: Vec<String>,
    /// Only permission groups whose name contains this text
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    /// Only permissions with this risk
    #[arg(long, value_name = "RISK", value_parser = RISKS.map(Risk::as_str))]
    risk: Option<String>,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output_flags: OutputFlags,
}

const RISKS: [Risk; 7] = [
    Risk::Escalation,
    Risk::LockOut,
    Risk::SensitiveData,
    Risk::Exfiltration,
    Risk::Destructive,
    Risk::LiveService,
    Risk::Cost,
];

impl Permissions {
    pub(super) fn run(self) -> Result<(), CliError> {
        let answer = match self.connection.is_given() {
            true => self.connection.client()?.call("GET", &["floorkey", "v1", "permissions"], &[], None)?,
            false => floorkey_api::permission_catalog()?,
        };
        let all = answer.get("Permissions").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let matching = self.matching(all);
        self.output_flags.output().print(&json!({ "Permissions": matching }), |style| match matching.as_slice() {
            [] => self.no_match_message(all),
            matching => paragraphs(style, matching),
        })
    }

    /// Returns the matching permissions. Permissions whose names contain all search words come first. Otherwise,
    /// permissions are in the order of the catalog.
    fn matching<'a>(&self, all: &'a [Value]) -> Vec<&'a Value> {
        let mut matching: Vec<&Value> = all.iter().filter(|permission| self.is_match(permission)).collect();
        matching.sort_by_key(|permission| {
            let name = text(permission, "Name").to_lowercase();
            !self.search.iter().all(|word| name.contains(&word.to_lowercase()))
        });
        matching
    }

    /// Returns the message for a search without results. If the requested group matches no permission group, the
    /// message lists all permission groups.
    fn no_match_message(&self, all: &[Value]) -> String {
        let mut out = format!("None of the {} permissions match.", all.len());
        let mut groups: Vec<&str> = all.iter().map(|permission| text(permission, "Group")).collect();
        groups.dedup();
        if let Some(wanted) = &self.group
            && !groups.iter().any(|group| group.to_lowercase().contains(&wanted.to_lowercase()))
        {
            out.push_str(&format!(" No group has `{wanted}` in its name. Available groups:"));
            groups.iter().for_each(|group| out.push_str(&format!("\n  {group}")));
        }
        out
    }

    fn is_match(&self, permission: &Value) -> bool {
        let folded = |text: &str| text.to_lowercase();
        let has = |member: &str, part: &str| folded(text(permission, member)).contains(&folded(part));
        let matches = |word: &String| {
            ["Name", "Group", "Resource", "Action", "About"].iter().any(|member| has(member, word))
                || list(permission, "Aliases").iter().any(|alias| folded(alias).contains(&folded(word)))
        };
        self.group.as_ref().is_none_or(|group| has("Group", group))
            && self.risk.as_ref().is_none_or(|risk| list(permission, "Risks").contains(&risk.as_str()))
            && self.search.iter().all(matches)
    }
}

fn paragraphs(style: &Style, permissions: &[&Value]) -> String {
    let mut out = String::new();
    let mut group = "";
    for permission in permissions {
        let current = text(permission, "Group");
        if current != group {
            group = current;
            out.push_str(&format!("{}\n\n", style.strong(group)));
        }
        out.push_str(&paragraph(style, permission));
        out.push_str("\n\n");
    }
    let (count, noun) = (permissions.len(), if permissions.len() == 1 { "permission" } else { "permissions" });
    out.push_str(&style.faint(&format!("{count} {noun}")));
    out
}

fn paragraph(style: &Style, permission: &Value) -> String {
    let label = format!("{} – {}", text(permission, "Resource"), text(permission, "Action"));
    let mut lines = vec![format!("  {}  {label}", style.strong(text(permission, "Name")))];
    lines.push(wrapped(text(permission, "About"), "    ", WIDTH));
    if text(permission, "Polarity") == "limit" {
        lines.push("    A restriction: it applies even if another profile grants the permission.".to_owned());
    }
    for (words, member) in [
        ("risks", "Risks"),
        ("requires", "Requires"),
        ("required by", "RequiredBy"),
        ("also grants viewing", "Inherits"),
        ("replaced by", "Becomes"),
        ("also known as", "Aliases"),
    ] {
        let names = list(permission, member);
        if !names.is_empty() {
            let indent = "      ";
            let rest = wrapped(&format!("{words}: {}", names.join(", ")), indent, WIDTH);
            let line = rest.strip_prefix(indent).unwrap_or(&rest).to_owned();
            lines.push(format!("    {}", line.replacen(words, &style.faint(words), 1)));
        }
    }
    lines.join("\n")
}

fn list<'a>(permission: &'a Value, member: &str) -> Vec<&'a str> {
    permission.get(member).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Value {
        json!({
            "Name": "Users.Edit", "Group": "Users and permissions", "Resource": "Users", "Action": "Edit",
            "About": "Change users: names, profiles and passwords. This sentence goes on so that it has to be broken into two lines.",
            "Risks": ["escalation"], "Polarity": "grant", "Requires": ["Users.View"], "RequiredBy": [],
            "Inherits": ["SecurityProfiles.View", "RoutingPolicies.View"], "Becomes": [], "Aliases": ["Users.Change"],
        })
    }

    fn parsed(arguments: &[&str]) -> Permissions {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            permissions: Permissions,
        }
        let line = [&["permissions"], arguments].concat();
        <Line as clap::Parser>::try_parse_from(line).unwrap().permissions
    }

    fn is_match(arguments: &[&str]) -> bool {
        parsed(arguments).is_match(&sample())
    }

    #[test]
    fn a_search_covers_names_labels_and_descriptions() {
        for arguments in [
            &[][..],
            &["edit"],
            &["PASSWORDS", "users.ed"],
            &["change", "--group", "users AND"],
            &["--risk", "escalation"],
            &["Users.Change"],
        ] {
            assert!(is_match(arguments), "{arguments:?}");
        }
        for arguments in [&["edit", "queue"][..], &["--group", "Routing"], &["--risk", "cost"], &["escalation"]] {
            assert!(!is_match(arguments), "{arguments:?}");
        }
    }

    #[test]
    fn names_come_first_and_groups_are_listed_if_none_matches() {
        let all = [
            json!({ "Name": "Queues.View", "Group": "Routing", "About": "See queues and their users." }),
            json!({ "Name": "Users.View", "Group": "Users and permissions", "About": "See them." }),
        ];
        let names = |arguments: &[&str]| -> Vec<String> {
            parsed(arguments).matching(&all).iter().map(|matching| text(matching, "Name").to_owned()).collect()
        };
        assert_eq!(names(&["users"]), ["Users.View", "Queues.View"]);
        assert_eq!(names(&["view"]), ["Queues.View", "Users.View"]);
        assert_eq!(
            parsed(&["--group", "queue"]).no_match_message(&all),
            "None of the 2 permissions match. No group has `queue` in its name. Available groups:\n  Routing\n  \
            Users and permissions"
        );
        assert_eq!(parsed(&["x", "--group", "routing"]).no_match_message(&all), "None of the 2 permissions match.");
    }

    #[test]
    fn text_output_has_paragraphs() {
        insta::assert_snapshot!(paragraphs(&Style::PLAIN, &[&sample()]), @r"
        Users and permissions

          Users.Edit  Users – Edit
            Change users: names, profiles and passwords. This sentence goes on so that it has to be broken
            into two lines.
            risks: escalation
            requires: Users.View
            also grants viewing: SecurityProfiles.View, RoutingPolicies.View
            also known as: Users.Change

        1 permission
        ");
    }
}
