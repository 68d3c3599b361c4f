//! Tests custodians, who might know another user's credentials. The tests check who stays a custodian when credentials
//! are replaced, and which access does not exceed a custodian's own. They also check when permissions that are added to
//! a profile cause credentials to be replaced.

use floorkey::audit::Flag;
use floorkey::user::{Identity, PasswordState};
use floorkey::{
    AccessKeyId, Actor, Change, Command, Permission, PermissionSet, SecurityProfileId, Timestamp, UserId, catalog,
};

use crate::test_instance::{
    TestInstance, actor_of, assign, create_key, granting, identity, key_id, operator, password, reset, update,
};

const RESTRICTION: &str = "RestrictContactAccessByHierarchy.View";

/// The permissions of managers. They allow every possible kind of escalation.
const MANAGER: [&str; 7] = [
    "Users.Edit",
    "Users.Create",
    "Users.Delete",
    "Users.EditPermission",
    "AgentGrouping.Edit",
    "SecurityProfiles.Edit",
    "SecurityProfiles.Create",
];

/// Returns a contact center with two actors: the manager mia, who can assign Agent, and the administrator.
fn instance() -> (TestInstance, Actor, Actor) {
    let mut instance = TestInstance::enforcing();
    let (managers, agent) = (instance.create_profile_granting("Managers", &MANAGER), instance.profile("Agent"));
    instance.run_ok(&operator(), Command::SetAssignableProfiles { profile: managers, assignable: [agent].into() });
    instance.create_user("mia", &["Managers"]);
    let (mia, root) = (instance.actor_by_login("mia"), instance.actor_by_login("admin"));
    (instance, mia, root)
}

fn later(instance: &mut TestInstance) {
    instance.now = Timestamp::from_millis(instance.now.as_millis() + 10);
}

fn created_by(instance: &mut TestInstance, creator: &Actor, login: &str, profiles: &[&str]) -> UserId {
    let new = instance.new_user(login, profiles);
    let id = new.id;
    instance.run_ok(creator, Command::CreateUser(Box::new(new)));
    later(instance);
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

fn custodians(instance: &TestInstance, user: UserId) -> Vec<UserId> {
    instance.directory.user(user).unwrap().custody.custodians.iter().map(|custodian| custodian.user).collect()
}

fn is_suspended(instance: &TestInstance, key: &AccessKeyId) -> bool {
    instance.directory.access_key(key).unwrap().suspended_until.is_some()
}

fn everything() -> Vec<&'static str> {
    catalog().granting().iter().map(Permission::name).collect()
}

#[test]
fn replacing_newer_credentials_keeps_custodians_of_older_ones() {
    let (mut instance, mia, root) = instance();
    let queues = instance.create_profile_granting("Queues", &["Queues.Edit"]);
    let amy = actor_of(instance.create_user("amy", &["Managers", "Queues"]));
    let boss = created_by(&mut instance, &amy, "newboss", &["Agent"]);
    let key = key_id(600);
    instance.run_ok(&actor_of(boss), create_key(boss, &key));
    later(&mut instance);
    let identity = Identity { email: Some("nb@corp.example".to_owned()), ..identity() };
    instance.run_ok(&mia, Command::UpdateUserIdentityInfo { user: boss, identity });
    let (agent, admin) = (instance.profile("Agent"), instance.profile("Admin"));
    // Amy has all of newboss's new access, but mia does not.
    assert_eq!(replaced_users(&instance.run_ok(&root, assign(boss, &[agent, queues]))), [boss]);
    assert_eq!(custodians(&instance, boss), [instance.user("amy")]);
    assert!(!is_suspended(&instance, &key), "the key is older than the hand of mia");
    assert_eq!(replaced_users(&instance.run_ok(&root, assign(boss, &[agent, admin]))), [boss]);
    assert!(is_suspended(&instance, &key) && custodians(&instance, boss).is_empty());
}

#[test]
fn a_reinstated_key_brings_its_custodians_back() {
    let (mut instance, mia, root) = instance();
    let boss = created_by(&mut instance, &mia, "newboss", &["Agent"]);
    let key = key_id(601);
    instance.run_ok(&actor_of(boss), create_key(boss, &key));
    let (agent, admin) = (instance.profile("Agent"), instance.profile("Admin"));
    instance.run_ok(&root, assign(boss, &[admin]));
    instance.run_ok(&root, assign(boss, &[agent]));
    // The user mia still knows the key's secret, regardless of who reinstates the key.
    for actor in [&mia, &root, &operator()] {
        let mut instance = instance.clone();
        instance.run_ok(actor, Command::ReinstateAccessKey { id: key.clone() });
        assert_eq!(custodians(&instance, boss), [instance.user("mia")]);
        assert!(!is_suspended(&instance, &key));
        assert_eq!(replaced_users(&instance.run_ok(&root, assign(boss, &[admin]))), [boss]);
        assert!(is_suspended(&instance, &key));
    }
}

#[test]
fn a_key_suspended_by_restoring_an_administrator_can_be_known_to_any_user() {
    let (mut instance, _, root) = instance();
    let boss = instance.create_user("boss", &["Agent"]);
    let key = key_id(602);
    instance.run_ok(&actor_of(boss), create_key(boss, &key));
    let restore = Command::RestoreAdministrator {
        profile: SecurityProfileId::from_bits(instance.next_id()),
        user: UserId::from_bits(instance.next_id()),
        username: "boss".to_owned(),
        password: password(),
    };
    instance.run_ok(&Actor::system(), restore);
    instance.run_ok(&operator(), Command::ReinstateAccessKey { id: key.clone() });
    let (agent, admin) = (instance.profile("Agent"), instance.profile("Admin"));
    instance.run_ok(&root, assign(boss, &[agent]));
    assert_eq!(replaced_users(&instance.run_ok(&root, assign(boss, &[admin]))), [boss]);
    assert!(is_suspended(&instance, &key));
}

#[test]
fn growth_of_a_profile_whose_users_can_escalate_counts_like_a_promotion() {
    let (mut instance, mia, root) = instance();
    let leads = instance.create_profile_granting("Leads", &MANAGER);
    let lead = created_by(&mut instance, &mia, "newboss", &["Leads"]);
    let own = instance.create_user("own", &["Leads"]);
    // Users can't escalate with the added permission alone.
    let more = [&MANAGER[..], &["Queues.Edit"]].concat();
    assert_eq!(replaced_users(&instance.clone().run_ok(&root, update(leads, granting(&more)))), [lead]);
    let full = instance.run_ok(&root, update(leads, granting(&everything())));
    assert_eq!((replaced_users(&full), full.records().len()), (vec![lead], 2));
    assert_eq!(instance.directory.user(lead).unwrap().password, PasswordState::None);
    assert_ne!(instance.directory.user(own).unwrap().password, PasswordState::None);
}

#[test]
fn growth_of_another_profile_of_a_user_who_can_escalate_counts_like_a_promotion() {
    let (mut instance, mia, root) = instance();
    let both = created_by(&mut instance, &mia, "both", &["Managers", "Agent"]);
    let only = created_by(&mut instance, &mia, "only", &["Agent"]);
    let agent = instance.profile("Agent");
    let grow = update(agent, granting(&["BasicAgentAccess", "Queues.Edit"]));
    // While mia can assign Agent, the permissions added to Agent do not exceed mia's access.
    assert_eq!(replaced_users(&instance.clone().run_ok(&root, grow.clone())), []);
    let mia = instance.user("mia");
    instance.run_ok(&operator(), assign(mia, &[agent]));
    let small = update(agent, granting(&["BasicAgentAccess"]));
    instance.run_ok(&operator(), small);
    let managers = instance.profile("Managers");
    let none = Command::SetAssignableProfiles { profile: managers, assignable: [].into() };
    instance.run_ok(&operator(), none);
    let only_queues = instance.create_profile_granting("Queues", &["BasicAgentAccess"]);
    instance.run_ok(&operator(), assign(both, &[managers, only_queues]));
    let grown = instance.run_ok(&root, update(only_queues, granting(&["BasicAgentAccess", "Queues.Edit"])));
    assert_eq!(replaced_users(&grown), [both]);
    let harmless = instance.run_ok(&root, update(agent, granting(&["BasicAgentAccess", "Queues.View"])));
    assert_eq!(replaced_users(&harmless), []);
    assert_ne!(instance.directory.user(only).unwrap().password, PasswordState::None);
}

#[test]
fn growth_of_assignable_profiles_to_full_access_counts_like_a_promotion() {
    let (mut instance, mia, root) = instance();
    let all = catalog().granting();
    let rest = |without: &[&str]| {
        let without: PermissionSet = without.iter().map(|name| Permission::parse(name).unwrap()).collect();
        all.difference(&without).iter().map(Permission::name).collect::<Vec<_>>()
    };
    let nearly = instance.create_profile_granting("Nearly all", &rest(&["BasicAgentAccess", "Prompts.Delete"]));
    let named = instance.create_profile_granting("Named", &["BasicAgentAccess"]);
    instance.run_ok(&operator(), Command::SetAssignableProfiles { profile: nearly, assignable: [named].into() });
    let user = instance.create_user("user", &["Agent"]);
    instance.run_ok(&mia, reset(user));
    let lacking = |instance: &TestInstance, id| !all.is_subset(&instance.directory.grants(id).unwrap().unscoped);
    assert!(lacking(&instance, nearly));
    instance.set_guard(floorkey::GuardMode::Warn);
    instance.run_ok(&operator(), assign(user, &[nearly]));
    instance.set_guard(floorkey::GuardMode::Enforce);
    let harmless = instance.clone().run_ok(&root, update(named, granting(&["BasicAgentAccess", "Prompts.View"])));
    assert_eq!(replaced_users(&harmless), []);
    let grown = instance.run_ok(&root, update(named, granting(&["BasicAgentAccess", "Prompts.Delete"])));
    assert_eq!(replaced_users(&grown), [user]);
}

#[test]
fn a_custodian_under_a_restriction_does_not_cover_unrestricted_access() {
    let (mut instance, mia, root) = instance();
    let restricted = instance.create_profile_granting("Restricted", &["ContactSearch.View", RESTRICTION]);
    let free = instance.create_profile_granting("Free", &["ContactSearch.View"]);
    let (managers, agent) = (instance.profile("Managers"), instance.profile("Agent"));
    let of_mia = instance.user("mia");
    instance.run_ok(&operator(), assign(of_mia, &[managers, restricted]));
    let boss = created_by(&mut instance, &mia, "newboss", &["Agent"]);
    assert_eq!(replaced_users(&instance.clone().run_ok(&root, assign(boss, &[agent, restricted]))), []);
    assert_eq!(replaced_users(&instance.clone().run_ok(&root, assign(boss, &[agent, free]))), [boss]);
    // The change removes a restriction from newboss.
    let mut freed = instance.clone();
    freed.run_ok(&root, assign(boss, &[agent, restricted, free]));
    assert_eq!(replaced_users(&freed.run_ok(&root, assign(boss, &[agent, free]))), [boss]);
    // If mia can assign a profile, the profile does not exceed mia's access. If newboss can assign a profile, the
    // profile counts as part of newboss's access.
    let list = |profile| Command::SetAssignableProfiles { profile, assignable: [agent, free].into() };
    let mut named = instance.clone();
    named.run_ok(&operator(), list(managers));
    assert_eq!(replaced_users(&named.run_ok(&root, assign(boss, &[agent, free]))), []);
    let leads = instance.create_profile_granting("Leads", &["Users.Edit", "ContactSearch.View", RESTRICTION]);
    instance.run_ok(&operator(), list(leads));
    assert_eq!(replaced_users(&instance.run_ok(&root, assign(boss, &[agent, leads]))), [boss]);
}

#[test]
fn a_former_custodian_covers_only_access_they_had_that_cannot_escalate() {
    let (mut instance, _, root) = instance();
    let team = instance.create_profile_granting("Team", &["Queues.View"]);
    let (agent, managers, admin) = (instance.profile("Agent"), instance.profile("Managers"), instance.profile("Admin"));
    instance.create_user("root2", &["Admin"]);
    let root2 = instance.actor_by_login("root2");
    let (ann, bob) =
        (created_by(&mut instance, &root, "ann", &["Agent"]), created_by(&mut instance, &root, "bob", &["Agent"]));
    let leaves = [
        Command::DeleteUser { user: instance.user("admin") },
        Command::SetUserEnabled { user: instance.user("admin"), enabled: false },
    ];
    for leaves in leaves {
        let mut instance = instance.clone();
        instance.run_ok(&operator(), leaves);
        // An agent can get another team's profile without having to choose a new password.
        assert_eq!(replaced_users(&instance.run_ok(&root2, assign(ann, &[agent, team]))), []);
        // The user ann is promoted. A former administrator who knows ann's password must no longer be able to use it.
        assert_eq!(replaced_users(&instance.run_ok(&root2, assign(ann, &[agent, managers]))), [ann]);
        assert_eq!(replaced_users(&instance.run_ok(&root2, assign(bob, &[admin]))), [bob]);
    }
    // For a deleted custodian, only the access that the custodian had counts.
    let viewer = actor_of(instance.create_user("gus", &["Managers"]));
    let cas = created_by(&mut instance, &viewer, "cas", &["Agent"]);
    let gus = instance.user("gus");
    instance.run_ok(&operator(), Command::DeleteUser { user: gus });
    assert_eq!(replaced_users(&instance.run_ok(&root2, assign(cas, &[agent, team]))), [cas]);
}

#[test]
fn a_profile_that_loses_a_restriction_counts_like_a_promotion_of_its_users() {
    let (mut instance, mia, root) = instance();
    let restricted: Vec<_> = MANAGER.into_iter().chain(["ContactSearch.View", RESTRICTION]).collect();
    let (under, leads) = (
        instance.create_profile_granting("Under", &restricted),
        instance.create_profile_granting("Leads", &restricted),
    );
    let (managers, of_mia) = (instance.profile("Managers"), instance.user("mia"));
    instance.run_ok(&operator(), assign(of_mia, &[managers, under]));
    let boss = created_by(&mut instance, &mia, "newboss", &["Leads"]);
    let free: Vec<_> = restricted.into_iter().filter(|name| *name != RESTRICTION).collect();
    assert_eq!(replaced_users(&instance.run_ok(&root, update(leads, granting(&free)))), [boss]);
}

#[test]
fn a_custodian_who_was_deleted_does_not_cover_what_their_profiles_grant_later() {
    let (mut instance, mia, root) = instance();
    let managers = instance.profile("Managers");
    let (boss, of_mia) = (created_by(&mut instance, &mia, "newboss", &["Managers"]), instance.user("mia"));
    instance.run_ok(&operator(), Command::DeleteUser { user: of_mia });
    let more: Vec<_> = MANAGER.into_iter().chain(["Queues.Edit"]).collect();
    assert_eq!(replaced_users(&instance.run_ok(&root, update(managers, granting(&more)))), [boss]);
}
