//! Restrictions limit what an actor can give: an actor under a restriction cannot give a permission that it narrows
//! without the restriction.

use floorkey::user::Assignment;
use floorkey::{Command, SecurityProfileId, Timestamp};

use crate::test_instance::{TestInstance, actor_of, assign, granting, operator, update};

const RESTRICTION: &str = "RestrictContactAccessByHierarchy.View";

/// Returns a contact center in which mia can search contacts only within her hierarchy group.
fn world() -> (TestInstance, SecurityProfileId) {
    let mut world = TestInstance::enforcing();
    let searchers = world.create_profile_granting(
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
    world.create_user("mia", &["Restricted managers"]);
    (world, searchers)
}

#[test]
fn users_under_a_restriction_cannot_create_a_profile_without_it() {
    let (mut world, _) = world();
    let mia = world.actor_by_login("mia");
    let free = world.new_profile("Free", granting(&["ContactSearch.View"]));
    assert_eq!(world.refusal_code(&mia, Command::CreateSecurityProfile(Box::new(free))), "guard");
    let restricted = world.new_profile("Like mine", granting(&["ContactSearch.View", RESTRICTION]));
    let profile = restricted.id;
    world.run_ok(&mia, Command::CreateSecurityProfile(Box::new(restricted)));
    assert_eq!(world.refusal_code(&mia, update(profile, granting(&["ContactSearch.View"]))), "guard");
}

#[test]
fn users_under_a_restriction_cannot_assign_a_profile_without_it_to_a_new_user() {
    let (mut world, _) = world();
    let mia = world.actor_by_login("mia");
    world.create_profile_granting("Free", &["ContactSearch.View"]);
    let puppet = world.new_user("puppet", &["Free"]);
    assert_eq!(world.refusal_code(&mia, Command::CreateUser(Box::new(puppet))), "guard");
}

#[test]
fn users_under_a_restriction_can_assign_assignable_profiles_without_it() {
    let (mut world, searchers) = world();
    let mia = world.actor_by_login("mia");
    let free = world.create_profile_granting("Free", &["ContactSearch.View"]);
    world.run_ok(&operator(), Command::SetAssignableProfiles { profile: searchers, assignable: [free].into() });
    let ann = world.new_user("ann", &["Free"]);
    world.run_ok(&mia, Command::CreateUser(Box::new(ann)));
    // Being able to assign the profile does not allow editing it.
    let more = granting(&["ContactSearch.View", "ContactSearchWithKeywords.View"]);
    assert_eq!(world.refusal_code(&mia, update(free, more)), "guard");
}

#[test]
fn restrictions_of_the_contact_control_panel_do_not_narrow_what_can_be_given() {
    let mut world = TestInstance::enforcing();
    world.create_profile_granting(
        "Restricted managers",
        &["RestrictPhoneTypeSettings.Access", "BasicAgentAccess", "Users.Edit", "SecurityProfiles.Create"],
    );
    let mia = actor_of(world.create_user("mia", &["Restricted managers"]));
    let new = world.new_profile("Agents", granting(&["BasicAgentAccess"]));
    let profile = new.id;
    world.run_ok(&mia, Command::CreateSecurityProfile(Box::new(new)));
    let ann = world.create_user("ann", &["Agent"]);
    let agent = world.profile("Agent");
    world.run_ok(&operator(), assign(ann, &[agent]));
    world.run_ok(&operator(), assign(ann, &[agent, profile]));
}

#[test]
fn removing_a_restriction_gives_what_it_narrowed() {
    let mut world = TestInstance::enforcing();
    world.create_profile_granting("Editors", &["SecurityProfiles.Edit", "Users.Edit"]);
    world.create_profile_granting("Searchers", &["ContactSearch.View"]);
    let bound = world.create_profile_granting("Bound", &[RESTRICTION]);
    let mia = actor_of(world.create_user("mia", &["Editors"]));
    world.create_user("quinn", &["Searchers", "Bound"]);
    // mia is under no restriction, but does not have contact search.
    assert_eq!(world.refusal_code(&mia, update(bound, granting(&[]))), "guard");
    // A restriction that begins later does not make up for the one that is removed.
    let quinn = world.user("quinn");
    let from = Some(Timestamp::from_millis(world.now.as_millis() + 1_000));
    let later = Assignment { from, ..Assignment::always(world.create_profile_granting("Bound later", &[RESTRICTION])) };
    let mut assignments = world.directory.user(quinn).unwrap().assignments.clone();
    assignments.push(later);
    world.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: quinn, assignments });
    assert_eq!(world.refusal_code(&mia, update(bound, granting(&[]))), "guard");
    world.run_ok(&operator(), update(bound, granting(&[])));
}

#[test]
fn a_user_without_the_restriction_exceeds_one_under_it() {
    let (mut world, searchers) = world();
    let mia = world.actor_by_login("mia");
    let free = world.create_profile_granting("Free", &["ContactSearch.View"]);
    let quinn = world.create_user("quinn", &["Free"]);
    assert_eq!(world.refusal_code(&mia, crate::test_instance::reset(quinn)), "guard");
    // mia can manage users with a profile that she can assign.
    world.run_ok(&operator(), Command::SetAssignableProfiles { profile: searchers, assignable: [free].into() });
    world.run_ok(&mia, crate::test_instance::reset(quinn));
}
