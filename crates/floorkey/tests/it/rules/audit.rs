//! Tests audit events. The event for a change records what changed, and the event for a refusal records the actor, the
//! command and the target.

use floorkey::audit::{Flag, Outcome, ValueChange};
use floorkey::profile::PrimaryAttributeValue;
use floorkey::user::ChannelSettings;
use floorkey::{AuxiliaryWrite, Command, RecordKey, SecurityProfileEdit, refused_event};

use crate::test_instance::{TestInstance, actor_of, assign, operator, reset};

#[test]
fn an_event_names_actor_target_and_each_field() {
    let mut instance = TestInstance::new();
    let (ann, analyst) = (instance.create_user("ann", &["Agent"]), instance.profile("QualityAnalyst"));
    let agent = instance.profile("Agent");
    let admin = instance.actor_by_login("admin");
    let change = instance.run_ok(&admin, assign(ann, &[analyst]));
    let event = change.event();
    assert_eq!((event.action.name(), &event.actor, event.at), ("UpdateUserSecurityProfiles", &admin, instance.now));
    assert_eq!(event.targets, [RecordKey::User(ann)]);
    assert_eq!(event.outcome, Outcome::Done { revision: instance.directory.revision() });
    assert_eq!(event.changes.len(), 1, "{:?}", event.changes);
    assert_eq!(event.changes[0].field, "security_profiles");
    let step = ValueChange::Members { added: vec![analyst.to_string()], removed: vec![agent.to_string()] };
    assert_eq!(event.changes[0].change, step);
    assert_eq!(event.changes[0].personal, None);
}

#[test]
fn personal_fields_are_marked_and_secrets_are_absent() {
    let mut instance = TestInstance::new();
    let new = instance.new_user("ann", &["Agent"]);
    let id = new.id;
    let change = instance.run_ok(&operator(), Command::CreateUser(Box::new(new)));
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
    assert!(matches!(change.auxiliary_writes(), [AuxiliaryWrite::PutPassword { .. }]));
    let shown = format!("{change:?}");
    assert!(!shown.contains("7, 7") && !shown.contains("0707"), "{shown}");
}

#[test]
fn values_with_several_parts_are_described_in_words() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    let channel = |name: &str| ChannelSettings { channel: name.to_owned(), ..ChannelSettings::default() };
    let voice = ChannelSettings {
        auto_accept: Some(false),
        after_contact_work_seconds: Some(30),
        phone_type: Some("DESK_PHONE".to_owned()),
        phone_number: Some("+4922112345".to_owned()),
        ..channel("VOICE")
    };
    let chat = ChannelSettings { auto_accept: Some(true), ..channel("CHAT") };
    let command = Command::UpdateUserPhoneConfig { user: ann, channels: vec![chat, voice] };
    let change = instance.run_ok(&operator(), command);
    let phone = change.event().changes.iter().find(|change| change.field == "phone").unwrap();
    assert_eq!(phone.personal, Some(ann));
    let added = vec![
        "VOICE: auto-accept off, after-contact work 30 s, phone DESK_PHONE, number +4922112345".to_owned(),
        "CHAT: auto-accept on".to_owned(),
    ];
    assert_eq!(phone.change, ValueChange::Members { added, removed: Vec::new() });

    let profile = instance.profile("Agent");
    let value = |attribute: &str| PrimaryAttributeValue {
        access: None,
        attribute: Some(attribute.to_owned()),
        values: vec!["north".to_owned(), "south".to_owned()],
    };
    let set = |values| {
        let edit = SecurityProfileEdit { data_table_values: Some(values), ..SecurityProfileEdit::default() };
        Command::UpdateSecurityProfile { profile, edit: Box::new(edit) }
    };
    for (values, text) in [
        (Some(vec![value("region"), value("shop")]), Some("ALLOW region: north, south; ALLOW shop: north, south")),
        (Some(Vec::new()), Some("none")),
        (None, None),
    ] {
        let change = instance.run_ok(&operator(), set(values));
        let mut changes = change.event().changes.iter().filter(|change| change.field == "data_table_values");
        let ValueChange::Value { after, .. } = &changes.next().unwrap().change else { panic!("{change:?}") };
        assert_eq!(after.as_deref(), text);
    }
}

#[test]
fn a_refusal_records_an_event_without_changes() {
    let mut instance = TestInstance::new();
    let ann = actor_of(instance.create_user("ann", &["Agent"]));
    let admin = instance.user("admin");
    let refusal = instance.run(&ann, reset(admin)).unwrap_err();
    let event = refused_event(&ann, reset(admin).action(), vec![RecordKey::User(admin)], &refusal, instance.now);
    assert_eq!((event.action.name(), &event.actor), ("ResetUserPassword", &ann));
    assert_eq!(event.targets, [RecordKey::User(admin)]);
    assert!(event.changes.is_empty() && event.flags.is_empty());
    let message = "ResetUserPassword requires the permission Users.Edit, which you don't have".to_owned();
    assert_eq!(event.outcome, Outcome::Refused { code: "not-permitted", message, reference: None });
}

#[test]
fn a_login_that_looks_like_another_is_flagged() {
    let mut instance = TestInstance::new();
    let admin = instance.user("admin");
    for login in ["adrnin", "Adrnin"] {
        let new = instance.new_user(login, &["Agent"]);
        let change = instance.clone().run_ok(&operator(), Command::CreateUser(Box::new(new)));
        assert_eq!(change.event().flags, [Flag::LooksLike { user: admin }], "{login}");
        let user = instance.clone().create_user("ann", &["Agent"]);
        let mut renaming = instance.clone();
        assert_eq!(renaming.create_user("ann", &["Agent"]), user);
        let rename = Command::RenameUserLogin { user, username: login.to_owned() };
        let change = renaming.run_ok(&operator(), rename);
        assert_eq!(change.event().flags, [Flag::LooksLike { user: admin }], "{login}");
    }
    let new = instance.new_user("amanda", &["Agent"]);
    assert!(instance.run_ok(&operator(), Command::CreateUser(Box::new(new))).event().flags.is_empty());
}
