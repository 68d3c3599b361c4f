//! Tests a user's stored properties.

use floorkey::user::{ChannelSettings, Identity, PasswordState, Proficiency};
use floorkey::{Command, Directory, Record, ResourceId, Settings};

use crate::test_instance::{TestInstance, identity, operator, reset};

#[test]
fn names_are_required_and_email_addresses_valid() {
    let mut instance = TestInstance::new();
    let user = instance.create_user("ann", &["Agent"]);
    let mut try_identity = |identity| instance.run(&operator(), Command::UpdateUserIdentityInfo { user, identity });
    let bad = [
        Identity { first_name: None, ..identity() },
        Identity { last_name: Some("  ".to_owned()), ..identity() },
        Identity { first_name: Some("x".repeat(256)), ..identity() },
        Identity { last_name: Some("x".repeat(301)), ..identity() },
        Identity { email: Some("nobody".to_owned()), ..identity() },
        Identity { email: Some("a@b@c".to_owned()), ..identity() },
        Identity { email: Some("a @example.com".to_owned()), ..identity() },
        Identity { secondary_email: Some("@example.com".to_owned()), ..identity() },
        Identity { mobile: Some("030 123".to_owned()), ..identity() },
        Identity { mobile: Some("+0123".to_owned()), ..identity() },
    ];
    for identity in bad {
        assert_eq!(try_identity(identity.clone()).unwrap_err().code(), "invalid", "{identity:?}");
    }
    let good = Identity { mobile: Some("+4930123456".to_owned()), ..identity() };
    assert!(try_identity(good).is_ok());
}

#[test]
fn identity_is_replaced_as_a_whole() {
    let mut instance = TestInstance::new();
    let user = instance.create_user("ann", &["Agent"]);
    let identity = Identity { email: None, ..identity() };
    instance.run_ok(&operator(), Command::UpdateUserIdentityInfo { user, identity });
    assert_eq!(instance.directory.user(user).unwrap().identity.email, None);
}

#[test]
fn with_an_external_directory_no_password_is_stored() {
    let mut instance = TestInstance::new();
    let mut new = instance.new_user("ann", &["Agent"]);
    let user = instance.create_user("bea", &["Agent"]);
    manage_identities_by(&mut instance, "SAML");
    new.identity.email = None;
    let create = |new: &floorkey::NewUser| Command::CreateUser(Box::new(new.clone()));
    assert_eq!(instance.refusal_code(&operator(), create(&new)), "invalid");
    assert_eq!(instance.refusal_code(&operator(), reset(user)), "invalid");
    new.password = None;
    instance.run_ok(&operator(), create(&new));
    assert_eq!(instance.directory.user(new.id).unwrap().password, PasswordState::None);
    assert_eq!(
        instance.refusal_code(&operator(), Command::UpdateUserIdentityInfo { user: new.id, identity: identity() }),
        "invalid",
        "with SAML, the login name is the email address"
    );
}

fn manage_identities_by(instance: &mut TestInstance, word: &str) {
    let settings = Settings { identity_management: word.to_owned(), ..Settings::clone(instance.directory.settings()) };
    let mut records = instance.directory.records();
    records[0] = Record::Settings(settings.into());
    instance.directory = Directory::from_records(instance.directory.instance(), instance.directory.revision(), records);
}

#[test]
fn phone_settings_are_set_as_a_whole_or_channel_by_channel() {
    let mut instance = TestInstance::new();
    let user = instance.create_user("ann", &["Agent"]);
    let voice = ChannelSettings { auto_accept: Some(true), ..channel("VOICE") };
    let chat = ChannelSettings { after_contact_work_seconds: Some(60), ..channel("CHAT") };
    let channels = vec![chat.clone(), voice.clone()];
    instance.run_ok(&operator(), Command::UpdateUserPhoneConfig { user, channels });
    let stored = |instance: &TestInstance| instance.directory.user(user).unwrap().phone.channels.clone();
    assert_eq!(stored(&instance), [voice.clone(), chat.clone()]);
    let slower = ChannelSettings { after_contact_work_seconds: Some(90), ..channel("VOICE") };
    instance.run_ok(&operator(), Command::UpdateUserConfig { user, channels: vec![slower] });
    let both = ChannelSettings { after_contact_work_seconds: Some(90), ..voice };
    assert_eq!(stored(&instance), [both, chat]);
    instance.run_ok(&operator(), Command::UpdateUserPhoneConfig { user, channels: Vec::new() });
    assert!(stored(&instance).is_empty());
}

fn channel(name: &str) -> ChannelSettings {
    ChannelSettings { channel: name.to_owned(), ..ChannelSettings::default() }
}

#[test]
fn invalid_phone_settings_are_refused() {
    let mut instance = TestInstance::new();
    let user = instance.create_user("ann", &["Agent"]);
    let bad = [
        vec![channel("FAX")],
        vec![channel("VOICE"), channel("VOICE")],
        vec![ChannelSettings { after_contact_work_seconds: Some(-1), ..channel("VOICE") }],
        vec![ChannelSettings { after_contact_work_seconds: Some(2_000_001), ..channel("VOICE") }],
        vec![ChannelSettings { phone_type: Some("DESK_PHONE".to_owned()), ..channel("VOICE") }],
        vec![ChannelSettings { phone_number: Some("123".to_owned()), ..channel("VOICE") }],
    ];
    for channels in bad {
        let command = Command::UpdateUserPhoneConfig { user, channels: channels.clone() };
        assert_eq!(instance.refusal_code(&operator(), command), "invalid", "{channels:?}");
        if channels.len() == 1 {
            let command = Command::UpdateUserConfig { user, channels: channels.clone() };
            assert_eq!(instance.refusal_code(&operator(), command), "invalid", "{channels:?}");
        }
    }
}

#[test]
fn proficiencies_are_added_changed_and_removed_only_if_applicable() {
    let mut instance = TestInstance::new();
    let user = instance.create_user("ann", &["Agent"]);
    let german = |level| vec![Proficiency { attribute: "Language".to_owned(), value: "German".to_owned(), level }];
    let drop = || vec![("Language".to_owned(), "German".to_owned())];
    let update = |level| Command::UpdateUserProficiencies { user, proficiencies: german(level) };
    let add = |level| Command::AssociateUserProficiencies { user, proficiencies: german(level) };
    let disassociate = || Command::DisassociateUserProficiencies { user, proficiencies: drop() };
    assert_eq!(instance.refusal_code(&operator(), update(3.0)), "not-found");
    assert_eq!(instance.refusal_code(&operator(), disassociate()), "not-found");
    for level in [0.9, 5.1, f32::NAN] {
        assert_eq!(instance.refusal_code(&operator(), add(level)), "invalid", "{level}");
    }
    instance.run_ok(&operator(), add(3.0));
    assert_eq!(instance.refusal_code(&operator(), add(4.0)), "duplicate");
    instance.run_ok(&operator(), update(4.0));
    assert_eq!(instance.directory.user(user).unwrap().proficiencies, german(4.0));
    instance.run_ok(&operator(), disassociate());
    assert!(instance.directory.user(user).unwrap().proficiencies.is_empty());
    let skill = |at| Proficiency { attribute: "Skill".to_owned(), value: format!("{at}"), level: 1.0 };
    let many = (0..51).map(skill).collect();
    let command = Command::AssociateUserProficiencies { user, proficiencies: many };
    assert_eq!(instance.refusal_code(&operator(), command), "limit-exceeded");
}

#[test]
fn the_routing_profile_of_a_user_must_exist_and_be_one() {
    let mut instance = TestInstance::new();
    let user = instance.create_user("ann", &["Agent"]);
    let queue = instance.directory.resource_by_name(floorkey::ResourceType::Queue, "BasicQueue").unwrap().id;
    for routing_profile in [queue, ResourceId::from_bits(7)] {
        let command = Command::UpdateUserRoutingProfile { user, routing_profile };
        assert_eq!(instance.refusal_code(&operator(), command), "not-found");
        let mut new = instance.new_user("bea", &["Agent"]);
        new.routing_profile = routing_profile;
        assert_eq!(instance.refusal_code(&operator(), Command::CreateUser(Box::new(new))), "not-found");
    }
}
