//! Audit events: a change records what changed, and a refusal records the actor, the command and the target.

use floorkey::audit::{Flag, Outcome, Step};
use floorkey::{Command, RecordKey, SideWrite, refused};

use crate::world::{World, assign, by, operator, reset};

#[test]
fn an_event_names_actor_target_and_each_field() {
    let mut world = World::new();
    let (ann, analyst) = (world.hire("ann", &["Agent"]), world.profile("QualityAnalyst"));
    let agent = world.profile("Agent");
    let admin = world.acting("admin");
    let change = world.done(&admin, assign(ann, &[analyst]));
    let event = change.event();
    assert_eq!((event.act.name(), &event.actor, event.at), ("UpdateUserSecurityProfiles", &admin, world.now));
    assert_eq!(event.targets, [RecordKey::User(ann)]);
    assert_eq!(event.outcome, Outcome::Done { revision: world.directory.revision() });
    assert_eq!(event.changes.len(), 1, "{:?}", event.changes);
    assert_eq!(event.changes[0].field, "security_profiles");
    let step = Step::Members { added: vec![analyst.to_string()], removed: vec![agent.to_string()] };
    assert_eq!(event.changes[0].step, step);
    assert_eq!(event.changes[0].personal, None);
}

#[test]
fn personal_fields_are_marked_and_secrets_are_absent() {
    let mut world = World::new();
    let new = world.new_user("ann", &["Agent"]);
    let id = new.id;
    let change = world.done(&operator(), Command::CreateUser(Box::new(new)));
    let personal = |field| {
        let found = change.event().changes.iter().find(|change| change.field == field);
        found.unwrap_or_else(|| panic!("{field}")).personal
    };
    for field in ["username", "first_name", "last_name", "email"] {
        assert_eq!(personal(field), Some(id), "{field}");
    }
    for field in ["security_profiles", "routing_profile", "enabled", "password"] {
        assert_eq!(personal(field), None, "{field}");
    }
    assert!(matches!(change.side(), [SideWrite::PutPassword { .. }]));
    let shown = format!("{change:?}");
    assert!(!shown.contains("7, 7") && !shown.contains("0707"), "{shown}");
}

#[test]
fn a_refusal_records_an_event_without_changes() {
    let mut world = World::new();
    let ann = by(world.hire("ann", &["Agent"]));
    let admin = world.user("admin");
    let refusal = world.try_to(&ann, reset(admin)).unwrap_err();
    let event = refused(&ann, reset(admin).act(), vec![RecordKey::User(admin)], &refusal, world.now);
    assert_eq!((event.act.name(), &event.actor), ("ResetUserPassword", &ann));
    assert_eq!(event.targets, [RecordKey::User(admin)]);
    assert!(event.changes.is_empty() && event.flags.is_empty());
    let message = "ResetUserPassword requires the permission Users.Edit, which you don't have".to_owned();
    assert_eq!(event.outcome, Outcome::Refused { code: "not-permitted", message, reference: None });
}

#[test]
fn a_login_that_looks_like_another_is_flagged() {
    let mut world = World::new();
    let admin = world.user("admin");
    for login in ["adrnin", "Adrnin"] {
        let new = world.new_user(login, &["Agent"]);
        let change = world.clone().done(&operator(), Command::CreateUser(Box::new(new)));
        assert_eq!(change.event().flags, [Flag::LooksLike { user: admin }], "{login}");
        let user = world.clone().hire("ann", &["Agent"]);
        let mut renaming = world.clone();
        assert_eq!(renaming.hire("ann", &["Agent"]), user);
        let rename = Command::RenameUserLogin { user, username: login.to_owned() };
        let change = renaming.done(&operator(), rename);
        assert_eq!(change.event().flags, [Flag::LooksLike { user: admin }], "{login}");
    }
    let new = world.new_user("amanda", &["Agent"]);
    assert!(world.done(&operator(), Command::CreateUser(Box::new(new))).event().flags.is_empty());
}
