//! Requests that were accepted with credentials that have ended since.

use floorkey::user::PasswordState;
use floorkey::{Actor, Command, NewPassword, Principal, Via};

use crate::test_instance::{TestInstance, actor, fresh_actor_of, operator, secret};

#[test]
fn a_request_of_an_ended_session_changes_nothing() {
    let mut world = TestInstance::new();
    let ann = world.create_user("ann", &["Admin"]);
    let accepted = |epoch| Actor { security_epoch: Some(epoch), ..fresh_actor_of(ann) };
    let epoch = world.epoch("ann");
    world.run_ok(&operator(), Command::EndUserSessions { user: ann });
    let password = NewPassword { hash: secret(), one_time: false };
    let before = world.directory.user(ann).unwrap().clone();
    for command in [
        Command::ChangeOwnPassword { user: ann, password: password.clone() },
        Command::ConfirmEmail { user: ann, email: "ann@example.com".to_owned() },
        Command::EndUserSessions { user: ann },
        Command::SetUserEnabled { user: world.create_user("tom", &["Agent"]), enabled: false },
    ] {
        assert_eq!(world.refusal_code(&accepted(epoch), command), "credentials-ended");
    }
    assert_eq!(world.directory.user(ann).unwrap(), &before);
    world.run_ok(&accepted(epoch + 1), Command::ChangeOwnPassword { user: ann, password });
    assert_eq!(world.directory.user(ann).unwrap().password, PasswordState::Chosen);
}

#[test]
fn a_request_of_a_deleted_or_disabled_user_changes_nothing() {
    let mut world = TestInstance::new();
    let (ann, tom) = (world.create_user("ann", &["Admin"]), world.create_user("tom", &["Admin"]));
    let by_ann = Actor { security_epoch: Some(world.epoch("ann")), ..fresh_actor_of(ann) };
    world.run_ok(&operator(), Command::SetUserEnabled { user: ann, enabled: false });
    assert_eq!(world.refusal_code(&by_ann, Command::EndUserSessions { user: tom }), "credentials-ended");
    world.run_ok(&operator(), Command::DeleteUser { user: ann });
    assert_eq!(world.refusal_code(&by_ann, Command::EndUserSessions { user: tom }), "credentials-ended");
}

#[test]
fn a_request_signed_with_a_revoked_key_changes_nothing() {
    let mut world = TestInstance::new();
    let (ann, tom) = (world.create_user("ann", &["Admin"]), world.create_user("tom", &["Agent"]));
    let key = world.key(ann);
    let by_key = actor(Principal::User { id: ann, via: Via::AccessKey(key.clone()) });
    world.run_ok(&by_key, Command::EndUserSessions { user: tom });
    world.run_ok(&operator(), Command::RevokeAccessKey { id: key });
    assert_eq!(world.refusal_code(&by_key, Command::EndUserSessions { user: tom }), "credentials-ended");
}
