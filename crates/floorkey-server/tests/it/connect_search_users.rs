//! Tests searches for users.

use floorkey_aws::exception::ExceptionKind::InvalidParameter;
use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::world::{World, column, text};

/// A test setup with three users. Tests search for the users' names, tags, hierarchy groups and proficiencies.
struct Town {
    world: World,
    lyon: String,
    red: String,
    users: Vec<String>,
}

impl Town {
    fn new() -> Self {
        let world = World::new();
        let levels = json!({ "LevelOne": { "Name": "Site" }, "LevelTwo": { "Name": "Team" } });
        world.ok(Operation::UpdateUserHierarchyStructure, json!({ "HierarchyStructure": levels }));
        let group = |input| text(&world.ok(Operation::CreateUserHierarchyGroup, input)["HierarchyGroupId"]);
        let lyon = group(json!({ "Name": "Lyon" }));
        let red = group(json!({ "Name": "Red", "ParentGroupId": lyon }));
        let agent = world.profile("Agent");
        let mut users = Vec::new();
        for (username, first, place, site) in
            [("ann", "Ann", Some(&lyon), "lyon"), ("Ben", "Benoît", Some(&red), "lyon"), ("cem", "Cem", None, "graz")]
        {
            let mut input = world.user_input(username, &[&agent]);
            input["IdentityInfo"]["FirstName"] = json!(first);
            input["Tags"] = json!({ "site": site });
            if let Some(place) = place {
                input["HierarchyGroupId"] = json!(place);
            }
            users.push(text(&world.operator.ok(Operation::CreateUser, &input)["UserId"]));
        }
        let skills = json!([
            { "AttributeName": "Language", "AttributeValue": "French", "Level": 4 },
            { "AttributeName": "Product", "AttributeValue": "Printers", "Level": 2 },
        ]);
        let input = json!({ "UserId": users[1], "UserProficiencies": skills });
        world.ok(Operation::AssociateUserProficiencies, input);
        Self { world, lyon, red, users }
    }

    fn search(&self, input: Value) -> Vec<String> {
        let found = self.world.ok(Operation::SearchUsers, input);
        assert_eq!(found["ApproximateTotalCount"], found["Users"].as_array().unwrap().len());
        column(&found["Users"], "Username")
    }

    fn criteria(&self, criteria: Value) -> Vec<String> {
        self.search(json!({ "SearchCriteria": criteria }))
    }

    fn filter(&self, filter: Value) -> Vec<String> {
        self.search(json!({ "SearchFilter": filter }))
    }
}

fn condition(field: &str, how: &str, value: &str) -> Value {
    json!({ "StringCondition": { "FieldName": field, "Value": value, "ComparisonType": how } })
}

#[test]
fn users_are_found_by_each_field() {
    let town = Town::new();
    assert_eq!(town.search(json!({})), ["admin", "ann", "Ben", "cem"]);
    for (field, how, value, found) in [
        ("Username", "STARTS_WITH", "A", vec!["admin", "ann"]),
        ("username", "EXACT", "BEN", vec!["Ben"]),
        ("FirstName", "CONTAINS", "NOÎ", vec!["Ben"]),
        ("LastName", "EXACT", "other", vec!["ann", "Ben", "cem"]),
        ("RoutingProfileId", "EXACT", &town.world.routing_profile(), vec!["admin", "ann", "Ben", "cem"]),
        ("SecurityProfileId", "EXACT", &town.world.profile("Agent"), vec!["ann", "Ben", "cem"]),
        ("resourceId", "EXACT", &town.users[2], vec!["cem"]),
        ("ResourceId", "EXACT", &town.users[0], vec!["ann"]),
    ] {
        assert_eq!(town.criteria(condition(field, how, value)), found, "{field} {how} {value}");
    }
    let or = json!({ "OrConditions": [condition("Username", "EXACT", "cem"), condition("FirstName", "EXACT", "ann")] });
    assert_eq!(town.criteria(or.clone()), ["ann", "cem"]);
    let and = json!({ "AndConditions": [or, { "AndConditions": [condition("Username", "CONTAINS", "n")] }] });
    assert_eq!(town.criteria(and), ["ann"]);
}

#[test]
fn users_are_found_by_hierarchy_group_proficiency_and_tags() {
    let town = Town::new();
    let group = |value: &str, how: &str| json!({ "HierarchyGroupCondition": { "Value": value, "HierarchyGroupMatchType": how } });
    assert_eq!(town.criteria(group(&town.lyon, "EXACT")), ["ann"]);
    assert_eq!(town.criteria(group(&town.lyon, "WITH_CHILD_GROUPS")), ["ann", "Ben"]);
    assert_eq!(town.criteria(group(&town.red, "WITH_CHILD_GROUPS")), ["Ben"]);
    assert!(town.criteria(group("x", "EXACT")).is_empty());

    let skill = |value: &str, how: &str, least: i32| {
        let number = json!({ "FieldName": "Language", "MinValue": least, "ComparisonType": how });
        let conditions = json!([condition("Language", "EXACT", value), { "NumberCondition": number }]);
        json!({ "ListCondition": { "TargetListType": "PROFICIENCIES", "Conditions": conditions } })
    };
    assert_eq!(town.criteria(skill("french", "GREATER_OR_EQUAL", 4)), ["Ben"]);
    assert!(town.criteria(skill("french", "GREATER", 4)).is_empty());
    assert!(town.criteria(skill("dutch", "GREATER_OR_EQUAL", 1)).is_empty());

    let tag = |value: &str| json!({ "TagKey": "site", "TagValue": value });
    assert_eq!(town.filter(json!({ "TagFilter": { "TagCondition": tag("lyon") } })), ["ann", "Ben"]);
    let or = json!({ "TagFilter": { "OrConditions": [[tag("lyon"), { "TagKey": "x" }], [tag("graz")]] } });
    assert_eq!(town.filter(or), ["cem"]);
    let place = json!({ "Value": town.red, "HierarchyGroupMatchType": "EXACT" });
    let and = json!({ "TagConditions": [tag("lyon")], "HierarchyGroupCondition": place });
    assert_eq!(town.filter(json!({ "UserAttributeFilter": { "AndCondition": and } })), ["Ben"]);
    let or = json!({ "OrConditions": [{ "HierarchyGroupCondition": place }, { "TagConditions": [tag("graz")] }] });
    assert_eq!(town.filter(json!({ "UserAttributeFilter": or })), ["Ben", "cem"]);
    let both = json!({ "SearchFilter": { "TagFilter": { "TagCondition": tag("lyon") } },
        "SearchCriteria": condition("Username", "STARTS_WITH", "a") });
    assert_eq!(town.search(both), ["ann"]);
}

#[test]
fn a_row_has_no_email_and_its_times_are_in_milliseconds() {
    let town = Town::new();
    let phone = json!({ "PhoneType": "SOFT_PHONE", "AfterContactWorkTimeLimit": 2_000_000 });
    town.world.ok(Operation::UpdateUserPhoneConfig, json!({ "UserId": town.users[0], "PhoneConfig": phone }));
    let input = json!({ "SearchCriteria": condition("Username", "EXACT", "ann") });
    let found = town.world.ok(Operation::SearchUsers, input);
    let limit = json!({ "AfterContactWorkTimeLimit": 2_000_000_000 });
    let entry = |channel: &str| json!({ "AfterContactWorkConfig": limit, "Channel": channel });
    let entries = ["VOICE", "CHAT", "TASK", "EMAIL"].map(entry);
    assert_eq!(
        found["Users"][0],
        json!({
            "AfterContactWorkConfigs": entries,
            "Arn": town.world.arn(&format!("/agent/{}", town.users[0])),
            "HierarchyGroupId": town.lyon,
            "Id": town.users[0],
            "IdentityInfo": { "FirstName": "Ann", "LastName": "Other" },
            "PhoneConfig": {
                "AfterContactWorkTimeLimit": 2_000_000_000, "AutoAccept": false, "PhoneType": "SOFT_PHONE",
            },
            "PhoneNumberConfigs": [{ "Channel": "VOICE", "PhoneType": "SOFT_PHONE" }],
            "RoutingProfileId": town.world.routing_profile(),
            "SecurityProfileIds": [town.world.profile("Agent")],
            "Tags": { "site": "lyon" },
            "Username": "ann",
        })
    );
}

#[test]
fn invalid_searches_are_refused_with_what_would_be_right() {
    let town = Town::new();
    let refused = |input: Value, part: &str| {
        let input = town.world.in_instance(input);
        let message = town.world.operator.refused(Operation::SearchUsers, &input, InvalidParameter);
        assert!(message.contains(part), "{part}: {message}");
    };
    let criteria = |criteria: Value| json!({ "SearchCriteria": criteria });
    refused(
        criteria(condition("Email", "EXACT", "x")),
        "Username, FirstName, LastName, RoutingProfileId, SecurityProfileId, resourceId",
    );
    refused(criteria(json!({ "StringCondition": { "FieldName": "Username", "Value": "x" } })), "ComparisonType");
    let mut two = condition("Username", "EXACT", "x");
    two["OrConditions"] = json!([{}]);
    refused(criteria(two), "must have one of");
    refused(criteria(json!({ "HierarchyGroupCondition": {} })), "Value");
    refused(criteria(json!({ "ListCondition": { "TargetListType": "PROFICIENCIES" } })), "Conditions");
    refused(criteria(json!({ "ListCondition": { "TargetListType": "HOBBIES" } })), "TargetListType");
    let key = json!({ "TagKey": "site" });
    let both = json!({ "TagFilter": { "TagCondition": key }, "UserAttributeFilter": { "TagCondition": key } });
    refused(json!({ "SearchFilter": both }), "not both");
    refused(json!({ "SearchFilter": { "TagFilter": { "TagCondition": {} } } }), "TagKey");
    let many = json!({ "AndCondition": { "TagConditions": vec![key; 26] } });
    refused(json!({ "SearchFilter": { "UserAttributeFilter": many } }), "25 tag conditions");
    refused(json!({ "MaxResults": 501 }), "MaxResults");
    refused(json!({ "NextToken": "junk" }), "NextToken");
}
