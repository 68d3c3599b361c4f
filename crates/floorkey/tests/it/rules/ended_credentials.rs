//! Requests that were accepted with credentials that have ended since.

use floorkey::user::PasswordState;
use floorkey::{Actor, Command, NewPassword, Principal, Via};

use crate::world::{World, actor, fresh, operator, secret};

#[test]
fn a_request_of_an_ended_session_changes_nothing() {
    let mut world = World::new();
    let ann = world.hire("ann", &["Admin"]);
    let accepted = |epoch| Actor { security_epoch: Some(epoch), ..fresh(ann) };
    let epoch = world.epoch("ann");
    world.done(&operator(), Command::EndUserSessions { user: ann });
    let password = NewPassword { hash: secret(), one_time: false };
    let before = world.directory.user(ann).unwrap().clone();
    for command in [
        Command::ChangeOwnPassword { user: ann, password: password.clone() },
        Command::ConfirmEmail { user: ann, email: "ann@example.com".to_owned() },
        Command::EndUserSessions { user: ann },
        Command::SetUserEnabled { user: world.hire("tom", &["Agent"]), enabled: false },
    ] {
        assert_eq!(world.refused(&accepted(epoch), command), "credentials-ended");
    }
    assert_eq!(world.directory.user(ann).unwrap(), &before);
    world.done(&accepted(epoch + 1), Command::ChangeOwnPassword { user: ann, password });
    assert_eq!(world.directory.user(ann).unwrap().password, PasswordState::Chosen);
}

#[test]
fn a_request_of_a_deleted_or_disabled_user_changes_nothing() {
    let mut world = World::new();
    let (ann, tom) = (world.hire("ann", &["Admin"]), world.hire("tom", &["Admin"]));
    let by_ann = Actor { security_epoch: Some(world.epoch("ann")), ..fresh(ann) };
    world.done(&operator(), Command::SetUserEnabled { user: ann, enabled: false });
    assert_eq!(world.refused(&by_ann, Command::EndUserSessions { user: tom }), "credentials-ended");
    world.done(&operator(), Command::DeleteUser { user: ann });
    assert_eq!(world.refused(&by_ann, Command::EndUserSessions { user: tom }), "credentials-ended");
}

#[test]
fn a_request_signed_with_a_revoked_key_changes_nothing() {
    let mut world = World::new();
    let (ann, tom) = (world.hire("ann", &["Admin"]), world.hire("tom", &["Agent"]));
    let key = world.key(ann);
    let by_key = actor(Principal::User { id: ann, via: Via::AccessKey(key.clone()) });
    world.done(&by_key, Command::EndUserSessions { user: tom });
    world.done(&operator(), Command::RevokeAccessKey { id: key });
    assert_eq!(world.refused(&by_key, Command::EndUserSessions { user: tom }), "credentials-ended");
}
