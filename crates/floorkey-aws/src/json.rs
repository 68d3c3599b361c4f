//! A strict JSON parser.
//!
//! If an object has the same key twice, some parsers use the first value and others use the last. If a security check
//! used one value and the operation used the other, the check could be bypassed. This module therefore rejects
//! duplicate keys at any depth. It also rejects deep nesting and trailing data.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::input_error::InputError;

/// The maximum nesting depth of objects and lists.
pub const DEPTH_MAX: usize = 32;

/// Parses the body of a request. An empty body is treated as `{}`, because several clients send no body if all members
/// are unset.
///
/// # Errors
///
/// Returns an error if the body is not a single JSON object: for example, because of invalid syntax, a duplicate key,
/// more than 32 nesting levels, or trailing data. If the JSON is invalid, the message contains the position of the
/// problem.
pub fn parse_object(body: &[u8]) -> Result<Map<String, Value>, InputError> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    match parse(body).map_err(|error| InputError::Serialization(format!("The body is not valid JSON: {error}.")))? {
        Value::Object(members) => Ok(members),
        other => Err(InputError::Serialization(format!("The body must be a JSON object; it is {}.", kind_of(&other)))),
    }
}

fn parse(body: &[u8]) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = Strict { depth: 0 }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Returns the JSON type of a value, with an article: `a string`.
pub(crate) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number with a fraction or an exponent, or a very large one",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Builds a [`Value`] in the same way as `serde_json`, but rejects duplicate keys and deep nesting.
#[derive(Clone, Copy)]
struct Strict {
    /// The number of objects and lists that contain this value.
    depth: usize,
}

impl Strict {
    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= DEPTH_MAX {
            return Err(E::custom(format_args!("objects and lists are nested more than {DEPTH_MAX} deep")));
        }
        Ok(Self { depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(inner)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut members = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            if members.contains_key(&name) {
                return Err(A::Error::custom(format_args!("the member `{}` occurs twice", shown(&name))));
            }
            let value = object.next_value_seed(inner)?;
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

/// Formats a string from a request for an error message. Escapes control characters and truncates long strings.
pub(crate) fn shown(text: &str) -> String {
    const CHARACTERS_MAX: usize = 64;
    let escape = |c: char| {
        if c.is_control() { c.escape_unicode().to_string() } else { c.to_string() }
    };
    let mut out: String = text.chars().take(CHARACTERS_MAX).map(escape).collect();
    if text.chars().nth(CHARACTERS_MAX).is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refusal(body: &str) -> String {
        match parse_object(body.as_bytes()) {
            Err(InputError::Serialization(message)) => message,
            other => panic!("{body} gave {other:?}"),
        }
    }

    #[test]
    fn an_empty_body_is_an_empty_object() {
        assert_eq!(parse_object(b"").unwrap(), Map::new());
        assert_eq!(parse_object(b" {} \n").unwrap(), Map::new());
    }

    #[test]
    fn a_refusal_says_what_and_where() {
        insta::assert_snapshot!(
            [
                "{", "[]", "null", "\"x\"", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "{\n \"a\": {\"b\": [{\"c\":0,\"c\":0}]}}",
                "{} x", "{}{}", "{\"a\":1e999}", "{\"a\":\"\\ud800\"}", "{\"a\":01}", "{\"a\":NaN}", "\u{feff}{}", " ",
                "{\"a\\u0000\":1,\"a\\u0000\":1}",
            ]
            .map(|body| format!("{} -> {}", body.escape_debug(), refusal(body)))
            .join("\n"),
            @r#"
            { -> The body is not valid JSON: EOF while parsing an object at line 1 column 1.
            [] -> The body must be a JSON object; it is a list.
            null -> The body must be a JSON object; it is null.
            \"x\" -> The body must be a JSON object; it is a string.
            {\"a\":1,} -> The body is not valid JSON: trailing comma at line 1 column 8.
            {\"a\":1,\"a\":2} -> The body is not valid JSON: the member `a` occurs twice at line 1 column 10.
            {\n \"a\": {\"b\": [{\"c\":0,\"c\":0}]}} -> The body is not valid JSON: the member `c` occurs twice at line 2 column 23.
            {} x -> The body is not valid JSON: trailing characters at line 1 column 4.
            {}{} -> The body is not valid JSON: trailing characters at line 1 column 3.
            {\"a\":1e999} -> The body is not valid JSON: number out of range at line 1 column 10.
            {\"a\":\"\\ud800\"} -> The body is not valid JSON: unexpected end of hex escape at line 1 column 13.
            {\"a\":01} -> The body is not valid JSON: invalid number at line 1 column 7.
            {\"a\":NaN} -> The body is not valid JSON: expected value at line 1 column 6.
            \u{feff}{} -> The body is not valid JSON: expected value at line 1 column 1.
              -> The body is not valid JSON: EOF while parsing a value at line 1 column 1.
            {\"a\\u0000\":1,\"a\\u0000\":1} -> The body is not valid JSON: the member `a\u{0}` occurs twice at line 1 column 22.
            "#);
        assert!(parse_object(b"{\"a\":\"\xff\"}").is_err());
    }

    #[test]
    fn thirty_two_levels_pass_and_one_more_does_not() {
        let nested = |levels: usize| format!("{{\"a\":{}1{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
        assert!(parse_object(nested(DEPTH_MAX).as_bytes()).is_ok());
        assert!(refusal(&nested(DEPTH_MAX + 1)).contains("nested more than 32 deep"));
        assert!(refusal(&nested(100_000)).contains("nested more than 32 deep"));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "\\PC{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::btree_map("\\PC{0,4}", inner, 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_what_serde_json_reads(value in any_json()) {
            let text = serde_json::to_vec(&value).unwrap();
            let plain: Value = serde_json::from_slice(&text).unwrap();
            prop_assert_eq!(parse(&text).unwrap(), plain);
        }

        #[test]
        fn a_doubled_member_is_refused_wherever_it_stands(value in any_json(), name in "[a-z]{1,3}") {
            let inner = serde_json::to_string(&value).unwrap();
            let body = format!("{{\"x\":[{{\"{name}\":{inner},\"other\":0,\"{name}\":1}}]}}");
            prop_assert!(refusal(&body).contains("occurs twice"));
        }

        #[test]
        fn no_bytes_make_it_panic_nor_pass_what_serde_json_refuses(
            bytes in prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..60),
                "[\\[\\]{}\",:0-9a-c\\\\ue.-]{0,60}".prop_map(String::into_bytes),
            ],
        ) {
            if let Ok(value) = parse(&bytes) {
                prop_assert_eq!(Ok(value), serde_json::from_slice::<Value>(&bytes).map_err(|_| ()));
            }
        }
    }
}
