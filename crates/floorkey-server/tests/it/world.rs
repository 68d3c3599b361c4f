//! Provides the setup of most tests: an instance whose records can be found by name.

use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::client::{Client, check};
use crate::http::Answer;
use crate::server::Server;
use crate::visitor::Visitor;

/// A server, the server's first instance, and a client with the operator's access key.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) operator: Client,
    pub(crate) instance: String,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    pub(crate) fn with(variables: &[(&str, &str)]) -> Self {
        let server = Server::start_with(variables);
        let (operator, instance) = (server.operator(), server.instance());
        Self { server, operator, instance }
    }

    /// Calls an operation for the instance as the operator.
    pub(crate) fn ok(&self, operation: Operation, input: Value) -> Value {
        self.operator.ok(operation, &self.in_instance(input))
    }

    /// Adds the instance's ID to the input.
    pub(crate) fn in_instance(&self, mut input: Value) -> Value {
        input["InstanceId"] = self.instance.clone().into();
        input
    }

    /// Calls a management API operation for the instance as the operator. Sends no body if `body` is `Null`.
    #[track_caller]
    pub(crate) fn extension(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.try_extension(&self.operator, method, path, body);
        assert_eq!(answer.status, 200, "{method} {path}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    /// Returns the sequence number of the newest event in the audit log.
    pub(crate) fn newest_event(&self) -> u64 {
        self.extension("GET", "/audit?maxResults=1", &Value::Null)["Events"][0]["Sequence"].as_u64().unwrap()
    }

    /// Returns the newest event in the audit log with the given event type, such as `CreateSecurityProfile`.
    #[track_caller]
    pub(crate) fn newest_event_of(&self, act: &str) -> Value {
        self.newest_event_where(|event| event["Act"] == act)
    }

    /// Returns the newest event in the audit log for which the predicate is true.
    #[track_caller]
    pub(crate) fn newest_event_where(&self, is_wanted: impl Fn(&Value) -> bool) -> Value {
        let events = self.extension("GET", "/audit?maxResults=1000", &Value::Null)["Events"].clone();
        let found = events.as_array().unwrap().iter().find(|event| is_wanted(event));
        found.unwrap_or_else(|| panic!("no such event: {events}")).clone()
    }

    /// Calls a management API operation that does not belong to an instance, as the operator.
    #[track_caller]
    pub(crate) fn extension_of_server(&self, method: &str, path: &str) -> Value {
        let answer = self.operator.send(method, path, "", b"");
        assert_eq!(answer.status, 200, "{method} {path}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    /// Calls a management API operation for the instance as the given client. `path` can contain a query.
    pub(crate) fn try_extension(&self, client: &Client, method: &str, path: &str, body: &Value) -> Answer {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let path = format!("/floorkey/v1/instances/{}{path}", self.instance);
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let answer = client.send(method, &path, query, &body);
        check(&answer, None);
        answer
    }

    /// Returns the ID of the security profile with the given name.
    pub(crate) fn profile(&self, name: &str) -> String {
        self.id_in(Operation::ListSecurityProfiles, "SecurityProfileSummaryList", "Name", name)
    }

    /// Returns the ID of the user with the given login.
    pub(crate) fn user(&self, username: &str) -> String {
        self.id_in(Operation::ListUsers, "UserSummaryList", "Username", username)
    }

    /// Returns the ID of the routing profile that every new instance has.
    pub(crate) fn routing_profile(&self) -> String {
        let (list, name) = ("RoutingProfileSummaryList", "Basic Routing Profile");
        self.id_in(Operation::ListRoutingProfiles, list, "Name", name)
    }

    /// Returns the ID of the row whose value for the key `by` is `value`.
    pub(crate) fn id_in(&self, list: Operation, member: &str, by: &str, value: &str) -> String {
        let rows = self.ok(list, json!({}));
        let rows = rows[member].as_array().unwrap();
        let row = rows.iter().find(|row| row[by] == value).unwrap_or_else(|| panic!("no {value} in {rows:?}"));
        row["Id"].as_str().unwrap().to_owned()
    }

    /// Creates a security profile and returns the profile's ID.
    pub(crate) fn new_profile(&self, name: &str, permissions: &[&str]) -> String {
        let input = json!({ "SecurityProfileName": name, "Permissions": permissions });
        text(&self.ok(Operation::CreateSecurityProfile, input)["SecurityProfileId"])
    }

    /// Returns a CreateUser input for a user with the given login and profiles.
    pub(crate) fn user_input(&self, username: &str, profiles: &[&str]) -> Value {
        self.in_instance(json!({
            "Username": username,
            "Password": "Passw0rd",
            "IdentityInfo": { "FirstName": "Ann", "LastName": "Other" },
            "SecurityProfileIds": profiles,
            "RoutingProfileId": self.routing_profile(),
        }))
    }

    /// Creates a user and returns the user's ID.
    pub(crate) fn new_user(&self, username: &str, profiles: &[&str]) -> String {
        let input = self.user_input(username, profiles);
        text(&self.operator.ok(Operation::CreateUser, &input)["UserId"])
    }

    /// Creates a user with a new profile that grants the given permissions. Returns a client for the user.
    pub(crate) fn somebody(&self, username: &str, permissions: &[&str]) -> Client {
        let profile = self.new_profile(&format!("profile of {username}"), permissions);
        let user = self.new_user(username, &[&profile]);
        self.server.as_user(&self.instance, &user)
    }

    /// Creates a user with a new profile that grants the given permissions. Returns a browser where the user is signed
    /// in and has chosen a new password.
    pub(crate) fn visitor(&self, username: &str, permissions: &[&str]) -> Visitor {
        let profile = self.new_profile(&format!("profile of {username}"), permissions);
        self.new_user(username, &[&profile]);
        let visitor = Visitor::new(&self.server);
        visitor.sign_in_first(username, "Passw0rd", "Better-passw0rd");
        visitor
    }

    /// Returns the ARN of a resource in the instance.
    pub(crate) fn arn(&self, tail: &str) -> String {
        format!("arn:aws:connect:us-east-1:123456789012:instance/{}{tail}", self.instance)
    }
}

/// Returns the string in a JSON value.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// Returns the value without times, because times differ between runs.
pub(crate) fn timeless(mut value: Value) -> Value {
    strip(&mut value);
    value
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for name in ["LastModifiedTime", "CreatedTime"] {
                if let Some(time) = members.remove(name) {
                    let time = time.as_f64().unwrap_or_else(|| panic!("{name} is no number: {time}"));
                    assert!((1.7e9..1e10).contains(&time), "{name} is not in seconds: {time}");
                }
            }
            members.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

/// Returns the values of a key from all rows of a list.
pub(crate) fn column(list: &Value, member: &str) -> Vec<String> {
    list.as_array().unwrap_or_else(|| panic!("no list: {list}")).iter().map(|row| text(&row[member])).collect()
}
