//! Assignments of profiles to users, with begin and end dates.

use floorkey::user::Assignment;
use floorkey::{Command, Reason, SecurityProfileId, Target, Timestamp, UserId};

use crate::test_instance::{TestInstance, assign, operator};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn hold(world: &mut TestInstance, user: UserId, profile: SecurityProfileId, from: Option<i64>, until: Option<i64>) {
    let assignment = Assignment { profile, from: from.map(at), until: until.map(at) };
    world.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user, assignments: vec![assignment] });
}

#[test]
fn a_dated_assignment_applies_from_its_begin_until_just_before_its_end() {
    let mut world = TestInstance::new();
    let (ann, agent) = (world.create_user("ann", &["QualityAnalyst"]), world.profile("Agent"));
    let begins = world.now.as_millis() + 1_000;
    hold(&mut world, ann, agent, Some(begins), Some(begins + 500));
    let asked =
        |world: &TestInstance, millis| world.decide_at(ann, "BasicAgentAccess", Target::Instance, at(millis)).reason;
    assert_eq!(asked(&world, begins - 1), Reason::NotHeld);
    assert_eq!(asked(&world, begins), Reason::Granted);
    assert_eq!(asked(&world, begins + 499), Reason::Granted);
    assert_eq!(asked(&world, begins + 500), Reason::NotHeld);
}

#[test]
fn an_assignment_can_have_only_a_begin_or_only_an_end() {
    let mut world = TestInstance::new();
    let (ann, agent) = (world.create_user("ann", &["Agent"]), world.profile("Agent"));
    let may =
        |world: &TestInstance, millis| world.decide_at(ann, "BasicAgentAccess", Target::Instance, at(millis)).allowed();
    world.run_ok(&operator(), assign(ann, &[world.profile("QualityAnalyst")]));
    hold(&mut world, ann, agent, Some(5), None);
    assert!(!may(&world, 4) && may(&world, 5) && may(&world, i64::MAX));
    world.run_ok(&operator(), assign(ann, &[world.profile("QualityAnalyst")]));
    hold(&mut world, ann, agent, None, Some(9_000_000));
    assert!(may(&world, i64::MIN) && may(&world, 8_999_999) && !may(&world, 9_000_000));
}

#[test]
fn an_assignment_must_end_after_it_begins() {
    let mut world = TestInstance::new();
    let (user, profile) = (world.create_user("ann", &["Agent"]), world.profile("QualityAnalyst"));
    for until in [5, 6] {
        let assignments = vec![Assignment { profile, from: Some(at(6)), until: Some(at(until)) }];
        let command = Command::UpdateUserSecurityProfiles { user, assignments };
        assert_eq!(world.refusal_code(&operator(), command), "invalid");
    }
}

#[test]
fn a_user_has_one_to_ten_distinct_profiles() {
    let mut world = TestInstance::new();
    let ann = world.create_user("ann", &["Agent"]);
    let agent = world.profile("Agent");
    assert_eq!(world.refusal_code(&operator(), assign(ann, &[])), "invalid");
    assert_eq!(world.refusal_code(&operator(), assign(ann, &[agent, agent])), "invalid");
    let eleven: Vec<_> =
        (0..11).map(|at| world.create_profile_granting(&format!("Profile {at}"), &["Users.View"])).collect();
    assert_eq!(world.refusal_code(&operator(), assign(ann, &eleven)), "limit-exceeded");
    world.run_ok(&operator(), assign(ann, &eleven[..10]));
    let missing = SecurityProfileId::from_bits(7);
    assert_eq!(world.refusal_code(&operator(), assign(ann, &[missing])), "not-found");
}

#[test]
fn associating_adds_profiles_and_disassociating_removes_them() {
    let mut world = TestInstance::new();
    let user = world.create_user("ann", &["Agent"]);
    let (agent, analyst) = (world.profile("Agent"), world.profile("QualityAnalyst"));
    let held = |world: &TestInstance| {
        let user = world.directory.user(user).unwrap();
        user.assignments.iter().map(|held| held.profile).collect::<Vec<_>>()
    };
    let both = vec![agent, analyst];
    world.run_ok(&operator(), Command::AssociateSecurityProfiles { user, profiles: both.clone() });
    assert_eq!(held(&world), both);
    assert_eq!(world.directory.holder_count(analyst), 1);
    world.run_ok(&operator(), Command::DisassociateSecurityProfiles { user, profiles: vec![agent] });
    assert_eq!(held(&world), [analyst]);
    assert_eq!(world.directory.holder_count(agent), 0);
    // A profile that the user does not have is ignored. An unknown profile is refused, and so is removing the last one.
    world.run_ok(&operator(), Command::DisassociateSecurityProfiles { user, profiles: vec![agent] });
    let profiles = vec![SecurityProfileId::from_bits(7)];
    assert_eq!(world.refusal_code(&operator(), Command::DisassociateSecurityProfiles { user, profiles }), "not-found");
    let last = Command::DisassociateSecurityProfiles { user, profiles: vec![analyst] };
    assert_eq!(world.refusal_code(&operator(), last), "invalid");
}

#[test]
fn a_client_without_support_for_dates_keeps_them() {
    let mut world = TestInstance::new();
    let (ann, agent) = (world.create_user("ann", &["QualityAnalyst"]), world.profile("Agent"));
    let later = world.now.as_millis() + 1_000;
    hold(&mut world, ann, agent, None, Some(later));
    world.run_ok(&operator(), assign(ann, &[agent, world.profile("QualityAnalyst")]));
    assert_eq!(world.directory.user(ann).unwrap().assignments[0].until, Some(at(later)));
    let command = Command::AssociateSecurityProfiles { user: ann, profiles: vec![agent] };
    world.run_ok(&operator(), command);
    assert_eq!(world.directory.user(ann).unwrap().assignments[0].until, Some(at(later)));
}

#[test]
fn an_ended_assignment_can_be_renewed() {
    let mut world = TestInstance::new();
    let (ann, agent) = (world.create_user("ann", &["QualityAnalyst"]), world.profile("Agent"));
    hold(&mut world, ann, agent, None, Some(500));
    assert!(!world.can(ann, "BasicAgentAccess"));
    let mut other = world.clone();
    world.run_ok(&operator(), assign(ann, &[agent]));
    assert!(world.can(ann, "BasicAgentAccess"));
    other.run_ok(&operator(), Command::AssociateSecurityProfiles { user: ann, profiles: vec![agent] });
    assert!(other.can(ann, "BasicAgentAccess"));
    assert_eq!(other.directory.user(ann).unwrap().assignments.len(), 1);
}

#[test]
fn an_edit_of_a_profile_applies_to_its_users_at_once() {
    let mut world = TestInstance::new();
    let profile = world.create_profile_granting("Team", &["Users.View"]);
    let ann = world.create_user("ann", &["Team"]);
    let dated = world.create_user("bob", &["Agent"]);
    hold(&mut world, dated, profile, Some(0), None);
    for (name, held) in [("Users.View", true), ("Queues.View", false)] {
        assert_eq!((world.can(ann, name), world.can(dated, name)), (held, held), "{name}");
    }
    world.run_ok(&operator(), crate::test_instance::update(profile, crate::test_instance::granting(&["Queues.View"])));
    for (name, held) in [("Users.View", false), ("Queues.View", true)] {
        assert_eq!((world.can(ann, name), world.can(dated, name)), (held, held), "{name}");
    }
}

#[test]
fn a_disabled_user_has_nothing() {
    let mut world = TestInstance::new();
    let ann = world.create_user("ann", &["Admin"]);
    world.run_ok(&operator(), Command::SetUserEnabled { user: ann, enabled: false });
    assert_eq!(world.decide(ann, "Users.View", Target::Instance).reason, Reason::Disabled);
    let create = crate::test_instance::create_key(ann, &crate::test_instance::key_id(5));
    assert_eq!(world.refusal_code(&crate::test_instance::actor_of(ann), create), "not-permitted");
    world.run_ok(&operator(), Command::SetUserEnabled { user: ann, enabled: true });
    assert!(world.can(ann, "Users.View"));
}
