//! Replacing one profile with another, and adding and removing profiles in one command.

use floorkey::user::Assignment;
use floorkey::{Command, RecordKey, Timestamp, UserId};

use crate::world::{World, assign, by, granting_tagged, operator, tags};

fn profiles(world: &World, user: UserId) -> Vec<&str> {
    let held = &world.directory.user(user).unwrap().assignments;
    held.iter().map(|held| world.directory.profile(held.profile).unwrap().name.as_str()).collect()
}

fn replace(world: &World, profile: &str, with: &str, delete: bool) -> Command {
    Command::ReplaceSecurityProfile { profile: world.profile(profile), with: world.profile(with), delete }
}

#[test]
fn users_get_the_replacement_and_users_with_both_only_lose_one() {
    let mut world = World::new();
    let ann = world.hire("ann", &["Agent"]);
    let both = world.hire("bob", &["Agent", "QualityAnalyst"]);
    let neither = world.hire("cem", &["CallCenterManager"]);
    let change = world.done(&world.acting("admin"), replace(&world, "Agent", "QualityAnalyst", false));
    assert_eq!(change.records().len(), 2);
    assert_eq!(profiles(&world, ann), ["QualityAnalyst"]);
    assert_eq!(profiles(&world, both), ["QualityAnalyst"]);
    assert_eq!(profiles(&world, neither), ["CallCenterManager"]);
}

#[test]
fn replacing_keeps_dates_and_ignores_ended_assignments() {
    let mut world = World::new();
    let (agent, analyst) = (world.profile("Agent"), world.profile("QualityAnalyst"));
    let (ann, bob) = (world.hire("ann", &["Agent"]), world.hire("bob", &["Agent"]));
    let later = Some(Timestamp::from_millis(world.now.as_millis() + 1_000));
    let dated = Assignment { profile: agent, from: None, until: later };
    world.done(&operator(), Command::UpdateUserSecurityProfiles { user: ann, assignments: vec![dated] });
    let over = Assignment { profile: analyst, from: None, until: later };
    let assignments = vec![Assignment::always(agent), over];
    world.done(&operator(), Command::UpdateUserSecurityProfiles { user: bob, assignments });
    let held = |world: &World, user| world.directory.user(user).unwrap().assignments.clone();
    let mut now = world.clone();
    now.done(&operator(), replace(&world, "Agent", "QualityAnalyst", false));
    assert_eq!(held(&now, ann), [Assignment { profile: analyst, from: None, until: later }]);
    world.now = Timestamp::from_millis(world.now.as_millis() + 5_000);
    world.done(&operator(), replace(&world, "Agent", "QualityAnalyst", false));
    assert_eq!(held(&world, bob), [Assignment::always(analyst)]);
}

#[test]
fn replacing_can_delete_the_profile_with_the_permission_to_delete() {
    let mut world = World::new();
    let ann = world.hire("ann", &["QualityAnalyst"]);
    let carl = by(world.hire("carl", &["CallCenterManager"]));
    assert_eq!(world.refused(&carl, replace(&world, "QualityAnalyst", "Agent", true)), "not-permitted");
    let analyst = world.profile("QualityAnalyst");
    let change = world.done(&world.acting("admin"), replace(&world, "QualityAnalyst", "Agent", true));
    assert!(world.directory.profile(analyst).is_none());
    assert_eq!(profiles(&world, ann), ["Agent"]);
    assert!(change.event().targets.contains(&RecordKey::Profile(analyst)));
}

#[test]
fn replacing_requires_permission_to_assign_to_each_user() {
    let mut world = World::new();
    world.make_profile("Red manager", granting_tagged(&["Users.Edit"], &["User"], ("team", "red")));
    let rea = by(world.hire("rea", &["Red manager"]));
    let mut red = world.new_user("ann", &["QualityAnalyst"]);
    red.tags = tags(&[("team", "red")]);
    world.hire_as(red);
    world.done(&rea, replace(&world, "QualityAnalyst", "Agent", false));
    let mut world = world;
    world.hire("bob", &["Agent"]);
    assert_eq!(world.refused(&rea, replace(&world, "Agent", "QualityAnalyst", false)), "out-of-scope");
    let agnes = by(world.hire("agnes", &["Agent"]));
    assert_eq!(world.refused(&agnes, replace(&world, "CallCenterManager", "Admin", false)), "not-permitted");
}

#[test]
fn replacing_cannot_remove_the_last_administrator_or_use_the_same_profile() {
    let mut world = World::new();
    assert_eq!(world.refused(&operator(), replace(&world, "Admin", "Agent", false)), "last-administrator");
    assert_eq!(world.refused(&operator(), replace(&world, "Admin", "Admin", false)), "invalid");
}

#[test]
fn adding_and_removing_profiles_keeps_other_profiles() {
    let mut world = World::new();
    let ann = world.hire("ann", &["Agent", "CallCenterManager"]);
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
    world.done(&world.acting("admin"), change);
    assert_eq!(profiles(&world, ann), ["CallCenterManager", "QualityAnalyst"]);
    assert_eq!(world.refused(&operator(), both), "invalid");
    assert!(world.done(&operator(), nothing).records().is_empty());
    assert_eq!(world.refused(&operator(), none), "invalid");
}

#[test]
fn assigning_a_dated_profile_again_keeps_its_dates() {
    let mut world = World::new();
    let (ann, agent) = (world.hire("ann", &["Agent"]), world.profile("Agent"));
    let until = Some(Timestamp::from_millis(world.now.as_millis() + 1_000));
    let dated = Assignment { profile: agent, from: None, until };
    world.done(&operator(), Command::UpdateUserSecurityProfiles { user: ann, assignments: vec![dated] });
    let give = Command::ChangeSecurityProfiles { user: ann, add: [agent].into(), remove: [].into() };
    world.done(&operator(), give);
    assert_eq!(world.directory.user(ann).unwrap().assignments, [dated]);
    world.done(&operator(), assign(ann, &[agent]));
    assert_eq!(world.directory.user(ann).unwrap().assignments, [dated]);
}
