//! Tests custody. A custodian is a user who might know another user's credentials. These credentials give no access
//! beyond the custodian's own access.

use floorkey::audit::Flag;
use floorkey::user::{Assignment, Identity, MfaMethod, MfaMethodKind, PasswordState};
use floorkey::{
    AccessKeyId, Actor, AuxiliaryWrite, Change, Command, GuardMode, MfaMethodId, Principal, Timestamp, UserId,
};

use crate::test_instance::{
    TestInstance, actor, actor_of, assign, create_key, fresh_actor_of, granting, identity, key_id, operator, password,
    reset, secret, update,
};

const MANAGER: [&str; 5] =
    ["Users.Edit", "Users.Create", "Users.Delete", "SecurityProfiles.Edit", "SecurityProfiles.Create"];

/// Returns a contact center where mia manages users and can assign Agent. In the tests, `root` is the administrator.
fn instance() -> TestInstance {
    let mut instance = TestInstance::enforcing();
    let managers = instance.create_profile_granting("Managers", &MANAGER);
    let agent = instance.profile("Agent");
    instance.run_ok(&operator(), Command::SetAssignableProfiles { profile: managers, assignable: [agent].into() });
    instance.create_user("mia", &["Managers"]);
    instance
}

/// Creates an agent with mia as the actor.
fn created_by_mia(instance: &mut TestInstance, login: &str) -> UserId {
    let mut new = instance.new_user(login, &["Agent"]);
    new.identity = Identity { email: Some("mia@evil.example".to_owned()), ..identity() };
    let id = new.id;
    let mia = instance.actor_by_login("mia");
    instance.run_ok(&mia, Command::CreateUser(Box::new(new)));
    instance.now = Timestamp::from_millis(instance.now.as_millis() + 10);
    id
}

fn replaced_users(change: &Change) -> Vec<UserId> {
    change
        .event()
        .flags
        .iter()
        .find_map(|flag| match flag {
            Flag::CredentialsReplaced { users, .. } => Some(users.clone()),
            _ => None,
        })
        .unwrap_or_default()
}

fn has_no_password(instance: &TestInstance, user: UserId) -> bool {
    instance.directory.user(user).unwrap().password == PasswordState::None
}

fn totp(instance: &mut TestInstance, user: UserId) {
    let id = MfaMethodId::from_bits(instance.next_id());
    let factor = MfaMethod { id, kind: MfaMethodKind::Totp, label: "phone".to_owned(), added: instance.now };
    instance.run_ok(&actor_of(user), Command::AddSecondFactor { user, factor, secret: secret() });
}

#[test]
fn a_promotion_replaces_all_credentials_that_a_custodian_could_know() {
    let mut instance = instance();
    let user = created_by_mia(&mut instance, "newboss");
    // Mia might be the person who uses the account and chooses the password.
    instance.run_ok(&actor_of(user), Command::ChangeOwnPassword { user, password: password() });
    totp(&mut instance, user);
    let key = key_id(500);
    instance.run_ok(&actor_of(user), create_key(user, &key));
    instance.run_ok(&actor_of(user), Command::VerifyEmail { user, email: "mia@evil.example".to_owned() });
    let (root, admin, epoch) = (instance.actor_by_login("admin"), instance.profile("Admin"), instance.epoch("newboss"));
    let change = instance.run_ok(&root, assign(user, &[admin]));
    assert_eq!(replaced_users(&change), [user]);
    let after = instance.directory.user(user).unwrap();
    assert_eq!((after.password, after.mfa_methods.len()), (PasswordState::None, 0));
    assert!(after.security_epoch > epoch && after.custody.is_empty() && after.email_unverified);
    assert_eq!(after.verified_email, None);
    assert!(instance.directory.access_key(&key).unwrap().suspended_until.is_some());
    assert!(
        change
            .auxiliary_writes()
            .iter()
            .any(|write| matches!(write, AuxiliaryWrite::DeletePassword { user: of } if *of == user))
    );
}

#[test]
fn a_planned_promotion_and_an_undone_demotion_replace_credentials() {
    let mut instance = instance();
    let (root, admin) = (instance.actor_by_login("admin"), instance.profile("Admin"));
    let user = created_by_mia(&mut instance, "later");
    let from = Some(Timestamp::from_millis(instance.now.as_millis() + 86_400_000));
    let assignments =
        vec![Assignment::always(instance.profile("Agent")), Assignment { profile: admin, from, until: None }];
    let planned = instance.run_ok(&root, Command::UpdateUserSecurityProfiles { user, assignments });
    assert_eq!(replaced_users(&planned), [user]);
    // The start of an assignment does not replace credentials again. The password that root set in the meantime
    // therefore stays valid.
    instance.run_ok(&root, reset(user));
    instance.now = Timestamp::from_millis(instance.now.as_millis() + 86_500_000);
    assert!(!has_no_password(&instance, user));

    // The user root demotes the user, mia resets the password, and root promotes the user again.
    let twice = instance.create_user("twice", &["Admin"]);
    instance.run_ok(&root, assign(twice, &[instance.profile("Agent")]));
    let mia = instance.actor_by_login("mia");
    instance.run_ok(&mia, reset(twice));
    assert_eq!(replaced_users(&instance.run_ok(&root, assign(twice, &[admin]))), [twice]);
}

#[test]
fn every_change_of_credentials_creates_custody() {
    let credential_changes: [fn(UserId) -> Command; 3] = [
        reset,
        |user| Command::UpdateUserIdentityInfo {
            user,
            identity: Identity { email: Some("mia@evil.example".to_owned()), ..identity() },
        },
        |user| Command::RemoveSecondFactor { user, factor: None },
    ];
    for credential_change in credential_changes {
        let mut instance = instance();
        let user = instance.create_user("ann", &["Agent"]);
        totp(&mut instance, user);
        let (mia, root, admin) =
            (instance.actor_by_login("mia"), instance.actor_by_login("admin"), instance.profile("Admin"));
        instance.run_ok(&mia, credential_change(user));
        assert_eq!(
            replaced_users(&instance.run_ok(&root, assign(user, &[admin]))),
            [user],
            "{:?}",
            credential_change(user)
        );
    }
}

#[test]
fn custodians_of_the_actor_become_custodians_too() {
    let mut instance = instance();
    let managers = instance.profile("Managers");
    // The user mia creates a second manager account, and uses this account to reset ann's password.
    let mut second_account = instance.new_user("puppet", &["Managers"]);
    second_account.profiles = vec![managers];
    let (mia, root, admin) =
        (instance.actor_by_login("mia"), instance.actor_by_login("admin"), instance.profile("Admin"));
    let second_account_id = second_account.id;
    instance.run_ok(&mia, Command::CreateUser(Box::new(second_account)));
    let ann = instance.create_user("ann", &["Agent"]);
    instance.run_ok(&actor_of(second_account_id), reset(ann));
    // The promotion replaces the second manager's credentials. The second manager then has all access.
    instance.run_ok(&root, assign(second_account_id, &[admin]));
    assert_eq!(replaced_users(&instance.run_ok(&root, assign(ann, &[admin]))), [ann]);
}

#[test]
fn credentials_older_than_the_custody_stay() {
    let mut instance = instance();
    let user = instance.create_user("ann", &["Agent"]);
    totp(&mut instance, user);
    let key = key_id(501);
    instance.run_ok(&actor_of(user), create_key(user, &key));
    instance.now = Timestamp::from_millis(instance.now.as_millis() + 1_000);
    let mia = instance.actor_by_login("mia");
    instance.run_ok(
        &mia,
        Command::UpdateUserIdentityInfo {
            user,
            identity: Identity { email: Some("mia@evil.example".to_owned()), ..identity() },
        },
    );
    let (root, admin) = (instance.actor_by_login("admin"), instance.profile("Admin"));
    instance.run_ok(&root, assign(user, &[admin]));
    let after = instance.directory.user(user).unwrap();
    assert_ne!(after.password, PasswordState::None);
    assert_eq!(after.mfa_methods.len(), 1);
    assert_eq!(instance.directory.access_key(&key).unwrap().suspended_until, None);
}

#[test]
fn custodians_who_cover_the_new_access_do_not_count() {
    let mut instance = instance();
    let (root, admin) = (instance.actor_by_login("admin"), instance.profile("Admin"));
    // An administrator has created this user and set the password.
    let new = instance.new_user("boss", &["Agent"]);
    let boss = new.id;
    instance.run_ok(&root, Command::CreateUser(Box::new(new)));
    let second = instance.create_user("root2", &["Admin"]);
    let epoch = instance.epoch("boss");
    assert_eq!(replaced_users(&instance.run_ok(&fresh_actor_of(second), assign(boss, &[admin]))), []);
    assert_eq!(instance.epoch("boss"), epoch);
    // The operator has created this access key for CI.
    let bot = instance.create_user("bot", &["Agent"]);
    let key = key_id(502);
    instance.run_ok(&operator(), create_key(bot, &key));
    assert_eq!(replaced_users(&instance.run_ok(&root, assign(bot, &[admin]))), []);
    // The user mia also has the profile Managers, so assigning Managers replaces no credentials.
    let user = created_by_mia(&mut instance, "ann");
    let managers = instance.profile("Managers");
    assert_eq!(replaced_users(&instance.run_ok(&root, assign(user, &[managers]))), []);
}

#[test]
fn enabling_and_an_upgrade_replace_nothing() {
    let mut instance = instance();
    let (root, user) = (instance.actor_by_login("admin"), created_by_mia(&mut instance, "ann"));
    instance.run_ok(&root, Command::SetUserEnabled { user, enabled: false });
    assert_eq!(replaced_users(&instance.run_ok(&root, Command::SetUserEnabled { user, enabled: true })), []);
    let system = actor(Principal::System);
    if let Ok(change) = instance.run(&system, Command::UpgradeCatalog) {
        assert_eq!(replaced_users(&change), []);
    }
    assert!(!has_no_password(&instance, user));
}

#[test]
fn growth_of_a_profile_replaces_credentials_only_if_users_can_escalate() {
    let mut instance = instance();
    let (root, agent) = (instance.actor_by_login("admin"), instance.profile("Agent"));
    let user = created_by_mia(&mut instance, "ann");
    let own = instance.create_user("bob", &["Agent"]);
    let harmless = instance.run_ok(&root, update(agent, granting(&["BasicAgentAccess", "Queues.View"])));
    assert_eq!(replaced_users(&harmless), []);
    assert_eq!(harmless.records().len(), 1, "no record is written for each user");
    // The user mia has `Users.Edit`, so the added permission does not exceed mia's access.
    let covered = instance.run_ok(&root, update(agent, granting(&["BasicAgentAccess", "Queues.View", "Users.Edit"])));
    assert_eq!(replaced_users(&covered), []);
    let managers = instance.profile("Managers");
    instance.run_ok(&root, update(agent, granting(&["BasicAgentAccess"])));
    instance.run_ok(&root, update(managers, granting(&["Users.View"])));
    instance.run_ok(&root, Command::SetAssignableProfiles { profile: managers, assignable: [].into() });
    let beyond = instance.run_ok(&root, update(agent, granting(&["BasicAgentAccess", "Users.Edit"])));
    assert_eq!(replaced_users(&beyond), [user]);
    assert!(has_no_password(&instance, user) && !has_no_password(&instance, own));
}

#[test]
fn under_warn_a_promotion_is_flagged_and_nothing_is_replaced() {
    let mut instance = instance();
    instance.set_guard(GuardMode::Warn);
    let user = created_by_mia(&mut instance, "newboss");
    let (root, admin) = (instance.actor_by_login("admin"), instance.profile("Admin"));
    let change = instance.run_ok(&root, assign(user, &[admin]));
    let flagged = change.event().flags.iter().any(
        |flag| matches!(flag, Flag::CredentialsKnownToCustodians { users, count: 1 } if users.as_slice() == [user]),
    );
    assert!(flagged && !has_no_password(&instance, user), "{:?}", change.event().flags);
}

#[test]
fn a_batch_of_promotions_has_one_flag() {
    let mut instance = instance();
    let users = [created_by_mia(&mut instance, "one"), created_by_mia(&mut instance, "two")];
    let (root, admin) = (instance.actor_by_login("admin"), instance.profile("Admin"));
    let commands = users.iter().map(|user| assign(*user, &[admin])).collect();
    let change = instance.run_ok(&root, Command::Batch { action: floorkey::Action::EditUsers, commands });
    assert_eq!(replaced_users(&change), users);
}

/// Promotes a user whose access key mia might know. The promotion suspends the key. Returns the user, the key and the
/// administrator.
fn suspended(instance: &mut TestInstance) -> (UserId, AccessKeyId, Actor) {
    let user = created_by_mia(instance, "bot");
    let key = key_id(503);
    instance.run_ok(&actor_of(user), create_key(user, &key));
    let (root, admin) = (instance.actor_by_login("admin"), instance.profile("Admin"));
    instance.run_ok(&root, assign(user, &[admin]));
    (user, key, root)
}

#[test]
fn a_suspended_key_can_be_reinstated_within_a_day_by_actors_who_cover_its_user() {
    let mut instance = instance();
    let (user, id, root) = suspended(&mut instance);
    let mia = instance.actor_by_login("mia");
    let back = || Command::ReinstateAccessKey { id: id.clone() };
    assert_eq!(instance.refusal_code(&mia, back()), "guard");
    assert_eq!(instance.refusal_code(&actor_of(user), back()), "invalid");
    let mut late = instance.clone();
    late.now = Timestamp::from_millis(late.now.as_millis() + 24 * 3_600_000);
    assert_eq!(late.refusal_code(&root, back()), "invalid");
    assert_eq!(late.refusal_code(&operator(), back()), "invalid");
    instance.clone().run_ok(&operator(), back());
    instance.run_ok(&root, back());
    assert_eq!(instance.directory.access_key(&id).unwrap().suspended_until, None);
    assert_eq!(instance.refusal_code(&root, back()), "invalid");
}

#[test]
fn a_restored_user_has_no_former_custodians() {
    let mut instance = instance();
    let (root, admin) = (instance.actor_by_login("admin"), instance.profile("Admin"));
    let user = created_by_mia(&mut instance, "ann");
    let was = instance.directory.user(user).unwrap().clone();
    instance.run_ok(&root, Command::DeleteUser { user });
    let back = Command::RestoreUser { user: Box::new((*was).clone()), password: Some(password()) };
    instance.run_ok(&root, back);
    let after = instance.directory.user(user).unwrap();
    // The email address may belong to mia, but mia does not know the password.
    assert!(
        after.email_unverified
            && after.custody.custodians.iter().all(|custodian| custodian.user == instance.user("admin"))
    );
    assert_eq!(replaced_users(&instance.run_ok(&root, assign(user, &[admin]))), []);
    assert!(!has_no_password(&instance, user));
}

#[test]
fn custodians_cover_access_only_for_as_long_as_they_have_it() {
    let mut instance = instance();
    let now = instance.now.as_millis();
    let extra = instance.create_profile_granting("Extra", &["Queues.View"]);
    let (mia, managers, agent) = (instance.user("mia"), instance.profile("Managers"), instance.profile("Agent"));
    let ends = Some(Timestamp::from_millis(now + 60_000));
    let held = vec![Assignment::always(managers), Assignment { profile: extra, from: None, until: ends }];
    instance.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: mia, assignments: held });
    let user = created_by_mia(&mut instance, "new");
    let root = instance.actor_by_login("admin");
    let until = |until| Command::UpdateUserSecurityProfiles {
        user,
        assignments: vec![Assignment::always(agent), Assignment { profile: extra, from: None, until }],
    };
    assert_eq!(replaced_users(&instance.clone().run_ok(&root, until(ends))), []);
    assert_eq!(replaced_users(&instance.run_ok(&root, until(None))), [user]);
}

#[test]
fn newly_assignable_access_counts_like_a_promotion() {
    let mut instance = instance();
    let user = created_by_mia(&mut instance, "new");
    let (root, admin) = (instance.actor_by_login("admin"), instance.profile("Admin"));
    let lead = instance.create_profile_granting("Leads", &["Users.Edit"]);
    let harmless = instance.create_profile_granting("Harmless", &["Users.View"]);
    assert_eq!(replaced_users(&instance.run_ok(&root, assign(user, &[lead]))), []);
    let list = |assignable| Command::SetAssignableProfiles { profile: lead, assignable };
    // Users of the profile `Leads` can now assign Admin.
    assert_eq!(replaced_users(&instance.clone().run_ok(&root, list([admin].into()))), [user]);
    assert_eq!(replaced_users(&instance.run_ok(&root, list([harmless].into()))), []);
    // The edit adds a permission that mia does not have, and a permission that users can escalate with.
    let grown = update(harmless, granting(&["Users.View", "SecurityProfiles.Edit", "Queues.Edit"]));
    assert_eq!(replaced_users(&instance.run_ok(&root, grown)), [user]);
}

#[test]
fn a_restored_administrator_can_sign_in_only_with_the_new_password() {
    let mut instance = instance();
    let user = created_by_mia(&mut instance, "new");
    let key = key_id(504);
    instance.run_ok(&actor_of(user), create_key(user, &key));
    instance.run_ok(&actor_of(user), Command::VerifyEmail { user, email: "mia@evil.example".to_owned() });
    let restore = Command::RestoreAdministrator {
        profile: floorkey::SecurityProfileId::from_bits(instance.next_id()),
        user,
        username: "new".to_owned(),
        password: password(),
    };
    instance.run_ok(&actor(Principal::System), restore);
    let after = instance.directory.user(user).unwrap();
    assert_eq!((&after.verified_email, after.email_unverified), (&None, true));
    assert!(instance.directory.access_key(&key).unwrap().suspended_until.is_some());
}

#[test]
fn an_administrator_must_vouch_for_an_email_that_a_custodian_entered() {
    let mut instance = instance();
    let user = created_by_mia(&mut instance, "newboss");
    let (root, admin, email) =
        (instance.actor_by_login("admin"), instance.profile("Admin"), "mia@evil.example".to_owned());
    instance.run_ok(&root, assign(user, &[admin]));
    let confirm = || Command::VerifyEmail { user, email: email.clone() };
    assert_eq!(instance.refusal_code(&actor_of(user), confirm()), "invalid");
    assert_eq!(instance.refusal_code(&actor(Principal::System), confirm()), "invalid");
    let vouch = || Command::VerifyEmailOfUser { user, email: email.clone() };
    let mia = instance.actor_by_login("mia");
    assert_eq!(instance.refusal_code(&mia, vouch()), "guard");
    instance.run_ok(&root, vouch());
    instance.run_ok(&actor(Principal::System), confirm());
    assert_eq!(instance.directory.user(user).unwrap().verified_email, Some(email.clone()));
}

#[test]
fn custody_counts_even_if_the_clock_goes_back() {
    let mut instance = instance();
    let user = created_by_mia(&mut instance, "newboss");
    instance.now = Timestamp::from_millis(instance.now.as_millis() - 500_000);
    totp(&mut instance, user);
    let key = key_id(505);
    instance.run_ok(&actor_of(user), create_key(user, &key));
    let (root, admin) = (instance.actor_by_login("admin"), instance.profile("Admin"));
    instance.run_ok(&root, assign(user, &[admin]));
    assert!(instance.directory.user(user).unwrap().mfa_methods.is_empty());
    assert!(instance.directory.access_key(&key).unwrap().suspended_until.is_some());
}
