//! Tests `aws_connect_queue`.

use floorkey_aws::operation::Operation::{self, *};
use serde_json::{Value, json};

use super::{Provider, Resource, changed, filled, second, sent, text_or_empty};
use crate::world::text;

pub(super) struct Queue;

impl Resource for Queue {
    const COMPUTED: &'static [&'static str] = &["arn", "queue_id", "status"];

    fn create(&self, provider: &Provider, config: &Value) -> String {
        let input = sent(json!({
            "Name": config["name"],
            "Tags": filled(&config["tags"]),
            "Description": filled(&config["description"]),
            "HoursOfOperationId": config["hours_of_operation_id"],
            "MaxContacts": config["max_contacts"],
            "OutboundCallerConfig": outbound(config),
            "QuickConnectIds": filled(&config["quick_connect_ids"]),
        }));
        let made = provider.ok(CreateQueue, input);
        format!("{}:{}", provider.instance(), text(&made["QueueId"]))
    }

    fn read(&self, provider: &Provider, id: &str) -> Option<Value> {
        let of = json!({ "QueueId": second(id) });
        let queue = provider.found(DescribeQueue, of.clone())?["Queue"].clone();
        let quick_connects = provider.all(ListQueueQuickConnects, &of, "QuickConnectSummaryList");
        let outbound = queue["OutboundCallerConfig"].as_object().map(|config| {
            json!([sent(json!({
                "outbound_caller_id_name": config.get("OutboundCallerIdName"),
                "outbound_caller_id_number_id": config.get("OutboundCallerIdNumberId"),
                "outbound_flow_id": config.get("OutboundFlowId"),
            }))])
        });
        Some(json!({
            "arn": queue["QueueArn"],
            "description": queue["Description"],
            "hours_of_operation_id": queue["HoursOfOperationId"],
            "instance_id": provider.instance(),
            "max_contacts": queue["MaxContacts"],
            "name": queue["Name"],
            "outbound_caller_config": outbound.unwrap_or(json!([])),
            "queue_id": queue["QueueId"],
            "quick_connect_ids": quick_connects.iter().map(|row| &row["Id"]).collect::<Vec<_>>(),
            "status": queue["Status"],
            "tags": queue["Tags"],
        }))
    }

    fn update(&self, provider: &Provider, id: &str, state: &Value, config: &Value) {
        let queue = second(id);
        let call = |operation, mut input: Value| {
            input["QueueId"] = json!(queue);
            assert_eq!(provider.ok(operation, input), json!({}));
        };
        if changed(state, config, "hours_of_operation_id") {
            call(UpdateQueueHoursOfOperation, json!({ "HoursOfOperationId": config["hours_of_operation_id"] }));
        }
        if changed(state, config, "max_contacts") {
            call(UpdateQueueMaxContacts, json!({ "MaxContacts": config["max_contacts"].as_i64().unwrap_or(0) }));
        }
        if changed(state, config, "name") || changed(state, config, "description") {
            let input = json!({ "Description": text_or_empty(&config["description"]), "Name": config["name"] });
            call(UpdateQueueName, input);
        }
        if changed(state, config, "outbound_caller_config") {
            call(UpdateQueueOutboundCallerConfig, json!({ "OutboundCallerConfig": outbound(config) }));
        }
        let ids = |of: &Value| -> Vec<Value> { of["quick_connect_ids"].as_array().cloned().unwrap_or_default() };
        let missing = |from: &Value, to: &Value| -> Vec<Value> {
            ids(from).into_iter().filter(|id| !ids(to).contains(id)).collect()
        };
        let (added, removed) = (missing(config, state), missing(state, config));
        if !added.is_empty() {
            call(AssociateQueueQuickConnects, json!({ "QuickConnectIds": added }));
        }
        if !removed.is_empty() {
            call(DisassociateQueueQuickConnects, json!({ "QuickConnectIds": removed }));
        }
        if config.get("status").is_some() && changed(state, config, "status") {
            call(UpdateQueueStatus, json!({ "Status": config["status"] }));
        }
    }

    fn delete(&self, _: &Provider, id: &str) -> (Operation, Value) {
        (DeleteQueue, json!({ "QueueId": second(id) }))
    }
}

fn outbound(config: &Value) -> Value {
    let block = &config["outbound_caller_config"][0];
    if block.is_null() {
        return Value::Null;
    }
    sent(json!({
        "OutboundCallerIdName": filled(&block["outbound_caller_id_name"]),
        "OutboundCallerIdNumberId": filled(&block["outbound_caller_id_number_id"]),
        "OutboundFlowId": filled(&block["outbound_flow_id"]),
    }))
}

/// Returns the ID of the hours of operation that every new instance has.
pub(super) fn basic_hours(provider: &Provider) -> String {
    provider.world.id_in(ListHoursOfOperations, "HoursOfOperationSummaryList", "Name", "Basic Hours")
}

#[test]
fn a_queue_is_created_changed_in_every_setting_imported_and_deleted() {
    let provider = Provider::new();
    let hours = basic_hours(&provider);
    let periods = json!({ "Name": "Other hours", "TimeZone": "UTC", "Config": [] });
    let other = text(&provider.ok(CreateHoursOfOperation, periods)["HoursOfOperationId"]);
    let quick_connect = |name: &str| {
        let config = json!({ "QuickConnectType": "PHONE_NUMBER", "PhoneConfig": { "PhoneNumber": "+4922112345" } });
        let created = provider.ok(CreateQuickConnect, json!({ "Name": name, "QuickConnectConfig": config }));
        text(&created["QuickConnectId"])
    };
    // The provider compares sets, and the API lists quick connects by name.
    let (one, two) = (quick_connect("One"), quick_connect("Two"));
    let instance = provider.instance().to_owned();
    let bare = json!({ "instance_id": instance, "name": "tf", "hours_of_operation_id": hours });
    let with = |more: Value| {
        let mut config = bare.clone();
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let caller = |members: Value| json!({ "outbound_caller_config": [members] });
    provider.live(
        &Queue,
        &[
            bare.clone(),
            with(json!({ "description": "Sales", "max_contacts": 4, "tags": { "a": "1" } })),
            with(json!({ "description": "Sales", "tags": { "a": "2", "b": "1" }, "hours_of_operation_id": other })),
            // An empty description deletes the queue's description, and 0 removes the queue's limit.
            with(json!({ "name": "tf renamed", "tags": { "b": "1" } })),
            with(json!({ "name": "tf renamed", "quick_connect_ids": [one, two] })),
            with(json!({ "name": "tf renamed", "quick_connect_ids": [two] })),
            with(caller(json!({ "outbound_caller_id_name": "Harbour", "outbound_flow_id": "flow" }))),
            with(caller(json!({ "outbound_caller_id_number_id": "number" }))),
            with(json!({ "status": "DISABLED", "outbound_caller_config": [{ "outbound_caller_id_name": "x" }] })),
            with(json!({ "status": "ENABLED", "outbound_caller_config": [{ "outbound_caller_id_name": "x" }] })),
        ],
    );
    // The queue is created with all settings at once.
    provider.live(
        &Queue,
        &[with(json!({
            "description": "Sales", "max_contacts": 10, "tags": { "site": "berlin" },
            "outbound_caller_config": [{ "outbound_caller_id_name": "Harbour", "outbound_flow_id": "flow" }],
            "quick_connect_ids": [one],
        }))],
    );
}
