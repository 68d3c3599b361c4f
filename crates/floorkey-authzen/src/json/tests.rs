use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn value(reader: &mut Reader<'_>) -> ParseResult<Value> {
    Ok(match reader.kind()? {
        ValueKind::Object => {
            let mut members = serde_json::Map::new();
            reader.object(|reader, name| {
                members.insert(name.into_owned(), value(reader)?);
                Ok(())
            })?;
            Value::Object(members)
        }
        ValueKind::Array => {
            let mut items = Vec::new();
            reader.array(|reader| {
                items.push(value(reader)?);
                Ok(())
            })?;
            Value::Array(items)
        }
        ValueKind::String => Value::String(reader.string()?.into_owned()),
        ValueKind::Number => serde_json::from_str(reader.number()?).unwrap(),
        ValueKind::Bool => Value::Bool(reader.boolean()?),
        ValueKind::Null => {
            assert!(reader.skip_null()?);
            Value::Null
        }
    })
}

fn read(text: &str) -> ParseResult<Value> {
    let mut reader = Reader::new(text);
    let read = value(&mut reader)?;
    reader.end()?;
    let mut again = Reader::new(text);
    again.skip().and_then(|()| again.end()).expect("what can be read can be read over");
    Ok(read)
}

fn problem(text: &str) -> String {
    read(text).expect_err(text).to_string()
}

#[test]
fn invalid_json_is_refused_with_its_position() {
    for (text, at, words) in [
        ("", 0, "expected, but the body ends"),
        ("{\"a\":1,}", 7, "name of a member"),
        ("{\"a\" 1}", 5, "`:`"),
        ("[1 2]", 3, "`,` or `]`"),
        ("[1,]", 3, "a value is expected"),
        ("01", 1, "after the value"),
        ("-", 1, "digit"),
        ("1.", 2, "digit"),
        ("1e", 2, "digit"),
        ("1e999", 0, "double"),
        ("tru", 0, "value"),
        ("\"a\nb\"", 2, "control"),
        ("\"abc", 4, "within a string"),
        ("\"\\x\"", 1, "invalid escape"),
        ("\"\\u12g4\"", 3, "hexadecimal"),
        ("\"\\ud800\"", 3, "surrogate"),
        ("\"\\ud800\\u0041\"", 3, "surrogate"),
        ("\u{feff}{}", 0, "a value is expected"),
        ("{} {}", 3, "after the value"),
    ] {
        let problem = problem(text);
        assert!(problem.contains(words) && problem.contains(&format!("byte {at}:")), "{text}: {problem}");
    }
}

#[test]
fn duplicate_names_are_refused_in_any_spelling_and_place() {
    let many: String = (0..20).map(|i| format!("\"m{i}\":0,")).collect();
    for text in [
        "{\"a\":1,\"a\":1}".to_owned(),
        "{\"a\":1,\"\\u0061\":1}".to_owned(),
        "{\"\\u0061\":1,\"a\":1}".to_owned(),
        "[{\"b\":{\"a\":1,\"a\":1}}]".to_owned(),
        format!("{{{many}\"m3\":0}}"),
        format!("{{{many}\"m19\":0}}"),
    ] {
        assert!(problem(&text).contains("occurs more than once"), "{text}");
        assert!(Reader::new(&text).skip().is_err(), "{text}");
    }
    assert!(read("{\"a\":{\"a\":{\"a\":1}}}").is_ok());
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read(&nested(DEPTH_MAX as usize)).is_ok());
    assert!(problem(&nested(DEPTH_MAX as usize + 1)).contains("at most 32 levels deep"));
    assert!(problem(&"[".repeat(100_000)).contains("at most 32 levels deep"));
    assert!(read(&format!("\"{}\"", "[".repeat(100))).is_ok(), "brackets in a string are text");
}

#[test]
fn a_string_without_escapes_is_borrowed() {
    for length in 0..40 {
        for tail in ["", "é", "\u{7f}", "\u{10ffff}"] {
            let text = format!("\"{}{tail}\"", "x".repeat(length));
            let read = Reader::new(&text).string().unwrap();
            assert!(matches!(read, Cow::Borrowed(_)), "{text}");
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
    }
}

/// Generates strings that are almost valid JSON.
fn nearly() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "\\u00e9",
            "\\ud83d\\ude00",
            "\\ud800",
            "true",
            "false",
            "null",
            "0",
            "-1.5e3",
            "1e400",
            "\"a\"",
            "\"a\":",
            "{\"a\":1}",
            " ",
            "\n",
            "\t",
            "é",
            "\u{1}"
        ])
        .prop_map(str::to_owned),
        "[ -~]{0,12}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("JSON has no others", |n| n.is_finite()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 12, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..10).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..10)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn it_accepts_what_serde_json_accepts(value in json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let theirs: Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(read(&text), Ok(theirs));
    }

    #[test]
    fn it_accepts_nothing_that_serde_json_refuses(text in nearly()) {
        match (read(&text), serde_json::from_str::<Value>(&text)) {
            (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
            (Err(_), Err(_)) => {}
            // Duplicate names are the only input that this reader refuses but `serde_json` accepts.
            (Err(error), Ok(_)) => prop_assert!(error.to_string().contains("occurs more than once"), "{error}: {text}"),
            (Ok(_), Err(error)) => prop_assert!(false, "{error}: {text}"),
        }
    }
}
