//! Tests `aws_connect_routing_profile`.

use floorkey_aws::operation::Operation::{self, *};
use serde_json::{Value, json};

use super::queue::{Queue, basic_hours};
use super::{Provider, Resource, changed, filled, is_same, second, sent};
use crate::world::text;

struct RoutingProfile;

/// The maximum number of queues per call.
const CHUNK: usize = 10;

impl Resource for RoutingProfile {
    const COMPUTED: &'static [&'static str] = &["arn", "routing_profile_id"];

    fn create(&self, provider: &Provider, config: &Value) -> String {
        let queues = queue_configs(&config["queue_configs"]);
        let input = sent(json!({
            "DefaultOutboundQueueId": config["default_outbound_queue_id"],
            "Description": config["description"],
            "MediaConcurrencies": concurrencies(config),
            "Name": config["name"],
            "Tags": filled(&config["tags"]),
            "QueueConfigs": if queues.is_empty() || queues.len() > CHUNK { Value::Null } else { json!(queues) },
        }));
        let made = text(&provider.ok(CreateRoutingProfile, input)["RoutingProfileId"]);
        if queues.len() > CHUNK {
            associate(provider, &made, &queues);
        }
        format!("{}:{made}", provider.instance())
    }

    fn read(&self, provider: &Provider, id: &str) -> Option<Value> {
        let of = json!({ "RoutingProfileId": second(id) });
        let profile = provider.found(DescribeRoutingProfile, of.clone())?["RoutingProfile"].clone();
        let queues = provider.all(ListRoutingProfileQueues, &of, "RoutingProfileQueueConfigSummaryList");
        let media = profile["MediaConcurrencies"].as_array().unwrap().iter().map(|media| {
            let across = media["CrossChannelBehavior"].get("BehaviorType");
            sent(json!({
                "channel": media["Channel"],
                "concurrency": media["Concurrency"],
                "cross_channel_behavior": across.map(|across| json!([{ "behavior_type": across }])),
            }))
        });
        let queue = |row: &Value| {
            // The provider sets both values itself and does not compare them with the configuration.
            assert_eq!(row["QueueArn"], provider.world.arn(&format!("/queue/{}", text(&row["QueueId"]))));
            assert!(!text(&row["QueueName"]).is_empty());
            json!({
                "channel": row["Channel"], "delay": row["Delay"], "priority": row["Priority"],
                "queue_id": row["QueueId"],
            })
        };
        Some(json!({
            "arn": profile["RoutingProfileArn"],
            "default_outbound_queue_id": profile["DefaultOutboundQueueId"],
            "description": profile["Description"],
            "instance_id": provider.instance(),
            "media_concurrencies": media.collect::<Vec<_>>(),
            "name": profile["Name"],
            "queue_configs": queues.iter().map(queue).collect::<Vec<_>>(),
            "routing_profile_id": profile["RoutingProfileId"],
            "tags": profile["Tags"],
        }))
    }

    fn update(&self, provider: &Provider, id: &str, state: &Value, config: &Value) {
        let profile = second(id);
        let call = |operation, mut input: Value| {
            input["RoutingProfileId"] = json!(profile);
            assert_eq!(provider.ok(operation, input), json!({}));
        };
        if changed(state, config, "media_concurrencies") {
            call(UpdateRoutingProfileConcurrency, json!({ "MediaConcurrencies": concurrencies(config) }));
        }
        if changed(state, config, "default_outbound_queue_id") {
            let queue = &config["default_outbound_queue_id"];
            call(UpdateRoutingProfileDefaultOutboundQueue, json!({ "DefaultOutboundQueueId": queue }));
        }
        if changed(state, config, "name") || changed(state, config, "description") {
            let input = json!({ "Description": config["description"], "Name": config["name"] });
            call(UpdateRoutingProfileName, input);
        }
        if changed(state, config, "queue_configs") {
            let rows = |value: &Value| value.as_array().cloned().unwrap_or_default();
            let (old, new) = (rows(&state["queue_configs"]), rows(&config["queue_configs"]));
            let less = |these: &[Value], those: &[Value]| {
                let gone = these.iter().filter(|row| !those.iter().any(|other| is_same(row, other)));
                json!(gone.collect::<Vec<_>>())
            };
            // The provider removes old pairs first, because each pair of queue and channel can occur only once.
            for chunk in queue_configs(&less(&old, &new)).chunks(CHUNK) {
                let references: Vec<_> = chunk.iter().map(|config| &config["QueueReference"]).collect();
                call(DisassociateRoutingProfileQueues, json!({ "QueueReferences": references }));
            }
            associate(provider, profile, &queue_configs(&less(&new, &old)));
        }
    }

    fn delete(&self, _: &Provider, id: &str) -> (Operation, Value) {
        (DeleteRoutingProfile, json!({ "RoutingProfileId": second(id) }))
    }
}

fn associate(provider: &Provider, profile: &str, queues: &[Value]) {
    for chunk in queues.chunks(CHUNK) {
        let input = json!({ "RoutingProfileId": profile, "QueueConfigs": chunk });
        assert_eq!(provider.ok(AssociateRoutingProfileQueues, input), json!({}));
    }
}

fn concurrencies(config: &Value) -> Vec<Value> {
    let media = |media: &Value| {
        let across = media["cross_channel_behavior"].get(0);
        sent(json!({
            "Channel": media["channel"],
            "Concurrency": media["concurrency"],
            "CrossChannelBehavior": across.map(|across| json!({ "BehaviorType": across["behavior_type"] })),
        }))
    };
    config["media_concurrencies"].as_array().unwrap().iter().map(media).collect()
}

fn queue_configs(rows: &Value) -> Vec<Value> {
    let config = |row: &Value| {
        json!({
            "Delay": row["delay"],
            "Priority": row["priority"],
            "QueueReference": { "Channel": row["channel"], "QueueId": row["queue_id"] },
        })
    };
    rows.as_array().into_iter().flatten().map(config).collect()
}

fn queues(provider: &Provider, count: usize) -> Vec<String> {
    let hours = basic_hours(provider);
    let make = |number| {
        let config = json!({ "name": format!("Q{number}"), "hours_of_operation_id": hours });
        second(&Queue.create(provider, &config)).to_owned()
    };
    (0..count).map(make).collect()
}

#[test]
fn a_routing_profile_is_created_changed_in_every_setting_imported_and_deleted() {
    let provider = Provider::new();
    let queues = queues(&provider, 25);
    let row = |queue: &str, channel: &str, priority: i64, delay: i64| json!({ "queue_id": queue, "channel": channel, "priority": priority, "delay": delay });
    let voice = json!([{ "channel": "VOICE", "concurrency": 1 }]);
    let bare = json!({
        "instance_id": provider.instance(), "name": "tf", "description": "made", "media_concurrencies": voice,
        "default_outbound_queue_id": queues[0],
    });
    let with = |more: Value| {
        let mut config = bare.clone();
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let many: Vec<_> = queues.iter().map(|queue| row(queue, "VOICE", 1, 0)).collect();
    let fewer = &many[12..];
    let chat = json!([
        { "channel": "CHAT", "concurrency": 3, "cross_channel_behavior": [{ "behavior_type": "ROUTE_ANY_CHANNEL" }] },
        { "channel": "VOICE", "concurrency": 1 },
    ]);
    provider.live(
        &RoutingProfile,
        &[
            with(json!({ "queue_configs": [row(&queues[1], "VOICE", 2, 1)], "tags": { "a": "1" } })),
            with(json!({ "media_concurrencies": chat, "default_outbound_queue_id": queues[2] })),
            with(json!({ "name": "tf renamed", "description": "changed" })),
            with(json!({ "queue_configs": [row(&queues[1], "VOICE", 2, 1), row(&queues[1], "CHAT", 3, 0)] })),
            // If a pair's priority or delay differs, the provider removes the pair and adds it again.
            with(json!({ "queue_configs": [row(&queues[1], "VOICE", 9, 60), row(&queues[1], "CHAT", 3, 0)] })),
            with(json!({ "queue_configs": many })),
            with(json!({ "queue_configs": fewer, "tags": { "b": "2" } })),
            bare.clone(),
        ],
    );
    // The routing profile is created with more queues than one call can contain.
    provider.live(&RoutingProfile, &[with(json!({ "queue_configs": many }))]);
}

#[test]
fn a_queue_in_use_can_be_deleted_after_its_routing_profile() {
    let provider = Provider::new();
    let queue = queues(&provider, 1).remove(0);
    let config = json!({
        "name": "tf", "description": "made", "default_outbound_queue_id": queue,
        "media_concurrencies": [{ "channel": "VOICE", "concurrency": 1 }],
    });
    let id = RoutingProfile.create(&provider, &config);
    // The provider retries for a minute while a routing profile uses the queue.
    let delete = provider.world.in_instance(json!({ "QueueId": queue }));
    let answer = provider.world.operator.call(DeleteQueue, &delete);
    assert_eq!(answer.header("x-amzn-errortype"), Some("ResourceInUseException"));
    let (operation, input) = RoutingProfile.delete(&provider, &id);
    provider.ok(operation, input);
    provider.world.operator.ok(DeleteQueue, &delete);
}

#[test]
fn more_queues_than_fit_on_a_page_are_read_back() {
    let provider = Provider::new();
    let queues = queues(&provider, 31);
    let rows: Vec<_> = ["VOICE", "CHAT", "TASK"]
        .iter()
        .flat_map(|channel| {
            queues.iter().map(move |queue| json!({ "queue_id": queue, "channel": channel, "priority": 1, "delay": 0 }))
        })
        .collect();
    let config = json!({
        "instance_id": provider.instance(), "name": "tf", "description": "made", "queue_configs": rows,
        "default_outbound_queue_id": queues[0], "media_concurrencies": [{ "channel": "VOICE", "concurrency": 1 }],
    });
    provider.live(&RoutingProfile, &[config]);
}
