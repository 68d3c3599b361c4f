//! Tests security profiles, their lists and their users.

use floorkey_aws::exception::ExceptionKind::{DuplicateResource, InvalidParameter, ResourceInUse, ResourceNotFound};
use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::world::{World, column, text, timeless};

#[test]
fn a_profile_is_created_described_and_deleted() {
    let world = World::new();
    let made = world.ok(
        Operation::CreateSecurityProfile,
        json!({
            "SecurityProfileName": "Team leads",
            "Description": "Leads of the teams",
            "Permissions": ["Users.Edit"],
            "Tags": { "site": "lyon" },
            "AllowedAccessControlTags": { "site": "lyon" },
            "TagRestrictedResources": ["User", "Queue"],
            "HierarchyRestrictedResources": ["User"],
        }),
    );
    let id = text(&made["SecurityProfileId"]);
    let arn = world.arn(&format!("/security-profile/{id}"));
    assert_eq!(made, json!({ "SecurityProfileId": id, "SecurityProfileArn": arn }));
    let described = world.ok(Operation::DescribeSecurityProfile, json!({ "SecurityProfileId": id }));
    assert_eq!(
        timeless(described),
        json!({ "SecurityProfile": {
            "AllowedAccessControlTags": { "site": "lyon" },
            "Arn": arn,
            "Description": "Leads of the teams",
            "HierarchyRestrictedResources": ["User"],
            "Id": id,
            "LastModifiedRegion": "us-east-1",
            "OrganizationResourceId": world.instance,
            "SecurityProfileName": "Team leads",
            "TagRestrictedResources": ["User", "Queue"],
            "Tags": { "site": "lyon" },
            "Type": "CUSTOMER_MANAGED",
        }})
    );
    let listed = world.ok(Operation::ListSecurityProfilePermissions, json!({ "SecurityProfileId": id }));
    assert_eq!(
        timeless(listed),
        json!({ "Permissions": ["Users.View", "Users.Edit"], "LastModifiedRegion": "us-east-1" })
    );
    assert_eq!(world.ok(Operation::DeleteSecurityProfile, json!({ "SecurityProfileId": id })), json!({}));
    let again = world.in_instance(json!({ "SecurityProfileId": id }));
    let message = world.operator.refused(Operation::DescribeSecurityProfile, &again, ResourceNotFound);
    assert_eq!(message, format!("There is no security profile `{id}` in this instance."));
    world.operator.refused(Operation::DeleteSecurityProfile, &again, ResourceNotFound);
}

#[test]
fn an_update_keeps_absent_members_and_clears_empty_ones() {
    let world = World::new();
    let id = world.new_profile("Edited", &["Users.View", "Queues.View"]);
    let update = |mut input: Value| {
        input["SecurityProfileId"] = json!(id);
        assert_eq!(world.ok(Operation::UpdateSecurityProfile, input), json!({}));
    };
    let described =
        || world.ok(Operation::DescribeSecurityProfile, json!({ "SecurityProfileId": id }))["SecurityProfile"].clone();
    let permissions = || {
        let list = world.ok(Operation::ListSecurityProfilePermissions, json!({ "SecurityProfileId": id }));
        list["Permissions"].clone()
    };
    update(json!({ "Description": "New" }));
    assert_eq!(described()["Description"], "New");
    assert_eq!(permissions(), json!(["Queues.View", "Users.View"]));
    update(json!({ "AllowedAccessControlTags": { "a": "b" }, "TagRestrictedResources": ["User"] }));
    update(json!({ "Permissions": ["Queues.View"] }));
    assert_eq!(described()["AllowedAccessControlTags"], json!({ "a": "b" }));
    assert_eq!(permissions(), json!(["Queues.View"]));
    update(json!({
        "Description": "", "Permissions": [], "AllowedAccessControlTags": {}, "TagRestrictedResources": [],
        "HierarchyRestrictedResources": [], "Applications": [], "AllowedFlowModules": [],
    }));
    assert_eq!(described()["Description"], "");
    assert_eq!(described().get("AllowedAccessControlTags"), None);
    assert_eq!(permissions(), json!([]));
    update(json!({}));
}

#[test]
fn applications_modules_and_agents_of_a_profile_have_their_own_lists() {
    let world = World::new();
    let applications = json!([
        { "Namespace": "crm", "ApplicationPermissions": ["ACCESS"], "Type": "THIRD_PARTY_APPLICATION" },
        { "Namespace": "tools", "ApplicationPermissions": ["read", "write"], "Type": "MCP" },
    ]);
    let modules = json!([{ "FlowModuleId": "m-1", "Type": "MCP" }, { "FlowModuleId": "m-2" }]);
    let agents = json!([{ "Arn": "arn:aws:wisdom:us-east-1:123456789012:ai-agent/x", "Type": "THIRD_PARTY" }]);
    let granular = json!({ "DataTableAccessControlConfiguration": {
        "PrimaryAttributeAccessControlConfiguration": { "PrimaryAttributeValues": [
            { "AccessType": "ALLOW", "AttributeName": "region", "Values": ["north"] },
        ]},
    }});
    let made = world.ok(
        Operation::CreateSecurityProfile,
        json!({
            "SecurityProfileName": "Apps", "Applications": applications, "AllowedFlowModules": modules,
            "AllowedAIAgents": agents, "GranularAccessControlConfiguration": granular,
        }),
    );
    let id = text(&made["SecurityProfileId"]);
    let of = json!({ "SecurityProfileId": id });
    let described = world.ok(Operation::DescribeSecurityProfile, of.clone());
    assert_eq!(described["SecurityProfile"]["GranularAccessControlConfiguration"], granular);
    assert_eq!(world.ok(Operation::ListSecurityProfileApplications, of.clone())["Applications"], applications);
    assert_eq!(world.ok(Operation::ListSecurityProfileFlowModules, of.clone())["AllowedFlowModules"], modules);
    assert_eq!(world.ok(Operation::ListSecurityProfileAIAgents, of.clone())["AllowedAIAgents"], agents);
    let mut page = of;
    page["maxResults"] = json!(1);
    let first = world.ok(Operation::ListSecurityProfileApplications, page.clone());
    assert_eq!(first["Applications"], json!([applications[0]]));
    page["nextToken"] = first["NextToken"].clone();
    let second = world.ok(Operation::ListSecurityProfileApplications, page.clone());
    assert_eq!((&second["Applications"], second.get("NextToken")), (&json!([applications[1]]), None));
    // A page token is valid only for the list and the profile that the token was issued for.
    world.operator.refused(
        Operation::ListSecurityProfileFlowModules,
        &world.in_instance(page.clone()),
        InvalidParameter,
    );
    page["SecurityProfileId"] = json!(world.profile("Agent"));
    world.operator.refused(Operation::ListSecurityProfileApplications, &world.in_instance(page), InvalidParameter);
}

#[test]
fn names_are_unique_and_errors_name_the_invalid_input() {
    let world = World::new();
    let create =
        |input: Value, kind| world.operator.refused(Operation::CreateSecurityProfile, &world.in_instance(input), kind);
    let message = create(json!({ "SecurityProfileName": "admin" }), DuplicateResource);
    assert_eq!(message, "There is already a security profile named `Admin` (names are not case-sensitive).");
    let message = create(json!({ "SecurityProfileName": "X", "Permissions": ["Users.Edti"] }), InvalidParameter);
    assert_eq!(
        message,
        "Permissions: `Users.Edti` is not a permission; did you mean `Users.Edit`? To list all permissions, run \
        `floorkey permissions`."
    );
    let message = create(json!({ "SecurityProfileName": "X", "Permissions": ["users.edit"] }), InvalidParameter);
    assert_eq!(
        message,
        "Permissions: `users.edit` is not a permission; did you mean `Users.Edit`? To list all permissions, run \
        `floorkey permissions`."
    );
    let message =
        create(json!({ "SecurityProfileName": "X", "Permissions": ["RoutingProfiles.View"] }), InvalidParameter);
    assert!(message.contains("did you mean `RoutingPolicies.View`?"), "{message}");
    for (input, part) in [
        (json!({ "SecurityProfileName": "a/b" }), "SecurityProfileName"),
        (json!({ "SecurityProfileName": " " }), "blank"),
        (json!({ "SecurityProfileName": "X", "TagRestrictedResources": ["User"] }), "require each other"),
        (json!({ "SecurityProfileName": "X", "AllowedAccessControlTags": { "a": "b" } }), "require each other"),
        (json!({ "SecurityProfileName": "X", "AllowedFlowModules": [{}] }), "FlowModuleId"),
        (json!({ "SecurityProfileName": "X", "AllowedAIAgents": [{}] }), "Arn"),
        (json!({ "SecurityProfileName": "X", "Applications": [{ "Namespace": "a" }] }), "at least one"),
        (json!({ "SecurityProfileName": "X", "Tags": { "aws:x": "y" } }), "aws:"),
        (json!({ "SecurityProfileName": "X", "HierarchyRestrictedResources": ["Queue"] }), "`Queue`"),
    ] {
        let message = create(input, InvalidParameter);
        assert!(message.contains(part), "{message}");
    }
    let nowhere = json!({
        "SecurityProfileName": "X", "HierarchyRestrictedResources": ["User"],
        "AllowedAccessControlHierarchyGroupId": "00000000-0000-4000-8000-000000000000",
    });
    create(nowhere, ResourceNotFound);
}

#[test]
fn a_profile_with_users_cannot_be_deleted() {
    let world = World::new();
    let id = world.new_profile("Held", &["Users.View"]);
    world.new_user("holder", &[&id]);
    let input = world.in_instance(json!({ "SecurityProfileId": id }));
    let answer = world.operator.call(Operation::DeleteSecurityProfile, &input);
    assert_eq!(answer.status, 409);
    assert_eq!(
        answer.json(),
        json!({
            "Message": "The security profile is in use: 1 user has `Held` (holder): assign them another profile first.",
            "ResourceId": id,
        })
    );
    world.operator.refused(Operation::DeleteSecurityProfile, &input, ResourceInUse);
}

#[test]
fn profiles_are_assigned_to_users_by_their_arns() {
    let world = World::new();
    let (a, b) = (world.new_profile("A", &["Users.View"]), world.new_profile("B", &["Queues.View"]));
    let user = world.new_user("entity", &[&a]);
    let entity = |more: Value| {
        let mut input = json!({ "EntityType": "USER", "EntityArn": world.arn(&format!("/agent/{user}")) });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.in_instance(input)
    };
    let given = || {
        let list = world.operator.ok(Operation::ListEntitySecurityProfiles, &entity(json!({})));
        column(&list["SecurityProfiles"], "Id")
    };
    let both = json!({ "SecurityProfiles": [{ "Id": b }] });
    assert_eq!(world.operator.ok(Operation::AssociateSecurityProfiles, &entity(both.clone())), json!({}));
    assert_eq!(given(), [a.clone(), b.clone()]);
    let first = world.operator.ok(Operation::ListEntitySecurityProfiles, &entity(json!({ "MaxResults": 1 })));
    let next = json!({ "MaxResults": 1, "NextToken": first["NextToken"] });
    let second = world.operator.ok(Operation::ListEntitySecurityProfiles, &entity(next));
    assert_eq!(second, json!({ "SecurityProfiles": [{ "Id": b }] }));
    assert_eq!(world.operator.ok(Operation::DisassociateSecurityProfiles, &entity(both)), json!({}));
    assert_eq!(given(), std::slice::from_ref(&a));
    let last = entity(json!({ "SecurityProfiles": [{ "Id": a }] }));
    world.operator.refused(Operation::DisassociateSecurityProfiles, &last, InvalidParameter);

    for (arn, kind) in [
        ("x".to_owned(), InvalidParameter),
        (world.arn("/queue/x"), InvalidParameter),
        (world.arn("/agent/00000000-0000-4000-8000-000000000000"), ResourceNotFound),
        (world.arn(&format!("/agent/{user}")).replace(&world.instance, &user), ResourceNotFound),
    ] {
        let mut input = entity(json!({ "SecurityProfiles": [{ "Id": b }] }));
        input["EntityArn"] = json!(arn);
        world.operator.refused(Operation::AssociateSecurityProfiles, &input, kind);
    }
    let mut agent = entity(json!({ "SecurityProfiles": [{ "Id": b }] }));
    agent["EntityType"] = json!("AI_AGENT");
    world.operator.refused(Operation::AssociateSecurityProfiles, &agent, ResourceNotFound);
    world.operator.refused(Operation::ListEntitySecurityProfiles, &agent, ResourceNotFound);
    let unnamed = entity(json!({ "SecurityProfiles": [{}] }));
    world.operator.refused(Operation::AssociateSecurityProfiles, &unnamed, InvalidParameter);
}

#[test]
fn profiles_are_searched_by_name_and_tags() {
    let world = World::new();
    let search = |mut input: Value| {
        input["InstanceId"] = json!(world.instance);
        let found = world.operator.ok(Operation::SearchSecurityProfiles, &input);
        (column(&found["SecurityProfiles"], "SecurityProfileName"), found["ApproximateTotalCount"].clone(), found)
    };
    let (names, total, all) = search(json!({}));
    assert_eq!(names, ["Admin", "Agent", "CallCenterManager", "QualityAnalyst"]);
    assert_eq!(total, 4);
    let row = &all["SecurityProfiles"][1];
    let id = text(&row["Id"]);
    let expected = json!({
        "Arn": world.arn(&format!("/security-profile/{id}")),
        "Description": row["Description"],
        "Id": id,
        "OrganizationResourceId": world.instance,
        "SecurityProfileName": "Agent",
        "Tags": {},
        "Type": "CUSTOMER_MANAGED",
    });
    assert_eq!(*row, expected);
    let name = |how: &str, value: &str| json!({ "SearchCriteria": { "StringCondition": { "FieldName": "name", "Value": value, "ComparisonType": how } } });
    assert_eq!(search(name("STARTS_WITH", "a")).0, ["Admin", "Agent"]);
    assert_eq!(search(name("CONTAINS", "an")).0, ["CallCenterManager", "QualityAnalyst"]);
    assert_eq!(search(name("EXACT", "AGENT")).0, ["Agent"]);
    let mut paged = name("STARTS_WITH", "a");
    paged["MaxResults"] = json!(1);
    let (names, total, page) = search(paged.clone());
    assert_eq!((names, total), (vec!["Admin".to_owned()], json!(2)));
    paged["NextToken"] = page["NextToken"].clone();
    let (names, _, page) = search(paged.clone());
    assert_eq!((names, page.get("NextToken")), (vec!["Agent".to_owned()], None));
    paged["SearchCriteria"]["StringCondition"]["Value"] = json!("b");
    world.operator.refused(Operation::SearchSecurityProfiles, &world.in_instance(paged), InvalidParameter);
    let tags = json!({ "SearchFilter": { "TagFilter": { "TagCondition": { "TagKey": "site" } } } });
    assert!(search(tags).0.is_empty());
    let wrong = world.in_instance(json!({ "SearchCriteria": { "StringCondition": { "FieldName": "name" } } }));
    world.operator.refused(Operation::SearchSecurityProfiles, &wrong, InvalidParameter);
}
