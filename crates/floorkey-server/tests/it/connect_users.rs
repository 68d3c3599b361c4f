//! Tests creating, describing, changing and deleting users.

use floorkey_aws::exception::ExceptionKind::{DuplicateResource, InvalidParameter, InvalidRequest, ResourceNotFound};
use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::world::{World, column, text, timeless};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

#[test]
fn a_user_is_created_described_and_deleted() {
    let world = World::new();
    let (agent, routing) = (world.profile("Agent"), world.routing_profile());
    let mut input = world.user_input("ann.other", &[&agent]);
    input["IdentityInfo"] = json!({
        "FirstName": "Ann", "LastName": "Other", "Email": "ann@example.com",
        "SecondaryEmail": "ann2@example.com", "Mobile": "+4930123456",
    });
    input["PhoneConfig"] = json!({
        "PhoneType": "DESK_PHONE", "AutoAccept": true, "AfterContactWorkTimeLimit": 20,
        "DeskPhoneNumber": "+4930654321",
    });
    input["Tags"] = json!({ "site": "lyon" });
    let made = world.operator.ok(Operation::CreateUser, &input);
    let id = text(&made["UserId"]);
    let arn = world.arn(&format!("/agent/{id}"));
    assert_eq!(made, json!({ "UserId": id, "UserArn": arn }));
    let each = |value: Value| -> Vec<Value> {
        ["VOICE", "CHAT", "TASK", "EMAIL"]
            .map(|channel| {
                let mut entry = value.clone();
                entry["Channel"] = json!(channel);
                entry
            })
            .into()
    };
    let of = json!({ "UserId": id });
    assert_eq!(
        timeless(world.ok(Operation::DescribeUser, of.clone())),
        json!({ "User": {
            "AfterContactWorkConfigs": each(json!({ "AfterContactWorkConfig": { "AfterContactWorkTimeLimit": 20 } })),
            "Arn": arn,
            "AutoAcceptConfigs": each(json!({ "AutoAccept": true })),
            "Id": id,
            "IdentityInfo": {
                "Email": "ann@example.com", "FirstName": "Ann", "LastName": "Other", "Mobile": "+4930123456",
                "SecondaryEmail": "ann2@example.com",
            },
            "LastModifiedRegion": "us-east-1",
            "PhoneConfig": {
                "AfterContactWorkTimeLimit": 20, "AutoAccept": true, "DeskPhoneNumber": "+4930654321",
                "PhoneType": "DESK_PHONE",
            },
            "PhoneNumberConfigs": [{ "Channel": "VOICE", "PhoneNumber": "+4930654321", "PhoneType": "DESK_PHONE" }],
            "RoutingProfileId": routing,
            "SecurityProfileIds": [agent],
            "Tags": { "site": "lyon" },
            "Username": "ann.other",
        }})
    );
    assert_eq!(world.ok(Operation::DeleteUser, of.clone()), json!({}));
    let gone = world.in_instance(of);
    let message = world.operator.refused(Operation::DescribeUser, &gone, ResourceNotFound);
    assert_eq!(message, format!("There is no user `{id}` in this instance."));
    world.operator.refused(Operation::DeleteUser, &gone, ResourceNotFound);
    // The deleted user's login is reserved, but the operator can use it for another user.
    assert_ne!(world.new_user("ann.other", &[&agent]), id);
}

#[test]
fn invalid_users_are_refused_and_errors_name_the_input() {
    let world = World::new();
    let agent = world.profile("Agent");
    let with = |change: &dyn Fn(&mut Value)| {
        let mut input = world.user_input("wrong", &[&agent]);
        change(&mut input);
        input
    };
    let refused = |kind, part: &str, change: &dyn Fn(&mut Value)| {
        let message = world.operator.refused(Operation::CreateUser, &with(change), kind);
        assert!(message.contains(part), "{part}: {message}");
        assert!(!message.contains("hunter2"), "{message}");
    };
    let remove = |input: &mut Value, name: &str| {
        input.as_object_mut().unwrap().remove(name);
    };
    refused(InvalidParameter, "Password", &|input| remove(input, "Password"));
    refused(InvalidParameter, "Password", &|input| input["Password"] = json!("hunter2"));
    refused(InvalidParameter, "Password", &|input| input["Password"] = json!("hunter2hunter2"));
    refused(InvalidParameter, "SecurityProfileIds", &|input| input["SecurityProfileIds"] = json!([]));
    refused(InvalidParameter, "more than once", &|input| input["SecurityProfileIds"] = json!([agent, agent]));
    refused(ResourceNotFound, NOBODY, &|input| input["SecurityProfileIds"] = json!([NOBODY]));
    refused(ResourceNotFound, "security profile `x`", &|input| input["SecurityProfileIds"] = json!(["x"]));
    refused(ResourceNotFound, "routing profile", &|input| input["RoutingProfileId"] = json!("x"));
    refused(ResourceNotFound, "hierarchy group", &|input| input["HierarchyGroupId"] = json!(NOBODY));
    refused(InvalidParameter, "FirstName", &|input| remove(input, "IdentityInfo"));
    refused(InvalidParameter, "Email", &|input| input["IdentityInfo"]["Email"] = json!("no address"));
    refused(InvalidParameter, "Username", &|input| input["Username"] = json!("a b"));
    refused(DuplicateResource, "`admin`", &|input| input["Username"] = json!("ADMIN"));
    refused(InvalidParameter, "one script", &|input| input["Username"] = json!("\u{430}dmin"));
    refused(InvalidParameter, "can't be set together", &|input| {
        input["PhoneConfig"] = json!({ "AutoAccept": false });
        input["AutoAcceptConfigs"] = json!([{ "Channel": "VOICE", "AutoAccept": true }]);
    });
    refused(InvalidParameter, "desk phone", &|input| input["PhoneConfig"] = json!({ "PhoneType": "DESK_PHONE" }));
    let users = world.ok(Operation::ListUsers, json!({}));
    assert_eq!(column(&users["UserSummaryList"], "Username"), ["admin"]);
}

#[test]
fn users_of_a_saml_instance_have_no_passwords() {
    let world = World::new();
    let made = world.operator.ok(
        Operation::CreateInstance,
        &json!({
            "IdentityManagementType": "SAML", "InstanceAlias": "saml", "InboundCallsEnabled": true,
            "OutboundCallsEnabled": true,
        }),
    );
    let saml = text(&made["Id"]);
    let find = |operation, list: &str, name: &str| {
        let rows = world.operator.ok(operation, &json!({ "InstanceId": saml }))[list].clone();
        let row = rows.as_array().unwrap().iter().find(|row| row["Name"] == name).unwrap().clone();
        text(&row["Id"])
    };
    let mut input = json!({
        "InstanceId": saml,
        "Username": "ann@example.com",
        "IdentityInfo": { "FirstName": "Ann", "LastName": "Other" },
        "SecurityProfileIds": [find(Operation::ListSecurityProfiles, "SecurityProfileSummaryList", "Agent")],
        "RoutingProfileId": find(Operation::ListRoutingProfiles, "RoutingProfileSummaryList", "Basic Routing Profile"),
    });
    input["Password"] = json!("Passw0rd");
    let message = world.operator.refused(Operation::CreateUser, &input, InvalidParameter);
    assert!(message.contains("leave it out"), "{message}");
    input.as_object_mut().unwrap().remove("Password");
    input["DirectoryUserId"] = json!("x");
    world.operator.refused(Operation::CreateUser, &input, InvalidParameter);
    input.as_object_mut().unwrap().remove("DirectoryUserId");
    input["IdentityInfo"]["Email"] = json!("ann@example.com");
    world.operator.refused(Operation::CreateUser, &input, InvalidParameter);
    input["IdentityInfo"] = json!({ "FirstName": "Ann", "LastName": "Other" });
    world.operator.ok(Operation::CreateUser, &input);
}

#[test]
fn each_field_can_be_updated() {
    let world = World::new();
    let agent = world.profile("Agent");
    let analyst = world.profile("QualityAnalyst");
    let id = world.new_user("changing", &[&agent]);
    let update = |operation, mut input: Value| {
        input["UserId"] = json!(id);
        assert_eq!(world.ok(operation, input), json!({}));
        world.ok(Operation::DescribeUser, json!({ "UserId": id }))["User"].clone()
    };
    let user = update(
        Operation::UpdateUserIdentityInfo,
        json!({ "IdentityInfo": { "FirstName": "Bea", "LastName": "Other", "Email": "bea@example.com" } }),
    );
    assert_eq!(user["IdentityInfo"]["Email"], "bea@example.com");
    let user = update(
        Operation::UpdateUserIdentityInfo,
        json!({ "IdentityInfo": { "FirstName": "Bea", "LastName": "Second" } }),
    );
    assert_eq!(user["IdentityInfo"], json!({ "FirstName": "Bea", "LastName": "Second" }));
    let user = update(Operation::UpdateUserSecurityProfiles, json!({ "SecurityProfileIds": [analyst, agent] }));
    assert_eq!(user["SecurityProfileIds"], json!([analyst, agent]));

    let structure = json!({ "HierarchyStructure": { "LevelOne": { "Name": "Site" } } });
    world.ok(Operation::UpdateUserHierarchyStructure, structure);
    let group = world.ok(Operation::CreateUserHierarchyGroup, json!({ "Name": "Lyon" }));
    let group = text(&group["HierarchyGroupId"]);
    let user = update(Operation::UpdateUserHierarchy, json!({ "HierarchyGroupId": group }));
    assert_eq!(user["HierarchyGroupId"], group);
    let user = update(Operation::UpdateUserHierarchy, json!({}));
    assert_eq!(user.get("HierarchyGroupId"), None);

    let queue = world.id_in(Operation::ListQueues, "QueueSummaryList", "Name", "BasicQueue");
    let routing = world.ok(
        Operation::CreateRoutingProfile,
        json!({
            "Name": "Other", "Description": "Another one", "DefaultOutboundQueueId": queue,
            "MediaConcurrencies": [{ "Channel": "VOICE", "Concurrency": 1 }],
        }),
    );
    let routing = text(&routing["RoutingProfileId"]);
    let user = update(Operation::UpdateUserRoutingProfile, json!({ "RoutingProfileId": routing }));
    assert_eq!(user["RoutingProfileId"], routing);

    for (operation, input) in [
        (Operation::UpdateUserRoutingProfile, json!({ "RoutingProfileId": queue })),
        (Operation::UpdateUserHierarchy, json!({ "HierarchyGroupId": "x" })),
        (Operation::UpdateUserSecurityProfiles, json!({ "SecurityProfileIds": [NOBODY] })),
        (Operation::UpdateUserNotificationStatus, json!({ "NotificationId": "n", "Status": "READ" })),
    ] {
        let mut input = world.in_instance(input);
        input["UserId"] = json!(id);
        world.operator.refused(operation, &input, ResourceNotFound);
        input["UserId"] = json!(NOBODY);
        world.operator.refused(operation, &input, ResourceNotFound);
    }
}

#[test]
fn phone_settings_have_two_equivalent_forms() {
    let world = World::new();
    let id = world.new_user("phone", &[&world.profile("Agent")]);
    let update = |operation, mut input: Value| {
        input["UserId"] = json!(id);
        assert_eq!(world.ok(operation, input), json!({}));
        world.ok(Operation::DescribeUser, json!({ "UserId": id }))["User"].clone()
    };
    let fresh = world.ok(Operation::DescribeUser, json!({ "UserId": id }))["User"].clone();
    let new = json!({ "AfterContactWorkTimeLimit": 0, "AutoAccept": false, "PhoneType": "SOFT_PHONE" });
    assert_eq!(fresh["PhoneConfig"], new);
    assert_eq!(fresh.get("AutoAcceptConfigs"), None);
    let user = update(
        Operation::UpdateUserConfig,
        json!({
            "AutoAcceptConfigs": [
                { "Channel": "CHAT", "AutoAccept": true },
                { "Channel": "VOICE", "AutoAccept": true, "AgentFirstCallbackAutoAccept": false },
            ],
            "AfterContactWorkConfigs": [{
                "Channel": "VOICE",
                "AfterContactWorkConfig": { "AfterContactWorkTimeLimit": 30 },
                "AgentFirstCallbackAfterContactWorkConfig": { "AfterContactWorkTimeLimit": 40 },
            }],
            "PersistentConnectionConfigs": [{ "Channel": "VOICE", "PersistentConnection": true }],
            "VoiceEnhancementConfigs": [{ "Channel": "VOICE", "VoiceEnhancementMode": "NOISE_SUPPRESSION" }],
        }),
    );
    assert_eq!(
        user["PhoneConfig"],
        json!({
            "AfterContactWorkTimeLimit": 30, "AutoAccept": true, "PersistentConnection": true,
            "PhoneType": "SOFT_PHONE",
        })
    );
    assert_eq!(
        user["AutoAcceptConfigs"],
        json!([
            { "AgentFirstCallbackAutoAccept": false, "AutoAccept": true, "Channel": "VOICE" },
            { "AutoAccept": true, "Channel": "CHAT" },
        ])
    );
    let user = update(
        Operation::UpdateUserPhoneConfig,
        json!({ "PhoneConfig": { "PhoneType": "SOFT_PHONE", "AfterContactWorkTimeLimit": 5 } }),
    );
    assert_eq!(user["AfterContactWorkConfigs"].as_array().unwrap().len(), 4);
    assert_eq!(user.get("AutoAcceptConfigs"), None);
    assert_eq!(user["VoiceEnhancementConfigs"][0]["VoiceEnhancementMode"], "NOISE_SUPPRESSION");
    let twice = json!([{ "Channel": "CHAT", "AutoAccept": true }, { "Channel": "CHAT", "AutoAccept": false }]);
    let input = world.in_instance(json!({ "UserId": id, "AutoAcceptConfigs": twice }));
    world.operator.refused(Operation::UpdateUserConfig, &input, InvalidParameter);
}

#[test]
fn proficiencies_are_added_changed_and_removed() {
    let world = World::new();
    let id = world.new_user("skilled", &[&world.profile("Agent")]);
    let skill = |name: &str, level: f64| json!({ "AttributeName": name, "AttributeValue": "yes", "Level": level });
    let call = |operation, skills: Vec<Value>| {
        let input = world.in_instance(json!({ "UserId": id, "UserProficiencies": skills }));
        world.operator.call(operation, &input)
    };
    let listed = |input: Value| {
        let mut input = world.in_instance(input);
        input["UserId"] = json!(id);
        world.operator.ok(Operation::ListUserProficiencies, &input)
    };
    assert_eq!(
        call(Operation::AssociateUserProficiencies, vec![skill("French", 2.0), skill("Printers", 4.5)]).status,
        200
    );
    assert_eq!(
        timeless(listed(json!({}))),
        json!({
            "LastModifiedRegion": "us-east-1",
            "UserProficiencyList": [skill("French", 2.0), skill("Printers", 4.5)],
        })
    );
    assert_eq!(call(Operation::UpdateUserProficiencies, vec![skill("French", 3.3)]).status, 200);
    let first = listed(json!({ "maxResults": 1 }));
    assert_eq!(first["UserProficiencyList"], json!([skill("French", 3.3)]));
    let second = listed(json!({ "maxResults": 1, "nextToken": first["NextToken"] }));
    assert_eq!(
        (column(&second["UserProficiencyList"], "AttributeName"), second.get("NextToken")),
        (vec!["Printers".to_owned()], None)
    );
    let kinds = [
        (Operation::AssociateUserProficiencies, vec![skill("French", 1.0)], InvalidRequest),
        (Operation::AssociateUserProficiencies, vec![skill("Dutch", 6.0)], InvalidParameter),
        (Operation::UpdateUserProficiencies, vec![skill("Dutch", 1.0)], ResourceNotFound),
        (Operation::DisassociateUserProficiencies, vec![skill("Dutch", 1.0)], ResourceNotFound),
    ];
    for (operation, skills, kind) in kinds {
        let input = world.in_instance(json!({ "UserId": id, "UserProficiencies": skills }));
        world.operator.refused(operation, &input, kind);
    }
    assert_eq!(call(Operation::DisassociateUserProficiencies, vec![skill("French", 1.0)]).status, 200);
    assert_eq!(column(&listed(json!({}))["UserProficiencyList"], "AttributeName"), ["Printers"]);
}
