//! Tests that the pages of a list contain every row once, in a stable order, for every page size.

use floorkey_aws::exception::ExceptionKind::{InvalidParameter, InvalidRequest};
use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::client::Client;
use crate::world::{World, text};

/// The paginated lists. Each entry has the operation, the key of the rows in the output, and the largest page size. The
/// flag says whether the page size and the token are in the request body.
const LISTS: &[(Operation, &str, bool, usize)] = &[
    (Operation::ListAgentStatuses, "AgentStatusSummaryList", false, 1000),
    (Operation::ListHoursOfOperations, "HoursOfOperationSummaryList", false, 1000),
    (Operation::ListInstanceAttributes, "Attributes", false, 7),
    (Operation::ListInstances, "InstanceSummaryList", false, 10),
    (Operation::ListPrompts, "PromptSummaryList", false, 1000),
    (Operation::ListQueueQuickConnects, "QuickConnectSummaryList", false, 100),
    (Operation::ListQueues, "QueueSummaryList", false, 1000),
    (Operation::ListQuickConnects, "QuickConnectSummaryList", false, 1000),
    (Operation::ListRoutingProfileQueues, "RoutingProfileQueueConfigSummaryList", false, 100),
    (Operation::ListRoutingProfiles, "RoutingProfileSummaryList", false, 1000),
    (Operation::ListSecurityProfileAIAgents, "AllowedAIAgents", false, 1000),
    (Operation::ListSecurityProfileApplications, "Applications", false, 1000),
    (Operation::ListSecurityProfileFlowModules, "AllowedFlowModules", false, 1000),
    (Operation::ListSecurityProfilePermissions, "Permissions", false, 1000),
    (Operation::ListSecurityProfiles, "SecurityProfileSummaryList", false, 1000),
    (Operation::ListUserHierarchyGroups, "UserHierarchyGroupSummaryList", false, 1000),
    (Operation::ListUserProficiencies, "UserProficiencyList", false, 100),
    (Operation::ListUsers, "UserSummaryList", false, 1000),
    (Operation::ListEntitySecurityProfiles, "SecurityProfiles", true, 100),
    (Operation::SearchAgentStatuses, "AgentStatuses", true, 100),
    (Operation::SearchHoursOfOperations, "HoursOfOperations", true, 100),
    (Operation::SearchPrompts, "Prompts", true, 100),
    (Operation::SearchQueues, "Queues", true, 500),
    (Operation::SearchQuickConnects, "QuickConnects", true, 100),
    (Operation::SearchRoutingProfiles, "RoutingProfiles", true, 500),
    (Operation::SearchSecurityProfiles, "SecurityProfiles", true, 100),
    (Operation::SearchUserHierarchyGroups, "UserHierarchyGroups", true, 100),
    (Operation::SearchUsers, "Users", true, 500),
];

/// Creates an instance with several records of each type. Also returns the input that is common to all list operations.
fn filled() -> (World, Value) {
    let world = World::new();
    for name in ["second", "third"] {
        let input = json!({
            "IdentityManagementType": "CONNECT_MANAGED", "InstanceAlias": name, "InboundCallsEnabled": true,
            "OutboundCallsEnabled": true,
        });
        world.operator.ok(Operation::CreateInstance, &input);
    }
    let apps: Vec<_> =
        (0..4).map(|n| json!({ "Namespace": format!("app {n}"), "ApplicationPermissions": ["x"] })).collect();
    let modules: Vec<_> = (0..3).map(|n| json!({ "FlowModuleId": format!("m{n}") })).collect();
    let agents: Vec<_> = (0..3).map(|n| json!({ "Arn": format!("arn:{n}") })).collect();
    let made = world.ok(
        Operation::CreateSecurityProfile,
        json!({
            "SecurityProfileName": "Full", "Permissions": ["Users.Edit", "Queues.Edit", "AccessMetrics"],
            "Applications": apps, "AllowedFlowModules": modules, "AllowedAIAgents": agents,
        }),
    );
    let profile = text(&made["SecurityProfileId"]);
    let user = world.new_user("user.0", &[&profile, &world.profile("Agent")]);
    for n in 1..5 {
        world.new_user(&format!("User.{n}"), &[&profile]);
    }
    let skills: Vec<_> =
        (0..3).map(|n| json!({ "AttributeName": "a", "AttributeValue": format!("v{n}"), "Level": 1 })).collect();
    world.ok(Operation::AssociateUserProficiencies, json!({ "UserId": user, "UserProficiencies": skills }));
    let levels = json!({ "HierarchyStructure": { "LevelOne": { "Name": "Site" }, "LevelTwo": { "Name": "Team" } } });
    world.ok(Operation::UpdateUserHierarchyStructure, levels);
    for site in ["Graz", "Lyon"] {
        let made = world.ok(Operation::CreateUserHierarchyGroup, json!({ "Name": site }));
        // Groups with the same name also have a stable order.
        let team = json!({ "Name": "Team", "ParentGroupId": made["HierarchyGroupId"] });
        world.ok(Operation::CreateUserHierarchyGroup, team);
    }
    let hours = json!({ "Name": "Other", "TimeZone": "UTC", "Config": [] });
    let hours = world.ok(Operation::CreateHoursOfOperation, hours)["HoursOfOperationId"].clone();
    let queue = world.ok(Operation::CreateQueue, json!({ "Name": "Other", "HoursOfOperationId": hours }));
    let quick_connects: Vec<_> = (0..3)
        .map(|n| {
            world.ok(Operation::CreatePrompt, json!({ "Name": format!("p{n}"), "S3Uri": "s3://bucket/key" }));
            let config = json!({ "QuickConnectType": "PHONE_NUMBER", "PhoneConfig": { "PhoneNumber": "+4922112345" } });
            let input = json!({ "Name": format!("q{n}"), "QuickConnectConfig": config });
            world.ok(Operation::CreateQuickConnect, input)["QuickConnectId"].clone()
        })
        .collect();
    let add = json!({ "QueueId": queue["QueueId"], "QuickConnectIds": quick_connects });
    world.ok(Operation::AssociateQueueQuickConnects, add);
    let link = |channel: &str| {
        let reference = json!({ "QueueId": queue["QueueId"], "Channel": channel });
        json!({ "QueueReference": reference, "Priority": 1, "Delay": 0 })
    };
    let routing = json!({
        "Name": "Other", "Description": "Another", "DefaultOutboundQueueId": queue["QueueId"],
        "MediaConcurrencies": [], "QueueConfigs": [link("VOICE"), link("CHAT"), link("TASK")],
    });
    let routing = world.ok(Operation::CreateRoutingProfile, routing)["RoutingProfileId"].clone();
    let base = json!({
        "InstanceId": world.instance, "SecurityProfileId": profile, "UserId": user, "EntityType": "USER",
        "RoutingProfileId": routing, "QueueId": queue["QueueId"],
        "EntityArn": world.arn(&format!("/agent/{user}")),
    });
    (world, base)
}

/// Returns the keys of `base` that the operation accepts.
fn input(operation: Operation, in_body: bool, base: &Value) -> Value {
    let mut input = base.clone();
    let members = input.as_object_mut().unwrap();
    members.retain(|name, _| in_body || operation.uri().contains(&format!("{{{name}}}")));
    input
}

fn pages(
    client: &Client,
    operation: Operation,
    rows: &str,
    in_body: bool,
    base: &Value,
    size: usize,
) -> Vec<Vec<Value>> {
    let (max, next) = if in_body { ("MaxResults", "NextToken") } else { ("maxResults", "nextToken") };
    let mut asked = input(operation, in_body, base);
    asked[max] = json!(size);
    let mut pages = Vec::new();
    loop {
        let page = client.ok(operation, &asked);
        pages.push(page[rows].as_array().unwrap().clone());
        match page.get("NextToken") {
            None => return pages,
            Some(token) => {
                assert!(text(token).len() <= 2500);
                assert_ne!(asked.get(next), Some(token), "the same token twice");
                asked[next] = token.clone();
            }
        }
    }
}

#[test]
fn every_list_returns_every_row_once_for_every_page_size() {
    let (world, base) = filled();
    for (operation, rows, in_body, largest) in LISTS {
        let whole = pages(&world.operator, *operation, rows, *in_body, &base, *largest).concat();
        assert!(whole.len() > 1, "{} has {} rows", operation.name(), whole.len());
        for size in 1..=whole.len() + 1 {
            if size > *largest {
                continue;
            }
            let pages = pages(&world.operator, *operation, rows, *in_body, &base, size);
            assert_eq!(pages.concat(), whole, "{} by {size}", operation.name());
            // The last page has no token, even if the page is full.
            assert_eq!(pages.len(), whole.len().div_ceil(size), "{} by {size}", operation.name());
            assert!(pages.iter().rev().skip(1).all(|page| page.len() == size));
        }
    }
}

#[test]
fn the_table_contains_every_paginated_list() {
    let known: Vec<_> = LISTS.iter().map(|(operation, ..)| operation.name()).collect();
    let lists = Operation::ALL.iter().map(|operation| operation.name());
    let lists = lists.filter(|name| name.starts_with("List") || name.starts_with("Search"));
    // This list is not paginated.
    for name in lists.filter(|name| *name != "ListTagsForResource") {
        assert!(known.contains(&name), "{name} is not in the table");
    }
}

#[test]
fn invalid_page_sizes_and_tokens_are_refused() {
    let (world, base) = filled();
    for (operation, _, in_body, largest) in LISTS {
        let (max, next) = if *in_body { ("MaxResults", "NextToken") } else { ("maxResults", "nextToken") };
        for size in [0, -1, i64::try_from(*largest).unwrap() + 1] {
            let mut asked = input(*operation, *in_body, &base);
            asked[max] = json!(size);
            world.operator.refused(*operation, &asked, kind(*operation));
        }
        for token in ["junk", "AAAA", &"A".repeat(2500)] {
            let mut asked = input(*operation, *in_body, &base);
            asked[next] = json!(token);
            let message = world.operator.refused(*operation, &asked, kind(*operation));
            assert!(message.contains("NextToken is invalid"), "{message}");
        }
    }
}

#[test]
fn a_token_is_valid_only_for_its_own_list() {
    let (world, _) = filled();
    let token = world.ok(Operation::ListUsers, json!({ "maxResults": 1 }))["NextToken"].clone();
    let ask = |operation, more: Value| {
        let mut input = world.in_instance(json!({ "nextToken": token }));
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.operator.refused(operation, &input, InvalidParameter)
    };
    ask(Operation::ListQueues, json!({}));
    ask(Operation::ListSecurityProfiles, json!({}));
    let others = world.operator.ok(Operation::ListInstances, &json!({}));
    let rows = others["InstanceSummaryList"].as_array().unwrap();
    let other = rows.iter().find(|row| row["Id"] != world.instance).unwrap();
    let elsewhere = json!({ "InstanceId": other["Id"], "nextToken": token });
    world.operator.refused(Operation::ListUsers, &elsewhere, InvalidParameter);
    let statuses = world.ok(Operation::ListAgentStatuses, json!({ "maxResults": 1 }))["NextToken"].clone();
    let filtered = world.in_instance(json!({ "nextToken": statuses, "AgentStatusTypes": ["OFFLINE"] }));
    world.operator.refused(Operation::ListAgentStatuses, &filtered, InvalidParameter);
}

#[test]
fn pages_continue_with_current_rows_and_after_a_restart() {
    let (mut world, _) = filled();
    let first = world.ok(Operation::ListUsers, json!({ "maxResults": 2 }));
    let last = text(&first["UserSummaryList"][1]["Id"]);
    world.ok(Operation::DeleteUser, json!({ "UserId": last }));
    world.new_user("zoe", &[&world.profile("Agent")]);
    world.new_user("aaa", &[&world.profile("Agent")]);
    world.server.restart();
    world.operator = world.server.operator();
    let rest = world.ok(Operation::ListUsers, json!({ "nextToken": first["NextToken"] }));
    let names: Vec<_> = rest["UserSummaryList"].as_array().unwrap().iter().map(|row| text(&row["Username"])).collect();
    assert_eq!(names, ["User.1", "User.2", "User.3", "User.4", "zoe"]);
}

fn kind(operation: Operation) -> floorkey_aws::exception::ExceptionKind {
    if operation.declares(InvalidParameter) { InvalidParameter } else { InvalidRequest }
}
