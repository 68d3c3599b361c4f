//! Tests the settings of API tokens, which say what types of subjects and resources requests can use.

use std::collections::{BTreeMap, BTreeSet};

use floorkey::audit::ValueChange;
use floorkey::{
    ApiToken, ApiTokenId, Authentication, Command, Principal, RecordKey, Refusal, TokenSettings, TokenSettingsEdit,
};

use crate::matrix::applications::{orders, token};
use crate::test_instance::{TestInstance, actor, actor_of, operator};

fn subjects(types: &[&str]) -> BTreeSet<String> {
    types.iter().map(|&name| name.to_owned()).collect()
}

fn resources(types: &[(&str, &str)]) -> BTreeMap<String, String> {
    types.iter().map(|&(name, namespace)| (name.to_owned(), namespace.to_owned())).collect()
}

fn edit(id: ApiTokenId, subject_types: Option<&[&str]>, resource_types: Option<&[(&str, &str)]>) -> Command {
    let settings = TokenSettingsEdit {
        subject_types: subject_types.map(subjects),
        resource_types: resource_types.map(resources),
        details: None,
    };
    Command::UpdateApiToken(id, settings)
}

fn create(settings: TokenSettings) -> Command {
    Command::CreateApiToken(Box::new(ApiToken { settings, ..token() }))
}

/// Returns a contact center with the registered application `orders`.
fn shop() -> TestInstance {
    let mut instance = TestInstance::new();
    instance.run_ok(&operator(), Command::RegisterApplication(Box::new(orders())));
    instance
}

fn problem(instance: &mut TestInstance, command: Command) -> String {
    match instance.run(&operator(), command).err().unwrap() {
        Refusal::Invalid(invalid) => format!("{}: {}", invalid.input, invalid.problem),
        other => other.code().to_owned(),
    }
}

fn settings(instance: &TestInstance) -> TokenSettings {
    instance.directory.api_token(token().id).unwrap().settings.clone()
}

#[test]
fn the_subject_type_of_users_is_user_by_default() {
    let mut instance = shop();
    instance
        .run_ok(&operator(), create(TokenSettings { subject_types: subjects(&["user"]), ..TokenSettings::default() }));
    assert_eq!(settings(&instance), *TokenSettings::DEFAULT, "written in one way only");
    assert!(settings(&instance).is_user("user") && !settings(&instance).is_user("identity"));
    instance.run_ok(&operator(), edit(token().id, Some(&["identity", "agent"]), None));
    assert_eq!(settings(&instance).subject_types().collect::<Vec<_>>(), ["agent", "identity"]);
    assert!(settings(&instance).is_user("agent") && !settings(&instance).is_user("user"));
    instance.run_ok(&operator(), edit(token().id, Some(&["user"]), None));
    assert_eq!(settings(&instance), *TokenSettings::DEFAULT);
}

#[test]
fn an_edit_keeps_omitted_settings() {
    let mut instance = shop();
    let all = TokenSettings {
        subject_types: subjects(&["identity"]),
        resource_types: resources(&[("order", "orders")]),
        details: true,
    };
    instance.run_ok(&operator(), create(all.clone()));
    for part in 0..3 {
        let settings = TokenSettingsEdit {
            subject_types: (part == 0).then(|| subjects(&["agent"])),
            resource_types: (part == 1).then(BTreeMap::new),
            details: (part == 2).then_some(false),
        };
        instance.run_ok(&operator(), Command::UpdateApiToken(token().id, settings));
    }
    assert_eq!(settings(&instance), TokenSettings { subject_types: subjects(&["agent"]), ..TokenSettings::default() });
}

#[test]
fn resource_types_and_registered_namespaces_map_one_to_one() {
    let mut instance = shop();
    instance.run_ok(&operator(), create(TokenSettings::default()));
    for (subject_types, resource_types, words) in [
        (Some(&[][..]), None, "SubjectTypes: specify at least one type"),
        (Some(&[""][..]), None, "SubjectTypes"),
        (Some(&["a\nb"][..]), None, "SubjectTypes"),
        (None, Some(&[("", "orders")][..]), "ResourceTypes"),
        (None, Some(&[("user", "")][..]), "ResourceTypes"),
        (
            None,
            Some(&[("user", "todo-users")][..]),
            "ResourceTypes: `user` can't mean `todo-users`, because no application",
        ),
        (None, Some(&[("user", "Queue")][..]), "no application is registered"),
        (None, Some(&[("user", "Orders")][..]), "no application is registered"),
        (None, Some(&[("bill", "orders"), ("order", "orders")][..]), "`bill` and `order` can't both mean `orders`"),
    ] {
        let command = edit(token().id, subject_types, resource_types);
        let problem = problem(&mut instance, command);
        assert!(problem.contains(words), "{problem}");
    }
    let unknown = TokenSettings { resource_types: resources(&[("a", "nowhere")]), ..TokenSettings::default() };
    let other =
        ApiToken { id: ApiTokenId::from_bits(2), label: "B".to_owned(), hash: [8; 32], settings: unknown, ..token() };
    let refused = problem(&mut instance, Command::CreateApiToken(Box::new(other)));
    assert!(refused.contains("no application is registered"), "{refused}");
    let many: Vec<String> = (0..21).map(|n| n.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(problem(&mut instance, edit(token().id, Some(&many), None)), "limit-exceeded");
    assert_eq!(instance.refusal_code(&operator(), edit(ApiTokenId::from_bits(9), Some(&["x"]), None)), "not-found");
    // A token's settings can explicitly map one of Floorkey's own types to the resources of an application.
    instance.run_ok(&operator(), edit(token().id, None, Some(&[("user", "orders")])));
    assert_eq!(settings(&instance).overridden_types().collect::<Vec<_>>(), ["user"]);
    assert_eq!(
        (settings(&instance).namespace_of("user"), settings(&instance).namespace_of("User")),
        (Some("orders"), None)
    );
}

#[test]
fn preset_settings_can_name_an_application_before_it_is_registered() {
    let mut instance = TestInstance::new();
    let settings = TokenSettings { resource_types: resources(&[("user", "orders")]), ..TokenSettings::default() };
    let preset = ApiToken { label: ApiToken::PRESET_LABEL.to_owned(), settings, ..token() };
    instance.run_ok(&actor(Principal::System), Command::CreateApiToken(Box::new(preset)));
    let twice = edit(token().id, None, Some(&[("a", "orders"), ("b", "orders")]));
    assert_eq!(instance.refusal_code(&actor(Principal::System), twice), "invalid");
    // Other settings can change even if the mapped application is not registered.
    instance.run_ok(&operator(), edit(token().id, Some(&["identity"]), None));
}

#[test]
fn only_administrators_in_a_session_change_settings_and_changes_are_audited() {
    let mut instance = shop();
    instance.run_ok(&operator(), create(TokenSettings::default()));
    let command = || edit(token().id, Some(&["identity"]), Some(&[("user", "orders")]));
    let ann = instance.create_user("ann", &["Agent"]);
    assert_eq!(instance.refusal_code(&actor_of(ann), command()), "not-administrator");
    let admin = instance.user("admin");
    let key = instance.key(admin);
    let by_key = actor(Principal::User { id: admin, authentication: Authentication::AccessKey(key) });
    assert_eq!(instance.refusal_code(&by_key, command()), "not-fresh");
    let change = instance.run_ok(&actor_of(admin), command());
    assert_eq!(change.event().targets, [RecordKey::ApiToken(token().id)]);
    let found: Vec<_> = change.event().changes.iter().map(|change| (change.field, change.change.clone())).collect();
    let members = |added: &[&str], removed: &[&str]| ValueChange::Members {
        added: added.iter().map(|&name| name.to_owned()).collect(),
        removed: removed.iter().map(|&name| name.to_owned()).collect(),
    };
    let expected =
        [("subject_types", members(&["identity"], &["user"])), ("resource_types", members(&["user=orders"], &[]))];
    assert_eq!(found, expected);
    let changed = instance.directory.api_token_by_hash(&token().hash).unwrap();
    assert_eq!(changed.id, token().id, "it stays the token that it was");
}
