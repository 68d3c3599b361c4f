//! Calls every route in four ways: unsigned, with a wrong signature, as a user without the permission, and as a user of
//! another instance. The test fails if this file's tables do not contain every route.

mod extensions;
mod resources;

use floorkey_api::MANAGEMENT_ROUTES;
use floorkey_aws::exception::ExceptionKind::{
    self, AccessDenied, InvalidRequest, InvalidSignature, MissingAuthenticationToken, ResourceNotFound,
    UnrecognizedClient,
};
use floorkey_aws::operation::Operation::{self, *};
use serde_json::{Value, json};

pub(crate) use extensions::EXTENSIONS;

use crate::client::{Client, check, request, unsigned};
use crate::http::Answer;
use crate::sign::Key;
use crate::world::{World, text};

/// Returns a valid input for every operation. The server can refuse these inputs only because of the caller.
pub(crate) fn operations(world: &World) -> Vec<(Operation, Value)> {
    let things = Things::of(world);
    let mut table = [things.reads(), things.creations(world), things.changes(), things.changes_of_resources()].concat();
    for (operation, input) in &mut table {
        let by_arn = matches!(operation, TagResource | UntagResource | ListTagsForResource);
        if !by_arn && !matches!(operation, CreateInstance | ListInstances) {
            input["InstanceId"] = json!(world.instance);
        }
    }
    table.sort_by_key(|(operation, _)| *operation);
    let known: Vec<_> = table.iter().map(|(operation, _)| *operation).collect();
    assert_eq!(known, Operation::ALL, "the sweep has every operation once");
    table
}

/// The inputs that identify existing records, one for each type of record.
struct Things {
    user: Value,
    profile: Value,
    group: Value,
    routing: Value,
    queue: Value,
    hours: Value,
    status: Value,
    prompt: Value,
    quick_connect: Value,
    entity: Value,
    arn: Value,
}

impl Things {
    fn of(world: &World) -> Self {
        let admin = world.user("admin");
        let arn = world.arn(&format!("/agent/{admin}"));
        let prompt = world.ok(CreatePrompt, json!({ "Name": "sweep", "S3Uri": "s3://bucket/key" }));
        let quick_connect = json!({ "Name": "sweep", "QuickConnectConfig": phone() });
        let quick_connect = world.ok(CreateQuickConnect, quick_connect)["QuickConnectId"].clone();
        let group = world.ok(CreateUserHierarchyGroup, json!({ "Name": "Lyon" }))["HierarchyGroupId"].clone();
        let hours = world.id_in(ListHoursOfOperations, "HoursOfOperationSummaryList", "Name", "Basic Hours");
        Self {
            user: json!({ "UserId": admin }),
            profile: json!({ "SecurityProfileId": world.profile("Admin") }),
            group: json!({ "HierarchyGroupId": group }),
            routing: json!({ "RoutingProfileId": world.routing_profile() }),
            queue: json!({ "QueueId": world.id_in(ListQueues, "QueueSummaryList", "Name", "BasicQueue") }),
            hours: json!({ "HoursOfOperationId": hours }),
            status: json!({
                "AgentStatusId": world.id_in(ListAgentStatuses, "AgentStatusSummaryList", "Name", "Offline"),
            }),
            prompt: json!({ "PromptId": prompt["PromptId"] }),
            quick_connect: json!({ "QuickConnectId": quick_connect }),
            entity: json!({ "EntityType": "USER", "EntityArn": arn }),
            arn: json!({ "resourceArn": arn }),
        }
    }

    fn reads(&self) -> Vec<(Operation, Value)> {
        let none = json!({});
        let named = [
            (DescribeAgentStatus, &self.status),
            (DescribeHoursOfOperation, &self.hours),
            (DescribeInstance, &none),
            (DescribeInstanceAttribute, &json!({ "AttributeType": "EARLY_MEDIA" })),
            (DescribePrompt, &self.prompt),
            (DescribeQueue, &self.queue),
            (DescribeQuickConnect, &self.quick_connect),
            (DescribeRoutingProfile, &self.routing),
            (DescribeSecurityProfile, &self.profile),
            (DescribeUser, &self.user),
            (DescribeUserHierarchyGroup, &self.group),
            (DescribeUserHierarchyStructure, &none),
            (ListAgentStatuses, &none),
            (ListEntitySecurityProfiles, &self.entity),
            (ListHoursOfOperations, &none),
            (ListInstanceAttributes, &none),
            (ListInstances, &none),
            (ListPrompts, &none),
            (ListQueueQuickConnects, &self.queue),
            (ListQueues, &none),
            (ListQuickConnects, &none),
            (ListRoutingProfileQueues, &self.routing),
            (ListRoutingProfiles, &none),
            (ListSecurityProfileAIAgents, &self.profile),
            (ListSecurityProfileApplications, &self.profile),
            (ListSecurityProfileFlowModules, &self.profile),
            (ListSecurityProfilePermissions, &self.profile),
            (ListSecurityProfiles, &none),
            (ListTagsForResource, &self.arn),
            (ListUserHierarchyGroups, &none),
            (ListUserProficiencies, &self.user),
            (ListUsers, &none),
            (SearchAgentStatuses, &none),
            (SearchHoursOfOperations, &none),
            (SearchPrompts, &none),
            (SearchQueues, &none),
            (SearchQuickConnects, &none),
            (SearchRoutingProfiles, &none),
            (SearchSecurityProfiles, &none),
            (SearchUserHierarchyGroups, &none),
            (SearchUsers, &none),
        ];
        named.map(|(operation, input)| (operation, input.clone())).into()
    }

    fn creations(&self, world: &World) -> Vec<(Operation, Value)> {
        let instance = json!({
            "IdentityManagementType": "CONNECT_MANAGED", "InstanceAlias": "sweep", "InboundCallsEnabled": true,
            "OutboundCallsEnabled": true,
        });
        let routing = json!({
            "Name": "x", "Description": "x", "DefaultOutboundQueueId": self.queue["QueueId"],
            "MediaConcurrencies": [{ "Channel": "VOICE", "Concurrency": 1 }],
        });
        let profile = text(&self.profile["SecurityProfileId"]);
        vec![
            (CreateHoursOfOperation, json!({ "Name": "x", "TimeZone": "UTC", "Config": [] })),
            (CreateInstance, instance),
            (CreatePrompt, json!({ "Name": "x", "S3Uri": "s3://bucket/key" })),
            (CreateQueue, with(&self.hours, json!({ "Name": "x" }))),
            (CreateQuickConnect, json!({ "Name": "x", "QuickConnectConfig": phone() })),
            (CreateRoutingProfile, routing),
            (CreateSecurityProfile, json!({ "SecurityProfileName": "x", "Permissions": ["Users.View"] })),
            (CreateUser, world.user_input("x", &[&profile])),
            (CreateUserHierarchyGroup, json!({ "Name": "x" })),
        ]
    }

    fn changes(&self) -> Vec<(Operation, Value)> {
        let (user, profile) = (&self.user, &self.profile);
        let given = json!({ "SecurityProfiles": [{ "Id": profile["SecurityProfileId"] }] });
        let skills = json!({ "UserProficiencies": [{ "AttributeName": "a", "AttributeValue": "b", "Level": 1 }] });
        let levels = json!({ "HierarchyStructure": { "LevelOne": { "Name": "Site" } } });
        let info = json!({ "IdentityInfo": { "FirstName": "a", "LastName": "b" } });
        vec![
            (AssociateSecurityProfiles, with(&self.entity, given.clone())),
            (AssociateUserProficiencies, with(user, skills.clone())),
            (DeleteHoursOfOperation, self.hours.clone()),
            (DeleteInstance, json!({})),
            (DeletePrompt, self.prompt.clone()),
            (DeleteQueue, self.queue.clone()),
            (DeleteQuickConnect, self.quick_connect.clone()),
            (DeleteRoutingProfile, self.routing.clone()),
            (DeleteSecurityProfile, profile.clone()),
            (DeleteUser, user.clone()),
            (DeleteUserHierarchyGroup, self.group.clone()),
            (DisassociateSecurityProfiles, with(&self.entity, given)),
            (DisassociateUserProficiencies, with(user, skills.clone())),
            (TagResource, with(&self.arn, json!({ "tags": { "a": "b" } }))),
            (UntagResource, with(&self.arn, json!({ "tagKeys": ["a"] }))),
            (UpdateInstanceAttribute, json!({ "AttributeType": "EARLY_MEDIA", "Value": "false" })),
            (UpdateSecurityProfile, with(profile, json!({ "Description": "x" }))),
            (UpdateUserConfig, user.clone()),
            (UpdateUserHierarchy, with(user, self.group.clone())),
            (UpdateUserHierarchyGroupName, with(&self.group, json!({ "Name": "x" }))),
            (UpdateUserHierarchyStructure, levels),
            (UpdateUserIdentityInfo, with(user, info)),
            (UpdateUserNotificationStatus, with(user, json!({ "NotificationId": "n", "Status": "READ" }))),
            (UpdateUserPhoneConfig, with(user, json!({ "PhoneConfig": {} }))),
            (UpdateUserProficiencies, with(user, skills)),
            (UpdateUserRoutingProfile, with(user, self.routing.clone())),
            (UpdateUserSecurityProfiles, with(user, json!({ "SecurityProfileIds": [profile["SecurityProfileId"]] }))),
        ]
    }
}

/// Returns the configuration of a quick connect.
fn phone() -> Value {
    json!({ "QuickConnectType": "PHONE_NUMBER", "PhoneConfig": { "PhoneNumber": "+4922112345" } })
}

/// Returns an object with the keys of both values.
fn with(base: &Value, more: Value) -> Value {
    let mut input = base.clone();
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// A request of the test.
struct Route {
    name: String,
    operation: Option<Operation>,
    method: &'static str,
    path: String,
    query: String,
    body: Vec<u8>,
    /// Whether the request succeeds for a user without any permissions.
    open: bool,
}

fn routes(world: &World, key_of_admin: &str) -> Vec<Route> {
    let mut routes: Vec<Route> = operations(world)
        .into_iter()
        .map(|(operation, input)| {
            let (path, query, body) = request(operation, &input);
            let open = matches!(
                operation,
                DescribeInstance | DescribeInstanceAttribute | ListInstanceAttributes | ListInstances
            );
            let name = operation.name().to_owned();
            Route { name, operation: Some(operation), method: operation.method(), path, query, body, open }
        })
        .collect();
    let known: Vec<_> = EXTENSIONS.iter().map(|(method, path, ..)| (*method, *path)).collect();
    for route in MANAGEMENT_ROUTES {
        assert!(known.contains(route), "{route:?} is missing from the sweep");
    }
    assert_eq!(known.len(), MANAGEMENT_ROUTES.len(), "the sweep has a route that is gone");
    let (admin, profile) = (world.user("admin"), world.profile("Admin"));
    // The latest change in the history is the creation of the hierarchy group.
    let audit = world.operator.send("GET", &format!("/floorkey/v1/instances/{}/audit", world.instance), "", b"").json();
    let revision = audit["Events"][0]["Outcome"]["Revision"].to_string();
    let token = world.extension("POST", "/api-tokens", &json!({ "Label": "sweep", "Scopes": ["search"] }));
    let orders = json!({ "Permissions": [{ "Name": "refund" }] });
    world.extension("PUT", "/applications/orders", &orders);
    let resources = json!({ "Resources": [{ "Id": "1" }] });
    world.extension("PUT", "/applications/orders/resources", &resources);
    for (method, template, body, open) in EXTENSIONS {
        let path = template
            .replace("{InstanceId}", &world.instance)
            .replace("{UserId}", &admin)
            .replace("{AccessKeyId}", key_of_admin)
            .replace("{Username}", "admin")
            .replace("{SecurityProfileId}", &profile)
            .replace("{Namespace}", "orders")
            .replace("{Sequence}", "0")
            .replace("{FindingId}", "administrators-without-mfa")
            .replace("{ApiTokenId}", token["ApiTokenId"].as_str().unwrap());
        let body = body
            .replace("{UserId}", &admin)
            .replace("{Replacement}", &world.profile("Agent"))
            .replace("{Revision}", &revision);
        let (name, body) = (format!("{method} {template}"), body.into_bytes());
        routes.push(Route { name, operation: None, method, path, query: String::new(), body, open: *open });
    }
    routes
}

impl Route {
    fn by(&self, client: &Client) -> Answer {
        let answer = client.send(self.method, &self.path, &self.query, &self.body);
        check(&answer, self.operation);
        answer
    }

    fn refused(&self, answer: &Answer, kind: ExceptionKind) {
        let text = String::from_utf8_lossy(&answer.body);
        assert_eq!(answer.header("x-amzn-errortype"), Some(kind.name()), "{}: {text}", self.name);
    }
}

/// Returns all readable data of the instance. The test compares two results to check that nothing has changed.
fn seen(world: &World) -> Vec<Value> {
    let status = format!("/floorkey/v1/instances/{}/users/{}/status", world.instance, world.user("admin"));
    let assignable = world.profile("CallCenterManager");
    let assignable = format!("/floorkey/v1/instances/{}/security-profiles/{assignable}/assignable", world.instance);
    let get = |path: &str| world.operator.send("GET", path, "", b"").json();
    vec![
        world.ok(DescribeInstance, json!({})),
        world.ok(ListInstanceAttributes, json!({})),
        world.operator.ok(ListInstances, &json!({})),
        world.ok(SearchUsers, json!({})),
        world.ok(ListUsers, json!({})),
        world.ok(ListSecurityProfiles, json!({})),
        world.ok(DescribeUserHierarchyStructure, json!({})),
        world.ok(SearchUserHierarchyGroups, json!({})),
        world.ok(ListQueues, json!({})),
        world.ok(ListRoutingProfiles, json!({})),
        world.ok(ListHoursOfOperations, json!({})),
        world.ok(ListAgentStatuses, json!({})),
        world.ok(ListRoutingProfileQueues, json!({ "RoutingProfileId": world.routing_profile() })),
        get(&status),
        get(&assignable),
        world.extension("GET", "/applications", &Value::Null),
        world.extension("GET", "/applications/orders/resources", &Value::Null),
        world.extension("GET", "/api-tokens", &Value::Null),
    ]
}

fn prepared() -> (World, Vec<Route>) {
    let world = World::new();
    let levels = json!({ "HierarchyStructure": { "LevelOne": { "Name": "Site" } } });
    world.ok(UpdateUserHierarchyStructure, levels);
    let admin = world.server.as_user(&world.instance, &world.user("admin"));
    let routes = routes(&world, &admin.key.id);
    (world, routes)
}

#[test]
fn every_route_rejects_missing_and_wrong_signatures() {
    let (world, routes) = prepared();
    let before = seen(&world);
    let address = world.server.address;
    let wrong_secret = world.server.client(Key { secret: "wrong".to_owned(), ..world.operator.key.clone() });
    let nobody = Key { id: "AKIANOBODY0000000000".to_owned(), secret: "wrong".to_owned() };
    let nobody = world.server.client(nobody);
    for route in &routes {
        let answer = unsigned(address, route.method, &route.path, &route.query, &route.body);
        check(&answer, route.operation);
        route.refused(&answer, MissingAuthenticationToken);
        route.refused(&route.by(&wrong_secret), InvalidSignature);
        route.refused(&route.by(&nobody), UnrecognizedClient);
    }
    assert_eq!(seen(&world), before);
}

#[test]
fn every_route_refuses_users_without_the_permission() {
    let (world, routes) = prepared();
    let agent = world.new_user("agent", &[&world.profile("Agent")]);
    let agent = world.server.as_user(&world.instance, &agent);
    let before = seen(&world);
    for route in &routes {
        let answer = route.by(&agent);
        if route.open {
            assert_eq!(answer.status, 200, "{}: {}", route.name, String::from_utf8_lossy(&answer.body));
        } else {
            route.refused(&answer, AccessDenied);
        }
    }
    assert_eq!(seen(&world), before);
}

#[test]
fn an_instance_does_not_exist_for_users_of_another_one() {
    let (world, routes) = prepared();
    let input = json!({
        "IdentityManagementType": "CONNECT_MANAGED", "InstanceAlias": "other", "InboundCallsEnabled": true,
        "OutboundCallsEnabled": true,
    });
    let other = text(&world.operator.ok(CreateInstance, &input)["Id"]);
    let first = |operation, list: &str, name: &str| {
        let rows = world.operator.ok(operation, &json!({ "InstanceId": other }))[list].clone();
        text(&rows.as_array().unwrap().iter().find(|row| row["Name"] == name).unwrap()["Id"])
    };
    // The caller is a full administrator of another instance, and has no access to this instance.
    let mut input = world.user_input("mallory", &[]);
    input["InstanceId"] = json!(other);
    input["SecurityProfileIds"] = json!([first(ListSecurityProfiles, "SecurityProfileSummaryList", "Admin")]);
    let routing = first(ListRoutingProfiles, "RoutingProfileSummaryList", "Basic Routing Profile");
    input["RoutingProfileId"] = json!(routing);
    let mallory = text(&world.operator.ok(CreateUser, &input)["UserId"]);
    let mallory = world.server.as_user(&other, &mallory);
    let before = seen(&world);
    for route in &routes {
        let answer = route.by(&mallory);
        match (route.operation, route.path.as_str()) {
            (Some(ListInstances), _) => {
                assert_eq!(answer.json()["InstanceSummaryList"].as_array().unwrap().len(), 1);
                assert_eq!(answer.json()["InstanceSummaryList"][0]["Id"], other);
            }
            (Some(CreateInstance), _) | (None, "/floorkey/v1/reset") => route.refused(&answer, AccessDenied),
            // The model lists no exception for a missing instance.
            (Some(CreatePrompt), _) => route.refused(&answer, InvalidRequest),
            (None, "/floorkey/v1/permissions") => assert_eq!(answer.status, 200),
            _ => {
                route.refused(&answer, ResourceNotFound);
                assert!(String::from_utf8_lossy(&answer.body).contains("There is no instance"), "{}", route.name);
            }
        }
    }
    assert_eq!(seen(&world), before);
}
