//! Tests prompts, quick connects and the quick connects of queues, and the searches for resources.

use floorkey_aws::exception::ExceptionKind::{
    AccessDenied, DuplicateResource, InvalidParameter, ResourceInUse, ResourceNotFound,
};
use floorkey_aws::operation::Operation::{self, *};
use serde_json::{Value, json};

use crate::world::{World, column, text, timeless};

/// The ID of a flow. Floorkey stores no flows, so any ID is valid.
const FLOW: &str = "00000000-0000-4000-8000-00000000f10f";

fn basic_queue(world: &World) -> String {
    world.id_in(ListQueues, "QueueSummaryList", "Name", "BasicQueue")
}

fn phone(number: &str) -> Value {
    json!({ "QuickConnectType": "PHONE_NUMBER", "PhoneConfig": { "PhoneNumber": number } })
}

fn new_quick_connect(world: &World, name: &str, config: Value) -> String {
    let input = json!({ "Name": name, "QuickConnectConfig": config, "Tags": { "site": "cork" } });
    text(&world.ok(CreateQuickConnect, input)["QuickConnectId"])
}

#[test]
fn prompts_are_created_described_changed_listed_and_deleted() {
    let world = World::new();
    let input = json!({
        "Name": "Welcome", "Description": "Greeting", "S3Uri": "s3://bucket/welcome.wav", "Tags": { "a": "b" },
    });
    let created = world.ok(CreatePrompt, input.clone());
    let id = text(&created["PromptId"]);
    let arn = world.arn(&format!("/prompt/{id}"));
    assert_eq!(created, json!({ "PromptId": id, "PromptARN": arn }));
    let of = json!({ "PromptId": id });
    let described = json!({ "Prompt": {
        "Description": "Greeting", "LastModifiedRegion": "us-east-1", "Name": "Welcome", "PromptARN": arn,
        "PromptId": id, "Tags": { "a": "b" },
    }});
    assert_eq!(timeless(world.ok(DescribePrompt, of.clone())), described);
    let row = json!({ "Arn": arn, "Id": id, "LastModifiedRegion": "us-east-1", "Name": "Welcome" });
    assert_eq!(timeless(world.ok(ListPrompts, json!({}))), json!({ "PromptSummaryList": [row] }));
    let update = json!({ "PromptId": id, "Name": "Hello", "S3Uri": "https://b.s3.eu-west-1.amazonaws.com/hello.wav" });
    assert_eq!(world.ok(UpdatePrompt, update), json!({ "PromptId": id, "PromptARN": arn }));
    let prompt = world.ok(DescribePrompt, of.clone())["Prompt"].clone();
    assert_eq!((&prompt["Name"], &prompt["Description"]), (&json!("Hello"), &json!("Greeting")));
    for (member, value, kind) in [
        ("Name", json!("HELLO"), DuplicateResource),
        ("Name", json!(""), InvalidParameter),
        ("S3Uri", json!("file:///etc/passwd"), InvalidParameter),
        ("S3Uri", json!("s3://bucket"), InvalidParameter),
    ] {
        let mut wrong = world.in_instance(input.clone());
        wrong[member] = value;
        world.operator.refused(CreatePrompt, &wrong, kind);
    }
    assert_eq!(world.ok(DeletePrompt, of.clone()), json!({}));
    world.operator.refused(DescribePrompt, &world.in_instance(of), ResourceNotFound);
}

#[test]
fn quick_connects_of_each_type_are_stored_and_returned() {
    let world = World::new();
    let (queue, user) = (basic_queue(&world), world.user("admin"));
    let configs = [
        json!({ "QuickConnectType": "USER", "UserConfig": { "UserId": user, "ContactFlowId": FLOW } }),
        json!({ "QuickConnectType": "QUEUE", "QueueConfig": { "QueueId": queue, "ContactFlowId": FLOW } }),
        phone("+4922112345"),
        json!({ "QuickConnectType": "FLOW", "FlowConfig": { "ContactFlowId": FLOW } }),
    ];
    let target = new_quick_connect(&world, "Target", phone("+4922112346"));
    for (at, config) in configs.iter().enumerate() {
        let name = format!("To {at}");
        let input = json!({
            "Name": name, "Description": "For transfers", "QuickConnectConfig": config, "Tags": { "a": "b" },
        });
        let created = world.ok(CreateQuickConnect, input);
        let id = text(&created["QuickConnectId"]);
        let arn = world.arn(&format!("/transfer-destination/{id}"));
        assert_eq!(created, json!({ "QuickConnectId": id, "QuickConnectARN": arn }));
        let described = timeless(world.ok(DescribeQuickConnect, json!({ "QuickConnectId": id })));
        assert_eq!(
            described,
            json!({ "QuickConnect": {
                "Description": "For transfers", "LastModifiedRegion": "us-east-1", "Name": name,
                "QuickConnectARN": arn, "QuickConnectConfig": config, "QuickConnectId": id, "Tags": { "a": "b" },
            }})
        );
        // An existing quick connect can get each configuration too.
        let update = json!({ "QuickConnectId": target, "QuickConnectConfig": config });
        assert_eq!(world.ok(UpdateQuickConnectConfig, update), json!({}));
        let described = world.ok(DescribeQuickConnect, json!({ "QuickConnectId": target }));
        assert_eq!(&described["QuickConnect"]["QuickConnectConfig"], config);
    }
    let listed = world.ok(ListQuickConnects, json!({ "QuickConnectTypes": ["PHONE_NUMBER", "USER"] }));
    assert_eq!(column(&listed["QuickConnectSummaryList"], "Name"), ["To 0", "To 2"]);
    let all = world.ok(ListQuickConnects, json!({}));
    assert_eq!(
        column(&all["QuickConnectSummaryList"], "QuickConnectType"),
        ["FLOW", "USER", "QUEUE", "PHONE_NUMBER", "FLOW"]
    );
    let rename = json!({ "QuickConnectId": target, "Name": "Renamed", "Description": "" });
    assert_eq!(world.ok(UpdateQuickConnectName, rename), json!({}));
    let renamed = world.ok(DescribeQuickConnect, json!({ "QuickConnectId": target }))["QuickConnect"].clone();
    assert_eq!((&renamed["Name"], &renamed["Description"]), (&json!("Renamed"), &Value::Null));
}

#[test]
fn a_configuration_has_exactly_the_member_for_its_type() {
    let world = World::new();
    let queue = basic_queue(&world);
    let flow = json!({ "ContactFlowId": FLOW });
    let in_queue = |queue: &str| json!({ "QueueId": queue, "ContactFlowId": FLOW });
    let absent = "00000000-0000-4000-8000-000000000bad";
    for (config, kind) in [
        (json!({ "QuickConnectType": "QUEUE" }), InvalidParameter),
        (json!({ "QuickConnectType": "QUEUE", "FlowConfig": flow }), InvalidParameter),
        (json!({ "QuickConnectType": "FLOW", "FlowConfig": flow, "QueueConfig": in_queue(&queue) }), InvalidParameter),
        (json!({ "QuickConnectType": "QUEUE", "QueueConfig": in_queue(absent) }), ResourceNotFound),
        (json!({ "QuickConnectType": "QUEUE", "QueueConfig": in_queue("no id") }), ResourceNotFound),
        (
            json!({ "QuickConnectType": "USER", "UserConfig": { "UserId": absent, "ContactFlowId": FLOW } }),
            ResourceNotFound,
        ),
        (phone("12"), InvalidParameter),
    ] {
        let input = world.in_instance(json!({ "Name": "x", "QuickConnectConfig": config }));
        world.operator.refused(CreateQuickConnect, &input, kind);
    }
    let message = world.operator.refused(
        CreateQuickConnect,
        &world.in_instance(json!({ "Name": "x", "QuickConnectConfig": { "QuickConnectType": "QUEUE" } })),
        InvalidParameter,
    );
    assert!(message.contains("a quick connect of the type QUEUE must have QueueConfig"), "{message}");
}

#[test]
fn a_queue_has_quick_connects_and_cannot_be_deleted_while_one_leads_to_it() {
    let world = World::new();
    let queue = basic_queue(&world);
    let to_queue = json!({ "QuickConnectType": "QUEUE", "QueueConfig": { "QueueId": queue, "ContactFlowId": FLOW } });
    let second = new_quick_connect(&world, "Second", to_queue);
    let first = new_quick_connect(&world, "First", phone("+4922112345"));
    let of = |ids: &[&str]| json!({ "QueueId": queue, "QuickConnectIds": ids });
    let names = |world: &World| {
        let listed = world.ok(ListQueueQuickConnects, json!({ "QueueId": queue }));
        column(&listed["QuickConnectSummaryList"], "Name")
    };
    assert_eq!(world.ok(AssociateQueueQuickConnects, of(&[&second, &first])), json!({}));
    assert_eq!(names(&world), ["First", "Second"]);
    let page = world.ok(ListQueueQuickConnects, json!({ "QueueId": queue, "maxResults": 1 }));
    let next = json!({ "QueueId": queue, "maxResults": 1, "nextToken": page["NextToken"] });
    let next = world.ok(ListQueueQuickConnects, next);
    assert_eq!(column(&next["QuickConnectSummaryList"], "Name"), ["Second"]);
    assert!(next.get("NextToken").is_none());
    world.operator.refused(AssociateQueueQuickConnects, &world.in_instance(of(&["no id"])), ResourceNotFound);
    // Deleting a quick connect removes it from its queues.
    world.ok(DeleteQuickConnect, json!({ "QuickConnectId": first }));
    assert_eq!(names(&world), ["Second"]);
    world.ok(DisassociateQueueQuickConnects, of(&[&second]));
    assert!(names(&world).is_empty());
    // A queue can be created with its quick connects.
    let hours = world.id_in(ListHoursOfOperations, "HoursOfOperationSummaryList", "Name", "Basic Hours");
    let new = json!({ "Name": "Sales", "HoursOfOperationId": hours, "QuickConnectIds": [second] });
    let sales = text(&world.ok(CreateQueue, new)["QueueId"]);
    let listed = world.ok(ListQueueQuickConnects, json!({ "QueueId": sales }));
    assert_eq!(column(&listed["QuickConnectSummaryList"], "Name"), ["Second"]);
    let to_sales = json!({ "QuickConnectType": "QUEUE", "QueueConfig": { "QueueId": sales, "ContactFlowId": FLOW } });
    world.ok(UpdateQuickConnectConfig, json!({ "QuickConnectId": second, "QuickConnectConfig": to_sales }));
    let delete = world.in_instance(json!({ "QueueId": sales }));
    let message = world.operator.refused(DeleteQueue, &delete, ResourceInUse);
    assert!(message.contains("the quick connect `Second` uses it"), "{message}");
}

/// The search of a type of resources: the operation, the operation's list member, and the list of the same resources
/// with its list member.
const SEARCHES: [(Operation, &str, Operation, &str); 6] = [
    (SearchAgentStatuses, "AgentStatuses", ListAgentStatuses, "AgentStatusSummaryList"),
    (SearchHoursOfOperations, "HoursOfOperations", ListHoursOfOperations, "HoursOfOperationSummaryList"),
    (SearchPrompts, "Prompts", ListPrompts, "PromptSummaryList"),
    (SearchQueues, "Queues", ListQueues, "QueueSummaryList"),
    (SearchQuickConnects, "QuickConnects", ListQuickConnects, "QuickConnectSummaryList"),
    (SearchRoutingProfiles, "RoutingProfiles", ListRoutingProfiles, "RoutingProfileSummaryList"),
];

#[test]
fn resources_of_each_type_are_found_by_name_description_id_and_tag() {
    let world = World::new();
    new_quick_connect(&world, "Basic desk", phone("+4922112345"));
    world.ok(CreatePrompt, json!({ "Name": "Basic greeting", "S3Uri": "s3://bucket/key" }));
    for (search, member, list, list_member) in SEARCHES {
        let rows = world.ok(list, json!({}))[list_member].clone();
        let (first, names) = (rows[0].clone(), column(&rows, "Name"));
        let all = world.ok(search, json!({}));
        assert_eq!(column(&all[member], "Name"), names, "{search:?}");
        assert_eq!(all["ApproximateTotalCount"], json!(names.len()));
        let condition = |field: &str, value: &str, comparison: &str| json!({ "FieldName": field, "Value": value, "ComparisonType": comparison });
        let found = |criteria: Value| {
            let found = world.ok(search, json!({ "SearchCriteria": criteria }));
            column(&found[member], "Name")
        };
        let name = text(&first["Name"]);
        let by_name = condition("name", &name.to_uppercase(), "EXACT");
        assert_eq!(found(json!({ "StringCondition": by_name })), std::slice::from_ref(&name), "{search:?}");
        let by_id = condition("resourceID", &text(&first["Id"]), "EXACT");
        assert_eq!(
            found(json!({ "AndConditions": [{ "StringCondition": by_name }, { "StringCondition": by_id }] })),
            [name]
        );
        let none = condition("description", "no such description", "CONTAINS");
        assert!(found(json!({ "StringCondition": none })).is_empty(), "{search:?}");
        let unknown = json!({ "SearchCriteria": { "StringCondition": condition("color", "red", "EXACT") } });
        world.operator.refused(search, &world.in_instance(unknown), InvalidParameter);
        // The resource is found by its tag once it has one.
        let (filter, condition) = match search {
            SearchAgentStatuses => ("AttributeFilter", json!({ "TagKey": "shift", "TagValue": "night" })),
            _ => ("TagFilter", json!({ "TagKey": "shift", "TagValue": "night" })),
        };
        let filter = json!({ "SearchFilter": { filter: { "TagCondition": condition } } });
        assert_eq!(world.ok(search, filter.clone())[member], json!([]), "{search:?}");
        let tag = json!({ "resourceArn": first["Arn"], "tags": { "shift": "night" } });
        world.operator.ok(TagResource, &tag);
        assert_eq!(column(&world.ok(search, filter)[member], "Name"), [text(&first["Name"])], "{search:?}");
    }
    let standard = json!({ "SearchCriteria": { "QueueTypeCondition": "STANDARD" } });
    assert_eq!(column(&world.ok(SearchQueues, standard)["Queues"], "Name"), ["BasicQueue"]);
}

#[test]
fn a_user_sees_only_quick_connects_and_destinations_in_scope() {
    let world = World::new();
    let (red, blue) = (
        new_quick_connect(&world, "Red", phone("+4922112345")),
        new_quick_connect(&world, "Blue", phone("+4922112346")),
    );
    let arn = world.arn(&format!("/transfer-destination/{red}"));
    world.operator.ok(TagResource, &json!({ "resourceArn": arn, "tags": { "team": "red" } }));
    let admin = world.user("admin");
    let to_admin = json!({ "QuickConnectType": "USER", "UserConfig": { "UserId": admin, "ContactFlowId": FLOW } });
    world.ok(UpdateQuickConnectConfig, json!({ "QuickConnectId": red, "QuickConnectConfig": to_admin }));
    let profile = json!({
        "SecurityProfileName": "Red quick connects", "Permissions": ["TransferDestinations.View"],
        "AllowedAccessControlTags": { "team": "red" }, "TagRestrictedResources": ["QuickConnect", "User"],
    });
    let profile = text(&world.ok(CreateSecurityProfile, profile)["SecurityProfileId"]);
    let ann = world.server.as_user(&world.instance, &world.new_user("ann", &[&profile]));
    let listed = ann.ok(ListQuickConnects, &world.in_instance(json!({})));
    assert_eq!(column(&listed["QuickConnectSummaryList"], "Name"), ["Red"]);
    let described = ann.ok(DescribeQuickConnect, &world.in_instance(json!({ "QuickConnectId": red })));
    // Ann can't see the user, so the configuration doesn't name the user.
    assert_eq!(described["QuickConnect"]["QuickConnectConfig"], json!({ "QuickConnectType": "USER" }));
    ann.refused(DescribeQuickConnect, &world.in_instance(json!({ "QuickConnectId": blue })), AccessDenied);
    ann.refused(ListPrompts, &world.in_instance(json!({})), AccessDenied);
}
