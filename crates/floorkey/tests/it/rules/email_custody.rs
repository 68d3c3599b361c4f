//! Tests how links and email addresses make a user a custodian, who might know another user's credentials. Also tests
//! the replacement of credentials on request.

use floorkey::audit::Flag;
use floorkey::user::{Identity, PasswordState};
use floorkey::{
    Action, Actor, Authentication, Change, Command, GuardMode, Principal, Record, RecordChange, SecurityProfile,
    SecurityProfileId, Timestamp, UserId, exposed_users,
};

use crate::test_instance::{
    TestInstance, actor, actor_of, assign, fresh_actor_of, granting, identity, operator, reset, undo, update,
};

/// Returns a contact center where mia creates users and has the permissions of the profile Small. The user `admin` is
/// the administrator.
fn instance(mode: GuardMode) -> (TestInstance, SecurityProfileId) {
    let mut instance = TestInstance::new();
    instance.create_profile_granting("Managers", &["Users.Edit", "Users.Create", "BasicAgentAccess"]);
    let small = instance.create_profile_granting("Small", &["BasicAgentAccess"]);
    instance.create_user("mia", &["Managers"]);
    instance.set_guard(mode);
    (instance, small)
}

fn created_by_mia(instance: &mut TestInstance, login: &str) -> UserId {
    let mut new = instance.new_user(login, &["Small"]);
    new.identity = Identity { email: Some("mia@evil.example".to_owned()), ..identity() };
    let (id, mia) = (new.id, instance.actor_by_login("mia"));
    instance.run_ok(&mia, Command::CreateUser(Box::new(new)));
    instance.now = Timestamp::from_millis(instance.now.as_millis() + 10);
    id
}

fn replaced_users(change: &Change) -> Vec<UserId> {
    let flags = change.event().flags.iter();
    let users = flags.filter_map(|flag| match flag {
        Flag::CredentialsReplaced { users, .. } => Some(users.clone()),
        _ => None,
    });
    users.flatten().collect()
}

fn state(instance: &TestInstance, user: UserId) -> PasswordState {
    instance.directory.user(user).unwrap().password
}

#[test]
fn growth_that_lets_no_user_escalate_replaces_credentials_only_on_request() {
    let (mut instance, small) = instance(GuardMode::Enforce);
    let (user, own) = (created_by_mia(&mut instance, "newcomer"), instance.create_user("old", &["Small"]));
    let root = instance.actor_by_login("admin");
    let grow = update(small, granting(&["BasicAgentAccess", "Prompts.Delete"]));
    let grown = instance.clone().run_ok(&root, grow.clone());
    assert!(replaced_users(&grown).is_empty());
    let commands = vec![grow, Command::ReplaceCredentials(Some(small))];
    let change = instance.run_ok(&root, Command::Batch { action: Action::UpdateSecurityProfile, commands });
    assert_eq!(replaced_users(&change), [user]);
    assert_eq!((state(&instance, user), state(&instance, own)), (PasswordState::None, PasswordState::Set));
    assert!(exposed_users(&instance.directory, Some(small), instance.now).is_empty());
}

#[test]
fn growth_of_a_profile_that_custodians_can_assign_exposes_no_user() {
    let (mut instance, small) = instance(GuardMode::Enforce);
    created_by_mia(&mut instance, "newcomer");
    let managers = instance.profile("Managers");
    instance.run_ok(&operator(), Command::SetAssignableProfiles { profile: managers, assignable: [small].into() });
    instance
        .run_ok(&instance.actor_by_login("admin"), update(small, granting(&["BasicAgentAccess", "Prompts.Delete"])));
    assert!(exposed_users(&instance.directory, Some(small), instance.now).is_empty());
}

#[test]
fn an_undo_that_strengthens_a_profile_replaces_credentials_of_users_changed_since() {
    let (mut instance, small) = instance(GuardMode::Enforce);
    let root = instance.actor_by_login("admin");
    let before = created_by_mia(&mut instance, "before");
    // Users can't escalate with the added permission, so users whom mia created keep their credentials.
    let grown = instance.run_ok(&root, update(small, granting(&["BasicAgentAccess", "Prompts.Delete"])));
    assert!(replaced_users(&grown).is_empty());
    instance.now = Timestamp::from_millis(instance.now.as_millis() + 3_600_000);
    let had = instance.directory.clone();
    let weakened = instance.run_ok(&root, update(small, granting(&["BasicAgentAccess"])));
    let since = created_by_mia(&mut instance, "since");
    let change = instance.run_ok(&root, undo(&had, &weakened));
    assert_eq!(replaced_users(&change), [since]);
    assert_ne!(state(&instance, before), PasswordState::None);
}

#[test]
fn an_undo_of_an_edit_dated_ahead_of_the_clock_or_without_a_time_replaces_credentials() {
    let (mut instance, small) = instance(GuardMode::Enforce);
    let root = instance.actor_by_login("admin");
    let before = created_by_mia(&mut instance, "before");
    instance.run_ok(&root, update(small, granting(&["BasicAgentAccess", "Prompts.Delete"])));
    instance.now = Timestamp::from_millis(instance.now.as_millis() + 3_600_000);
    // Many edits within the same millisecond get increasing modification times, which can be later than the current
    // time.
    let ahead = Timestamp::from_millis(instance.now.as_millis() + 3_600_000);
    let profile =
        SecurityProfile { modified: ahead, ..SecurityProfile::clone(instance.directory.profile(small).unwrap()) };
    let change = RecordChange::Upsert(Record::Profile(profile.into()));
    instance.directory = instance.directory.apply(instance.directory.revision().next(), &[change]);
    let had = instance.directory.clone();
    let weakened = instance.run_ok(&root, update(small, granting(&["BasicAgentAccess"])));
    let since = created_by_mia(&mut instance, "since");
    let again = undo(&had, &weakened);
    assert_eq!(replaced_users(&instance.clone().run_ok(&root, again.clone())), [since]);
    let Command::Undo { revision, steps, .. } = again else { panic!("{again:?}") };
    let mut both = replaced_users(&instance.run_ok(&root, Command::Undo { revision, made: None, steps }));
    both.sort_by_key(|user| *user == since);
    assert_eq!(both, [before, since]);
}

#[test]
fn custodians_who_cover_the_access_of_users_expose_no_user() {
    let (mut instance, small) = instance(GuardMode::Enforce);
    let user = created_by_mia(&mut instance, "newcomer");
    assert!(exposed_users(&instance.directory, None, instance.now).is_empty());
    let root = instance.actor_by_login("admin");
    let change = instance.run_ok(&root, Command::ReplaceCredentials(Some(small)));
    assert!(replaced_users(&change).is_empty());
    assert_ne!(state(&instance, user), PasswordState::None);
}

#[test]
fn users_promoted_under_warn_are_found_when_the_guard_is_set_to_enforce() {
    let (mut instance, _) = instance(GuardMode::Warn);
    let (boss, agent) = (created_by_mia(&mut instance, "boss"), created_by_mia(&mut instance, "agent"));
    let (root, admin) = (instance.actor_by_login("admin"), instance.profile("Admin"));
    assert!(replaced_users(&instance.run_ok(&root, assign(boss, &[admin]))).is_empty());
    let exposed: Vec<UserId> = exposed_users(&instance.directory, None, instance.now).into_keys().collect();
    assert_eq!(exposed, [boss]);
    let strict = Command::SetEscalationGuard { mode: GuardMode::Enforce, reason: String::new() };
    let commands = vec![Command::ReplaceCredentials(None), strict];
    let change = instance.run_ok(&root, Command::Batch { action: Action::SetEscalationGuard, commands });
    assert_eq!(replaced_users(&change), [boss]);
    assert_eq!(state(&instance, boss), PasswordState::None);
    assert_ne!(state(&instance, agent), PasswordState::None);
}

#[test]
fn managers_cannot_replace_credentials_of_users_with_more_access() {
    let (mut instance, _) = instance(GuardMode::Enforce);
    let boss = instance.create_user("boss", &["Admin"]);
    instance.add_unknown_custodian(boss);
    let mia = instance.actor_by_login("mia");
    assert_eq!(instance.refusal_code(&mia, Command::ReplaceCredentials(None)), "guard");
    let agent = instance.create_user("nobody", &["Small"]);
    let agent = actor_of(agent);
    assert_eq!(instance.refusal_code(&agent, Command::ReplaceCredentials(None)), "not-permitted");
}

#[test]
fn a_link_to_an_unconfirmed_email_creates_custody() {
    let (mut instance, small) = instance(GuardMode::Enforce);
    let mut new = instance.new_user("newcomer", &["Small"]);
    let email = "shared@example.com".to_owned();
    new.identity = Identity { email: Some(email.clone()), ..identity() };
    let user = instance.create_user_from(new);
    let (mia, root) = (instance.actor_by_login("mia"), instance.actor_by_login("admin"));
    let invite = Command::InviteUser { user, email: email.clone() };
    let custodians = |instance: &TestInstance| instance.directory.user(user).unwrap().custody.custodians.len();
    // If the user has confirmed the address, sending a link to it does not add a custodian.
    let mut confirmed = instance.clone();
    confirmed.run_ok(&actor(Principal::System), Command::VerifyEmail { user, email: email.clone() });
    confirmed.run_ok(&mia, invite.clone());
    assert_eq!(custodians(&confirmed), 0);
    instance.run_ok(&mia, invite.clone());
    assert_eq!(custodians(&instance), 1);
    assert_eq!(replaced_users(&instance.run_ok(&root, assign(user, &[small, instance.profile("Admin")]))), [user]);
    assert_eq!(instance.refusal_code(&mia, invite), "guard");
    let other = Command::InviteUser { user, email: "another@example.com".to_owned() };
    assert_eq!(instance.refusal_code(&root, other), "stale");
}

#[test]
fn users_confirm_an_email_that_a_custodian_entered_only_in_a_fresh_session() {
    let (mut instance, _) = instance(GuardMode::Enforce);
    let user = created_by_mia(&mut instance, "boss");
    let (root, admin, email) =
        (instance.actor_by_login("admin"), instance.profile("Admin"), "mia@evil.example".to_owned());
    instance.run_ok(&root, assign(user, &[admin]));
    instance.run_ok(&root, reset(user));
    let confirm = || Command::VerifyEmail { user, email: email.clone() };
    // Neither the link alone nor a session without a recent sign-in is enough.
    let by_link: Actor =
        actor(Principal::User { id: user, authentication: Authentication::Session { recently_authenticated: false } });
    assert_eq!(instance.refusal_code(&by_link, confirm()), "invalid");
    assert_eq!(instance.refusal_code(&actor(Principal::System), confirm()), "invalid");
    instance.run_ok(&fresh_actor_of(user), confirm());
    let after = instance.directory.user(user).unwrap();
    assert_eq!((after.verified_email.as_deref(), after.email_unverified), (Some(email.as_str()), false));
}
