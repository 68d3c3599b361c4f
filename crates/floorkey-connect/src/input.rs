//! From a request to the struct of its operation.
//!
//! Path labels, query and body are put together by the generated table of the operation, checked against the model, and
//! only then turned into the struct. A body member named like a label is not looked at: `InstanceId` in the body of
//! `UpdateUserHierarchy` changes nothing.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::exception::{Exception, ExceptionKind};
use crate::json::{parse_object, shown};
use crate::operation::{Labels, Operation};
use crate::query;
use crate::shape::{Path, Problems, Shape};

/// What one operation takes.
pub trait Input: DeserializeOwned {
    /// What the operation answers.
    type Output: Serialize;

    /// The operation.
    const OPERATION: Operation;

    /// Reads the input out of a request that was routed to the operation.
    ///
    /// An empty body counts as `{}`, `null` as absent; members that the model does not have are passed over.
    ///
    /// # Errors
    ///
    /// [`InputError::Serialization`] for what can't be read: no JSON, a member twice, the wrong type;
    /// [`InputError::Constraint`] for what can be read and breaks a bound of the model.
    fn parse(labels: &Labels, raw_query: &str, body: &[u8]) -> Result<Self, InputError> {
        let members = assemble(Self::OPERATION.members(), labels, raw_query, body)?;
        serde_json::from_value(Value::Object(members))
            .map_err(|error| InputError::Serialization(format!("The request does not fit the operation: {error}.")))
    }
}

/// What an operation answers that has nothing to say: `{}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Empty {}

/// Why an input is not taken. Both carry full sentences for the caller, and never the value of a sensitive member.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// It can't be read, or has the wrong type.
    #[error("{0}")]
    Serialization(String),
    /// It breaks a constraint of the model.
    #[error("{0}")]
    Constraint(String),
}

impl InputError {
    /// The refusal for a client of `operation`: a broken constraint is an `InvalidParameterException` where the operation
    /// declares that, else an `InvalidRequestException`.
    #[must_use]
    pub fn exception(self, operation: Operation) -> Exception {
        match self {
            Self::Serialization(message) => Exception::new(ExceptionKind::Serialization, message),
            Self::Constraint(message) => Exception::new(operation.invalid_input(), message),
        }
    }
}

/// Where a member of the input travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Body,
    Label,
    /// With the name that it has there: often in lower case where the body would have a capital.
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

    /// A label is always there, or the path would not have led to the operation.
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

    /// The name that the caller knows it by.
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

/// A query has only texts: makes of them what the member is to be.
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
    let wrong = || {
        InputError::Serialization(format!("{name} in the query should be {}, it is `{}`.", shape.kind(), shown(text)))
    };
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

/// As JSON writes integers: no `+`, no leading zero.
fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let canonical = digits == "0" || !digits.starts_with(['0', '+', '-']);
    if canonical { text.parse().ok() } else { None }
}
