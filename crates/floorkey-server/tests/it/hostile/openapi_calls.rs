//! Provides the calls that the OpenAPI document describes. Each call has a marker in one of the places that accept
//! text.

use serde_json::{Map, Value, json};

/// The marker, which is replaced with the text to send.
pub(super) const MARK: &str = "TEXT-GOES-HERE";

const DOCUMENT: &str = include_str!("../../../data/openapi.json");

/// A call that the OpenAPI document describes.
pub(super) struct Call {
    pub(super) name: String,
    pub(super) method: String,
    pub(super) path: String,
    /// The names of the call's parameters. Each flag says whether the parameter is in the query or in the path.
    pub(super) parameters: Vec<(String, bool)>,
    /// The bodies to send, each with [`MARK`] in one place.
    pub(super) bodies: Vec<String>,
}

/// Returns the document's calls whose paths start with `below`.
pub(super) fn calls(below: &str) -> Vec<Call> {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let mut calls = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap().iter().filter(|(path, _)| path.starts_with(below)) {
        for (method, call) in methods.as_object().unwrap() {
            let parameters = call["parameters"].as_array().into_iter().flatten();
            let parameters = parameters.map(|one| (one["name"].as_str().unwrap().to_owned(), one["in"] == "query"));
            let schema = &call["requestBody"]["content"]["application/json"]["schema"];
            let mut bodies = Vec::new();
            marked(&document, schema, &mut |value| bodies.push(value.to_string()));
            calls.push(Call {
                name: format!("{method} {path}"),
                method: method.to_uppercase(),
                path: path.clone(),
                parameters: parameters.collect(),
                bodies,
            });
        }
    }
    calls
}

/// Generates values that match a schema. Each value has [`MARK`] in a different place.
fn marked(document: &Value, schema: &Value, found: &mut dyn FnMut(Value)) {
    if let Some(reference) = schema["$ref"].as_str() {
        return marked(document, document.pointer(reference.trim_start_matches('#')).unwrap(), found);
    }
    for other in ["oneOf", "anyOf", "allOf"] {
        schema[other].as_array().into_iter().flatten().for_each(|schema| marked(document, schema, found));
    }
    match schema["type"].as_str() {
        Some("string") => found(json!(MARK)),
        Some("array") => marked(document, &schema["items"], &mut |item| found(json!([item]))),
        Some("object") => {
            let sample = sample(document, schema);
            let with = |name: &str, value: Value| {
                let mut whole = sample.clone();
                whole[name] = value;
                whole
            };
            for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
                marked(document, inner, &mut |value| found(with(name, value)));
            }
            let open = &schema["additionalProperties"];
            if open.is_object() {
                marked(document, open, &mut |value| found(with("a", value)));
            }
            if open != &json!(false) {
                found(with("a", json!(MARK)));
                found(with(MARK, json!("a")));
            }
        }
        _ => {}
    }
}

/// Returns a minimal value that matches a schema.
fn sample(document: &Value, schema: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return sample(document, document.pointer(reference.trim_start_matches('#')).unwrap());
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    match schema["type"].as_str() {
        Some("string") => json!("a"),
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        Some("array") => json!([sample(document, &schema["items"])]),
        _ => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let members = required.map(|name| (name.to_owned(), sample(document, &schema["properties"][name])));
            Value::Object(members.collect::<Map<_, _>>())
        }
    }
}
