//! Tests that restrictions limit the access that an actor can give. If a restriction limits an actor's permission, the
//! actor can't give the permission without the restriction.

use floorkey::user::Assignment;
use floorkey::{Command, SecurityProfileId, Timestamp};

use crate::test_instance::{TestInstance, actor_of, assign, granting, operator, update};

const RESTRICTION: &str = "RestrictContactAccessByHierarchy.View";

/// Returns a contact center where mia can search for contacts only within mia's own hierarchy group.
fn instance() -> (TestInstance, SecurityProfileId) {
    let mut instance = TestInstance::enforcing();
    let searchers = instance.create_profile_granting(
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
    instance.create_user("mia", &["Restricted managers"]);
    (instance, searchers)
}

#[test]
fn users_under_a_restriction_cannot_create_a_profile_without_it() {
    let (mut instance, _) = instance();
    let mia = instance.actor_by_login("mia");
    let free = instance.new_profile("Free", granting(&["ContactSearch.View"]));
    assert_eq!(instance.refusal_code(&mia, Command::CreateSecurityProfile(Box::new(free))), "guard");
    let restricted = instance.new_profile("Like mine", granting(&["ContactSearch.View", RESTRICTION]));
    let profile = restricted.id;
    instance.run_ok(&mia, Command::CreateSecurityProfile(Box::new(restricted)));
    assert_eq!(instance.refusal_code(&mia, update(profile, granting(&["ContactSearch.View"]))), "guard");
}

#[test]
fn users_under_a_restriction_cannot_assign_a_profile_without_it_to_a_new_user() {
    let (mut instance, _) = instance();
    let mia = instance.actor_by_login("mia");
    instance.create_profile_granting("Free", &["ContactSearch.View"]);
    let puppet = instance.new_user("puppet", &["Free"]);
    assert_eq!(instance.refusal_code(&mia, Command::CreateUser(Box::new(puppet))), "guard");
}

#[test]
fn users_under_a_restriction_can_assign_assignable_profiles_without_it() {
    let (mut instance, searchers) = instance();
    let mia = instance.actor_by_login("mia");
    let free = instance.create_profile_granting("Free", &["ContactSearch.View"]);
    instance.run_ok(&operator(), Command::SetAssignableProfiles { profile: searchers, assignable: [free].into() });
    let ann = instance.new_user("ann", &["Free"]);
    instance.run_ok(&mia, Command::CreateUser(Box::new(ann)));
    // The user mia can assign the profile but can't edit it.
    let more = granting(&["ContactSearch.View", "ContactSearchWithKeywords.View"]);
    assert_eq!(instance.refusal_code(&mia, update(free, more)), "guard");
}

#[test]
fn restrictions_of_the_contact_control_panel_do_not_narrow_what_can_be_given() {
    let mut instance = TestInstance::enforcing();
    instance.create_profile_granting(
        "Restricted managers",
        &["RestrictPhoneTypeSettings.Access", "BasicAgentAccess", "Users.Edit", "SecurityProfiles.Create"],
    );
    let mia = actor_of(instance.create_user("mia", &["Restricted managers"]));
    let new = instance.new_profile("Agents", granting(&["BasicAgentAccess"]));
    let profile = new.id;
    instance.run_ok(&mia, Command::CreateSecurityProfile(Box::new(new)));
    let ann = instance.create_user("ann", &["Agent"]);
    let agent = instance.profile("Agent");
    instance.run_ok(&operator(), assign(ann, &[agent]));
    instance.run_ok(&operator(), assign(ann, &[agent, profile]));
}

#[test]
fn removing_a_restriction_gives_what_it_narrowed() {
    let mut instance = TestInstance::enforcing();
    instance.create_profile_granting("Editors", &["SecurityProfiles.Edit", "Users.Edit"]);
    instance.create_profile_granting("Searchers", &["ContactSearch.View"]);
    let bound = instance.create_profile_granting("Bound", &[RESTRICTION]);
    let mia = actor_of(instance.create_user("mia", &["Editors"]));
    instance.create_user("quinn", &["Searchers", "Bound"]);
    // The restriction does not apply to mia, but mia lacks the permission for contact search.
    assert_eq!(instance.refusal_code(&mia, update(bound, granting(&[]))), "guard");
    // Assigning a restriction that begins later does not make up for removing a current restriction.
    let quinn = instance.user("quinn");
    let from = Some(Timestamp::from_millis(instance.now.as_millis() + 1_000));
    let later =
        Assignment { from, ..Assignment::always(instance.create_profile_granting("Bound later", &[RESTRICTION])) };
    let mut assignments = instance.directory.user(quinn).unwrap().assignments.clone();
    assignments.push(later);
    instance.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: quinn, assignments });
    assert_eq!(instance.refusal_code(&mia, update(bound, granting(&[]))), "guard");
    instance.run_ok(&operator(), update(bound, granting(&[])));
}

#[test]
fn a_user_without_the_restriction_exceeds_one_under_it() {
    let (mut instance, searchers) = instance();
    let mia = instance.actor_by_login("mia");
    let free = instance.create_profile_granting("Free", &["ContactSearch.View"]);
    let quinn = instance.create_user("quinn", &["Free"]);
    assert_eq!(instance.refusal_code(&mia, crate::test_instance::reset(quinn)), "guard");
    // Users who can assign a profile can manage users with this profile.
    instance.run_ok(&operator(), Command::SetAssignableProfiles { profile: searchers, assignable: [free].into() });
    instance.run_ok(&mia, crate::test_instance::reset(quinn));
}
