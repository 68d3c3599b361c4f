//! Tests replacing one profile with another, and adding and removing profiles in one command.

use floorkey::user::Assignment;
use floorkey::{Command, RecordKey, Timestamp, UserId};

use crate::test_instance::{TestInstance, actor_of, assign, granting_tagged, operator, tags};

fn profiles(instance: &TestInstance, user: UserId) -> Vec<&str> {
    let assignments = &instance.directory.user(user).unwrap().assignments;
    assignments.iter().map(|assignment| instance.directory.profile(assignment.profile).unwrap().name.as_str()).collect()
}

fn replace(instance: &TestInstance, profile: &str, with: &str, delete: bool) -> Command {
    Command::ReplaceSecurityProfile { profile: instance.profile(profile), with: instance.profile(with), delete }
}

#[test]
fn users_get_the_replacement_and_users_with_both_only_lose_one() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    let both = instance.create_user("bob", &["Agent", "QualityAnalyst"]);
    let neither = instance.create_user("cem", &["CallCenterManager"]);
    let change =
        instance.run_ok(&instance.actor_by_login("admin"), replace(&instance, "Agent", "QualityAnalyst", false));
    assert_eq!(change.records().len(), 2);
    assert_eq!(profiles(&instance, ann), ["QualityAnalyst"]);
    assert_eq!(profiles(&instance, both), ["QualityAnalyst"]);
    assert_eq!(profiles(&instance, neither), ["CallCenterManager"]);
}

#[test]
fn replacing_keeps_dates_and_ignores_ended_assignments() {
    let mut instance = TestInstance::new();
    let (agent, analyst) = (instance.profile("Agent"), instance.profile("QualityAnalyst"));
    let (ann, bob) = (instance.create_user("ann", &["Agent"]), instance.create_user("bob", &["Agent"]));
    let later = Some(Timestamp::from_millis(instance.now.as_millis() + 1_000));
    let dated = Assignment { profile: agent, from: None, until: later };
    instance.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: ann, assignments: vec![dated] });
    let over = Assignment { profile: analyst, from: None, until: later };
    let assignments = vec![Assignment::always(agent), over];
    instance.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: bob, assignments });
    let assignments_of = |instance: &TestInstance, user| instance.directory.user(user).unwrap().assignments.clone();
    let mut now = instance.clone();
    now.run_ok(&operator(), replace(&instance, "Agent", "QualityAnalyst", false));
    assert_eq!(assignments_of(&now, ann), [Assignment { profile: analyst, from: None, until: later }]);
    instance.now = Timestamp::from_millis(instance.now.as_millis() + 5_000);
    instance.run_ok(&operator(), replace(&instance, "Agent", "QualityAnalyst", false));
    assert_eq!(assignments_of(&instance, bob), [Assignment::always(analyst)]);
}

#[test]
fn replacing_can_delete_the_profile_with_the_permission_to_delete() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["QualityAnalyst"]);
    let carl = actor_of(instance.create_user("carl", &["CallCenterManager"]));
    assert_eq!(instance.refusal_code(&carl, replace(&instance, "QualityAnalyst", "Agent", true)), "not-permitted");
    let analyst = instance.profile("QualityAnalyst");
    let change =
        instance.run_ok(&instance.actor_by_login("admin"), replace(&instance, "QualityAnalyst", "Agent", true));
    assert!(instance.directory.profile(analyst).is_none());
    assert_eq!(profiles(&instance, ann), ["Agent"]);
    assert!(change.event().targets.contains(&RecordKey::Profile(analyst)));
}

#[test]
fn replacing_requires_permission_to_assign_to_each_user() {
    let mut instance = TestInstance::new();
    instance.create_profile("Red manager", granting_tagged(&["Users.Edit"], &["User"], ("team", "red")));
    let rea = actor_of(instance.create_user("rea", &["Red manager"]));
    let mut red = instance.new_user("ann", &["QualityAnalyst"]);
    red.tags = tags(&[("team", "red")]);
    instance.create_user_from(red);
    instance.run_ok(&rea, replace(&instance, "QualityAnalyst", "Agent", false));
    let mut instance = instance;
    instance.create_user("bob", &["Agent"]);
    assert_eq!(instance.refusal_code(&rea, replace(&instance, "Agent", "QualityAnalyst", false)), "out-of-scope");
    let agnes = actor_of(instance.create_user("agnes", &["Agent"]));
    assert_eq!(instance.refusal_code(&agnes, replace(&instance, "CallCenterManager", "Admin", false)), "not-permitted");
}

#[test]
fn replacing_cannot_remove_the_last_administrator_or_use_the_same_profile() {
    let mut instance = TestInstance::new();
    assert_eq!(instance.refusal_code(&operator(), replace(&instance, "Admin", "Agent", false)), "last-administrator");
    assert_eq!(instance.refusal_code(&operator(), replace(&instance, "Admin", "Admin", false)), "invalid");
}

#[test]
fn adding_and_removing_profiles_keeps_other_profiles() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent", "CallCenterManager"]);
    let id = |name: &str| instance.profile(name);
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
    instance.run_ok(&instance.actor_by_login("admin"), change);
    assert_eq!(profiles(&instance, ann), ["CallCenterManager", "QualityAnalyst"]);
    assert_eq!(instance.refusal_code(&operator(), both), "invalid");
    assert!(instance.run_ok(&operator(), nothing).records().is_empty());
    assert_eq!(instance.refusal_code(&operator(), none), "invalid");
}

#[test]
fn assigning_a_dated_profile_again_keeps_its_dates() {
    let mut instance = TestInstance::new();
    let (ann, agent) = (instance.create_user("ann", &["Agent"]), instance.profile("Agent"));
    let until = Some(Timestamp::from_millis(instance.now.as_millis() + 1_000));
    let dated = Assignment { profile: agent, from: None, until };
    instance.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: ann, assignments: vec![dated] });
    let add_agent = Command::ChangeSecurityProfiles { user: ann, add: [agent].into(), remove: [].into() };
    instance.run_ok(&operator(), add_agent);
    assert_eq!(instance.directory.user(ann).unwrap().assignments, [dated]);
    instance.run_ok(&operator(), assign(ann, &[agent]));
    assert_eq!(instance.directory.user(ann).unwrap().assignments, [dated]);
}
