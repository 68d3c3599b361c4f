//! The table's rows for applications, API tokens and conditions on permissions.

use std::collections::{BTreeMap, BTreeSet};

use floorkey::application::ApplicationPermission;
use floorkey::tags::Tags;
use floorkey::{
    AnyPermission, ApiToken, ApiTokenId, ApplicationResource, Command, Condition, Permission, RegisteredApplication,
    SecurityProfileEdit, Timestamp, TokenScope, TokenSettings, TokenSettingsEdit,
};

use super::rows::{Row, row};
use crate::test_instance::{TestInstance, operator, update};

pub(super) fn application_rows(rows: &mut Vec<Row>) {
    type Make = fn(&mut TestInstance) -> Command;
    let actions: [(&str, Make); 8] = [
        ("register an application", |_| Command::RegisterApplication(Box::new(orders()))),
        ("take an application out of the register", |instance| {
            instance.run_ok(&operator(), Command::RegisterApplication(Box::new(orders())));
            Command::UnregisterApplication { namespace: "orders".to_owned() }
        }),
        ("tell of an application's order", |instance| {
            instance.run_ok(&operator(), Command::RegisterApplication(Box::new(orders())));
            Command::PutApplicationResources { namespace: "orders".to_owned(), resources: vec![order("1")] }
        }),
        ("forget an application's order", |instance| {
            instance.run_ok(&operator(), Command::RegisterApplication(Box::new(orders())));
            Command::DeleteApplicationResources { namespace: "orders".to_owned(), ids: ["1".to_owned()].into() }
        }),
        ("make an API token", |_| Command::CreateApiToken(Box::new(token()))),
        ("change what types of subjects mean users to an API token", |instance| {
            instance.run_ok(&operator(), Command::CreateApiToken(Box::new(token())));
            let subject_types = Some(BTreeSet::from(["identity".to_owned()]));
            Command::UpdateApiToken(token().id, TokenSettingsEdit { subject_types, ..TokenSettingsEdit::default() })
        }),
        ("revoke an API token", |instance| {
            instance.run_ok(&operator(), Command::CreateApiToken(Box::new(token())));
            Command::RevokeApiToken { id: token().id }
        }),
        ("narrow what Agent grants by a condition", |instance| {
            let own = BTreeSet::from([Condition::OwnedBySubject { attribute: "owner".to_owned() }]);
            let name = AnyPermission::Catalog(Permission::parse("BasicAgentAccess").unwrap());
            let conditions = Some(BTreeMap::from([(name, own)]));
            update(instance.profile("Agent"), SecurityProfileEdit { conditions, ..SecurityProfileEdit::default() })
        }),
    ];
    for (description, command) in actions {
        rows.push(row(description, move |instance, _| Some(command(instance))));
    }
}

pub(crate) fn orders() -> RegisteredApplication {
    let permission = |name: &str, requires: &[&str]| ApplicationPermission {
        name: name.to_owned(),
        description: format!("{name} orders"),
        requires: requires.iter().map(|name| (*name).to_owned()).collect(),
    };
    RegisteredApplication {
        namespace: "orders".to_owned(),
        name: "Orders".to_owned(),
        description: String::new(),
        permissions: vec![permission("read", &[]), permission("refund", &["read"])],
        modified: Timestamp::default(),
    }
}

pub(crate) fn order(id: &str) -> ApplicationResource {
    ApplicationResource {
        namespace: "orders".to_owned(),
        id: id.to_owned(),
        attributes: Tags::new(),
        attribute_revisions: floorkey::ValueRevisions::default(),
        hierarchy_group: None,
        modified: Timestamp::default(),
    }
}

pub(crate) fn token() -> ApiToken {
    ApiToken {
        id: ApiTokenId::from_bits(1),
        label: "Orders".to_owned(),
        scopes: [TokenScope::Evaluate].into(),
        hash: [7; 32],
        expires: None,
        created: Timestamp::default(),
        settings: TokenSettings::default(),
    }
}
