//! Renders the accessibility tree for screen readers as indented text for snapshots. The text contains each node's role
//! and name.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::page::Page;

/// Roles that add no information. Nodes with these roles are replaced with their children.
const SILENT: [&str; 12] = [
    "none",
    "generic",
    "InlineTextBox",
    "LabelText",
    "LayoutTable",
    "LayoutTableCell",
    "LayoutTableRow",
    "Legend",
    "LineBreak",
    "MenuListPopup",
    "RootWebArea",
    "caption",
];

/// Roles whose children are omitted because the browser generates them.
const WHOLE: [&str; 4] = ["Date", "DateTime", "InputTime", "textbox"];

/// The states that the text includes. All other states are implied by the role.
const STATES: [&str; 12] = [
    "checked",
    "disabled",
    "expanded",
    "invalid",
    "level",
    "modal",
    "multiselectable",
    "pressed",
    "readonly",
    "required",
    "selected",
    "busy",
];

impl Page {
    /// Returns the accessibility tree. Each node has a line with its role, name, description, value and states.
    #[track_caller]
    pub(crate) fn accessibility(&self) -> String {
        let tree = self.devtools("Accessibility.getFullAXTree", json!({}));
        let nodes = tree["nodes"].as_array().unwrap();
        let by_id: BTreeMap<&str, &Value> = nodes.iter().map(|node| (node["nodeId"].as_str().unwrap(), node)).collect();
        let mut lines = Vec::new();
        if let Some(root) = nodes.first() {
            add(root, &by_id, 0, "", &mut lines);
        }
        lines.join("\n")
    }
}

/// Adds the lines for a node and its children.
fn add(node: &Value, by_id: &BTreeMap<&str, &Value>, depth: usize, above: &str, lines: &mut Vec<String>) {
    let (role, name) = (text(&node["role"]), text(&node["name"]));
    // Text that only repeats its parent's name is omitted.
    let repeats = role == "StaticText" && name.trim() == above.trim();
    // Newer versions of Chromium don't list forms without a name.
    let is_unnamed_form = role == "form" && name.is_empty();
    let told = node["ignored"] != true && !SILENT.contains(&role.as_str()) && !repeats && !is_unnamed_form;
    if told {
        lines.push(format!("{}{}", "  ".repeat(depth), line(node, &role, &name)));
    }
    if WHOLE.contains(&role.as_str()) {
        return;
    }
    let (depth, above) = if told { (depth + 1, name.as_str()) } else { (depth, above) };
    for child in node["childIds"].as_array().into_iter().flatten() {
        if let Some(child) = child.as_str().and_then(|id| by_id.get(id)) {
            add(child, by_id, depth, above, lines);
        }
    }
}

fn line(node: &Value, role: &str, name: &str) -> String {
    let mut line = if role == "StaticText" { "text".to_owned() } else { role.to_owned() };
    if !name.is_empty() {
        line.push_str(&format!(" \"{name}\""));
    }
    for (what, value) in [("value", text(&node["value"])), ("description", text(&node["description"]))] {
        if !value.is_empty() && value != name {
            line.push_str(&format!(" {what}=\"{value}\""));
        }
    }
    for property in node["properties"].as_array().into_iter().flatten() {
        let (state, value) = (property["name"].as_str().unwrap_or_default(), text(&property["value"]));
        let usual = matches!((state, value.as_str()), ("checked" | "expanded", _)) || value != "false";
        if STATES.contains(&state) && usual {
            line.push_str(&format!(" {state}={value}"));
        }
    }
    line
}

/// Returns a value of the tree as a string.
fn text(value: &Value) -> String {
    match &value["value"] {
        Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
