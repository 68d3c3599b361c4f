//! Custody through links and email addresses, and replacing credentials by choice.

use floorkey::audit::Flag;
use floorkey::user::{Identity, PasswordState};
use floorkey::{
    Act, Actor, Change, Command, GuardMode, Principal, Record, RecordChange, SecurityProfile, SecurityProfileId,
    Timestamp, UserId, Via, exposed_users,
};

use crate::test_instance::{
    TestInstance, actor, actor_of, assign, fresh_actor_of, granting, identity, operator, reset, undo, update,
};

/// Returns a contact center in which mia creates users and has the permissions of Small. `admin` is the administrator.
fn world(mode: GuardMode) -> (TestInstance, SecurityProfileId) {
    let mut world = TestInstance::new();
    world.create_profile_granting("Managers", &["Users.Edit", "Users.Create", "BasicAgentAccess"]);
    let small = world.create_profile_granting("Small", &["BasicAgentAccess"]);
    world.create_user("mia", &["Managers"]);
    world.set_guard(mode);
    (world, small)
}

fn made_by_mia(world: &mut TestInstance, login: &str) -> UserId {
    let mut new = world.new_user(login, &["Small"]);
    new.identity = Identity { email: Some("mia@evil.example".to_owned()), ..identity() };
    let (id, mia) = (new.id, world.actor_by_login("mia"));
    world.run_ok(&mia, Command::CreateUser(Box::new(new)));
    world.now = Timestamp::from_millis(world.now.as_millis() + 10);
    id
}

fn replaced(change: &Change) -> Vec<UserId> {
    let flags = change.event().flags.iter();
    let users = flags.filter_map(|flag| match flag {
        Flag::CredentialsReplaced { users, .. } => Some(users.clone()),
        _ => None,
    });
    users.flatten().collect()
}

fn state(world: &TestInstance, user: UserId) -> PasswordState {
    world.directory.user(user).unwrap().password
}

#[test]
fn growth_that_lets_no_user_escalate_replaces_credentials_only_on_request() {
    let (mut world, small) = world(GuardMode::Enforce);
    let (user, own) = (made_by_mia(&mut world, "newcomer"), world.create_user("old", &["Small"]));
    let root = world.actor_by_login("admin");
    let grow = update(small, granting(&["BasicAgentAccess", "Prompts.Delete"]));
    let grown = world.clone().run_ok(&root, grow.clone());
    assert!(replaced(&grown).is_empty());
    let commands = vec![grow, Command::ReplaceCredentials(Some(small))];
    let change = world.run_ok(&root, Command::Batch { act: Act::UpdateSecurityProfile, commands });
    assert_eq!(replaced(&change), [user]);
    assert_eq!((state(&world, user), state(&world, own)), (PasswordState::None, PasswordState::Chosen));
    assert!(exposed_users(&world.directory, Some(small), world.now).is_empty());
}

#[test]
fn growth_of_a_profile_that_custodians_can_assign_exposes_no_user() {
    let (mut world, small) = world(GuardMode::Enforce);
    made_by_mia(&mut world, "newcomer");
    let managers = world.profile("Managers");
    world.run_ok(&operator(), Command::SetAssignableProfiles { profile: managers, assignable: [small].into() });
    world.run_ok(&world.actor_by_login("admin"), update(small, granting(&["BasicAgentAccess", "Prompts.Delete"])));
    assert!(exposed_users(&world.directory, Some(small), world.now).is_empty());
}

#[test]
fn an_undo_that_strengthens_a_profile_replaces_credentials_of_users_changed_since() {
    let (mut world, small) = world(GuardMode::Enforce);
    let root = world.actor_by_login("admin");
    let before = made_by_mia(&mut world, "before");
    // Growth that does not let users escalate leaves the credentials of users whom mia created.
    let grown = world.run_ok(&root, update(small, granting(&["BasicAgentAccess", "Prompts.Delete"])));
    assert!(replaced(&grown).is_empty());
    world.now = Timestamp::from_millis(world.now.as_millis() + 3_600_000);
    let had = world.directory.clone();
    let weakened = world.run_ok(&root, update(small, granting(&["BasicAgentAccess"])));
    let since = made_by_mia(&mut world, "since");
    let change = world.run_ok(&root, undo(&had, &weakened));
    assert_eq!(replaced(&change), [since]);
    assert_ne!(state(&world, before), PasswordState::None);
}

#[test]
fn an_undo_of_an_edit_dated_ahead_of_the_clock_or_without_a_time_replaces_credentials() {
    let (mut world, small) = world(GuardMode::Enforce);
    let root = world.actor_by_login("admin");
    let before = made_by_mia(&mut world, "before");
    world.run_ok(&root, update(small, granting(&["BasicAgentAccess", "Prompts.Delete"])));
    world.now = Timestamp::from_millis(world.now.as_millis() + 3_600_000);
    // Many edits within one millisecond get increasing times, which can run ahead of the clock.
    let ahead = Timestamp::from_millis(world.now.as_millis() + 3_600_000);
    let profile =
        SecurityProfile { modified: ahead, ..SecurityProfile::clone(world.directory.profile(small).unwrap()) };
    let change = RecordChange::Put(Record::Profile(profile.into()));
    world.directory = world.directory.apply(world.directory.revision().next(), &[change]);
    let had = world.directory.clone();
    let weakened = world.run_ok(&root, update(small, granting(&["BasicAgentAccess"])));
    let since = made_by_mia(&mut world, "since");
    let again = undo(&had, &weakened);
    assert_eq!(replaced(&world.clone().run_ok(&root, again.clone())), [since]);
    let Command::Undo { revision, steps, .. } = again else { panic!("{again:?}") };
    let mut both = replaced(&world.run_ok(&root, Command::Undo { revision, made: None, steps }));
    both.sort_by_key(|user| *user == since);
    assert_eq!(both, [before, since]);
}

#[test]
fn custodians_who_cover_the_access_of_users_expose_no_user() {
    let (mut world, small) = world(GuardMode::Enforce);
    let user = made_by_mia(&mut world, "newcomer");
    assert!(exposed_users(&world.directory, None, world.now).is_empty());
    let root = world.actor_by_login("admin");
    let change = world.run_ok(&root, Command::ReplaceCredentials(Some(small)));
    assert!(replaced(&change).is_empty());
    assert_ne!(state(&world, user), PasswordState::None);
}

#[test]
fn users_promoted_under_warn_are_found_when_the_guard_is_set_to_enforce() {
    let (mut world, _) = world(GuardMode::Warn);
    let (boss, agent) = (made_by_mia(&mut world, "boss"), made_by_mia(&mut world, "agent"));
    let (root, admin) = (world.actor_by_login("admin"), world.profile("Admin"));
    assert!(replaced(&world.run_ok(&root, assign(boss, &[admin]))).is_empty());
    let exposed: Vec<UserId> = exposed_users(&world.directory, None, world.now).into_keys().collect();
    assert_eq!(exposed, [boss]);
    let strict = Command::SetEscalationGuard { mode: GuardMode::Enforce, reason: String::new() };
    let commands = vec![Command::ReplaceCredentials(None), strict];
    let change = world.run_ok(&root, Command::Batch { act: Act::SetEscalationGuard, commands });
    assert_eq!(replaced(&change), [boss]);
    assert_eq!(state(&world, boss), PasswordState::None);
    assert_ne!(state(&world, agent), PasswordState::None);
}

#[test]
fn managers_cannot_replace_credentials_of_users_with_more_access() {
    let (mut world, _) = world(GuardMode::Enforce);
    let boss = world.create_user("boss", &["Admin"]);
    world.add_unknown_custodian(boss);
    let mia = world.actor_by_login("mia");
    assert_eq!(world.refusal_code(&mia, Command::ReplaceCredentials(None)), "guard");
    let agent = world.create_user("nobody", &["Small"]);
    let agent = actor_of(agent);
    assert_eq!(world.refusal_code(&agent, Command::ReplaceCredentials(None)), "not-permitted");
}

#[test]
fn a_link_to_an_unconfirmed_email_creates_custody() {
    let (mut world, small) = world(GuardMode::Enforce);
    let mut new = world.new_user("newcomer", &["Small"]);
    let email = "shared@example.com".to_owned();
    new.identity = Identity { email: Some(email.clone()), ..identity() };
    let user = world.create_user_from(new);
    let (mia, root) = (world.actor_by_login("mia"), world.actor_by_login("admin"));
    let invite = Command::InviteUser { user, email: email.clone() };
    let custodians = |world: &TestInstance| world.directory.user(user).unwrap().custody.custodians.len();
    // A link to an address that the user has confirmed creates no custody.
    let mut confirmed = world.clone();
    confirmed.run_ok(&actor(Principal::System), Command::ConfirmEmail { user, email: email.clone() });
    confirmed.run_ok(&mia, invite.clone());
    assert_eq!(custodians(&confirmed), 0);
    world.run_ok(&mia, invite.clone());
    assert_eq!(custodians(&world), 1);
    assert_eq!(replaced(&world.run_ok(&root, assign(user, &[small, world.profile("Admin")]))), [user]);
    assert_eq!(world.refusal_code(&mia, invite), "guard");
    let other = Command::InviteUser { user, email: "another@example.com".to_owned() };
    assert_eq!(world.refusal_code(&root, other), "stale");
}

#[test]
fn users_confirm_an_email_that_a_custodian_entered_only_in_a_fresh_session() {
    let (mut world, _) = world(GuardMode::Enforce);
    let user = made_by_mia(&mut world, "boss");
    let (root, admin, email) = (world.actor_by_login("admin"), world.profile("Admin"), "mia@evil.example".to_owned());
    world.run_ok(&root, assign(user, &[admin]));
    world.run_ok(&root, reset(user));
    let confirm = || Command::ConfirmEmail { user, email: email.clone() };
    // Neither the link alone nor a session without a fresh sign-in is enough.
    let by_link: Actor = actor(Principal::User { id: user, via: Via::Session { fresh: false } });
    assert_eq!(world.refusal_code(&by_link, confirm()), "invalid");
    assert_eq!(world.refusal_code(&actor(Principal::System), confirm()), "invalid");
    world.run_ok(&fresh_actor_of(user), confirm());
    let after = world.directory.user(user).unwrap();
    assert_eq!((after.confirmed_email.as_deref(), after.email_unverified), (Some(email.as_str()), false));
}
