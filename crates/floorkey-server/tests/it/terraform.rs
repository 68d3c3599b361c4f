//! What Terraform's provider calls for each resource, in its order.

use floorkey_connect::exception::ExceptionKind::ResourceNotFound;
use floorkey_connect::operation::Operation::{self, *};
use serde_json::{Value, json};

use crate::world::{World, text};

/// Tags change by the ARN: the removed ones go, the others are put.
fn retag(world: &World, arn: &Value) {
    world.operator.ok(TagResource, &json!({ "resourceArn": arn, "tags": { "a": "1", "b": "2" } }));
    world.operator.ok(UntagResource, &json!({ "resourceArn": arn, "tagKeys": ["a"] }));
}

fn gone(world: &World, delete: Operation, describe: Operation, of: &Value) {
    assert_eq!(world.operator.ok(delete, of), json!({}));
    world.operator.refused(describe, of, ResourceNotFound);
    world.operator.refused(delete, of, ResourceNotFound);
}

#[test]
fn security_profile() {
    let world = World::new();
    let made = world.ok(
        CreateSecurityProfile,
        json!({
            "SecurityProfileName": "tf", "Description": "made", "Permissions": ["BasicAgentAccess", "OutboundCallAccess"],
            "Tags": { "a": "1" },
        }),
    );
    let of = world.in_instance(json!({ "SecurityProfileId": made["SecurityProfileId"] }));
    let read = || {
        let profile = world.operator.ok(DescribeSecurityProfile, &of)["SecurityProfile"].clone();
        let mut list = of.clone();
        list["maxResults"] = json!(60);
        let permissions = world.operator.ok(ListSecurityProfilePermissions, &list)["Permissions"].clone();
        (profile, permissions)
    };
    let (profile, permissions) = read();
    assert_eq!(profile["OrganizationResourceId"], world.instance);
    assert_eq!(permissions.as_array().unwrap().len(), 2);
    let mut update = of.clone();
    update["Description"] = json!("");
    world.operator.ok(UpdateSecurityProfile, &update);
    let mut update = of.clone();
    update["Permissions"] = json!(["BasicAgentAccess"]);
    world.operator.ok(UpdateSecurityProfile, &update);
    retag(&world, &profile["Arn"]);
    let (profile, permissions) = read();
    assert_eq!((&profile["Description"], &profile["Tags"]), (&json!(""), &json!({ "b": "2" })));
    assert_eq!(permissions, json!(["BasicAgentAccess"]));
    gone(&world, DeleteSecurityProfile, DescribeSecurityProfile, &of);
}

#[test]
fn user() {
    let world = World::new();
    let structure = json!({ "HierarchyStructure": { "LevelOne": { "Name": "Site" } } });
    world.ok(UpdateUserHierarchyStructure, structure);
    let group = world.ok(CreateUserHierarchyGroup, json!({ "Name": "Lyon" }))["HierarchyGroupId"].clone();
    let mut input = world.user_input("tf", &[&world.profile("Agent")]);
    input["PhoneConfig"] = json!({ "PhoneType": "SOFT_PHONE", "AfterContactWorkTimeLimit": 0, "AutoAccept": false });
    let made = world.operator.ok(CreateUser, &input);
    let of = world.in_instance(json!({ "UserId": made["UserId"] }));
    let with = |more: Value| {
        let mut input = of.clone();
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    world.operator.ok(UpdateUserHierarchy, &with(json!({ "HierarchyGroupId": group })));
    let info = json!({ "FirstName": "Tess", "LastName": "Form", "Email": "tess@example.com" });
    world.operator.ok(UpdateUserIdentityInfo, &with(json!({ "IdentityInfo": info })));
    let phone = json!({ "PhoneType": "DESK_PHONE", "DeskPhoneNumber": "+4930123456", "AutoAccept": true });
    world.operator.ok(UpdateUserPhoneConfig, &with(json!({ "PhoneConfig": phone })));
    world.operator.ok(UpdateUserRoutingProfile, &with(json!({ "RoutingProfileId": world.routing_profile() })));
    let profiles = json!([world.profile("Agent"), world.profile("QualityAnalyst")]);
    world.operator.ok(UpdateUserSecurityProfiles, &with(json!({ "SecurityProfileIds": profiles })));
    retag(&world, &made["UserArn"]);
    let user = world.operator.ok(DescribeUser, &of)["User"].clone();
    assert_eq!(user["HierarchyGroupId"], group);
    assert_eq!(user["IdentityInfo"], info);
    assert_eq!(user["PhoneConfig"]["DeskPhoneNumber"], "+4930123456");
    assert_eq!((&user["SecurityProfileIds"], &user["Tags"]), (&profiles, &json!({ "b": "2" })));
    gone(&world, DeleteUser, DescribeUser, &of);
}

#[test]
fn user_hierarchy_structure_and_group() {
    let world = World::new();
    let structure = json!({ "LevelOne": { "Name": "One" }, "LevelTwo": { "Name": "Two" } });
    world.ok(UpdateUserHierarchyStructure, json!({ "HierarchyStructure": structure }));
    let read = world.ok(DescribeUserHierarchyStructure, json!({}))["HierarchyStructure"].clone();
    for level in ["LevelOne", "LevelTwo"] {
        for member in ["Arn", "Id", "Name"] {
            assert!(read[level][member].is_string());
        }
    }
    let top = world.ok(CreateUserHierarchyGroup, json!({ "Name": "Top" }));
    let input = json!({ "Name": "tf", "ParentGroupId": top["HierarchyGroupId"], "Tags": { "a": "1" } });
    let made = world.ok(CreateUserHierarchyGroup, input);
    let of = world.in_instance(json!({ "HierarchyGroupId": made["HierarchyGroupId"] }));
    let mut rename = of.clone();
    rename["Name"] = json!("renamed");
    world.operator.ok(UpdateUserHierarchyGroupName, &rename);
    retag(&world, &made["HierarchyGroupArn"]);
    let group = world.operator.ok(DescribeUserHierarchyGroup, &of)["HierarchyGroup"].clone();
    assert_eq!(group["HierarchyPath"]["LevelOne"]["Name"], "Top");
    assert_eq!(group["HierarchyPath"]["LevelTwo"]["Name"], "renamed");
    assert_eq!(group["LevelId"], read["LevelTwo"]["Id"]);
    gone(&world, DeleteUserHierarchyGroup, DescribeUserHierarchyGroup, &of);
    let top = world.in_instance(json!({ "HierarchyGroupId": top["HierarchyGroupId"] }));
    gone(&world, DeleteUserHierarchyGroup, DescribeUserHierarchyGroup, &top);
    world.ok(UpdateUserHierarchyStructure, json!({ "HierarchyStructure": {} }));
    assert_eq!(world.ok(DescribeUserHierarchyStructure, json!({})), json!({ "HierarchyStructure": {} }));
}

#[test]
fn hours_queue_and_routing_profile() {
    let world = World::new();
    let times = json!([{
        "Day": "TUESDAY", "StartTime": { "Hours": 8, "Minutes": 0 }, "EndTime": { "Hours": 17, "Minutes": 45 },
    }]);
    let input = json!({ "Name": "tf", "TimeZone": "EST", "Config": times, "Description": "made" });
    let hours = world.ok(CreateHoursOfOperation, input);
    let hours_of = world.in_instance(json!({ "HoursOfOperationId": hours["HoursOfOperationId"] }));
    retag(&world, &hours["HoursOfOperationArn"]);
    let read = world.operator.ok(DescribeHoursOfOperation, &hours_of)["HoursOfOperation"].clone();
    assert_eq!((&read["Config"], &read["Tags"]), (&times, &json!({ "b": "2" })));

    let queue = world.ok(CreateQueue, json!({ "Name": "tf", "HoursOfOperationId": hours["HoursOfOperationId"] }));
    let queue_of = world.in_instance(json!({ "QueueId": queue["QueueId"] }));
    retag(&world, &queue["QueueArn"]);
    let read = world.operator.ok(DescribeQueue, &queue_of)["Queue"].clone();
    assert_eq!((&read["Status"], &read["HoursOfOperationId"]), (&json!("ENABLED"), &hours["HoursOfOperationId"]));

    let routing = world.ok(
        CreateRoutingProfile,
        json!({
            "Name": "tf", "Description": "made", "DefaultOutboundQueueId": queue["QueueId"],
            "MediaConcurrencies": [{ "Channel": "VOICE", "Concurrency": 1 }],
            "QueueConfigs": [
                { "Delay": 2, "Priority": 1, "QueueReference": { "Channel": "VOICE", "QueueId": queue["QueueId"] } },
            ],
        }),
    );
    let routing_of = world.in_instance(json!({ "RoutingProfileId": routing["RoutingProfileId"] }));
    retag(&world, &routing["RoutingProfileArn"]);
    let read = world.operator.ok(DescribeRoutingProfile, &routing_of)["RoutingProfile"].clone();
    assert_eq!(text(&read["DefaultOutboundQueueId"]), text(&queue["QueueId"]));

    // Terraform waits while a queue is in use, and tries again.
    let answer = world.operator.call(DeleteQueue, &queue_of);
    assert_eq!(answer.header("x-amzn-errortype"), Some("ResourceInUseException"));
    gone(&world, DeleteRoutingProfile, DescribeRoutingProfile, &routing_of);
    gone(&world, DeleteQueue, DescribeQueue, &queue_of);
    gone(&world, DeleteHoursOfOperation, DescribeHoursOfOperation, &hours_of);
}

#[test]
fn instance() {
    let world = World::new();
    let made = world.operator.ok(
        CreateInstance,
        &json!({
            "ClientToken": "terraform-20261122081500000000000001", "IdentityManagementType": "CONNECT_MANAGED",
            "InstanceAlias": "tf", "InboundCallsEnabled": true, "OutboundCallsEnabled": true,
        }),
    );
    let of = json!({ "InstanceId": made["Id"] });
    assert_eq!(world.operator.ok(DescribeInstance, &of)["Instance"]["InstanceStatus"], "ACTIVE");
    for (attribute, value) in [
        ("AUTO_RESOLVE_BEST_VOICES", "true"),
        ("CONTACTFLOW_LOGS", "false"),
        ("CONTACT_LENS", "true"),
        ("EARLY_MEDIA", "true"),
        ("INBOUND_CALLS", "true"),
        ("MULTI_PARTY_CONFERENCE", "true"),
        ("OUTBOUND_CALLS", "false"),
    ] {
        let mut input = of.clone();
        input["AttributeType"] = json!(attribute);
        input["Value"] = json!(value);
        world.operator.ok(UpdateInstanceAttribute, &input);
        input.as_object_mut().unwrap().remove("Value");
        assert_eq!(world.operator.ok(DescribeInstanceAttribute, &input)["Attribute"]["Value"], value);
    }
    gone(&world, DeleteInstance, DescribeInstance, &of);
}
