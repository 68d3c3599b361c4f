//! Tests the names of profiles and the logins of users. They must be valid, and unique regardless of spelling.

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
    let mut instance = TestInstance::new();
    for name in ["Admin", "ADMIN", " admin", "admin "] {
        let new = instance.new_profile(name, granting(&[]));
        let command = Command::CreateSecurityProfile(Box::new(new));
        assert_eq!(instance.refusal_code(&operator(), command), "duplicate", "{name}");
    }
    let agent = instance.profile("Agent");
    let rename = |name: &str| Command::RenameSecurityProfile { profile: agent, name: name.to_owned() };
    // The refusal contains the existing profile's name, exactly as that profile spells it.
    let refusal = instance.run(&operator(), rename("aDmIn")).unwrap_err();
    assert_eq!(refusal.code(), "duplicate");
    assert!(refusal.to_string().contains("`Admin`"), "{refusal}");
    // A profile can change the spelling of its own name. A rename makes the old name available.
    instance.run_ok(&operator(), rename("AGENT"));
    instance.run_ok(&operator(), rename("Serving"));
    instance.create_profile_granting("Agent", &[]);
}

#[test]
fn a_profile_name_allows_what_amazon_connect_allows() {
    let mut instance = TestInstance::new();
    let long = "x".repeat(128);
    for name in ["", "  ", "a/b", "Ünder", "tab\t", long.as_str()] {
        let new = instance.new_profile(name, granting(&[]));
        let command = Command::CreateSecurityProfile(Box::new(new));
        assert_eq!(instance.refusal_code(&operator(), command), "invalid", "{name:?}");
    }
    for name in ["a", "Team-7 @ night_shift", "x".repeat(127).as_str()] {
        instance.create_profile_granting(name, &[]);
    }
}

#[test]
fn a_login_is_taken_in_every_spelling() {
    let mut instance = TestInstance::new();
    for login in ["admin", "Admin", "Ａdmin", "ADMIN"] {
        let new = instance.new_user(login, &["Agent"]);
        assert_eq!(instance.refusal_code(&operator(), Command::CreateUser(Box::new(new))), "duplicate", "{login}");
    }
    let user = instance.create_user("ann", &["Agent"]);
    let rename = |username: &str| Command::RenameUserLogin { user, username: username.to_owned() };
    let refusal = instance.run(&operator(), rename("ADMIN")).unwrap_err();
    assert_eq!(refusal.code(), "duplicate");
    assert!(refusal.to_string().contains("`admin`"), "{refusal}");
    instance.run_ok(&operator(), rename("Ann"));
    instance.run_ok(&operator(), rename("bea"));
    assert!(instance.directory.user_by_login("ann").is_none());
    assert_eq!(instance.directory.user_by_login("BEA").unwrap().id, user);
}

#[test]
fn a_login_allows_letters_digits_and_a_few_symbols() {
    let mut instance = TestInstance::new();
    let long = "x".repeat(101);
    for login in ["", "a b", "a/b", "a\nb", "<b>", long.as_str()] {
        let new = instance.new_user(login, &["Agent"]);
        assert_eq!(instance.refusal_code(&operator(), Command::CreateUser(Box::new(new))), "invalid", "{login:?}");
    }
    for login in ["corp\\jane.doe-7_x", "jane+test@example.com", "жанна", "x".repeat(100).as_str()] {
        instance.create_user(login, &["Agent"]);
    }
}

#[test]
fn the_operator_can_reuse_a_deleted_login_at_once_and_nothing_is_inherited() {
    let mut instance = TestInstance::new();
    let old = instance.create_user("ann", &["Admin"]);
    let key = instance.key(old);
    instance.run_ok(&operator(), Command::DeleteUser { user: old });
    let new = instance.create_user("ann", &["Agent"]);
    assert_ne!(old, new);
    assert!(!instance.can(new, "Users.Edit") && instance.can(new, "BasicAgentAccess"));
    assert!(instance.directory.access_key(&key).is_none());
    assert_eq!(instance.directory.access_keys_of(new).count(), 0);
    assert!(instance.directory.user(old).is_none());
}

#[test]
fn a_profile_with_users_cannot_be_deleted() {
    let mut instance = TestInstance::new();
    let profile = instance.create_profile_granting("Team", &["Users.View"]);
    let ann = instance.create_user("ann", &["Team"]);
    instance.run_ok(&operator(), Command::SetUserEnabled { user: ann, enabled: false });
    let refusal = instance.run(&operator(), Command::DeleteSecurityProfile { profile }).unwrap_err();
    assert_eq!(refusal.code(), "in-use");
    assert!(refusal.to_string().contains("1 user has `Team` (ann)"), "{refusal}");
    let agent = instance.profile("Agent");
    instance.run_ok(&operator(), crate::test_instance::assign(ann, &[agent]));
    instance.run_ok(&operator(), Command::DeleteSecurityProfile { profile });
    assert!(instance.directory.profile(profile).is_none());
}

#[test]
fn a_deleted_profile_is_removed_from_lists_of_assignable_profiles() {
    let mut instance = TestInstance::new();
    let profile = instance.create_profile_granting("Team", &["Users.View"]);
    let manager = instance.profile("CallCenterManager");
    let agent = instance.profile("Agent");
    let assignable = [agent, profile].into();
    instance.run_ok(&operator(), Command::SetAssignableProfiles { profile: manager, assignable });
    instance.run_ok(&operator(), Command::DeleteSecurityProfile { profile });
    assert_eq!(instance.directory.profile(manager).unwrap().assignable, [agent].into());
}

#[test]
fn descriptions_are_short_and_plain() {
    let mut instance = TestInstance::new();
    let profile = instance.profile("Agent");
    for text in ["x".repeat(251), "a\u{7}b".to_owned()] {
        let edit = SecurityProfileEdit { description: Some(text), ..SecurityProfileEdit::default() };
        assert_eq!(instance.refusal_code(&operator(), update(profile, edit)), "invalid");
    }
    let edit = SecurityProfileEdit { description: Some("ä".repeat(250)), ..SecurityProfileEdit::default() };
    instance.run_ok(&operator(), update(profile, edit));
}

#[test]
fn names_swapped_in_one_change_are_all_found() {
    let mut instance = TestInstance::new();
    let (ann, bob) = (instance.create_user("ann", &["Agent"]), instance.create_user("bob", &["Agent"]));
    let (agent, admin) = (instance.profile("Agent"), instance.profile("Admin"));
    let renamed = |id, username: &str| {
        let user = User::clone(instance.directory.user(id).unwrap());
        RecordChange::Upsert(Record::User(Arc::new(User { username: username.to_owned(), ..user })))
    };
    let called = |id, name: &str| {
        let profile = SecurityProfile::clone(instance.directory.profile(id).unwrap());
        RecordChange::Upsert(Record::Profile(Arc::new(SecurityProfile { name: name.to_owned(), ..profile })))
    };
    // A node that catches up receives only the latest versions of records, sorted by ID.
    let changes = [renamed(ann, "bob"), renamed(bob, "ann"), called(agent, "Admin"), called(admin, "Agent")];
    let next = instance.directory.apply(instance.directory.revision().next(), &changes);
    assert_eq!(next.user_by_login("ann").map(|user| user.id), Some(bob));
    assert_eq!(next.user_by_login("bob").map(|user| user.id), Some(ann));
    assert_eq!(next.profile_by_name("Agent").map(|profile| profile.id), Some(admin));
    assert_eq!(next.profile_by_name("Admin").map(|profile| profile.id), Some(agent));
    assert_eq!(next.users_after(None).count(), next.user_count());
}

/// Returns the message of a command's refusal.
fn refusal_text(instance: &mut TestInstance, actor: &Actor, command: Command) -> String {
    instance.run(actor, command).expect_err("a lookalike was made").to_string()
}

#[test]
fn a_new_login_that_looks_like_another_in_another_script_is_refused_for_all_actors() {
    let mut instance = TestInstance::new();
    instance.create_user("coco", &["Agent"]);
    let ann = instance.create_user("ann", &["Agent"]);
    for actor in [operator(), actor_of(instance.user("admin")), Actor::system()] {
        let new = instance.new_user("сосо", &["Agent"]);
        let text = refusal_text(&mut instance, &actor, Command::CreateUser(Box::new(new)));
        assert!(text.contains("looks like `coco`") && text.contains("another script"), "{text}");
        let rename = Command::RenameUserLogin { user: ann, username: "СОСО".to_owned() };
        assert!(refusal_text(&mut instance, &actor, rename).contains("looks like `coco`"));
    }
    let restore = Command::RestoreAdministrator {
        profile: SecurityProfileId::from_bits(instance.next_id()),
        user: UserId::from_bits(instance.next_id()),
        username: "сосо".to_owned(),
        password: password(),
    };
    assert!(refusal_text(&mut instance, &Actor::system(), restore).contains("looks like `coco`"));
    // A login can use any script if no other login looks like it.
    instance.create_user("иван.петров@example.com", &["Agent"]);
}

#[test]
fn a_new_login_mixes_no_scripts_within_a_part() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    for login in ["annа", "team.аdmin", "ann৪", "ann\u{3164}"] {
        let new = instance.new_user(login, &["Agent"]);
        let text = refusal_text(&mut instance, &operator(), Command::CreateUser(Box::new(new)));
        assert!(text.starts_with("Username: ") && text.contains("one script"), "{text}");
        let rename = Command::RenameUserLogin { user: ann, username: login.to_owned() };
        assert!(refusal_text(&mut instance, &operator(), rename).contains("one script"));
    }
    let new = NewInstance { administrator: Some(("аdmin".to_owned(), password())), ..new_instance() };
    let refusal = floorkey::create_instance(&new, &operator(), instance.now, || 7).unwrap_err();
    assert!(refusal.to_string().contains("one script"), "{refusal}");
}

#[test]
fn a_lookalike_is_named_only_to_actors_who_see_that_user() {
    let mut instance = TestInstance::new();
    let mut hidden = instance.new_user("coco", &["Agent"]);
    hidden.tags = tags(&[("team", "blue")]);
    instance.create_user_from(hidden);
    let mut visible_user = instance.new_user("ooo", &["Agent"]);
    visible_user.tags = tags(&[("team", "red")]);
    instance.create_user_from(visible_user);
    let edit = granting_tagged(&["Users.Create", "Users.View", "Users.EditPermission"], &["User"], ("team", "red"));
    instance.create_profile("Red desk", edit);
    let mia = actor_of(instance.create_user("mia", &["Red desk"]));
    let mut try_login = |login: &str| {
        let mut new = instance.new_user(login, &["Red desk"]);
        new.tags = tags(&[("team", "red")]);
        refusal_text(&mut instance, &mia, Command::CreateUser(Box::new(new)))
    };
    let text = try_login("сосо");
    assert!(text.contains("the login name of another user") && !text.contains("coco"), "{text}");
    let text = try_login("ооо");
    assert!(text.contains("looks like `ooo`"), "{text}");
}

#[test]
fn existing_logins_stay_valid() {
    // The stored login looks like `admin`. It is older than the rule against lookalikes, which is not checked when
    // stored records are loaded.
    let mut instance = TestInstance::new();
    let old = instance.create_user("coco", &["Agent"]);
    let records = instance.directory.records().into_iter().map(|record| match record {
        Record::User(user) if user.id == old => {
            let user = User { username: "аdmin".to_owned(), ..User::clone(&user) };
            Record::User(user.into())
        }
        record => record,
    });
    let (id, revision) = (instance.directory.instance(), instance.directory.revision());
    instance.directory = floorkey::Directory::from_records(id, revision, records.collect());
    // The new login is another spelling of the current login.
    instance.run_ok(&operator(), Command::RenameUserLogin { user: old, username: "Аdmin".to_owned() });
    let before = instance.directory.clone();
    let change = instance.run_ok(&operator(), Command::RenameUserLogin { user: old, username: "coco".to_owned() });
    instance.run_ok(&operator(), undo(&before, &change));
    assert_eq!(instance.user("Аdmin"), old);
    let user_before = instance.directory.user(old).unwrap().clone();
    instance.run_ok(&operator(), Command::DeleteUser { user: old });
    let restore = Command::RestoreUser { user: Box::new(User::clone(&user_before)), password: None };
    instance.run_ok(&operator(), restore);
    assert_eq!(instance.user("Аdmin"), old);
}
