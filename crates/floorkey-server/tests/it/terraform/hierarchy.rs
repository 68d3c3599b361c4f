//! Tests `aws_connect_user_hierarchy_group` and `aws_connect_user_hierarchy_structure`.

use floorkey_aws::operation::Operation::{self, *};
use serde_json::{Value, json};

use super::{Provider, Resource, changed, filled, is_same, second, sent};
use crate::world::text;

struct Group;

/// The hierarchy levels. Each entry has the level's name in the provider and in Connect.
const LEVELS: [(&str, &str); 5] = [
    ("level_one", "LevelOne"),
    ("level_two", "LevelTwo"),
    ("level_three", "LevelThree"),
    ("level_four", "LevelFour"),
    ("level_five", "LevelFive"),
];

/// Returns each existing level as a list with one item, which has the level's ARN, ID and name.
fn flattened(levels: &Value) -> Value {
    let mut found = serde_json::Map::new();
    for (name, wire) in LEVELS {
        if let Some(level) = levels.get(wire) {
            for member in ["Arn", "Id", "Name"] {
                assert!(level[member].is_string(), "{level}");
            }
            found.insert(name.to_owned(), json!([{ "arn": level["Arn"], "id": level["Id"], "name": level["Name"] }]));
        }
    }
    json!([found])
}

impl Resource for Group {
    // The provider does not read the parent group. The state keeps the configured parent, and changing the parent
    // creates a new group.
    const COMPUTED: &'static [&'static str] = &["arn", "hierarchy_group_id", "hierarchy_path", "level_id"];

    fn create(&self, provider: &Provider, config: &Value) -> String {
        let input = sent(json!({
            "Name": config["name"], "Tags": filled(&config["tags"]), "ParentGroupId": filled(&config["parent_group_id"]),
        }));
        let made = provider.ok(CreateUserHierarchyGroup, input);
        format!("{}:{}", provider.instance(), text(&made["HierarchyGroupId"]))
    }

    fn read(&self, provider: &Provider, id: &str) -> Option<Value> {
        let of = json!({ "HierarchyGroupId": second(id) });
        let group = provider.found(DescribeUserHierarchyGroup, of)?["HierarchyGroup"].clone();
        Some(json!({
            "arn": group["Arn"],
            "hierarchy_group_id": group["Id"],
            "hierarchy_path": flattened(&group["HierarchyPath"]),
            "instance_id": provider.instance(),
            "level_id": group["LevelId"],
            "name": group["Name"],
            "tags": group["Tags"],
        }))
    }

    fn update(&self, provider: &Provider, id: &str, state: &Value, config: &Value) {
        if changed(state, config, "name") {
            let input = json!({ "HierarchyGroupId": second(id), "Name": config["name"] });
            assert_eq!(provider.ok(UpdateUserHierarchyGroupName, input), json!({}));
        }
    }

    fn delete(&self, _: &Provider, id: &str) -> (Operation, Value) {
        (DeleteUserHierarchyGroup, json!({ "HierarchyGroupId": second(id) }))
    }
}

/// Makes the calls for the hierarchy structure. The provider uses the same operation to create, update and delete the
/// structure.
fn set(provider: &Provider, levels: &[&str]) {
    let named = LEVELS.iter().zip(levels).map(|((_, wire), name)| ((*wire).to_owned(), json!({ "Name": name })));
    let structure = Value::Object(named.collect());
    assert_eq!(provider.ok(UpdateUserHierarchyStructure, json!({ "HierarchyStructure": structure })), json!({}));
    let read = provider.ok(DescribeUserHierarchyStructure, json!({}));
    // The API must return the structure even if it is empty. Without a structure, the provider reports an error.
    let state = flattened(read.get("HierarchyStructure").expect("a structure"));
    for ((name, _), wanted) in LEVELS.iter().zip(levels) {
        assert_eq!(state[0][name][0]["name"], *wanted);
    }
    assert_eq!(state[0].as_object().unwrap().len(), levels.len());
    assert_eq!(provider.ok(DescribeUserHierarchyStructure, json!({})), read, "planned again, and imported");
}

#[test]
fn a_structure_is_created_changed_imported_and_emptied() {
    let provider = Provider::new();
    set(&provider, &["Country"]);
    set(&provider, &["Country", "Site", "Team"]);
    let before = provider.ok(DescribeUserHierarchyStructure, json!({}))["HierarchyStructure"].clone();
    set(&provider, &["Nation", "Site", "Team", "Desk", "Seat"]);
    let after = provider.ok(DescribeUserHierarchyStructure, json!({}))["HierarchyStructure"].clone();
    assert_eq!(before["LevelOne"]["Id"], after["LevelOne"]["Id"], "a renamed level keeps its id");
    set(&provider, &["Nation", "Site"]);
    set(&provider, &[]);
}

#[test]
fn groups_are_created_renamed_imported_and_deleted() {
    let provider = Provider::new();
    set(&provider, &["Country", "Site"]);
    let config = |name: &str, tags: Value| json!({ "instance_id": provider.instance(), "name": name, "tags": tags });
    let top = [config("France", json!({ "a": "1" })), config("Germany", json!({ "a": "1", "b": "2" }))];
    provider.live(&Group, &top);
    let parent = Group.create(&provider, &config("France", json!({})));
    let below = |name: &str| json!({ "name": name, "parent_group_id": second(&parent) });
    let id = Group.create(&provider, &below("Lyon"));
    let state = Group.read(&provider, &id).unwrap();
    assert_eq!(state["hierarchy_path"][0]["level_one"][0]["name"], "France");
    assert_eq!(state["hierarchy_path"][0]["level_two"][0]["name"], "Lyon");
    let structure = provider.ok(DescribeUserHierarchyStructure, json!({}));
    assert!(is_same(&state["level_id"], &structure["HierarchyStructure"]["LevelTwo"]["Id"]));
    Group.update(&provider, &id, &state, &below("Nantes"));
    assert_eq!(Group.read(&provider, &id).unwrap()["name"], "Nantes");
    for id in [id, parent] {
        let (operation, input) = Group.delete(&provider, &id);
        provider.ok(operation, input);
    }
    set(&provider, &[]);
}
