//! The interoperability scenarios of the OpenID AuthZEN working group: todo list, API gateway, search, and identity
//! provider. The tests set up each published policy through public interfaces. They then send the same requests as the
//! working group's own test runners.
//!
//! The users, attributes, requests and expected responses are facts from <https://github.com/openid/authzen>
//! (`interop/`: payload specifications and test data), which is under the MIT License (see NOTICE). The runners compare
//! text. For an evaluation they compare the member `decision`, for a batch the array `evaluations`, and for a search
//! the sorted `results`.

mod gateway;
mod records;
mod todo;

use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use super::Application;
use crate::world::{World, text};

/// A permission of an application that a profile grants. The grant has a condition unless `condition` is null.
struct Grant {
    namespace: &'static str,
    permission: &'static str,
    condition: Value,
}

const fn grant(namespace: &'static str, permission: &'static str) -> Grant {
    Grant { namespace, permission, condition: Value::Null }
}

impl Grant {
    fn only_if(self, condition: Value) -> Self {
        Self { condition, ..self }
    }
}

/// Returns the name of the profile for a role. The name is not simply the role, because a default profile is named
/// Admin.
fn profile_name(role: &str) -> String {
    format!("Scenario {role}")
}

/// Registers an application with these permissions.
fn register(world: &World, namespace: &str, permissions: &[&str]) {
    let permissions: Vec<_> = permissions.iter().map(|name| json!({ "Name": name })).collect();
    world.extension("PUT", &format!("/applications/{namespace}"), &json!({ "Permissions": permissions }));
}

/// Creates a security profile that grants these permissions of applications, and returns its id.
fn profile(world: &World, name: &str, grants: &[Grant]) -> String {
    let id = world.new_profile(&profile_name(name), &[]);
    let mut applications: Vec<(&str, Vec<&str>)> = Vec::new();
    for Grant { namespace, permission, .. } in grants {
        match applications.iter_mut().find(|(known, _)| known == namespace) {
            Some((_, permissions)) => permissions.push(permission),
            None => applications.push((namespace, vec![permission])),
        }
    }
    let applications: Vec<_> = applications
        .iter()
        .map(|(namespace, permissions)| json!({ "Namespace": namespace, "ApplicationPermissions": permissions }))
        .collect();
    world.ok(Operation::UpdateSecurityProfile, json!({ "SecurityProfileId": id, "Applications": applications }));
    let conditional = grants.iter().filter(|grant| !grant.condition.is_null());
    let conditions: Vec<_> = conditional
        .map(|grant| json!({ "Namespace": grant.namespace, "Permission": grant.permission, "All": [grant.condition] }))
        .collect();
    world.extension("PUT", &format!("/security-profiles/{id}/conditions"), &json!({ "Conditions": conditions }));
    id
}

/// Creates a user with these profiles and tags.
fn user(world: &World, login: &str, profiles: &[&str], tags: Value) {
    let mut input = world.user_input(login, profiles);
    input["Tags"] = tags;
    world.operator.ok(Operation::CreateUser, &input);
}

/// Returns the text of the response. The working group's runners send their key directly in `Authorization`. Here the
/// header contains `Bearer` and the token.
#[track_caller]
fn raw(application: &Application, path: &str, body: &Value) -> String {
    let answer = application.try_ask(path, body);
    assert_eq!(answer.status, 200, "{path} {body}: {}", text(&answer.json()));
    String::from_utf8(answer.body).unwrap()
}
