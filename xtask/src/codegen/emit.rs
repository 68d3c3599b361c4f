//! Generates the code of a single item: a struct, the input of an operation, or an enumeration.

use std::fmt::Write as _;

use super::model::{Kind, Location, Member, Model, Operation};
use super::names::{field, pascal, screaming, snake};
use super::shapes::{PASSWORD, rust_type, words};

/// Whether a struct is used in inputs, in outputs, or in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Both,
    In,
    Out,
}

/// A field of a struct.
struct Field<'a> {
    name: &'a str,
    shape: &'a str,
    required: bool,
}

/// Generates the struct for one of the model's structures.
pub(super) fn structure(model: &Model, name: &str, direction: Direction) -> Result<String, String> {
    let shape = model.shape(name)?;
    let fields = shape.members.iter().map(|(member, target)| Field {
        name: member,
        shape: &target.shape,
        required: shape.required.contains(member),
    });
    let doc = format!("The structure `{name}` of the model.");
    item(model, name, &doc, direction, &fields.collect::<Vec<_>>())
}

/// Generates the struct for an operation's output. Returns `None` if the operation has no output.
pub(super) fn output(model: &Model, operation: &Operation) -> Result<Option<String>, String> {
    let Some(members) = &operation.output else { return Ok(None) };
    let doc = format!("The output of `{}`.", operation.name);
    let fields: Vec<_> = members.iter().map(top_field).collect();
    item(model, &format!("{}Output", operation.name), &doc, Direction::Out, &fields).map(Some)
}

/// Generates the struct for an operation's input, and the table for parsing the input.
pub(super) fn input(model: &Model, operation: &Operation) -> Result<String, String> {
    let name = &operation.name;
    let doc = format!("The input of `{name}`: `{} {}`.", operation.method, operation.uri);
    let fields: Vec<_> = operation.members().map(top_field).collect();
    let mut text = item(model, &format!("{name}Input"), &doc, Direction::In, &fields)?;
    let output = if operation.output.is_some() { format!("{name}Output") } else { "Empty".to_owned() };
    let accessors: String = operation.members().filter_map(accessor).collect();
    write!(
        text,
        "impl Input for {name}Input {{\n    type Output = {output};\n    const OPERATION: Operation = \
         Operation::{name};\n{accessors}}}\n\npub(crate) static {}: &[InputMember] = &[\n",
        screaming(name)
    )
    .map_err(|error| error.to_string())?;
    for member in operation.members() {
        text.push_str(&input_member(model, member)?);
    }
    text.push_str("];\n\n");
    Ok(text)
}

/// Generates the method of the trait `Input` that returns a member which many operations have in common. Returns `None`
/// for other members.
fn accessor(member: &Member) -> Option<&'static str> {
    match (member.name.as_str(), member.required) {
        ("InstanceId", true) => {
            Some("\n    fn instance_id(&self) -> Option<&str> {\n        Some(&self.instance_id)\n    }\n")
        }
        ("MaxResults", false) => {
            Some("\n    fn max_results(&self) -> Option<i32> {\n        self.max_results\n    }\n")
        }
        ("NextToken", false) => {
            Some("\n    fn next_token(&self) -> Option<&str> {\n        self.next_token.as_deref()\n    }\n")
        }
        _ => None,
    }
}

fn top_field(member: &Member) -> Field<'_> {
    Field { name: &member.name, shape: &member.shape, required: member.required }
}

fn input_member(model: &Model, member: &Member) -> Result<String, String> {
    let (name, wire_name) = (&member.name, &member.wire_name);
    // An ARN can be used to identify an instance. If the region has a long name, the ARN can exceed the model's limit
    // of 100 characters.
    let shape = match (member.location, member.shape.as_str()) {
        (Location::Uri, "InstanceId") => "ID_OR_ARN".to_owned(),
        (_, shape) => screaming(shape),
    };
    if member.location != Location::QueryString && name != wire_name {
        return Err(format!("{name} has the wire name {wire_name}, which is supported only in a query"));
    }
    let row = match member.location {
        Location::Body => format!("InputMember::body({name:?}, &{shape})"),
        Location::Uri => format!("InputMember::label({name:?}, &{shape})"),
        Location::QueryString => format!("InputMember::query({name:?}, {wire_name:?}, &{shape})"),
        Location::Header => return Err(format!("{name}: headers are not supported")),
    };
    model.shape(&member.shape)?;
    let required = member.required && member.location != Location::Uri;
    Ok(format!("{row}{},\n", if required { ".required()" } else { "" }))
}

fn item(model: &Model, name: &str, doc: &str, direction: Direction, fields: &[Field<'_>]) -> Result<String, String> {
    let mut derives = vec!["Clone", "Debug"];
    if fields.iter().all(|field| field.shape != PASSWORD) {
        derives.push("PartialEq");
    }
    if fields.iter().all(|field| !field.required || has_default(model, field.shape)) {
        derives.push("Default");
    }
    if direction != Direction::Out {
        derives.push("Deserialize");
    }
    if direction != Direction::In {
        derives.push("Serialize");
    }
    derives.sort_unstable();
    let mut text = format!("/// {doc}\n#[derive({})]\n", derives.join(", "));
    text.push_str("#[serde(rename_all = \"PascalCase\")]\n");
    text.push_str(&format!("pub struct {name} {{\n"));
    for field in fields {
        text.push_str(&field_text(model, direction, field)?);
    }
    text.push_str("}\n\n");
    Ok(text)
}

/// Whether a required field with this shape can use `Default`. This is possible for strings and numbers, but not for
/// enumerations.
fn has_default(model: &Model, shape: &str) -> bool {
    model.shapes.get(shape).is_some_and(|shape| match shape.kind {
        Kind::String => !shape.is_enumeration(),
        Kind::Structure | Kind::Timestamp => false,
        _ => true,
    })
}

fn field_text(model: &Model, direction: Direction, of: &Field<'_>) -> Result<String, String> {
    let mut doc = format!("`{}`", of.name);
    if of.required && direction != Direction::Out {
        doc.push_str(", required");
    }
    let words = if of.shape == "InstanceId" && direction == Direction::In {
        "the instance's id or ARN".to_owned()
    } else {
        words(model, of.shape)?
    };
    if !words.is_empty() {
        doc.push_str(&format!(": {words}"));
    }
    let mut text = format!("/// {doc}.\n");
    if pascal(&snake(of.name)) != of.name {
        text.push_str(&format!("#[serde(rename = {:?})]\n", of.name));
    }
    let kind = rust_type(model, of.shape)?;
    if of.required {
        text.push_str(&format!("pub {}: {kind},\n", field(of.name)));
    } else {
        if direction != Direction::In {
            text.push_str("#[serde(skip_serializing_if = \"Option::is_none\")]\n");
        }
        text.push_str(&format!("pub {}: Option<{kind}>,\n", field(of.name)));
    }
    Ok(text)
}

/// Generates an enumeration, as a call of `wire_enum!`.
pub(super) fn enumeration(model: &Model, name: &str) -> Result<String, String> {
    let shape = model.shape(name)?;
    let mut text = format!("wire_enum! {{\n    /// The enumeration `{name}` of the model.\n    {name} {{\n");
    for value in &shape.values {
        if !value.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_') {
            return Err(format!("{name} has the value {value}, which is not a valid variant name"));
        }
        text.push_str(&format!("        {} = {value:?},\n", pascal(value)));
    }
    text.push_str("    }\n}\n\n");
    Ok(text)
}
