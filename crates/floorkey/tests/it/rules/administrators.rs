//! Tests the last-administrator rule: an instance with an administrator never loses its last administrator.

use floorkey::condition::AnyPermission;
use floorkey::user::Assignment;
use floorkey::{Actor, Command, NewPassword, SecurityProfileEdit, SecurityProfileId, Timestamp, UserId};

use crate::test_instance::{TestInstance, actor_of, assign, granting, granting_tagged, operator, secret, update};

/// Returns commands that affect `admin`, the only administrator. Each command would leave the instance without an
/// administrator.
fn commands_without_administrator(instance: &TestInstance) -> Vec<Command> {
    let (user, admin, agent) = (instance.user("admin"), instance.profile("Admin"), instance.profile("Agent"));
    let tomorrow = Some(Timestamp::from_millis(instance.now.as_millis() + 86_400_000));
    let until = Assignment { profile: admin, from: None, until: tomorrow };
    let from = Assignment { profile: admin, from: tomorrow, until: None };
    let dated = |held| Command::UpdateUserSecurityProfiles { user, assignments: vec![Assignment::always(agent), held] };
    vec![
        assign(user, &[agent]),
        dated(from),
        Command::SetUserEnabled { user, enabled: false },
        Command::DeleteUser { user },
        update(admin, granting(&[])),
        update(admin, all_but_one(instance, admin)),
        update(admin, SecurityProfileEdit { permissions: None, ..granting_tagged(&[], &["User"], ("team", "red")) }),
        update(
            admin,
            SecurityProfileEdit {
                hierarchy_restricted: Some(vec!["User".to_owned()]),
                ..SecurityProfileEdit::default()
            },
        ),
        Command::UpdateUserSecurityProfiles {
            user,
            assignments: vec![Assignment { from: Some(Timestamp::from_millis(0)), ..until }],
        },
    ]
}

fn all_but_one(instance: &TestInstance, admin: SecurityProfileId) -> SecurityProfileEdit {
    let chosen = instance.directory.profile(admin).unwrap().selected;
    let names = chosen.iter().map(|name| name.name().to_owned()).filter(|name| name != "Views.Remove");
    SecurityProfileEdit { permissions: Some(names.collect()), ..SecurityProfileEdit::default() }
}

#[test]
fn no_command_or_actor_can_remove_the_last_administrator() {
    let mut instance = TestInstance::new();
    let myself = instance.actor_by_login("admin");
    for command in commands_without_administrator(&instance) {
        for actor in [operator(), Actor::system(), myself.clone()] {
            assert_eq!(instance.refusal_code(&actor, command.clone()), "last-administrator", "{command:?}");
        }
    }
}

#[test]
fn the_same_commands_succeed_while_another_administrator_exists() {
    let instance = TestInstance::new();
    for command in commands_without_administrator(&instance) {
        let mut instance = instance.clone();
        let other = instance.create_profile_granting("Everything too", &[]);
        let admin = instance.directory.profile_by_name("Admin").unwrap().clone();
        let names = admin.selected.iter().map(|name| name.name().to_owned()).collect();
        let edit = SecurityProfileEdit { permissions: Some(names), ..SecurityProfileEdit::default() };
        instance.run_ok(&operator(), update(other, edit));
        instance.create_user("ada", &["Everything too"]);
        assert_eq!(instance.directory.administrator_count(), 2);
        instance.run_ok(&operator(), command);
        assert_eq!(instance.directory.administrator_count(), 1);
        assert!(instance.directory.is_administrator(instance.user("ada")));
    }
}

#[test]
fn the_refusal_names_the_user_and_the_way_out() {
    let mut instance = TestInstance::new();
    let user = instance.user("admin");
    let refusal = instance.run(&operator(), Command::DeleteUser { user }).unwrap_err().to_string();
    assert!(refusal.contains("`admin`") && refusal.contains("floorkey admin restore"), "{refusal}");
}

#[test]
fn two_administrators_who_demote_each_other_leave_one() {
    let mut instance = TestInstance::new();
    let ada = instance.create_user("ada", &["Admin"]);
    let (admin, agent) = (instance.user("admin"), instance.profile("Agent"));
    instance.run_ok(&actor_of(admin), assign(ada, &[agent]));
    // Ada's command runs after ada was demoted and is therefore refused. If ada's command ran first, the command by
    // admin would be refused.
    assert_eq!(instance.refusal_code(&actor_of(ada), assign(admin, &[agent])), "not-permitted");
    assert_eq!(instance.refusal_code(&operator(), assign(admin, &[agent])), "last-administrator");
}

#[test]
fn a_renamed_admin_profile_still_grants_full_access() {
    let mut instance = TestInstance::new();
    let profile = instance.profile("Admin");
    instance.run_ok(&operator(), Command::RenameSecurityProfile { profile, name: "Boss".to_owned() });
    assert_eq!(instance.directory.administrator_count(), 1);
    // A profile named Admin does not automatically grant full access.
    instance.create_profile_granting("Admin", &["Users.View"]);
    instance.create_user("ann", &["Admin"]);
    assert_eq!(instance.directory.administrator_count(), 1);
}

#[test]
fn a_user_whose_profiles_together_grant_everything_is_an_administrator() {
    let mut instance = TestInstance::new();
    let admin = instance.directory.profile_by_name("Admin").unwrap().clone();
    let names: Vec<_> = admin.selected.iter().map(|name| name.name().to_owned()).collect();
    for (name, half) in [("First half", &names[..160]), ("Second half", &names[160..])] {
        let edit = SecurityProfileEdit { permissions: Some(half.to_vec()), ..SecurityProfileEdit::default() };
        instance.create_profile(name, edit);
    }
    let ada = instance.create_user("ada", &["First half", "Second half"]);
    assert!(instance.directory.is_administrator(ada));
    assert_eq!(instance.directory.administrator_count(), 2);
}

#[test]
fn an_administrator_under_a_restriction_is_still_an_administrator() {
    let mut instance = TestInstance::new();
    instance.create_profile_granting("Limited", &["RestrictTaskCreation.Access"]);
    let ada = instance.create_user("ada", &["Admin", "Limited"]);
    assert!(instance.directory.is_administrator(ada));
}

#[test]
fn a_user_without_a_password_is_not_an_administrator() {
    let mut instance = TestInstance::new();
    let mut new = instance.new_user("ada", &["Admin"]);
    new.password = None;
    let ada = instance.create_user_from(new);
    assert!(!instance.directory.is_administrator(ada));
    let user = instance.user("admin");
    assert_eq!(instance.refusal_code(&operator(), Command::DeleteUser { user }), "last-administrator");
    let password = NewPassword { hash: secret(), temporary: true };
    instance.run_ok(&operator(), Command::ResetUserPassword { user: ada, password, revoke_access_keys: false });
    instance.run_ok(&operator(), Command::DeleteUser { user });
}

#[test]
fn the_rule_does_not_apply_to_an_instance_without_an_administrator() {
    let mut instance = TestInstance::new();
    let records = instance.directory.records();
    let without = records.into_iter().filter(|record| !matches!(record, floorkey::Record::User(_))).collect();
    let (id, revision) = (instance.directory.instance(), instance.directory.revision());
    instance.directory = floorkey::Directory::from_records(id, revision, without);
    assert_eq!(instance.directory.administrator_count(), 0);
    let profile = instance.profile("Admin");
    instance.run_ok(&operator(), Command::DeleteSecurityProfile { profile });
}

/// Returns the command that makes the user with the given login a full administrator.
fn restore(instance: &mut TestInstance, username: &str) -> Command {
    Command::RestoreAdministrator {
        profile: SecurityProfileId::from_bits(instance.next_id()),
        user: UserId::from_bits(instance.next_id()),
        username: username.to_owned(),
        password: NewPassword { hash: secret(), temporary: true },
    }
}

/// Restores the administrator with the given login, and returns the profile that was assigned.
fn restore_and_check(instance: &mut TestInstance, username: &str) -> SecurityProfileId {
    let command = restore(instance, username);
    let change = instance.run_ok(&Actor::system(), command);
    let user = instance.directory.user_by_login(username).unwrap();
    assert!(instance.directory.is_administrator(user.id));
    let profile = user.assignments[0].profile;
    assert!(change.event().targets.contains(&floorkey::RecordKey::Profile(profile)));
    profile
}

#[test]
fn restoring_never_finds_a_profile_by_its_name() {
    let mut instance = TestInstance::new();
    let admin = instance.profile("Admin");
    // The test renames Admin, and gives the name Admin to the profile of a user who can edit profiles.
    let own = instance.create_profile_granting("Desk", &["Users.Edit", "SecurityProfiles.Edit"]);
    let mia = instance.create_user("mia", &["Desk"]);
    instance.run_ok(&operator(), Command::RenameSecurityProfile { profile: admin, name: "Old".to_owned() });
    instance.run_ok(&operator(), Command::RenameSecurityProfile { profile: own, name: "Admin".to_owned() });
    assert_eq!(restore_and_check(&mut instance, "rescue"), admin);
    assert!(!instance.directory.is_administrator(mia));
    assert_eq!(instance.directory.profile(own).unwrap().selected.len(), 2);
}

#[test]
fn restoring_does_not_reuse_a_profile_without_full_access() {
    let narrowed = SecurityProfileEdit { permissions: None, ..granting_tagged(&[], &["User"], ("team", "red")) };
    let condition = floorkey::Condition::SameHierarchy;
    let view = AnyPermission::Catalog(floorkey::Permission::parse("Users.View").unwrap());
    let conditional =
        SecurityProfileEdit { conditions: Some([(view, [condition].into())].into()), ..SecurityProfileEdit::default() };
    let mut names: Vec<_> = floorkey::catalog().granting().iter().map(|permission| permission.name()).collect();
    names.push("RestrictTaskCreation.Access");
    let restricting = granting(&names);
    for edit in [narrowed, conditional, restricting, granting(&["Users.View"])] {
        let mut instance = instance_without_users();
        let admin = instance.profile("Admin");
        instance.run_ok(&operator(), update(admin, edit));
        let made = restore_and_check(&mut instance, "rescue");
        assert_eq!(instance.profile("Admin (restored 1970-01-01)"), made);
        assert_eq!(instance.directory.profile(made).unwrap().unedited_default.as_deref(), Some("Admin"));
        // If another administrator is restored on the same day, the profile created for the first administrator is
        // reused.
        assert_eq!(restore_and_check(&mut instance, "second"), made);
        instance.directory = without_user_records(&instance);
        instance.run_ok(&operator(), update(made, granting(&["Users.View"])));
        assert_eq!(restore_and_check(&mut instance, "third"), instance.profile("Admin (restored 1970-01-01, 2)"));
    }
}

fn instance_without_users() -> TestInstance {
    let mut instance = TestInstance::new();
    instance.directory = without_user_records(&instance);
    instance
}

fn without_user_records(instance: &TestInstance) -> floorkey::Directory {
    let records = instance.directory.records();
    let rest = records.into_iter().filter(|record| !matches!(record, floorkey::Record::User(_))).collect();
    floorkey::Directory::from_records(instance.directory.instance(), instance.directory.revision(), rest)
}

#[test]
fn restoring_does_not_reuse_a_profile_that_non_administrators_have() {
    let mut instance = TestInstance::new();
    let admin = instance.profile("Admin");
    let guest = instance.create_user("guest", &["Agent"]);
    let dated =
        Assignment { until: Some(Timestamp::from_millis(instance.now.as_millis() + 1)), ..Assignment::always(admin) };
    instance.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: guest, assignments: vec![dated] });
    let made = restore_and_check(&mut instance, "admin");
    assert_ne!(made, admin);
    assert_eq!(instance.profile("Admin (restored 1970-01-01)"), made);
    // Only another user's assignment prevents the reuse of Admin. The assignment of guest, who is restored here, does
    // not.
    assert_eq!(restore_and_check(&mut instance, "guest"), admin);
}

#[test]
fn restoring_creates_a_user_or_reuses_an_existing_one() {
    let mut instance = instance_without_users();
    let disabled = instance.create_user("ada", &["Agent"]);
    instance.run_ok(&operator(), Command::SetUserEnabled { user: disabled, enabled: false });
    let epoch = instance.epoch("ada");
    assert_eq!(restore_and_check(&mut instance, "Ada"), instance.profile("Admin"));
    assert!(instance.directory.is_administrator(disabled) && instance.epoch("ada") > epoch);
    assert_eq!(restore_and_check(&mut instance, "rescue"), instance.profile("Admin"));
}

#[test]
fn no_user_can_restore_an_administrator() {
    let mut instance = TestInstance::new();
    let (admin, user) = (instance.actor_by_login("admin"), instance.user("admin"));
    let command = Command::RestoreAdministrator {
        profile: SecurityProfileId::from_bits(5),
        user,
        username: "admin".to_owned(),
        password: crate::test_instance::password(),
    };
    assert_eq!(instance.refusal_code(&admin, command), "not-permitted");
}
