//! Tests the interoperability scenarios of the OpenID AuthZEN working group: todo list, API gateway, search, and
//! identity provider. The tests set up each published policy through public interfaces. Then they send the same
//! requests as the working group's own test runners.
//!
//! The users, attributes, requests and expected responses are facts from <https://github.com/openid/authzen>. They come
//! from the payload specifications and test data in the folder `interop/`, which is under the MIT License (see NOTICE).
//!
//! The working group's runners compare strings. They compare `decision` for evaluations, the array `evaluations` for
//! batches, and the sorted `results` for searches.

mod gateway;
mod records;
mod todo;

use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use super::Application;
use crate::world::{World, text};

/// An application permission that a profile grants. If `condition` is not null, the permission is granted only under
/// that condition.
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

/// Returns the profile's name for a role. A prefix avoids a conflict with the default profile Admin.
fn profile_name(role: &str) -> String {
    format!("Scenario {role}")
}

/// Registers an application with the given permissions.
fn register(world: &World, namespace: &str, permissions: &[&str]) {
    let permissions: Vec<_> = permissions.iter().map(|name| json!({ "Name": name })).collect();
    world.extension("PUT", &format!("/applications/{namespace}"), &json!({ "Permissions": permissions }));
}

/// Creates a security profile that grants application permissions, and returns the profile's ID.
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

/// Creates a user with the given profiles and tags.
fn user(world: &World, login: &str, profiles: &[&str], tags: Value) {
    let mut input = world.user_input(login, profiles);
    input["Tags"] = tags;
    world.operator.ok(Operation::CreateUser, &input);
}

/// Returns the response body as a string. The working group's runners send a plain key in `Authorization`, but this
/// function sends `Bearer` and the token.
#[track_caller]
fn raw(application: &Application, path: &str, body: &Value) -> String {
    let answer = application.try_ask(path, body);
    assert_eq!(answer.status, 200, "{path} {body}: {}", text(&answer.json()));
    String::from_utf8(answer.body).unwrap()
}
