//! Tests users' own accounts: which changes only the user can make, and which changes end sessions.

use floorkey::user::{Identity, MfaMethod, MfaMethodKind, PasswordState};
use floorkey::{
    Actor, Authentication, AuxiliaryWrite, Command, MfaMethodId, NewPassword, Principal, RecordKey, Refusal, Timestamp,
    User, UserId,
};

use crate::test_instance::{TestInstance, actor, actor_of, fresh_actor_of, identity, operator, secret};

fn factor(id: u128, kind: MfaMethodKind) -> MfaMethod {
    let (id, added) = (MfaMethodId::from_bits(id), Timestamp::from_millis(5));
    MfaMethod { id, kind, label: "Phone".to_owned(), added }
}

fn add(user: UserId, id: u128, kind: MfaMethodKind) -> Command {
    Command::AddSecondFactor { user, factor: factor(id, kind), secret: secret() }
}

fn key_actor(instance: &mut TestInstance, user: UserId) -> Actor {
    actor(Principal::User { id: user, authentication: Authentication::AccessKey(instance.key(user)) })
}

fn user_record(instance: &TestInstance, user: UserId) -> &User {
    instance.directory.user(user).unwrap()
}

#[test]
fn changing_the_own_password_ends_other_sessions() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    // `one_time` is ignored, because users can't set a temporary password for themselves.
    let password = NewPassword { hash: secret(), temporary: true };
    let change = instance.run_ok(&actor_of(ann), Command::ChangeOwnPassword { user: ann, password });
    assert_eq!(user_record(&instance, ann).password, PasswordState::Set);
    assert_eq!(user_record(&instance, ann).security_epoch, 1);
    assert!(matches!(change.auxiliary_writes(), [AuxiliaryWrite::PutPassword { user, .. }] if *user == ann));
}

#[test]
fn an_access_key_cannot_change_a_password_or_mfa() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Admin"]);
    let password = NewPassword { hash: secret(), temporary: false };
    instance.run_ok(&actor_of(ann), add(ann, 1, MfaMethodKind::Totp));
    let key_actor = key_actor(&mut instance, ann);
    for command in [
        Command::ChangeOwnPassword { user: ann, password },
        add(ann, 2, MfaMethodKind::Totp),
        Command::RemoveSecondFactor { user: ann, factor: None },
        Command::VerifyEmail { user: ann, email: "ann@example.com".to_owned() },
    ] {
        assert_eq!(instance.refusal_code(&key_actor, command), "not-fresh");
    }
}

#[test]
fn adding_a_second_factor_ends_no_session() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    let change = instance.run_ok(&actor_of(ann), add(ann, 1, MfaMethodKind::Totp));
    assert_eq!(
        user_record(&instance, ann).mfa_methods,
        [MfaMethod { added: instance.now, ..factor(1, MfaMethodKind::Totp) }]
    );
    assert_eq!(user_record(&instance, ann).security_epoch, 0);
    let AuxiliaryWrite::PutSecondFactor { user, factor, secret } = &change.auxiliary_writes()[0] else {
        panic!("{change:?}")
    };
    assert_eq!((*user, *factor, secret.reveal()), (ann, MfaMethodId::from_bits(1), [7; 16].as_slice()));
    let field = change.event().changes.iter().find(|change| change.field == "second_factors").unwrap();
    assert_eq!(field.personal, Some(ann));
    assert!(format!("{:?}", field.change).contains("totp Phone"));
}

#[test]
fn a_user_has_at_most_ten_second_factors_each_with_a_label() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    for id in 0..10 {
        instance.run_ok(&actor_of(ann), add(ann, id, MfaMethodKind::Passkey));
    }
    assert_eq!(instance.refusal_code(&actor_of(ann), add(ann, 10, MfaMethodKind::Passkey)), "limit-exceeded");
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    let blank_label = MfaMethod { label: " ".to_owned(), ..factor(1, MfaMethodKind::Totp) };
    let blank_label = Command::AddSecondFactor { user: ann, factor: blank_label, secret: secret() };
    assert_eq!(instance.refusal_code(&actor_of(ann), blank_label), "invalid");
    instance.run_ok(&actor_of(ann), add(ann, 1, MfaMethodKind::Totp));
    assert_eq!(instance.refusal_code(&actor_of(ann), add(ann, 1, MfaMethodKind::Totp)), "duplicate");
}

#[test]
fn new_recovery_codes_replace_old_ones() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    instance.run_ok(&actor_of(ann), add(ann, 1, MfaMethodKind::Totp));
    instance.run_ok(&actor_of(ann), add(ann, 2, MfaMethodKind::RecoveryCodes));
    let change = instance.run_ok(&actor_of(ann), add(ann, 3, MfaMethodKind::RecoveryCodes));
    let ids: Vec<u128> = user_record(&instance, ann).mfa_methods.iter().map(|factor| factor.id.bits()).collect();
    assert_eq!(ids, [1, 3]);
    let [AuxiliaryWrite::DeleteSecondFactor { factor, .. }, AuxiliaryWrite::PutSecondFactor { .. }] =
        change.auxiliary_writes()
    else {
        panic!("{:?}", change.auxiliary_writes())
    };
    assert_eq!(factor.bits(), 2);
}

#[test]
fn removing_an_own_second_factor_requires_a_fresh_sign_in() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Admin"]);
    for id in 1..4 {
        instance.run_ok(&actor_of(ann), add(ann, id, MfaMethodKind::Totp));
    }
    let one = Command::RemoveSecondFactor { user: ann, factor: Some(MfaMethodId::from_bits(2)) };
    assert_eq!(instance.refusal_code(&actor_of(ann), one.clone()), "not-fresh");
    let change = instance.run_ok(&fresh_actor_of(ann), one.clone());
    assert!(matches!(change.auxiliary_writes(), [AuxiliaryWrite::DeleteSecondFactor { .. }]));
    assert_eq!(user_record(&instance, ann).mfa_methods.len(), 2);
    assert_eq!(user_record(&instance, ann).security_epoch, 0);
    assert_eq!(instance.refusal_code(&fresh_actor_of(ann), one), "not-found");
    let change = instance.run_ok(&fresh_actor_of(ann), Command::RemoveSecondFactor { user: ann, factor: None });
    assert_eq!(change.auxiliary_writes().len(), 2);
    assert!(user_record(&instance, ann).mfa_methods.is_empty());
}

#[test]
fn removing_a_second_factor_of_another_user_ends_their_sessions() {
    let mut instance = TestInstance::new();
    let (ann, carl) = (instance.create_user("ann", &["Agent"]), instance.create_user("carl", &["CallCenterManager"]));
    instance.run_ok(&actor_of(ann), add(ann, 1, MfaMethodKind::Totp));
    instance.run_ok(&actor_of(carl), Command::RemoveSecondFactor { user: ann, factor: None });
    assert_eq!(user_record(&instance, ann).security_epoch, 1);
}

#[test]
fn ending_sessions_raises_the_epoch_and_unlocking_changes_no_record() {
    let mut instance = TestInstance::new();
    let (ann, carl) = (instance.create_user("ann", &["Agent"]), instance.create_user("carl", &["CallCenterManager"]));
    instance.run_ok(&actor_of(ann), Command::EndUserSessions { user: ann });
    assert_eq!(user_record(&instance, ann).security_epoch, 1);
    instance.run_ok(&actor_of(carl), Command::EndUserSessions { user: ann });
    assert_eq!(user_record(&instance, ann).security_epoch, 2);
    let before = instance.directory.records();
    let change = instance.run_ok(&actor_of(carl), Command::UnlockUser { user: ann });
    assert!(change.records().is_empty() && instance.directory.records() == before);
    assert_eq!(change.event().targets, [RecordKey::User(ann)]);
    assert_eq!(change.revision(), instance.directory.revision());
}

#[test]
fn a_disabled_user_cannot_change_their_own_account() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Admin"]);
    instance.run_ok(&operator(), Command::SetUserEnabled { user: ann, enabled: false });
    let password = NewPassword { hash: secret(), temporary: false };
    for command in [
        Command::ChangeOwnPassword { user: ann, password },
        Command::EndUserSessions { user: ann },
        add(ann, 1, MfaMethodKind::Totp),
        Command::RemoveSecondFactor { user: ann, factor: None },
    ] {
        assert_eq!(instance.refusal_code(&fresh_actor_of(ann), command), "not-permitted");
    }
}

#[test]
fn only_the_owner_or_the_system_confirms_the_current_email() {
    let mut instance = TestInstance::new();
    let (ann, email) = (instance.create_user("ann", &["Agent"]), "ann@example.com".to_owned());
    let confirm = Command::VerifyEmail { user: ann, email: email.clone() };
    assert_eq!(instance.refusal_code(&operator(), confirm.clone()), "not-permitted");
    assert_eq!(instance.refusal_code(&instance.actor_by_login("admin"), confirm.clone()), "not-permitted");
    instance.run_ok(&Actor::system(), confirm.clone());
    assert_eq!(user_record(&instance, ann).verified_email, Some(email.clone()));
    let identity = Identity { email: Some("new@example.com".to_owned()), ..identity() };
    instance.run_ok(&operator(), Command::UpdateUserIdentityInfo { user: ann, identity });
    assert_eq!(instance.refusal_code(&actor_of(ann), confirm), "stale");
    assert_eq!(user_record(&instance, ann).verified_email, Some(email));
    instance.run_ok(&actor_of(ann), Command::VerifyEmail { user: ann, email: "new@example.com".to_owned() });
    assert_eq!(user_record(&instance, ann).verified_email.as_deref(), Some("new@example.com"));
}

#[test]
fn deleting_a_user_forgets_second_factors() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    instance.run_ok(&actor_of(ann), add(ann, 1, MfaMethodKind::Totp));
    let change = instance.run_ok(&operator(), Command::DeleteUser { user: ann });
    assert!(change.auxiliary_writes().iter().any(|write| matches!(write, AuxiliaryWrite::DeleteSecondFactor { .. })));
}

#[test]
fn the_display_name_is_the_first_and_last_name_or_the_login() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    let mut user = User::clone(user_record(&instance, ann));
    assert_eq!(user.display_name(), "Ann Example");
    user.identity.first_name = None;
    assert_eq!(user.display_name(), "Example");
    user.identity = Identity { last_name: Some(" ".to_owned()), ..Identity::default() };
    assert_eq!(user.display_name(), "ann");
}

#[test]
fn a_refusal_names_the_action_that_requires_a_fresh_sign_in() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    instance.run_ok(&actor_of(ann), add(ann, 1, MfaMethodKind::Totp));
    let refusal = instance.run(&actor_of(ann), Command::RemoveSecondFactor { user: ann, factor: None }).unwrap_err();
    assert!(matches!(refusal, Refusal::NotRecentlyAuthenticated { action } if action.name() == "RemoveSecondFactor"));
}
