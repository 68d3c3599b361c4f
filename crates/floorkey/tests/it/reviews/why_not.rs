//! Reviews of why a user can't do something, and of the profiles that would allow it.

use floorkey::review::why_not::{self, WhyNot, assignments_with};
use floorkey::{
    Act, Action, Directory, Reason, Record, RecordChange, Request, Revision, Target, Timestamp, User, UserId, authorize,
};
use floorkey::{Command, Permission, Principal, Via};
use proptest::prelude::*;

use super::{cases, telling};
use crate::random_directory::directory;
use crate::rng::TestRng;
use crate::test_instance::{TestInstance, granting, granting_tagged, operator, tags};

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn exactly_the_suggested_profiles_allow_the_request(seed: u64) {
        let mut rng = TestRng::new(seed);
        let (directory, ids) = directory(&mut rng);
        let names: Vec<Permission> = telling().collect();
        let at = Timestamp::from_millis(15);
        for _ in 0..10 {
            let (id, permission) = (*rng.choose(&ids.users), *rng.choose(&names));
            let target = match rng.below(3) {
                0 => Target::Instance,
                1 => Target::User(*rng.choose(&ids.users)),
                _ => Target::Resource(*rng.choose(&ids.resources)),
            };
            let Some(found) = why_not::permission(&directory, id, permission, &target, at) else {
                prop_assert!(directory.user(id).is_none());
                continue;
            };
            let user = directory.user(id).unwrap();
            let request = Request::new(id, Action::Permission(permission), target, at);
            if fits(&directory, permission, &target) {
                prop_assert_eq!(found.allowed, directory.decide(&request).allowed());
            }
            prop_assert!(!found.allowed || found.ways.is_empty());
            prop_assert_eq!(found.disabled, !user.enabled);
            prop_assert!(found.ways.is_sorted_by_key(|way| way.adds.len()));
            for profile in directory.profiles() {
                let held = user.profiles_at(at).any(|held| held == profile.id);
                if held || found.allowed {
                    continue;
                }
                let way = why_not::Way { profile: profile.id, adds: Default::default(), limits: Default::default(), applications: 0 };
                let given = User { enabled: true, assignments: assignments_with(user, &way), ..User::clone(user) };
                let next = directory.apply(Revision(1_000), &[RecordChange::Put(Record::User(given.into()))]);
                let opens = next.decide(&request).allowed();
                let way = found.ways.iter().any(|way| way.profile == profile.id);
                prop_assert!(opens == way || (way && !fits(&directory, permission, &target)));
            }
        }
    }
}

/// Whether the permission applies to the target's resource type. Operations also require permissions of other types.
fn fits(directory: &Directory, permission: Permission, target: &Target<'_>) -> bool {
    let (of, is) = (permission.info().resource_type, directory.thing(target).and_then(|thing| thing.resource_type));
    of.is_none() || is.is_none() || of == is
}

fn ask(world: &TestInstance, user: UserId, name: &str, target: Target<'_>) -> WhyNot {
    let permission = Permission::parse(name).unwrap();
    why_not::permission(&world.directory, user, permission, &target, world.now).unwrap()
}

fn names(world: &TestInstance, found: &WhyNot) -> Vec<String> {
    found.ways.iter().map(|way| world.directory.profile(way.profile).unwrap().name.clone()).collect()
}

#[test]
fn missing_permissions_include_what_they_require() {
    let mut world = TestInstance::new();
    let ann = world.create_user("ann", &["Agent"]);
    let found = ask(&world, ann, "Users.Edit", Target::Instance);
    assert!(!found.allowed && !found.disabled && !found.full);
    let missing: Vec<&str> = found.missing.iter().map(Permission::name).collect();
    assert_eq!(missing, ["Users.View", "Users.Edit"]);
    assert_eq!(found.explanations[0].1.decision.reason, Reason::NotHeld);
}

#[test]
fn suggested_profiles_are_ordered_by_added_permissions_then_name() {
    let mut world = TestInstance::new();
    let ann = world.create_user("ann", &["Agent"]);
    world.create_profile_granting("Zeta", &["Users.Edit"]);
    world.create_profile_granting("Alpha", &["Users.Edit"]);
    world.create_profile_granting("More", &["Users.Edit", "Queues.View"]);
    let found = ask(&world, ann, "Users.Edit", Target::Instance);
    assert_eq!(names(&world, &found), ["Alpha", "Zeta", "More", "CallCenterManager", "Admin"]);
    assert!(found.ways[0].adds.is_empty());
    assert_eq!(found.ways[2].adds.iter().map(Permission::name).collect::<Vec<_>>(), ["Queues.View"]);
}

#[test]
fn a_profile_whose_scope_excludes_the_target_is_not_suggested() {
    let mut world = TestInstance::new();
    let ann = world.create_user("ann", &["Agent"]);
    let mut new = world.new_user("bob", &["Agent"]);
    new.tags = tags(&[("team", "blue")]);
    let bob = world.create_user_from(new);
    world.create_profile("Red", granting_tagged(&["Users.Edit"], &["User"], ("team", "red")));
    world.create_profile("Blue", granting_tagged(&["Users.Edit"], &["User"], ("team", "blue")));
    let found = ask(&world, ann, "Users.Edit", Target::User(bob));
    let ways = names(&world, &found);
    assert!(ways.contains(&"Blue".to_owned()) && !ways.contains(&"Red".to_owned()), "{ways:?}");
}

#[test]
fn disabled_users_and_users_with_the_maximum_number_of_profiles_are_reported() {
    let mut world = TestInstance::new();
    let ann = world.create_user("ann", &["Admin"]);
    world.run_ok(&operator(), Command::SetUserEnabled { user: ann, enabled: false });
    let found = ask(&world, ann, "Users.Edit", Target::Instance);
    assert!(found.disabled && found.missing.is_empty());
    let profiles: Vec<String> = (0..10).map(|at| format!("P {at}")).collect();
    for name in &profiles {
        world.create_profile(name, granting(&["BasicAgentAccess"]));
    }
    let profiles: Vec<&str> = profiles.iter().map(String::as_str).collect();
    let bob = world.create_user("bob", &profiles);
    assert!(ask(&world, bob, "Users.Edit", Target::Instance).full);
}

#[test]
fn an_action_is_explained_by_the_permissions_it_requires() {
    let mut world = TestInstance::new();
    let (ann, bob) = (world.create_user("ann", &["Agent"]), world.create_user("bob", &["Agent"]));
    world.create_profile_granting("Giver", &["Users.EditPermission"]);
    let ask = |act| why_not::act(&world.directory, ann, act, &Target::User(bob), world.now);
    let found = ask(Act::UpdateUserSecurityProfiles).unwrap();
    assert_eq!(names(&world, &found)[0], "Giver");
    assert_eq!(found.explanations.len(), 2);
    // Each suggested profile allows the operation.
    for way in &found.ways {
        let mut world = world.clone();
        let user = User::clone(world.directory.user(ann).unwrap());
        let assignments = assignments_with(&user, way);
        world.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: ann, assignments });
        let principal = Principal::User { id: ann, via: Via::Session { fresh: false } };
        let act = Act::UpdateUserSecurityProfiles;
        assert!(authorize(&world.directory, &principal, act, &Target::User(bob), world.now).is_ok());
    }
    assert!(ask(Act::SetEscalationGuard).is_none());
    let me = UserId::from_bits(5);
    assert!(why_not::act(&world.directory, me, Act::DeleteUser, &Target::Instance, world.now).is_none());
}
