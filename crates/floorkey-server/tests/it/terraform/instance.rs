//! Tests `aws_connect_instance`.

use floorkey_aws::operation::Operation::*;
use serde_json::{Value, json};

use super::{Provider, changed, differences, filled, is_same, sent};
use crate::world::text;

/// The attributes that the provider sets and reads one by one, in any order.
const ATTRIBUTES: [(&str, &str); 7] = [
    ("auto_resolve_best_voices_enabled", "AUTO_RESOLVE_BEST_VOICES"),
    ("contact_flow_logs_enabled", "CONTACTFLOW_LOGS"),
    ("contact_lens_enabled", "CONTACT_LENS"),
    ("early_media_enabled", "EARLY_MEDIA"),
    ("inbound_calls_enabled", "INBOUND_CALLS"),
    ("multi_party_conference_enabled", "MULTI_PARTY_CONFERENCE"),
    ("outbound_calls_enabled", "OUTBOUND_CALLS"),
];

/// The instance itself. Its calls are special because an instance is not a resource within an instance.
struct Instance;

impl super::Resource for Instance {
    const COMPUTED: &'static [&'static str] = &["arn", "created_time", "service_role", "status"];

    fn create(&self, provider: &Provider, config: &Value) -> String {
        let input = sent(json!({
            "ClientToken": "terraform-20261122081500000000000001",
            "IdentityManagementType": config["identity_management_type"],
            "InboundCallsEnabled": config["inbound_calls_enabled"],
            "OutboundCallsEnabled": config["outbound_calls_enabled"],
            "InstanceAlias": config["instance_alias"],
            "Tags": filled(&config["tags"]),
        }));
        let id = text(&provider.world.operator.ok(CreateInstance, &input)["Id"]);
        // The provider waits until the instance is active.
        let made = provider.world.operator.ok(DescribeInstance, &json!({ "InstanceId": id }));
        assert_eq!(made["Instance"]["InstanceStatus"], "ACTIVE");
        for (attribute, _) in ATTRIBUTES {
            set(provider, &id, attribute, &config[attribute]);
        }
        id
    }

    fn read(&self, provider: &Provider, id: &str) -> Option<Value> {
        let of = json!({ "InstanceId": id });
        let answer = provider.world.operator.call(DescribeInstance, &of);
        if answer.header("x-amzn-errortype") == Some("ResourceNotFoundException") {
            return None;
        }
        let instance = answer.json()["Instance"].clone();
        assert!(instance["CreatedTime"].is_number());
        let mut state = json!({
            "arn": instance["Arn"],
            "identity_management_type": instance["IdentityManagementType"],
            "inbound_calls_enabled": instance["InboundCallsEnabled"],
            "instance_alias": instance["InstanceAlias"],
            "outbound_calls_enabled": instance["OutboundCallsEnabled"],
            "service_role": instance["ServiceRole"],
            "status": instance["InstanceStatus"],
            "tags": instance["Tags"],
        });
        for (attribute, wire) in ATTRIBUTES {
            let input = json!({ "InstanceId": id, "AttributeType": wire });
            let value = provider.world.operator.ok(DescribeInstanceAttribute, &input)["Attribute"]["Value"].clone();
            let value: bool = text(&value).parse().unwrap();
            // If the instance's description also contains the attribute, both values are equal.
            assert!(state.get(attribute).is_none_or(|known| *known == json!(value)), "{attribute}");
            state[attribute] = json!(value);
        }
        Some(state)
    }

    fn update(&self, provider: &Provider, id: &str, state: &Value, config: &Value) {
        for (attribute, _) in ATTRIBUTES.iter().filter(|(attribute, _)| changed(state, config, attribute)) {
            set(provider, id, attribute, &config[attribute]);
        }
    }

    fn delete(&self, _: &Provider, id: &str) -> (floorkey_aws::operation::Operation, Value) {
        (DeleteInstance, json!({ "InstanceId": id, "clientToken": "a3f6f7a0-0000-4000-8000-000000000001" }))
    }
}

fn set(provider: &Provider, id: &str, attribute: &str, value: &Value) {
    let (_, wire) = ATTRIBUTES.iter().find(|(name, _)| *name == attribute).unwrap();
    let value = value.as_bool().unwrap().to_string();
    let token = "a3f6f7a0-0000-4000-8000-000000000002";
    let input = json!({ "InstanceId": id, "AttributeType": wire, "Value": value, "ClientToken": token });
    assert_eq!(provider.world.operator.ok(UpdateInstanceAttribute, &input), json!({}));
}

#[test]
fn an_instance_is_created_changed_imported_and_deleted() {
    use super::Resource as _;

    let provider = Provider::new();
    // The configuration omits these values, so the provider uses its defaults.
    let config = |more: Value| {
        let mut config = json!({
            "identity_management_type": "CONNECT_MANAGED", "instance_alias": "terraformed",
            "inbound_calls_enabled": true, "outbound_calls_enabled": true, "auto_resolve_best_voices_enabled": true,
            "contact_flow_logs_enabled": false, "contact_lens_enabled": true, "early_media_enabled": true,
            "multi_party_conference_enabled": false,
        });
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let first = config(json!({ "tags": { "a": "1" } }));
    let id = Instance.create(&provider, &first);
    let mut config_now = first;
    for more in [
        json!({ "tags": { "b": "2" } }),
        json!({ "inbound_calls_enabled": false, "outbound_calls_enabled": false, "contact_flow_logs_enabled": true }),
        json!({ "early_media_enabled": false, "contact_lens_enabled": false, "multi_party_conference_enabled": true }),
    ] {
        let state = Instance.read(&provider, &id).unwrap();
        assert_eq!(differences::<Instance>(&config_now, &state), Vec::<String>::new());
        assert_eq!(Instance.read(&provider, &id).unwrap(), state, "imported, and planned again");
        config_now = config(more);
        if !is_same(&config_now["tags"], &state["tags"]) {
            provider.retag(&state["arn"], &state["tags"], &config_now["tags"]);
        }
        Instance.update(&provider, &id, &state, &config_now);
    }
    let state = Instance.read(&provider, &id).unwrap();
    assert_eq!(differences::<Instance>(&config_now, &state), Vec::<String>::new());
    let (delete, input) = Instance.delete(&provider, &id);
    assert_eq!(provider.world.operator.ok(delete, &input), json!({}));
    assert_eq!(Instance.read(&provider, &id), None);
    let again = provider.world.operator.call(delete, &input);
    assert_eq!(again.header("x-amzn-errortype"), Some("ResourceNotFoundException"));
}
