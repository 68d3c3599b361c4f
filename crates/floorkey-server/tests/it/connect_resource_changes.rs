//! Tests API changes to routing profiles, queues and hours of operation, and to the queues of routing profiles.

use floorkey_aws::exception::ExceptionKind::{
    AccessDenied, DuplicateResource, InvalidParameter, ResourceInUse, ResourceNotFound,
};
use floorkey_aws::operation::Operation::*;
use serde_json::{Value, json};

use crate::client::Client;
use crate::world::{World, column, text};

const ABSENT: &str = "00000000-0000-4000-8000-000000000000";

fn basic_queue(world: &World) -> String {
    world.id_in(ListQueues, "QueueSummaryList", "Name", "BasicQueue")
}

fn new_queue(world: &World, name: &str, site: &str) -> String {
    let hours = world.id_in(ListHoursOfOperations, "HoursOfOperationSummaryList", "Name", "Basic Hours");
    let input = json!({ "Name": name, "HoursOfOperationId": hours, "Tags": { "site": site } });
    text(&world.ok(CreateQueue, input)["QueueId"])
}

fn link(queue: &str, channel: &str, priority: i64) -> Value {
    json!({ "QueueReference": { "QueueId": queue, "Channel": channel }, "Priority": priority, "Delay": 0 })
}

/// Creates a user whose permissions on the given resource types apply only to resources with the tag `site: lyon`.
fn scoped(world: &World, username: &str, permissions: &[&str], types: &[&str]) -> Client {
    let input = json!({
        "SecurityProfileName": format!("scoped {username}"), "Permissions": permissions,
        "AllowedAccessControlTags": { "site": "lyon" }, "TagRestrictedResources": types,
    });
    let profile = text(&world.ok(CreateSecurityProfile, input)["SecurityProfileId"]);
    let user = world.new_user(username, &[&profile]);
    world.server.as_user(&world.instance, &user)
}

#[test]
fn changes_with_unknown_or_invalid_inputs_are_refused() {
    let world = World::new();
    let (queue, routing) = (basic_queue(&world), world.routing_profile());
    let hours = world.id_in(ListHoursOfOperations, "HoursOfOperationSummaryList", "Name", "Basic Hours");
    let sales = new_queue(&world, "Sales", "lyon");
    for (operation, input, kind) in [
        (UpdateQueueName, json!({ "QueueId": ABSENT, "Name": "x" }), ResourceNotFound),
        (UpdateQueueName, json!({ "QueueId": routing, "Name": "x" }), ResourceNotFound),
        (UpdateQueueName, json!({ "QueueId": "no id", "Name": "x" }), ResourceNotFound),
        (UpdateQueueName, json!({ "QueueId": queue, "Name": "SALES" }), DuplicateResource),
        (UpdateQueueName, json!({ "QueueId": queue, "Name": "" }), InvalidParameter),
        (UpdateQueueName, json!({ "QueueId": queue, "Description": "x".repeat(251) }), InvalidParameter),
        (UpdateQueueHoursOfOperation, json!({ "QueueId": queue, "HoursOfOperationId": "x" }), ResourceNotFound),
        (UpdateQueueHoursOfOperation, json!({ "QueueId": queue, "HoursOfOperationId": queue }), ResourceNotFound),
        (UpdateQueueHoursOfOperation, json!({ "QueueId": ABSENT, "HoursOfOperationId": "x" }), ResourceNotFound),
        (UpdateQueueMaxContacts, json!({ "QueueId": queue, "MaxContacts": -1 }), InvalidParameter),
        (UpdateQueueStatus, json!({ "QueueId": queue, "Status": "OFF" }), InvalidParameter),
        (UpdateQueueOutboundCallerConfig, json!({ "QueueId": queue }), InvalidParameter),
        (UpdateRoutingProfileName, json!({ "RoutingProfileId": routing, "Description": "" }), InvalidParameter),
        (
            UpdateRoutingProfileDefaultOutboundQueue,
            json!({ "RoutingProfileId": routing, "DefaultOutboundQueueId": ABSENT }),
            ResourceNotFound,
        ),
        (
            UpdateRoutingProfileQueues,
            json!({ "RoutingProfileId": routing, "QueueConfigs": [link(&sales, "EMAIL", 1)] }),
            InvalidParameter,
        ),
        (
            AssociateRoutingProfileQueues,
            json!({ "RoutingProfileId": routing, "QueueConfigs": [link(&queue, "EMAIL", 100)] }),
            InvalidParameter,
        ),
        (
            UpdateRoutingProfileConcurrency,
            json!({ "RoutingProfileId": routing, "MediaConcurrencies": [{ "Channel": "CHAT" }] }),
            InvalidParameter,
        ),
        (UpdateHoursOfOperation, json!({ "HoursOfOperationId": hours, "TimeZone": "Mars/Olympus" }), InvalidParameter),
        (UpdateHoursOfOperation, json!({ "HoursOfOperationId": ABSENT, "TimeZone": "UTC" }), ResourceNotFound),
    ] {
        world.operator.refused(operation, &world.in_instance(input), kind);
    }
    assert_eq!(world.ok(DescribeQueue, json!({ "QueueId": queue }))["Queue"]["Name"], "BasicQueue");
}

#[test]
fn changing_a_setting_of_a_queue_keeps_the_others() {
    let world = World::new();
    let queue = new_queue(&world, "Sales", "lyon");
    let described = || world.ok(DescribeQueue, json!({ "QueueId": queue }))["Queue"].clone();
    world.ok(UpdateQueueName, json!({ "QueueId": queue, "Description": "For sales" }));
    world.ok(UpdateQueueMaxContacts, json!({ "QueueId": queue, "MaxContacts": 7 }));
    world.ok(UpdateQueueStatus, json!({ "QueueId": queue, "Status": "DISABLED" }));
    let config = json!({ "OutboundCallerIdName": "Harbour", "OutboundFlowId": "f" });
    world.ok(UpdateQueueOutboundCallerConfig, json!({ "QueueId": queue, "OutboundCallerConfig": config }));
    let after = described();
    assert_eq!((&after["Name"], &after["Description"]), (&json!("Sales"), &json!("For sales")));
    assert_eq!((&after["MaxContacts"], &after["Status"]), (&json!(7), &json!("DISABLED")));
    assert_eq!((&after["OutboundCallerConfig"], &after["Tags"]), (&config, &json!({ "site": "lyon" })));
    world.ok(UpdateQueueName, json!({ "QueueId": queue, "Name": "Sellers", "Description": "" }));
    world.ok(UpdateQueueMaxContacts, json!({ "QueueId": queue }));
    world.ok(UpdateQueueOutboundCallerConfig, json!({ "QueueId": queue, "OutboundCallerConfig": {} }));
    let after = described();
    assert_eq!(after["Name"], "Sellers");
    for cleared in ["Description", "MaxContacts", "OutboundCallerConfig"] {
        assert_eq!(after.get(cleared), None, "{cleared}");
    }
}

#[test]
fn quick_connects_that_do_not_exist_are_refused_and_can_be_removed() {
    let world = World::new();
    let queue = basic_queue(&world);
    let of = world.in_instance(json!({ "QueueId": queue }));
    assert_eq!(world.operator.ok(ListQueueQuickConnects, &of)["QuickConnectSummaryList"], json!([]));
    let mut paged = of.clone();
    paged["nextToken"] = json!("junk");
    world.operator.refused(ListQueueQuickConnects, &paged, InvalidParameter);
    let absent = world.in_instance(json!({ "QueueId": ABSENT }));
    world.operator.refused(ListQueueQuickConnects, &absent, ResourceNotFound);
    let mut input = of;
    input["QuickConnectIds"] = json!([ABSENT]);
    let message = world.operator.refused(AssociateQueueQuickConnects, &input, ResourceNotFound);
    assert!(message.contains("quick connect") && message.contains(ABSENT), "{message}");
    assert_eq!(world.operator.ok(DisassociateQueueQuickConnects, &input), json!({}));
    for operation in [AssociateQueueQuickConnects, DisassociateQueueQuickConnects] {
        input["QuickConnectIds"] = json!([]);
        world.operator.refused(operation, &input, InvalidParameter);
    }
}

#[test]
fn scopes_apply_to_queues_and_to_the_queues_of_routing_profiles() {
    let world = World::new();
    let (inside, outside) = (new_queue(&world, "Lyon", "lyon"), new_queue(&world, "Graz", "graz"));
    let ann = scoped(&world, "ann", &["Queues.Edit", "Queues.EnableAndDisable"], &["Queue"]);
    let of = |queue: &str, more: Value| {
        let mut input = world.in_instance(json!({ "QueueId": queue }));
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    for (operation, more) in [
        (UpdateQueueName, json!({ "Description": "x" })),
        (UpdateQueueMaxContacts, json!({ "MaxContacts": 1 })),
        (UpdateQueueStatus, json!({ "Status": "DISABLED" })),
        (UpdateQueueOutboundCallerConfig, json!({ "OutboundCallerConfig": {} })),
        (ListQueueQuickConnects, json!({})),
    ] {
        ann.ok(operation, &of(&inside, more.clone()));
        // The message for a queue outside the scope is the same as for a queue that does not exist.
        let exists = ann.refused(operation, &of(&outside, more.clone()), AccessDenied).replace(&outside, "");
        let absent = ann.refused(operation, &of(ABSENT, more), AccessDenied).replace(ABSENT, "");
        assert_eq!(exists, absent);
    }
    // A queue can't be given the name of a queue outside the scope. The error message reveals nothing else about the
    // other queue.
    let message = ann.refused(UpdateQueueName, &of(&inside, json!({ "Name": "GRAZ" })), DuplicateResource);
    assert!(message.contains("GRAZ") && !message.contains("Graz"), "{message}");

    let routing = world.routing_profile();
    let links = json!({
        "RoutingProfileId": routing, "QueueConfigs": [link(&inside, "CHAT", 1), link(&outside, "CHAT", 1)],
    });
    world.ok(AssociateRoutingProfileQueues, links);
    let ben = scoped(&world, "ben", &["RoutingPolicies.View", "Queues.View"], &["Queue"]);
    let list = world.in_instance(json!({ "RoutingProfileId": routing }));
    let names = |client: &Client| {
        column(&client.ok(ListRoutingProfileQueues, &list)["RoutingProfileQueueConfigSummaryList"], "QueueName")
    };
    assert_eq!(names(&ben), ["Lyon"]);
    assert!(names(&world.operator).contains(&"Graz".to_owned()));
    // A user can't add a queue that the user can't see to a routing profile.
    let cem = scoped(&world, "cem", &["RoutingPolicies.Edit", "Queues.View"], &["Queue"]);
    let add = |queue: &str| {
        world.in_instance(json!({ "RoutingProfileId": routing, "QueueConfigs": [link(queue, "TASK", 1)] }))
    };
    cem.ok(AssociateRoutingProfileQueues, &add(&inside));
    cem.refused(AssociateRoutingProfileQueues, &add(&outside), AccessDenied);
    cem.refused(AssociateRoutingProfileQueues, &add(ABSENT), AccessDenied);
    // A description of the routing profile omits the queue outside the scope. A user can't remove that queue from the
    // profile.
    let described = &ben.ok(DescribeRoutingProfile, &list)["RoutingProfile"];
    assert!(described["AssociatedQueueIds"].to_string().contains(&inside), "{described}");
    assert!(!described["AssociatedQueueIds"].to_string().contains(&outside), "{described}");
    let take = |queue: &str| {
        let reference = json!({ "QueueId": queue, "Channel": "CHAT" });
        world.in_instance(json!({ "RoutingProfileId": routing, "QueueReferences": [reference] }))
    };
    cem.ok(DisassociateRoutingProfileQueues, &take(&inside));
    cem.ok(DisassociateRoutingProfileQueues, &take(&outside));
    assert_eq!(names(&world.operator).iter().filter(|name| *name != "BasicQueue").count(), 2, "TASK and CHAT");
}

#[test]
fn users_of_a_routing_profile_are_counted_only_for_users_who_see_all_users() {
    let world = World::new();
    let routing = world.routing_profile();
    let ann = scoped(&world, "ann", &["RoutingPolicies.View", "RoutingPolicies.Delete", "Users.View"], &["User"]);
    let this = world.in_instance(json!({ "RoutingProfileId": routing }));
    let count = |client: &Client| {
        client.ok(DescribeRoutingProfile, &this)["RoutingProfile"]["NumberOfAssociatedUsers"].as_u64()
    };
    assert_eq!((count(&world.operator).is_some(), count(&ann)), (true, None));
    let message = ann.refused(DeleteRoutingProfile, &this, ResourceInUse);
    assert!(message.contains("users have it") && !message.contains(char::is_numeric), "{message}");
}

#[test]
fn a_queue_cannot_be_deleted_while_a_routing_profile_contains_it() {
    let world = World::new();
    let (queue, routing) = (new_queue(&world, "Sales", "lyon"), world.routing_profile());
    let pair = json!({ "QueueId": queue, "Channel": "CHAT" });
    world.ok(
        AssociateRoutingProfileQueues,
        json!({ "RoutingProfileId": routing, "QueueConfigs": [link(&queue, "CHAT", 1)] }),
    );
    let by_hand = json!({ "RoutingProfileId": routing, "ManualAssignmentQueueConfigs": [{ "QueueReference": pair }] });
    world.ok(AssociateRoutingProfileQueues, by_hand);
    let described = world.ok(DescribeRoutingProfile, json!({ "RoutingProfileId": routing }))["RoutingProfile"].clone();
    assert_eq!(described["AssociatedManualAssignmentQueueIds"], json!([queue]));
    let of = world.in_instance(json!({ "QueueId": queue }));
    let delete = |kind: &str| {
        let answer = world.operator.call(DeleteQueue, &of);
        assert_eq!(answer.header("x-amzn-errortype").unwrap_or("none"), kind);
    };
    delete("ResourceInUseException");
    let out = json!({ "RoutingProfileId": routing, "QueueReferences": [pair] });
    world.ok(DisassociateRoutingProfileQueues, out);
    delete("ResourceInUseException");
    let out = json!({ "RoutingProfileId": routing, "ManualAssignmentQueueReferences": [pair] });
    world.ok(DisassociateRoutingProfileQueues, out);
    delete("none");
    let unlinked = world.in_instance(json!({ "RoutingProfileId": routing, "nextToken": "junk" }));
    world.operator.refused(ListRoutingProfileQueues, &unlinked, InvalidParameter);
}
