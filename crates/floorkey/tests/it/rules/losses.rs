//! Losses count like gains: no actor takes access from a user who has more.

use floorkey::audit::Flag;
use floorkey::user::Assignment;
use floorkey::{Command, Condition, GuardMode, RecordKey, Refusal, SecurityProfileEdit, SecurityProfileId, Timestamp};

use crate::test_instance::{
    TestInstance, actor_of, assign, granting, granting_below, granting_tagged, operator, reset, tags, update,
};

const MANAGER: [&str; 7] = [
    "Users.Edit",
    "Users.Create",
    "Users.Delete",
    "SecurityProfiles.Edit",
    "SecurityProfiles.Create",
    "SecurityProfiles.Delete",
    "AgentGrouping.Edit",
];

/// Returns a contact center in which mia manages users and profiles, and quinn has permissions that mia lacks, through
/// `Analysts`.
fn world() -> (TestInstance, SecurityProfileId) {
    let mut world = TestInstance::enforcing();
    world.create_profile_granting("Managers", &MANAGER);
    let analysts = world.create_profile_granting("Analysts", &["Queues.View", "Queues.Edit", "Users.View"]);
    world.create_user("mia", &["Managers"]);
    world.create_user("quinn", &["Analysts"]);
    (world, analysts)
}

fn refused_and_flagged(world: &TestInstance, command: Command) {
    let mut enforcing = world.clone();
    let mia = enforcing.actor_by_login("mia");
    assert_eq!(enforcing.refusal_code(&mia, command.clone()), "guard", "{command:?}");
    let mut warning = world.clone();
    warning.set_guard(GuardMode::Warn);
    let change = warning.run_ok(&mia, command.clone());
    let took = change.event().flags.iter().any(|flag| matches!(flag, Flag::TookFromStrongerUsers { .. }));
    assert!(took, "{command:?}: {:?}", change.event().flags);
}

#[test]
fn emptying_an_administrators_profile_gives_no_access_to_the_account() {
    let (mut world, _) = world();
    let (mia, admin) = (world.actor_by_login("mia"), world.profile("Admin"));
    let emptied = update(admin, granting(&["BasicAgentAccess"]));
    assert_eq!(world.refusal_code(&mia, emptied), "guard");
    let root = world.user("admin");
    assert_eq!(world.refusal_code(&mia, reset(root)), "guard");
}

#[test]
fn access_that_begins_later_does_not_make_up_for_a_loss() {
    let (mut world, analysts) = world();
    let (quinn, managers) = (world.user("quinn"), world.profile("Managers"));
    let from = Some(Timestamp::from_millis(world.now.as_millis() + 1_000));
    let later = Assignment { from, ..Assignment::always(world.profile("Admin")) };
    let assignments = vec![Assignment::always(analysts), later];
    world.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: quinn, assignments });
    refused_and_flagged(&world, update(analysts, granting(&["Queues.View", "Users.View"])));
    // Permissions that quinn has from another profile in the meantime do make up for it.
    let both = [analysts, managers].map(Assignment::always);
    let assignments = both.into_iter().chain([later]).collect();
    world.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: quinn, assignments });
    world.run_ok(
        &operator(),
        update(managers, granting(&[MANAGER.as_slice(), &["Queues.View", "Users.View"]].concat())),
    );
    let mia = world.actor_by_login("mia");
    world.run_ok(&mia, update(analysts, granting(&["Queues.View", "Queues.Edit"])));
}

#[test]
fn access_of_users_with_more_access_cannot_be_removed_narrowed_or_restricted() {
    let (mut world, analysts) = world();
    let narrowed = granting_tagged(&["Queues.View", "Queues.Edit", "Users.View"], &["Queue"], ("team", "red"));
    let permission = floorkey::AnyPermission::Catalogue(floorkey::Permission::parse("Queues.Edit").unwrap());
    let condition = Condition::Own { attribute: "owner".to_owned() };
    let conditional =
        SecurityProfileEdit { conditions: Some([(permission, [condition].into())].into()), ..Default::default() };
    let restricted = granting(&["Queues.View", "Queues.Edit", "Users.View", "RestrictTaskCreation.Access"]);
    for edit in [granting(&["Queues.View", "Users.View"]), narrowed, conditional, restricted] {
        refused_and_flagged(&world, update(analysts, edit));
    }
    let rename = Command::RenameSecurityProfile { profile: analysts, name: "Nobody".to_owned() };
    refused_and_flagged(&world, rename);
    let other = world.create_profile_granting("Readers", &["Users.View"]);
    let replaced = Command::ReplaceSecurityProfile { profile: analysts, with: other, delete: true };
    let mia = world.actor_by_login("mia");
    assert_eq!(world.refusal_code(&mia, replaced), "guard");
}

#[test]
fn assignable_profiles_of_users_with_more_access_cannot_be_taken() {
    let (mut world, analysts) = world();
    let extra = world.create_profile_granting("Extra", &["Prompts.View"]);
    let assignable = Command::SetAssignableProfiles { profile: analysts, assignable: [extra].into() };
    world.run_ok(&operator(), assignable);
    refused_and_flagged(&world, Command::SetAssignableProfiles { profile: analysts, assignable: [].into() });
    // Weakening the profile takes from what can be assigned; renaming it does not.
    refused_and_flagged(&world, update(extra, granting(&[])));
    let mia = world.actor_by_login("mia");
    world.clone().run_ok(&mia, Command::RenameSecurityProfile { profile: extra, name: "More".to_owned() });
    // Deleting a profile without users removes it from the list.
    refused_and_flagged(&world, Command::DeleteSecurityProfile { profile: extra });
}

#[test]
fn descriptions_and_profiles_of_manageable_users_can_be_edited() {
    let (mut world, analysts) = world();
    let mia = world.actor_by_login("mia");
    let described = SecurityProfileEdit { description: Some("They look".to_owned()), ..Default::default() };
    world.run_ok(&mia, update(analysts, described));
    let readers = world.create_profile_granting("Readers", &["Users.View", "Users.Edit"]);
    let rhea = world.create_user("rhea", &["Readers"]);
    world.run_ok(&mia, update(readers, granting(&["Users.View"])));
    world.run_ok(&mia, update(readers, granting(&["Users.View", "Users.Edit"])));
    world.run_ok(&mia, Command::RenameSecurityProfile { profile: readers, name: "Lookers".to_owned() });
    // Once a user with the profile has more than mia, she can no longer weaken it.
    world.run_ok(&operator(), assign(rhea, &[readers, analysts]));
    assert_eq!(world.refusal_code(&mia, update(readers, granting(&[]))), "guard");
}

#[test]
fn a_refusal_counts_the_users_without_naming_them() {
    let (mut world, analysts) = world();
    for login in ["q2", "q3"] {
        world.create_user(login, &["Analysts"]);
    }
    let mia = world.actor_by_login("mia");
    let refusal = world.run(&mia, update(analysts, granting(&["Users.View"]))).unwrap_err();
    let Refusal::Guard(escalation) = &refusal else { panic!("{refusal}") };
    assert_eq!(escalation.kind, floorkey::EscalationKind::Removes { users: 3 });
    let said = refusal.to_string();
    assert!(said.contains("3 users") && !said.contains("quinn"), "{said}");
}

#[test]
fn the_scope_of_users_with_more_access_cannot_shrink_by_tags_or_moves() {
    let (mut world, _) = world();
    world.levels(&["Site"]);
    let (north, south) = (world.group("North", None), world.group("South", None));
    world.create_profile("North deleters", granting_below(&["Users.EnableAndDisable"], Some(north)));
    world.create_profile("Red deleters", granting_tagged(&["Users.EnableAndDisable"], &["User"], ("team", "red")));
    let ann = world.create_user("ann", &["Agent"]);
    world.run_ok(&operator(), Command::UpdateUserHierarchy { user: ann, group: Some(north) });
    world.run_ok(&operator(), Command::TagResource { target: RecordKey::User(ann), tags: tags(&[("team", "red")]) });
    let agent = world.profile("Agent");
    let managers = world.profile("Managers");
    world.run_ok(&operator(), Command::SetAssignableProfiles { profile: managers, assignable: [agent].into() });
    let (moved, untagged) = (
        Command::UpdateUserHierarchy { user: ann, group: Some(south) },
        Command::UntagResource { target: RecordKey::User(ann), keys: ["team".to_owned()].into() },
    );
    // No user has these profiles, so nothing is taken.
    for command in [&moved, &untagged] {
        let mut world = world.clone();
        let mia = world.actor_by_login("mia");
        world.run_ok(&mia, command.clone());
    }
    world.create_user("nora", &["North deleters"]);
    world.create_user("rex", &["Red deleters"]);
    for command in [moved, untagged] {
        refused_and_flagged(&world, command);
    }
}

#[test]
fn full_administrators_and_the_operator_can_weaken_any_user() {
    let (mut world, analysts) = world();
    let admin = world.actor_by_login("admin");
    world.run_ok(&admin, update(analysts, granting(&["Users.View"])));
    world.run_ok(&operator(), update(analysts, granting(&[])));
}

#[test]
fn a_manager_can_do_everyday_work_on_agents() {
    let mut world = TestInstance::enforcing();
    world.create_profile_granting("Deleters", &["Users.Delete"]);
    let carl = actor_of(world.create_user("carl", &["CallCenterManager", "Deleters"]));
    world.levels(&["Team"]);
    let (one, two) = (world.group("One", None), world.group("Two", None));
    let (agent, analyst) = (world.profile("Agent"), world.profile("QualityAnalyst"));
    for login in ["ann", "bob", "cid"] {
        let new = world.new_user(login, &["Agent"]);
        let user = new.id;
        world.run_ok(&carl, Command::CreateUser(Box::new(new)));
        world.run_ok(&carl, Command::UpdateUserHierarchy { user, group: Some(one) });
        world.run_ok(&carl, Command::UpdateUserHierarchy { user, group: Some(two) });
        world.run_ok(&carl, assign(user, &[agent, analyst]));
        world.run_ok(&carl, reset(user));
        assert_ne!(world.directory.user(user).unwrap().password, floorkey::user::PasswordState::None);
    }
    let ann = world.user("ann");
    let was = world.directory.user(ann).unwrap().clone();
    world.run_ok(&carl, Command::DeleteUser { user: ann });
    world.run_ok(
        &carl,
        Command::RestoreUser { user: Box::new((*was).clone()), password: Some(crate::test_instance::password()) },
    );
}
