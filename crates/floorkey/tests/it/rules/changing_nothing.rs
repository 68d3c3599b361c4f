//! Plans that change nothing, because the records already are as the command requires.

use std::collections::BTreeSet;

use floorkey::tags::Tags;
use floorkey::{Command, RecordKey, SideWrite, plan};

use crate::test_instance::{TestInstance, operator, reset};

/// Plans the command at a later time, and returns whether it would change nothing.
fn nothing(world: &mut TestInstance, command: &Command) -> bool {
    world.now = floorkey::Timestamp::from_millis(world.now.as_millis() + 1);
    let planned = plan(&world.directory, &operator(), command, world.now).unwrap();
    planned.changes_nothing(&world.directory)
}

#[test]
fn a_command_that_matches_the_current_state_changes_nothing() {
    let mut world = TestInstance::new();
    let ann = world.create_user("ann", &["Agent"]);
    let (agent, analyst) = (world.profile("Agent"), world.profile("QualityAnalyst"));
    let tags = |value: &str| Tags::from([("site".to_owned(), value.to_owned())]);
    let give = |profile| Command::ChangeSecurityProfiles { user: ann, add: [profile].into(), remove: BTreeSet::new() };
    for (again, other) in [
        (
            Command::TagResource { target: RecordKey::User(ann), tags: tags("x") },
            Command::TagResource { target: RecordKey::User(ann), tags: tags("y") },
        ),
        (give(agent), give(analyst)),
        (Command::SetUserEnabled { user: ann, enabled: true }, Command::SetUserEnabled { user: ann, enabled: false }),
        (
            Command::RenameSecurityProfile { profile: analyst, name: "Analyst".to_owned() },
            Command::RenameSecurityProfile { profile: analyst, name: "Analysts".to_owned() },
        ),
    ] {
        world.run_ok(&operator(), again.clone());
        assert!(nothing(&mut world, &again), "{again:?}");
        assert!(!nothing(&mut world, &other), "{other:?}");
    }
}

#[test]
fn a_command_with_only_side_effects_is_a_change() {
    let mut world = TestInstance::new();
    let ann = world.create_user("ann", &["Agent"]);
    for command in [
        reset(ann),
        Command::EndUserSessions { user: ann },
        Command::UnlockUser { user: ann },
        Command::DeleteUser { user: ann },
    ] {
        assert!(!nothing(&mut world, &command), "{command:?}");
    }
    let change = world.run_ok(&operator(), Command::UnlockUser { user: ann });
    assert!(matches!(change.side(), [SideWrite::ForgetAttempts { user }] if *user == ann), "{change:?}");
}
