//! Tests the agent hierarchy.

use floorkey::{Command, HierarchyGroupId, HierarchyLevelId};

use crate::matrix::applications::{order, orders};
use crate::test_instance::{TestInstance, actor_of, granting_below, operator, tags};

fn make(instance: &mut TestInstance, name: &str, parent: Option<HierarchyGroupId>) -> Command {
    let id = HierarchyGroupId::from_bits(instance.next_id());
    Command::CreateUserHierarchyGroup { id, name: name.to_owned(), parent, tags: tags(&[]) }
}

fn levels(names: &[&str]) -> Command {
    let level = |(at, name): (usize, &&str)| ((*name).to_owned(), HierarchyLevelId::from_bits(50 + at as u128));
    Command::UpdateUserHierarchyStructure { levels: names.iter().enumerate().map(level).collect() }
}

#[test]
fn a_group_needs_an_existing_level() {
    let mut instance = TestInstance::new();
    let command = make(&mut instance, "North", None);
    assert_eq!(instance.refusal_code(&operator(), command.clone()), "invalid");
    instance.run_ok(&operator(), levels(&["Region"]));
    instance.run_ok(&operator(), command);
    let north = instance.directory.group_by_name(None, "North").unwrap().id;
    let below = make(&mut instance, "Harbour", Some(north));
    assert_eq!(instance.refusal_code(&operator(), below), "invalid");
    let nowhere = make(&mut instance, "Harbour", Some(HierarchyGroupId::from_bits(7)));
    assert_eq!(instance.refusal_code(&operator(), nowhere), "not-found");
}

#[test]
fn there_are_at_most_five_levels_and_renaming_keeps_their_ids() {
    let mut instance = TestInstance::new();
    assert_eq!(instance.refusal_code(&operator(), levels(&["1", "2", "3", "4", "5", "6"])), "limit-exceeded");
    assert_eq!(instance.refusal_code(&operator(), levels(&["Region", ""])), "invalid");
    instance.run_ok(&operator(), levels(&["Region", "Site"]));
    let before = [instance.level(0), instance.level(1)];
    instance.now = floorkey::Timestamp::from_millis(instance.now.as_millis() + 5);
    instance.run_ok(&operator(), levels(&["Region", "Place", "Team"]));
    assert_eq!(instance.level(0), before[0]);
    assert_eq!((instance.level(1).id, instance.level(1).name.as_str()), (before[1].id, "Place"));
    assert_ne!(instance.level(1).modified, before[1].modified);
    assert_eq!(instance.directory.hierarchy_structure().levels.len(), 3);
}

#[test]
fn a_level_with_groups_cannot_be_removed() {
    let mut instance = TestInstance::new();
    instance.levels(&["Region", "Site"]);
    let north = instance.group("North", None);
    let harbour = instance.group("Harbour", Some(north));
    assert_eq!(instance.refusal_code(&operator(), levels(&["Region"])), "in-use");
    instance.run_ok(&operator(), Command::DeleteUserHierarchyGroup { group: harbour });
    instance.run_ok(&operator(), levels(&["Region"]));
    assert_eq!(instance.refusal_code(&operator(), levels(&[])), "in-use");
}

#[test]
fn a_group_can_be_deleted_only_when_it_is_not_in_use() {
    let mut instance = TestInstance::new();
    instance.levels(&["Region", "Site"]);
    let north = instance.group("North", None);
    let harbour = instance.group("Harbour", Some(north));
    let ann = instance.create_user("ann", &["Agent"]);
    let place = |group| Command::UpdateUserHierarchy { user: ann, group };
    let delete = |group| Command::DeleteUserHierarchyGroup { group };
    assert_eq!(instance.refusal_code(&operator(), delete(north)), "in-use");
    instance.run_ok(&operator(), place(Some(harbour)));
    assert_eq!(instance.directory.group_user_count(harbour), 1);
    assert_eq!(instance.refusal_code(&operator(), delete(harbour)), "in-use");
    instance.run_ok(&operator(), place(None));
    let profile = instance.create_profile("Harbour masters", granting_below(&["Users.Edit"], Some(harbour)));
    assert_eq!(instance.refusal_code(&operator(), delete(harbour)), "in-use");
    instance.run_ok(&operator(), Command::DeleteSecurityProfile { profile });
    instance.run_ok(&operator(), delete(harbour));
    instance.run_ok(&operator(), delete(north));
    assert_eq!(instance.refusal_code(&operator(), delete(north)), "not-found");
    assert_eq!(instance.refusal_code(&operator(), place(Some(north))), "not-found");
}

#[test]
fn names_are_unique_under_one_parent() {
    let mut instance = TestInstance::new();
    instance.levels(&["Region", "Site"]);
    let (north, south) = (instance.group("North", None), instance.group("South", None));
    let harbour = instance.group("Harbour", Some(north));
    instance.group("Harbour", Some(south));
    let again = make(&mut instance, "HARBOUR", Some(north));
    assert_eq!(instance.refusal_code(&operator(), again), "duplicate");
    let rename = |group, name: &str| Command::UpdateUserHierarchyGroupName { group, name: name.to_owned() };
    let refusal = instance.run(&operator(), rename(south, "north")).unwrap_err();
    assert_eq!(refusal.code(), "duplicate");
    assert!(refusal.to_string().contains("`North`"), "{refusal}");
    instance.run_ok(&operator(), rename(harbour, "HARBOUR"));
    let long = "x".repeat(51);
    for name in ["", long.as_str(), "a\u{7}"] {
        assert_eq!(instance.refusal_code(&operator(), rename(harbour, name)), "invalid", "{name:?}");
    }
    let path: Vec<_> = instance.directory.group_path(harbour).iter().map(|group| group.name.clone()).collect();
    assert_eq!(path, ["North", "HARBOUR"]);
}

#[test]
fn a_group_with_a_resource_of_an_application_cannot_be_deleted() {
    let mut instance = TestInstance::new();
    instance.levels(&["Region"]);
    let north = instance.group("North", None);
    instance.create_profile_granting("Groups", &["AgentGrouping.Edit"]);
    let mia = actor_of(instance.create_user("mia", &["Groups"]));
    instance.run_ok(&operator(), Command::RegisterApplication(Box::new(orders())));
    let mut order = order("secret-order");
    order.hierarchy_group = Some(north);
    let put = |order: &floorkey::ApplicationResource| Command::PutApplicationResources {
        namespace: "orders".to_owned(),
        resources: vec![order.clone()],
    };
    instance.run_ok(&operator(), put(&order));
    let delete = Command::DeleteUserHierarchyGroup { group: north };
    let refusal = floorkey::plan(&instance.directory, &mia, &delete, instance.now).unwrap_err();
    assert!(refusal.code() == "in-use" && !refusal.to_string().contains("secret-order"), "{refusal}");
    let refusal = floorkey::plan(&instance.directory, &operator(), &delete, instance.now).unwrap_err();
    assert!(refusal.to_string().contains("`secret-order`"), "{refusal}");
    order.hierarchy_group = None;
    instance.run_ok(&operator(), put(&order));
    instance.run_ok(&mia, delete);
}
