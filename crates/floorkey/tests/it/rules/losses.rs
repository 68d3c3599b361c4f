//! Tests that the guard checks losses in the same way as gains: an actor can't take access from a user who has more
//! access than the actor.

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

/// Returns a contact center where mia manages users and profiles. The user quinn has the profile `Analysts`, which
/// grants permissions that mia does not have.
fn instance() -> (TestInstance, SecurityProfileId) {
    let mut instance = TestInstance::enforcing();
    instance.create_profile_granting("Managers", &MANAGER);
    let analysts = instance.create_profile_granting("Analysts", &["Queues.View", "Queues.Edit", "Users.View"]);
    instance.create_user("mia", &["Managers"]);
    instance.create_user("quinn", &["Analysts"]);
    (instance, analysts)
}

fn assert_loss_guarded(instance: &TestInstance, command: Command) {
    let mut enforcing = instance.clone();
    let mia = enforcing.actor_by_login("mia");
    assert_eq!(enforcing.refusal_code(&mia, command.clone()), "guard", "{command:?}");
    let mut warning = instance.clone();
    warning.set_guard(GuardMode::Warn);
    let change = warning.run_ok(&mia, command.clone());
    let took = change.event().flags.iter().any(|flag| matches!(flag, Flag::ReducedUsersWithMoreAccess { .. }));
    assert!(took, "{command:?}: {:?}", change.event().flags);
}

#[test]
fn emptying_an_administrators_profile_gives_no_access_to_the_account() {
    let (mut instance, _) = instance();
    let (mia, admin) = (instance.actor_by_login("mia"), instance.profile("Admin"));
    let emptied = update(admin, granting(&["BasicAgentAccess"]));
    assert_eq!(instance.refusal_code(&mia, emptied), "guard");
    let root = instance.user("admin");
    assert_eq!(instance.refusal_code(&mia, reset(root)), "guard");
}

#[test]
fn access_that_begins_later_does_not_make_up_for_a_loss() {
    let (mut instance, analysts) = instance();
    let (quinn, managers) = (instance.user("quinn"), instance.profile("Managers"));
    let from = Some(Timestamp::from_millis(instance.now.as_millis() + 1_000));
    let later = Assignment { from, ..Assignment::always(instance.profile("Admin")) };
    let assignments = vec![Assignment::always(analysts), later];
    instance.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: quinn, assignments });
    assert_loss_guarded(&instance, update(analysts, granting(&["Queues.View", "Users.View"])));
    // There is no loss if another current profile of quinn grants the removed permissions.
    let both = [analysts, managers].map(Assignment::always);
    let assignments = both.into_iter().chain([later]).collect();
    instance.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: quinn, assignments });
    instance.run_ok(
        &operator(),
        update(managers, granting(&[MANAGER.as_slice(), &["Queues.View", "Users.View"]].concat())),
    );
    let mia = instance.actor_by_login("mia");
    instance.run_ok(&mia, update(analysts, granting(&["Queues.View", "Queues.Edit"])));
}

#[test]
fn access_of_users_with_more_access_cannot_be_removed_narrowed_or_restricted() {
    let (mut instance, analysts) = instance();
    let narrowed = granting_tagged(&["Queues.View", "Queues.Edit", "Users.View"], &["Queue"], ("team", "red"));
    let permission = floorkey::AnyPermission::Catalog(floorkey::Permission::parse("Queues.Edit").unwrap());
    let condition = Condition::OwnedBySubject { attribute: "owner".to_owned() };
    let conditional =
        SecurityProfileEdit { conditions: Some([(permission, [condition].into())].into()), ..Default::default() };
    let restricted = granting(&["Queues.View", "Queues.Edit", "Users.View", "RestrictTaskCreation.Access"]);
    for edit in [granting(&["Queues.View", "Users.View"]), narrowed, conditional, restricted] {
        assert_loss_guarded(&instance, update(analysts, edit));
    }
    let rename = Command::RenameSecurityProfile { profile: analysts, name: "Nobody".to_owned() };
    assert_loss_guarded(&instance, rename);
    let other = instance.create_profile_granting("Readers", &["Users.View"]);
    let replaced = Command::ReplaceSecurityProfile { profile: analysts, with: other, delete: true };
    let mia = instance.actor_by_login("mia");
    assert_eq!(instance.refusal_code(&mia, replaced), "guard");
}

#[test]
fn assignable_profiles_of_users_with_more_access_cannot_be_taken() {
    let (mut instance, analysts) = instance();
    let extra = instance.create_profile_granting("Extra", &["Prompts.View"]);
    let assignable = Command::SetAssignableProfiles { profile: analysts, assignable: [extra].into() };
    instance.run_ok(&operator(), assignable);
    assert_loss_guarded(&instance, Command::SetAssignableProfiles { profile: analysts, assignable: [].into() });
    // Removing permissions from the profile reduces the access that users can assign. Renaming the profile does not.
    assert_loss_guarded(&instance, update(extra, granting(&[])));
    let mia = instance.actor_by_login("mia");
    instance.clone().run_ok(&mia, Command::RenameSecurityProfile { profile: extra, name: "More".to_owned() });
    // No user has the profile, but deleting it also removes it from an assignable list.
    assert_loss_guarded(&instance, Command::DeleteSecurityProfile { profile: extra });
}

#[test]
fn descriptions_and_profiles_of_manageable_users_can_be_edited() {
    let (mut instance, analysts) = instance();
    let mia = instance.actor_by_login("mia");
    let described = SecurityProfileEdit { description: Some("They look".to_owned()), ..Default::default() };
    instance.run_ok(&mia, update(analysts, described));
    let readers = instance.create_profile_granting("Readers", &["Users.View", "Users.Edit"]);
    let rhea = instance.create_user("rhea", &["Readers"]);
    instance.run_ok(&mia, update(readers, granting(&["Users.View"])));
    instance.run_ok(&mia, update(readers, granting(&["Users.View", "Users.Edit"])));
    instance.run_ok(&mia, Command::RenameSecurityProfile { profile: readers, name: "Lookers".to_owned() });
    // The user rhea now has more access than mia, so mia can't remove permissions from rhea's profile.
    instance.run_ok(&operator(), assign(rhea, &[readers, analysts]));
    assert_eq!(instance.refusal_code(&mia, update(readers, granting(&[]))), "guard");
}

#[test]
fn a_refusal_counts_the_users_without_naming_them() {
    let (mut instance, analysts) = instance();
    for login in ["q2", "q3"] {
        instance.create_user(login, &["Analysts"]);
    }
    let mia = instance.actor_by_login("mia");
    let refusal = instance.run(&mia, update(analysts, granting(&["Users.View"]))).unwrap_err();
    let Refusal::Guard(escalation) = &refusal else { panic!("{refusal}") };
    assert_eq!(escalation.kind, floorkey::EscalationKind::Removes { users: 3 });
    let text = refusal.to_string();
    assert!(text.contains("3 users") && !text.contains("quinn"), "{text}");
}

#[test]
fn the_scope_of_users_with_more_access_cannot_shrink_by_tags_or_moves() {
    let (mut instance, _) = instance();
    instance.levels(&["Site"]);
    let (north, south) = (instance.group("North", None), instance.group("South", None));
    instance.create_profile("North deleters", granting_below(&["Users.EnableAndDisable"], Some(north)));
    instance.create_profile("Red deleters", granting_tagged(&["Users.EnableAndDisable"], &["User"], ("team", "red")));
    let ann = instance.create_user("ann", &["Agent"]);
    instance.run_ok(&operator(), Command::UpdateUserHierarchy { user: ann, group: Some(north) });
    instance.run_ok(&operator(), Command::TagResource { target: RecordKey::User(ann), tags: tags(&[("team", "red")]) });
    let agent = instance.profile("Agent");
    let managers = instance.profile("Managers");
    instance.run_ok(&operator(), Command::SetAssignableProfiles { profile: managers, assignable: [agent].into() });
    let (moved, untagged) = (
        Command::UpdateUserHierarchy { user: ann, group: Some(south) },
        Command::UntagResource { target: RecordKey::User(ann), keys: ["team".to_owned()].into() },
    );
    // No user has the profiles `North deleters` and `Red deleters` yet. The commands therefore take no access from any
    // user.
    for command in [&moved, &untagged] {
        let mut instance = instance.clone();
        let mia = instance.actor_by_login("mia");
        instance.run_ok(&mia, command.clone());
    }
    instance.create_user("nora", &["North deleters"]);
    instance.create_user("rex", &["Red deleters"]);
    for command in [moved, untagged] {
        assert_loss_guarded(&instance, command);
    }
}

#[test]
fn full_administrators_and_the_operator_can_weaken_any_user() {
    let (mut instance, analysts) = instance();
    let admin = instance.actor_by_login("admin");
    instance.run_ok(&admin, update(analysts, granting(&["Users.View"])));
    instance.run_ok(&operator(), update(analysts, granting(&[])));
}

#[test]
fn a_manager_can_do_everyday_work_on_agents() {
    let mut instance = TestInstance::enforcing();
    instance.create_profile_granting("Deleters", &["Users.Delete"]);
    let carl = actor_of(instance.create_user("carl", &["CallCenterManager", "Deleters"]));
    instance.levels(&["Team"]);
    let (one, two) = (instance.group("One", None), instance.group("Two", None));
    let (agent, analyst) = (instance.profile("Agent"), instance.profile("QualityAnalyst"));
    for login in ["ann", "bob", "cid"] {
        let new = instance.new_user(login, &["Agent"]);
        let user = new.id;
        instance.run_ok(&carl, Command::CreateUser(Box::new(new)));
        instance.run_ok(&carl, Command::UpdateUserHierarchy { user, group: Some(one) });
        instance.run_ok(&carl, Command::UpdateUserHierarchy { user, group: Some(two) });
        instance.run_ok(&carl, assign(user, &[agent, analyst]));
        instance.run_ok(&carl, reset(user));
        assert_ne!(instance.directory.user(user).unwrap().password, floorkey::user::PasswordState::None);
    }
    let ann = instance.user("ann");
    let user_before = instance.directory.user(ann).unwrap().clone();
    instance.run_ok(&carl, Command::DeleteUser { user: ann });
    instance.run_ok(
        &carl,
        Command::RestoreUser {
            user: Box::new((*user_before).clone()),
            password: Some(crate::test_instance::password()),
        },
    );
}
