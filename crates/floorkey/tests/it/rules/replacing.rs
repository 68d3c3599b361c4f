//! Replacing one profile with another, and adding and removing profiles in one command.

use floorkey::user::Assignment;
use floorkey::{Command, RecordKey, Timestamp, UserId};

use crate::test_instance::{TestInstance, actor_of, assign, granting_tagged, operator, tags};

fn profiles(world: &TestInstance, user: UserId) -> Vec<&str> {
    let held = &world.directory.user(user).unwrap().assignments;
    held.iter().map(|held| world.directory.profile(held.profile).unwrap().name.as_str()).collect()
}

fn replace(world: &TestInstance, profile: &str, with: &str, delete: bool) -> Command {
    Command::ReplaceSecurityProfile { profile: world.profile(profile), with: world.profile(with), delete }
}

#[test]
fn users_get_the_replacement_and_users_with_both_only_lose_one() {
    let mut world = TestInstance::new();
    let ann = world.create_user("ann", &["Agent"]);
    let both = world.create_user("bob", &["Agent", "QualityAnalyst"]);
    let neither = world.create_user("cem", &["CallCenterManager"]);
    let change = world.run_ok(&world.actor_by_login("admin"), replace(&world, "Agent", "QualityAnalyst", false));
    assert_eq!(change.records().len(), 2);
    assert_eq!(profiles(&world, ann), ["QualityAnalyst"]);
    assert_eq!(profiles(&world, both), ["QualityAnalyst"]);
    assert_eq!(profiles(&world, neither), ["CallCenterManager"]);
}

#[test]
fn replacing_keeps_dates_and_ignores_ended_assignments() {
    let mut world = TestInstance::new();
    let (agent, analyst) = (world.profile("Agent"), world.profile("QualityAnalyst"));
    let (ann, bob) = (world.create_user("ann", &["Agent"]), world.create_user("bob", &["Agent"]));
    let later = Some(Timestamp::from_millis(world.now.as_millis() + 1_000));
    let dated = Assignment { profile: agent, from: None, until: later };
    world.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: ann, assignments: vec![dated] });
    let over = Assignment { profile: analyst, from: None, until: later };
    let assignments = vec![Assignment::always(agent), over];
    world.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: bob, assignments });
    let held = |world: &TestInstance, user| world.directory.user(user).unwrap().assignments.clone();
    let mut now = world.clone();
    now.run_ok(&operator(), replace(&world, "Agent", "QualityAnalyst", false));
    assert_eq!(held(&now, ann), [Assignment { profile: analyst, from: None, until: later }]);
    world.now = Timestamp::from_millis(world.now.as_millis() + 5_000);
    world.run_ok(&operator(), replace(&world, "Agent", "QualityAnalyst", false));
    assert_eq!(held(&world, bob), [Assignment::always(analyst)]);
}

#[test]
fn replacing_can_delete_the_profile_with_the_permission_to_delete() {
    let mut world = TestInstance::new();
    let ann = world.create_user("ann", &["QualityAnalyst"]);
    let carl = actor_of(world.create_user("carl", &["CallCenterManager"]));
    assert_eq!(world.refusal_code(&carl, replace(&world, "QualityAnalyst", "Agent", true)), "not-permitted");
    let analyst = world.profile("QualityAnalyst");
    let change = world.run_ok(&world.actor_by_login("admin"), replace(&world, "QualityAnalyst", "Agent", true));
    assert!(world.directory.profile(analyst).is_none());
    assert_eq!(profiles(&world, ann), ["Agent"]);
    assert!(change.event().targets.contains(&RecordKey::Profile(analyst)));
}

#[test]
fn replacing_requires_permission_to_assign_to_each_user() {
    let mut world = TestInstance::new();
    world.create_profile("Red manager", granting_tagged(&["Users.Edit"], &["User"], ("team", "red")));
    let rea = actor_of(world.create_user("rea", &["Red manager"]));
    let mut red = world.new_user("ann", &["QualityAnalyst"]);
    red.tags = tags(&[("team", "red")]);
    world.create_user_from(red);
    world.run_ok(&rea, replace(&world, "QualityAnalyst", "Agent", false));
    let mut world = world;
    world.create_user("bob", &["Agent"]);
    assert_eq!(world.refusal_code(&rea, replace(&world, "Agent", "QualityAnalyst", false)), "out-of-scope");
    let agnes = actor_of(world.create_user("agnes", &["Agent"]));
    assert_eq!(world.refusal_code(&agnes, replace(&world, "CallCenterManager", "Admin", false)), "not-permitted");
}

#[test]
fn replacing_cannot_remove_the_last_administrator_or_use_the_same_profile() {
    let mut world = TestInstance::new();
    assert_eq!(world.refusal_code(&operator(), replace(&world, "Admin", "Agent", false)), "last-administrator");
    assert_eq!(world.refusal_code(&operator(), replace(&world, "Admin", "Admin", false)), "invalid");
}

#[test]
fn adding_and_removing_profiles_keeps_other_profiles() {
    let mut world = TestInstance::new();
    let ann = world.create_user("ann", &["Agent", "CallCenterManager"]);
    let id = |name: &str| world.profile(name);
    let change = Command::ChangeSecurityProfiles {
        user: ann,
        add: [id("QualityAnalyst"), id("CallCenterManager")].into(),
        remove: [id("Agent"), id("Admin")].into(),
    };
    let both = Command::ChangeSecurityProfiles { user: ann, add: [id("Agent")].into(), remove: [id("Agent")].into() };
    let nothing =
        Command::ChangeSecurityProfiles { user: ann, add: [id("QualityAnalyst")].into(), remove: [id("Agent")].into() };
    let none = Command::ChangeSecurityProfiles {
        user: ann,
        add: [].into(),
        remove: [id("CallCenterManager"), id("QualityAnalyst")].into(),
    };
    world.run_ok(&world.actor_by_login("admin"), change);
    assert_eq!(profiles(&world, ann), ["CallCenterManager", "QualityAnalyst"]);
    assert_eq!(world.refusal_code(&operator(), both), "invalid");
    assert!(world.run_ok(&operator(), nothing).records().is_empty());
    assert_eq!(world.refusal_code(&operator(), none), "invalid");
}

#[test]
fn assigning_a_dated_profile_again_keeps_its_dates() {
    let mut world = TestInstance::new();
    let (ann, agent) = (world.create_user("ann", &["Agent"]), world.profile("Agent"));
    let until = Some(Timestamp::from_millis(world.now.as_millis() + 1_000));
    let dated = Assignment { profile: agent, from: None, until };
    world.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: ann, assignments: vec![dated] });
    let give = Command::ChangeSecurityProfiles { user: ann, add: [agent].into(), remove: [].into() };
    world.run_ok(&operator(), give);
    assert_eq!(world.directory.user(ann).unwrap().assignments, [dated]);
    world.run_ok(&operator(), assign(ann, &[agent]));
    assert_eq!(world.directory.user(ann).unwrap().assignments, [dated]);
}
