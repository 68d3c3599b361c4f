//! Tests the initial state of an instance and tests catalog upgrades.

use std::collections::BTreeMap;

use floorkey::user::PasswordState;
use floorkey::{
    Actor, Command, Directory, GuardMode, InstanceId, NewInstance, PermissionSet, Record, ResourceType,
    SecurityProfile, Settings, UserId, catalog, create_instance,
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

fn created(new: &NewInstance) -> Result<Directory, floorkey::Refusal> {
    let mut ids = 0;
    let next = || {
        ids += 1;
        ids
    };
    create_instance(new, &Actor::system(), floorkey::Timestamp::from_millis(5), next).map(|planned| planned.next)
}

#[test]
fn a_new_instance_has_the_default_profiles_and_what_a_first_user_needs() {
    let directory = created(&new_instance()).unwrap();
    let names: Vec<_> = directory.profiles().map(|profile| profile.name.clone()).collect();
    assert_eq!(names, ["Admin", "Agent", "CallCenterManager", "QualityAnalyst"]);
    let admin = directory.profile_by_name("Admin").unwrap();
    assert_eq!(admin.permissions.permissions(), catalog().granting());
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
    let directory = created(&new).unwrap();
    assert_eq!(directory.administrator_count(), 1);
    assert_eq!(directory.user_by_login("admin").unwrap().password, PasswordState::Set);
    assert_eq!(directory.settings().guard_mode(), GuardMode::Enforce);
}

#[test]
fn an_alias_is_letters_digits_and_inner_hyphens() {
    let long = "x".repeat(46);
    for alias in ["", "-a", "a-", "a b", "ä", "d-one", long.as_str()] {
        let new = NewInstance { alias: Some(alias.to_owned()), ..new_instance() };
        assert_eq!(created(&new).unwrap_err().code(), "invalid", "{alias:?}");
    }
    for alias in ["a", "my-centre-7", "x".repeat(45).as_str()] {
        let new = NewInstance { alias: Some(alias.to_owned()), ..new_instance() };
        assert!(created(&new).is_ok(), "{alias}");
    }
}

/// Changes the instance as if the catalog did not have the permission yet. Removes the permission from all profiles and
/// from the known permissions.
fn remove_permission(instance: &mut TestInstance, name: &str) {
    let new = floorkey::Permission::parse(name).unwrap();
    let mut records = instance.directory.records();
    for record in &mut records {
        match record {
            Record::Profile(profile) => {
                let mut older = SecurityProfile::clone(profile);
                older.select(older.selected.difference(&PermissionSet::from_iter([new])));
                *record = Record::Profile(older.into());
            }
            Record::Settings(settings) => {
                let mut older = Settings::clone(settings);
                older.seen_permissions.retain(|known| known != name);
                *record = Record::Settings(older.into());
            }
            _ => {}
        }
    }
    let (id, revision) = (instance.directory.instance(), instance.directory.revision());
    instance.directory = Directory::from_records(id, revision, records);
}

#[test]
fn an_upgrade_adds_new_permissions_to_an_unedited_admin_profile() {
    let mut instance = TestInstance::new();
    remove_permission(&mut instance, "Views.Remove");
    assert_eq!(instance.directory.administrator_count(), 0);
    let manager = instance.profile("CallCenterManager");
    let before = instance.directory.profile(manager).unwrap().clone();
    let change = instance.run_ok(&Actor::system(), Command::UpgradeCatalog);
    assert_eq!(change.event().actor, Actor::system());
    assert_eq!(instance.directory.administrator_count(), 1);
    assert_eq!(instance.directory.settings().seen_permissions.len(), 327);
    assert_eq!(*instance.directory.profile(manager).unwrap(), before);
    let again = instance.run_ok(&Actor::system(), Command::UpgradeCatalog);
    assert_eq!(again.records().len(), 1, "the settings only");
}

#[test]
fn an_upgrade_does_not_change_an_edited_admin_profile() {
    let mut instance = TestInstance::new();
    let admin = instance.profile("Admin");
    let names: Vec<_> = catalog().granting().iter().map(|name| name.name()).collect();
    instance.run_ok(&operator(), update(admin, granting(&names)));
    remove_permission(&mut instance, "Views.Remove");
    instance.run_ok(&Actor::system(), Command::UpgradeCatalog);
    assert!(
        !instance
            .directory
            .profile(admin)
            .unwrap()
            .selected
            .contains(floorkey::Permission::parse("Views.Remove").unwrap())
    );
}

#[test]
fn a_renamed_admin_profile_still_counts_as_unedited() {
    let mut instance = TestInstance::new();
    let profile = instance.profile("Admin");
    instance.run_ok(&operator(), Command::RenameSecurityProfile { profile, name: "Boss".to_owned() });
    remove_permission(&mut instance, "Views.Remove");
    instance.run_ok(&Actor::system(), Command::UpgradeCatalog);
    assert_eq!(instance.directory.administrator_count(), 1);
}

#[test]
fn only_the_operator_sets_instance_attributes() {
    let mut instance = TestInstance::new();
    let admin = instance.actor_by_login("admin");
    let set =
        |value: &str| Command::UpdateInstanceAttribute { name: "INBOUND_CALLS".to_owned(), value: value.to_owned() };
    assert_eq!(instance.refusal_code(&admin, set("true")), "not-permitted");
    instance.run_ok(&operator(), set("true"));
    assert_eq!(instance.directory.settings().attributes["INBOUND_CALLS"], "true");
    assert_eq!(instance.refusal_code(&operator(), set("")), "invalid");
    assert_eq!(instance.refusal_code(&operator(), set(&"x".repeat(101))), "invalid");
}

#[test]
fn an_actor_who_does_not_exist_has_no_permissions() {
    let mut instance = TestInstance::new();
    let nobody = crate::test_instance::actor_of(UserId::from_bits(7));
    let user = instance.user("admin");
    assert_eq!(instance.refusal_code(&nobody, crate::test_instance::reset(user)), "not-permitted");
    assert_eq!(instance.refusal_code(&nobody, Command::UpgradeCatalog), "not-permitted");
    let listing = floorkey::authorize(
        &instance.directory,
        &nobody.principal,
        floorkey::Action::ListInstances,
        &floorkey::Target::Instance,
        instance.now,
    );
    assert_eq!(listing.unwrap_err().code(), "not-permitted");
}
