//! Tests what users see in the API if their permissions have a scope, or if they have only an inherited List
//! permission.

use floorkey_aws::exception::ExceptionKind::{AccessDenied, ResourceNotFound};
use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::client::Client;
use crate::world::{World, column, text};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// Creates a user whose permissions on the given resource types apply only to resources with the tag `site: lyon`.
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
fn a_scoped_user_sees_the_rows_in_scope_and_no_trace_of_the_others() {
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
    // The message for a user outside the scope is the same as for a user who does not exist.
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
    // The request is refused, because removing the tag would move the user out of the scope.
    let untag = json!({ "resourceArn": world.arn(&format!("/agent/{inside}")), "tagKeys": ["site"] });
    ann.refused(Operation::UntagResource, &untag, AccessDenied);
}

#[test]
fn without_a_view_permission_users_do_not_learn_what_exists() {
    let world = World::new();
    let user = world.new_user("somebody", &[&world.profile("Agent")]);
    let ann = world.somebody("ann", &["BasicAgentAccess"]);
    let of = |user: &str| world.in_instance(json!({ "UserId": user }));
    let exists = ann.refused(Operation::DescribeUser, &of(&user), AccessDenied);
    assert_eq!(exists, "DescribeUser requires the permission Users.View, which you don't have.");
    assert_eq!(exists, ann.refused(Operation::DescribeUser, &of(NOBODY), AccessDenied));
    assert_eq!(exists, ann.refused(Operation::DescribeUser, &of("x"), AccessDenied));
    // A caller who has the permission is told that the user does not exist.
    let ben = world.somebody("ben", &["Users.View"]);
    ben.refused(Operation::DescribeUser, &of(NOBODY), ResourceNotFound);
    ann.refused(Operation::ListUsers, &world.in_instance(json!({})), AccessDenied);
    ann.refused(Operation::SearchUsers, &world.in_instance(json!({})), AccessDenied);
}

#[test]
fn an_inherited_list_shows_ids_and_names_only() {
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
    // A filter does not reveal attributes that the list does not show.
    let arn = world.arn(&format!("/security-profile/{}", world.profile("Agent")));
    world.operator.ok(Operation::TagResource, &json!({ "resourceArn": arn, "tags": { "secret": "yes" } }));
    let filter = json!({ "TagFilter": { "TagCondition": { "TagKey": "secret" } } });
    let filtered = world.in_instance(json!({ "SearchFilter": filter }));
    let found =
        |client: &Client| client.ok(Operation::SearchSecurityProfiles, &filtered)["ApproximateTotalCount"].clone();
    assert_eq!((found(&world.operator), found(&ann)), (json!(1), json!(0)));
}

#[test]
fn an_inherited_list_is_limited_to_the_scope_of_its_user() {
    let world = World::new();
    let arn = world.arn(&format!("/security-profile/{}", world.profile("Agent")));
    world.operator.ok(Operation::TagResource, &json!({ "resourceArn": arn, "tags": { "site": "lyon" } }));
    let ann = scoped(&world, "ann", &["Users.View"], &["SecurityProfile"]);
    let list = ann.ok(Operation::ListSecurityProfiles, &world.in_instance(json!({})));
    assert_eq!(column(&list["SecurityProfileSummaryList"], "Name"), ["Agent"]);
}

#[test]
fn users_in_an_inherited_list_cannot_be_searched_by_hidden_attributes() {
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
