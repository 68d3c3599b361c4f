//! Parses a request into the input struct of the requested operation.
//!
//! For each operation, a generated table lists the path labels, query parameters and body members. The values in the
//! request are checked against the AWS service model, and then deserialized into the struct. If a body member has the
//! same name as a path label, the body member is ignored. For example, `InstanceId` in the body of
//! `UpdateUserHierarchy` has no effect.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::exception::{Exception, ExceptionKind};
use crate::input_error::InputError;
use crate::json::{parse_object, shown};
use crate::operation::Operation;
use crate::path::Labels;
use crate::query;
use crate::shape::{Path, Problems, Shape};

/// The input of an operation.
pub trait Input: DeserializeOwned {
    /// The output of the operation.
    type Output: Serialize;

    /// The operation that has this input.
    const OPERATION: Operation;

    /// The instance's ID or ARN. `None` if the operation is not on an instance.
    fn instance_id(&self) -> Option<&str> {
        None
    }

    /// The page size of a list. `None` if the operation has no pages, or for the default size.
    fn max_results(&self) -> Option<i32> {
        None
    }

    /// The token of the previous page. `None` if the operation has no pages, or for the first page.
    fn next_token(&self) -> Option<&str> {
        None
    }

    /// Parses the input from a request that was routed to this operation.
    ///
    /// An empty body is treated as `{}`, and a member that is `null` is treated as absent. Members that are not in the
    /// AWS service model are ignored.
    ///
    /// # Errors
    ///
    /// Returns [`InputError::Serialization`] if the input can't be parsed, for example because of invalid JSON, a
    /// duplicate member or a wrong type. Returns [`InputError::Constraint`] if the input violates a constraint in the
    /// AWS service model.
    fn parse(labels: &Labels, raw_query: &str, body: &[u8]) -> Result<Self, InputError> {
        let members = assemble(Self::OPERATION.members(), labels, raw_query, body)?;
        serde_json::from_value(Value::Object(members))
            .map_err(|error| InputError::Serialization(format!("The request does not match the operation: {error}.")))
    }
}

/// The output of operations that return no data: `{}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Empty {}

impl InputError {
    /// Converts the error to the exception that clients of `operation` receive. A violated constraint becomes an
    /// `InvalidParameterException` if the operation declares this exception, and an `InvalidRequestException`
    /// otherwise.
    #[must_use]
    pub fn exception(self, operation: Operation) -> Exception {
        match self {
            Self::Serialization(message) => Exception::new(ExceptionKind::Serialization, message),
            Self::Constraint(message) => Exception::new(operation.invalid_input(), message),
        }
    }
}

/// The part of a request in which a member of the input is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Body,
    Label,
    /// A query parameter with this name. Unlike the names of body members, the name often begins with a lowercase
    /// letter.
    Query(&'static str),
}

/// A member of an operation's input.
#[derive(Debug)]
pub(crate) struct InputMember {
    name: &'static str,
    place: Place,
    shape: &'static Shape,
    required: bool,
}

impl InputMember {
    pub(crate) const fn body(name: &'static str, shape: &'static Shape) -> Self {
        Self { name, place: Place::Body, shape, required: false }
    }

    /// Creates a path label. A label is always present. A path without the label would not match the operation.
    pub(crate) const fn label(name: &'static str, shape: &'static Shape) -> Self {
        Self { name, place: Place::Label, shape, required: true }
    }

    pub(crate) const fn query(name: &'static str, wire_name: &'static str, shape: &'static Shape) -> Self {
        Self { name, place: Place::Query(wire_name), shape, required: false }
    }

    pub(crate) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) const fn place(&self) -> Place {
        self.place
    }

    pub(crate) const fn shape(&self) -> &'static Shape {
        self.shape
    }

    /// Returns the name of the member in the request.
    fn wire_name(&self) -> &'static str {
        match self.place {
            Place::Query(name) => name,
            Place::Body | Place::Label => self.name,
        }
    }
}

fn assemble(
    members: &[InputMember],
    labels: &Labels,
    raw_query: &str,
    body: &[u8],
) -> Result<Map<String, Value>, InputError> {
    let pairs = query::pairs(raw_query)?;
    let has_body = members.iter().any(|member| member.place == Place::Body);
    let mut sent = if has_body { parse_object(body)? } else { Map::new() };
    let mut input = Map::new();
    let mut problems = Problems::default();
    for member in members {
        let value = match member.place {
            Place::Body => sent.remove(member.name).filter(|value| !value.is_null()),
            Place::Label => labels.get(member.name).map(Value::from),
            Place::Query(name) => {
                let given: Vec<&str> = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| &**value).collect();
                from_query(name, &given, member.shape)?
            }
        };
        let path = Path::Member(None, member.wire_name());
        match value {
            Some(mut value) => {
                member.shape.check(&mut value, &path, &mut problems)?;
                input.insert(member.name.to_owned(), value);
            }
            None if member.required => problems.add(format_args!("{path} is missing.")),
            None => {}
        }
    }
    problems.into_result()?;
    Ok(input)
}

/// Converts the values of a query parameter, which are strings, to the member's type.
fn from_query(name: &str, given: &[&str], shape: &Shape) -> Result<Option<Value>, InputError> {
    let text = match (shape, given) {
        (_, []) => return Ok(None),
        (Shape::List { .. }, texts) => {
            return Ok(Some(texts.iter().copied().map(Value::from).collect()));
        }
        (_, [text]) => *text,
        _ => {
            return Err(InputError::Serialization(format!("{name} occurs more than once in the query.")));
        }
    };
    let wrong =
        || InputError::Serialization(format!("{name} in the query must be {}; it is `{}`.", shape.kind(), shown(text)));
    let value = match shape {
        Shape::Text(_) => Value::from(text),
        Shape::Integer { .. } => Value::from(integer(text).ok_or_else(wrong)?),
        Shape::Boolean => Value::from(text.parse::<bool>().map_err(|_| wrong())?),
        Shape::Float { .. } | Shape::List { .. } | Shape::Map { .. } | Shape::Structure(_) => {
            return Err(wrong());
        }
    };
    Ok(Some(value))
}

/// Parses an integer in JSON syntax, which allows neither `+` nor leading zeros.
fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let canonical = digits == "0" || !digits.starts_with(['0', '+', '-']);
    if canonical { text.parse().ok() } else { None }
}
