//! Tests instances and their attributes.

use floorkey_aws::exception::ExceptionKind::{AccessDenied, InvalidParameter, InvalidRequest, ResourceNotFound};
use floorkey_aws::model::InstanceAttributeType;
use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::world::{World, column, text, timeless};

fn new_instance(alias: &str) -> Value {
    json!({
        "IdentityManagementType": "CONNECT_MANAGED",
        "InstanceAlias": alias,
        "InboundCallsEnabled": true,
        "OutboundCallsEnabled": false,
    })
}

#[test]
fn an_instance_is_described_by_id_and_by_arn() {
    let world = World::new();
    let by_id = world.ok(Operation::DescribeInstance, json!({}));
    let by_arn = world.operator.ok(Operation::DescribeInstance, &json!({ "InstanceId": world.arn("") }));
    assert_eq!(by_id, by_arn);
    let role: String = world.instance.replace('-', "").chars().take(20).collect();
    assert_eq!(
        timeless(by_id),
        json!({ "Instance": {
            "Arn": world.arn(""),
            "Id": world.instance,
            "IdentityManagementType": "CONNECT_MANAGED",
            "InboundCallsEnabled": true,
            "InstanceAccessUrl": format!("http://{}/connect/login", world.server.address),
            "InstanceAlias": "floorkey",
            "InstanceStatus": "ACTIVE",
            "OutboundCallsEnabled": true,
            "ServiceRole": format!(
                "arn:aws:iam::123456789012:role/aws-service-role/connect.amazonaws.com/AWSServiceRoleForAmazonConnect_{role}"
            ),
            "Tags": {},
        }})
    );
    let message =
        world.operator.refused(Operation::DescribeInstance, &json!({ "InstanceId": "floorkey" }), ResourceNotFound);
    assert_eq!(message, "There is no instance `floorkey`: specify an ID or an ARN, not an alias.");
    for other in ["00000000-0000-4000-8000-000000000000", "arn:aws:connect:us-east-1:123456789012:instance/x"] {
        let message =
            world.operator.refused(Operation::DescribeInstance, &json!({ "InstanceId": other }), ResourceNotFound);
        assert_eq!(message, format!("There is no instance `{other}`."));
    }
    let elsewhere = world.arn("").replace("us-east-1", "eu-west-2");
    world.operator.refused(Operation::DescribeInstance, &json!({ "InstanceId": elsewhere }), ResourceNotFound);
}

#[test]
fn the_operator_creates_lists_and_deletes_instances() {
    let world = World::new();
    let made = world.operator.ok(Operation::CreateInstance, &new_instance("second"));
    let id = text(&made["Id"]);
    assert_eq!(made["Arn"], format!("arn:aws:connect:us-east-1:123456789012:instance/{id}"));
    let described = world.operator.ok(Operation::DescribeInstance, &json!({ "InstanceId": id }))["Instance"].clone();
    assert_eq!(described["InstanceStatus"], "ACTIVE");
    assert_eq!((&described["InboundCallsEnabled"], &described["OutboundCallsEnabled"]), (&json!(true), &json!(false)));

    let first = world.operator.ok(Operation::ListInstances, &json!({ "maxResults": 1 }));
    assert_eq!(column(&first["InstanceSummaryList"], "InstanceAlias"), ["floorkey"]);
    let next = json!({ "maxResults": 1, "nextToken": first["NextToken"] });
    let second = world.operator.ok(Operation::ListInstances, &next);
    assert_eq!(column(&second["InstanceSummaryList"], "InstanceAlias"), ["second"]);
    assert_eq!(second.get("NextToken"), None);

    // A new instance has the default profiles and resources, and no users.
    let profiles = world.operator.ok(Operation::ListSecurityProfiles, &json!({ "InstanceId": id }));
    let names = ["Admin", "Agent", "CallCenterManager", "QualityAnalyst"];
    assert_eq!(column(&profiles["SecurityProfileSummaryList"], "Name"), names);
    let users = world.operator.ok(Operation::ListUsers, &json!({ "InstanceId": id }));
    assert_eq!(users, json!({ "UserSummaryList": [] }));

    assert_eq!(world.operator.ok(Operation::DeleteInstance, &json!({ "InstanceId": id })), json!({}));
    world.operator.refused(Operation::DescribeInstance, &json!({ "InstanceId": id }), ResourceNotFound);
    world.operator.refused(Operation::DeleteInstance, &json!({ "InstanceId": id }), ResourceNotFound);
}

#[test]
fn one_client_token_creates_one_instance_even_after_a_restart() {
    let mut world = World::new();
    let mut input = new_instance("tokened");
    input["ClientToken"] = json!("terraform-20261122000000000100000001");
    let made = world.operator.ok(Operation::CreateInstance, &input);
    assert_eq!(world.operator.ok(Operation::CreateInstance, &input), made);
    world.server.restart();
    world.operator = world.server.operator();
    assert_eq!(world.operator.ok(Operation::CreateInstance, &input), made);
    input["OutboundCallsEnabled"] = json!(true);
    let message = world.operator.refused(Operation::CreateInstance, &input, InvalidRequest);
    assert!(message.contains("other parameters"), "{message}");
    input["ClientToken"] = json!("another");
    let message = world.operator.refused(Operation::CreateInstance, &input, InvalidRequest);
    assert_eq!(
        message,
        "The alias `tokened` is used by another instance (aliases are not case-sensitive). Choose another one."
    );
}

#[test]
fn the_client_token_of_a_deleted_instance_creates_no_other() {
    let world = World::new();
    let mut input = new_instance("gone");
    input["ClientToken"] = json!("once");
    let id = text(&world.operator.ok(Operation::CreateInstance, &input)["Id"]);
    world.operator.ok(Operation::DeleteInstance, &json!({ "InstanceId": id }));
    let message = world.operator.refused(Operation::CreateInstance, &input, InvalidRequest);
    assert!(message.contains("deleted"), "{message}");
}

#[test]
fn missing_inputs_of_an_instance_are_named() {
    let world = World::new();
    let mut input = new_instance("x");
    input.as_object_mut().unwrap().remove("InstanceAlias");
    let message = world.operator.refused(Operation::CreateInstance, &input, InvalidRequest);
    assert!(message.starts_with("InstanceAlias: required"), "{message}");
    input["IdentityManagementType"] = json!("EXISTING_DIRECTORY");
    let message = world.operator.refused(Operation::CreateInstance, &input, InvalidRequest);
    assert!(message.starts_with("DirectoryId: required"), "{message}");
    input["DirectoryId"] = json!("d-0123456789");
    world.operator.ok(Operation::CreateInstance, &input);
    for alias in ["-x", "d-x", "x_y", "", "FLOORKEY"] {
        world.operator.refused(Operation::CreateInstance, &new_instance(alias), InvalidRequest);
    }
}

#[test]
fn users_see_only_their_own_instance_and_cannot_create_or_delete_any() {
    let world = World::new();
    let ann = world.somebody("ann", &["BasicAgentAccess"]);
    let other = text(&world.operator.ok(Operation::CreateInstance, &new_instance("other"))["Id"]);
    let seen = ann.ok(Operation::ListInstances, &json!({}));
    assert_eq!(column(&seen["InstanceSummaryList"], "Id"), [world.instance.as_str()]);
    ann.ok(Operation::DescribeInstance, &world.in_instance(json!({})));
    ann.refused(Operation::DescribeInstance, &json!({ "InstanceId": other }), ResourceNotFound);
    ann.refused(Operation::CreateInstance, &new_instance("anns"), AccessDenied);
    ann.refused(Operation::DeleteInstance, &world.in_instance(json!({})), AccessDenied);
    ann.refused(Operation::DeleteInstance, &json!({ "InstanceId": other }), ResourceNotFound);
}

#[test]
fn attributes_are_true_or_false() {
    let world = World::new();
    let mut all = Vec::new();
    let mut token = Value::Null;
    loop {
        let mut input = json!({ "maxResults": 5 });
        if !token.is_null() {
            input["nextToken"] = token;
        }
        let page = world.ok(Operation::ListInstanceAttributes, input);
        all.extend(page["Attributes"].as_array().unwrap().clone());
        token = page["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(column(&json!(all), "AttributeType"), InstanceAttributeType::NAMES);
    let on: Vec<_> = all.iter().filter(|row| row["Value"] == "true").map(|row| text(&row["AttributeType"])).collect();
    let expected = ["INBOUND_CALLS", "OUTBOUND_CALLS", "CONTACT_LENS", "AUTO_RESOLVE_BEST_VOICES", "EARLY_MEDIA"];
    assert_eq!(on, expected);

    let update = |value: &str| world.in_instance(json!({ "AttributeType": "OUTBOUND_CALLS", "Value": value }));
    assert_eq!(world.operator.ok(Operation::UpdateInstanceAttribute, &update("false")), json!({}));
    let one = world.ok(Operation::DescribeInstanceAttribute, json!({ "AttributeType": "OUTBOUND_CALLS" }));
    assert_eq!(one, json!({ "Attribute": { "AttributeType": "OUTBOUND_CALLS", "Value": "false" } }));
    let instance = world.ok(Operation::DescribeInstance, json!({}));
    assert_eq!(instance["Instance"]["OutboundCallsEnabled"], false);
    for value in ["yes", "TRUE", "1"] {
        let message = world.operator.refused(Operation::UpdateInstanceAttribute, &update(value), InvalidParameter);
        assert_eq!(message, "Value: OUTBOUND_CALLS must be `true` or `false`.");
    }
    let unknown = world.in_instance(json!({ "AttributeType": "COLOUR" }));
    world.operator.refused(Operation::DescribeInstanceAttribute, &unknown, InvalidParameter);
}
