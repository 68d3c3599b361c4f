//! Tests that restoring a deleted user restores everything except the user's credentials.

use floorkey::user::{MfaMethod, MfaMethodKind, PasswordState};
use floorkey::{Actor, Command, MfaMethodId, SecurityProfileId, Timestamp, User, UserId};

use crate::test_instance::{TestInstance, actor_of, create_key, key_id, operator, password, secret, tags};

/// Creates and deletes a user who has every kind of property. Returns the last version of the user.
fn create_and_delete_user(instance: &mut TestInstance) -> User {
    instance.levels(&["Site"]);
    let site = instance.group("Harbour", None);
    instance.create_profile_granting("Extra", &["BasicAgentAccess"]);
    let mut new = instance.new_user("ann", &["Agent", "Extra"]);
    (new.hierarchy_group, new.tags) = (Some(site), tags(&[("team", "red")]));
    let ann = instance.create_user_from(new);
    let factor = MfaMethod {
        id: MfaMethodId::from_bits(1),
        kind: MfaMethodKind::Totp,
        label: "Phone".to_owned(),
        added: Timestamp::from_millis(0),
    };
    instance.run_ok(&actor_of(ann), Command::AddSecondFactor { user: ann, factor, secret: secret() });
    instance.run_ok(&actor_of(ann), create_key(ann, &key_id(7)));
    instance.run_ok(&Actor::system(), Command::VerifyEmail { user: ann, email: "ann@example.com".to_owned() });
    let deleted_user = User::clone(instance.directory.user(ann).unwrap());
    instance.run_ok(&operator(), Command::DeleteUser { user: ann });
    deleted_user
}

fn restore(user: &User) -> Command {
    Command::RestoreUser { user: Box::new(user.clone()), password: None }
}

fn current_user(instance: &TestInstance, user: UserId) -> User {
    User::clone(instance.directory.user(user).unwrap())
}

#[test]
fn a_restored_user_is_as_before_except_for_credentials() {
    let mut instance = TestInstance::new();
    let deleted_user = create_and_delete_user(&mut instance);
    let change = instance.run_ok(&instance.actor_by_login("admin"), restore(&deleted_user));
    let restored = current_user(&instance, deleted_user.id);
    assert_eq!(
        restored,
        User {
            verified_email: None,
            email_verified_at: None,
            password_set_at: None,
            custody: restored.custody.clone(),
            password: PasswordState::None,
            mfa_methods: Vec::new(),
            security_epoch: deleted_user.security_epoch + 1,
            modified: restored.modified,
            ..deleted_user.clone()
        }
    );
    assert!(change.auxiliary_writes().is_empty());
    assert_eq!(instance.directory.access_keys_of(deleted_user.id).count(), 0);
}

#[test]
fn a_restore_can_set_a_password() {
    let mut instance = TestInstance::new();
    let deleted_user = create_and_delete_user(&mut instance);
    let command = Command::RestoreUser { user: Box::new(deleted_user.clone()), password: Some(password()) };
    assert_eq!(instance.run_ok(&operator(), command).auxiliary_writes().len(), 1);
    assert!(current_user(&instance, deleted_user.id).can_sign_in());
}

#[test]
fn a_restore_omits_deleted_profiles_and_groups_and_is_refused_without_any_profile() {
    let mut instance = TestInstance::new();
    let deleted_user = create_and_delete_user(&mut instance);
    instance.run_ok(&operator(), Command::DeleteSecurityProfile { profile: instance.profile("Extra") });
    instance.run_ok(&operator(), Command::DeleteUserHierarchyGroup { group: deleted_user.hierarchy_group.unwrap() });
    let mut homeless = deleted_user.clone();
    homeless.assignments.retain(|assignment| assignment.profile != instance.profile("Agent"));
    assert_eq!(instance.refusal_code(&operator(), restore(&homeless)), "invalid");
    instance.run_ok(&operator(), restore(&deleted_user));
    let restored = current_user(&instance, deleted_user.id);
    assert_eq!(restored.hierarchy_group, None);
    let profiles: Vec<SecurityProfileId> = restored.assignments.iter().map(|assignment| assignment.profile).collect();
    assert_eq!(profiles, [instance.profile("Agent")]);
}

#[test]
fn a_restore_requires_a_free_login_and_a_deleted_user() {
    let mut instance = TestInstance::new();
    let deleted_user = create_and_delete_user(&mut instance);
    let heir = instance.create_user("ann", &["Agent"]);
    assert_eq!(instance.refusal_code(&operator(), restore(&deleted_user)), "duplicate");
    instance.run_ok(&operator(), Command::DeleteUser { user: heir });
    instance.run_ok(&operator(), restore(&deleted_user));
    let renamed = User { username: "anna".to_owned(), ..deleted_user };
    assert_eq!(instance.refusal_code(&operator(), restore(&renamed)), "duplicate");
}

#[test]
fn the_guard_treats_a_restored_user_like_a_new_one() {
    let mut instance = TestInstance::enforcing();
    let carl = actor_of(instance.create_user("carl", &["CallCenterManager"]));
    let deleted_user = create_and_delete_user(&mut instance);
    let full = instance.profile("Admin");
    let mut grown = deleted_user.clone();
    grown.assignments[0].profile = full;
    assert_eq!(instance.refusal_code(&carl, restore(&grown)), "guard");
    let agnes = actor_of(instance.create_user("agnes", &["Agent"]));
    assert_eq!(instance.refusal_code(&agnes, restore(&deleted_user)), "not-permitted");
}
