use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::action::Circumstance;
use crate::command::{Command, NewPassword, NewSecurityProfile, SecurityProfileEdit};
use crate::id::{InstanceId, SecurityProfileId};
use crate::plan::{NewInstance, create_instance, plan};
use crate::principal::Actor;
use crate::secret::SecretBytes;
use crate::tags::Tags;

const NOW: Timestamp = Timestamp::from_millis(1_000);

fn set(names: &[&str]) -> PermissionSet {
    names.iter().map(|name| Permission::parse(name).unwrap()).collect()
}

/// Returns an instance with an administrator. The administrator also has a separate profile for each of the given
/// permissions.
fn instance_with(permissions: &[&str]) -> (Directory, UserId) {
    let password = NewPassword { hash: SecretBytes::new(Vec::new()), temporary: false };
    let new = NewInstance {
        id: InstanceId::from_bits(1),
        alias: None,
        identity_management: "CONNECT_MANAGED".to_owned(),
        directory_id: None,
        attributes: BTreeMap::new(),
        tags: Tags::new(),
        guard: None,
        administrator: Some(("ann".to_owned(), password)),
    };
    let mut ids = 100;
    let ids = || {
        ids += 1;
        ids
    };
    let mut directory = create_instance(&new, &Actor::system(), NOW, ids).unwrap().next;
    let ann = directory.users_after(None).next().unwrap().id;
    let mut profiles = BTreeSet::new();
    for (number, name) in permissions.iter().enumerate() {
        let id = SecurityProfileId::from_bits(1_000 + number as u128);
        let content = SecurityProfileEdit { permissions: Some(vec![(*name).to_owned()]), ..Default::default() };
        let new = NewSecurityProfile { id, name: format!("Test {number}"), content, tags: Tags::new() };
        directory = apply(&directory, Command::CreateSecurityProfile(Box::new(new)));
        profiles.insert(id);
    }
    let admin = directory.user(ann).unwrap().assignments[0].profile;
    // The user keeps the profile `Admin`, because an instance must keep at least one administrator.
    directory =
        apply(&directory, Command::ChangeSecurityProfiles { user: ann, add: profiles, remove: BTreeSet::new() });
    assert!(directory.is_administrator(ann) && directory.profile(admin).is_some());
    (directory, ann)
}

fn apply(directory: &Directory, command: Command) -> Directory {
    plan(directory, &Actor::system(), &command, NOW).unwrap().next
}

#[test]
fn a_restriction_in_any_profile_forbids_actions_that_exclude_it() {
    let requirement = Requirement {
        all_of: set(&["BasicAgentAccess"]),
        forbidden_restrictions: set(&["RestrictTaskCreation.Access"]),
        ..Requirement::default()
    };
    let check = |(directory, ann): &(Directory, UserId)| {
        require(directory, *ann, Action::CreateUser, &requirement, &Target::Instance, NOW)
    };
    assert_eq!(check(&instance_with(&[])), Ok(()));
    assert_eq!(check(&instance_with(&["RequireEndContactConfirmation.Enabled"])), Ok(()));
    let refusal = check(&instance_with(&["RestrictTaskCreation.Access"])).unwrap_err();
    assert_eq!(refusal.code(), "restricted");
    assert!(refusal.to_string().contains("RestrictTaskCreation.Access"), "{refusal}");
}

#[test]
fn every_additional_condition_is_enforced() {
    let (directory, ann) = instance_with(&[]);
    let admin = directory.user(ann).unwrap().assignments[0].profile;
    // A user who has all permissions except one is refused every operation that requires the missing permission.
    let all = catalog().granting();
    let without = |missing: &str| {
        let others = all.difference(&set(&[missing]));
        let names = others.iter().map(|permission| permission.name().to_owned()).collect();
        let edit = SecurityProfileEdit { permissions: Some(names), ..Default::default() };
        // No command can remove the last administrator, so the test edits the records directly.
        let edited = plan(
            &directory,
            &Actor::system(),
            &Command::CreateSecurityProfile(Box::new(NewSecurityProfile {
                id: SecurityProfileId::from_bits(2_000),
                name: "Nearly all".to_owned(),
                content: edit,
                tags: Tags::new(),
            })),
            NOW,
        );
        let next = edited.unwrap().next;
        let mut records = next.records();
        for record in &mut records {
            if let crate::record::Record::User(user) = record {
                let mut changed = crate::user::User::clone(user);
                changed.assignments = vec![crate::user::Assignment::always(SecurityProfileId::from_bits(2_000))];
                *record = crate::record::Record::User(std::sync::Arc::new(changed));
            }
        }
        Directory::from_records(next.instance(), next.revision(), records)
    };
    let base = || Requirement { all_of: set(&["BasicAgentAccess"]), ..Requirement::default() };
    let when = |when, names: &[&str]| Requirement { by_circumstance: BTreeMap::from([(when, set(names))]), ..base() };
    let profile = Target::Profile(admin);
    for (requirement, missing, target) in [
        (Requirement { and_any_of: set(&["Cases.Create"]), ..base() }, "Cases.Create", Target::Instance),
        (Requirement { any_of: set(&["Cases.Create"]), ..base() }, "Cases.Create", Target::Instance),
        (when(Circumstance::Publishes, &["ContactFlows.Publish"]), "ContactFlows.Publish", Target::Instance),
        (when(Circumstance::BargesIn, &["ManagerBargeIn"]), "ManagerBargeIn", Target::Instance),
        (
            when(Circumstance::SwitchesOnOrOff, &["AgentStates.EnableAndDisable"]),
            "AgentStates.EnableAndDisable",
            Target::Instance,
        ),
    ] {
        let check = |directory: &Directory| require(directory, ann, Action::CreateUser, &requirement, &target, NOW);
        assert_eq!(check(&directory), Ok(()), "{requirement:?}");
        let refusal = check(&without(missing)).unwrap_err();
        assert_eq!(refusal.code(), "not-permitted", "{requirement:?}");
        assert!(refusal.to_string().contains(missing), "{refusal}");
    }
    let view = Requirement { view_of_target: true, ..base() };
    let needs = view.required_permissions(Some(ResourceType::SecurityProfile)).unwrap();
    assert!(needs.all_of.contains(Permission::parse("SecurityProfiles.View").unwrap()));
    assert_eq!(require(&directory, ann, Action::CreateUser, &view, &profile, NOW), Ok(()));
    // Only the operator can act on a target whose type has no entry in `by_type`.
    let by_type = BTreeMap::from([(ResourceType::Queue, set(&["Queues.Edit"]))]);
    let by_type = Requirement { by_type, ..base() };
    let refusal = require(&directory, ann, Action::CreateUser, &by_type, &profile, NOW).unwrap_err();
    assert_eq!(refusal, Refusal::NotPermitted { action: Action::CreateUser, all_of: set(&[]), any_of: set(&[]) });
}
