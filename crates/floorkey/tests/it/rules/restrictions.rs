//! Restrictions bind what one gives: a user under one gives nobody what it narrows without it.

use floorkey::user::Assignment;
use floorkey::{Command, SecurityProfileId, Timestamp};

use crate::world::{World, assign, by, granting, operator, update};

const RESTRICTION: &str = "RestrictContactAccessByHierarchy.View";

/// mia may search contacts, within her hierarchy group only.
fn world() -> (World, SecurityProfileId) {
    let mut world = World::enforcing();
    let searchers = world.grant(
        "Restricted managers",
        &[
            "ContactSearch.View",
            RESTRICTION,
            "Users.Create",
            "Users.Edit",
            "SecurityProfiles.Create",
            "SecurityProfiles.Edit",
        ],
    );
    world.hire("mia", &["Restricted managers"]);
    (world, searchers)
}

#[test]
fn a_profile_without_the_restriction_is_beyond_users_under_it() {
    let (mut world, _) = world();
    let mia = world.acting("mia");
    let free = world.new_profile("Free", granting(&["ContactSearch.View"]));
    assert_eq!(world.refused(&mia, Command::CreateSecurityProfile(Box::new(free))), "guard");
    let restricted = world.new_profile("Like mine", granting(&["ContactSearch.View", RESTRICTION]));
    let profile = restricted.id;
    world.done(&mia, Command::CreateSecurityProfile(Box::new(restricted)));
    assert_eq!(world.refused(&mia, update(profile, granting(&["ContactSearch.View"]))), "guard");
}

#[test]
fn nor_is_a_profile_that_somebody_else_made_assigned_to_a_puppet() {
    let (mut world, _) = world();
    let mia = world.acting("mia");
    world.grant("Free", &["ContactSearch.View"]);
    let puppet = world.new_user("puppet", &["Free"]);
    assert_eq!(world.refused(&mia, Command::CreateUser(Box::new(puppet))), "guard");
}

#[test]
fn what_the_actor_can_assign_by_name_is_meant_to_be_assigned() {
    let (mut world, searchers) = world();
    let mia = world.acting("mia");
    let free = world.grant("Free", &["ContactSearch.View"]);
    world.done(&operator(), Command::SetAssignableProfiles { profile: searchers, assignable: [free].into() });
    let ann = world.new_user("ann", &["Free"]);
    world.done(&mia, Command::CreateUser(Box::new(ann)));
    // To edit the profile is another matter.
    let more = granting(&["ContactSearch.View", "ContactSearchWithKeywords.View"]);
    assert_eq!(world.refused(&mia, update(free, more)), "guard");
}

#[test]
fn restrictions_of_the_contact_control_panel_narrow_nothing_that_is_given() {
    let mut world = World::enforcing();
    world.grant(
        "Restricted managers",
        &["RestrictPhoneTypeSettings.Access", "BasicAgentAccess", "Users.Edit", "SecurityProfiles.Create"],
    );
    let mia = by(world.hire("mia", &["Restricted managers"]));
    let new = world.new_profile("Agents", granting(&["BasicAgentAccess"]));
    let profile = new.id;
    world.done(&mia, Command::CreateSecurityProfile(Box::new(new)));
    let ann = world.hire("ann", &["Agent"]);
    let agent = world.profile("Agent");
    world.done(&operator(), assign(ann, &[agent]));
    world.done(&operator(), assign(ann, &[agent, profile]));
}

#[test]
fn freeing_others_gives_them_what_the_restriction_narrowed() {
    let mut world = World::enforcing();
    world.grant("Editors", &["SecurityProfiles.Edit", "Users.Edit"]);
    world.grant("Searchers", &["ContactSearch.View"]);
    let bound = world.grant("Bound", &[RESTRICTION]);
    let mia = by(world.hire("mia", &["Editors"]));
    world.hire("quinn", &["Searchers", "Bound"]);
    // mia is under no restriction, and has no contact search either.
    assert_eq!(world.refused(&mia, update(bound, granting(&[]))), "guard");
    // Nor is quinn free until another restriction begins.
    let quinn = world.user("quinn");
    let from = Some(Timestamp::from_millis(world.now.as_millis() + 1_000));
    let later = Assignment { from, ..Assignment::always(world.grant("Bound later", &[RESTRICTION])) };
    let mut assignments = world.directory.user(quinn).unwrap().assignments.clone();
    assignments.push(later);
    world.done(&operator(), Command::UpdateUserSecurityProfiles { user: quinn, assignments });
    assert_eq!(world.refused(&mia, update(bound, granting(&[]))), "guard");
    world.done(&operator(), update(bound, granting(&[])));
}

#[test]
fn a_user_who_is_free_of_it_is_stronger_than_one_under_it() {
    let (mut world, searchers) = world();
    let mia = world.acting("mia");
    let free = world.grant("Free", &["ContactSearch.View"]);
    let quinn = world.hire("quinn", &["Free"]);
    assert_eq!(world.refused(&mia, crate::world::reset(quinn)), "guard");
    // What she can assign by name is hers to manage.
    world.done(&operator(), Command::SetAssignableProfiles { profile: searchers, assignable: [free].into() });
    world.done(&mia, crate::world::reset(quinn));
}
