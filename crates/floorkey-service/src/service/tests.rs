use std::collections::BTreeMap;

use std::time::Duration;

use floorkey::user::{Assignment, Identity};
use floorkey::{
    Action, Actor, Authentication, Command, FindingId, InstanceId, NewInstance, NewPassword, NewUser, Principal,
    Refusal, ResourceType, SecretBytes, SecurityProfileEdit, Timestamp, UserId,
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

/// Returns a new user with the profile Agent, a password and an unverified email address.
fn new_user(directory: &floorkey::Directory, number: u128) -> Command {
    let names = (Some("Ann".to_owned()), Some("Example".to_owned()), Some("ann@example.com".to_owned()));
    Command::CreateUser(Box::new(NewUser {
        id: UserId::from_bits(number),
        username: format!("user{number}"),
        password: Some(NewPassword { hash: SecretBytes::new(vec![1]), temporary: false }),
        identity: Identity { first_name: names.0, last_name: names.1, email: names.2, ..Identity::default() },
        directory_user_id: None,
        profiles: vec![directory.profile_by_name("Agent").unwrap().id],
        routing_profile: directory.resources(ResourceType::RoutingProfile).next().unwrap().id,
        hierarchy_group: None,
        channels: Vec::new(),
        tags: BTreeMap::new(),
    }))
}

#[tokio::test]
async fn earlier_days_are_rebuilt_from_the_versions_of_records() {
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
        administrator: Some(("admin".to_owned(), NewPassword { hash: SecretBytes::new(vec![1]), temporary: false })),
    };
    let now = crate::clock::now();
    let noon = Timestamp::from_millis(now.as_millis().div_euclid(86_400_000) * 86_400_000 + 43_200_000);
    let at = |days_ago: u16| noon.minus_days(days_ago);
    service.create_instance_at(&Actor::system(), &new, at(40)).await.unwrap();
    let directory = service.engine().current(id).unwrap();
    let admin = directory.profile_by_name("Admin").unwrap().id;
    let promote = Command::UpdateUserSecurityProfiles {
        user: UserId::from_bits(2),
        assignments: vec![Assignment::always(admin)],
    };
    for (days_ago, command) in [
        (20, new_user(&directory, 1)),
        (9, new_user(&directory, 2)),
        (5, promote),
        (3, Command::DeleteUser { user: UserId::from_bits(1) }),
    ] {
        service.execute_at(id, Actor::system(), command, at(days_ago)).await.unwrap();
    }
    let directory = service.engine().current(id).unwrap();
    let history = service.review_history(&directory, noon, Duration::from_secs(60)).await.unwrap();
    let users: Vec<_> = history.reviews().iter().map(|day| day.review.users).collect();
    // The start of a day comes before the changes of the day.
    let expected = [vec![2; 3], vec![3; 6], vec![2; 11], vec![1; 11]].concat();
    assert_eq!(users, expected);
    let administrators: Vec<_> = history.reviews().iter().map(|day| day.review.administrators).collect();
    assert_eq!(administrators, [vec![2; 5], vec![1; 26]].concat());
    // The finding is older than the days that are compared. The other one began when the first user was created.
    let began = |finding| history.began(finding, noon);
    let before = crate::daily_reviews::Began::Before(history.reviews()[30].at);
    assert_eq!(began(FindingId::AdministratorsWithoutMfa), before);
    let day = Timestamp::from_millis(at(20).as_millis() - 43_200_000);
    assert_eq!(began(FindingId::UnverifiedEmails), crate::daily_reviews::Began::On(day));
}
