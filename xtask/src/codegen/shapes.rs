//! Converts a shape of the model to a Rust type, to constraints on the input, and to a description.

use super::model::{Kind, Model, Shape};
use super::names::screaming;

/// The shape of passwords. Unlike other sensitive strings, the type for passwords does not implement `PartialEq`.
pub(super) const PASSWORD: &str = "Password";

/// Returns the Rust type for the shape's values.
pub(super) fn rust_type(model: &Model, name: &str) -> Result<String, String> {
    let shape = model.shape(name)?;
    Ok(match shape.kind {
        Kind::Boolean => "bool".to_owned(),
        Kind::Double | Kind::Float => "f64".to_owned(),
        Kind::Integer => "i32".to_owned(),
        Kind::List => format!("Vec<{}>", rust_type(model, shape.item()?)?),
        Kind::Long => "i64".to_owned(),
        Kind::Map => format!("BTreeMap<String, {}>", rust_type(model, shape.entry()?.1)?),
        Kind::String if shape.is_enumeration() => name.to_owned(),
        Kind::String if name == PASSWORD => "Secret".to_owned(),
        Kind::String if shape.sensitive => "Sensitive".to_owned(),
        Kind::String => "String".to_owned(),
        Kind::Structure => name.to_owned(),
        Kind::Timestamp => "EpochSeconds".to_owned(),
    })
}

/// Returns an expression of type `Shape` that contains the shape's constraints.
pub(super) fn demand(name: &str, shape: &Shape) -> Result<String, String> {
    let (min, max) = (count(shape.min, "0"), count(shape.max, "usize::MAX"));
    Ok(match shape.kind {
        Kind::Boolean => "Shape::Boolean".to_owned(),
        Kind::Double | Kind::Float => {
            let bound = |bound: Option<f64>, open| bound.map_or(format!("f64::{open}"), |bound| format!("{bound:?}"));
            format!("Shape::Float {{ min: {}, max: {} }}", bound(shape.min, "MIN"), bound(shape.max, "MAX"))
        }
        Kind::Integer => integer(shape, "i32"),
        Kind::Long => integer(shape, "i64"),
        Kind::List => format!("Shape::List {{ item: &{}, min: {min}, max: {max} }}", screaming(shape.item()?)),
        Kind::Map => {
            let (key, value) = shape.entry()?;
            format!("Shape::Map {{ key: &{}, value: &{}, min: {min}, max: {max} }}", screaming(key), screaming(value))
        }
        Kind::String => format!("Shape::Text({})", text(name, shape)?),
        Kind::Structure => format!("Shape::Structure(&[{}])", members(shape)),
        Kind::Timestamp => return Err(format!("{name}: timestamps in a body are not supported")),
    })
}

fn count(bound: Option<f64>, open: &str) -> String {
    bound.map_or(open.to_owned(), |bound| format!("{bound:.0}"))
}

/// Returns the constraints on an integer. Unlike lists and strings, an integer always has bounds, because the range of
/// its type is limited.
fn integer(shape: &Shape, width: &str) -> String {
    let bound = |bound: Option<f64>, open| {
        bound.map_or(if width == "i64" { format!("i64::{open}") } else { format!("{width}::{open} as i64") }, |bound| {
            format!("{bound:.0}")
        })
    };
    format!("Shape::Integer {{ min: {}, max: {} }}", bound(shape.min, "MIN"), bound(shape.max, "MAX"))
}

fn text(name: &str, shape: &Shape) -> Result<String, String> {
    let mut text = if shape.is_enumeration() {
        format!("Text::one_of({name}::NAMES)")
    } else if shape.min.is_some() || shape.max.is_some() {
        format!("Text::length({}, {})", count(shape.min, "0"), count(shape.max, "usize::MAX"))
    } else {
        "Text::any()".to_owned()
    };
    if let Some(pattern) = &shape.pattern {
        text.push_str(&format!(".pattern(Pattern::{})", predicate(pattern)?));
    }
    if shape.sensitive {
        text.push_str(".sensitive()");
    }
    Ok(text)
}

/// Returns the handwritten predicate for a pattern in the model.
fn predicate(pattern: &str) -> Result<&'static str, String> {
    Ok(match pattern {
        r"(?!aws:|connect:)[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+$" => "AttributeName",
        r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+$" => "AttributeValue",
        r"^d-[0-9a-f]{10}$" => "DirectoryId",
        r"^(?!d-)([\da-zA-Z]+)([-]*[\da-zA-Z])*$" => "InstanceAlias",
        r"/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[a-zA-Z\d\S]{8,64}$/" => "Password",
        r"\+[1-9]\d{1,14}$" | r"\\+[1-9]\\d{1,14}$" => "PhoneNumber",
        r"^[ a-zA-Z0-9_@-]+$" => "SecurityProfileName",
        r"^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]*$" => "TagKey",
        r"s3://\S+/.+|https://\\S+\\.s3\\.\\S+\\.amazonaws\\.com/\\S+" => "S3Uri",
        unknown => return Err(format!("no predicate for the pattern {unknown}; add one to pattern.rs")),
    })
}

/// Returns a description of the predicate for a doc comment.
fn form(predicate: &str) -> String {
    let words = match predicate {
        "AttributeName" => "printable Latin-1, not beginning with `aws:` or `connect:`",
        "AttributeValue" => "printable Latin-1",
        "DirectoryId" => "`d-` and ten hexadecimal digits",
        "InstanceAlias" => "letters, digits and inner hyphens, not beginning with `d-`",
        "Password" => "8 to 64 characters, with a lower-case letter, an upper-case letter and a digit",
        "PhoneNumber" => "in E.164 form, or empty",
        "SecurityProfileName" => "letters, digits, spaces, `_`, `@` and `-`",
        "TagKey" => "letters, digits, spaces and `_ . : / = + - @`, not beginning with `aws:`",
        other => other,
    };
    words.to_owned()
}

fn members(shape: &Shape) -> String {
    let member = |(name, member): (&String, &super::model::StructureMember)| {
        let constructor = if shape.required.contains(name) { "required" } else { "optional" };
        format!("Member::{constructor}({name:?}, &{}),", screaming(&member.shape))
    };
    shape.members.iter().map(member).collect()
}

/// Returns text for a member's doc comment that describes the shape's bounds. The text is empty if there are no bounds.
pub(super) fn words(model: &Model, name: &str) -> Result<String, String> {
    let shape = model.shape(name)?;
    let range = |noun: &str| match (shape.min, shape.max) {
        (None | Some(0.0), None) => String::new(),
        (None | Some(0.0), Some(max)) => format!("at most {max:.0}{noun}"),
        (Some(min), None) => format!("at least {min:.0}{noun}"),
        (Some(min), Some(max)) if min == max => format!("exactly {max:.0}{noun}"),
        (Some(min), Some(max)) => format!("{min:.0} to {max:.0}{noun}"),
    };
    Ok(match shape.kind {
        Kind::Boolean | Kind::Structure => String::new(),
        Kind::String if shape.is_enumeration() => String::new(),
        Kind::String => match (range(" characters"), &shape.pattern) {
            (range, None) => range,
            (range, Some(pattern)) => {
                let form = predicate(pattern).map_or_else(|_| format!("matching `{pattern}`"), form);
                if range.is_empty() { form } else { format!("{range}, {form}") }
            }
        },
        Kind::Double | Kind::Float | Kind::Integer | Kind::Long => match (shape.min, shape.max) {
            (Some(min), Some(max)) => format!("{min:.0} to {max:.0}"),
            _ => range(""),
        },
        Kind::List => range(" items"),
        Kind::Map => range(" entries"),
        Kind::Timestamp => "seconds since 1970".to_owned(),
    })
}
