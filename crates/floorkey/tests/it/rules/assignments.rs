//! Tests the assignments of profiles to users, with their start times and end times.

use floorkey::user::Assignment;
use floorkey::{Command, Reason, SecurityProfileId, Target, Timestamp, UserId};

use crate::test_instance::{TestInstance, assign, operator};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn assign_dated(
    instance: &mut TestInstance,
    user: UserId,
    profile: SecurityProfileId,
    from: Option<i64>,
    until: Option<i64>,
) {
    let assignment = Assignment { profile, from: from.map(at), until: until.map(at) };
    instance.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user, assignments: vec![assignment] });
}

#[test]
fn a_dated_assignment_applies_from_its_begin_until_just_before_its_end() {
    let mut instance = TestInstance::new();
    let (ann, agent) = (instance.create_user("ann", &["QualityAnalyst"]), instance.profile("Agent"));
    let begins = instance.now.as_millis() + 1_000;
    assign_dated(&mut instance, ann, agent, Some(begins), Some(begins + 500));
    let reason_at = |instance: &TestInstance, millis| {
        instance.decide_at(ann, "BasicAgentAccess", Target::Instance, at(millis)).reason
    };
    assert_eq!(reason_at(&instance, begins - 1), Reason::NotGranted);
    assert_eq!(reason_at(&instance, begins), Reason::Granted);
    assert_eq!(reason_at(&instance, begins + 499), Reason::Granted);
    assert_eq!(reason_at(&instance, begins + 500), Reason::NotGranted);
}

#[test]
fn an_assignment_can_have_only_a_begin_or_only_an_end() {
    let mut instance = TestInstance::new();
    let (ann, agent) = (instance.create_user("ann", &["Agent"]), instance.profile("Agent"));
    let may = |instance: &TestInstance, millis| {
        instance.decide_at(ann, "BasicAgentAccess", Target::Instance, at(millis)).allowed()
    };
    instance.run_ok(&operator(), assign(ann, &[instance.profile("QualityAnalyst")]));
    assign_dated(&mut instance, ann, agent, Some(5), None);
    assert!(!may(&instance, 4) && may(&instance, 5) && may(&instance, i64::MAX));
    instance.run_ok(&operator(), assign(ann, &[instance.profile("QualityAnalyst")]));
    assign_dated(&mut instance, ann, agent, None, Some(9_000_000));
    assert!(may(&instance, i64::MIN) && may(&instance, 8_999_999) && !may(&instance, 9_000_000));
}

#[test]
fn an_assignment_must_end_after_it_begins() {
    let mut instance = TestInstance::new();
    let (user, profile) = (instance.create_user("ann", &["Agent"]), instance.profile("QualityAnalyst"));
    for until in [5, 6] {
        let assignments = vec![Assignment { profile, from: Some(at(6)), until: Some(at(until)) }];
        let command = Command::UpdateUserSecurityProfiles { user, assignments };
        assert_eq!(instance.refusal_code(&operator(), command), "invalid");
    }
}

#[test]
fn a_user_has_one_to_ten_distinct_profiles() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    let agent = instance.profile("Agent");
    assert_eq!(instance.refusal_code(&operator(), assign(ann, &[])), "invalid");
    assert_eq!(instance.refusal_code(&operator(), assign(ann, &[agent, agent])), "invalid");
    let eleven: Vec<_> =
        (0..11).map(|at| instance.create_profile_granting(&format!("Profile {at}"), &["Users.View"])).collect();
    assert_eq!(instance.refusal_code(&operator(), assign(ann, &eleven)), "limit-exceeded");
    instance.run_ok(&operator(), assign(ann, &eleven[..10]));
    let missing = SecurityProfileId::from_bits(7);
    assert_eq!(instance.refusal_code(&operator(), assign(ann, &[missing])), "not-found");
}

#[test]
fn associating_adds_profiles_and_disassociating_removes_them() {
    let mut instance = TestInstance::new();
    let user = instance.create_user("ann", &["Agent"]);
    let (agent, analyst) = (instance.profile("Agent"), instance.profile("QualityAnalyst"));
    let profiles_of = |instance: &TestInstance| {
        let user = instance.directory.user(user).unwrap();
        user.assignments.iter().map(|assignment| assignment.profile).collect::<Vec<_>>()
    };
    let both = vec![agent, analyst];
    instance.run_ok(&operator(), Command::AssociateSecurityProfiles { user, profiles: both.clone() });
    assert_eq!(profiles_of(&instance), both);
    assert_eq!(instance.directory.profile_user_count(analyst), 1);
    instance.run_ok(&operator(), Command::DisassociateSecurityProfiles { user, profiles: vec![agent] });
    assert_eq!(profiles_of(&instance), [analyst]);
    assert_eq!(instance.directory.profile_user_count(agent), 0);
    // Removing a profile that the user does not have has no effect. Removing an unknown profile or the user's last
    // profile is refused.
    instance.run_ok(&operator(), Command::DisassociateSecurityProfiles { user, profiles: vec![agent] });
    let profiles = vec![SecurityProfileId::from_bits(7)];
    assert_eq!(
        instance.refusal_code(&operator(), Command::DisassociateSecurityProfiles { user, profiles }),
        "not-found"
    );
    let last = Command::DisassociateSecurityProfiles { user, profiles: vec![analyst] };
    assert_eq!(instance.refusal_code(&operator(), last), "invalid");
}

#[test]
fn a_client_without_support_for_dates_keeps_them() {
    let mut instance = TestInstance::new();
    let (ann, agent) = (instance.create_user("ann", &["QualityAnalyst"]), instance.profile("Agent"));
    let later = instance.now.as_millis() + 1_000;
    assign_dated(&mut instance, ann, agent, None, Some(later));
    instance.run_ok(&operator(), assign(ann, &[agent, instance.profile("QualityAnalyst")]));
    assert_eq!(instance.directory.user(ann).unwrap().assignments[0].until, Some(at(later)));
    let command = Command::AssociateSecurityProfiles { user: ann, profiles: vec![agent] };
    instance.run_ok(&operator(), command);
    assert_eq!(instance.directory.user(ann).unwrap().assignments[0].until, Some(at(later)));
}

#[test]
fn an_ended_assignment_can_be_renewed() {
    let mut instance = TestInstance::new();
    let (ann, agent) = (instance.create_user("ann", &["QualityAnalyst"]), instance.profile("Agent"));
    assign_dated(&mut instance, ann, agent, None, Some(500));
    assert!(!instance.can(ann, "BasicAgentAccess"));
    let mut other = instance.clone();
    instance.run_ok(&operator(), assign(ann, &[agent]));
    assert!(instance.can(ann, "BasicAgentAccess"));
    other.run_ok(&operator(), Command::AssociateSecurityProfiles { user: ann, profiles: vec![agent] });
    assert!(other.can(ann, "BasicAgentAccess"));
    assert_eq!(other.directory.user(ann).unwrap().assignments.len(), 1);
}

#[test]
fn an_edit_of_a_profile_applies_to_its_users_at_once() {
    let mut instance = TestInstance::new();
    let profile = instance.create_profile_granting("Team", &["Users.View"]);
    let ann = instance.create_user("ann", &["Team"]);
    let dated = instance.create_user("bob", &["Agent"]);
    assign_dated(&mut instance, dated, profile, Some(0), None);
    for (name, is_allowed) in [("Users.View", true), ("Queues.View", false)] {
        assert_eq!((instance.can(ann, name), instance.can(dated, name)), (is_allowed, is_allowed), "{name}");
    }
    instance
        .run_ok(&operator(), crate::test_instance::update(profile, crate::test_instance::granting(&["Queues.View"])));
    for (name, is_allowed) in [("Users.View", false), ("Queues.View", true)] {
        assert_eq!((instance.can(ann, name), instance.can(dated, name)), (is_allowed, is_allowed), "{name}");
    }
}

#[test]
fn a_disabled_user_has_nothing() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Admin"]);
    instance.run_ok(&operator(), Command::SetUserEnabled { user: ann, enabled: false });
    assert_eq!(instance.decide(ann, "Users.View", Target::Instance).reason, Reason::Disabled);
    let create = crate::test_instance::create_key(ann, &crate::test_instance::key_id(5));
    assert_eq!(instance.refusal_code(&crate::test_instance::actor_of(ann), create), "not-permitted");
    instance.run_ok(&operator(), Command::SetUserEnabled { user: ann, enabled: true });
    assert!(instance.can(ann, "Users.View"));
}
