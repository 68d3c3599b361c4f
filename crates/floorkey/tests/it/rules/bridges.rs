//! Bridges: profiles that a user creates, adds assignable profiles to, and then assigns to themselves or others.

use floorkey::user::Assignment;
use floorkey::{Actor, Command, SecurityProfileId, Timestamp, UserId};

use crate::test_instance::{TestInstance, actor_of, assign, granting, operator, reset};

const RESTRICTION: &str = "RestrictContactAccessByHierarchy.View";

const MANAGER: [&str; 5] =
    ["Users.Create", "Users.Edit", "Users.Delete", "SecurityProfiles.Create", "SecurityProfiles.Edit"];

/// A contact center in which mia is a manager under the restriction. The profile `Free` grants a permission that the
/// restriction narrows, and `Bridge` is a profile that mia created.
struct Built {
    world: TestInstance,
    mia: Actor,
    free: SecurityProfileId,
    bridge: SecurityProfileId,
}

fn built() -> Built {
    let mut world = TestInstance::enforcing();
    let (managers, agent) = (world.create_profile_granting("Managers", &MANAGER), world.profile("Agent"));
    world.run_ok(&operator(), set(managers, &[agent]));
    world.create_profile_granting("Restricted", &["ContactSearch.View", RESTRICTION]);
    let free = world.create_profile_granting("Free", &["ContactSearch.View"]);
    let mia = actor_of(world.create_user("mia", &["Managers", "Restricted"]));
    let new = world.new_profile("Bridge", granting(&[]));
    let bridge = new.id;
    world.run_ok(&mia, Command::CreateSecurityProfile(Box::new(new)));
    Built { world, mia, free, bridge }
}

fn set(profile: SecurityProfileId, assignable: &[SecurityProfileId]) -> Command {
    Command::SetAssignableProfiles { profile, assignable: assignable.iter().copied().collect() }
}

impl Built {
    fn take(&self, profile: SecurityProfileId) -> Command {
        let held = ["Managers", "Restricted"].map(|name| self.world.profile(name));
        assign(self.world.user("mia"), &[held[0], held[1], profile])
    }
}

#[test]
fn users_under_a_restriction_cannot_make_profiles_without_it_assignable() {
    let Built { mut world, mia, free, bridge } = built();
    assert_eq!(world.refusal_code(&mia, set(bridge, &[free])), "guard");
    // mia can make a profile with the restriction assignable.
    let restricted = world.profile("Restricted");
    world.run_ok(&mia, set(bridge, &[restricted]));
}

#[test]
fn a_list_made_without_full_access_does_not_bypass_a_restriction() {
    let Built { mut world, mia, free, bridge } = built();
    // A user under no restriction makes it assignable, and the operator assigns the bridge.
    world.create_profile_granting("Searchers", &["ContactSearch.View"]);
    let sue = actor_of(world.create_user("sue", &["Managers", "Searchers"]));
    world.run_ok(&sue, set(bridge, &[free]));
    let (zed, puppet) = (world.create_user("zed", &["Free"]), world.create_user("puppet", &["Agent"]));
    let held = ["Managers", "Restricted", "Bridge"].map(|name| world.profile(name));
    let own = world.user("mia");
    world.run_ok(&operator(), assign(own, &held));
    assert_eq!(world.refusal_code(&mia, assign(puppet, &[free])), "guard");
    assert_eq!(world.refusal_code(&mia, reset(zed)), "guard");
    // A profile that the operator made assignable can be assigned.
    world.run_ok(&operator(), set(bridge, &[]));
    world.run_ok(&operator(), set(bridge, &[free]));
    world.run_ok(&mia, assign(puppet, &[free]));
    world.run_ok(&mia, reset(zed));
}

#[test]
fn a_profile_with_a_list_made_without_full_access_cannot_be_assigned() {
    let mut built = built();
    let (mia, agent) = (built.mia.clone(), built.world.profile("Agent"));
    let take = built.take(built.bridge);
    // mia can take the bridge while it has no assignable profiles. After she added one, neither she nor a user
    // that she creates can get it.
    built.world.clone().run_ok(&mia, take.clone());
    built.world.run_ok(&mia, set(built.bridge, &[agent]));
    assert_eq!(built.world.refusal_code(&mia, take.clone()), "guard");
    let puppet = built.world.new_user("puppet", &["Bridge"]);
    assert_eq!(built.world.refusal_code(&mia, Command::CreateUser(Box::new(puppet))), "guard");
    let (from, until) = (Some(Timestamp::from_millis(2_000_000)), None);
    let planned = vec![
        Assignment::always(built.world.profile("Managers")),
        Assignment::always(built.world.profile("Restricted")),
        Assignment { profile: built.bridge, from, until },
    ];
    let user = built.world.user("mia");
    assert_eq!(
        built.world.refusal_code(&mia, Command::UpdateUserSecurityProfiles { user, assignments: planned }),
        "guard"
    );
    let swapped = Command::ReplaceSecurityProfile { profile: agent, with: built.bridge, delete: false };
    built.world.create_user("ann", &["Agent"]);
    assert_eq!(built.world.refusal_code(&mia, swapped), "guard");
    // A full administrator can assign it.
    let root = built.world.actor_by_login("admin");
    built.world.run_ok(&root, take);
}

#[test]
fn actors_can_give_lists_of_assignable_profiles_that_they_have() {
    let Built { mut world, mia, .. } = built();
    let (managers, agent) = (world.profile("Managers"), world.profile("Agent"));
    let leads = world.create_profile_granting("Leads", &["Users.Edit"]);
    // The list of her own profile, the same list on another profile, and a profile that she can assign.
    let hire = |world: &mut TestInstance, login: &str, profile: &str| -> UserId {
        let new = world.new_user(login, &[profile]);
        let id = new.id;
        world.run_ok(&mia, Command::CreateUser(Box::new(new)));
        id
    };
    hire(&mut world, "one", "Managers");
    world.run_ok(&operator(), set(leads, &[agent]));
    hire(&mut world, "two", "Leads");
    let trainees = world.create_profile_granting("Trainees", &[]);
    world.run_ok(&operator(), set(leads, &[agent, trainees]));
    let three = world.new_user("three", &["Leads"]);
    assert_eq!(world.refusal_code(&mia, Command::CreateUser(Box::new(three))), "guard");
    world.run_ok(&operator(), set(managers, &[agent, leads]));
    hire(&mut world, "four", "Leads");
}

#[test]
fn a_list_is_not_given_for_longer_than_the_actor_has_it() {
    let Built { mut world, mia, .. } = built();
    let (managers, agent) = (world.profile("Managers"), world.profile("Agent"));
    let trainees = world.create_profile_granting("Trainees", &[]);
    let leads = world.create_profile_granting("Leads", &["Users.Edit"]);
    world.run_ok(&operator(), set(leads, &[trainees]));
    let until = Some(Timestamp::from_millis(world.now.as_millis() + 5_000));
    let (user, ann) = (world.user("mia"), world.create_user("ann", &["Agent"]));
    let held = vec![Assignment::always(managers), Assignment { profile: leads, from: None, until }];
    world.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user, assignments: held });
    let give = |until| Command::UpdateUserSecurityProfiles {
        user: ann,
        assignments: vec![Assignment::always(agent), Assignment { profile: leads, from: None, until }],
    };
    assert_eq!(world.refusal_code(&mia, give(None)), "guard");
    world.run_ok(&mia, give(until));
}

#[test]
fn a_user_who_can_assign_unrestricted_access_exceeds_a_restricted_user() {
    let Built { mut world, mia, free, .. } = built();
    let leads = world.create_profile_granting("Leads", &["Users.Edit", "ContactSearch.View", RESTRICTION]);
    world.run_ok(&operator(), set(leads, &[free]));
    let lea = world.create_user("lea", &["Leads"]);
    assert_eq!(world.refusal_code(&mia, reset(lea)), "guard");
    let managers = world.profile("Managers");
    world.run_ok(&operator(), set(managers, &[free]));
    world.run_ok(&mia, reset(lea));
    // A user who is free of the restriction until a later assignment begins.
    let later = Some(Timestamp::from_millis(world.now.as_millis() + 5_000));
    let zoe = world.create_user("zoe", &["Free"]);
    world.run_ok(&operator(), set(managers, &[]));
    let restricted = world.profile("Restricted");
    let planned = vec![Assignment::always(free), Assignment { profile: restricted, from: later, until: None }];
    world.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: zoe, assignments: planned });
    assert_eq!(world.refusal_code(&mia, reset(zoe)), "guard");
}

#[test]
fn a_restricted_user_cannot_take_the_login_of_an_unrestricted_user() {
    let Built { mut world, mia, .. } = built();
    let zed = world.create_user("zed", &["Free"]);
    world.run_ok(&operator(), Command::DeleteUser { user: zed });
    let again = world.new_user("zed", &["Agent"]);
    assert_eq!(world.refusal_code(&mia, Command::CreateUser(Box::new(again))), "duplicate");
}
