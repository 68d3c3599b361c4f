//! Tests requests whose credentials were valid when the server accepted the requests, but have become invalid since
//! then.

use floorkey::user::PasswordState;
use floorkey::{Actor, Authentication, Command, NewPassword, Principal};

use crate::test_instance::{TestInstance, actor, fresh_actor_of, operator, secret};

#[test]
fn a_request_of_an_ended_session_changes_nothing() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Admin"]);
    let accepted = |epoch| Actor { security_epoch: Some(epoch), ..fresh_actor_of(ann) };
    let epoch = instance.epoch("ann");
    instance.run_ok(&operator(), Command::EndUserSessions { user: ann });
    let password = NewPassword { hash: secret(), temporary: false };
    let before = instance.directory.user(ann).unwrap().clone();
    for command in [
        Command::ChangeOwnPassword { user: ann, password: password.clone() },
        Command::VerifyEmail { user: ann, email: "ann@example.com".to_owned() },
        Command::EndUserSessions { user: ann },
        Command::SetUserEnabled { user: instance.create_user("tom", &["Agent"]), enabled: false },
    ] {
        assert_eq!(instance.refusal_code(&accepted(epoch), command), "credentials-ended");
    }
    assert_eq!(instance.directory.user(ann).unwrap(), &before);
    instance.run_ok(&accepted(epoch + 1), Command::ChangeOwnPassword { user: ann, password });
    assert_eq!(instance.directory.user(ann).unwrap().password, PasswordState::Set);
}

#[test]
fn a_request_of_a_deleted_or_disabled_user_changes_nothing() {
    let mut instance = TestInstance::new();
    let (ann, tom) = (instance.create_user("ann", &["Admin"]), instance.create_user("tom", &["Admin"]));
    let by_ann = Actor { security_epoch: Some(instance.epoch("ann")), ..fresh_actor_of(ann) };
    instance.run_ok(&operator(), Command::SetUserEnabled { user: ann, enabled: false });
    assert_eq!(instance.refusal_code(&by_ann, Command::EndUserSessions { user: tom }), "credentials-ended");
    instance.run_ok(&operator(), Command::DeleteUser { user: ann });
    assert_eq!(instance.refusal_code(&by_ann, Command::EndUserSessions { user: tom }), "credentials-ended");
}

#[test]
fn a_request_signed_with_a_revoked_key_changes_nothing() {
    let mut instance = TestInstance::new();
    let (ann, tom) = (instance.create_user("ann", &["Admin"]), instance.create_user("tom", &["Agent"]));
    let key = instance.key(ann);
    let by_key = actor(Principal::User { id: ann, authentication: Authentication::AccessKey(key.clone()) });
    instance.run_ok(&by_key, Command::EndUserSessions { user: tom });
    instance.run_ok(&operator(), Command::RevokeAccessKey { id: key });
    assert_eq!(instance.refusal_code(&by_key, Command::EndUserSessions { user: tom }), "credentials-ended");
}
