//! Custodians: who stays a custodian when credentials are replaced, which access a custodian covers, and when the
//! growth of a profile replaces credentials.

use floorkey::audit::Flag;
use floorkey::user::{Identity, PasswordState};
use floorkey::{
    AccessKeyId, Actor, Change, Command, Permission, PermissionSet, SecurityProfileId, Timestamp, UserId, catalogue,
};

use crate::world::{World, assign, by, create_key, granting, identity, key_id, operator, password, reset, update};

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
fn world() -> (World, Actor, Actor) {
    let mut world = World::enforcing();
    let (managers, agent) = (world.grant("Managers", &MANAGER), world.profile("Agent"));
    world.done(&operator(), Command::SetAssignableProfiles { profile: managers, assignable: [agent].into() });
    world.hire("mia", &["Managers"]);
    let (mia, root) = (world.acting("mia"), world.acting("admin"));
    (world, mia, root)
}

fn later(world: &mut World) {
    world.now = Timestamp::from_millis(world.now.as_millis() + 10);
}

fn made_by(world: &mut World, maker: &Actor, login: &str, profiles: &[&str]) -> UserId {
    let new = world.new_user(login, profiles);
    let id = new.id;
    world.done(maker, Command::CreateUser(Box::new(new)));
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

fn custodians(world: &World, user: UserId) -> Vec<UserId> {
    world.directory.user(user).unwrap().custody.custodians.iter().map(|custodian| custodian.user).collect()
}

fn is_suspended(world: &World, key: &AccessKeyId) -> bool {
    world.directory.access_key(key).unwrap().suspended_until.is_some()
}

fn everything() -> Vec<&'static str> {
    catalogue().granting().iter().map(Permission::name).collect()
}

#[test]
fn replacing_newer_credentials_keeps_custodians_of_older_ones() {
    let (mut world, mia, root) = world();
    let queues = world.grant("Queues", &["Queues.Edit"]);
    let amy = by(world.hire("amy", &["Managers", "Queues"]));
    let boss = made_by(&mut world, &amy, "newboss", &["Agent"]);
    let key = key_id(600);
    world.done(&by(boss), create_key(boss, &key));
    later(&mut world);
    let identity = Identity { email: Some("nb@corp.example".to_owned()), ..identity() };
    world.done(&mia, Command::UpdateUserIdentityInfo { user: boss, identity });
    let (agent, admin) = (world.profile("Agent"), world.profile("Admin"));
    // The access of amy covers this, that of mia does not.
    assert_eq!(replaced(&world.done(&root, assign(boss, &[agent, queues]))), [boss]);
    assert_eq!(custodians(&world, boss), [world.user("amy")]);
    assert!(!is_suspended(&world, &key), "the key is older than the hand of mia");
    assert_eq!(replaced(&world.done(&root, assign(boss, &[agent, admin]))), [boss]);
    assert!(is_suspended(&world, &key) && custodians(&world, boss).is_empty());
}

#[test]
fn a_reinstated_key_brings_its_custodians_back() {
    let (mut world, mia, root) = world();
    let boss = made_by(&mut world, &mia, "newboss", &["Agent"]);
    let key = key_id(601);
    world.done(&by(boss), create_key(boss, &key));
    let (agent, admin) = (world.profile("Agent"), world.profile("Admin"));
    world.done(&root, assign(boss, &[admin]));
    world.done(&root, assign(boss, &[agent]));
    // mia still knows the secret of the key, whoever reinstates it.
    for actor in [&mia, &root, &operator()] {
        let mut world = world.clone();
        world.done(actor, Command::ReinstateAccessKey { id: key.clone() });
        assert_eq!(custodians(&world, boss), [world.user("mia")]);
        assert!(!is_suspended(&world, &key));
        assert_eq!(replaced(&world.done(&root, assign(boss, &[admin]))), [boss]);
        assert!(is_suspended(&world, &key));
    }
}

#[test]
fn a_key_suspended_by_restoring_an_administrator_can_be_known_to_any_user() {
    let (mut world, _, root) = world();
    let boss = world.hire("boss", &["Agent"]);
    let key = key_id(602);
    world.done(&by(boss), create_key(boss, &key));
    let restore = Command::RestoreAdministrator {
        profile: SecurityProfileId::from_bits(world.fresh_id()),
        user: UserId::from_bits(world.fresh_id()),
        username: "boss".to_owned(),
        password: password(),
    };
    world.done(&Actor::system(), restore);
    world.done(&operator(), Command::ReinstateAccessKey { id: key.clone() });
    let (agent, admin) = (world.profile("Agent"), world.profile("Admin"));
    world.done(&root, assign(boss, &[agent]));
    assert_eq!(replaced(&world.done(&root, assign(boss, &[admin]))), [boss]);
    assert!(is_suspended(&world, &key));
}

#[test]
fn growth_of_a_profile_whose_users_can_escalate_counts_like_a_promotion() {
    let (mut world, mia, root) = world();
    let leads = world.grant("Leads", &MANAGER);
    let lead = made_by(&mut world, &mia, "newboss", &["Leads"]);
    let own = world.hire("own", &["Leads"]);
    // The added permission does not let users escalate by itself.
    let more = [&MANAGER[..], &["Queues.Edit"]].concat();
    assert_eq!(replaced(&world.clone().done(&root, update(leads, granting(&more)))), [lead]);
    let full = world.done(&root, update(leads, granting(&everything())));
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
    assert_eq!(replaced(&world.clone().done(&root, grow.clone())), []);
    let mia = world.user("mia");
    world.done(&operator(), assign(mia, &[agent]));
    let small = update(agent, granting(&["BasicAgentAccess"]));
    world.done(&operator(), small);
    let managers = world.profile("Managers");
    let none = Command::SetAssignableProfiles { profile: managers, assignable: [].into() };
    world.done(&operator(), none);
    let only_queues = world.grant("Queues", &["BasicAgentAccess"]);
    world.done(&operator(), assign(both, &[managers, only_queues]));
    let grown = world.done(&root, update(only_queues, granting(&["BasicAgentAccess", "Queues.Edit"])));
    assert_eq!(replaced(&grown), [both]);
    let harmless = world.done(&root, update(agent, granting(&["BasicAgentAccess", "Queues.View"])));
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
    let nearly = world.grant("Nearly all", &rest(&["BasicAgentAccess", "Prompts.Delete"]));
    let named = world.grant("Named", &["BasicAgentAccess"]);
    world.done(&operator(), Command::SetAssignableProfiles { profile: nearly, assignable: [named].into() });
    let user = world.hire("user", &["Agent"]);
    world.done(&mia, reset(user));
    let lacking = |world: &World, id| !all.is_subset(&world.directory.grants(id).unwrap().everywhere);
    assert!(lacking(&world, nearly));
    world.guard(floorkey::GuardMode::Warn);
    world.done(&operator(), assign(user, &[nearly]));
    world.guard(floorkey::GuardMode::Enforce);
    let harmless = world.clone().done(&root, update(named, granting(&["BasicAgentAccess", "Prompts.View"])));
    assert_eq!(replaced(&harmless), []);
    let grown = world.done(&root, update(named, granting(&["BasicAgentAccess", "Prompts.Delete"])));
    assert_eq!(replaced(&grown), [user]);
}

#[test]
fn a_custodian_under_a_restriction_does_not_cover_unrestricted_access() {
    let (mut world, mia, root) = world();
    let restricted = world.grant("Restricted", &["ContactSearch.View", RESTRICTION]);
    let free = world.grant("Free", &["ContactSearch.View"]);
    let (managers, agent) = (world.profile("Managers"), world.profile("Agent"));
    let of_mia = world.user("mia");
    world.done(&operator(), assign(of_mia, &[managers, restricted]));
    let boss = made_by(&mut world, &mia, "newboss", &["Agent"]);
    assert_eq!(replaced(&world.clone().done(&root, assign(boss, &[agent, restricted]))), []);
    assert_eq!(replaced(&world.clone().done(&root, assign(boss, &[agent, free]))), [boss]);
    // The restriction is removed.
    let mut freed = world.clone();
    freed.done(&root, assign(boss, &[agent, restricted, free]));
    assert_eq!(replaced(&freed.done(&root, assign(boss, &[agent, free]))), [boss]);
    // A profile that mia can assign is covered. A profile that newboss can assign counts as access of newboss.
    let list = |profile| Command::SetAssignableProfiles { profile, assignable: [agent, free].into() };
    let mut named = world.clone();
    named.done(&operator(), list(managers));
    assert_eq!(replaced(&named.done(&root, assign(boss, &[agent, free]))), []);
    let leads = world.grant("Leads", &["Users.Edit", "ContactSearch.View", RESTRICTION]);
    world.done(&operator(), list(leads));
    assert_eq!(replaced(&world.done(&root, assign(boss, &[agent, leads]))), [boss]);
}

#[test]
fn a_former_custodian_covers_only_access_they_had_that_cannot_escalate() {
    let (mut world, _, root) = world();
    let team = world.grant("Team", &["Queues.View"]);
    let (agent, managers, admin) = (world.profile("Agent"), world.profile("Managers"), world.profile("Admin"));
    world.hire("root2", &["Admin"]);
    let root2 = world.acting("root2");
    let (ann, bob) = (made_by(&mut world, &root, "ann", &["Agent"]), made_by(&mut world, &root, "bob", &["Agent"]));
    let leaves = [
        Command::DeleteUser { user: world.user("admin") },
        Command::SetUserEnabled { user: world.user("admin"), enabled: false },
    ];
    for leaves in leaves {
        let mut world = world.clone();
        world.done(&operator(), leaves);
        // Agents can change teams without a new password.
        assert_eq!(replaced(&world.done(&root2, assign(ann, &[agent, team]))), []);
        // A former administrator cannot return with the password of a user who is promoted.
        assert_eq!(replaced(&world.done(&root2, assign(ann, &[agent, managers]))), [ann]);
        assert_eq!(replaced(&world.done(&root2, assign(bob, &[admin]))), [bob]);
    }
    // A deleted custodian does not cover access that they did not have.
    let viewer = by(world.hire("gus", &["Managers"]));
    let cas = made_by(&mut world, &viewer, "cas", &["Agent"]);
    let gus = world.user("gus");
    world.done(&operator(), Command::DeleteUser { user: gus });
    assert_eq!(replaced(&world.done(&root2, assign(cas, &[agent, team]))), [cas]);
}

#[test]
fn a_profile_that_loses_a_restriction_counts_like_a_promotion_of_its_users() {
    let (mut world, mia, root) = world();
    let restricted: Vec<_> = MANAGER.into_iter().chain(["ContactSearch.View", RESTRICTION]).collect();
    let (under, leads) = (world.grant("Under", &restricted), world.grant("Leads", &restricted));
    let (managers, of_mia) = (world.profile("Managers"), world.user("mia"));
    world.done(&operator(), assign(of_mia, &[managers, under]));
    let boss = made_by(&mut world, &mia, "newboss", &["Leads"]);
    let free: Vec<_> = restricted.into_iter().filter(|name| *name != RESTRICTION).collect();
    assert_eq!(replaced(&world.done(&root, update(leads, granting(&free)))), [boss]);
}

#[test]
fn a_custodian_who_was_deleted_does_not_cover_what_their_profiles_grant_later() {
    let (mut world, mia, root) = world();
    let managers = world.profile("Managers");
    let (boss, of_mia) = (made_by(&mut world, &mia, "newboss", &["Managers"]), world.user("mia"));
    world.done(&operator(), Command::DeleteUser { user: of_mia });
    let more: Vec<_> = MANAGER.into_iter().chain(["Queues.Edit"]).collect();
    assert_eq!(replaced(&world.done(&root, update(managers, granting(&more)))), [boss]);
}
