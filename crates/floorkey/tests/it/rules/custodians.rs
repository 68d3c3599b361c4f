//! Custodians: who stays a custodian when credentials are replaced, which access a custodian covers, and when the
//! growth of a profile replaces credentials.

use floorkey::audit::Flag;
use floorkey::user::{Identity, PasswordState};
use floorkey::{
    AccessKeyId, Actor, Change, Command, Permission, PermissionSet, SecurityProfileId, Timestamp, UserId, catalogue,
};

use crate::test_instance::{
    TestInstance, actor_of, assign, create_key, granting, identity, key_id, operator, password, reset, update,
};

const RESTRICTION: &str = "RestrictContactAccessByHierarchy.View";

/// Permissions of managers who can escalate in every way.
const MANAGER: [&str; 7] = [
    "Users.Edit",
    "Users.Create",
    "Users.Delete",
    "Users.EditPermission",
    "AgentGrouping.Edit",
    "SecurityProfiles.Edit",
    "SecurityProfiles.Create",
];

/// Returns a contact center, the actor mia, who is a manager and can assign Agent, and the administrator.
fn world() -> (TestInstance, Actor, Actor) {
    let mut world = TestInstance::enforcing();
    let (managers, agent) = (world.create_profile_granting("Managers", &MANAGER), world.profile("Agent"));
    world.run_ok(&operator(), Command::SetAssignableProfiles { profile: managers, assignable: [agent].into() });
    world.create_user("mia", &["Managers"]);
    let (mia, root) = (world.actor_by_login("mia"), world.actor_by_login("admin"));
    (world, mia, root)
}

fn later(world: &mut TestInstance) {
    world.now = Timestamp::from_millis(world.now.as_millis() + 10);
}

fn made_by(world: &mut TestInstance, maker: &Actor, login: &str, profiles: &[&str]) -> UserId {
    let new = world.new_user(login, profiles);
    let id = new.id;
    world.run_ok(maker, Command::CreateUser(Box::new(new)));
    later(world);
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

fn custodians(world: &TestInstance, user: UserId) -> Vec<UserId> {
    world.directory.user(user).unwrap().custody.custodians.iter().map(|custodian| custodian.user).collect()
}

fn is_suspended(world: &TestInstance, key: &AccessKeyId) -> bool {
    world.directory.access_key(key).unwrap().suspended_until.is_some()
}

fn everything() -> Vec<&'static str> {
    catalogue().granting().iter().map(Permission::name).collect()
}

#[test]
fn replacing_newer_credentials_keeps_custodians_of_older_ones() {
    let (mut world, mia, root) = world();
    let queues = world.create_profile_granting("Queues", &["Queues.Edit"]);
    let amy = actor_of(world.create_user("amy", &["Managers", "Queues"]));
    let boss = made_by(&mut world, &amy, "newboss", &["Agent"]);
    let key = key_id(600);
    world.run_ok(&actor_of(boss), create_key(boss, &key));
    later(&mut world);
    let identity = Identity { email: Some("nb@corp.example".to_owned()), ..identity() };
    world.run_ok(&mia, Command::UpdateUserIdentityInfo { user: boss, identity });
    let (agent, admin) = (world.profile("Agent"), world.profile("Admin"));
    // The access of amy covers this, that of mia does not.
    assert_eq!(replaced(&world.run_ok(&root, assign(boss, &[agent, queues]))), [boss]);
    assert_eq!(custodians(&world, boss), [world.user("amy")]);
    assert!(!is_suspended(&world, &key), "the key is older than the hand of mia");
    assert_eq!(replaced(&world.run_ok(&root, assign(boss, &[agent, admin]))), [boss]);
    assert!(is_suspended(&world, &key) && custodians(&world, boss).is_empty());
}

#[test]
fn a_reinstated_key_brings_its_custodians_back() {
    let (mut world, mia, root) = world();
    let boss = made_by(&mut world, &mia, "newboss", &["Agent"]);
    let key = key_id(601);
    world.run_ok(&actor_of(boss), create_key(boss, &key));
    let (agent, admin) = (world.profile("Agent"), world.profile("Admin"));
    world.run_ok(&root, assign(boss, &[admin]));
    world.run_ok(&root, assign(boss, &[agent]));
    // mia still knows the secret of the key, whoever reinstates it.
    for actor in [&mia, &root, &operator()] {
        let mut world = world.clone();
        world.run_ok(actor, Command::ReinstateAccessKey { id: key.clone() });
        assert_eq!(custodians(&world, boss), [world.user("mia")]);
        assert!(!is_suspended(&world, &key));
        assert_eq!(replaced(&world.run_ok(&root, assign(boss, &[admin]))), [boss]);
        assert!(is_suspended(&world, &key));
    }
}

#[test]
fn a_key_suspended_by_restoring_an_administrator_can_be_known_to_any_user() {
    let (mut world, _, root) = world();
    let boss = world.create_user("boss", &["Agent"]);
    let key = key_id(602);
    world.run_ok(&actor_of(boss), create_key(boss, &key));
    let restore = Command::RestoreAdministrator {
        profile: SecurityProfileId::from_bits(world.next_id()),
        user: UserId::from_bits(world.next_id()),
        username: "boss".to_owned(),
        password: password(),
    };
    world.run_ok(&Actor::system(), restore);
    world.run_ok(&operator(), Command::ReinstateAccessKey { id: key.clone() });
    let (agent, admin) = (world.profile("Agent"), world.profile("Admin"));
    world.run_ok(&root, assign(boss, &[agent]));
    assert_eq!(replaced(&world.run_ok(&root, assign(boss, &[admin]))), [boss]);
    assert!(is_suspended(&world, &key));
}

#[test]
fn growth_of_a_profile_whose_users_can_escalate_counts_like_a_promotion() {
    let (mut world, mia, root) = world();
    let leads = world.create_profile_granting("Leads", &MANAGER);
    let lead = made_by(&mut world, &mia, "newboss", &["Leads"]);
    let own = world.create_user("own", &["Leads"]);
    // The added permission does not let users escalate by itself.
    let more = [&MANAGER[..], &["Queues.Edit"]].concat();
    assert_eq!(replaced(&world.clone().run_ok(&root, update(leads, granting(&more)))), [lead]);
    let full = world.run_ok(&root, update(leads, granting(&everything())));
    assert_eq!((replaced(&full), full.records().len()), (vec![lead], 2));
    assert_eq!(world.directory.user(lead).unwrap().password, PasswordState::None);
    assert_ne!(world.directory.user(own).unwrap().password, PasswordState::None);
}

#[test]
fn growth_of_another_profile_of_a_user_who_can_escalate_counts_like_a_promotion() {
    let (mut world, mia, root) = world();
    let both = made_by(&mut world, &mia, "both", &["Managers", "Agent"]);
    let only = made_by(&mut world, &mia, "only", &["Agent"]);
    let agent = world.profile("Agent");
    let grow = update(agent, granting(&["BasicAgentAccess", "Queues.Edit"]));
    // While mia can assign Agent, her access covers its growth.
    assert_eq!(replaced(&world.clone().run_ok(&root, grow.clone())), []);
    let mia = world.user("mia");
    world.run_ok(&operator(), assign(mia, &[agent]));
    let small = update(agent, granting(&["BasicAgentAccess"]));
    world.run_ok(&operator(), small);
    let managers = world.profile("Managers");
    let none = Command::SetAssignableProfiles { profile: managers, assignable: [].into() };
    world.run_ok(&operator(), none);
    let only_queues = world.create_profile_granting("Queues", &["BasicAgentAccess"]);
    world.run_ok(&operator(), assign(both, &[managers, only_queues]));
    let grown = world.run_ok(&root, update(only_queues, granting(&["BasicAgentAccess", "Queues.Edit"])));
    assert_eq!(replaced(&grown), [both]);
    let harmless = world.run_ok(&root, update(agent, granting(&["BasicAgentAccess", "Queues.View"])));
    assert_eq!(replaced(&harmless), []);
    assert_ne!(world.directory.user(only).unwrap().password, PasswordState::None);
}

#[test]
fn growth_of_assignable_profiles_to_full_access_counts_like_a_promotion() {
    let (mut world, mia, root) = world();
    let all = catalogue().granting();
    let rest = |without: &[&str]| {
        let without: PermissionSet = without.iter().map(|name| Permission::parse(name).unwrap()).collect();
        all.difference(&without).iter().map(Permission::name).collect::<Vec<_>>()
    };
    let nearly = world.create_profile_granting("Nearly all", &rest(&["BasicAgentAccess", "Prompts.Delete"]));
    let named = world.create_profile_granting("Named", &["BasicAgentAccess"]);
    world.run_ok(&operator(), Command::SetAssignableProfiles { profile: nearly, assignable: [named].into() });
    let user = world.create_user("user", &["Agent"]);
    world.run_ok(&mia, reset(user));
    let lacking = |world: &TestInstance, id| !all.is_subset(&world.directory.grants(id).unwrap().everywhere);
    assert!(lacking(&world, nearly));
    world.set_guard(floorkey::GuardMode::Warn);
    world.run_ok(&operator(), assign(user, &[nearly]));
    world.set_guard(floorkey::GuardMode::Enforce);
    let harmless = world.clone().run_ok(&root, update(named, granting(&["BasicAgentAccess", "Prompts.View"])));
    assert_eq!(replaced(&harmless), []);
    let grown = world.run_ok(&root, update(named, granting(&["BasicAgentAccess", "Prompts.Delete"])));
    assert_eq!(replaced(&grown), [user]);
}

#[test]
fn a_custodian_under_a_restriction_does_not_cover_unrestricted_access() {
    let (mut world, mia, root) = world();
    let restricted = world.create_profile_granting("Restricted", &["ContactSearch.View", RESTRICTION]);
    let free = world.create_profile_granting("Free", &["ContactSearch.View"]);
    let (managers, agent) = (world.profile("Managers"), world.profile("Agent"));
    let of_mia = world.user("mia");
    world.run_ok(&operator(), assign(of_mia, &[managers, restricted]));
    let boss = made_by(&mut world, &mia, "newboss", &["Agent"]);
    assert_eq!(replaced(&world.clone().run_ok(&root, assign(boss, &[agent, restricted]))), []);
    assert_eq!(replaced(&world.clone().run_ok(&root, assign(boss, &[agent, free]))), [boss]);
    // The restriction is removed.
    let mut freed = world.clone();
    freed.run_ok(&root, assign(boss, &[agent, restricted, free]));
    assert_eq!(replaced(&freed.run_ok(&root, assign(boss, &[agent, free]))), [boss]);
    // A profile that mia can assign is covered. A profile that newboss can assign counts as access of newboss.
    let list = |profile| Command::SetAssignableProfiles { profile, assignable: [agent, free].into() };
    let mut named = world.clone();
    named.run_ok(&operator(), list(managers));
    assert_eq!(replaced(&named.run_ok(&root, assign(boss, &[agent, free]))), []);
    let leads = world.create_profile_granting("Leads", &["Users.Edit", "ContactSearch.View", RESTRICTION]);
    world.run_ok(&operator(), list(leads));
    assert_eq!(replaced(&world.run_ok(&root, assign(boss, &[agent, leads]))), [boss]);
}

#[test]
fn a_former_custodian_covers_only_access_they_had_that_cannot_escalate() {
    let (mut world, _, root) = world();
    let team = world.create_profile_granting("Team", &["Queues.View"]);
    let (agent, managers, admin) = (world.profile("Agent"), world.profile("Managers"), world.profile("Admin"));
    world.create_user("root2", &["Admin"]);
    let root2 = world.actor_by_login("root2");
    let (ann, bob) = (made_by(&mut world, &root, "ann", &["Agent"]), made_by(&mut world, &root, "bob", &["Agent"]));
    let leaves = [
        Command::DeleteUser { user: world.user("admin") },
        Command::SetUserEnabled { user: world.user("admin"), enabled: false },
    ];
    for leaves in leaves {
        let mut world = world.clone();
        world.run_ok(&operator(), leaves);
        // Agents can change teams without a new password.
        assert_eq!(replaced(&world.run_ok(&root2, assign(ann, &[agent, team]))), []);
        // A former administrator cannot return with the password of a user who is promoted.
        assert_eq!(replaced(&world.run_ok(&root2, assign(ann, &[agent, managers]))), [ann]);
        assert_eq!(replaced(&world.run_ok(&root2, assign(bob, &[admin]))), [bob]);
    }
    // A deleted custodian does not cover access that they did not have.
    let viewer = actor_of(world.create_user("gus", &["Managers"]));
    let cas = made_by(&mut world, &viewer, "cas", &["Agent"]);
    let gus = world.user("gus");
    world.run_ok(&operator(), Command::DeleteUser { user: gus });
    assert_eq!(replaced(&world.run_ok(&root2, assign(cas, &[agent, team]))), [cas]);
}

#[test]
fn a_profile_that_loses_a_restriction_counts_like_a_promotion_of_its_users() {
    let (mut world, mia, root) = world();
    let restricted: Vec<_> = MANAGER.into_iter().chain(["ContactSearch.View", RESTRICTION]).collect();
    let (under, leads) =
        (world.create_profile_granting("Under", &restricted), world.create_profile_granting("Leads", &restricted));
    let (managers, of_mia) = (world.profile("Managers"), world.user("mia"));
    world.run_ok(&operator(), assign(of_mia, &[managers, under]));
    let boss = made_by(&mut world, &mia, "newboss", &["Leads"]);
    let free: Vec<_> = restricted.into_iter().filter(|name| *name != RESTRICTION).collect();
    assert_eq!(replaced(&world.run_ok(&root, update(leads, granting(&free)))), [boss]);
}

#[test]
fn a_custodian_who_was_deleted_does_not_cover_what_their_profiles_grant_later() {
    let (mut world, mia, root) = world();
    let managers = world.profile("Managers");
    let (boss, of_mia) = (made_by(&mut world, &mia, "newboss", &["Managers"]), world.user("mia"));
    world.run_ok(&operator(), Command::DeleteUser { user: of_mia });
    let more: Vec<_> = MANAGER.into_iter().chain(["Queues.Edit"]).collect();
    assert_eq!(replaced(&world.run_ok(&root, update(managers, granting(&more)))), [boss]);
}
