//! Input files of commands. A file is JSON or TOML. Keys can be in snake case (`requires`) or in Pascal case as in the
//! API (`Requires`).

use std::io::Read as _;
use std::path::Path;

use serde_json::{Map, Value};

use super::input_error::ContentError;
use super::{CliError, InputError};

/// The key of an object whose own keys are defined by users. These user-defined keys are not converted.
const CHOSEN_NAMES: &str = "Attributes";

/// Reads an object from a file, or from standard input for `-`.
///
/// # Errors
/// Returns an error if the file can't be read, or if it is neither JSON nor TOML.
pub(super) fn load(path: &str) -> Result<Map<String, Value>, CliError> {
    let mut content = String::new();
    let result = match path {
        "-" => std::io::stdin().read_to_string(&mut content),
        path => std::fs::File::open(path).and_then(|mut file| file.read_to_string(&mut content)),
    };
    let name = if path == "-" { "standard input" } else { path };
    result.map_err(CliError::file("read", Path::new(name)))?;
    parse(&content).map_err(|problem| InputError::Content { file: name.to_owned(), problem }.into())
}

fn parse(content: &str) -> Result<Map<String, Value>, ContentError> {
    let content = content.trim_start_matches('\u{feff}');
    let value: Value = match content.trim_start().starts_with('{') {
        true => serde_json::from_str(content)?,
        false => toml::from_str(content)?,
    };
    match to_pascal_case(value) {
        Value::Object(members) => Ok(members),
        _ => Err(ContentError::NoObject),
    }
}

fn to_pascal_case(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(to_pascal_case).collect()),
        Value::Object(members) => {
            let member = |(name, value): (String, Value)| match pascal_case(&name) {
                name if name == CHOSEN_NAMES => (name, stringify_values(value)),
                name => (name, to_pascal_case(value)),
            };
            Value::Object(members.into_iter().map(member).collect())
        }
        scalar => scalar,
    }
}

/// Converts a key from snake case to Pascal case: `hierarchy_group_id` becomes `HierarchyGroupId`.
fn pascal_case(name: &str) -> String {
    let word = |word: &str| {
        let mut chars = word.chars();
        chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect::<String>()
    };
    name.split('_').map(word).collect()
}

/// Converts the booleans and integers in an object of attributes to strings.
fn stringify_values(value: Value) -> Value {
    let Value::Object(members) = value else { return value };
    let text = |value: Value| match value {
        Value::Bool(_) => Value::String(value.to_string()),
        Value::Number(number) if !number.is_f64() => Value::String(number.to_string()),
        other => other,
    };
    Value::Object(members.into_iter().map(|(name, value)| (name, text(value))).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn toml_and_json_are_equivalent() {
        let toml = "namespace = 'orders'\n[[permissions]]\nname = 'refund'\nrequires = ['view']\n\
                    [[resources]]\nid = '1'\nhierarchy_group_id = 'g'\nattributes = { own_er = 'ann', soft = true, n = 7 }\n";
        let json = r#"{"Namespace": "orders", "Permissions": [{"Name": "refund", "Requires": ["view"]}],
            "Resources": [{"Id": "1", "HierarchyGroupId": "g", "Attributes": {"own_er": "ann", "soft": "true", "n": "7"}}]}"#;
        let result = parse(toml).unwrap();
        assert_eq!(result, parse(json).unwrap());
        assert_eq!(result["Resources"][0]["Attributes"], json!({ "own_er": "ann", "soft": "true", "n": "7" }));
        for broken in ["{", "a = ", "[1", "{}}"] {
            assert!(parse(broken).is_err(), "{broken}");
        }
    }
}
