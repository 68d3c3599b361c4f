//! Tests the agent hierarchy.

use floorkey_aws::exception::ExceptionKind::{DuplicateResource, InvalidParameter, ResourceInUse, ResourceNotFound};
use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::world::{World, column, text, timeless};

fn levels(world: &World, names: &[&str]) {
    let members = ["LevelOne", "LevelTwo", "LevelThree", "LevelFour", "LevelFive"];
    let structure: serde_json::Map<String, Value> =
        members.iter().zip(names).map(|(level, name)| ((*level).to_owned(), json!({ "Name": name }))).collect();
    let input = json!({ "HierarchyStructure": structure });
    assert_eq!(world.ok(Operation::UpdateUserHierarchyStructure, input), json!({}));
}

fn structure(world: &World) -> Value {
    timeless(world.ok(Operation::DescribeUserHierarchyStructure, json!({})))["HierarchyStructure"].clone()
}

fn group(world: &World, name: &str, parent: Option<&str>) -> String {
    let mut input = json!({ "Name": name });
    if let Some(parent) = parent {
        input["ParentGroupId"] = json!(parent);
    }
    text(&world.ok(Operation::CreateUserHierarchyGroup, input)["HierarchyGroupId"])
}

#[test]
fn levels_keep_their_ids_when_they_are_renamed() {
    let world = World::new();
    assert_eq!(structure(&world), json!({}));
    levels(&world, &["Site", "Team"]);
    let before = structure(&world);
    let id = text(&before["LevelOne"]["Id"]);
    assert_eq!(
        before["LevelOne"],
        json!({
            "Arn": world.arn("/agent-group-level/1"), "Id": id, "LastModifiedRegion": "us-east-1", "Name": "Site",
        })
    );
    levels(&world, &["Place", "Team"]);
    let after = structure(&world);
    assert_eq!((&after["LevelOne"]["Id"], &after["LevelOne"]["Name"]), (&json!(id), &json!("Place")));
    assert_eq!(after["LevelTwo"], before["LevelTwo"]);

    let gap = world.in_instance(json!({ "HierarchyStructure": { "LevelTwo": { "Name": "Team" } } }));
    let message = world.operator.refused(Operation::UpdateUserHierarchyStructure, &gap, InvalidParameter);
    assert!(message.contains("must be consecutive"), "{message}");

    let lyon = group(&world, "Lyon", None);
    group(&world, "Red", Some(&lyon));
    let empty = world.in_instance(json!({ "HierarchyStructure": {} }));
    world.operator.refused(Operation::UpdateUserHierarchyStructure, &empty, ResourceInUse);
}

#[test]
fn a_group_is_described_with_its_path() {
    let world = World::new();
    levels(&world, &["Site", "Team"]);
    let lyon = group(&world, "Lyon", None);
    let made = world.ok(
        Operation::CreateUserHierarchyGroup,
        json!({ "Name": "Red", "ParentGroupId": lyon, "Tags": { "colour": "red" } }),
    );
    let red = text(&made["HierarchyGroupId"]);
    let arn = world.arn(&format!("/agent-group/{red}"));
    assert_eq!(made, json!({ "HierarchyGroupId": red, "HierarchyGroupArn": arn }));
    let described = world.ok(Operation::DescribeUserHierarchyGroup, json!({ "HierarchyGroupId": red }));
    let region = "us-east-1";
    let summary = |id: &str, name: &str| json!({ "Arn": world.arn(&format!("/agent-group/{id}")), "Id": id, "LastModifiedRegion": region, "Name": name });
    assert_eq!(
        timeless(described),
        json!({ "HierarchyGroup": {
            "Arn": arn,
            "HierarchyPath": { "LevelOne": summary(&lyon, "Lyon"), "LevelTwo": summary(&red, "Red") },
            "Id": red,
            "LastModifiedRegion": region,
            "LevelId": structure(&world)["LevelTwo"]["Id"],
            "Name": "Red",
            "Tags": { "colour": "red" },
        }})
    );
    let listed = world.ok(Operation::ListUserHierarchyGroups, json!({}));
    assert_eq!(
        timeless(listed),
        json!({ "UserHierarchyGroupSummaryList": [summary(&lyon, "Lyon"), summary(&red, "Red")] })
    );
    let rename = json!({ "HierarchyGroupId": red, "Name": "Blue" });
    assert_eq!(world.ok(Operation::UpdateUserHierarchyGroupName, rename), json!({}));
    let twice = world.in_instance(json!({ "Name": "blue", "ParentGroupId": lyon }));
    world.operator.refused(Operation::CreateUserHierarchyGroup, &twice, DuplicateResource);
    let deep = world.in_instance(json!({ "Name": "Deep", "ParentGroupId": red }));
    world.operator.refused(Operation::CreateUserHierarchyGroup, &deep, InvalidParameter);
    let orphan = world.in_instance(json!({ "Name": "Orphan", "ParentGroupId": "x" }));
    world.operator.refused(Operation::CreateUserHierarchyGroup, &orphan, ResourceNotFound);
}

#[test]
fn a_group_with_users_or_groups_below_it_cannot_be_deleted() {
    let world = World::new();
    levels(&world, &["Site", "Team"]);
    let lyon = group(&world, "Lyon", None);
    let red = group(&world, "Red", Some(&lyon));
    let user = world.new_user("ann", &[&world.profile("Agent")]);
    world.ok(Operation::UpdateUserHierarchy, json!({ "UserId": user, "HierarchyGroupId": red }));
    let delete = |id: &str| world.in_instance(json!({ "HierarchyGroupId": id }));
    world.operator.refused(Operation::DeleteUserHierarchyGroup, &delete(&lyon), ResourceInUse);
    world.operator.refused(Operation::DeleteUserHierarchyGroup, &delete(&red), ResourceInUse);
    world.ok(Operation::UpdateUserHierarchy, json!({ "UserId": user }));
    assert_eq!(world.operator.ok(Operation::DeleteUserHierarchyGroup, &delete(&red)), json!({}));
    assert_eq!(world.operator.ok(Operation::DeleteUserHierarchyGroup, &delete(&lyon)), json!({}));
    world.operator.refused(Operation::DeleteUserHierarchyGroup, &delete(&lyon), ResourceNotFound);
    world.operator.refused(Operation::DescribeUserHierarchyGroup, &delete(&lyon), ResourceNotFound);
    let input = json!({ "HierarchyStructure": {} });
    world.ok(Operation::UpdateUserHierarchyStructure, input);
    assert_eq!(structure(&world), json!({}));
}

#[test]
fn groups_can_be_searched() {
    let world = World::new();
    levels(&world, &["Site", "Team"]);
    let lyon = group(&world, "Lyon", None);
    let graz = group(&world, "Graz", None);
    let red = group(&world, "Red", Some(&lyon));
    let tag = json!({ "resourceArn": world.arn(&format!("/agent-group/{red}")), "tags": { "colour": "red" } });
    world.operator.ok(Operation::TagResource, &tag);
    let search = |input: Value| {
        let found = world.ok(Operation::SearchUserHierarchyGroups, input);
        assert_eq!(found["ApproximateTotalCount"], found["UserHierarchyGroups"].as_array().unwrap().len());
        column(&found["UserHierarchyGroups"], "Name")
    };
    let by = |field: &str, value: &str| {
        let condition = json!({ "FieldName": field, "Value": value, "ComparisonType": "EXACT" });
        json!({ "SearchCriteria": { "StringCondition": condition } })
    };
    assert_eq!(search(json!({})), ["Graz", "Lyon", "Red"]);
    assert_eq!(search(by("name", "GRAZ")), ["Graz"]);
    assert_eq!(search(by("parentId", &lyon)), ["Red"]);
    assert_eq!(search(by("resourceID", &graz)), ["Graz"]);
    assert_eq!(search(by("levelId", &text(&structure(&world)["LevelOne"]["Id"]))), ["Graz", "Lyon"]);
    let filter = json!({ "TagCondition": { "TagKey": "colour", "TagValue": "red" } });
    assert_eq!(search(json!({ "SearchFilter": { "AttributeFilter": filter } })), ["Red"]);
    let filter = json!({ "AndCondition": { "TagConditions": [{ "TagKey": "colour" }, { "TagKey": "size" }] } });
    assert!(search(json!({ "SearchFilter": { "AttributeFilter": filter } })).is_empty());
    let wrong = world.in_instance(by("colour", "red"));
    let message = world.operator.refused(Operation::SearchUserHierarchyGroups, &wrong, InvalidParameter);
    assert!(message.contains("name, parentId, levelId, resourceId"), "{message}");
}
