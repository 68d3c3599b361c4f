//! Tests lists of assignable profiles. Some entries include permissions that are added to the listed profile later.
//! Pinned entries do not. Only some actors can add profiles to a list.

use std::collections::BTreeSet;

use floorkey::audit::Flag;
use floorkey::profile::ApplicationGrant;
use floorkey::user::Assignment;
use floorkey::{Command, Permission, SecurityProfileEdit, SecurityProfileId, Timestamp};

use crate::matrix::applications::orders;
use crate::test_instance::{TestInstance, actor_of, assign, granting, operator, update};

fn set_assignable(profile: SecurityProfileId, assignable: &[SecurityProfileId]) -> Command {
    Command::SetAssignableProfiles { profile, assignable: assignable.iter().copied().collect() }
}

const MANAGER: [&str; 6] = [
    "Users.Edit",
    "Users.Create",
    "SecurityProfiles.Edit",
    "SecurityProfiles.Create",
    "SecurityProfiles.Delete",
    "Queues.View",
];

/// Returns a contact center with the user mia, who edits profiles and has the profile `Managers`. Another user, who has
/// more access than mia, has the profile `Elders`.
fn instance() -> TestInstance {
    let mut instance = TestInstance::enforcing();
    instance.create_profile_granting("Managers", &MANAGER);
    instance.create_profile_granting("Elders", &[&MANAGER[..], &["Prompts.View"]].concat());
    instance.create_user("mia", &["Managers"]);
    instance.create_user("elder", &["Elders"]);
    instance.create_user("ann", &["Agent"]);
    instance
}

#[test]
fn an_assignable_profile_listed_without_full_access_is_pinned() {
    let mut instance = instance();
    let (mia, elders) = (instance.actor_by_login("mia"), instance.profile("Elders"));
    let harmless = instance.create_profile_granting("Harmless", &["Queues.View"]);
    // The user mia can't manage any user who has `Elders`, and can therefore add profiles to the assignable list of
    // `Elders`.
    instance.run_ok(&mia, set_assignable(elders, &[harmless]));
    instance.run_ok(&operator(), update(harmless, granting(&["Queues.View", "Queues.Edit"])));
    let (elder, ann, agent) = (instance.actor_by_login("elder"), instance.user("ann"), instance.profile("Agent"));
    instance.run_ok(&operator(), set_assignable(elders, &[harmless, agent]));
    assert_eq!(instance.refusal_code(&elder, assign(ann, &[agent, harmless])), "guard");
    // The profile now has only the permissions that it had when mia listed it. The user elder can therefore assign it
    // again.
    instance.run_ok(&operator(), update(harmless, granting(&["Queues.View"])));
    instance.run_ok(&elder, assign(ann, &[agent, harmless]));
}

#[test]
fn a_pinned_entry_does_not_follow_later_requirements_of_an_application() {
    let mut instance = instance();
    let (mia, elders, agent) = (instance.actor_by_login("mia"), instance.profile("Elders"), instance.profile("Agent"));
    let refunds = |names: &[&str]| {
        let permissions = names.iter().map(|name| (*name).to_owned()).collect();
        let orders = ApplicationGrant { namespace: "orders".to_owned(), permissions, kind: None };
        SecurityProfileEdit { applications: Some(vec![orders]), ..granting(&[]) }
    };
    let requiring = |requires: &[&str]| {
        let mut orders = orders();
        orders.permissions[1].requires = requires.iter().map(|name| (*name).to_owned()).collect();
        Command::RegisterApplication(Box::new(orders))
    };
    let named = instance.create_profile("Named", refunds(&["refund"]));
    instance.create_profile("Has it", refunds(&["refund"]));
    let (user, managers) = (instance.user("mia"), instance.profile("Managers"));
    let has_it = instance.profile("Has it");
    instance.run_ok(&operator(), assign(user, &[managers, has_it]));
    let ann = instance.user("ann");
    let elder = instance.actor_by_login("elder");
    for (then, now, refused) in [(&[][..], &["read"][..], true), (&["read"][..], &["read"][..], false)] {
        let mut instance = instance.clone();
        instance.run_ok(&operator(), requiring(then));
        instance.run_ok(&operator(), set_assignable(elders, &[agent]));
        instance.run_ok(&mia, set_assignable(elders, &[agent, named]));
        instance.run_ok(&operator(), requiring(now));
        let assign_profiles = assign(ann, &[agent, named]);
        match refused {
            true => assert_eq!(instance.refusal_code(&elder, assign_profiles), "guard"),
            false => _ = instance.run_ok(&elder, assign_profiles),
        }
    }
}

#[test]
fn a_pinned_entry_never_grants_more_than_the_current_profile() {
    let mut instance = instance();
    let (mia, elders) = (instance.actor_by_login("mia"), instance.profile("Elders"));
    let shrinking = instance.create_profile_granting("Shrinking", &["Queues.View", "Users.View"]);
    instance.run_ok(&mia, set_assignable(elders, &[shrinking]));
    instance.run_ok(&operator(), update(shrinking, granting(&[])));
    let elder = instance.directory.user_by_login("elder").unwrap().clone();
    let grants = floorkey::review::access::grantable_access(
        &instance.directory,
        &instance.actor_by_login("elder").principal,
        instance.now,
    );
    assert!(elder.enabled && grants.unwrap().all_permissions().contains(Permission::parse("Users.Edit").unwrap()));
}

#[test]
fn an_assignable_profile_listed_by_an_administrator_grows_and_is_flagged() {
    let mut instance = instance();
    let (admin, managers, agent) =
        (instance.actor_by_login("admin"), instance.profile("Managers"), instance.profile("Agent"));
    instance.run_ok(&admin, set_assignable(managers, &[agent]));
    let grown = instance.run_ok(&admin, update(agent, granting(&["BasicAgentAccess", "Prompts.View"])));
    let flag = grown.event().flags.iter().find_map(|flag| match flag {
        Flag::AssignableProfileExpanded { profile, permissions } => Some((*profile, *permissions)),
        _ => None,
    });
    let (profile, permissions) = flag.expect("the growth is flagged");
    assert_eq!((profile, permissions.contains(Permission::parse("Prompts.View").unwrap())), (agent, true));
    let mia = instance.actor_by_login("mia");
    let dan = instance.new_user("dan", &["Agent"]);
    instance.run_ok(&mia, Command::CreateUser(Box::new(dan)));
}

#[test]
fn only_full_administrators_widen_lists_of_themselves_or_of_users_they_can_manage() {
    let mut instance = instance();
    let (mia, managers) = (instance.actor_by_login("mia"), instance.profile("Managers"));
    let harmless = instance.create_profile_granting("Harmless", &["Queues.View"]);
    assert_eq!(instance.refusal_code(&mia, set_assignable(managers, &[harmless])), "guard");
    let team = instance.create_profile_granting("Team", &["Queues.View"]);
    instance.run_ok(&mia, set_assignable(team, &[harmless]));
    instance.create_user("tim", &["Team"]);
    let other = instance.create_profile_granting("Other", &["Queues.View"]);
    assert_eq!(instance.refusal_code(&mia, set_assignable(team, &[harmless, other])), "guard");
    // Removing profiles from the list is allowed.
    instance.run_ok(&mia, set_assignable(team, &[]));
    instance.run_ok(&instance.actor_by_login("admin"), set_assignable(managers, &[harmless]));
}

#[test]
fn assigned_access_does_not_outlast_the_access_of_the_actor() {
    let mut instance = instance();
    let now = instance.now.as_millis();
    let later = |millis| Some(Timestamp::from_millis(now + millis));
    let (ann, agent) = (instance.user("ann"), instance.profile("Agent"));
    let viewers = instance.create_profile_granting("Viewers", &["Users.View"]);
    let until = later(5_000);
    let (longer, from_then) = (later(6_000), later(4_000));
    let sam = instance.create_user("sam", &["Agent"]);
    let managers = instance.profile("Managers");
    let hold = vec![Assignment::always(agent), Assignment { profile: managers, from: None, until }];
    instance.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: sam, assignments: hold });
    let assign_profiles = |from, until| Command::UpdateUserSecurityProfiles {
        user: ann,
        assignments: vec![Assignment::always(agent), Assignment { profile: viewers, from, until }],
    };
    for outlasting in [assign_profiles(None, None), assign_profiles(None, longer), assign_profiles(from_then, longer)] {
        assert_eq!(instance.refusal_code(&actor_of(sam), outlasting), "guard");
    }
    instance.run_ok(&actor_of(sam), assign_profiles(None, until));
    // An edit of a profile has no end date, so its effect would outlast Sam's access.
    assert_eq!(
        instance.refusal_code(&actor_of(sam), update(agent, granting(&["BasicAgentAccess", "Users.View"]))),
        "guard"
    );
}

#[test]
fn an_undo_keeps_pinned_entries_pinned() {
    let mut instance = instance();
    let (mia, admin) = (instance.actor_by_login("mia"), instance.actor_by_login("admin"));
    let created = instance.create_profile_granting("Made", &["Queues.View"]);
    let named = instance.create_profile_granting("Named", &["Users.View"]);
    instance.run_ok(&mia, set_assignable(created, &[named]));
    let before = instance.directory.clone();
    let change = instance.run_ok(&mia, Command::DeleteSecurityProfile { profile: named });
    instance.run_ok(&admin, crate::test_instance::undo(&before, &change));
    let profile = instance.directory.profile(created).unwrap();
    assert!(profile.assignable.contains(&named) && profile.pinned.contains_key(&named));
}

#[test]
fn having_an_assignable_permission_is_a_gain_and_losing_it_is_a_loss() {
    let mut instance = instance();
    let strong_profile = instance.create_profile_granting("Strong", &["Prompts.Delete"]);
    let elders = instance.profile("Elders");
    instance.run_ok(&operator(), set_assignable(elders, &[strong_profile]));
    let (mia, elder) = (instance.actor_by_login("mia"), instance.user("elder"));
    // The user elder can assign `strong_profile`, but mia can't.
    assert_eq!(instance.refusal_code(&mia, assign(elder, &[elders, strong_profile])), "guard");
    // Editing `Both` would remove a permission from the profile's users. This counts as a loss even though these users
    // can still assign the permission.
    let both = instance.create_profile_granting("Both", &["Prompts.Delete"]);
    instance.run_ok(&operator(), set_assignable(both, &[strong_profile]));
    instance.create_user("bea", &["Both"]);
    assert_eq!(instance.refusal_code(&mia, update(both, granting(&[]))), "guard");
}

#[test]
fn the_number_of_pinned_profiles_per_list_is_bounded() {
    let mut instance = TestInstance::enforcing();
    instance.create_profile_granting("Editors", &["SecurityProfiles.View", "SecurityProfiles.Edit"]);
    let (editor, list) = (instance.create_user("ed", &["Editors"]), instance.create_profile_granting("List", &[]));
    let harmless: BTreeSet<_> =
        (0..=100).map(|at| instance.create_profile_granting(&format!("Harmless {at}"), &[])).collect();
    let name = |profiles: BTreeSet<_>| Command::SetAssignableProfiles { profile: list, assignable: profiles };
    assert_eq!(instance.refusal_code(&actor_of(editor), name(harmless.clone())), "limit-exceeded");
    instance.run_ok(&actor_of(editor), name(harmless.iter().skip(1).copied().collect()));
    instance.run_ok(&operator(), name(harmless));
}
