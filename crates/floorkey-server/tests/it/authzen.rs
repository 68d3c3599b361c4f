//! Tests AuthZEN over HTTP: evaluations and searches that applications send with an API token.

mod batches;
mod certification;
mod details;
mod laws;
mod paging;
mod questions;
mod scenarios;
mod searches;
mod token_settings;
mod transport;

use serde_json::{Value, json};

use crate::http::{self, Answer};
use crate::world::{World, text};

/// An application with an API token.
pub(crate) struct Application {
    address: std::net::SocketAddr,
    pub(crate) token: String,
}

impl Application {
    /// Creates an application with an API token that has all scopes.
    pub(crate) fn of(world: &World) -> Self {
        Self::with_scopes(world, "everything", &["evaluate", "search"])
    }

    /// Creates an application with an API token that has the given label and scopes.
    pub(crate) fn with_scopes(world: &World, label: &str, scopes: &[&str]) -> Self {
        let made = world.extension("POST", "/api-tokens", &json!({ "Label": label, "Scopes": scopes }));
        Self { address: world.server.address, token: text(&made["Token"]) }
    }

    /// Creates an application with an API token that has all scopes and the given settings.
    pub(crate) fn with(world: &World, label: &str, settings: &Value) -> Self {
        let mut input = json!({ "Label": label, "Scopes": ["evaluate", "search"] });
        let members = settings.as_object().unwrap().clone();
        input.as_object_mut().unwrap().extend(members);
        let made = world.extension("POST", "/api-tokens", &input);
        Self { address: world.server.address, token: text(&made["Token"]) }
    }

    /// Returns the ID of the application's token, which must be the newest token on the server.
    pub(crate) fn id(&self, world: &World) -> String {
        let tokens = world.extension("GET", "/api-tokens", &Value::Null);
        text(&tokens["ApiTokens"].as_array().unwrap().last().unwrap()["ApiTokenId"])
    }

    /// Sends a request that must succeed, and returns the response body.
    #[track_caller]
    pub(crate) fn ask(&self, path: &str, body: &Value) -> Value {
        let answer = self.try_ask(path, body);
        assert_eq!(answer.status, 200, "{path} {body}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    /// Sends a request that must be rejected with status 400, and returns the error message.
    #[track_caller]
    pub(crate) fn refused(&self, path: &str, body: &Value) -> String {
        let answer = self.try_ask(path, body);
        assert_eq!(answer.status, 400, "{path} {body}: {}", String::from_utf8_lossy(&answer.body));
        text(&answer.json())
    }

    /// Sends a request and returns the response, which can have any status.
    pub(crate) fn try_ask(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[("Content-Type", "application/json")], body.to_string().as_bytes())
    }

    /// Sends the given method, headers and body with the token. The request need not be a valid AuthZEN request.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let own = [("Host", "pdp.example.com"), ("Authorization", bearer.as_str())];
        let headers = own.iter().chain(headers).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        http::send(self.address, method, path, &headers.collect::<Vec<_>>(), body)
    }

    /// Sends an evaluation request, checks the context in the response, and returns the reason for the decision.
    #[track_caller]
    pub(crate) fn reason(&self, question: &Value) -> String {
        let answer = self.ask(EVALUATION, question);
        let reason = text(&answer["context"]["reason"]);
        assert_eq!(answer["decision"], json!(reason.starts_with("granted")), "{answer}");
        assert!(answer["context"]["revision"].is_u64(), "{answer}");
        assert_eq!(answer["context"]["reason_user"]["403"].is_string(), answer["decision"] == false, "{answer}");
        reason
    }
}

pub(crate) const EVALUATION: &str = "/access/v1/evaluation";
pub(crate) const EVALUATIONS: &str = "/access/v1/evaluations";
pub(crate) const SUBJECTS: &str = "/access/v1/search/subject";
pub(crate) const RESOURCES: &str = "/access/v1/search/resource";
pub(crate) const ACTIONS: &str = "/access/v1/search/action";

/// Returns an evaluation request about a user.
pub(crate) fn question(subject: &str, action: &str, resource_type: &str, resource: &str) -> Value {
    json!({
        "subject": { "type": "user", "id": subject },
        "action": { "name": action },
        "resource": { "type": resource_type, "id": resource },
    })
}

/// Creates a server for the certification tests through public APIs only. The setup includes an application with two
/// records, conditions on its permissions, and the users alice and bob.
pub(crate) fn records() -> World {
    use floorkey_aws::operation::Operation;
    let world = World::new();
    let permissions = json!([{ "Name": "read" }, { "Name": "write" }, { "Name": "delete" }]);
    world.extension("PUT", "/applications/record", &json!({ "Permissions": permissions }));
    let resource = |id: &str, status: &str| json!({ "Id": id, "Attributes": { "status": status } });
    let resources = json!({ "Resources": [resource("record-1", "active"), resource("record-2", "archived")] });
    world.extension("PUT", "/applications/record/resources", &resources);
    let one_of = |of: &str, attribute: &str, value: &str| json!({ "Kind": "OneOf", "Of": of, "Attribute": attribute, "Values": [value] });
    let on = |permission: &str, all: Value| json!({ "Namespace": "record", "Permission": permission, "All": all });
    let editor = [
        on("write", json!([one_of("resource", "status", "active")])),
        on("delete", json!([one_of("action", "soft", "true")])),
    ];
    let archivist =
        [on("write", json!([one_of("resource", "status", "archived"), one_of("subject", "role", "admin")]))];
    for (user, profile, permissions, conditions) in [
        ("alice", "Record editors", &["read", "write", "delete"][..], json!(editor)),
        ("bob", "Record archivists", &["read", "write"], json!(archivist)),
    ] {
        let id = world.new_profile(profile, &[]);
        let held = json!([{ "Namespace": "record", "ApplicationPermissions": permissions }]);
        world.ok(Operation::UpdateSecurityProfile, json!({ "SecurityProfileId": id, "Applications": held }));
        let path = format!("/security-profiles/{id}/conditions");
        world.extension("PUT", &path, &json!({ "Conditions": conditions }));
        let mut input = world.user_input(user, &[&id]);
        if user == "bob" {
            input["Tags"] = json!({ "role": "admin" });
        }
        world.operator.ok(Operation::CreateUser, &input);
    }
    world
}
