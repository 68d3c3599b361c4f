//! What Terraform's provider for AWS calls, resource by resource: its requests in its order and with its members, and
//! its comparison of what comes back with what is configured.
//!
//! Each resource is written after the provider's own source (`internal/service/connect` of
//! hashicorp/terraform-provider-aws). Members that the SDK for Go leaves out, because they are unset or zero, are left
//! out here too. A plan without a difference is one in which the comparison finds none.

mod data_sources;
mod hierarchy;
mod hours_of_operation;
mod instance;
mod queue;
mod routing_profile;
mod security_profile;
mod user;

use std::collections::BTreeMap;

use floorkey_connect::operation::Operation::{self, TagResource, UntagResource};
use serde_json::{Map, Value, json};

use crate::sign::Scope;
use crate::world::World;

/// The provider, set up for one instance.
struct Provider {
    world: World,
}

/// One kind of resource. Configurations and states have Terraform's names for attributes.
trait Resource {
    /// Attributes that the provider fills in where the configuration leaves them out.
    const COMPUTED: &'static [&'static str];

    /// Makes the resource, and gives its id in the state.
    fn create(&self, provider: &Provider, config: &Value) -> String;

    /// The state as it is read; `None` if the resource is gone, and is dropped from the state.
    fn read(&self, provider: &Provider, id: &str) -> Option<Value>;

    /// Changes what differs between the state and the configuration, tags aside.
    fn update(&self, provider: &Provider, id: &str, state: &Value, config: &Value);

    /// What deletes it, with its input.
    fn delete(&self, provider: &Provider, id: &str) -> (Operation, Value);
}

impl Provider {
    /// Sets the provider up, which asks who calls before anything else.
    fn new() -> Self {
        let world = World::new();
        let scope = Scope { service: "sts".to_owned(), ..Scope::now() };
        let asked = b"Action=GetCallerIdentity&Version=2011-06-15";
        let answer = world.operator.send_in(&scope, "POST", "/", "", asked);
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(answer.status == 200 && text.contains("<Account>123456789012</Account>"), "{text}");
        Self { world }
    }

    /// The id of the instance.
    fn instance(&self) -> &str {
        &self.world.instance
    }

    /// Calls an operation on the instance.
    fn ok(&self, operation: Operation, input: Value) -> Value {
        self.world.ok(operation, input)
    }

    /// Calls an operation that describes one resource; `None` where it is gone. The provider knows that by the type of
    /// the exception alone.
    fn found(&self, operation: Operation, input: Value) -> Option<Value> {
        let answer = self.world.operator.call(operation, &self.world.in_instance(input));
        match answer.header("x-amzn-errortype") {
            None => Some(answer.json()),
            Some("ResourceNotFoundException") => None,
            Some(other) => panic!("{other}: {}", String::from_utf8_lossy(&answer.body)),
        }
    }

    /// All pages of a list, 60 rows each.
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

    /// Changes tags: the removed ones go, then those that are new or different are put.
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

    /// The whole life of a resource: made, planned again, changed to each of the other configurations, imported, deleted.
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
        // Deleted by somebody else, which the provider takes for done.
        assert_eq!(self.found(delete, input), None);
    }

    /// Whether plans find nothing to do, again and again, and an import by the id alone gives the same state.
    fn unchanged<R: Resource>(&self, resource: &R, id: &str, config: &Value) {
        let state = resource.read(self, id).unwrap();
        assert_eq!(differences::<R>(config, &state), Vec::<String>::new(), "{config:#} {state:#}");
        assert_eq!(resource.read(self, id).unwrap(), state, "imported, and planned again");
    }
}

/// The attributes in which a plan would find a difference.
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

/// Whether two attributes are the same to Terraform: an absent one is empty, zero or false, and sets have no order.
fn is_same(one: &Value, other: &Value) -> bool {
    let is_zero = |value: &Value| {
        let empty = [json!(null), json!(""), json!(0), json!(false), json!([]), json!({})];
        empty.contains(value)
    };
    fn plain(value: &Value, is_zero: &impl Fn(&Value) -> bool) -> Value {
        match value {
            Value::Object(members) => {
                // In one order, by which items are sorted.
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

/// The second part of an id such as `instance:queue`.
fn second(id: &str) -> &str {
    id.split_once(':').unwrap().1
}

/// The members that are set: what the SDK for Go sends of them.
fn sent(members: Value) -> Value {
    let Value::Object(members) = members else { panic!("{members}") };
    Value::Object(members.into_iter().filter(|(_, value)| !value.is_null()).collect())
}

/// A text, or tags, that the provider sends only if there is something in it.
fn filled(value: &Value) -> Value {
    if [json!(""), json!({})].contains(value) { Value::Null } else { value.clone() }
}

/// A text that the provider sends in any case.
fn text_or_empty(value: &Value) -> Value {
    if value.is_null() { json!("") } else { value.clone() }
}

/// Whether the attribute of the configuration differs from that of the state.
fn changed(state: &Value, config: &Value, name: &str) -> bool {
    !is_same(&state[name], &config[name])
}
