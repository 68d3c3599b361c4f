//! Tests `aws_connect_hours_of_operation`.

use floorkey_aws::operation::Operation::{self, *};
use serde_json::{Value, json};

use super::{Provider, Resource, changed, filled, second, sent, text_or_empty};
use crate::world::text;

struct HoursOfOperation;

impl Resource for HoursOfOperation {
    const COMPUTED: &'static [&'static str] = &["arn", "hours_of_operation_id"];

    fn create(&self, provider: &Provider, config: &Value) -> String {
        let input = sent(json!({
            "Config": periods(config),
            "Name": config["name"],
            "Tags": filled(&config["tags"]),
            "TimeZone": config["time_zone"],
            "Description": filled(&config["description"]),
        }));
        let made = provider.ok(CreateHoursOfOperation, input);
        format!("{}:{}", provider.instance(), text(&made["HoursOfOperationId"]))
    }

    fn read(&self, provider: &Provider, id: &str) -> Option<Value> {
        let of = json!({ "HoursOfOperationId": second(id) });
        let hours = provider.found(DescribeHoursOfOperation, of)?["HoursOfOperation"].clone();
        // The provider would fail if a start time or an end time were missing.
        let time = |time: &Value| json!([{ "hours": time["Hours"], "minutes": time["Minutes"] }]);
        let period = |period: &Value| {
            json!({
                "day": period["Day"],
                "end_time": time(period.get("EndTime").unwrap()),
                "start_time": time(period.get("StartTime").unwrap()),
            })
        };
        Some(json!({
            "arn": hours["HoursOfOperationArn"],
            "config": hours["Config"].as_array().unwrap().iter().map(period).collect::<Vec<_>>(),
            "description": hours["Description"],
            "hours_of_operation_id": hours["HoursOfOperationId"],
            "instance_id": provider.instance(),
            "name": hours["Name"],
            "time_zone": hours["TimeZone"],
            "tags": hours["Tags"],
        }))
    }

    fn update(&self, provider: &Provider, id: &str, state: &Value, config: &Value) {
        let attributes = ["config", "description", "name", "time_zone"];
        if attributes.iter().any(|name| changed(state, config, name)) {
            let input = sent(json!({
                "Config": periods(config),
                "Description": text_or_empty(&config["description"]),
                "HoursOfOperationId": second(id),
                "Name": config["name"],
                "TimeZone": config["time_zone"],
            }));
            assert_eq!(provider.ok(UpdateHoursOfOperation, input), json!({}));
        }
    }

    fn delete(&self, _: &Provider, id: &str) -> (Operation, Value) {
        (DeleteHoursOfOperation, json!({ "HoursOfOperationId": second(id) }))
    }
}

fn periods(config: &Value) -> Vec<Value> {
    let time = |list: &Value| json!({ "Hours": list[0]["hours"], "Minutes": list[0]["minutes"] });
    let period = |row: &Value| json!({ "Day": row["day"], "EndTime": time(&row["end_time"]), "StartTime": time(&row["start_time"]) });
    config["config"].as_array().unwrap().iter().map(period).collect()
}

#[test]
fn hours_are_created_changed_imported_and_deleted() {
    let provider = Provider::new();
    let period = |day: &str, from: i64, until: i64| {
        json!({
            "day": day, "start_time": [{ "hours": from, "minutes": 0 }], "end_time": [{ "hours": until, "minutes": 45 }],
        })
    };
    let config = |zone: &str, periods: Value, more: Value| {
        let mut config = json!({
            "instance_id": provider.instance(), "name": "tf", "time_zone": zone, "config": periods,
        });
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let monday = json!([period("MONDAY", 8, 17)]);
    let week = json!([period("MONDAY", 0, 23), period("TUESDAY", 8, 12), period("TUESDAY", 13, 17)]);
    provider.live(
        &HoursOfOperation,
        &[
            config("EST", monday.clone(), json!({ "description": "made", "tags": { "a": "1" } })),
            config("EST", monday.clone(), json!({ "description": "made", "tags": { "b": "2" } })),
            config("Europe/Berlin", week.clone(), json!({ "description": "changed", "tags": { "b": "2" } })),
            // Setting an empty description deletes the description.
            config("Europe/Berlin", week, json!({ "name": "tf renamed" })),
        ],
    );
}
