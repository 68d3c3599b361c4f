//! Tests routing profiles, queues, hours of operation and agent statuses.

use floorkey_aws::exception::ExceptionKind::{
    DuplicateResource, InvalidParameter, InvalidRequest, ResourceInUse, ResourceNotFound,
};
use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::world::{World, column, text, timeless};

fn hours_input(name: &str) -> Value {
    json!({
        "Name": name,
        "Description": "Weekdays",
        "TimeZone": "europe/berlin",
        "Config": [{
            "Day": "MONDAY",
            "StartTime": { "Hours": 9, "Minutes": 30 },
            "EndTime": { "Hours": 17, "Minutes": 0 },
        }],
        "Tags": { "site": "berlin" },
    })
}

#[test]
fn hours_of_operation_are_created_described_listed_and_deleted() {
    let world = World::new();
    let basic = world.id_in(Operation::ListHoursOfOperations, "HoursOfOperationSummaryList", "Name", "Basic Hours");
    let mut input = hours_input("Office");
    input["ParentHoursOfOperationConfigs"] = json!([{ "HoursOfOperationId": basic }]);
    let made = world.ok(Operation::CreateHoursOfOperation, input.clone());
    let id = text(&made["HoursOfOperationId"]);
    let arn = world.arn(&format!("/operating-hours/{id}"));
    assert_eq!(made, json!({ "HoursOfOperationId": id, "HoursOfOperationArn": arn }));
    let of = json!({ "HoursOfOperationId": id });
    assert_eq!(
        timeless(world.ok(Operation::DescribeHoursOfOperation, of.clone())),
        json!({ "HoursOfOperation": {
            "Config": input["Config"],
            "Description": "Weekdays",
            "HoursOfOperationArn": arn,
            "HoursOfOperationId": id,
            "LastModifiedRegion": "us-east-1",
            "Name": "Office",
            "ParentHoursOfOperations": [
                { "Arn": world.arn(&format!("/operating-hours/{basic}")), "Id": basic, "Name": "Basic Hours" },
            ],
            "Tags": { "site": "berlin" },
            "TimeZone": "Europe/Berlin",
        }})
    );
    let listed = timeless(world.ok(Operation::ListHoursOfOperations, json!({})));
    assert_eq!(column(&listed["HoursOfOperationSummaryList"], "Name"), ["Basic Hours", "Office"]);
    assert_eq!(
        listed["HoursOfOperationSummaryList"][1],
        json!({ "Arn": arn, "Id": id, "LastModifiedRegion": "us-east-1", "Name": "Office" })
    );
    let parent = world.in_instance(json!({ "HoursOfOperationId": basic }));
    world.operator.refused(Operation::DeleteHoursOfOperation, &parent, InvalidRequest);
    assert_eq!(world.ok(Operation::DeleteHoursOfOperation, of.clone()), json!({}));
    world.operator.refused(Operation::DescribeHoursOfOperation, &world.in_instance(of), ResourceNotFound);
}

#[test]
fn invalid_hours_of_operation_are_refused() {
    let world = World::new();
    let mut duplicate = hours_input("basic hours");
    world.operator.refused(Operation::CreateHoursOfOperation, &world.in_instance(duplicate.clone()), DuplicateResource);
    duplicate["Name"] = json!("Other");
    let wrong = |change: &dyn Fn(&mut Value), kind| {
        let mut input = duplicate.clone();
        change(&mut input);
        world.operator.refused(Operation::CreateHoursOfOperation, &world.in_instance(input), kind)
    };
    let message = wrong(&|input| input["TimeZone"] = json!("Mars/Olympus"), InvalidParameter);
    assert_eq!(message, "TimeZone: `Mars/Olympus` is not a time zone in the IANA database. Example: Europe/Berlin.");
    wrong(&|input| input["Config"][0]["StartTime"]["Hours"] = json!(24), InvalidParameter);
    wrong(&|input| input["Config"][0]["Day"] = json!("FUNDAY"), InvalidParameter);
    let missing = json!([{ "HoursOfOperationId": "x" }]);
    wrong(&|input| input["ParentHoursOfOperationConfigs"] = missing.clone(), ResourceNotFound);
}

#[test]
fn queues_are_created_described_listed_and_deleted() {
    let world = World::new();
    let hours = world.id_in(Operation::ListHoursOfOperations, "HoursOfOperationSummaryList", "Name", "Basic Hours");
    let input = json!({
        "Name": "Sales",
        "Description": "Sales calls",
        "HoursOfOperationId": hours,
        "MaxContacts": 10,
        "OutboundCallerConfig": { "OutboundCallerIdName": "Sales" },
        "OutboundEmailConfig": { "OutboundEmailAddressId": "e-1" },
        "Tags": { "site": "berlin" },
    });
    let made = world.ok(Operation::CreateQueue, input.clone());
    let id = text(&made["QueueId"]);
    let arn = world.arn(&format!("/queue/{id}"));
    assert_eq!(made, json!({ "QueueId": id, "QueueArn": arn }));
    let described = timeless(world.ok(Operation::DescribeQueue, json!({ "QueueId": id })));
    assert_eq!(
        described,
        json!({ "Queue": {
            "Description": "Sales calls",
            "HoursOfOperationId": hours,
            "LastModifiedRegion": "us-east-1",
            "MaxContacts": 10,
            "Name": "Sales",
            "OutboundCallerConfig": { "OutboundCallerIdName": "Sales" },
            "OutboundEmailConfig": { "OutboundEmailAddressId": "e-1" },
            "QueueArn": arn,
            "QueueId": id,
            "Status": "ENABLED",
            "Tags": { "site": "berlin" },
        }})
    );
    let listed = timeless(world.ok(Operation::ListQueues, json!({ "queueTypes": ["STANDARD", "AGENT"] })));
    assert_eq!(column(&listed["QueueSummaryList"], "Name"), ["BasicQueue", "Sales"]);
    let row = json!({
        "Arn": arn, "Id": id, "LastModifiedRegion": "us-east-1", "Name": "Sales", "QueueType": "STANDARD",
    });
    assert_eq!(listed["QueueSummaryList"][1], row);
    assert_eq!(world.ok(Operation::ListQueues, json!({ "queueTypes": "AGENT" })), json!({ "QueueSummaryList": [] }));
    let needed = world.in_instance(json!({ "HoursOfOperationId": hours }));
    world.operator.refused(Operation::DeleteHoursOfOperation, &needed, InvalidRequest);
    assert_eq!(world.ok(Operation::DeleteQueue, json!({ "QueueId": id })), json!({}));
    world.operator.refused(Operation::DescribeQueue, &world.in_instance(json!({ "QueueId": id })), ResourceNotFound);

    for (member, value, kind) in [
        ("QuickConnectIds", json!(["q-1"]), ResourceNotFound),
        ("EmailAddressesConfig", json!([{ "EmailAddressId": "e-1" }]), ResourceNotFound),
        ("HoursOfOperationId", json!("x"), ResourceNotFound),
        ("HoursOfOperationId", json!(id), ResourceNotFound),
        ("MaxContacts", json!(-1), InvalidParameter),
        ("Name", json!("basicqueue"), DuplicateResource),
    ] {
        let mut wrong = world.in_instance(input.clone());
        wrong[member] = value;
        world.operator.refused(Operation::CreateQueue, &wrong, kind);
    }
}

/// Returns a test setup, and a valid CreateRoutingProfile input for its instance.
fn routing_world() -> (World, Value) {
    let world = World::new();
    let queue = world.id_in(Operation::ListQueues, "QueueSummaryList", "Name", "BasicQueue");
    let reference = |channel: &str| json!({ "QueueId": queue, "Channel": channel });
    let input = json!({
        "Name": "Mixed",
        "Description": "Calls and chats",
        "DefaultOutboundQueueId": queue,
        "QueueConfigs": [
            { "QueueReference": reference("VOICE"), "Priority": 1, "Delay": 0 },
            { "QueueReference": reference("CHAT"), "Priority": 2, "Delay": 30 },
        ],
        "ManualAssignmentQueueConfigs": [{ "QueueReference": reference("TASK") }],
        "MediaConcurrencies": [
            {
                "Channel": "VOICE", "Concurrency": 1,
                "CrossChannelBehavior": { "BehaviorType": "ROUTE_ANY_CHANNEL" },
            },
            { "Channel": "CHAT", "Concurrency": 5 },
        ],
        "AgentAvailabilityTimer": "TIME_SINCE_LAST_INBOUND",
        "Tags": { "site": "berlin" },
    });
    (world, input)
}

#[test]
fn routing_profiles_are_created_described_listed_and_deleted() {
    let (world, input) = routing_world();
    let queue = input["DefaultOutboundQueueId"].clone();
    let made = world.ok(Operation::CreateRoutingProfile, input.clone());
    let id = text(&made["RoutingProfileId"]);
    let arn = world.arn(&format!("/routing-profile/{id}"));
    assert_eq!(made, json!({ "RoutingProfileId": id, "RoutingProfileArn": arn }));
    let user = world.new_user("routed", &[&world.profile("Agent")]);
    world.ok(Operation::UpdateUserRoutingProfile, json!({ "UserId": user, "RoutingProfileId": id }));
    let of = json!({ "RoutingProfileId": id });
    assert_eq!(
        timeless(world.ok(Operation::DescribeRoutingProfile, of.clone())),
        json!({ "RoutingProfile": {
            "AgentAvailabilityTimer": "TIME_SINCE_LAST_INBOUND",
            "AssociatedManualAssignmentQueueIds": [queue],
            "AssociatedQueueIds": [queue],
            "DefaultOutboundQueueId": queue,
            "Description": "Calls and chats",
            "InstanceId": world.instance,
            "LastModifiedRegion": "us-east-1",
            "MediaConcurrencies": input["MediaConcurrencies"],
            "Name": "Mixed",
            "NumberOfAssociatedManualAssignmentQueues": 1,
            "NumberOfAssociatedQueues": 1,
            "NumberOfAssociatedUsers": 1,
            "RoutingProfileArn": arn,
            "RoutingProfileId": id,
            "Tags": { "site": "berlin" },
        }})
    );
    let listed = timeless(world.ok(Operation::ListRoutingProfiles, json!({})));
    let row = json!({ "Arn": arn, "Id": id, "LastModifiedRegion": "us-east-1", "Name": "Mixed" });
    assert_eq!(listed["RoutingProfileSummaryList"][1], row);
    world.operator.refused(Operation::DeleteRoutingProfile, &world.in_instance(of.clone()), ResourceInUse);
    world.ok(Operation::DeleteUser, json!({ "UserId": user }));
    assert_eq!(world.ok(Operation::DeleteRoutingProfile, of.clone()), json!({}));
    world.operator.refused(Operation::DescribeRoutingProfile, &world.in_instance(of), ResourceNotFound);
}

#[test]
fn invalid_routing_profiles_are_refused() {
    let (world, input) = routing_world();
    let workload = json!([{ "WorkloadType": "w", "Concurrency": 1 }]);
    for (pointer, value, kind) in [
        ("/DefaultOutboundQueueId", json!("x"), ResourceNotFound),
        ("/QueueConfigs/1/QueueReference/Channel", json!("VOICE"), InvalidParameter),
        ("/QueueConfigs/0/Priority", json!(100), InvalidParameter),
        ("/MediaConcurrencies/0/Concurrency", json!(2), InvalidParameter),
        ("/MediaConcurrencies/1", json!({ "Channel": "CHAT" }), InvalidParameter),
        (
            "/MediaConcurrencies/1",
            json!({ "Channel": "CHAT", "Concurrency": 1, "WorkloadTypeConcurrencies": workload }),
            InvalidParameter,
        ),
    ] {
        let mut wrong = world.in_instance(input.clone());
        *wrong.pointer_mut(pointer).unwrap() = value;
        world.operator.refused(Operation::CreateRoutingProfile, &wrong, kind);
    }
}

#[test]
fn agent_statuses_are_listed_by_type_and_described() {
    let world = World::new();
    let listed = timeless(world.ok(Operation::ListAgentStatuses, json!({})));
    assert_eq!(column(&listed["AgentStatusSummaryList"], "Name"), ["Available", "Offline"]);
    let offline = world.ok(Operation::ListAgentStatuses, json!({ "AgentStatusTypes": ["OFFLINE", "CUSTOM"] }));
    assert_eq!(column(&offline["AgentStatusSummaryList"], "Type"), ["OFFLINE"]);
    let id = text(&offline["AgentStatusSummaryList"][0]["Id"]);
    let described = world.ok(Operation::DescribeAgentStatus, json!({ "AgentStatusId": id }));
    assert_eq!(
        timeless(described),
        json!({ "AgentStatus": {
            "AgentStatusARN": world.arn(&format!("/agent-state/{id}")),
            "AgentStatusId": id,
            "Description": "Not working",
            "DisplayOrder": 2,
            "LastModifiedRegion": "us-east-1",
            "Name": "Offline",
            "State": "ENABLED",
            "Tags": {},
            "Type": "OFFLINE",
        }})
    );
    let queue = world.id_in(Operation::ListQueues, "QueueSummaryList", "Name", "BasicQueue");
    let wrong = world.in_instance(json!({ "AgentStatusId": queue }));
    let message = world.operator.refused(Operation::DescribeAgentStatus, &wrong, ResourceNotFound);
    assert_eq!(message, format!("There is no agent status `{queue}` in this instance."));
}
