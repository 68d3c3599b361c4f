//! Tests reviews of a change, which show the affected users.

use std::collections::BTreeSet;

use floorkey::application::ApplicationPermission;
use floorkey::review::effect::{AccessChange, Effect, effect};
use floorkey::user::Assignment;
use floorkey::{Command, Permission, PermissionSet, RecordChange, RecordKey, RegisteredApplication, Timestamp, plan};

use crate::test_instance::{TestInstance, assign, granting, granting_below, granting_tagged, operator, update};

fn set(names: &[&str]) -> PermissionSet {
    names.iter().map(|name| Permission::parse(name).unwrap()).collect()
}

/// Returns a command's effect on all users. Lists at most `listed_max` users per group.
fn effect_of(instance: &TestInstance, command: &Command, listed_max: usize) -> Effect {
    let planned = plan(&instance.directory, &operator(), command, instance.now).unwrap();
    let keys: Vec<RecordKey> = planned.change.records().iter().map(RecordChange::key).collect();
    effect(&instance.directory, &planned.next, keys, instance.now, listed_max)
}

#[test]
fn users_with_the_profile_are_counted_exactly_and_listed_by_login() {
    let mut instance = TestInstance::new();
    let profile = instance.create_profile_granting("Viewers", &["Queues.View"]);
    let mut logins = Vec::new();
    for at in 0..50 {
        let login = format!("user-{:02}", (at * 7) % 50);
        instance.create_user(&login, &["Viewers"]);
        logins.push(login);
    }
    logins.sort();
    let sees_too = instance.create_user("zoe", &["Viewers", "CallCenterManager"]);
    let effect = effect_of(&instance, &update(profile, granting(&["Queues.View", "Cases.View", "Users.View"])), 3);
    assert_eq!((effect.users_with_more, effect.users_with_less, effect.users_with_both), (51, 0, 0));
    let [most, manager] = effect.groups.as_slice() else { panic!("{effect:?}") };
    assert_eq!((most.count, most.effect.gained), (50, set(&["Cases.View", "Users.View"])));
    let listed: Vec<&str> =
        most.users.iter().map(|id| instance.directory.user(*id).unwrap().username.as_str()).collect();
    assert_eq!(listed, logins[..3]);
    assert_eq!((manager.users.as_slice(), manager.effect.gained), ([sees_too].as_slice(), set(&["Cases.View"])));
}

#[test]
fn users_with_the_permission_from_another_profile_are_not_affected() {
    let mut instance = TestInstance::new();
    let profile = instance.create_profile_granting("Viewers", &["Queues.View"]);
    instance.create_user("ann", &["Viewers", "CallCenterManager"]);
    let off = instance.create_user("bob", &["Viewers"]);
    instance.run_ok(&operator(), Command::SetUserEnabled { user: off, enabled: false });
    let effect = effect_of(&instance, &update(profile, granting(&[])), 10);
    assert_eq!((effect.affected(), effect.unchanged), (0, 2));
}

#[test]
fn restrictions_scopes_and_applications_are_reported_separately() {
    let mut instance = TestInstance::new();
    let profile = instance.create_profile_granting("P", &["Users.View"]);
    let ann = instance.create_user("ann", &["P"]);
    let only = |instance: &TestInstance, command: &Command| {
        let effect = effect_of(instance, command, 10);
        assert_eq!(effect.users().map(|(user, _)| user).collect::<BTreeSet<_>>(), [ann].into());
        effect.groups[0].effect.clone()
    };
    let limited = only(&instance, &update(profile, granting(&["Users.View", "RestrictTaskCreation.Access"])));
    assert_eq!(limited.restrictions_added, set(&["RestrictTaskCreation.Access"]));
    assert!(limited.loses() && !limited.gains());
    let red = granting_tagged(&["Users.View"], &["User"], ("team", "red"));
    let narrower = only(&instance, &update(profile, red.clone()));
    assert_eq!(narrower.narrowed, set(&["Users.View"]));
    instance.run_ok(&operator(), update(profile, red));
    let blue = granting_tagged(&["Users.View"], &["User"], ("team", "blue"));
    let elsewhere = only(&instance, &update(profile, blue));
    assert_eq!(elsewhere.moved, set(&["Users.View"]));
    let mut with_application = granting(&["Users.View"]);
    with_application.access_control_tags = Some([].into());
    with_application.tag_restricted = Some(Vec::new());
    with_application.applications = Some(vec![floorkey::profile::ApplicationGrant {
        namespace: "crm".to_owned(),
        permissions: vec!["READ".to_owned()],
        kind: None,
    }]);
    let unregistered = only(&instance, &update(profile, with_application.clone()));
    assert_eq!(unregistered.applications, [].into(), "what is not registered is denied to everybody");
    let application = RegisteredApplication {
        namespace: "crm".to_owned(),
        name: String::new(),
        description: String::new(),
        permissions: vec![ApplicationPermission {
            name: "READ".to_owned(),
            description: String::new(),
            requires: BTreeSet::new(),
        }],
        modified: Timestamp::default(),
    };
    instance.run_ok(&operator(), Command::RegisterApplication(Box::new(application)));
    let more = only(&instance, &update(profile, with_application));
    assert_eq!(more.widened, set(&["Users.View"]));
    assert_eq!(more.applications, [(("crm".to_owned(), "READ".to_owned()), AccessChange::Gained)].into());
}

#[test]
fn each_user_is_counted_once() {
    // Editing a profile with a small scope does not affect users who have the same permissions in a larger scope.
    let mut instance = TestInstance::new();
    instance.levels(&["Site"]);
    let first_group = instance.group("Here", None);
    let lead = instance.create_profile("Team lead", granting_below(&["Users.View"], None));
    instance.create_profile("Supervisor", granting_below(&["Users.View", "Users.Edit"], Some(first_group)));
    for (login, profiles) in
        [("ann", &["Team lead"][..]), ("ben", &["Team lead", "Supervisor"]), ("cai", &["Team lead", "Admin"])]
    {
        let mut new = instance.new_user(login, profiles);
        new.hierarchy_group = Some(first_group);
        instance.create_user_from(new);
    }
    // This user has no group, so the user's scope "own group" contains no users.
    instance.create_user("dee", &["Team lead"]);
    let effect = effect_of(&instance, &update(lead, granting_below(&["Users.View", "Users.Edit"], None)), 10);
    assert_eq!(
        (effect.users_with_more, effect.users_with_less, effect.users_with_both, effect.unchanged),
        (1, 0, 0, 3)
    );
    assert_eq!(effect.groups[0].effect.gained, set(&["Users.Edit"]));
}

#[test]
fn moving_a_user_changes_the_scope_of_their_own_group() {
    let mut instance = TestInstance::new();
    instance.levels(&["Site"]);
    let (first_group, second_group) = (instance.group("Here", None), instance.group("There", None));
    instance.create_profile("Own", granting_below(&["Users.Edit"], None));
    let mut new = instance.new_user("ann", &["Own"]);
    new.hierarchy_group = Some(first_group);
    let ann = instance.create_user_from(new);
    let moved = effect_of(&instance, &Command::UpdateUserHierarchy { user: ann, group: Some(second_group) }, 10);
    assert_eq!(moved.groups[0].effect.moved, set(&["Users.Edit", "Users.View"]));
    let plain = instance.create_user("bob", &["Agent"]);
    let moved = effect_of(&instance, &Command::UpdateUserHierarchy { user: plain, group: Some(second_group) }, 10);
    assert_eq!((moved.affected(), moved.unchanged), (0, 1));
}

#[test]
fn users_who_gain_escalating_permissions_are_listed_first() {
    let mut instance = TestInstance::new();
    let (admin, agent) = (instance.profile("Admin"), instance.profile("Agent"));
    let ann = instance.create_user("ann", &["QualityAnalyst"]);
    let mut commands: Vec<_> = (0..5)
        .map(|at| {
            let user = instance.create_user(&format!("user-{at}"), &["QualityAnalyst"]);
            assign(user, &[agent])
        })
        .collect();
    commands.push(assign(ann, &[admin]));
    let effect = effect_of(&instance, &Command::Batch { action: floorkey::Action::EditUsers, commands }, 10);
    assert_eq!(effect.groups[0].users, [ann]);
    assert_eq!(effect.groups[1].count, 5);
}

#[test]
fn users_whose_assignment_begins_later_are_counted() {
    let mut instance = TestInstance::new();
    let (profile, agent) = (instance.create_profile_granting("Viewers", &["Queues.View"]), instance.profile("Agent"));
    let user = instance.create_user("ann", &["Agent"]);
    let from = Some(Timestamp::from_millis(instance.now.as_millis() + 1_000));
    let assignments = vec![Assignment::always(agent), Assignment { from, ..Assignment::always(profile) }];
    instance.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user, assignments });
    let effect = effect_of(&instance, &update(profile, granting(&["Queues.View", "Users.Edit"])), 10);
    assert_eq!(
        (effect.users_with_more, effect.users_with_less, effect.users_with_both, effect.unchanged),
        (1, 0, 0, 0)
    );
    assert_eq!(effect.groups[0].users, [user]);
}
