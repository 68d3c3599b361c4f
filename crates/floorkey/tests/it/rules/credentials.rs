//! Tests passwords, sessions and access keys: who can create them, and what ends them.

use floorkey::user::{Identity, MfaMethod, MfaMethodKind, PasswordState};
use floorkey::{
    AccessKeyId, Actor, AuxiliaryWrite, Command, EntityKind, MfaMethodId, NewPassword, RecordKey, Refusal, ResourceType,
};

use crate::test_instance::{
    TestInstance, actor_of, assign, create_key, fresh_actor_of, granting, granting_tagged, identity, key_id, operator,
    password, reset, secret, tags, update,
};

#[test]
fn changes_of_sign_in_data_end_sessions_and_links() {
    let instance = TestInstance::new();
    let actions: [fn(floorkey::UserId) -> Command; 5] = [
        reset,
        |user| Command::RenameUserLogin { user, username: "bea".to_owned() },
        |user| Command::UpdateUserIdentityInfo {
            user,
            identity: Identity { email: Some("bea@example.com".to_owned()), ..identity() },
        },
        |user| Command::UpdateUserIdentityInfo { user, identity: Identity { email: None, ..identity() } },
        |user| Command::SetUserEnabled { user, enabled: false },
    ];
    for action in actions {
        let mut instance = instance.clone();
        let user = instance.create_user("ann", &["Agent"]);
        let before = instance.directory.user(user).unwrap().security_epoch;
        instance.run_ok(&operator(), action(user));
        assert!(instance.directory.user(user).unwrap().security_epoch > before, "{:?}", action(user));
    }
}

#[test]
fn changes_of_permissions_end_no_session() {
    let mut instance = TestInstance::new();
    let user = instance.create_user("ann", &["Agent"]);
    let site = {
        instance.levels(&["Site"]);
        instance.group("Harbour", None)
    };
    let epoch = instance.epoch("ann");
    let (agent, analyst) = (instance.profile("Agent"), instance.profile("QualityAnalyst"));
    let commands = vec![
        assign(user, &[analyst]),
        Command::AssociateSecurityProfiles { user, profiles: vec![agent] },
        Command::UpdateUserHierarchy { user, group: Some(site) },
        Command::TagResource { target: RecordKey::User(user), tags: tags(&[("team", "red")]) },
        update(analyst, granting(&["Users.View"])),
        update(agent, granting_tagged(&["Users.Edit"], &["User"], ("team", "red"))),
        Command::UpdateUserIdentityInfo {
            user,
            identity: Identity { first_name: Some("Bea".to_owned()), ..identity() },
        },
        Command::UpdateUserPhoneConfig { user, channels: Vec::new() },
        Command::SetUserEnabled { user, enabled: true },
    ];
    for command in commands {
        instance.run_ok(&operator(), command);
        assert_eq!(instance.epoch("ann"), epoch);
    }
}

#[test]
fn a_new_email_is_unconfirmed_and_clearing_the_email_ends_the_verified_one() {
    let mut instance = TestInstance::new();
    let user = instance.create_user("ann", &["Agent"]);
    let confirmed = |instance: &TestInstance| instance.directory.user(user).unwrap().verified_email.clone();
    assert_eq!(confirmed(&instance), None);
    let identity = Identity { email: Some("new@example.com".to_owned()), ..identity() };
    instance.run_ok(&operator(), Command::UpdateUserIdentityInfo { user, identity: identity.clone() });
    assert_eq!(confirmed(&instance), None);
    // An email address stays verified until a new address is verified. Clearing the email address ends the
    // verification.
    let mut records = instance.directory.records();
    for record in &mut records {
        if let floorkey::Record::User(record_user) = record
            && record_user.id == user
        {
            let mut confirmed = floorkey::User::clone(record_user);
            confirmed.verified_email = Some("new@example.com".to_owned());
            *record = floorkey::Record::User(confirmed.into());
        }
    }
    let (id, revision) = (instance.directory.instance(), instance.directory.revision());
    instance.directory = floorkey::Directory::from_records(id, revision, records);
    let pending = Identity { email: Some("thief@example.com".to_owned()), ..identity.clone() };
    instance.run_ok(&operator(), Command::UpdateUserIdentityInfo { user, identity: pending });
    assert_eq!(confirmed(&instance).as_deref(), Some("new@example.com"));
    instance
        .run_ok(&operator(), Command::UpdateUserIdentityInfo { user, identity: Identity { email: None, ..identity } });
    assert_eq!(confirmed(&instance), None);
}

#[test]
fn a_reset_password_is_temporary_if_requested_and_its_hash_is_written() {
    let mut instance = TestInstance::new();
    let user = instance.create_user("ann", &["Agent"]);
    for (one_time, state) in [(true, PasswordState::Temporary), (false, PasswordState::Set)] {
        let password = NewPassword { hash: secret(), temporary: one_time };
        let change =
            instance.run_ok(&operator(), Command::ResetUserPassword { user, password, revoke_access_keys: false });
        assert_eq!(instance.directory.user(user).unwrap().password, state);
        let [AuxiliaryWrite::PutPassword { user: whose, hash }, AuxiliaryWrite::DeleteAttempts { user: unlocked }] =
            change.auxiliary_writes()
        else {
            panic!("{:?}", change.auxiliary_writes())
        };
        assert_eq!(*unlocked, user);
        assert_eq!((*whose, hash.reveal()), (user, secret().reveal()));
    }
}

#[test]
fn only_its_owner_or_the_operator_creates_an_access_key() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    let admin = instance.actor_by_login("admin");
    assert_eq!(instance.refusal_code(&admin, create_key(ann, &key_id(7))), "not-permitted");
    let change = instance.run_ok(&actor_of(ann), create_key(ann, &key_id(7)));
    assert!(matches!(change.auxiliary_writes(), [AuxiliaryWrite::PutAccessKey { id, .. }] if *id == key_id(7)));
    instance.run_ok(&operator(), create_key(ann, &key_id(8)));
    assert_eq!(instance.directory.access_keys_of(ann).count(), 2);
    assert_eq!(instance.directory.access_key(&key_id(7)).unwrap().owner, ann);
}

#[test]
fn a_user_has_at_most_two_access_keys_and_an_id_is_used_once() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    instance.run_ok(&actor_of(ann), create_key(ann, &key_id(7)));
    assert_eq!(instance.refusal_code(&actor_of(ann), create_key(ann, &key_id(7))), "duplicate");
    instance.run_ok(&actor_of(ann), create_key(ann, &key_id(8)));
    assert_eq!(instance.refusal_code(&actor_of(ann), create_key(ann, &key_id(9))), "limit-exceeded");
    instance.run_ok(&actor_of(ann), Command::RevokeAccessKey { id: key_id(7) });
    instance.run_ok(&actor_of(ann), create_key(ann, &key_id(9)));
}

#[test]
fn users_with_edit_permission_revoke_keys_of_others() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    let carl = instance.create_user("carl", &["CallCenterManager"]);
    let bob = instance.create_user("bob", &["Agent"]);
    instance.key(ann);
    let id = instance.directory.access_keys_of(ann).next().unwrap().id.clone();
    assert_eq!(instance.refusal_code(&actor_of(bob), Command::RevokeAccessKey { id: id.clone() }), "not-permitted");
    let change = instance.run_ok(&actor_of(carl), Command::RevokeAccessKey { id: id.clone() });
    assert!(matches!(change.auxiliary_writes(), [AuxiliaryWrite::DeleteAccessKey { .. }]));
    assert_eq!(instance.refusal_code(&actor_of(carl), Command::RevokeAccessKey { id }), "not-found");
}

#[test]
fn a_disabled_user_cannot_revoke_or_get_a_key() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    let id = instance.key(ann);
    instance.run_ok(&operator(), Command::SetUserEnabled { user: ann, enabled: false });
    assert_eq!(instance.refusal_code(&actor_of(ann), Command::RevokeAccessKey { id }), "not-permitted");
    assert_eq!(instance.refusal_code(&operator(), create_key(ann, &key_id(7))), "invalid");
}

#[test]
fn deleting_a_user_revokes_keys_and_a_password_reset_does_if_requested() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    instance.key(ann);
    instance.run_ok(&operator(), reset(ann));
    assert_eq!(instance.directory.access_keys_of(ann).count(), 1);
    let command = Command::ResetUserPassword { user: ann, password: password(), revoke_access_keys: true };
    let change = instance.run_ok(&operator(), command);
    assert_eq!(instance.directory.access_keys_of(ann).count(), 0);
    assert!(change.auxiliary_writes().iter().any(|write| matches!(write, AuxiliaryWrite::DeleteAccessKey { .. })));
    instance.key(ann);
    let change = instance.run_ok(&operator(), Command::DeleteUser { user: ann });
    assert_eq!(instance.directory.access_keys().count(), 0);
    let forgotten = |write: &AuxiliaryWrite| matches!(write, AuxiliaryWrite::DeleteUserData { user } if *user == ann);
    assert!(change.auxiliary_writes().iter().any(forgotten));
}

#[test]
fn refusals_about_missing_users_contain_the_id() {
    let mut instance = TestInstance::new();
    let missing = floorkey::UserId::from_bits(7);
    let refusal = instance.run(&operator(), reset(missing)).unwrap_err();
    assert_eq!(refusal, Refusal::NotFound { kind: EntityKind::Resource(ResourceType::User), id: missing.to_string() });
}

#[test]
fn the_system_can_forget_all_sealed_secrets_at_once() {
    let mut instance = TestInstance::new();
    let (ann, bea) = (instance.create_user("ann", &["Agent"]), instance.create_user("bea", &["Admin"]));
    let keys = [instance.key(ann), instance.key(ann), instance.key(bea)];
    for (user, kind) in [
        (ann, MfaMethodKind::Totp),
        (ann, MfaMethodKind::RecoveryCodes),
        (bea, MfaMethodKind::Totp),
        (bea, MfaMethodKind::Passkey),
        (bea, MfaMethodKind::RecoveryCodes),
    ] {
        let id = MfaMethodId::from_bits(instance.next_id());
        let factor = MfaMethod { id, kind, label: "x".to_owned(), added: instance.now };
        instance.run_ok(&fresh_actor_of(user), Command::AddSecondFactor { user, factor, secret: secret() });
    }
    let epoch = instance.epoch("ann");
    assert_eq!(instance.refusal_code(&actor_of(bea), Command::DeleteSealed), "not-permitted");
    let change = instance.run_ok(&Actor::system(), Command::DeleteSealed);
    assert_eq!(instance.directory.access_keys().count(), 0);
    for user in [ann, bea] {
        assert_eq!(instance.directory.user(user).unwrap().mfa_methods, []);
    }
    let is_factor = |write: &&AuxiliaryWrite| matches!(write, AuxiliaryWrite::DeleteSecondFactor { .. });
    assert_eq!(change.auxiliary_writes().iter().filter(is_factor).count(), 5);
    assert!(instance.epoch("ann") > epoch);
    // The targets are the instance, the keys, and the two users whose second factors were removed.
    assert_eq!(change.event().targets.len(), keys.len() + 3);
    let forgets = |id: &AccessKeyId| {
        let is_deletion = |write: &AuxiliaryWrite| matches!(write, AuxiliaryWrite::DeleteAccessKey { id: deleted_id } if deleted_id == id);
        change.auxiliary_writes().iter().any(is_deletion)
    };
    assert!(keys.iter().all(forgets));
    // The command records an event even if no data is encrypted. The audit log then shows that the encryption key was
    // lost.
    assert_eq!(instance.run_ok(&Actor::system(), Command::DeleteSealed).event().targets, [RecordKey::Settings]);
}
