//! Tests that every audit event contains the command's targets, whether the command succeeded or was refused.

use floorkey::audit::Outcome;
use floorkey::{
    Action, Command, RecordKey, Revision, SecurityProfileId, UserId, limits, performed_event, refused_event,
};

use crate::test_instance::{TestInstance, actor_of, assign, create_key, key_id, operator, reset, undo};

/// Returns the targets in the audit event for a refused command.
fn targets_of_refusal(instance: &TestInstance, actor: UserId, command: &Command) -> Vec<RecordKey> {
    let refusal = floorkey::plan(&instance.directory, &actor_of(actor), command, instance.now).unwrap_err();
    refused_event(&actor_of(actor), command.action(), command.targets(&instance.directory), &refusal, instance.now)
        .targets
}

#[test]
fn a_refused_command_records_its_targets() {
    let mut instance = TestInstance::new();
    let (root, ann) = (instance.user("admin"), instance.create_user("ann", &["Agent"]));
    let key = instance.key(root);
    let user = |id| RecordKey::User(id);
    for command in [reset(root), Command::DeleteUser { user: root }, Command::UnlockUser { user: root }] {
        assert_eq!(targets_of_refusal(&instance, ann, &command), [user(root)], "{command:?}");
    }
    let revoke = Command::RevokeAccessKey { id: key.clone() };
    assert_eq!(targets_of_refusal(&instance, ann, &revoke), [RecordKey::AccessKey(key), user(root)]);
    let create = create_key(root, &key_id(77));
    assert_eq!(targets_of_refusal(&instance, ann, &create), [user(root), RecordKey::AccessKey(key_id(77))]);

    // The event for a compound command contains the targets of all its commands. Each target occurs once.
    let commands = vec![reset(root), Command::EndUserSessions { user: root }, Command::DeleteUser { user: ann }];
    let batch = Command::Batch { action: Action::EditUsers, commands };
    assert_eq!(targets_of_refusal(&instance, ann, &batch), [user(root), user(ann)]);
    let admin = instance.profile("Admin");
    let record = RecordKey::User(root);
    let modified = instance.directory.user(root).unwrap().modified;
    let condition = Command::IfUnchanged { record, modified, command: Box::new(reset(root)) };
    assert_eq!(targets_of_refusal(&instance, ann, &condition), [user(root)]);
    let agent = instance.profile("Agent");
    let replace = Command::ReplaceSecurityProfile { profile: admin, with: agent, delete: false };
    assert_eq!(targets_of_refusal(&instance, ann, &replace), [RecordKey::Profile(admin), user(root)]);

    let before = instance.directory.clone();
    let change = instance.run_ok(&operator(), assign(root, &[admin, agent]));
    let undo = undo(&before, &change);
    assert_eq!(targets_of_refusal(&instance, ann, &undo), [user(root)]);
    // The target of an undo without steps is the instance.
    let of_nothing = Command::Undo { revision: Revision(77), made: None, steps: Vec::new() };
    assert_eq!(targets_of_refusal(&instance, ann, &of_nothing), [RecordKey::Settings]);
}

#[test]
fn a_successful_command_records_at_least_its_targets() {
    let mut instance = TestInstance::new();
    let (root, ann) = (instance.user("admin"), instance.create_user("ann", &["Agent"]));
    let agent = instance.profile("Agent");
    let new = instance.new_user("bob", &["Agent"]);
    let commands = vec![
        Command::CreateUser(Box::new(new)),
        Command::UnlockUser { user: ann },
        Command::UpgradeCatalog,
        Command::DeleteSealed,
        Command::Batch {
            action: Action::EditUsers,
            commands: vec![reset(ann), Command::EndUserSessions { user: ann }],
        },
        Command::RenameSecurityProfile { profile: agent, name: "Agents".to_owned() },
        Command::UpdateInstanceAttribute { name: "INBOUND_CALLS".to_owned(), value: "true".to_owned() },
        Command::ReplaceSecurityProfile { profile: agent, with: instance.profile("QualityAnalyst"), delete: true },
        Command::DeleteUser { user: ann },
    ];
    for command in commands {
        let named = command.targets(&instance.directory);
        assert!(!named.is_empty(), "{command:?}");
        let words = format!("{command:?}");
        let event = instance.run_ok(&operator(), command).event().clone();
        assert!(named.iter().all(|key| event.targets.contains(key)), "{words}: {:?}", event.targets);
        let mut once = event.targets.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), event.targets.len(), "{words}");
    }
    let event = performed_event(
        &actor_of(root),
        Action::DownloadUsers,
        Vec::new(),
        instance.directory.revision(),
        instance.now,
    );
    assert_eq!(event.targets, [RecordKey::Settings]);
    assert!(matches!(event.outcome, Outcome::Done { .. }));
}

#[test]
fn the_recorded_targets_of_a_refused_command_are_bounded() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    let delete = |number: u128| Command::DeleteSecurityProfile { profile: SecurityProfileId::from_bits(number) };
    let commands = (0..12_000).map(delete).collect();
    let batch = Command::Batch { action: Action::EditUsers, commands };
    assert_eq!(batch.targets(&instance.directory).len(), limits::BATCH_MAX);
    assert_eq!(targets_of_refusal(&instance, ann, &batch).len(), limits::REFUSED_TARGETS_MAX);
}
