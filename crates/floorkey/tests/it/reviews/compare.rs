//! Tests comparisons of profiles with one another and with the default profiles.

use floorkey::review::compare::compare;
use floorkey::review::default_diff::default_diff;
use floorkey::{Command, Permission, PermissionSet, SecurityProfile, SecurityProfileEdit};
use proptest::prelude::*;

use super::{cases, granting_permissions};
use crate::random_directory::directory;
use crate::rng::TestRng;
use crate::test_instance::{TestInstance, granting, granting_tagged, operator, update};

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn a_comparison_is_complete_and_symmetric(seed: u64) {
        let (directory, _) = directory(&mut TestRng::new(seed));
        let profiles: Vec<_> = directory.profiles().collect();
        for first in &profiles {
            for second in &profiles {
                let (forward, backward) = (compare(first, second), compare(second, first));
                prop_assert_eq!(forward.only_first, backward.only_second);
                prop_assert_eq!(forward.restrictions_only_first, backward.restrictions_only_second);
                prop_assert_eq!(forward.scope_differences.len(), backward.scope_differences.len());
                let all = directory.grants(first.id).unwrap().all_permissions();
                let expected: PermissionSet =
                    granting_permissions().filter(|permission| all.contains(*permission)).collect();
                prop_assert_eq!(forward.only_first.union(&forward.both), expected);
                prop_assert!(forward.only_first.intersection(&forward.both).is_empty());
            }
            prop_assert!(compare(first, first).is_same());
        }
    }
}

fn set(names: &[&str]) -> PermissionSet {
    names.iter().map(|name| Permission::parse(name).unwrap()).collect()
}

fn profile(instance: &TestInstance, name: &str) -> SecurityProfile {
    SecurityProfile::clone(instance.directory.profile_by_name(name).unwrap())
}

#[test]
fn a_comparison_lists_permissions_of_one_profile_and_different_scopes() {
    let mut instance = TestInstance::new();
    instance.create_profile_granting("A", &["Users.Edit", "Queues.View", "RestrictTaskCreation.Access"]);
    instance.create_profile("B", granting_tagged(&["Users.View", "Prompts.View"], &["User"], ("team", "red")));
    let compared = compare(&profile(&instance, "A"), &profile(&instance, "B"));
    assert_eq!(compared.only_first, set(&["Users.Edit", "Queues.View"]));
    assert_eq!(compared.only_second, set(&["Prompts.View"]));
    assert_eq!(compared.both, set(&["Users.View"]));
    assert_eq!(compared.restrictions_only_first, set(&["RestrictTaskCreation.Access"]));
    let [reach] = compared.scope_differences.as_slice() else { panic!("{compared:?}") };
    assert_eq!(reach.permission.name(), "Users.View");
    assert!(reach.first.is_none() && reach.second.is_some());
    assert!(!compared.is_same());
}

#[test]
fn old_and_new_recording_names_compare_as_equal() {
    let mut instance = TestInstance::new();
    instance.create_profile_granting("Old", &["RedactedData.View"]);
    instance.create_profile_granting("New", &["CallRecordings.Redacted.Access", "ContactTranscripts.Redacted.Access"]);
    assert!(compare(&profile(&instance, "Old"), &profile(&instance, "New")).is_same());
}

#[test]
fn default_profiles_equal_their_defaults_until_edited() {
    let mut instance = TestInstance::new();
    for name in ["Admin", "Agent", "CallCenterManager", "QualityAnalyst"] {
        assert!(default_diff(&profile(&instance, name)).unwrap().is_same(), "{name}");
    }
    let agent = instance.profile("Agent");
    instance.run_ok(&operator(), update(agent, granting(&["BasicAgentAccess", "Queues.Edit"])));
    let diff = default_diff(&profile(&instance, "Agent")).unwrap();
    assert_eq!(diff.added, set(&["Queues.Edit", "Queues.View"]));
    assert!(diff.missing.contains(Permission::parse("OutboundCallAccess").unwrap()));
    assert!(!diff.scoped && !diff.is_same());
    instance.create_profile_granting("Mine", &["Queues.View"]);
    assert!(default_diff(&profile(&instance, "Mine")).is_none());
}

#[test]
fn a_renamed_unedited_default_profile_is_still_compared_with_its_default() {
    let mut instance = TestInstance::new();
    let agent = instance.profile("Agent");
    instance.run_ok(&operator(), Command::RenameSecurityProfile { profile: agent, name: "Crew".to_owned() });
    assert_eq!(default_diff(&profile(&instance, "Crew")).unwrap().default.name, "Agent");
}

#[test]
fn a_copy_of_a_profile_grants_the_same() {
    let mut instance = TestInstance::new();
    instance.create_profile("B", granting_tagged(&["Users.View", "Prompts.View"], &["User"], ("team", "red")));
    for name in ["Admin", "CallCenterManager", "B"] {
        let original = profile(&instance, name);
        let copy = instance.create_profile(&format!("Copy of {name}"), SecurityProfileEdit::from_profile(&original));
        let copy = instance.directory.profile(copy).unwrap();
        assert!(compare(&original, copy).is_same(), "{name}");
        assert_eq!((copy.selected, &copy.access_control), (original.selected, &original.access_control));
    }
}
