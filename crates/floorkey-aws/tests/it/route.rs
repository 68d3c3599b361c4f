//! Tests of routing by method and path.

use std::collections::{BTreeMap, BTreeSet};

use floorkey_aws::exception::ExceptionKind;
use floorkey_aws::operation::{Operation, Route, route};
use proptest::prelude::*;

use crate::oracle::encode;

/// Returns the path of an operation, with a value for each label.
fn path_of(uri: &str, value: impl Fn(&str) -> String) -> String {
    let part = |part: &str| match part.strip_prefix('{').and_then(|label| label.strip_suffix('}')) {
        Some(label) => value(label),
        None => part.to_owned(),
    };
    uri.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[test]
fn each_operation_is_reached_with_its_labels_and_by_no_other_method() {
    assert_eq!(Operation::ALL.len(), 94);
    let mut seen = BTreeSet::new();
    for operation in Operation::ALL {
        assert!(seen.insert((operation.method(), operation.uri())), "{operation:?} has the path of another one");
        assert_eq!(Operation::from_name(operation.name()), Some(operation));
        let path = path_of(operation.uri(), |label| encode(format!("arn:{label}/é").as_bytes()));
        let Route::Served(found, labels) = route(operation.method(), &path) else { panic!("{path} leads nowhere") };
        assert_eq!(found, operation);
        let names = operation.uri().split(['{', '}']).skip(1).step_by(2);
        for name in names {
            assert_eq!(labels.get(name), Some(format!("arn:{name}/é").as_str()));
        }
        assert_eq!(labels.get("Other"), None);
        for wrong in ["PATCH", "HEAD", "", &operation.method().to_lowercase()] {
            assert_eq!(route(wrong, &path), Route::Unknown, "{wrong} {path}");
        }
    }
}

#[test]
fn what_would_need_tidying_leads_nowhere() {
    for path in [
        "/users-summary/i/",
        "//users-summary/i",
        "/users-summary//i",
        "/./users-summary/i",
        "/users-summary/..",
        "/users-summary/%2e%2e",
        "/users-summary/.%2E",
        "/users-summary/%2e",
        "/users-summary/%00",
        "/users-summary/%ff",
        "/users-summary/%",
        "/%75sers-summary/i",
        "/Users-Summary/i",
        "/users-summary/i?x=1",
        "/users-summary",
        "users-summary/i",
        "",
        "/",
        "*",
        "/users-summary/x/../i",
        "/users-summary/i;x/../i",
    ] {
        let served = matches!(route("GET", path), Route::Served(..));
        let is_label_with_a_mark = path == "/users-summary/i?x=1";
        assert_eq!(served, is_label_with_a_mark, "{path}");
    }
}

#[test]
fn an_operation_of_connect_that_is_not_served_is_named() {
    let found = route("PUT", "/contact-flows/i");
    assert_eq!(found, Route::NotServed("CreateContactFlow"));
    let refusal = found.refusal().unwrap();
    assert_eq!(refusal.kind(), ExceptionKind::UnknownOperation);
    assert_eq!(refusal.message(), "CreateContactFlow is an operation of Amazon Connect that Floorkey does not serve.");
    let unknown = route("GET", "/nowhere").refusal().unwrap();
    assert_eq!(unknown.render().0, 404);
    assert_eq!(route("GET", "/instance").refusal(), None);
}

/// Compares the paths and errors of all operations with one table for each method, so that changes are easy to review.
#[test]
fn the_operations_are_these() {
    let mut tables: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for operation in Operation::ALL {
        let errors: Vec<&str> =
            operation.errors().iter().map(|kind| kind.name().trim_end_matches("Exception")).collect();
        let row = format!("{operation:?}: {} {}: {}", operation.method(), operation.uri(), errors.join(" "));
        tables.entry(operation.method()).or_default().push(row);
    }
    for (method, rows) in tables {
        insta::assert_snapshot!(format!("operations-{}", method.to_lowercase()), rows.join("\n"));
    }
}

proptest! {
    #[test]
    fn a_label_comes_out_as_it_went_in(text in "\\P{C}{1,30}") {
        prop_assume!(text != "." && text != "..");
        let path = format!("/users-summary/{}", encode(text.as_bytes()));
        let Route::Served(Operation::ListUsers, labels) = route("GET", &path) else {
            panic!("{path} leads nowhere")
        };
        prop_assert_eq!(labels.get("InstanceId"), Some(text.as_str()));
    }

    #[test]
    fn no_path_makes_it_panic(method in "[A-Z]{0,6}", path in "(/?[a-z{}%./-]{0,10}){0,6}|\\PC{0,40}") {
        let _ = route(&method, &path);
    }
}

#[test]
fn operations_that_only_read_use_get_or_carry_their_criteria_in_a_body() {
    for operation in Operation::ALL {
        let has_criteria = operation == Operation::ListEntitySecurityProfiles || operation.name().starts_with("Search");
        assert_eq!(operation.is_read(), operation.method() == "GET" || has_criteria, "{operation:?}");
        assert!(!has_criteria || operation.method() == "POST", "{operation:?}");
    }
}
