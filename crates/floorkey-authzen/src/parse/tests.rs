use proptest::prelude::*;

use super::*;

const QUESTION: &str =
    r#"{"subject":{"type":"user","id":"ann"},"action":{"name":"Users.View"},"resource":{"type":"User","id":"bob"}}"#;

fn problem(text: &str, shape: Shape) -> String {
    body(text, shape).expect_err(text).to_string()
}

fn supplied(properties: &str) -> Properties {
    let text = format!(r#"{{"subject":{{"type":"user","id":"a","properties":{properties}}}}}"#);
    let parsed = body(&text, Shape::Evaluation).unwrap();
    *parsed.parts.subject.unwrap().properties.unwrap()
}

#[test]
fn members_can_have_any_order_and_unknown_ones_are_ignored() {
    for text in [
        QUESTION,
        r#" { "future" : { "x" : [ 1 , { } ] } , "resource" : { "id" : "bob" , "type" : "User" } ,
             "action" : { "name" : "Users.View" , "y" : null } , "subject" : { "id" : "ann" , "type" : "user" } } "#,
        r#"{"evaluations":5,"page":"x","options":[],"action":{"name":"Users.View"},"subject":{"type":"user","id":"\u0061nn"},
            "resource":{"type":"User","id":"bob","properties":null},"context":null}"#,
    ] {
        let parsed = body(text, Shape::Evaluation).unwrap();
        let subject = parsed.parts.subject.unwrap();
        assert_eq!((subject.kind.as_ref(), subject.id.as_deref()), ("user", Some("ann")));
        assert_eq!(parsed.parts.action.unwrap().name, "Users.View");
        assert_eq!(parsed.parts.resource.unwrap().id.as_deref(), Some("bob"));
    }
}

#[test]
fn an_error_has_the_member_and_what_is_valid() {
    for (text, words) in [
        (r#"[]"#, "The body must be an object, not an array."),
        (r#"{"subject":"ann"}"#, "`subject` must be an object, not a string."),
        (r#"{"subject":["user","ann"]}"#, "`subject` must be an object, not an array."),
        (r#"{"subject":null}"#, "`subject` must be an object, not null."),
        (r#"{"subject":{"type":null,"id":"ann"}}"#, "`subject.type` must be a string, not null."),
        (r#"{"subject":{"id":"ann"}}"#, "`subject.type` is missing"),
        (r#"{"subject":{"type":"user","id":1}}"#, "`subject.id` must be a string, not a number."),
        (r#"{"action":{"name":true}}"#, "`action.name` must be a string, not true or false."),
        (r#"{"action":{}}"#, "`action.name` is missing"),
        (r#"{"resource":{"type":"x","properties":[]}}"#, "`resource.properties` must be an object"),
        (r#"{"context":"x"}"#, "`context` must be an object"),
        (r#"{"context":{"floorkey":{"explain":1}}}"#, "`context.floorkey.explain` must be true or false"),
        (
            r#"{"context":{"floorkey":{"at_least_revision":-1}}}"#,
            "`context.floorkey.at_least_revision` must be a whole",
        ),
        (r#"{"subject":{"type":"user","type":"user"}}"#, "occurs more than once"),
        (r#"{"subject":{"type":"user","properties":{"a":1,"a":2}}}"#, "occurs more than once"),
        (r#"{"subject":{"type":"user","properties":{"tags":{"a":1,"a":2}}}}"#, "occurs more than once"),
        (r#"{"x":1,"x":1}"#, "occurs more than once"),
    ] {
        let problem = problem(text, Shape::Evaluation);
        assert!(problem.contains(words), "{text}: {problem}");
    }
    for (text, words) in [
        (r#"{"evaluations":{}}"#, "`evaluations` must be an array"),
        (r#"{"options":{"evaluations_semantic":"all"}}"#, "`options.evaluations_semantic` must be `execute_all`"),
    ] {
        assert!(problem(text, Shape::Evaluations).contains(words), "{text}");
    }
    for (text, words) in [
        (r#"{"page":{"limit":-1}}"#, "`page.limit` must be a whole number"),
        (r#"{"page":{"limit":1.5}}"#, "`page.limit` must be a whole number"),
        (r#"{"page":{"token":5}}"#, "`page.token` must be a string"),
    ] {
        assert!(problem(text, Shape::Search).contains(words), "{text}");
    }
}

#[test]
fn an_invalid_item_affects_only_itself_unless_it_is_invalid_json() {
    let text = r#"{"evaluations":[{"subject":{"type":"user","id":"ann"}},{"subject":"ann","x":[1]},5,{},null]}"#;
    let parsed = body(text, Shape::Evaluations).unwrap();
    let items: Vec<String> = parsed
        .items
        .iter()
        .map(|item| item.as_ref().map_or_else(ParseError::to_string, |_| "good".to_owned()))
        .collect();
    assert_eq!(
        items,
        [
            "good",
            "`evaluations[1].subject` must be an object, not a string.",
            "`evaluations[2]` must be an object, not a number.",
            "good",
            "`evaluations[4]` must be an object, not null.",
        ]
    );
    for broken in [
        r#"{"evaluations":[{"subject":"ann",}]}"#,
        r#"{"evaluations":[{"subject":"ann","x":{"a":1,"a":1}}]}"#,
        r#"{"evaluations":[{"subject":"ann"}"#,
    ] {
        assert!(body(broken, Shape::Evaluations).is_err(), "{broken}");
    }
}

#[test]
fn a_batch_is_bounded() {
    let batch = |items: usize| format!(r#"{{"evaluations":[{}]}}"#, vec!["{}"; items].join(","));
    assert_eq!(body(&batch(ITEMS_MAX), Shape::Evaluations).unwrap().items.len(), ITEMS_MAX);
    assert!(problem(&batch(ITEMS_MAX + 1), Shape::Evaluations).contains("at most 1000 evaluations"));
}

#[test]
fn properties_become_strings() {
    let parsed = supplied(
        r#"{"status":"active","level":1.50,"soft":true,"none":null,"list":[1],"deep":{"a":1},
            "hierarchyGroup":"00000000-0000-0000-0000-000000000007","tags":{"status":"closed","x":2,"level":[]}}"#,
    );
    let tags = [("soft", "true"), ("status", "closed"), ("x", "2")];
    assert_eq!(parsed.tags, tags.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    assert_eq!(parsed.unmatched, ["list", "deep", "level"]);
    assert_eq!(parsed.hierarchy_group, Some(HierarchyGroupId::from_bits(7)));
    assert_eq!(supplied(r#"{"hierarchyGroup":null}"#), Properties::default());
    for odd in ["5", "\"north\"", "[]"] {
        let properties = supplied(&format!(r#"{{"hierarchyGroup":{odd}}}"#));
        assert_eq!(properties.hierarchy_group, Some(NO_GROUP), "{odd}");
    }
    let order = supplied(r#"{"tags":{"a":"1","b":"2"},"a":"x","b":[]}"#);
    assert_eq!(order.tags.get("a").map(String::as_str), Some("1"));
    assert_eq!((order.tags.get("b").map(String::as_str), order.unmatched.len()), (Some("2"), 0));
}

#[test]
fn options_are_in_the_context() {
    let parsed = |context: &str| body(&format!(r#"{{"context":{context}}}"#), Shape::Evaluation).unwrap().parts.options;
    assert_eq!(parsed("null"), None);
    assert_eq!(parsed(r#"{"ip":"::1","floorkey":null}"#), Some(Options::default()));
    let options = Options { explain: true, at_least: 7, details: Some(true) };
    assert_eq!(parsed(r#"{"floorkey":{"explain":true,"at_least_revision":7,"more":[]}}"#), Some(options));
    for (floorkey, details) in [
        ("{}", Some(true)),
        (r#"{"details":true}"#, Some(true)),
        (r#"{"details":null}"#, Some(true)),
        (r#"{"details":false}"#, Some(false)),
        ("null", None),
    ] {
        assert_eq!(parsed(&format!(r#"{{"floorkey":{floorkey}}}"#)).unwrap().details, details, "{floorkey}");
    }
    assert!(problem(r#"{"context":{"floorkey":{"details":1}}}"#, Shape::Search).contains("context.floorkey.details"));
    let batch = r#"{"context":{"floorkey":{"at_least_revision":7}},"evaluations":[{},{"context":{"floorkey":{"at_least_revision":9}}}]}"#;
    assert_eq!(body(batch, Shape::Evaluations).unwrap().at_least(), Revision(9));
}

#[test]
fn an_empty_default_of_a_batch_is_absent() {
    let text = r#"{"subject":{},"action": { } ,"resource":{},"context":{},"evaluations":[{}]}"#;
    let parsed = body(text, Shape::Evaluations).unwrap();
    assert!(parsed.parts.subject.is_none() && parsed.parts.action.is_none() && parsed.parts.resource.is_none());
    assert_eq!(parsed.items.len(), 1);
    assert!(problem(r#"{"subject":{"id":"ann"}}"#, Shape::Evaluations).contains("`subject.type` is missing"));
    assert!(problem(r#"{"subject":{}}"#, Shape::Evaluation).contains("`subject.type` is missing"));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[{}\\[\\]\":,a-z0-9\\\\ ]{0,60}") {
        for shape in [Shape::Evaluation, Shape::Evaluations, Shape::Search, Shape::SearchActions] {
            let _ = body(&text, shape);
        }
    }
}
