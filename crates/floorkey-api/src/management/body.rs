//! Strict parsing of request bodies and query parameters.

use floorkey_aws::exception::{Exception, ExceptionKind};
use floorkey_aws::input_error::InputError;
use floorkey_aws::json::parse_object;
use floorkey_aws::query;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A request body without members.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoMembers {}

/// Parses a request body into the operation's input. An empty body is treated as `{}`.
///
/// # Errors
/// Returns an error if the JSON is invalid, or if a member is missing, unknown, duplicated or of the wrong type. The
/// message contains the member's name.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Exception> {
    let members = parse_object(body).map_err(to_exception)?;
    serde_path_to_error::deserialize(Value::Object(members)).map_err(|error| {
        let path = error.path().to_string();
        let slot = if path == "." { String::new() } else { format!("{path}: ") };
        to_exception(InputError::Serialization(format!("The body is invalid: {slot}{}.", error.into_inner())))
    })
}

/// Parses the parameters of a query string. Each parameter can occur only once. Unknown parameters are refused.
///
/// # Errors
/// Returns an error if an escape sequence is invalid, or if a parameter is unknown or occurs more than once.
pub(super) fn parameters<const N: usize>(raw: &str, known: [&str; N]) -> Result<[Option<String>; N], Exception> {
    let mut values = [const { None }; N];
    for (name, value) in query::pairs(raw).map_err(to_exception)? {
        if name.starts_with("X-Amz-") {
            continue; // A presigned call has its signature in these parameters.
        }
        let slot = known.iter().zip(&mut values).find(|(known, _)| **known == name);
        let problem = match slot {
            None => format!("The query parameter `{}` is not one of {}.", name.escape_debug(), known.join(", ")),
            Some((_, Some(_))) => format!("The query parameter {name} occurs more than once."),
            Some((_, slot)) => {
                *slot = Some(value.into_owned());
                continue;
            }
        };
        return Err(Exception::new(ExceptionKind::InvalidParameter, problem));
    }
    Ok(values)
}

fn to_exception(error: InputError) -> Exception {
    let kind = match error {
        InputError::Serialization(_) => ExceptionKind::Serialization,
        InputError::Constraint(_) => ExceptionKind::InvalidParameter,
    };
    Exception::new(kind, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "PascalCase")]
    struct Sample {
        name: String,
        #[serde(default)]
        ids: Vec<String>,
    }

    #[test]
    fn an_error_has_the_name_of_the_member() {
        let refused = |body: &str| parse::<Sample>(body.as_bytes()).unwrap_err().message().to_owned();
        insta::assert_snapshot!(
            ["", "{\"Name\":5}", "{\"Name\":\"x\",\"Nmae\":1}", "{\"Name\":\"x\",\"Ids\":[\"a\",{}]}", "{\"Name\":\"x\",\"Name\":\"y\"}", "[]"]
                .map(|body| format!("{body} -> {}", refused(body)))
                .join("\n"),
            @r#"
             -> The body is invalid: missing field `Name`.
            {"Name":5} -> The body is invalid: Name: invalid type: integer `5`, expected a string.
            {"Name":"x","Nmae":1} -> The body is invalid: Nmae: unknown field `Nmae`, expected `Name` or `Ids`.
            {"Name":"x","Ids":["a",{}]} -> The body is invalid: Ids[1]: invalid type: map, expected a string.
            {"Name":"x","Name":"y"} -> The body is not valid JSON: the member `Name` occurs twice at line 1 column 18.
            [] -> The body must be a JSON object; it is a list.
            "#
        );
        let sample = parse::<Sample>(b"{\"Name\":\"x\"}").unwrap();
        assert_eq!((sample.name.as_str(), sample.ids.len()), ("x", 0));
    }

    #[test]
    fn unknown_and_duplicate_parameters_are_refused() {
        let [size, token] = parameters("nextToken=a%2Bb&X-Amz-Date=x", ["maxResults", "nextToken"]).unwrap();
        assert_eq!((size, token.as_deref()), (None, Some("a+b")));
        for query in ["nextToken=a&nextToken=b", "nexttoken=a", "nextToken=%zz"] {
            assert!(parameters(query, ["nextToken"]).is_err(), "{query}");
        }
    }
}
