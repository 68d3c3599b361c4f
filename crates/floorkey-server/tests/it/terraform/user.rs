//! Tests `aws_connect_user`.

use floorkey_aws::operation::Operation::{self, *};
use serde_json::{Value, json};

use super::{Provider, Resource, changed, filled, second, sent};
use crate::world::text;

struct User;

impl Resource for User {
    const COMPUTED: &'static [&'static str] = &["arn", "directory_user_id", "user_id"];

    fn create(&self, provider: &Provider, config: &Value) -> String {
        let input = sent(json!({
            "PhoneConfig": phone(config),
            "RoutingProfileId": config["routing_profile_id"],
            "SecurityProfileIds": config["security_profile_ids"],
            "Tags": filled(&config["tags"]),
            "Username": config["name"],
            "HierarchyGroupId": filled(&config["hierarchy_group_id"]),
            "IdentityInfo": identity(config),
            "Password": "Passw0rd",
        }));
        format!("{}:{}", provider.instance(), text(&provider.ok(CreateUser, input)["UserId"]))
    }

    fn read(&self, provider: &Provider, id: &str) -> Option<Value> {
        let user = provider.found(DescribeUser, json!({ "UserId": second(id) }))?["User"].clone();
        let identity = user.get("IdentityInfo").map_or(json!([]), |info| {
            json!([sent(json!({
                "email": info["Email"], "first_name": info["FirstName"], "last_name": info["LastName"],
                "secondary_email": info["SecondaryEmail"],
            }))])
        });
        let phone = user.get("PhoneConfig").map_or(json!([]), |phone| {
            json!([sent(json!({
                "after_contact_work_time_limit": phone["AfterContactWorkTimeLimit"],
                "auto_accept": phone["AutoAccept"],
                "phone_type": phone["PhoneType"],
                "desk_phone_number": phone["DeskPhoneNumber"],
            }))])
        });
        Some(json!({
            "arn": user["Arn"],
            "directory_user_id": user["DirectoryUserId"],
            "hierarchy_group_id": user["HierarchyGroupId"],
            "identity_info": identity,
            "instance_id": provider.instance(),
            "name": user["Username"],
            "phone_config": phone,
            "routing_profile_id": user["RoutingProfileId"],
            "security_profile_ids": user["SecurityProfileIds"],
            "user_id": user["Id"],
            "tags": user["Tags"],
        }))
    }

    fn update(&self, provider: &Provider, id: &str, state: &Value, config: &Value) {
        let user = second(id);
        let call = |operation, input: Value| {
            let mut input = sent(input);
            input["UserId"] = json!(user);
            assert_eq!(provider.ok(operation, input), json!({}));
        };
        if changed(state, config, "hierarchy_group_id") {
            call(UpdateUserHierarchy, json!({ "HierarchyGroupId": filled(&config["hierarchy_group_id"]) }));
        }
        if changed(state, config, "identity_info") {
            call(UpdateUserIdentityInfo, json!({ "IdentityInfo": identity(config) }));
        }
        if changed(state, config, "phone_config") {
            call(UpdateUserPhoneConfig, json!({ "PhoneConfig": phone(config) }));
        }
        if changed(state, config, "routing_profile_id") {
            call(UpdateUserRoutingProfile, json!({ "RoutingProfileId": config["routing_profile_id"] }));
        }
        if changed(state, config, "security_profile_ids") {
            call(UpdateUserSecurityProfiles, json!({ "SecurityProfileIds": config["security_profile_ids"] }));
        }
    }

    fn delete(&self, _: &Provider, id: &str) -> (Operation, Value) {
        (DeleteUser, json!({ "UserId": second(id) }))
    }
}

fn identity(config: &Value) -> Value {
    let block = &config["identity_info"][0];
    if block.is_null() {
        return Value::Null;
    }
    sent(json!({
        "Email": filled(&block["email"]), "FirstName": filled(&block["first_name"]),
        "LastName": filled(&block["last_name"]), "SecondaryEmail": filled(&block["secondary_email"]),
    }))
}

/// Returns the phone settings. The AWS SDK for Go omits numbers and flags that are 0 or false. This function omits them
/// too.
fn phone(config: &Value) -> Value {
    let block = &config["phone_config"][0];
    let set = |value: &Value| if [json!(0), json!(false)].contains(value) { Value::Null } else { value.clone() };
    sent(json!({
        "PhoneType": block["phone_type"],
        "AfterContactWorkTimeLimit": set(&block["after_contact_work_time_limit"]),
        "AutoAccept": set(&block["auto_accept"]),
        "DeskPhoneNumber": filled(&block["desk_phone_number"]),
    }))
}

#[test]
fn a_user_is_created_changed_in_every_setting_imported_and_deleted() {
    let provider = Provider::new();
    let world = &provider.world;
    provider.ok(UpdateUserHierarchyStructure, json!({ "HierarchyStructure": { "LevelOne": { "Name": "Site" } } }));
    let group = text(&provider.ok(CreateUserHierarchyGroup, json!({ "Name": "Lyon" }))["HierarchyGroupId"]);
    let queue = world.id_in(ListQueues, "QueueSummaryList", "Name", "BasicQueue");
    let routing = json!({
        "Name": "Other", "Description": "x", "DefaultOutboundQueueId": queue,
        "MediaConcurrencies": [{ "Channel": "VOICE", "Concurrency": 1 }],
    });
    let other = text(&provider.ok(CreateRoutingProfile, routing)["RoutingProfileId"]);
    let info = |first: &str, more: Value| {
        let mut info = json!({ "first_name": first, "last_name": "Form" });
        info.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!([info])
    };
    let soft = json!([{ "phone_type": "SOFT_PHONE" }]);
    let desk = json!([{
        "phone_type": "DESK_PHONE", "desk_phone_number": "+4930123456", "auto_accept": true,
        "after_contact_work_time_limit": 30,
    }]);
    let bare = json!({
        "instance_id": provider.instance(), "name": "tf", "phone_config": soft,
        "identity_info": info("Tess", json!({})), "routing_profile_id": world.routing_profile(),
        "security_profile_ids": [world.profile("Agent")],
    });
    let with = |more: Value| {
        let mut config = bare.clone();
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let addresses = json!({ "email": "tess@example.com", "secondary_email": "tess@example.org" });
    let both = json!([world.profile("QualityAnalyst"), world.profile("Agent")]);
    provider.live(
        &User,
        &[
            bare.clone(),
            with(json!({ "hierarchy_group_id": group, "tags": { "a": "1" } })),
            with(json!({ "identity_info": info("Theresa", addresses), "tags": { "b": "1" } })),
            with(json!({ "phone_config": desk })),
            with(json!({ "routing_profile_id": other, "security_profile_ids": both })),
            bare.clone(),
        ],
    );
}
