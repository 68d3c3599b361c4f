//! Names: unique however they are written, and sound.

use std::sync::Arc;

use floorkey::{Command, Record, RecordChange, SecurityProfile, SecurityProfileEdit, User};

use crate::world::{World, granting, operator, update};

#[test]
fn a_profile_name_is_taken_in_every_spelling() {
    let mut world = World::new();
    for name in ["Admin", "ADMIN", " admin", "admin "] {
        let new = world.new_profile(name, granting(&[]));
        let command = Command::CreateSecurityProfile(Box::new(new));
        assert_eq!(world.refused(&operator(), command), "duplicate", "{name}");
    }
    let agent = world.profile("Agent");
    let rename = |name: &str| Command::RenameSecurityProfile { profile: agent, name: name.to_owned() };
    // The refusal names the one who has it, as they write it.
    let refusal = world.try_to(&operator(), rename("aDmIn")).unwrap_err();
    assert_eq!(refusal.code(), "duplicate");
    assert!(refusal.to_string().contains("`Admin`"), "{refusal}");
    // Its own name in another spelling is free, and then the old one is gone.
    world.done(&operator(), rename("AGENT"));
    world.done(&operator(), rename("Serving"));
    world.grant("Agent", &[]);
}

#[test]
fn a_profile_name_takes_what_amazon_connect_takes() {
    let mut world = World::new();
    let long = "x".repeat(128);
    for name in ["", "  ", "a/b", "Ünder", "tab\t", long.as_str()] {
        let new = world.new_profile(name, granting(&[]));
        let command = Command::CreateSecurityProfile(Box::new(new));
        assert_eq!(world.refused(&operator(), command), "invalid", "{name:?}");
    }
    for name in ["a", "Team-7 @ night_shift", "x".repeat(127).as_str()] {
        world.grant(name, &[]);
    }
}

#[test]
fn a_login_is_taken_in_every_spelling() {
    let mut world = World::new();
    for login in ["admin", "Admin", "Ａdmin", "ADMIN"] {
        let new = world.new_user(login, &["Agent"]);
        assert_eq!(world.refused(&operator(), Command::CreateUser(Box::new(new))), "duplicate", "{login}");
    }
    let user = world.hire("ann", &["Agent"]);
    let rename = |username: &str| Command::RenameUserLogin { user, username: username.to_owned() };
    let refusal = world.try_to(&operator(), rename("ADMIN")).unwrap_err();
    assert_eq!(refusal.code(), "duplicate");
    assert!(refusal.to_string().contains("`admin`"), "{refusal}");
    world.done(&operator(), rename("Ann"));
    world.done(&operator(), rename("bea"));
    assert!(world.directory.user_by_login("ann").is_none());
    assert_eq!(world.directory.user_by_login("BEA").unwrap().id, user);
}

#[test]
fn a_login_takes_letters_digits_and_a_few_signs() {
    let mut world = World::new();
    let long = "x".repeat(101);
    for login in ["", "a b", "a/b", "a\nb", "<b>", long.as_str()] {
        let new = world.new_user(login, &["Agent"]);
        assert_eq!(world.refused(&operator(), Command::CreateUser(Box::new(new))), "invalid", "{login:?}");
    }
    for login in ["corp\\jane.doe-7_x", "jane+test@example.com", "жанна", "x".repeat(100).as_str()] {
        world.hire(login, &["Agent"]);
    }
}

#[test]
fn a_deleted_login_is_free_at_once_and_inherits_nothing() {
    let mut world = World::new();
    let old = world.hire("ann", &["Admin"]);
    let key = world.key(old);
    world.done(&operator(), Command::DeleteUser { user: old });
    let new = world.hire("ann", &["Agent"]);
    assert_ne!(old, new);
    assert!(!world.may(new, "Users.Edit") && world.may(new, "BasicAgentAccess"));
    assert!(world.directory.access_key(&key).is_none());
    assert_eq!(world.directory.access_keys_of(new).count(), 0);
    assert!(world.directory.user(old).is_none());
}

#[test]
fn a_profile_that_users_hold_is_not_deleted() {
    let mut world = World::new();
    let profile = world.grant("Team", &["Users.View"]);
    let ann = world.hire("ann", &["Team"]);
    world.done(&operator(), Command::SetUserEnabled { user: ann, enabled: false });
    let refusal = world.try_to(&operator(), Command::DeleteSecurityProfile { profile }).unwrap_err();
    assert_eq!(refusal.code(), "in-use");
    assert!(refusal.to_string().contains("1 user holds `Team` (ann)"), "{refusal}");
    let agent = world.profile("Agent");
    world.done(&operator(), crate::world::assign(ann, &[agent]));
    world.done(&operator(), Command::DeleteSecurityProfile { profile });
    assert!(world.directory.profile(profile).is_none());
}

#[test]
fn a_deleted_profile_is_forgotten_by_those_who_handed_it_out() {
    let mut world = World::new();
    let profile = world.grant("Team", &["Users.View"]);
    let manager = world.profile("CallCenterManager");
    let agent = world.profile("Agent");
    let assignable = [agent, profile].into();
    world.done(&operator(), Command::SetAssignableProfiles { profile: manager, assignable });
    world.done(&operator(), Command::DeleteSecurityProfile { profile });
    assert_eq!(world.directory.profile(manager).unwrap().assignable, [agent].into());
}

#[test]
fn descriptions_are_short_and_plain() {
    let mut world = World::new();
    let profile = world.profile("Agent");
    for text in ["x".repeat(251), "a\u{7}b".to_owned()] {
        let edit = SecurityProfileEdit { description: Some(text), ..SecurityProfileEdit::default() };
        assert_eq!(world.refused(&operator(), update(profile, edit)), "invalid");
    }
    let edit = SecurityProfileEdit { description: Some("ä".repeat(250)), ..SecurityProfileEdit::default() };
    world.done(&operator(), update(profile, edit));
}

#[test]
fn names_that_are_exchanged_in_one_step_are_all_found() {
    let mut world = World::new();
    let (ann, bob) = (world.hire("ann", &["Agent"]), world.hire("bob", &["Agent"]));
    let (agent, admin) = (world.profile("Agent"), world.profile("Admin"));
    let renamed = |id, username: &str| {
        let user = User::clone(world.directory.user(id).unwrap());
        RecordChange::Put(Record::User(Arc::new(User { username: username.to_owned(), ..user })))
    };
    let called = |id, name: &str| {
        let profile = SecurityProfile::clone(world.directory.profile(id).unwrap());
        RecordChange::Put(Record::Profile(Arc::new(SecurityProfile { name: name.to_owned(), ..profile })))
    };
    // A node that catches up gets the last versions only, in the order of their ids.
    let changes = [renamed(ann, "bob"), renamed(bob, "ann"), called(agent, "Admin"), called(admin, "Agent")];
    let next = world.directory.apply(world.directory.revision().next(), &changes);
    assert_eq!(next.user_by_login("ann").map(|user| user.id), Some(bob));
    assert_eq!(next.user_by_login("bob").map(|user| user.id), Some(ann));
    assert_eq!(next.profile_by_name("Agent").map(|profile| profile.id), Some(admin));
    assert_eq!(next.profile_by_name("Admin").map(|profile| profile.id), Some(agent));
    assert_eq!(next.users_after(None).count(), next.user_count());
}
