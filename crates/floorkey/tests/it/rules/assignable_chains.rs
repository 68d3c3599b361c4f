//! Tests chains of assignable profiles. A user creates a profile, adds assignable profiles to it, and then assigns it
//! to themselves or to others.

use floorkey::user::Assignment;
use floorkey::{Actor, Command, SecurityProfileId, Timestamp, UserId};

use crate::test_instance::{TestInstance, actor_of, assign, granting, operator, reset};

const RESTRICTION: &str = "RestrictContactAccessByHierarchy.View";

const MANAGER: [&str; 5] =
    ["Users.Create", "Users.Edit", "Users.Delete", "SecurityProfiles.Create", "SecurityProfiles.Edit"];

/// A contact center with the manager mia, to whom a restriction applies. Mia has created the profile `Bridge`. The
/// profile `Free` grants a permission that the restriction limits.
struct Fixture {
    instance: TestInstance,
    mia: Actor,
    free: SecurityProfileId,
    bridge: SecurityProfileId,
}

fn fixture() -> Fixture {
    let mut instance = TestInstance::enforcing();
    let (managers, agent) = (instance.create_profile_granting("Managers", &MANAGER), instance.profile("Agent"));
    instance.run_ok(&operator(), set_assignable(managers, &[agent]));
    instance.create_profile_granting("Restricted", &["ContactSearch.View", RESTRICTION]);
    let free = instance.create_profile_granting("Free", &["ContactSearch.View"]);
    let mia = actor_of(instance.create_user("mia", &["Managers", "Restricted"]));
    let new = instance.new_profile("Bridge", granting(&[]));
    let bridge = new.id;
    instance.run_ok(&mia, Command::CreateSecurityProfile(Box::new(new)));
    Fixture { instance, mia, free, bridge }
}

fn set_assignable(profile: SecurityProfileId, assignable: &[SecurityProfileId]) -> Command {
    Command::SetAssignableProfiles { profile, assignable: assignable.iter().copied().collect() }
}

impl Fixture {
    fn assign_to_mia(&self, profile: SecurityProfileId) -> Command {
        let assigned = ["Managers", "Restricted"].map(|name| self.instance.profile(name));
        assign(self.instance.user("mia"), &[assigned[0], assigned[1], profile])
    }
}

#[test]
fn users_under_a_restriction_cannot_make_profiles_without_it_assignable() {
    let Fixture { mut instance, mia, free, bridge } = fixture();
    assert_eq!(instance.refusal_code(&mia, set_assignable(bridge, &[free])), "guard");
    // The user mia can make a profile assignable if the profile contains the restriction.
    let restricted = instance.profile("Restricted");
    instance.run_ok(&mia, set_assignable(bridge, &[restricted]));
}

#[test]
fn a_list_made_without_full_access_does_not_bypass_a_restriction() {
    let Fixture { mut instance, mia, free, bridge } = fixture();
    // A user to whom the restriction does not apply makes `Free` assignable. The operator then assigns `Bridge` to mia.
    instance.create_profile_granting("Searchers", &["ContactSearch.View"]);
    let sue = actor_of(instance.create_user("sue", &["Managers", "Searchers"]));
    instance.run_ok(&sue, set_assignable(bridge, &[free]));
    let (zed, puppet) = (instance.create_user("zed", &["Free"]), instance.create_user("puppet", &["Agent"]));
    let assigned = ["Managers", "Restricted", "Bridge"].map(|name| instance.profile(name));
    let own = instance.user("mia");
    instance.run_ok(&operator(), assign(own, &assigned));
    assert_eq!(instance.refusal_code(&mia, assign(puppet, &[free])), "guard");
    assert_eq!(instance.refusal_code(&mia, reset(zed)), "guard");
    // The operator makes `Free` assignable through `Bridge`, so mia can assign `Free`.
    instance.run_ok(&operator(), set_assignable(bridge, &[]));
    instance.run_ok(&operator(), set_assignable(bridge, &[free]));
    instance.run_ok(&mia, assign(puppet, &[free]));
    instance.run_ok(&mia, reset(zed));
}

#[test]
fn a_profile_with_a_list_made_without_full_access_cannot_be_assigned() {
    let mut fixture = fixture();
    let (mia, agent) = (fixture.mia.clone(), fixture.instance.profile("Agent"));
    let assign_bridge = fixture.assign_to_mia(fixture.bridge);
    // While `Bridge` has no assignable profiles, mia can assign it to mia's own account. After mia adds an assignable
    // profile, mia can't assign `Bridge` to that account or to a new user.
    fixture.instance.clone().run_ok(&mia, assign_bridge.clone());
    fixture.instance.run_ok(&mia, set_assignable(fixture.bridge, &[agent]));
    assert_eq!(fixture.instance.refusal_code(&mia, assign_bridge.clone()), "guard");
    let puppet = fixture.instance.new_user("puppet", &["Bridge"]);
    assert_eq!(fixture.instance.refusal_code(&mia, Command::CreateUser(Box::new(puppet))), "guard");
    let (from, until) = (Some(Timestamp::from_millis(2_000_000)), None);
    let planned = vec![
        Assignment::always(fixture.instance.profile("Managers")),
        Assignment::always(fixture.instance.profile("Restricted")),
        Assignment { profile: fixture.bridge, from, until },
    ];
    let user = fixture.instance.user("mia");
    assert_eq!(
        fixture.instance.refusal_code(&mia, Command::UpdateUserSecurityProfiles { user, assignments: planned }),
        "guard"
    );
    let swapped = Command::ReplaceSecurityProfile { profile: agent, with: fixture.bridge, delete: false };
    fixture.instance.create_user("ann", &["Agent"]);
    assert_eq!(fixture.instance.refusal_code(&mia, swapped), "guard");
    // A full administrator can assign `Bridge`.
    let root = fixture.instance.actor_by_login("admin");
    fixture.instance.run_ok(&root, assign_bridge);
}

#[test]
fn actors_can_give_lists_of_assignable_profiles_that_they_have() {
    let Fixture { mut instance, mia, .. } = fixture();
    let (managers, agent) = (instance.profile("Managers"), instance.profile("Agent"));
    let leads = instance.create_profile_granting("Leads", &["Users.Edit"]);
    // The actor can create users with three profiles that have assignable profiles. One is the actor's own profile, one
    // has the same list, and one is a profile that the actor can assign.
    let create_user = |instance: &mut TestInstance, login: &str, profile: &str| -> UserId {
        let new = instance.new_user(login, &[profile]);
        let id = new.id;
        instance.run_ok(&mia, Command::CreateUser(Box::new(new)));
        id
    };
    create_user(&mut instance, "one", "Managers");
    instance.run_ok(&operator(), set_assignable(leads, &[agent]));
    create_user(&mut instance, "two", "Leads");
    let trainees = instance.create_profile_granting("Trainees", &[]);
    instance.run_ok(&operator(), set_assignable(leads, &[agent, trainees]));
    let three = instance.new_user("three", &["Leads"]);
    assert_eq!(instance.refusal_code(&mia, Command::CreateUser(Box::new(three))), "guard");
    instance.run_ok(&operator(), set_assignable(managers, &[agent, leads]));
    create_user(&mut instance, "four", "Leads");
}

#[test]
fn a_list_is_not_given_for_longer_than_the_actor_has_it() {
    let Fixture { mut instance, mia, .. } = fixture();
    let (managers, agent) = (instance.profile("Managers"), instance.profile("Agent"));
    let trainees = instance.create_profile_granting("Trainees", &[]);
    let leads = instance.create_profile_granting("Leads", &["Users.Edit"]);
    instance.run_ok(&operator(), set_assignable(leads, &[trainees]));
    let until = Some(Timestamp::from_millis(instance.now.as_millis() + 5_000));
    let (user, ann) = (instance.user("mia"), instance.create_user("ann", &["Agent"]));
    let assigned = vec![Assignment::always(managers), Assignment { profile: leads, from: None, until }];
    instance.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user, assignments: assigned });
    let assign_lead = |until| Command::UpdateUserSecurityProfiles {
        user: ann,
        assignments: vec![Assignment::always(agent), Assignment { profile: leads, from: None, until }],
    };
    assert_eq!(instance.refusal_code(&mia, assign_lead(None)), "guard");
    instance.run_ok(&mia, assign_lead(until));
}

#[test]
fn a_user_who_can_assign_unrestricted_access_exceeds_a_restricted_user() {
    let Fixture { mut instance, mia, free, .. } = fixture();
    let leads = instance.create_profile_granting("Leads", &["Users.Edit", "ContactSearch.View", RESTRICTION]);
    instance.run_ok(&operator(), set_assignable(leads, &[free]));
    let lea = instance.create_user("lea", &["Leads"]);
    assert_eq!(instance.refusal_code(&mia, reset(lea)), "guard");
    let managers = instance.profile("Managers");
    instance.run_ok(&operator(), set_assignable(managers, &[free]));
    instance.run_ok(&mia, reset(lea));
    // The restriction does not apply to zoe until a later assignment begins.
    let later = Some(Timestamp::from_millis(instance.now.as_millis() + 5_000));
    let zoe = instance.create_user("zoe", &["Free"]);
    instance.run_ok(&operator(), set_assignable(managers, &[]));
    let restricted = instance.profile("Restricted");
    let planned = vec![Assignment::always(free), Assignment { profile: restricted, from: later, until: None }];
    instance.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: zoe, assignments: planned });
    assert_eq!(instance.refusal_code(&mia, reset(zoe)), "guard");
}

#[test]
fn a_restricted_user_cannot_take_the_login_of_an_unrestricted_user() {
    let Fixture { mut instance, mia, .. } = fixture();
    let zed = instance.create_user("zed", &["Free"]);
    instance.run_ok(&operator(), Command::DeleteUser { user: zed });
    let again = instance.new_user("zed", &["Agent"]);
    assert_eq!(instance.refusal_code(&mia, Command::CreateUser(Box::new(again))), "duplicate");
}
