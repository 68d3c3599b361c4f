//! Tests Terraform's data sources. Each data source finds a row by name in a list with 60 rows per page, and then
//! describes the row. The test makes these calls with the operator's access key and with a user's access key.

use floorkey_aws::operation::Operation::{self, *};
use serde_json::{Value, json};

use super::Provider;
use super::queue::basic_hours;
use crate::client::Client;
use crate::world::text;

/// Searches a list page by page for a row with the given name, and returns the row's ID.
fn by_name(client: &Client, instance: &str, list: Operation, rows: &str, by: &str, name: &str) -> String {
    let (mut found, mut token) = (Vec::new(), None::<Value>);
    loop {
        let mut input = json!({ "InstanceId": instance, "maxResults": 60 });
        if let Some(token) = token {
            input["nextToken"] = token;
        }
        let page = client.ok(list, &input);
        found.extend(page[rows].as_array().unwrap().iter().filter(|row| row[by] == name).cloned());
        match page.get("NextToken") {
            Some(next) => token = Some(next.clone()),
            None => break,
        }
    }
    // The provider reports an error unless exactly one row has the given name.
    assert_eq!(found.len(), 1, "{name}");
    text(&found[0]["Id"])
}

/// Makes all calls of the data sources, as a caller who can view everything.
fn read_all(provider: &Provider, client: &Client) {
    let instance = provider.instance();
    let described = |list, rows: &str, by: &str, name: &str, describe: Operation, member: &str| {
        let id = by_name(client, instance, list, rows, by, name);
        let answer = client.ok(describe, &json!({ "InstanceId": instance, member: id }));
        (id, answer)
    };
    let (list, rows) = (ListSecurityProfiles, "SecurityProfileSummaryList");
    let (profile, answer) = described(list, rows, "Name", "Agent", DescribeSecurityProfile, "SecurityProfileId");
    assert_eq!(answer["SecurityProfile"]["OrganizationResourceId"], instance);
    let input = json!({ "InstanceId": instance, "SecurityProfileId": profile, "maxResults": 60 });
    assert!(!client.ok(ListSecurityProfilePermissions, &input)["Permissions"].as_array().unwrap().is_empty());

    let (_, answer) = described(ListUsers, "UserSummaryList", "Username", "admin", DescribeUser, "UserId");
    assert_eq!(answer["User"]["PhoneConfig"]["PhoneType"], "SOFT_PHONE");

    let (list, rows) = (ListUserHierarchyGroups, "UserHierarchyGroupSummaryList");
    let (_, answer) = described(list, rows, "Name", "Lyon", DescribeUserHierarchyGroup, "HierarchyGroupId");
    assert_eq!(answer["HierarchyGroup"]["HierarchyPath"]["LevelOne"]["Name"], "Lyon");
    let answer = client.ok(DescribeUserHierarchyStructure, &json!({ "InstanceId": instance }));
    assert_eq!(answer["HierarchyStructure"]["LevelOne"]["Name"], "Site");

    let (list, rows) = (ListHoursOfOperations, "HoursOfOperationSummaryList");
    let (_, answer) = described(list, rows, "Name", "Basic Hours", DescribeHoursOfOperation, "HoursOfOperationId");
    assert!(answer["HoursOfOperation"]["Config"].is_array());

    let (_, answer) = described(ListQueues, "QueueSummaryList", "Name", "Q99", DescribeQueue, "QueueId");
    assert_eq!(answer["Queue"]["Status"], "ENABLED");

    let (list, rows) = (ListRoutingProfiles, "RoutingProfileSummaryList");
    let (routing, answer) =
        described(list, rows, "Name", "Basic Routing Profile", DescribeRoutingProfile, "RoutingProfileId");
    assert!(answer["RoutingProfile"]["MediaConcurrencies"].is_array());
    let input = json!({ "InstanceId": instance, "RoutingProfileId": routing, "maxResults": 60 });
    let queues = client.ok(ListRoutingProfileQueues, &input)["RoutingProfileQueueConfigSummaryList"].clone();
    for row in queues.as_array().unwrap() {
        for member in ["Channel", "QueueArn", "QueueId", "QueueName"] {
            assert!(row[member].is_string(), "{row}");
        }
        assert!(row["Delay"].is_i64() && row["Priority"].is_i64(), "{row}");
    }
}

/// Makes the calls of the instance's data source. The provider finds the instance by its alias in pages of 10, or
/// describes the instance by its ID. Then the provider reads the attributes one by one.
fn read_instance(provider: &Provider, client: &Client) {
    let described = client.ok(DescribeInstance, &json!({ "InstanceId": provider.instance() }))["Instance"].clone();
    let listed = client.ok(ListInstances, &json!({ "maxResults": 10 }))["InstanceSummaryList"].clone();
    let row = listed.as_array().unwrap().iter().find(|row| row["InstanceAlias"] == described["InstanceAlias"]).unwrap();
    for member in [
        "Arn",
        "Id",
        "IdentityManagementType",
        "InboundCallsEnabled",
        "InstanceStatus",
        "OutboundCallsEnabled",
        "ServiceRole",
    ] {
        assert_eq!(row.get(member), described.get(member), "{member}");
    }
    assert!(row["CreatedTime"].is_number());
    for attribute in [
        "AUTO_RESOLVE_BEST_VOICES",
        "CONTACTFLOW_LOGS",
        "CONTACT_LENS",
        "EARLY_MEDIA",
        "INBOUND_CALLS",
        "MULTI_PARTY_CONFERENCE",
        "OUTBOUND_CALLS",
    ] {
        let input = json!({ "InstanceId": provider.instance(), "AttributeType": attribute });
        let value = client.ok(DescribeInstanceAttribute, &input)["Attribute"]["Value"].clone();
        assert!(["true", "false"].contains(&text(&value).as_str()));
    }
    let input = json!({ "InstanceId": provider.instance(), "maxResults": 7 });
    assert_eq!(client.ok(ListInstanceAttributes, &input)["Attributes"].as_array().unwrap().len(), 7);
}

#[test]
fn data_sources_find_everything_by_name_beyond_the_first_page() {
    let provider = Provider::new();
    let world = &provider.world;
    provider.ok(UpdateUserHierarchyStructure, json!({ "HierarchyStructure": { "LevelOne": { "Name": "Site" } } }));
    provider.ok(CreateUserHierarchyGroup, json!({ "Name": "Lyon" }));
    let hours = basic_hours(&provider);
    for number in 0..100 {
        provider.ok(CreateQueue, json!({ "Name": format!("Q{number}"), "HoursOfOperationId": hours }));
    }
    read_all(&provider, &world.operator);
    read_instance(&provider, &world.operator);
    // A user who can view everything gets the same responses as the operator. With any access key, users can find their
    // own instance.
    let views = [
        "Users.View",
        "SecurityProfiles.View",
        "AgentGrouping.View",
        "HoursOfOperation.View",
        "Queues.View",
        "RoutingPolicies.View",
    ];
    let reader = world.somebody("reader", &views);
    read_all(&provider, &reader);
    read_instance(&provider, &reader);
    read_instance(&provider, &world.somebody("nobody", &[]));
}
