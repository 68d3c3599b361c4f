//! Represents the constraints in the AWS service model as data, and checks values against them. The constraints consist
//! of types, bounds and required members.
//!
//! The generated tables use the types in this module. The constraints are separate from the structs, so that one
//! function can check a whole input before any struct is created. This function reports all violations in the same
//! style, with the path of each member.

use std::fmt;

use serde_json::{Map, Value};

use crate::input_error::InputError;
use crate::json::{kind_of, shown};
use crate::pattern::Pattern;

/// The constraints on a value.
#[derive(Debug)]
pub(crate) enum Shape {
    Boolean,
    Float {
        min: f64,
        max: f64,
    },
    Integer {
        min: i64,
        max: i64,
    },
    /// A list. `min` and `max` limit the number of items.
    List {
        item: &'static Shape,
        min: usize,
        max: usize,
    },
    /// A map. `min` and `max` limit the number of entries.
    Map {
        key: &'static Shape,
        value: &'static Shape,
        min: usize,
        max: usize,
    },
    Structure(&'static [Member]),
    Text(Text),
}

/// The constraints on a string.
#[derive(Debug)]
pub(crate) struct Text {
    /// The minimum number of characters.
    min: usize,
    /// The maximum number of characters.
    max: usize,
    pattern: Option<Pattern>,
    /// The allowed values if the member is an enumeration; empty if any value is allowed.
    values: &'static [&'static str],
    /// Whether the value is sensitive. Error messages must not contain sensitive values.
    sensitive: bool,
}

/// A member of a structure.
#[derive(Debug)]
pub(crate) struct Member {
    name: &'static str,
    shape: &'static Shape,
    required: bool,
}

impl Member {
    pub(crate) const fn optional(name: &'static str, shape: &'static Shape) -> Self {
        Self { name, shape, required: false }
    }

    pub(crate) const fn required(name: &'static str, shape: &'static Shape) -> Self {
        Self { name, shape, required: true }
    }

    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) const fn shape(&self) -> &'static Shape {
        self.shape
    }
}

impl Text {
    pub(crate) const fn any() -> Self {
        Self::length(0, usize::MAX)
    }

    pub(crate) const fn length(min: usize, max: usize) -> Self {
        Self { min, max, pattern: None, values: &[], sensitive: false }
    }

    pub(crate) const fn one_of(values: &'static [&'static str]) -> Self {
        Self { values, ..Self::any() }
    }

    pub(crate) const fn pattern(self, pattern: Pattern) -> Self {
        Self { pattern: Some(pattern), ..self }
    }

    pub(crate) const fn sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }

    fn check(&self, text: &str, path: &Path<'_>, problems: &mut Problems) {
        let length = text.chars().count();
        if !self.values.is_empty() {
            if !self.values.contains(&text) {
                problems.add(format_args!("{path} must be one of {}{}.", self.values.join(", "), self.found(text)));
            }
        } else if !(self.min..=self.max).contains(&length) {
            problems.add(format_args!(
                "{path} must have {}; it has {length}.",
                Bounds { min: self.min, max: self.max, one: "character", many: "characters" }
            ));
        } else if let Some(pattern) = self.pattern
            && !pattern.matches(text)
        {
            problems.add(format_args!("{path} {}{}.", pattern.demand(), self.found(text)));
        }
    }

    fn found(&self, text: &str) -> String {
        if self.sensitive { String::new() } else { format!("; it is `{}`", shown(text)) }
    }
}

/// The path of a value in the input, such as `IdentityInfo.Email` or `SecurityProfileIds[3]`.
#[derive(Clone, Copy)]
pub(crate) enum Path<'a> {
    Member(Option<&'a Path<'a>>, &'a str),
    Item(&'a Path<'a>, usize),
    /// A key in a map, or the value for this key.
    Entry(&'a Path<'a>, &'a str),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(None, name) => f.write_str(name),
            Self::Member(Some(parent), name) => write!(f, "{parent}.{name}"),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
            Self::Entry(parent, key) => write!(f, "{parent}[`{}`]", shown(key)),
        }
    }
}

/// The messages about violated constraints, in the order of the AWS service model. Only the first five messages are
/// reported.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    sentences: Vec<String>,
    left_out: usize,
}

impl Problems {
    const SHOWN_MAX: usize = 5;

    pub(crate) fn add(&mut self, sentence: fmt::Arguments<'_>) {
        if self.sentences.len() < Self::SHOWN_MAX {
            self.sentences.push(sentence.to_string());
        } else {
            self.left_out += 1;
        }
    }

    pub(crate) fn into_result(mut self) -> Result<(), InputError> {
        if self.sentences.is_empty() {
            return Ok(());
        }
        if self.left_out > 0 {
            self.sentences.push(format!("({} more not shown.)", self.left_out));
        }
        Err(InputError::Constraint(self.sentences.join(" ")))
    }
}

impl Shape {
    /// Checks `value` and all values nested in it. Removes members that are `null`, because they are treated as absent.
    ///
    /// Adds each violated constraint to `problems`, so that one response can report several violations.
    ///
    /// # Errors
    ///
    /// Returns an error if a value has the wrong type. The check then ends immediately, because the content of the
    /// value can't be checked.
    pub(crate) fn check(&self, value: &mut Value, path: &Path<'_>, problems: &mut Problems) -> Result<(), InputError> {
        match (self, value) {
            (Self::Boolean, Value::Bool(_)) => {}
            (Self::Text(text), Value::String(found)) => text.check(found, path, problems),
            (Self::Integer { min, max }, Value::Number(number)) if number.is_i64() || number.is_u64() => {
                if !number.as_i64().is_some_and(|found| (*min..=*max).contains(&found)) {
                    problems.add(format_args!("{path} must be between {min} and {max}; it is {number}."));
                }
            }
            (Self::Float { min, max }, Value::Number(number)) => {
                if !number.as_f64().is_some_and(|found| (*min..=*max).contains(&found)) {
                    problems.add(format_args!("{path} must be between {min} and {max}; it is {number}."));
                }
            }
            (Self::List { item, min, max }, Value::Array(found)) => {
                check_count(found.len(), *min, *max, ("item", "items"), path, problems);
                for (index, value) in found.iter_mut().enumerate() {
                    item.check(value, &Path::Item(path, index), problems)?;
                }
            }
            (Self::Map { key, value, min, max }, Value::Object(found)) => {
                check_count(found.len(), *min, *max, ("entry", "entries"), path, problems);
                for (name, inner) in found.iter_mut() {
                    let entry = Path::Entry(path, name);
                    if let Self::Text(text) = key {
                        text.check(name, &entry, problems);
                    }
                    value.check(inner, &entry, problems)?;
                }
            }
            (Self::Structure(members), Value::Object(found)) => check_members(members, found, path, problems)?,
            (_, value) => return Err(self.mismatch(value, path)),
        }
        Ok(())
    }

    fn mismatch(&self, value: &Value, path: &Path<'_>) -> InputError {
        InputError::Serialization(format!("{path} must be {}; it is {}.", self.kind(), kind_of(value)))
    }

    /// Returns the required JSON type, with an article: `a string`.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Boolean => "a boolean",
            Self::Float { .. } => "a number",
            Self::Integer { .. } => "an integer",
            Self::List { .. } => "a list",
            Self::Map { .. } | Self::Structure(_) => "an object",
            Self::Text(_) => "a string",
        }
    }
}

/// Checks the members of a structure. Members that are not in the AWS service model are ignored, because they are never
/// deserialized.
fn check_members(
    members: &[Member],
    found: &mut Map<String, Value>,
    path: &Path<'_>,
    problems: &mut Problems,
) -> Result<(), InputError> {
    for member in members {
        let here = Path::Member(Some(path), member.name);
        if found.get(member.name).is_some_and(Value::is_null) {
            found.remove(member.name);
        }
        match found.get_mut(member.name) {
            Some(value) => member.shape.check(value, &here, problems)?,
            None if member.required => problems.add(format_args!("{here} is missing.")),
            None => {}
        }
    }
    Ok(())
}

fn check_count(
    found: usize,
    min: usize,
    max: usize,
    (one, many): (&'static str, &'static str),
    path: &Path<'_>,
    problems: &mut Problems,
) {
    if !(min..=max).contains(&found) {
        problems.add(format_args!("{path} must have {}; it has {found}.", Bounds { min, max, one, many }));
    }
}

/// The minimum and maximum number of items. They are formatted as a phrase, such as `1 to 5 items`.
struct Bounds {
    min: usize,
    max: usize,
    one: &'static str,
    many: &'static str,
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = |count| if count == 1 { self.one } else { self.many };
        match (self.min, self.max) {
            (min, usize::MAX) => write!(f, "at least {min} {}", noun(min)),
            (0, max) => write!(f, "at most {max} {}", noun(max)),
            (min, max) if min == max => write!(f, "exactly {max} {}", noun(max)),
            (min, max) => write!(f, "{min} to {max} {}", noun(max)),
        }
    }
}
