//! Names of profiles and logins: unique in every spelling, and valid.

use std::sync::Arc;

use floorkey::{
    Actor, Command, NewInstance, Record, RecordChange, SecurityProfile, SecurityProfileEdit, SecurityProfileId, User,
    UserId,
};

use crate::test_instance::{
    TestInstance, actor_of, granting, granting_tagged, new_instance, operator, password, tags, undo, update,
};

#[test]
fn a_profile_name_is_taken_in_every_spelling() {
    let mut world = TestInstance::new();
    for name in ["Admin", "ADMIN", " admin", "admin "] {
        let new = world.new_profile(name, granting(&[]));
        let command = Command::CreateSecurityProfile(Box::new(new));
        assert_eq!(world.refusal_code(&operator(), command), "duplicate", "{name}");
    }
    let agent = world.profile("Agent");
    let rename = |name: &str| Command::RenameSecurityProfile { profile: agent, name: name.to_owned() };
    // The refusal shows the name as the profile that has it is written.
    let refusal = world.run(&operator(), rename("aDmIn")).unwrap_err();
    assert_eq!(refusal.code(), "duplicate");
    assert!(refusal.to_string().contains("`Admin`"), "{refusal}");
    // A profile can take its own name in another spelling, and a rename frees the old name.
    world.run_ok(&operator(), rename("AGENT"));
    world.run_ok(&operator(), rename("Serving"));
    world.create_profile_granting("Agent", &[]);
}

#[test]
fn a_profile_name_allows_what_amazon_connect_allows() {
    let mut world = TestInstance::new();
    let long = "x".repeat(128);
    for name in ["", "  ", "a/b", "Ünder", "tab\t", long.as_str()] {
        let new = world.new_profile(name, granting(&[]));
        let command = Command::CreateSecurityProfile(Box::new(new));
        assert_eq!(world.refusal_code(&operator(), command), "invalid", "{name:?}");
    }
    for name in ["a", "Team-7 @ night_shift", "x".repeat(127).as_str()] {
        world.create_profile_granting(name, &[]);
    }
}

#[test]
fn a_login_is_taken_in_every_spelling() {
    let mut world = TestInstance::new();
    for login in ["admin", "Admin", "Ａdmin", "ADMIN"] {
        let new = world.new_user(login, &["Agent"]);
        assert_eq!(world.refusal_code(&operator(), Command::CreateUser(Box::new(new))), "duplicate", "{login}");
    }
    let user = world.create_user("ann", &["Agent"]);
    let rename = |username: &str| Command::RenameUserLogin { user, username: username.to_owned() };
    let refusal = world.run(&operator(), rename("ADMIN")).unwrap_err();
    assert_eq!(refusal.code(), "duplicate");
    assert!(refusal.to_string().contains("`admin`"), "{refusal}");
    world.run_ok(&operator(), rename("Ann"));
    world.run_ok(&operator(), rename("bea"));
    assert!(world.directory.user_by_login("ann").is_none());
    assert_eq!(world.directory.user_by_login("BEA").unwrap().id, user);
}

#[test]
fn a_login_allows_letters_digits_and_a_few_symbols() {
    let mut world = TestInstance::new();
    let long = "x".repeat(101);
    for login in ["", "a b", "a/b", "a\nb", "<b>", long.as_str()] {
        let new = world.new_user(login, &["Agent"]);
        assert_eq!(world.refusal_code(&operator(), Command::CreateUser(Box::new(new))), "invalid", "{login:?}");
    }
    for login in ["corp\\jane.doe-7_x", "jane+test@example.com", "жанна", "x".repeat(100).as_str()] {
        world.create_user(login, &["Agent"]);
    }
}

#[test]
fn the_operator_can_reuse_a_deleted_login_at_once_and_nothing_is_inherited() {
    let mut world = TestInstance::new();
    let old = world.create_user("ann", &["Admin"]);
    let key = world.key(old);
    world.run_ok(&operator(), Command::DeleteUser { user: old });
    let new = world.create_user("ann", &["Agent"]);
    assert_ne!(old, new);
    assert!(!world.can(new, "Users.Edit") && world.can(new, "BasicAgentAccess"));
    assert!(world.directory.access_key(&key).is_none());
    assert_eq!(world.directory.access_keys_of(new).count(), 0);
    assert!(world.directory.user(old).is_none());
}

#[test]
fn a_profile_with_users_cannot_be_deleted() {
    let mut world = TestInstance::new();
    let profile = world.create_profile_granting("Team", &["Users.View"]);
    let ann = world.create_user("ann", &["Team"]);
    world.run_ok(&operator(), Command::SetUserEnabled { user: ann, enabled: false });
    let refusal = world.run(&operator(), Command::DeleteSecurityProfile { profile }).unwrap_err();
    assert_eq!(refusal.code(), "in-use");
    assert!(refusal.to_string().contains("1 user has `Team` (ann)"), "{refusal}");
    let agent = world.profile("Agent");
    world.run_ok(&operator(), crate::test_instance::assign(ann, &[agent]));
    world.run_ok(&operator(), Command::DeleteSecurityProfile { profile });
    assert!(world.directory.profile(profile).is_none());
}

#[test]
fn a_deleted_profile_is_removed_from_lists_of_assignable_profiles() {
    let mut world = TestInstance::new();
    let profile = world.create_profile_granting("Team", &["Users.View"]);
    let manager = world.profile("CallCenterManager");
    let agent = world.profile("Agent");
    let assignable = [agent, profile].into();
    world.run_ok(&operator(), Command::SetAssignableProfiles { profile: manager, assignable });
    world.run_ok(&operator(), Command::DeleteSecurityProfile { profile });
    assert_eq!(world.directory.profile(manager).unwrap().assignable, [agent].into());
}

#[test]
fn descriptions_are_short_and_plain() {
    let mut world = TestInstance::new();
    let profile = world.profile("Agent");
    for text in ["x".repeat(251), "a\u{7}b".to_owned()] {
        let edit = SecurityProfileEdit { description: Some(text), ..SecurityProfileEdit::default() };
        assert_eq!(world.refusal_code(&operator(), update(profile, edit)), "invalid");
    }
    let edit = SecurityProfileEdit { description: Some("ä".repeat(250)), ..SecurityProfileEdit::default() };
    world.run_ok(&operator(), update(profile, edit));
}

#[test]
fn names_swapped_in_one_change_are_all_found() {
    let mut world = TestInstance::new();
    let (ann, bob) = (world.create_user("ann", &["Agent"]), world.create_user("bob", &["Agent"]));
    let (agent, admin) = (world.profile("Agent"), world.profile("Admin"));
    let renamed = |id, username: &str| {
        let user = User::clone(world.directory.user(id).unwrap());
        RecordChange::Put(Record::User(Arc::new(User { username: username.to_owned(), ..user })))
    };
    let called = |id, name: &str| {
        let profile = SecurityProfile::clone(world.directory.profile(id).unwrap());
        RecordChange::Put(Record::Profile(Arc::new(SecurityProfile { name: name.to_owned(), ..profile })))
    };
    // A node that catches up receives only the newest versions, in the order of their ids.
    let changes = [renamed(ann, "bob"), renamed(bob, "ann"), called(agent, "Admin"), called(admin, "Agent")];
    let next = world.directory.apply(world.directory.revision().next(), &changes);
    assert_eq!(next.user_by_login("ann").map(|user| user.id), Some(bob));
    assert_eq!(next.user_by_login("bob").map(|user| user.id), Some(ann));
    assert_eq!(next.profile_by_name("Agent").map(|profile| profile.id), Some(admin));
    assert_eq!(next.profile_by_name("Admin").map(|profile| profile.id), Some(agent));
    assert_eq!(next.users_after(None).count(), next.user_count());
}

/// Returns the text of the refusal of a command.
fn why_not(world: &mut TestInstance, actor: &Actor, command: Command) -> String {
    world.run(actor, command).expect_err("a lookalike was made").to_string()
}

#[test]
fn a_new_login_that_looks_like_another_in_another_script_is_refused_for_all_actors() {
    let mut world = TestInstance::new();
    world.create_user("coco", &["Agent"]);
    let ann = world.create_user("ann", &["Agent"]);
    for actor in [operator(), actor_of(world.user("admin")), Actor::system()] {
        let new = world.new_user("сосо", &["Agent"]);
        let said = why_not(&mut world, &actor, Command::CreateUser(Box::new(new)));
        assert!(said.contains("looks like `coco`") && said.contains("another script"), "{said}");
        let rename = Command::RenameUserLogin { user: ann, username: "СОСО".to_owned() };
        assert!(why_not(&mut world, &actor, rename).contains("looks like `coco`"));
    }
    let restore = Command::RestoreAdministrator {
        profile: SecurityProfileId::from_bits(world.next_id()),
        user: UserId::from_bits(world.next_id()),
        username: "сосо".to_owned(),
        password: password(),
    };
    assert!(why_not(&mut world, &Actor::system(), restore).contains("looks like `coco`"));
    // A login in any script is accepted if no other login looks like it.
    world.create_user("иван.петров@example.com", &["Agent"]);
}

#[test]
fn a_new_login_mixes_no_scripts_within_a_part() {
    let mut world = TestInstance::new();
    let ann = world.create_user("ann", &["Agent"]);
    for login in ["annа", "team.аdmin", "ann৪", "ann\u{3164}"] {
        let new = world.new_user(login, &["Agent"]);
        let said = why_not(&mut world, &operator(), Command::CreateUser(Box::new(new)));
        assert!(said.starts_with("Username: ") && said.contains("one script"), "{said}");
        let rename = Command::RenameUserLogin { user: ann, username: login.to_owned() };
        assert!(why_not(&mut world, &operator(), rename).contains("one script"));
    }
    let new = NewInstance { administrator: Some(("аdmin".to_owned(), password())), ..new_instance() };
    let refusal = floorkey::found(&new, &operator(), world.now, || 7).unwrap_err();
    assert!(refusal.to_string().contains("one script"), "{refusal}");
}

#[test]
fn a_lookalike_is_named_only_to_actors_who_see_that_user() {
    let mut world = TestInstance::new();
    let mut hidden = world.new_user("coco", &["Agent"]);
    hidden.tags = tags(&[("team", "blue")]);
    world.create_user_from(hidden);
    let mut seen = world.new_user("ooo", &["Agent"]);
    seen.tags = tags(&[("team", "red")]);
    world.create_user_from(seen);
    let edit = granting_tagged(&["Users.Create", "Users.View", "Users.EditPermission"], &["User"], ("team", "red"));
    world.create_profile("Red desk", edit);
    let mia = actor_of(world.create_user("mia", &["Red desk"]));
    let mut try_login = |login: &str| {
        let mut new = world.new_user(login, &["Red desk"]);
        new.tags = tags(&[("team", "red")]);
        why_not(&mut world, &mia, Command::CreateUser(Box::new(new)))
    };
    let said = try_login("сосо");
    assert!(said.contains("the login name of another user") && !said.contains("coco"), "{said}");
    let said = try_login("ооо");
    assert!(said.contains("looks like `ooo`"), "{said}");
}

#[test]
fn existing_logins_stay_valid() {
    // A login from before this rule: a directory loads stored records without checking it.
    let mut world = TestInstance::new();
    let old = world.create_user("coco", &["Agent"]);
    let records = world.directory.records().into_iter().map(|record| match record {
        Record::User(user) if user.id == old => {
            let user = User { username: "аdmin".to_owned(), ..User::clone(&user) };
            Record::User(user.into())
        }
        record => record,
    });
    let (id, revision) = (world.directory.instance(), world.directory.revision());
    world.directory = floorkey::Directory::from_records(id, revision, records.collect());
    // Another spelling of the same name.
    world.run_ok(&operator(), Command::RenameUserLogin { user: old, username: "Аdmin".to_owned() });
    let before = world.directory.clone();
    let change = world.run_ok(&operator(), Command::RenameUserLogin { user: old, username: "coco".to_owned() });
    world.run_ok(&operator(), undo(&before, &change));
    assert_eq!(world.user("Аdmin"), old);
    let was = world.directory.user(old).unwrap().clone();
    world.run_ok(&operator(), Command::DeleteUser { user: old });
    let restore = Command::RestoreUser { user: Box::new(User::clone(&was)), password: None };
    world.run_ok(&operator(), restore);
    assert_eq!(world.user("Аdmin"), old);
}
