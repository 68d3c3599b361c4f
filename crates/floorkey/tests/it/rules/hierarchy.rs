//! The agent hierarchy.

use floorkey::{Command, HierarchyGroupId, HierarchyLevelId};

use crate::matrix::applications::{order, orders};
use crate::test_instance::{TestInstance, actor_of, granting_below, operator, tags};

fn make(world: &mut TestInstance, name: &str, parent: Option<HierarchyGroupId>) -> Command {
    let id = HierarchyGroupId::from_bits(world.next_id());
    Command::CreateUserHierarchyGroup { id, name: name.to_owned(), parent, tags: tags(&[]) }
}

fn levels(names: &[&str]) -> Command {
    let level = |(at, name): (usize, &&str)| ((*name).to_owned(), HierarchyLevelId::from_bits(50 + at as u128));
    Command::UpdateUserHierarchyStructure { levels: names.iter().enumerate().map(level).collect() }
}

#[test]
fn a_group_needs_an_existing_level() {
    let mut world = TestInstance::new();
    let command = make(&mut world, "North", None);
    assert_eq!(world.refusal_code(&operator(), command.clone()), "invalid");
    world.run_ok(&operator(), levels(&["Region"]));
    world.run_ok(&operator(), command);
    let north = world.directory.group_by_name(None, "North").unwrap().id;
    let below = make(&mut world, "Harbour", Some(north));
    assert_eq!(world.refusal_code(&operator(), below), "invalid");
    let nowhere = make(&mut world, "Harbour", Some(HierarchyGroupId::from_bits(7)));
    assert_eq!(world.refusal_code(&operator(), nowhere), "not-found");
}

#[test]
fn there_are_at_most_five_levels_and_renaming_keeps_their_ids() {
    let mut world = TestInstance::new();
    assert_eq!(world.refusal_code(&operator(), levels(&["1", "2", "3", "4", "5", "6"])), "limit-exceeded");
    assert_eq!(world.refusal_code(&operator(), levels(&["Region", ""])), "invalid");
    world.run_ok(&operator(), levels(&["Region", "Site"]));
    let before = [world.level(0), world.level(1)];
    world.now = floorkey::Timestamp::from_millis(world.now.as_millis() + 5);
    world.run_ok(&operator(), levels(&["Region", "Place", "Team"]));
    assert_eq!(world.level(0), before[0]);
    assert_eq!((world.level(1).id, world.level(1).name.as_str()), (before[1].id, "Place"));
    assert_ne!(world.level(1).modified, before[1].modified);
    assert_eq!(world.directory.structure().levels.len(), 3);
}

#[test]
fn a_level_with_groups_cannot_be_removed() {
    let mut world = TestInstance::new();
    world.levels(&["Region", "Site"]);
    let north = world.group("North", None);
    let harbour = world.group("Harbour", Some(north));
    assert_eq!(world.refusal_code(&operator(), levels(&["Region"])), "in-use");
    world.run_ok(&operator(), Command::DeleteUserHierarchyGroup { group: harbour });
    world.run_ok(&operator(), levels(&["Region"]));
    assert_eq!(world.refusal_code(&operator(), levels(&[])), "in-use");
}

#[test]
fn a_group_can_be_deleted_only_when_it_is_not_in_use() {
    let mut world = TestInstance::new();
    world.levels(&["Region", "Site"]);
    let north = world.group("North", None);
    let harbour = world.group("Harbour", Some(north));
    let ann = world.create_user("ann", &["Agent"]);
    let place = |group| Command::UpdateUserHierarchy { user: ann, group };
    let delete = |group| Command::DeleteUserHierarchyGroup { group };
    assert_eq!(world.refusal_code(&operator(), delete(north)), "in-use");
    world.run_ok(&operator(), place(Some(harbour)));
    assert_eq!(world.directory.group_user_count(harbour), 1);
    assert_eq!(world.refusal_code(&operator(), delete(harbour)), "in-use");
    world.run_ok(&operator(), place(None));
    let profile = world.create_profile("Harbour masters", granting_below(&["Users.Edit"], Some(harbour)));
    assert_eq!(world.refusal_code(&operator(), delete(harbour)), "in-use");
    world.run_ok(&operator(), Command::DeleteSecurityProfile { profile });
    world.run_ok(&operator(), delete(harbour));
    world.run_ok(&operator(), delete(north));
    assert_eq!(world.refusal_code(&operator(), delete(north)), "not-found");
    assert_eq!(world.refusal_code(&operator(), place(Some(north))), "not-found");
}

#[test]
fn names_are_unique_under_one_parent() {
    let mut world = TestInstance::new();
    world.levels(&["Region", "Site"]);
    let (north, south) = (world.group("North", None), world.group("South", None));
    let harbour = world.group("Harbour", Some(north));
    world.group("Harbour", Some(south));
    let again = make(&mut world, "HARBOUR", Some(north));
    assert_eq!(world.refusal_code(&operator(), again), "duplicate");
    let rename = |group, name: &str| Command::UpdateUserHierarchyGroupName { group, name: name.to_owned() };
    let refusal = world.run(&operator(), rename(south, "north")).unwrap_err();
    assert_eq!(refusal.code(), "duplicate");
    assert!(refusal.to_string().contains("`North`"), "{refusal}");
    world.run_ok(&operator(), rename(harbour, "HARBOUR"));
    let long = "x".repeat(51);
    for name in ["", long.as_str(), "a\u{7}"] {
        assert_eq!(world.refusal_code(&operator(), rename(harbour, name)), "invalid", "{name:?}");
    }
    let path: Vec<_> = world.directory.group_path(harbour).iter().map(|group| group.name.clone()).collect();
    assert_eq!(path, ["North", "HARBOUR"]);
}

#[test]
fn a_group_with_a_resource_of_an_application_cannot_be_deleted() {
    let mut world = TestInstance::new();
    world.levels(&["Region"]);
    let north = world.group("North", None);
    world.create_profile_granting("Groups", &["AgentGrouping.Edit"]);
    let mia = actor_of(world.create_user("mia", &["Groups"]));
    world.run_ok(&operator(), Command::RegisterApplication(Box::new(orders())));
    let mut order = order("secret-order");
    order.hierarchy_group = Some(north);
    let put = |order: &floorkey::ApplicationResource| Command::PutApplicationResources {
        namespace: "orders".to_owned(),
        resources: vec![order.clone()],
    };
    world.run_ok(&operator(), put(&order));
    let delete = Command::DeleteUserHierarchyGroup { group: north };
    let refusal = floorkey::plan(&world.directory, &mia, &delete, world.now).unwrap_err();
    assert!(refusal.code() == "in-use" && !refusal.to_string().contains("secret-order"), "{refusal}");
    let refusal = floorkey::plan(&world.directory, &operator(), &delete, world.now).unwrap_err();
    assert!(refusal.to_string().contains("`secret-order`"), "{refusal}");
    order.hierarchy_group = None;
    world.run_ok(&operator(), put(&order));
    world.run_ok(&mia, delete);
}
