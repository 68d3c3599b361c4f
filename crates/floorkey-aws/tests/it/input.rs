//! Tests of parsing requests into input structs.

use floorkey_aws::exception::ExceptionKind;
use floorkey_aws::input::Input;
use floorkey_aws::input_error::InputError;
use floorkey_aws::model::{
    Channel, CreateInstanceInput, CreateRoutingProfileInput, CreateSecurityProfileInput, CreateUserInput, EntityType,
    ListAgentStatusesInput, ListInstancesInput, ListUsersInput, SearchUsersInput, TagResourceInput, UntagResourceInput,
    UpdateSecurityProfileInput, UpdateUserHierarchyInput, UpdateUserProficienciesInput,
};
use floorkey_aws::operation::{Operation, Route, route};
use floorkey_aws::path::Labels;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Returns labels for the operation's path. The value of each label is the label's name.
fn labels<I: Input>() -> Labels {
    let operation = I::OPERATION;
    let path: Vec<String> =
        operation.uri().split('/').map(|part| part.trim_start_matches('{').trim_end_matches('}').to_owned()).collect();
    match route(operation.method(), &path.join("/")) {
        Route::Served(found, labels) if found == operation => labels,
        other => panic!("{operation:?} leads to {other:?}"),
    }
}

fn body<I: Input>(body: &Value) -> Result<I, InputError> {
    I::parse(&labels::<I>(), "", body.to_string().as_bytes())
}

fn query<I: Input>(query: &str) -> Result<I, InputError> {
    I::parse(&labels::<I>(), query, b"")
}

#[track_caller]
fn refused<I: Input + std::fmt::Debug>(result: Result<I, InputError>) -> String {
    match result.unwrap_err() {
        InputError::Constraint(message) => message,
        InputError::Serialization(message) => format!("Serialization: {message}"),
    }
}

fn a_user() -> Value {
    json!({
        "Username": "ann",
        "Password": "Passw0rd-of-ann",
        "IdentityInfo": { "FirstName": "Ann", "Email": "ann@example.com" },
        "PhoneConfig": { "PhoneType": "SOFT_PHONE", "DeskPhoneNumber": "", "AfterContactWorkTimeLimit": 0 },
        "SecurityProfileIds": ["sp-1"],
        "RoutingProfileId": "rp-1",
        "Tags": { "team": "blue" },
    })
}

/// Returns the input from `a_user` after setting the member at `pointer` to `value`. If `value` is `None`, removes the
/// member instead.
fn user_with(pointer: &str, value: Option<Value>) -> Value {
    let mut user = a_user();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let members = user.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => drop(members.insert(name.to_owned(), value)),
        None => drop(members.remove(name)),
    }
    user
}

#[test]
fn a_whole_input_is_read() {
    let user: CreateUserInput = body(&a_user()).unwrap();
    assert_eq!(user.instance_id, "InstanceId");
    assert_eq!(user.username, "ann");
    assert_eq!(user.password.as_deref(), Some("Passw0rd-of-ann"));
    assert_eq!(user.identity_info.as_ref().unwrap().email.as_deref(), Some("ann@example.com"));
    assert_eq!(user.phone_config.as_ref().unwrap().after_contact_work_time_limit, Some(0));
    assert_eq!(user.security_profile_ids, ["sp-1"]);
    assert_eq!(user.tags.as_ref().unwrap()["team"], "blue");
    assert_eq!(user.hierarchy_group_id, None);
    let shown = format!("{user:?}");
    assert!(!shown.contains("Passw0rd") && !shown.contains("ann@example.com"), "{shown}");
}

#[test]
fn members_that_nobody_knows_are_passed_over_and_never_bound() {
    let labels = labels::<UpdateUserHierarchyInput>();
    let sent = br#"{"HierarchyGroupId":"g","InstanceId":"other","UserId":"other","IsAdmin":true,"New":{"a":[1]}}"#;
    let input = UpdateUserHierarchyInput::parse(&labels, "InstanceId=other&UserId=other", sent).unwrap();
    assert_eq!((input.instance_id.as_str(), input.user_id.as_str()), ("InstanceId", "UserId"));
    assert_eq!(input.hierarchy_group_id.as_deref(), Some("g"));
}

#[test]
fn absent_null_and_empty_are_told_apart() {
    let read = |text: &str| {
        UpdateSecurityProfileInput::parse(&labels::<UpdateSecurityProfileInput>(), "", text.as_bytes()).unwrap()
    };
    for text in ["", "{}", r#"{"Description":null,"Permissions":null}"#] {
        let input = read(text);
        assert_eq!((input.description, input.permissions), (None, None), "{text}");
    }
    let cleared = read(r#"{"Description":"","Permissions":[],"AllowedAccessControlTags":{}}"#);
    assert_eq!(cleared.description.as_deref(), Some(""));
    assert_eq!(cleared.permissions, Some(vec![]));
    assert!(cleared.allowed_access_control_tags.unwrap().is_empty());
    assert_eq!(refused(body::<CreateUserInput>(&user_with("/Username", Some(Value::Null)))), "Username is missing.");
}

#[test]
fn each_broken_constraint_is_named_with_what_would_be_right() {
    let cases = [
        user_with("/Username", None),
        user_with("/Username", Some(json!(""))),
        user_with("/Username", Some(json!("ü".repeat(101)))),
        user_with("/Password", Some(json!("canary-secret"))),
        user_with("/SecurityProfileIds", Some(json!([]))),
        user_with("/SecurityProfileIds", Some(json!(vec!["x"; 11]))),
        user_with("/PhoneConfig/PhoneType", Some(json!("CANARY\u{7}"))),
        user_with("/PhoneConfig/DeskPhoneNumber", Some(json!("canary"))),
        user_with("/PhoneConfig/AfterContactWorkTimeLimit", Some(json!(-1))),
        user_with("/PhoneConfig/AfterContactWorkTimeLimit", Some(json!(3_000_000_000_u64))),
        user_with("/PhoneConfig/AfterContactWorkTimeLimit", Some(json!(u64::MAX))),
        user_with("/IdentityInfo/FirstName", Some(json!("x".repeat(256)))),
        user_with("/Tags/aws:x", Some(json!("1"))),
        user_with("/Tags/key", Some(json!("x".repeat(257)))),
        user_with("/Tags", Some(json!({}))),
        user_with("/AutoAcceptConfigs", Some(json!([{ "Channel": "VOICE" }]))),
        json!({}),
    ];
    let messages: Vec<String> = cases.iter().map(|case| refused(body::<CreateUserInput>(case))).collect();
    insta::assert_snapshot!(messages.join("\n"));
    assert!(!messages.iter().any(|message| message.contains("canary")));
}

#[test]
fn each_wrong_type_is_named_with_its_path() {
    let cases = [
        user_with("/Username", Some(json!(1))),
        user_with("/SecurityProfileIds", Some(json!("sp-1"))),
        user_with("/SecurityProfileIds", Some(json!(["a", null]))),
        user_with("/SecurityProfileIds", Some(json!(["a", "b", 7]))),
        user_with("/IdentityInfo", Some(json!([]))),
        user_with("/IdentityInfo/Email", Some(json!({}))),
        user_with("/PhoneConfig/AutoAccept", Some(json!("true"))),
        user_with("/PhoneConfig/AfterContactWorkTimeLimit", Some(json!(1.0))),
        user_with("/PhoneConfig/AfterContactWorkTimeLimit", Some(json!("1"))),
        user_with("/Tags", Some(json!(["a"]))),
        user_with("/Tags/a", Some(json!(true))),
        json!([a_user()]),
    ];
    let messages: Vec<String> = cases.iter().map(|case| refused(body::<CreateUserInput>(case))).collect();
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn more_than_five_complaints_are_counted() {
    let sent = json!({ "SecurityProfileName": "a/b", "Permissions": vec![""; 8] });
    let message = refused(body::<CreateSecurityProfileInput>(&sent));
    assert!(message.starts_with("SecurityProfileName must be letters"), "{message}");
    assert!(
        message.ends_with("Permissions[3] must have 1 to 128 characters; it has 0. (4 more not shown.)"),
        "{message}"
    );
}

#[test]
fn a_list_of_permissions_may_have_500_items_and_not_501() {
    let with = |count: usize| json!({ "SecurityProfileName": "a", "Permissions": vec!["Users.View"; count] });
    assert!(body::<CreateSecurityProfileInput>(&with(500)).is_ok());
    let message = refused(body::<CreateSecurityProfileInput>(&with(501)));
    assert_eq!(message, "Permissions must have at most 500 items; it has 501.");
}

#[test]
fn a_query_is_read_strictly() {
    let users: ListUsersInput = query("maxResults=60&nextToken=a%2Bb%3D&unknown=1&X-Amz-Date=x").unwrap();
    assert_eq!((users.max_results, users.next_token.as_deref()), (Some(60), Some("a+b=")));
    assert_eq!(query::<ListUsersInput>("").unwrap().max_results, None);
    for (given, message) in [
        ("maxResults=0", "maxResults must be between 1 and 1000; it is 0."),
        ("maxResults=1001", "maxResults must be between 1 and 1000; it is 1001."),
        ("maxResults=-1", "maxResults must be between 1 and 1000; it is -1."),
        ("maxResults=", "Serialization: maxResults in the query must be an integer; it is ``."),
        ("maxResults=1.0", "Serialization: maxResults in the query must be an integer; it is `1.0`."),
        ("maxResults=%2B1", "Serialization: maxResults in the query must be an integer; it is `+1`."),
        ("maxResults=01", "Serialization: maxResults in the query must be an integer; it is `01`."),
        ("maxResults=--1", "Serialization: maxResults in the query must be an integer; it is `--1`."),
        ("maxResults=1e1", "Serialization: maxResults in the query must be an integer; it is `1e1`."),
        ("maxResults=1&maxResults=1", "Serialization: maxResults occurs more than once in the query."),
        (
            "maxResults=99999999999999999999",
            "Serialization: maxResults in the query must be an integer; it is `99999999999999999999`.",
        ),
    ] {
        assert_eq!(refused(query::<ListUsersInput>(given)), message, "{given}");
    }
    assert!(refused(query::<ListUsersInput>("nextToken=%")).starts_with("Serialization: In the query"));
}

#[test]
fn a_list_in_a_query_is_a_repeated_name() {
    let untag: UntagResourceInput = query("tagKeys=a+b&tagKeys=c%20d&tagKeys=e%2Bf").unwrap();
    assert_eq!(untag.tag_keys, ["a b", "c d", "e+f"]);
    assert_eq!(untag.resource_arn, "resourceArn");
    assert_eq!(refused(query::<UntagResourceInput>("")), "tagKeys is missing.");
    let many = vec!["tagKeys=a"; 51].join("&");
    assert_eq!(refused(query::<UntagResourceInput>(&many)), "tagKeys must have 1 to 50 items; it has 51.");
    let statuses: ListAgentStatusesInput = query("AgentStatusTypes=ROUTABLE&AgentStatusTypes=OFFLINE").unwrap();
    assert_eq!(statuses.agent_status_types.unwrap().len(), 2);
    let message = refused(query::<ListAgentStatusesInput>("AgentStatusTypes=x"));
    assert_eq!(message, "AgentStatusTypes[0] must be one of ROUTABLE, CUSTOM, OFFLINE; it is `x`.");
}

#[test]
fn enumerations_numbers_and_maps_arrive_typed() {
    let profile: CreateRoutingProfileInput = body(&json!({
        "Name": "r", "Description": "d", "DefaultOutboundQueueId": "q",
        "MediaConcurrencies": [{ "Channel": "VOICE", "Concurrency": 1 }],
    }))
    .unwrap();
    assert_eq!(profile.media_concurrencies[0].channel, Channel::Voice);
    let levels: UpdateUserProficienciesInput = body(&json!({ "UserProficiencies": [
        { "AttributeName": "a", "AttributeValue": "v", "Level": 3 },
        { "AttributeName": "b", "AttributeValue": "v", "Level": 4.5 },
    ]}))
    .unwrap();
    let levels: Vec<f64> = levels.user_proficiencies.iter().map(|proficiency| proficiency.level).collect();
    assert_eq!(levels, [3.0, 4.5]);
    let tags: TagResourceInput = body(&json!({ "tags": { "a": "1" }, "Tags": { "b": "2" } })).unwrap();
    assert_eq!(tags.tags.into_iter().collect::<Vec<_>>(), [("a".to_owned(), "1".to_owned())]);
    assert_eq!(EntityType::from_name("AI_AGENT"), Some(EntityType::AiAgent));
}

#[test]
fn criteria_may_be_nested_but_not_without_end() {
    let nested = |levels: usize| {
        let leaf = json!({ "StringCondition": { "FieldName": "Username", "Value": "ann", "ComparisonType": "EXACT" } });
        let criteria = (0..levels).fold(leaf, |inner, _| json!({ "AndConditions": [inner] }));
        json!({ "InstanceId": "i", "SearchCriteria": criteria })
    };
    let search: SearchUsersInput = body(&nested(3)).unwrap();
    let leaf = search.search_criteria.unwrap().and_conditions.unwrap().remove(0).and_conditions.unwrap().remove(0);
    assert!(leaf.and_conditions.unwrap()[0].string_condition.is_some());
    assert!(body::<SearchUsersInput>(&nested(14)).is_ok());
    assert!(refused(body::<SearchUsersInput>(&nested(15))).contains("nested more than 32 deep"));
}

#[test]
fn a_refusal_is_of_a_kind_that_the_operation_declares() {
    let kind = |result: Result<(), InputError>, operation: Operation| result.unwrap_err().exception(operation).kind();
    let list = query::<ListInstancesInput>("maxResults=11").map(|_| ());
    assert_eq!(kind(list, Operation::ListInstances), ExceptionKind::InvalidRequest);
    let users = query::<ListUsersInput>("maxResults=0").map(|_| ());
    assert_eq!(kind(users, Operation::ListUsers), ExceptionKind::InvalidParameter);
    let junk = CreateInstanceInput::parse(&Labels::default(), "", b"{").map(|_| ());
    assert_eq!(kind(junk, Operation::CreateInstance), ExceptionKind::Serialization);
    for operation in Operation::ALL {
        assert!(operation.declares(operation.invalid_input()), "{operation:?}");
    }
}

#[test]
fn a_long_arn_may_stand_for_an_instance_in_a_path() {
    let arn = format!("arn%3Aaws%3Aconnect%3Aus-east-1%3A123456789012%3Ainstance%2F{}", "0".repeat(90));
    let Route::Served(_, labels) = route("GET", &format!("/users-summary/{arn}")) else { panic!("no route") };
    assert_eq!(ListUsersInput::parse(&labels, "", b"").unwrap().instance_id.len(), 138);
}

proptest! {
    #[test]
    fn no_body_and_no_query_make_it_panic(body in "\\PC{0,60}", query in "[ -~]{0,40}") {
        let _ = CreateUserInput::parse(&labels::<CreateUserInput>(), &query, body.as_bytes());
        let _ = ListAgentStatusesInput::parse(&labels::<ListAgentStatusesInput>(), &query, body.as_bytes());
    }

    #[test]
    fn one_member_of_any_kind_is_read_or_refused_in_words(
        name in proptest::sample::select(vec!["Username", "SecurityProfileIds", "Tags", "PhoneConfig", "IdentityInfo"]),
        value in proptest::sample::select(vec![
            json!(null), json!(true), json!(0), json!(-1.5), json!(""), json!("x"), json!([]), json!([[]]), json!([1]),
            json!({}), json!({ "": "" }), json!({ "PhoneType": 1 }), json!({ "Email": null }),
        ]),
    ) {
        if let Err(error) = body::<CreateUserInput>(&user_with(&format!("/{name}"), Some(value))) {
            let message = error.to_string();
            prop_assert!(message.contains(name) && message.ends_with('.'), "{}", message);
            prop_assert!(!message.contains("does not match the operation"), "{}", message);
        }
    }
}
