//! The initial state of an instance, and upgrades of the catalog.

use std::collections::BTreeMap;

use floorkey::user::PasswordState;
use floorkey::{
    Actor, Command, Directory, GuardMode, InstanceId, NewInstance, PermissionSet, Record, ResourceType,
    SecurityProfile, Settings, UserId, catalogue, found,
};

use crate::test_instance::{TestInstance, granting, operator, password, tags, update};

fn new_instance() -> NewInstance {
    NewInstance {
        id: InstanceId::from_bits(9),
        alias: Some("centre".to_owned()),
        identity_management: "CONNECT_MANAGED".to_owned(),
        directory_id: None,
        attributes: BTreeMap::new(),
        tags: tags(&[]),
        guard: None,
        administrator: None,
    }
}

fn founded(new: &NewInstance) -> Result<Directory, floorkey::Refusal> {
    let mut ids = 0;
    let next = || {
        ids += 1;
        ids
    };
    found(new, &Actor::system(), floorkey::Timestamp::from_millis(5), next).map(|planned| planned.next)
}

#[test]
fn a_new_instance_has_the_default_profiles_and_what_a_first_user_needs() {
    let directory = founded(&new_instance()).unwrap();
    let names: Vec<_> = directory.profiles().map(|profile| profile.name.clone()).collect();
    assert_eq!(names, ["Admin", "Agent", "CallCenterManager", "QualityAnalyst"]);
    let admin = directory.profile_by_name("Admin").unwrap();
    assert_eq!(admin.permissions.permissions(), catalogue().granting());
    let agent = directory.profile_by_name("Agent").unwrap();
    assert_eq!(directory.profile_by_name("CallCenterManager").unwrap().assignable, [agent.id].into());
    for kind in [ResourceType::RoutingProfile, ResourceType::Queue, ResourceType::HoursOfOperation] {
        assert_eq!(directory.resources(kind).count(), 1);
    }
    let statuses: Vec<_> = directory.resources(ResourceType::AgentStatus).map(|status| status.name.clone()).collect();
    assert_eq!(statuses, ["Available", "Offline"]);
    assert_eq!((directory.user_count(), directory.administrator_count(), directory.revision().0), (0, 0, 1));
}

#[test]
fn a_new_instance_can_have_an_administrator_and_a_guard_mode() {
    let new = NewInstance {
        administrator: Some(("admin".to_owned(), password())),
        guard: Some(GuardMode::Enforce),
        ..new_instance()
    };
    let directory = founded(&new).unwrap();
    assert_eq!(directory.administrator_count(), 1);
    assert_eq!(directory.user_by_login("admin").unwrap().password, PasswordState::Chosen);
    assert_eq!(directory.settings().guard_mode(), GuardMode::Enforce);
}

#[test]
fn an_alias_is_letters_digits_and_inner_hyphens() {
    let long = "x".repeat(46);
    for alias in ["", "-a", "a-", "a b", "ä", "d-one", long.as_str()] {
        let new = NewInstance { alias: Some(alias.to_owned()), ..new_instance() };
        assert_eq!(founded(&new).unwrap_err().code(), "invalid", "{alias:?}");
    }
    for alias in ["a", "my-centre-7", "x".repeat(45).as_str()] {
        let new = NewInstance { alias: Some(alias.to_owned()), ..new_instance() };
        assert!(founded(&new).is_ok(), "{alias}");
    }
}

/// Turns the instance into one from before the catalog had the permission: removes it from every profile and from the
/// known permissions.
fn before_the_upgrade(world: &mut TestInstance, name: &str) {
    let new = floorkey::Permission::parse(name).unwrap();
    let mut records = world.directory.records();
    for record in &mut records {
        match record {
            Record::Profile(profile) => {
                let mut older = SecurityProfile::clone(profile);
                older.choose(older.chosen.difference(&PermissionSet::from_iter([new])));
                *record = Record::Profile(older.into());
            }
            Record::Settings(settings) => {
                let mut older = Settings::clone(settings);
                older.known_permissions.retain(|known| known != name);
                *record = Record::Settings(older.into());
            }
            _ => {}
        }
    }
    let (id, revision) = (world.directory.instance(), world.directory.revision());
    world.directory = Directory::from_records(id, revision, records);
}

#[test]
fn an_upgrade_adds_new_permissions_to_an_unedited_admin_profile() {
    let mut world = TestInstance::new();
    before_the_upgrade(&mut world, "Views.Remove");
    assert_eq!(world.directory.administrator_count(), 0);
    let manager = world.profile("CallCenterManager");
    let before = world.directory.profile(manager).unwrap().clone();
    let change = world.run_ok(&Actor::system(), Command::UpgradeCatalogue);
    assert_eq!(change.event().actor, Actor::system());
    assert_eq!(world.directory.administrator_count(), 1);
    assert_eq!(world.directory.settings().known_permissions.len(), 327);
    assert_eq!(*world.directory.profile(manager).unwrap(), before);
    let again = world.run_ok(&Actor::system(), Command::UpgradeCatalogue);
    assert_eq!(again.records().len(), 1, "the settings only");
}

#[test]
fn an_upgrade_does_not_change_an_edited_admin_profile() {
    let mut world = TestInstance::new();
    let admin = world.profile("Admin");
    let names: Vec<_> = catalogue().granting().iter().map(|name| name.name()).collect();
    world.run_ok(&operator(), update(admin, granting(&names)));
    before_the_upgrade(&mut world, "Views.Remove");
    world.run_ok(&Actor::system(), Command::UpgradeCatalogue);
    assert!(
        !world.directory.profile(admin).unwrap().chosen.contains(floorkey::Permission::parse("Views.Remove").unwrap())
    );
}

#[test]
fn a_renamed_admin_profile_still_counts_as_unedited() {
    let mut world = TestInstance::new();
    let profile = world.profile("Admin");
    world.run_ok(&operator(), Command::RenameSecurityProfile { profile, name: "Boss".to_owned() });
    before_the_upgrade(&mut world, "Views.Remove");
    world.run_ok(&Actor::system(), Command::UpgradeCatalogue);
    assert_eq!(world.directory.administrator_count(), 1);
}

#[test]
fn only_the_operator_sets_instance_attributes() {
    let mut world = TestInstance::new();
    let admin = world.actor_by_login("admin");
    let set =
        |value: &str| Command::UpdateInstanceAttribute { name: "INBOUND_CALLS".to_owned(), value: value.to_owned() };
    assert_eq!(world.refusal_code(&admin, set("true")), "not-permitted");
    world.run_ok(&operator(), set("true"));
    assert_eq!(world.directory.settings().attributes["INBOUND_CALLS"], "true");
    assert_eq!(world.refusal_code(&operator(), set("")), "invalid");
    assert_eq!(world.refusal_code(&operator(), set(&"x".repeat(101))), "invalid");
}

#[test]
fn an_actor_who_does_not_exist_has_no_permissions() {
    let mut world = TestInstance::new();
    let nobody = crate::test_instance::actor_of(UserId::from_bits(7));
    let user = world.user("admin");
    assert_eq!(world.refusal_code(&nobody, crate::test_instance::reset(user)), "not-permitted");
    assert_eq!(world.refusal_code(&nobody, Command::UpgradeCatalogue), "not-permitted");
    let listing = floorkey::authorize(
        &world.directory,
        &nobody.principal,
        floorkey::Act::ListInstances,
        &floorkey::Target::Instance,
        world.now,
    );
    assert_eq!(listing.unwrap_err().code(), "not-permitted");
}
