//! Tests the calls of Terraform's AWS provider for each resource type. The tests send the same requests as the
//! provider, in the same order and with the same keys. Like the provider, they also compare the responses with the
//! configuration.
//!
//! Each module follows the provider's source (`internal/service/connect` of hashicorp/terraform-provider-aws). The AWS
//! SDK for Go omits values that are unset or zero, so the tests omit them too. A plan has no changes if the comparison
//! finds no differences.

mod data_sources;
mod hierarchy;
mod hours_of_operation;
mod instance;
mod queue;
mod quick_connect;
mod routing_profile;
mod security_profile;
mod user;

use std::collections::BTreeMap;

use floorkey_aws::operation::Operation::{self, TagResource, UntagResource};
use serde_json::{Map, Value, json};

use crate::sign::Scope;
use crate::world::World;

/// The Terraform provider, configured for one instance.
struct Provider {
    world: World,
}

/// A resource type. Configurations and states have Terraform's attribute names.
trait Resource {
    /// The attributes that the provider fills in if the configuration omits them.
    const COMPUTED: &'static [&'static str];

    /// Creates the resource, and returns the resource's ID in the state.
    fn create(&self, provider: &Provider, config: &Value) -> String;

    /// Reads the resource's state. Returns `None` if the resource no longer exists. The provider then removes it from
    /// the state.
    fn read(&self, provider: &Provider, id: &str) -> Option<Value>;

    /// Updates all attributes that differ between the state and the configuration, except tags.
    fn update(&self, provider: &Provider, id: &str, state: &Value, config: &Value);

    /// Returns the operation that deletes the resource, with the operation's input.
    fn delete(&self, provider: &Provider, id: &str) -> (Operation, Value);
}

impl Provider {
    /// Configures the provider. The provider first requests the caller's identity.
    fn new() -> Self {
        let world = World::new();
        let scope = Scope { service: "sts".to_owned(), ..Scope::now() };
        let asked = b"Action=GetCallerIdentity&Version=2011-06-15";
        let answer = world.operator.send_in(&scope, "POST", "/", "", asked);
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(answer.status == 200 && text.contains("<Account>123456789012</Account>"), "{text}");
        Self { world }
    }

    /// Returns the instance's ID.
    fn instance(&self) -> &str {
        &self.world.instance
    }

    /// Calls an operation on the instance.
    fn ok(&self, operation: Operation, input: Value) -> Value {
        self.world.ok(operation, input)
    }

    /// Calls an operation that describes a resource. Returns `None` if the resource no longer exists. The provider
    /// recognizes a missing resource only by the exception type.
    fn found(&self, operation: Operation, input: Value) -> Option<Value> {
        let answer = self.world.operator.call(operation, &self.world.in_instance(input));
        match answer.header("x-amzn-errortype") {
            None => Some(answer.json()),
            Some("ResourceNotFoundException") => None,
            Some(other) => panic!("{other}: {}", String::from_utf8_lossy(&answer.body)),
        }
    }

    /// Returns the rows from all pages of a list, with 60 rows per page.
    fn all(&self, operation: Operation, input: &Value, member: &str) -> Vec<Value> {
        let (mut rows, mut token) = (Vec::new(), None::<Value>);
        loop {
            let mut input = input.clone();
            input["maxResults"] = json!(60);
            if let Some(token) = token {
                input["nextToken"] = token;
            }
            let page = self.ok(operation, input);
            rows.extend(page[member].as_array().unwrap_or(&Vec::new()).clone());
            match page.get("NextToken") {
                Some(next) => token = Some(next.clone()),
                None => return rows,
            }
        }
    }

    /// Changes a resource's tags. Removes the tags that are not in `new`, and then sets the tags that are new or
    /// different.
    fn retag(&self, arn: &Value, old: &Value, new: &Value) {
        let none = Map::new();
        let (old, new) = (old.as_object().unwrap_or(&none), new.as_object().unwrap_or(&none));
        let removed: Vec<_> = old.keys().filter(|key| !new.contains_key(*key)).cloned().collect();
        if !removed.is_empty() {
            self.world.operator.ok(UntagResource, &json!({ "resourceArn": arn, "tagKeys": removed }));
        }
        let updated: Map<_, _> = new
            .iter()
            .filter(|(key, value)| old.get(*key) != Some(value))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        if !updated.is_empty() {
            self.world.operator.ok(TagResource, &json!({ "resourceArn": arn, "tags": updated }));
        }
    }

    /// Runs a resource's full life cycle. Creates the resource, plans again, changes the resource to each of the other
    /// configurations, imports it, and deletes it.
    fn live<R: Resource>(&self, resource: &R, configs: &[Value]) {
        let (first, others) = configs.split_first().unwrap();
        let id = resource.create(self, first);
        self.unchanged(resource, &id, first);
        for config in others {
            let state = resource.read(self, &id).unwrap();
            assert!(!differences::<R>(config, &state).is_empty(), "there is something to change");
            if !is_same(&config["tags"], &state["tags"]) {
                self.retag(&state["arn"], &state["tags"], &config["tags"]);
            }
            resource.update(self, &id, &state, config);
            self.unchanged(resource, &id, config);
        }
        let (delete, input) = resource.delete(self, &id);
        assert_eq!(self.ok(delete, input.clone()), json!({}));
        assert_eq!(resource.read(self, &id), None);
        // If another client has already deleted the resource, the provider's deletion counts as successful.
        assert_eq!(self.found(delete, input), None);
    }

    /// Asserts that a repeated plan finds no changes, and that an import by ID gives the same state.
    fn unchanged<R: Resource>(&self, resource: &R, id: &str, config: &Value) {
        let state = resource.read(self, id).unwrap();
        assert_eq!(differences::<R>(config, &state), Vec::<String>::new(), "{config:#} {state:#}");
        assert_eq!(resource.read(self, id).unwrap(), state, "imported, and planned again");
    }
}

/// Returns the attributes that a plan would report as different.
fn differences<R: Resource>(config: &Value, state: &Value) -> Vec<String> {
    let (config, state) = (config.as_object().unwrap(), state.as_object().unwrap());
    let mut names: Vec<String> = config.keys().chain(state.keys()).cloned().collect();
    names.sort_unstable();
    names.dedup();
    let differs = |name: &String| match config.get(name) {
        None if R::COMPUTED.contains(&name.as_str()) => false,
        wanted => !is_same(wanted.unwrap_or(&Value::Null), state.get(name).unwrap_or(&Value::Null)),
    };
    names.into_iter().filter(differs).collect()
}

/// Whether Terraform treats two values as equal. A missing value equals an empty value, zero or false. The order of
/// lists does not matter.
fn is_same(one: &Value, other: &Value) -> bool {
    let is_zero = |value: &Value| {
        let empty = [json!(null), json!(""), json!(0), json!(false), json!([]), json!({})];
        empty.contains(value)
    };
    fn plain(value: &Value, is_zero: &impl Fn(&Value) -> bool) -> Value {
        match value {
            Value::Object(members) => {
                // The keys are sorted first, because the items of a list are sorted by their JSON text.
                let members: BTreeMap<_, _> =
                    members.iter().map(|(name, value)| (name.clone(), plain(value, is_zero))).collect();
                Value::Object(members.into_iter().filter(|(_, value)| !is_zero(value)).collect())
            }
            Value::Array(items) => {
                let mut items: Vec<_> = items.iter().map(|item| plain(item, is_zero)).collect();
                items.sort_by_key(Value::to_string);
                Value::Array(items)
            }
            other => other.clone(),
        }
    }
    let (one, other) = (plain(one, &is_zero), plain(other, &is_zero));
    one == other || (is_zero(&one) && is_zero(&other))
}

/// Returns the second part of a combined ID such as `instance:queue`.
fn second(id: &str) -> &str {
    id.split_once(':').unwrap().1
}

/// Returns only the values that are set, as the AWS SDK for Go sends them.
fn sent(members: Value) -> Value {
    let Value::Object(members) = members else { panic!("{members}") };
    Value::Object(members.into_iter().filter(|(_, value)| !value.is_null()).collect())
}

/// Returns a string or tags, or `Null` if they are empty. The provider sends such values only if they are not empty.
fn filled(value: &Value) -> Value {
    if [json!(""), json!({})].contains(value) { Value::Null } else { value.clone() }
}

/// Returns a string that the provider always sends, even if the string is empty.
fn text_or_empty(value: &Value) -> Value {
    if value.is_null() { json!("") } else { value.clone() }
}

/// Whether an attribute differs between the configuration and the state.
fn changed(state: &Value, config: &Value, name: &str) -> bool {
    !is_same(&state[name], &config[name])
}
