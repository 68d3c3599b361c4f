//! Tests plans that change nothing because the records are already in the required state.

use std::collections::BTreeSet;

use floorkey::tags::Tags;
use floorkey::{AuxiliaryWrite, Command, RecordKey, plan};

use crate::test_instance::{TestInstance, operator, reset};

/// Plans the command at a later time. Returns whether the command would change nothing.
fn changes_nothing(instance: &mut TestInstance, command: &Command) -> bool {
    instance.now = floorkey::Timestamp::from_millis(instance.now.as_millis() + 1);
    let planned = plan(&instance.directory, &operator(), command, instance.now).unwrap();
    planned.changes_nothing(&instance.directory)
}

#[test]
fn a_command_that_matches_the_current_state_changes_nothing() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    let (agent, analyst) = (instance.profile("Agent"), instance.profile("QualityAnalyst"));
    let tags = |value: &str| Tags::from([("site".to_owned(), value.to_owned())]);
    let add_profile =
        |profile| Command::ChangeSecurityProfiles { user: ann, add: [profile].into(), remove: BTreeSet::new() };
    for (again, other) in [
        (
            Command::TagResource { target: RecordKey::User(ann), tags: tags("x") },
            Command::TagResource { target: RecordKey::User(ann), tags: tags("y") },
        ),
        (add_profile(agent), add_profile(analyst)),
        (Command::SetUserEnabled { user: ann, enabled: true }, Command::SetUserEnabled { user: ann, enabled: false }),
        (
            Command::RenameSecurityProfile { profile: analyst, name: "Analyst".to_owned() },
            Command::RenameSecurityProfile { profile: analyst, name: "Analysts".to_owned() },
        ),
    ] {
        instance.run_ok(&operator(), again.clone());
        assert!(changes_nothing(&mut instance, &again), "{again:?}");
        assert!(!changes_nothing(&mut instance, &other), "{other:?}");
    }
}

#[test]
fn a_command_with_only_side_effects_is_a_change() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    for command in [
        reset(ann),
        Command::EndUserSessions { user: ann },
        Command::UnlockUser { user: ann },
        Command::DeleteUser { user: ann },
    ] {
        assert!(!changes_nothing(&mut instance, &command), "{command:?}");
    }
    let change = instance.run_ok(&operator(), Command::UnlockUser { user: ann });
    assert!(
        matches!(change.auxiliary_writes(), [AuxiliaryWrite::DeleteAttempts { user }] if *user == ann),
        "{change:?}"
    );
}
