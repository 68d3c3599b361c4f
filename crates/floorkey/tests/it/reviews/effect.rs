//! Who is affected by a change.

use std::collections::{BTreeSet, HashMap};

use floorkey::review::effect::{UserEffect, effect};
use floorkey::user::Assignment;
use floorkey::{
    Command, Permission, PermissionSet, Record, RecordChange, RecordKey, Revision, SecurityProfile, SecurityProfileId,
    Timestamp, User, UserId, plan,
};
use proptest::prelude::*;

use super::{Reach, cases, reach, telling};
use crate::chance::Chance;
use crate::random_world::directory;
use crate::world::{World, assign, granting, granting_below, granting_tagged, operator, update};

const AT: Timestamp = Timestamp::from_millis(15);

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn the_effect_is_the_difference_of_the_decisions(seed: u64) {
        let mut chance = Chance::new(seed);
        let (before, ids) = directory(&mut chance);
        let mut changes = Vec::new();
        for _ in 0..1 + chance.below(4) {
            changes.push(change(&mut chance, &before, &ids.users, &ids.profiles));
        }
        let after = before.apply(Revision(1_000), &changes);
        let found = effect(&before, &after, changes.iter().map(RecordChange::key), AT, usize::MAX);
        let by_user: HashMap<UserId, &UserEffect> = found.users().collect();
        for id in &ids.users {
            let mut naive = UserEffect::default();
            for permission in telling() {
                let (was, is) = (reach(&before, *id, permission, AT), reach(&after, *id, permission, AT));
                match (was, is) {
                    (Reach::Nowhere, Reach::Within | Reach::Everywhere) => naive.gained.insert(permission),
                    (Reach::Within | Reach::Everywhere, Reach::Nowhere) => naive.lost.insert(permission),
                    (Reach::Within, Reach::Everywhere) => naive.wider.insert(permission),
                    (Reach::Everywhere, Reach::Within) => naive.narrower.insert(permission),
                    _ => {}
                }
            }
            let said = by_user.get(id).copied().cloned().unwrap_or_default();
            prop_assert_eq!(said.gained, naive.gained);
            prop_assert_eq!(said.lost, naive.lost);
            prop_assert_eq!(said.wider, naive.wider);
            prop_assert_eq!(said.narrower, naive.narrower);
        }
        prop_assert_eq!(found.affected(), by_user.len());
        prop_assert_eq!(found.gaining, by_user.values().filter(|effect| effect.gains()).count());
        prop_assert_eq!(found.losing, by_user.values().filter(|effect| effect.loses()).count());
    }
}

fn change(
    chance: &mut Chance,
    before: &floorkey::Directory,
    users: &[UserId],
    profiles: &[SecurityProfileId],
) -> RecordChange {
    let present: Vec<_> = users.iter().filter_map(|id| before.user(*id)).collect();
    let known: Vec<_> = profiles.iter().filter_map(|id| before.profile(*id)).collect();
    if present.is_empty() || known.is_empty() || chance.percent(10) {
        return RecordChange::Remove(RecordKey::User(*chance.pick(users)));
    }
    if chance.percent(50) {
        let mut user = User::clone(*chance.pick(&present));
        match chance.below(3) {
            0 => user.enabled = !user.enabled,
            1 => user.assignments = vec![Assignment::always(chance.pick(&known).id)],
            _ => user.assignments.push(Assignment { from: Some(AT), ..Assignment::always(chance.pick(&known).id) }),
        }
        return RecordChange::Put(Record::User(user.into()));
    }
    let mut profile = SecurityProfile::clone(*chance.pick(&known));
    let other = chance.pick(&known);
    match chance.percent(50) {
        true => profile.access_control = other.access_control.clone(),
        false => profile.choose(other.chosen),
    }
    RecordChange::Put(Record::Profile(profile.into()))
}

fn set(names: &[&str]) -> PermissionSet {
    names.iter().map(|name| Permission::parse(name).unwrap()).collect()
}

/// What a command would do to everybody, with so many named in each group.
fn of(world: &World, command: &Command, named: usize) -> floorkey::review::effect::Effect {
    let planned = plan(&world.directory, &operator(), command, world.now).unwrap();
    let keys: Vec<RecordKey> = planned.change.records().iter().map(RecordChange::key).collect();
    effect(&world.directory, &planned.next, keys, world.now, named)
}

#[test]
fn holders_are_counted_exactly_and_named_by_login() {
    let mut world = World::new();
    let profile = world.grant("Viewers", &["Queues.View"]);
    let mut logins = Vec::new();
    for at in 0..50 {
        let login = format!("user-{:02}", (at * 7) % 50);
        world.hire(&login, &["Viewers"]);
        logins.push(login);
    }
    logins.sort();
    let sees_too = world.hire("zoe", &["Viewers", "CallCenterManager"]);
    let effect = of(&world, &update(profile, granting(&["Queues.View", "Cases.View", "Users.View"])), 3);
    assert_eq!((effect.affected(), effect.gaining, effect.losing), (51, 51, 0));
    let [most, manager] = effect.groups.as_slice() else { panic!("{effect:?}") };
    assert_eq!((most.count, most.effect.gained), (50, set(&["Cases.View", "Users.View"])));
    let named: Vec<&str> = most.users.iter().map(|id| world.directory.user(*id).unwrap().username.as_str()).collect();
    assert_eq!(named, logins[..3]);
    assert_eq!((manager.users.as_slice(), manager.effect.gained), ([sees_too].as_slice(), set(&["Cases.View"])));
}

#[test]
fn whoever_has_it_from_elsewhere_is_not_affected() {
    let mut world = World::new();
    let profile = world.grant("Viewers", &["Queues.View"]);
    world.hire("ann", &["Viewers", "CallCenterManager"]);
    let off = world.hire("bob", &["Viewers"]);
    world.done(&operator(), Command::SetUserEnabled { user: off, enabled: false });
    let effect = of(&world, &update(profile, granting(&[])), 10);
    assert_eq!((effect.affected(), effect.unchanged), (0, 2));
}

#[test]
fn limits_scopes_and_applications_are_told_apart() {
    let mut world = World::new();
    let profile = world.grant("P", &["Users.View"]);
    let ann = world.hire("ann", &["P"]);
    let only = |world: &World, command: &Command| {
        let effect = of(world, command, 10);
        assert_eq!(effect.users().map(|(user, _)| user).collect::<BTreeSet<_>>(), [ann].into());
        effect.groups[0].effect.clone()
    };
    let limited = only(&world, &update(profile, granting(&["Users.View", "RestrictTaskCreation.Access"])));
    assert_eq!(limited.limits_on, set(&["RestrictTaskCreation.Access"]));
    assert!(limited.loses() && !limited.gains());
    let red = granting_tagged(&["Users.View"], &["User"], ("team", "red"));
    let narrower = only(&world, &update(profile, red.clone()));
    assert_eq!(narrower.narrower, set(&["Users.View"]));
    world.done(&operator(), update(profile, red));
    let blue = granting_tagged(&["Users.View"], &["User"], ("team", "blue"));
    let elsewhere = only(&world, &update(profile, blue));
    assert_eq!(elsewhere.elsewhere, set(&["Users.View"]));
    let mut with_application = granting(&["Users.View"]);
    with_application.access_control_tags = Some([].into());
    with_application.tag_restricted = Some(Vec::new());
    with_application.applications = Some(vec![floorkey::profile::Application {
        namespace: "crm".to_owned(),
        permissions: vec!["READ".to_owned()],
        kind: None,
    }]);
    let more = only(&world, &update(profile, with_application));
    assert_eq!(more.wider, set(&["Users.View"]));
    assert_eq!(more.applications_gained, [("crm".to_owned(), "READ".to_owned())].into());
}

#[test]
fn who_reaches_the_own_group_reaches_others_after_a_move() {
    let mut world = World::new();
    world.levels(&["Site"]);
    let (here, there) = (world.group("Here", None), world.group("There", None));
    world.make_profile("Own", granting_below(&["Users.Edit"], None));
    let mut new = world.new_user("ann", &["Own"]);
    new.hierarchy_group = Some(here);
    let ann = world.hire_as(new);
    let moved = of(&world, &Command::UpdateUserHierarchy { user: ann, group: Some(there) }, 10);
    assert_eq!(moved.groups[0].effect.elsewhere, set(&["Users.Edit", "Users.View"]));
    let plain = world.hire("bob", &["Agent"]);
    let moved = of(&world, &Command::UpdateUserHierarchy { user: plain, group: Some(there) }, 10);
    assert_eq!((moved.affected(), moved.unchanged), (0, 1));
}

#[test]
fn who_comes_to_power_stands_first() {
    let mut world = World::new();
    let (admin, agent) = (world.profile("Admin"), world.profile("Agent"));
    let ann = world.hire("ann", &["QualityAnalyst"]);
    let mut commands: Vec<_> = (0..5)
        .map(|at| {
            let user = world.hire(&format!("user-{at}"), &["QualityAnalyst"]);
            assign(user, &[agent])
        })
        .collect();
    commands.push(assign(ann, &[admin]));
    let effect = of(&world, &Command::Batch { act: floorkey::Act::EditUsers, commands }, 10);
    assert_eq!(effect.groups[0].users, [ann]);
    assert_eq!(effect.groups[1].count, 5);
}
