//! Tests `aws_connect_quick_connect`.

use floorkey_aws::operation::Operation::{self, *};
use serde_json::{Value, json};

use super::{Provider, Resource, changed, filled, second, sent, text_or_empty};
use crate::world::text;

struct QuickConnect;

/// A block of a configuration: Terraform's name, the API's member, and the attributes with the API's members.
type Block = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const BLOCKS: [Block; 3] = [
    ("phone_config", "PhoneConfig", &[("phone_number", "PhoneNumber")]),
    ("queue_config", "QueueConfig", &[("queue_id", "QueueId"), ("contact_flow_id", "ContactFlowId")]),
    ("user_config", "UserConfig", &[("user_id", "UserId"), ("contact_flow_id", "ContactFlowId")]),
];

impl Resource for QuickConnect {
    const COMPUTED: &'static [&'static str] = &["arn", "quick_connect_id"];

    fn create(&self, provider: &Provider, config: &Value) -> String {
        let input = sent(json!({
            "Description": filled(&config["description"]),
            "Name": config["name"],
            "QuickConnectConfig": to_input(config),
            "Tags": filled(&config["tags"]),
        }));
        let created = provider.ok(CreateQuickConnect, input);
        format!("{}:{}", provider.instance(), text(&created["QuickConnectId"]))
    }

    fn read(&self, provider: &Provider, id: &str) -> Option<Value> {
        let found = provider.found(DescribeQuickConnect, json!({ "QuickConnectId": second(id) }))?;
        let quick_connect = &found["QuickConnect"];
        Some(json!({
            "arn": quick_connect["QuickConnectARN"],
            "description": quick_connect["Description"],
            "instance_id": provider.instance(),
            "name": quick_connect["Name"],
            "quick_connect_config": [to_block(&quick_connect["QuickConnectConfig"])],
            "quick_connect_id": quick_connect["QuickConnectId"],
            "tags": quick_connect["Tags"],
        }))
    }

    fn update(&self, provider: &Provider, id: &str, state: &Value, config: &Value) {
        let call = |operation, mut input: Value| {
            input["QuickConnectId"] = json!(second(id));
            assert_eq!(provider.ok(operation, input), json!({}));
        };
        // The provider always sends both values.
        if changed(state, config, "name") || changed(state, config, "description") {
            let input = json!({ "Description": text_or_empty(&config["description"]), "Name": config["name"] });
            call(UpdateQuickConnectName, input);
        }
        if changed(state, config, "quick_connect_config") {
            call(UpdateQuickConnectConfig, json!({ "QuickConnectConfig": to_input(config) }));
        }
    }

    fn delete(&self, _: &Provider, id: &str) -> (Operation, Value) {
        (DeleteQuickConnect, json!({ "QuickConnectId": second(id) }))
    }
}

fn to_input(config: &Value) -> Value {
    let block = &config["quick_connect_config"][0];
    let mut input = json!({ "QuickConnectType": block["quick_connect_type"] });
    for (name, member, attributes) in BLOCKS {
        if let Some(inner) = block.get(name) {
            for (attribute, inner_member) in attributes {
                input[member][*inner_member] = inner[0][*attribute].clone();
            }
        }
    }
    input
}

fn to_block(config: &Value) -> Value {
    let mut block = json!({ "quick_connect_type": config["QuickConnectType"] });
    for (name, member, attributes) in BLOCKS {
        if let Some(inner) = config.get(member) {
            let mut values = json!({});
            for (attribute, inner_member) in attributes {
                values[*attribute] = inner[*inner_member].clone();
            }
            block[name] = json!([values]);
        }
    }
    block
}

#[test]
fn a_quick_connect_is_created_changed_imported_and_deleted() {
    let provider = Provider::new();
    let queue = provider.world.id_in(ListQueues, "QueueSummaryList", "Name", "BasicQueue");
    let user = provider.world.user("admin");
    let flow = "00000000-0000-4000-8000-00000000f10f";
    let with = |more: Value, config: Value| {
        let mut all = json!({ "instance_id": provider.instance(), "name": "tf", "quick_connect_config": [config] });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let phone = json!({ "quick_connect_type": "PHONE_NUMBER", "phone_config": [{ "phone_number": "+4922112345" }] });
    let to_queue = json!({
        "quick_connect_type": "QUEUE", "queue_config": [{ "queue_id": queue, "contact_flow_id": flow }],
    });
    let to_user =
        json!({ "quick_connect_type": "USER", "user_config": [{ "user_id": user, "contact_flow_id": flow }] });
    provider.live(
        &QuickConnect,
        &[
            with(json!({}), phone.clone()),
            with(json!({ "description": "Sales", "tags": { "a": "1" } }), phone),
            with(json!({ "name": "tf renamed", "tags": { "a": "2" } }), to_queue),
            with(json!({ "name": "tf renamed" }), to_user),
        ],
    );
}
