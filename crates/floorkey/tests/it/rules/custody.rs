//! Custody: credentials that a custodian could know give no access beyond the custodian's own.

use floorkey::audit::Flag;
use floorkey::user::{Assignment, Identity, PasswordState, SecondFactor, SecondFactorKind};
use floorkey::{
    AccessKeyId, Actor, Change, Command, GuardMode, Principal, SecondFactorId, SideWrite, Timestamp, UserId,
};

use crate::test_instance::{
    TestInstance, actor, actor_of, assign, create_key, fresh_actor_of, granting, identity, key_id, operator, password,
    reset, secret, update,
};

const MANAGER: [&str; 5] =
    ["Users.Edit", "Users.Create", "Users.Delete", "SecurityProfiles.Edit", "SecurityProfiles.Create"];

/// Returns a contact center in which mia manages users and can assign Agent. Tests call the administrator `root`.
fn world() -> TestInstance {
    let mut world = TestInstance::enforcing();
    let managers = world.create_profile_granting("Managers", &MANAGER);
    let agent = world.profile("Agent");
    world.run_ok(&operator(), Command::SetAssignableProfiles { profile: managers, assignable: [agent].into() });
    world.create_user("mia", &["Managers"]);
    world
}

/// Creates an agent as mia.
fn made_by_mia(world: &mut TestInstance, login: &str) -> UserId {
    let mut new = world.new_user(login, &["Agent"]);
    new.identity = Identity { email: Some("mia@evil.example".to_owned()), ..identity() };
    let id = new.id;
    let mia = world.actor_by_login("mia");
    world.run_ok(&mia, Command::CreateUser(Box::new(new)));
    world.now = Timestamp::from_millis(world.now.as_millis() + 10);
    id
}

fn replaced(change: &Change) -> Vec<UserId> {
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

fn is_locked(world: &TestInstance, user: UserId) -> bool {
    world.directory.user(user).unwrap().password == PasswordState::None
}

fn totp(world: &mut TestInstance, user: UserId) {
    let id = SecondFactorId::from_bits(world.next_id());
    let factor = SecondFactor { id, kind: SecondFactorKind::Totp, label: "phone".to_owned(), added: world.now };
    world.run_ok(&actor_of(user), Command::AddSecondFactor { user, factor, secret: secret() });
}

#[test]
fn a_promotion_replaces_all_credentials_that_a_custodian_could_know() {
    let mut world = world();
    let user = made_by_mia(&mut world, "newboss");
    // The person who uses the account and chooses the password can be mia.
    world.run_ok(&actor_of(user), Command::ChangeOwnPassword { user, password: password() });
    totp(&mut world, user);
    let key = key_id(500);
    world.run_ok(&actor_of(user), create_key(user, &key));
    world.run_ok(&actor_of(user), Command::ConfirmEmail { user, email: "mia@evil.example".to_owned() });
    let (root, admin, epoch) = (world.actor_by_login("admin"), world.profile("Admin"), world.epoch("newboss"));
    let change = world.run_ok(&root, assign(user, &[admin]));
    assert_eq!(replaced(&change), [user]);
    let after = world.directory.user(user).unwrap();
    assert_eq!((after.password, after.second_factors.len()), (PasswordState::None, 0));
    assert!(after.security_epoch > epoch && after.custody.is_empty() && after.email_unverified);
    assert_eq!(after.confirmed_email, None);
    assert!(world.directory.access_key(&key).unwrap().suspended_until.is_some());
    assert!(change.side().iter().any(|write| matches!(write, SideWrite::ForgetPassword { user: of } if *of == user)));
}

#[test]
fn a_planned_promotion_and_an_undone_demotion_replace_credentials() {
    let mut world = world();
    let (root, admin) = (world.actor_by_login("admin"), world.profile("Admin"));
    let user = made_by_mia(&mut world, "later");
    let from = Some(Timestamp::from_millis(world.now.as_millis() + 86_400_000));
    let assignments =
        vec![Assignment::always(world.profile("Agent")), Assignment { profile: admin, from, until: None }];
    let planned = world.run_ok(&root, Command::UpdateUserSecurityProfiles { user, assignments });
    assert_eq!(replaced(&planned), [user]);
    // The beginning of an assignment is not a new grant, so the password that root set in between stays.
    world.run_ok(&root, reset(user));
    world.now = Timestamp::from_millis(world.now.as_millis() + 86_500_000);
    assert!(!is_locked(&world, user));

    // Demoted by root, reset by mia, and promoted again.
    let twice = world.create_user("twice", &["Admin"]);
    world.run_ok(&root, assign(twice, &[world.profile("Agent")]));
    let mia = world.actor_by_login("mia");
    world.run_ok(&mia, reset(twice));
    assert_eq!(replaced(&world.run_ok(&root, assign(twice, &[admin]))), [twice]);
}

#[test]
fn every_change_of_credentials_creates_custody() {
    let touches: [fn(UserId) -> Command; 3] = [
        reset,
        |user| Command::UpdateUserIdentityInfo {
            user,
            identity: Identity { email: Some("mia@evil.example".to_owned()), ..identity() },
        },
        |user| Command::RemoveSecondFactor { user, factor: None },
    ];
    for touch in touches {
        let mut world = world();
        let user = world.create_user("ann", &["Agent"]);
        totp(&mut world, user);
        let (mia, root, admin) = (world.actor_by_login("mia"), world.actor_by_login("admin"), world.profile("Admin"));
        world.run_ok(&mia, touch(user));
        assert_eq!(replaced(&world.run_ok(&root, assign(user, &[admin]))), [user], "{:?}", touch(user));
    }
}

#[test]
fn custodians_of_the_actor_become_custodians_too() {
    let mut world = world();
    let managers = world.profile("Managers");
    // mia creates a second manager, and resets the account's password through it.
    let mut puppet = world.new_user("puppet", &["Managers"]);
    puppet.profiles = vec![managers];
    let (mia, root, admin) = (world.actor_by_login("mia"), world.actor_by_login("admin"), world.profile("Admin"));
    let puppet_id = puppet.id;
    world.run_ok(&mia, Command::CreateUser(Box::new(puppet)));
    let ann = world.create_user("ann", &["Agent"]);
    world.run_ok(&actor_of(puppet_id), reset(ann));
    // After its promotion the second manager has replaced credentials, and its access covers everything.
    world.run_ok(&root, assign(puppet_id, &[admin]));
    assert_eq!(replaced(&world.run_ok(&root, assign(ann, &[admin]))), [ann]);
}

#[test]
fn credentials_older_than_the_custody_stay() {
    let mut world = world();
    let user = world.create_user("ann", &["Agent"]);
    totp(&mut world, user);
    let key = key_id(501);
    world.run_ok(&actor_of(user), create_key(user, &key));
    world.now = Timestamp::from_millis(world.now.as_millis() + 1_000);
    let mia = world.actor_by_login("mia");
    world.run_ok(
        &mia,
        Command::UpdateUserIdentityInfo {
            user,
            identity: Identity { email: Some("mia@evil.example".to_owned()), ..identity() },
        },
    );
    let (root, admin) = (world.actor_by_login("admin"), world.profile("Admin"));
    world.run_ok(&root, assign(user, &[admin]));
    let after = world.directory.user(user).unwrap();
    assert_ne!(after.password, PasswordState::None);
    assert_eq!(after.second_factors.len(), 1);
    assert_eq!(world.directory.access_key(&key).unwrap().suspended_until, None);
}

#[test]
fn custodians_who_cover_the_new_access_do_not_count() {
    let mut world = world();
    let (root, admin) = (world.actor_by_login("admin"), world.profile("Admin"));
    // A user created by an administrator, who set the password.
    let new = world.new_user("boss", &["Agent"]);
    let boss = new.id;
    world.run_ok(&root, Command::CreateUser(Box::new(new)));
    let second = world.create_user("root2", &["Admin"]);
    let epoch = world.epoch("boss");
    assert_eq!(replaced(&world.run_ok(&fresh_actor_of(second), assign(boss, &[admin]))), []);
    assert_eq!(world.epoch("boss"), epoch);
    // An access key for CI created by the operator.
    let bot = world.create_user("bot", &["Agent"]);
    let key = key_id(502);
    world.run_ok(&operator(), create_key(bot, &key));
    assert_eq!(replaced(&world.run_ok(&root, assign(bot, &[admin]))), []);
    // A profile that mia has herself.
    let user = made_by_mia(&mut world, "ann");
    let managers = world.profile("Managers");
    assert_eq!(replaced(&world.run_ok(&root, assign(user, &[managers]))), []);
}

#[test]
fn enabling_and_an_upgrade_replace_nothing() {
    let mut world = world();
    let (root, user) = (world.actor_by_login("admin"), made_by_mia(&mut world, "ann"));
    world.run_ok(&root, Command::SetUserEnabled { user, enabled: false });
    assert_eq!(replaced(&world.run_ok(&root, Command::SetUserEnabled { user, enabled: true })), []);
    let system = actor(Principal::System);
    if let Ok(change) = world.run(&system, Command::UpgradeCatalogue) {
        assert_eq!(replaced(&change), []);
    }
    assert!(!is_locked(&world, user));
}

#[test]
fn growth_of_a_profile_replaces_credentials_only_if_users_can_escalate() {
    let mut world = world();
    let (root, agent) = (world.actor_by_login("admin"), world.profile("Agent"));
    let user = made_by_mia(&mut world, "ann");
    let own = world.create_user("bob", &["Agent"]);
    let harmless = world.run_ok(&root, update(agent, granting(&["BasicAgentAccess", "Queues.View"])));
    assert_eq!(replaced(&harmless), []);
    assert_eq!(harmless.records().len(), 1, "no record is written for each user");
    // mia has `Users.Edit` herself, so her access covers the growth.
    let covered = world.run_ok(&root, update(agent, granting(&["BasicAgentAccess", "Queues.View", "Users.Edit"])));
    assert_eq!(replaced(&covered), []);
    let managers = world.profile("Managers");
    world.run_ok(&root, update(agent, granting(&["BasicAgentAccess"])));
    world.run_ok(&root, update(managers, granting(&["Users.View"])));
    world.run_ok(&root, Command::SetAssignableProfiles { profile: managers, assignable: [].into() });
    let beyond = world.run_ok(&root, update(agent, granting(&["BasicAgentAccess", "Users.Edit"])));
    assert_eq!(replaced(&beyond), [user]);
    assert!(is_locked(&world, user) && !is_locked(&world, own));
}

#[test]
fn under_warn_a_promotion_is_flagged_and_nothing_is_replaced() {
    let mut world = world();
    world.set_guard(GuardMode::Warn);
    let user = made_by_mia(&mut world, "newboss");
    let (root, admin) = (world.actor_by_login("admin"), world.profile("Admin"));
    let change = world.run_ok(&root, assign(user, &[admin]));
    let flagged =
        change.event().flags.iter().any(
            |flag| matches!(flag, Flag::CredentialsInOtherHands { users, count: 1 } if users.as_slice() == [user]),
        );
    assert!(flagged && !is_locked(&world, user), "{:?}", change.event().flags);
}

#[test]
fn a_batch_of_promotions_has_one_flag() {
    let mut world = world();
    let users = [made_by_mia(&mut world, "one"), made_by_mia(&mut world, "two")];
    let (root, admin) = (world.actor_by_login("admin"), world.profile("Admin"));
    let commands = users.iter().map(|user| assign(*user, &[admin])).collect();
    let change = world.run_ok(&root, Command::Batch { act: floorkey::Act::EditUsers, commands });
    assert_eq!(replaced(&change), users);
}

/// Promotes a user whose access key mia could know, which suspends the key. Returns the user, the key and the
/// administrator.
fn suspended(world: &mut TestInstance) -> (UserId, AccessKeyId, Actor) {
    let user = made_by_mia(world, "bot");
    let key = key_id(503);
    world.run_ok(&actor_of(user), create_key(user, &key));
    let (root, admin) = (world.actor_by_login("admin"), world.profile("Admin"));
    world.run_ok(&root, assign(user, &[admin]));
    (user, key, root)
}

#[test]
fn a_suspended_key_can_be_reinstated_within_a_day_by_actors_who_cover_its_user() {
    let mut world = world();
    let (user, id, root) = suspended(&mut world);
    let mia = world.actor_by_login("mia");
    let back = || Command::ReinstateAccessKey { id: id.clone() };
    assert_eq!(world.refusal_code(&mia, back()), "guard");
    assert_eq!(world.refusal_code(&actor_of(user), back()), "invalid");
    let mut late = world.clone();
    late.now = Timestamp::from_millis(late.now.as_millis() + 24 * 3_600_000);
    assert_eq!(late.refusal_code(&root, back()), "invalid");
    assert_eq!(late.refusal_code(&operator(), back()), "invalid");
    world.clone().run_ok(&operator(), back());
    world.run_ok(&root, back());
    assert_eq!(world.directory.access_key(&id).unwrap().suspended_until, None);
    assert_eq!(world.refusal_code(&root, back()), "invalid");
}

#[test]
fn a_restored_user_has_no_former_custodians() {
    let mut world = world();
    let (root, admin) = (world.actor_by_login("admin"), world.profile("Admin"));
    let user = made_by_mia(&mut world, "ann");
    let was = world.directory.user(user).unwrap().clone();
    world.run_ok(&root, Command::DeleteUser { user });
    let back = Command::RestoreUser { user: Box::new((*was).clone()), password: Some(password()) };
    world.run_ok(&root, back);
    let after = world.directory.user(user).unwrap();
    // The email address can be mia's, but mia knows no password.
    assert!(
        after.email_unverified
            && after.custody.custodians.iter().all(|custodian| custodian.user == world.user("admin"))
    );
    assert_eq!(replaced(&world.run_ok(&root, assign(user, &[admin]))), []);
    assert!(!is_locked(&world, user));
}

#[test]
fn custodians_cover_access_only_for_as_long_as_they_have_it() {
    let mut world = world();
    let now = world.now.as_millis();
    let extra = world.create_profile_granting("Extra", &["Queues.View"]);
    let (mia, managers, agent) = (world.user("mia"), world.profile("Managers"), world.profile("Agent"));
    let ends = Some(Timestamp::from_millis(now + 60_000));
    let held = vec![Assignment::always(managers), Assignment { profile: extra, from: None, until: ends }];
    world.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: mia, assignments: held });
    let user = made_by_mia(&mut world, "new");
    let root = world.actor_by_login("admin");
    let until = |until| Command::UpdateUserSecurityProfiles {
        user,
        assignments: vec![Assignment::always(agent), Assignment { profile: extra, from: None, until }],
    };
    assert_eq!(replaced(&world.clone().run_ok(&root, until(ends))), []);
    assert_eq!(replaced(&world.run_ok(&root, until(None))), [user]);
}

#[test]
fn newly_assignable_access_counts_like_a_promotion() {
    let mut world = world();
    let user = made_by_mia(&mut world, "new");
    let (root, admin) = (world.actor_by_login("admin"), world.profile("Admin"));
    let lead = world.create_profile_granting("Leads", &["Users.Edit"]);
    let harmless = world.create_profile_granting("Harmless", &["Users.View"]);
    assert_eq!(replaced(&world.run_ok(&root, assign(user, &[lead]))), []);
    let list = |assignable| Command::SetAssignableProfiles { profile: lead, assignable };
    // The profile gets an assignable profile, which users with it can then assign.
    assert_eq!(replaced(&world.clone().run_ok(&root, list([admin].into()))), [user]);
    assert_eq!(replaced(&world.run_ok(&root, list([harmless].into()))), []);
    // The assignable profile grows by a permission that mia lacks and by one that lets users escalate.
    let grown = update(harmless, granting(&["Users.View", "SecurityProfiles.Edit", "Queues.Edit"]));
    assert_eq!(replaced(&world.run_ok(&root, grown)), [user]);
}

#[test]
fn a_restored_administrator_can_sign_in_only_with_the_new_password() {
    let mut world = world();
    let user = made_by_mia(&mut world, "new");
    let key = key_id(504);
    world.run_ok(&actor_of(user), create_key(user, &key));
    world.run_ok(&actor_of(user), Command::ConfirmEmail { user, email: "mia@evil.example".to_owned() });
    let restore = Command::RestoreAdministrator {
        profile: floorkey::SecurityProfileId::from_bits(world.next_id()),
        user,
        username: "new".to_owned(),
        password: password(),
    };
    world.run_ok(&actor(Principal::System), restore);
    let after = world.directory.user(user).unwrap();
    assert_eq!((&after.confirmed_email, after.email_unverified), (&None, true));
    assert!(world.directory.access_key(&key).unwrap().suspended_until.is_some());
}

#[test]
fn an_administrator_must_vouch_for_an_email_that_a_custodian_entered() {
    let mut world = world();
    let user = made_by_mia(&mut world, "newboss");
    let (root, admin, email) = (world.actor_by_login("admin"), world.profile("Admin"), "mia@evil.example".to_owned());
    world.run_ok(&root, assign(user, &[admin]));
    let confirm = || Command::ConfirmEmail { user, email: email.clone() };
    assert_eq!(world.refusal_code(&actor_of(user), confirm()), "invalid");
    assert_eq!(world.refusal_code(&actor(Principal::System), confirm()), "invalid");
    let vouch = || Command::VouchForEmail { user, email: email.clone() };
    let mia = world.actor_by_login("mia");
    assert_eq!(world.refusal_code(&mia, vouch()), "guard");
    world.run_ok(&root, vouch());
    world.run_ok(&actor(Principal::System), confirm());
    assert_eq!(world.directory.user(user).unwrap().confirmed_email, Some(email.clone()));
}

#[test]
fn custody_counts_even_if_the_clock_goes_back() {
    let mut world = world();
    let user = made_by_mia(&mut world, "newboss");
    world.now = Timestamp::from_millis(world.now.as_millis() - 500_000);
    totp(&mut world, user);
    let key = key_id(505);
    world.run_ok(&actor_of(user), create_key(user, &key));
    let (root, admin) = (world.actor_by_login("admin"), world.profile("Admin"));
    world.run_ok(&root, assign(user, &[admin]));
    assert!(world.directory.user(user).unwrap().second_factors.is_empty());
    assert!(world.directory.access_key(&key).unwrap().suspended_until.is_some());
}
