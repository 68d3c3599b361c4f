//! Lists of assignable profiles: which entries follow the growth of a profile, which are pinned, and who can widen a
//! list.

use std::collections::BTreeSet;

use floorkey::audit::Flag;
use floorkey::profile::Application;
use floorkey::user::Assignment;
use floorkey::{Command, Permission, SecurityProfileEdit, SecurityProfileId, Timestamp};

use crate::matrix::applications::orders;
use crate::test_instance::{TestInstance, actor_of, assign, granting, operator, update};

fn set(profile: SecurityProfileId, assignable: &[SecurityProfileId]) -> Command {
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

/// Returns a contact center in which mia edits profiles. `Managers` is her profile; `Elders` is the profile of a user
/// with more access.
fn world() -> TestInstance {
    let mut world = TestInstance::enforcing();
    world.create_profile_granting("Managers", &MANAGER);
    world.create_profile_granting("Elders", &[&MANAGER[..], &["Prompts.View"]].concat());
    world.create_user("mia", &["Managers"]);
    world.create_user("elder", &["Elders"]);
    world.create_user("ann", &["Agent"]);
    world
}

#[test]
fn an_assignable_profile_listed_without_full_access_is_pinned() {
    let mut world = world();
    let (mia, elders) = (world.actor_by_login("mia"), world.profile("Elders"));
    let harmless = world.create_profile_granting("Harmless", &["Queues.View"]);
    // No user whom mia can manage has `Elders`, so she can widen its list.
    world.run_ok(&mia, set(elders, &[harmless]));
    world.run_ok(&operator(), update(harmless, granting(&["Queues.View", "Queues.Edit"])));
    let (elder, ann, agent) = (world.actor_by_login("elder"), world.user("ann"), world.profile("Agent"));
    world.run_ok(&operator(), set(elders, &[harmless, agent]));
    assert_eq!(world.refusal_code(&elder, assign(ann, &[agent, harmless])), "guard");
    // The elder can assign the profile once it grants only what it granted when mia listed it.
    world.run_ok(&operator(), update(harmless, granting(&["Queues.View"])));
    world.run_ok(&elder, assign(ann, &[agent, harmless]));
}

#[test]
fn a_pinned_entry_does_not_follow_later_requirements_of_an_application() {
    let mut world = world();
    let (mia, elders, agent) = (world.actor_by_login("mia"), world.profile("Elders"), world.profile("Agent"));
    let refunds = |names: &[&str]| {
        let permissions = names.iter().map(|name| (*name).to_owned()).collect();
        let orders = Application { namespace: "orders".to_owned(), permissions, kind: None };
        SecurityProfileEdit { applications: Some(vec![orders]), ..granting(&[]) }
    };
    let requiring = |requires: &[&str]| {
        let mut orders = orders();
        orders.permissions[1].requires = requires.iter().map(|name| (*name).to_owned()).collect();
        Command::RegisterApplication(Box::new(orders))
    };
    let named = world.create_profile("Named", refunds(&["refund"]));
    world.create_profile("Has it", refunds(&["refund"]));
    let (user, managers) = (world.user("mia"), world.profile("Managers"));
    let has_it = world.profile("Has it");
    world.run_ok(&operator(), assign(user, &[managers, has_it]));
    let ann = world.user("ann");
    let elder = world.actor_by_login("elder");
    for (then, now, refused) in [(&[][..], &["read"][..], true), (&["read"][..], &["read"][..], false)] {
        let mut world = world.clone();
        world.run_ok(&operator(), requiring(then));
        world.run_ok(&operator(), set(elders, &[agent]));
        world.run_ok(&mia, set(elders, &[agent, named]));
        world.run_ok(&operator(), requiring(now));
        let give = assign(ann, &[agent, named]);
        match refused {
            true => assert_eq!(world.refusal_code(&elder, give), "guard"),
            false => _ = world.run_ok(&elder, give),
        }
    }
}

#[test]
fn a_pinned_entry_never_grants_more_than_the_current_profile() {
    let mut world = world();
    let (mia, elders) = (world.actor_by_login("mia"), world.profile("Elders"));
    let shrinking = world.create_profile_granting("Shrinking", &["Queues.View", "Users.View"]);
    world.run_ok(&mia, set(elders, &[shrinking]));
    world.run_ok(&operator(), update(shrinking, granting(&[])));
    let elder = world.directory.user_by_login("elder").unwrap().clone();
    let grants = floorkey::review::access::grantable_access(
        &world.directory,
        &world.actor_by_login("elder").principal,
        world.now,
    );
    assert!(elder.enabled && grants.unwrap().anywhere().contains(Permission::parse("Users.Edit").unwrap()));
}

#[test]
fn an_assignable_profile_listed_by_an_administrator_grows_and_is_flagged() {
    let mut world = world();
    let (admin, managers, agent) = (world.actor_by_login("admin"), world.profile("Managers"), world.profile("Agent"));
    world.run_ok(&admin, set(managers, &[agent]));
    let grown = world.run_ok(&admin, update(agent, granting(&["BasicAgentAccess", "Prompts.View"])));
    let flag = grown.event().flags.iter().find_map(|flag| match flag {
        Flag::AssignableProfileGrew { profile, permissions } => Some((*profile, *permissions)),
        _ => None,
    });
    let (profile, permissions) = flag.expect("the growth is flagged");
    assert_eq!((profile, permissions.contains(Permission::parse("Prompts.View").unwrap())), (agent, true));
    let mia = world.actor_by_login("mia");
    let dan = world.new_user("dan", &["Agent"]);
    world.run_ok(&mia, Command::CreateUser(Box::new(dan)));
}

#[test]
fn only_full_administrators_widen_lists_of_themselves_or_of_users_they_can_manage() {
    let mut world = world();
    let (mia, managers) = (world.actor_by_login("mia"), world.profile("Managers"));
    let harmless = world.create_profile_granting("Harmless", &["Queues.View"]);
    assert_eq!(world.refusal_code(&mia, set(managers, &[harmless])), "guard");
    let team = world.create_profile_granting("Team", &["Queues.View"]);
    world.run_ok(&mia, set(team, &[harmless]));
    world.create_user("tim", &["Team"]);
    let other = world.create_profile_granting("Other", &["Queues.View"]);
    assert_eq!(world.refusal_code(&mia, set(team, &[harmless, other])), "guard");
    // Shortening the list is allowed.
    world.run_ok(&mia, set(team, &[]));
    world.run_ok(&world.actor_by_login("admin"), set(managers, &[harmless]));
}

#[test]
fn assigned_access_does_not_outlast_the_access_of_the_actor() {
    let mut world = world();
    let now = world.now.as_millis();
    let later = |millis| Some(Timestamp::from_millis(now + millis));
    let (ann, agent) = (world.user("ann"), world.profile("Agent"));
    let viewers = world.create_profile_granting("Viewers", &["Users.View"]);
    let until = later(5_000);
    let (longer, from_then) = (later(6_000), later(4_000));
    let sam = world.create_user("sam", &["Agent"]);
    let managers = world.profile("Managers");
    let hold = vec![Assignment::always(agent), Assignment { profile: managers, from: None, until }];
    world.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: sam, assignments: hold });
    let give = |from, until| Command::UpdateUserSecurityProfiles {
        user: ann,
        assignments: vec![Assignment::always(agent), Assignment { profile: viewers, from, until }],
    };
    for outlasting in [give(None, None), give(None, longer), give(from_then, longer)] {
        assert_eq!(world.refusal_code(&actor_of(sam), outlasting), "guard");
    }
    world.run_ok(&actor_of(sam), give(None, until));
    // A profile edit has no end date, so it would outlast Sam's access.
    assert_eq!(
        world.refusal_code(&actor_of(sam), update(agent, granting(&["BasicAgentAccess", "Users.View"]))),
        "guard"
    );
}

#[test]
fn an_undo_keeps_pinned_entries_pinned() {
    let mut world = world();
    let (mia, admin) = (world.actor_by_login("mia"), world.actor_by_login("admin"));
    let made = world.create_profile_granting("Made", &["Queues.View"]);
    let named = world.create_profile_granting("Named", &["Users.View"]);
    world.run_ok(&mia, set(made, &[named]));
    let before = world.directory.clone();
    let change = world.run_ok(&mia, Command::DeleteSecurityProfile { profile: named });
    world.run_ok(&admin, crate::test_instance::undo(&before, &change));
    let profile = world.directory.profile(made).unwrap();
    assert!(profile.assignable.contains(&named) && profile.pinned.contains_key(&named));
}

#[test]
fn having_an_assignable_permission_is_a_gain_and_losing_it_is_a_loss() {
    let mut world = world();
    let strong = world.create_profile_granting("Strong", &["Prompts.Delete"]);
    let elders = world.profile("Elders");
    world.run_ok(&operator(), set(elders, &[strong]));
    let (mia, elder) = (world.actor_by_login("mia"), world.user("elder"));
    // The elder can assign it; mia cannot.
    assert_eq!(world.refusal_code(&mia, assign(elder, &[elders, strong])), "guard");
    // Editing `Both` would take a permission from its users, although they can still assign it.
    let both = world.create_profile_granting("Both", &["Prompts.Delete"]);
    world.run_ok(&operator(), set(both, &[strong]));
    world.create_user("bea", &["Both"]);
    assert_eq!(world.refusal_code(&mia, update(both, granting(&[]))), "guard");
}

#[test]
fn the_number_of_pinned_profiles_per_list_is_bounded() {
    let mut world = TestInstance::enforcing();
    world.create_profile_granting("Editors", &["SecurityProfiles.View", "SecurityProfiles.Edit"]);
    let (editor, list) = (world.create_user("ed", &["Editors"]), world.create_profile_granting("List", &[]));
    let harmless: BTreeSet<_> =
        (0..=100).map(|at| world.create_profile_granting(&format!("Harmless {at}"), &[])).collect();
    let name = |profiles: BTreeSet<_>| Command::SetAssignableProfiles { profile: list, assignable: profiles };
    assert_eq!(world.refusal_code(&actor_of(editor), name(harmless.clone())), "limit-exceeded");
    world.run_ok(&actor_of(editor), name(harmless.iter().skip(1).copied().collect()));
    world.run_ok(&operator(), name(harmless));
}
