//! Bridges: profiles that a user creates, adds assignable profiles to, and then assigns to themselves or others.

use floorkey::user::Assignment;
use floorkey::{Actor, Command, SecurityProfileId, Timestamp, UserId};

use crate::world::{World, assign, by, granting, operator, reset};

const RESTRICTION: &str = "RestrictContactAccessByHierarchy.View";

const MANAGER: [&str; 5] =
    ["Users.Create", "Users.Edit", "Users.Delete", "SecurityProfiles.Create", "SecurityProfiles.Edit"];

/// A contact center in which mia is a manager under the restriction. The profile `Free` grants a permission that the
/// restriction narrows, and `Bridge` is a profile that mia created.
struct Built {
    world: World,
    mia: Actor,
    free: SecurityProfileId,
    bridge: SecurityProfileId,
}

fn built() -> Built {
    let mut world = World::enforcing();
    let (managers, agent) = (world.grant("Managers", &MANAGER), world.profile("Agent"));
    world.done(&operator(), set(managers, &[agent]));
    world.grant("Restricted", &["ContactSearch.View", RESTRICTION]);
    let free = world.grant("Free", &["ContactSearch.View"]);
    let mia = by(world.hire("mia", &["Managers", "Restricted"]));
    let new = world.new_profile("Bridge", granting(&[]));
    let bridge = new.id;
    world.done(&mia, Command::CreateSecurityProfile(Box::new(new)));
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
    assert_eq!(world.refused(&mia, set(bridge, &[free])), "guard");
    // mia can make a profile with the restriction assignable.
    let restricted = world.profile("Restricted");
    world.done(&mia, set(bridge, &[restricted]));
}

#[test]
fn a_list_made_without_full_access_does_not_bypass_a_restriction() {
    let Built { mut world, mia, free, bridge } = built();
    // A user under no restriction makes it assignable, and the operator assigns the bridge.
    world.grant("Searchers", &["ContactSearch.View"]);
    let sue = by(world.hire("sue", &["Managers", "Searchers"]));
    world.done(&sue, set(bridge, &[free]));
    let (zed, puppet) = (world.hire("zed", &["Free"]), world.hire("puppet", &["Agent"]));
    let held = ["Managers", "Restricted", "Bridge"].map(|name| world.profile(name));
    let own = world.user("mia");
    world.done(&operator(), assign(own, &held));
    assert_eq!(world.refused(&mia, assign(puppet, &[free])), "guard");
    assert_eq!(world.refused(&mia, reset(zed)), "guard");
    // A profile that the operator made assignable can be assigned.
    world.done(&operator(), set(bridge, &[]));
    world.done(&operator(), set(bridge, &[free]));
    world.done(&mia, assign(puppet, &[free]));
    world.done(&mia, reset(zed));
}

#[test]
fn a_profile_with_a_list_made_without_full_access_cannot_be_assigned() {
    let mut built = built();
    let (mia, agent) = (built.mia.clone(), built.world.profile("Agent"));
    let take = built.take(built.bridge);
    // mia can take the bridge while it has no assignable profiles. After she added one, neither she nor a user
    // that she creates can get it.
    built.world.clone().done(&mia, take.clone());
    built.world.done(&mia, set(built.bridge, &[agent]));
    assert_eq!(built.world.refused(&mia, take.clone()), "guard");
    let puppet = built.world.new_user("puppet", &["Bridge"]);
    assert_eq!(built.world.refused(&mia, Command::CreateUser(Box::new(puppet))), "guard");
    let (from, until) = (Some(Timestamp::from_millis(2_000_000)), None);
    let planned = vec![
        Assignment::always(built.world.profile("Managers")),
        Assignment::always(built.world.profile("Restricted")),
        Assignment { profile: built.bridge, from, until },
    ];
    let user = built.world.user("mia");
    assert_eq!(built.world.refused(&mia, Command::UpdateUserSecurityProfiles { user, assignments: planned }), "guard");
    let swapped = Command::ReplaceSecurityProfile { profile: agent, with: built.bridge, delete: false };
    built.world.hire("ann", &["Agent"]);
    assert_eq!(built.world.refused(&mia, swapped), "guard");
    // A full administrator can assign it.
    let root = built.world.acting("admin");
    built.world.done(&root, take);
}

#[test]
fn actors_can_give_lists_of_assignable_profiles_that_they_have() {
    let Built { mut world, mia, .. } = built();
    let (managers, agent) = (world.profile("Managers"), world.profile("Agent"));
    let leads = world.grant("Leads", &["Users.Edit"]);
    // The list of her own profile, the same list on another profile, and a profile that she can assign.
    let hire = |world: &mut World, login: &str, profile: &str| -> UserId {
        let new = world.new_user(login, &[profile]);
        let id = new.id;
        world.done(&mia, Command::CreateUser(Box::new(new)));
        id
    };
    hire(&mut world, "one", "Managers");
    world.done(&operator(), set(leads, &[agent]));
    hire(&mut world, "two", "Leads");
    let trainees = world.grant("Trainees", &[]);
    world.done(&operator(), set(leads, &[agent, trainees]));
    let three = world.new_user("three", &["Leads"]);
    assert_eq!(world.refused(&mia, Command::CreateUser(Box::new(three))), "guard");
    world.done(&operator(), set(managers, &[agent, leads]));
    hire(&mut world, "four", "Leads");
}

#[test]
fn a_list_is_not_given_for_longer_than_the_actor_has_it() {
    let Built { mut world, mia, .. } = built();
    let (managers, agent) = (world.profile("Managers"), world.profile("Agent"));
    let trainees = world.grant("Trainees", &[]);
    let leads = world.grant("Leads", &["Users.Edit"]);
    world.done(&operator(), set(leads, &[trainees]));
    let until = Some(Timestamp::from_millis(world.now.as_millis() + 5_000));
    let (user, ann) = (world.user("mia"), world.hire("ann", &["Agent"]));
    let held = vec![Assignment::always(managers), Assignment { profile: leads, from: None, until }];
    world.done(&operator(), Command::UpdateUserSecurityProfiles { user, assignments: held });
    let give = |until| Command::UpdateUserSecurityProfiles {
        user: ann,
        assignments: vec![Assignment::always(agent), Assignment { profile: leads, from: None, until }],
    };
    assert_eq!(world.refused(&mia, give(None)), "guard");
    world.done(&mia, give(until));
}

#[test]
fn a_user_who_can_assign_unrestricted_access_exceeds_a_restricted_user() {
    let Built { mut world, mia, free, .. } = built();
    let leads = world.grant("Leads", &["Users.Edit", "ContactSearch.View", RESTRICTION]);
    world.done(&operator(), set(leads, &[free]));
    let lea = world.hire("lea", &["Leads"]);
    assert_eq!(world.refused(&mia, reset(lea)), "guard");
    let managers = world.profile("Managers");
    world.done(&operator(), set(managers, &[free]));
    world.done(&mia, reset(lea));
    // A user who is free of the restriction until a later assignment begins.
    let later = Some(Timestamp::from_millis(world.now.as_millis() + 5_000));
    let zoe = world.hire("zoe", &["Free"]);
    world.done(&operator(), set(managers, &[]));
    let restricted = world.profile("Restricted");
    let planned = vec![Assignment::always(free), Assignment { profile: restricted, from: later, until: None }];
    world.done(&operator(), Command::UpdateUserSecurityProfiles { user: zoe, assignments: planned });
    assert_eq!(world.refused(&mia, reset(zoe)), "guard");
}

#[test]
fn a_restricted_user_cannot_take_the_login_of_an_unrestricted_user() {
    let Built { mut world, mia, .. } = built();
    let zed = world.hire("zed", &["Free"]);
    world.done(&operator(), Command::DeleteUser { user: zed });
    let again = world.new_user("zed", &["Agent"]);
    assert_eq!(world.refused(&mia, Command::CreateUser(Box::new(again))), "duplicate");
}
