//! What scoped users, and users who only inherit a list, get to see.

use floorkey_connect::exception::ExceptionKind::{AccessDenied, ResourceNotFound};
use floorkey_connect::operation::Operation;
use serde_json::{Value, json};

use crate::client::Client;
use crate::world::{World, column, text};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// A user whose profile reaches only things tagged `site: lyon`, of these types.
fn scoped(world: &World, username: &str, permissions: &[&str], types: &[&str]) -> Client {
    let made = world.ok(
        Operation::CreateSecurityProfile,
        json!({
            "SecurityProfileName": format!("scoped {username}"), "Permissions": permissions,
            "AllowedAccessControlTags": { "site": "lyon" }, "TagRestrictedResources": types,
        }),
    );
    let user = world.new_user(username, &[&text(&made["SecurityProfileId"])]);
    world.server.as_user(&world.instance, &user)
}

fn tagged(world: &World, username: &str, site: &str) -> String {
    let mut input = world.user_input(username, &[&world.profile("Agent")]);
    input["Tags"] = json!({ "site": site });
    text(&world.operator.ok(Operation::CreateUser, &input)["UserId"])
}

#[test]
fn a_scoped_user_sees_the_rows_inside_and_no_trace_of_the_others() {
    let world = World::new();
    let (inside, outside) = (tagged(&world, "inside", "lyon"), tagged(&world, "outside", "graz"));
    let ann = scoped(&world, "ann", &["Users.Edit"], &["User"]);
    let names = |list: Value| column(&list["UserSummaryList"], "Username");
    assert_eq!(names(ann.ok(Operation::ListUsers, &world.in_instance(json!({})))), ["inside"]);
    let found = ann.ok(Operation::SearchUsers, &world.in_instance(json!({})));
    assert_eq!(
        (column(&found["Users"], "Username"), &found["ApproximateTotalCount"]),
        (vec!["inside".to_owned()], &json!(1))
    );
    let of = |user: &str| world.in_instance(json!({ "UserId": user }));
    ann.ok(Operation::DescribeUser, &of(&inside));
    // What lies outside and what does not exist look alike.
    for operation in [Operation::DescribeUser, Operation::ListUserProficiencies, Operation::DeleteUser] {
        let exists = ann.refused(operation, &of(&outside), AccessDenied).replace(&outside, "");
        let absent = ann.refused(operation, &of(NOBODY), AccessDenied).replace(NOBODY, "");
        assert_eq!(exists, absent);
        world.operator.ok(Operation::DescribeUser, &of(&outside));
    }
    let update = |user: &str| {
        let mut input = of(user);
        input["IdentityInfo"] = json!({ "FirstName": "X", "LastName": "Y" });
        input
    };
    ann.ok(Operation::UpdateUserIdentityInfo, &update(&inside));
    ann.refused(Operation::UpdateUserIdentityInfo, &update(&outside), AccessDenied);
    ann.refused(Operation::UpdateUserIdentityInfo, &update(NOBODY), AccessDenied);
    // What is moved out of the scope, or tagged out of it, would be lost.
    let untag = json!({ "resourceArn": world.arn(&format!("/agent/{inside}")), "tagKeys": ["site"] });
    ann.refused(Operation::UntagResource, &untag, AccessDenied);
}

#[test]
fn who_may_not_look_does_not_learn_what_exists() {
    let world = World::new();
    let user = world.new_user("somebody", &[&world.profile("Agent")]);
    let ann = world.somebody("ann", &["BasicAgentAccess"]);
    let of = |user: &str| world.in_instance(json!({ "UserId": user }));
    let exists = ann.refused(Operation::DescribeUser, &of(&user), AccessDenied);
    assert_eq!(exists, "DescribeUser needs the permission Users.View, which you do not hold.");
    assert_eq!(exists, ann.refused(Operation::DescribeUser, &of(NOBODY), AccessDenied));
    assert_eq!(exists, ann.refused(Operation::DescribeUser, &of("x"), AccessDenied));
    // Whoever may look is told that there is nothing.
    let ben = world.somebody("ben", &["Users.View"]);
    ben.refused(Operation::DescribeUser, &of(NOBODY), ResourceNotFound);
    ann.refused(Operation::ListUsers, &world.in_instance(json!({})), AccessDenied);
    ann.refused(Operation::SearchUsers, &world.in_instance(json!({})), AccessDenied);
}

#[test]
fn an_inherited_list_shows_names_and_nothing_more() {
    let world = World::new();
    let ann = world.somebody("ann", &["Users.View"]);
    let all = world.in_instance(json!({}));
    let lists = [
        (Operation::ListSecurityProfiles, "SecurityProfileSummaryList"),
        (Operation::ListRoutingProfiles, "RoutingProfileSummaryList"),
        (Operation::SearchSecurityProfiles, "SecurityProfiles"),
    ];
    for (operation, rows) in lists {
        let list = ann.ok(operation, &all)[rows].clone();
        assert!(!list.as_array().unwrap().is_empty());
        for row in list.as_array().unwrap() {
            let members: Vec<_> = row.as_object().unwrap().keys().map(String::as_str).collect();
            let name = if rows == "SecurityProfiles" { "SecurityProfileName" } else { "Name" };
            assert_eq!(members, ["Arn", "Id", name], "{}", operation.name());
        }
    }
    let profile = world.in_instance(json!({ "SecurityProfileId": world.profile("Admin") }));
    for operation in [Operation::DescribeSecurityProfile, Operation::ListSecurityProfilePermissions] {
        ann.refused(operation, &profile, AccessDenied);
    }
    ann.refused(Operation::ListQueues, &all, AccessDenied);
    // What isn't shown can't be found out by filtering either.
    let arn = world.arn(&format!("/security-profile/{}", world.profile("Agent")));
    world.operator.ok(Operation::TagResource, &json!({ "resourceArn": arn, "tags": { "secret": "yes" } }));
    let filter = json!({ "TagFilter": { "TagCondition": { "TagKey": "secret" } } });
    let filtered = world.in_instance(json!({ "SearchFilter": filter }));
    let found =
        |client: &Client| client.ok(Operation::SearchSecurityProfiles, &filtered)["ApproximateTotalCount"].clone();
    assert_eq!((found(&world.operator), found(&ann)), (json!(1), json!(0)));
}

#[test]
fn an_inherited_list_is_cut_by_the_holder_s_scope() {
    let world = World::new();
    let arn = world.arn(&format!("/security-profile/{}", world.profile("Agent")));
    world.operator.ok(Operation::TagResource, &json!({ "resourceArn": arn, "tags": { "site": "lyon" } }));
    let ann = scoped(&world, "ann", &["Users.View"], &["SecurityProfile"]);
    let list = ann.ok(Operation::ListSecurityProfiles, &world.in_instance(json!({})));
    assert_eq!(column(&list["SecurityProfileSummaryList"], "Name"), ["Agent"]);
}

#[test]
fn users_found_by_an_inherited_list_are_not_told_apart_by_what_is_hidden() {
    let world = World::new();
    tagged(&world, "hidden", "lyon");
    let ann = world.somebody("ann", &["TransferDestinations.View"]);
    let search = |field: &str, value: &str| {
        let condition = json!({ "FieldName": field, "Value": value, "ComparisonType": "EXACT" });
        let input = world.in_instance(json!({ "SearchCriteria": { "StringCondition": condition } }));
        ann.ok(Operation::SearchUsers, &input)["Users"].clone()
    };
    let found = search("Username", "hidden");
    assert_eq!(found[0].as_object().unwrap().keys().collect::<Vec<_>>(), ["Arn", "Id", "Username"]);
    assert_eq!(search("LastName", "other"), json!([]));
    assert_eq!(search("SecurityProfileId", &world.profile("Admin")), json!([]));
    let filter = json!({ "TagFilter": { "TagCondition": { "TagKey": "site" } } });
    let tagged = ann.ok(Operation::SearchUsers, &world.in_instance(json!({ "SearchFilter": filter })));
    assert_eq!(tagged["Users"], json!([]));
}
