use std::collections::BTreeMap;

use floorkey::{
    Action, Actor, Authentication, Command, InstanceId, NewInstance, Principal, Refusal, SecurityProfileEdit, UserId,
};
use floorkey_store::{Store, StoreSettings};

use super::Service;
use crate::failure::Failure;

async fn test_service() -> (tempfile::TempDir, std::sync::Arc<Service>, InstanceId) {
    let folder = tempfile::tempdir().unwrap();
    let settings = StoreSettings { folder: folder.path().to_owned() };
    let service = Service::start(Store::open(&settings).unwrap()).await.unwrap();
    let id = InstanceId::from_bits(1);
    let new = NewInstance {
        id,
        alias: None,
        identity_management: "CONNECT_MANAGED".to_owned(),
        directory_id: None,
        attributes: BTreeMap::new(),
        tags: BTreeMap::new(),
        guard: None,
        administrator: None,
    };
    service.create_instance(&Actor::system(), &new).await.unwrap();
    (folder, service, id)
}

fn command() -> Command {
    Command::DeleteUser { user: UserId::from_bits(7) }
}

#[tokio::test]
async fn a_stopping_service_answers_that_it_stops_and_not_that_the_instance_is_missing() {
    let (_folder, service, id) = test_service().await;
    service.stop().await;
    let failure = service.execute(id, Actor::system(), command()).await.unwrap_err();
    assert!(matches!(failure, Failure::Stopping), "{failure:?}");
}

#[tokio::test]
async fn a_command_waiting_for_a_deleted_instance_is_answered_that_it_is_missing() {
    let (_folder, service, id) = test_service().await;
    let (deleted, waited) =
        tokio::join!(service.delete_instance(Actor::system(), id), service.execute(id, Actor::system(), command()),);
    deleted.unwrap();
    for failure in [waited.unwrap_err(), service.execute(id, Actor::system(), command()).await.unwrap_err()] {
        assert!(matches!(failure, Failure::NoInstance(_)), "{failure:?}");
    }
}

#[tokio::test]
async fn ended_credentials_allow_no_event_but_signing_out() {
    let (_folder, service, id) = test_service().await;
    let principal = Principal::User {
        id: UserId::from_bits(7),
        authentication: Authentication::Session { recently_authenticated: true },
    };
    let actor = Actor { principal, security_epoch: Some(3), ..Actor::system() };
    let link = service.record_event(id, actor.clone(), Action::SendPasswordLink, Vec::new()).await;
    assert!(matches!(link, Err(Failure::Refused(Refusal::CredentialsEnded))), "{link:?}");
    service.record_event(id, actor, Action::SignOut, Vec::new()).await.unwrap();
}

#[tokio::test]
async fn the_undo_of_a_profile_change_has_the_time_of_the_change() {
    let (_folder, service, id) = test_service().await;
    let profile = service.engine().current(id).unwrap().profile_by_name("Agent").unwrap().id;
    let edit = |permissions: &[&str]| {
        let permissions = Some(permissions.iter().map(|name| (*name).to_owned()).collect());
        let edit = Box::new(SecurityProfileEdit { permissions, ..SecurityProfileEdit::default() });
        Command::UpdateSecurityProfile { profile, edit }
    };
    let started = crate::clock::now();
    let changed = service.execute(id, Actor::system(), edit(&["BasicAgentAccess"])).await.unwrap();
    // Executes commands after the change, including a refused command.
    service.execute(id, Actor::system(), edit(&["Unknown.View"])).await.unwrap_err();
    let ended = crate::clock::now();
    let Command::Undo { made: Some(made), steps, .. } =
        service.undo_command(&Principal::System, id, changed.revision).await.unwrap()
    else {
        panic!("nothing to undo")
    };
    assert!(started <= made && made <= ended && steps.len() == 1, "{made:?}");
}
