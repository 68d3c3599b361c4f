//! Tests the tags of resources, which are identified by ARN.

use floorkey_aws::exception::ExceptionKind::{AccessDenied, InvalidParameter, ResourceNotFound};
use floorkey_aws::operation::Operation;
use serde_json::json;

use crate::world::{World, text};

#[test]
fn every_resource_with_an_arn_can_be_tagged() {
    let world = World::new();
    let user = world.new_user("tagged", &[&world.profile("Agent")]);
    let structure = json!({ "HierarchyStructure": { "LevelOne": { "Name": "Site" } } });
    world.ok(Operation::UpdateUserHierarchyStructure, structure);
    let group = text(&world.ok(Operation::CreateUserHierarchyGroup, json!({ "Name": "Lyon" }))["HierarchyGroupId"]);
    let basic = |list, member: &str, name: &str| world.id_in(list, member, "Name", name);
    let hours = basic(Operation::ListHoursOfOperations, "HoursOfOperationSummaryList", "Basic Hours");
    let queue = basic(Operation::ListQueues, "QueueSummaryList", "BasicQueue");
    let status = basic(Operation::ListAgentStatuses, "AgentStatusSummaryList", "Offline");
    for tail in [
        String::new(),
        format!("/agent/{user}"),
        format!("/security-profile/{}", world.profile("Agent")),
        format!("/agent-group/{group}"),
        format!("/routing-profile/{}", world.routing_profile()),
        format!("/queue/{queue}"),
        format!("/operating-hours/{hours}"),
        format!("/agent-state/{status}"),
    ] {
        let arn = json!(world.arn(&tail));
        let listed = || world.operator.ok(Operation::ListTagsForResource, &json!({ "resourceArn": arn }));
        assert_eq!(listed(), json!({ "tags": {} }), "{tail}");
        let tags = json!({ "resourceArn": arn, "tags": { "site": "lyon", "a b+c": "" } });
        assert_eq!(world.operator.ok(Operation::TagResource, &tags), json!({}));
        let tags = json!({ "resourceArn": arn, "tags": { "site": "graz" } });
        assert_eq!(world.operator.ok(Operation::TagResource, &tags), json!({}));
        assert_eq!(listed(), json!({ "tags": { "site": "graz", "a b+c": "" } }));
        let keys = json!({ "resourceArn": arn, "tagKeys": ["a b+c", "never there"] });
        assert_eq!(world.operator.ok(Operation::UntagResource, &keys), json!({}));
        assert_eq!(listed(), json!({ "tags": { "site": "graz" } }));
    }
    let described = world.ok(Operation::DescribeUser, json!({ "UserId": user }));
    assert_eq!(described["User"]["Tags"], json!({ "site": "graz" }));
}

#[test]
fn only_existing_resources_can_be_tagged() {
    let world = World::new();
    let nobody = "00000000-0000-4000-8000-000000000000";
    let here = world.arn("");
    for (arn, kind) in [
        ("x".to_owned(), InvalidParameter),
        ("arn:aws:s3:::bucket".to_owned(), InvalidParameter),
        (format!("{here}/contact-flow/x"), InvalidParameter),
        (format!("{here}/agent/{nobody}"), ResourceNotFound),
        (format!("{here}/queue/{}", world.routing_profile()), ResourceNotFound),
        (format!("{here}/agent-group-level/1"), ResourceNotFound),
        (format!("{here}/queue/agent/{nobody}"), ResourceNotFound),
        (here.replace("us-east-1", "eu-west-2"), ResourceNotFound),
        (here.replace("123456789012", "210987654321"), ResourceNotFound),
        (here.replace(&world.instance, nobody), ResourceNotFound),
    ] {
        let list = json!({ "resourceArn": arn });
        world.operator.refused(Operation::ListTagsForResource, &list, kind);
        let tag = json!({ "resourceArn": arn, "tags": { "a": "b" } });
        world.operator.refused(Operation::TagResource, &tag, kind);
        let untag = json!({ "resourceArn": arn, "tagKeys": ["a"] });
        world.operator.refused(Operation::UntagResource, &untag, kind);
    }
    let many: serde_json::Map<_, _> = (0..50).map(|n| (format!("key{n}"), json!("x"))).collect();
    let arn = world.arn(&format!("/routing-profile/{}", world.routing_profile()));
    world.operator.ok(Operation::TagResource, &json!({ "resourceArn": arn, "tags": many }));
    for tags in [json!({ "one more": "x" }), json!({ "aws:x": "y" }), json!({ "a!": "y" }), json!({})] {
        world.operator.refused(Operation::TagResource, &json!({ "resourceArn": arn, "tags": tags }), InvalidParameter);
    }
}

#[test]
fn tagging_needs_the_permission_of_the_tagged_resource() {
    let world = World::new();
    let ann = world.somebody("ann", &["Users.Edit"]);
    let user = world.arn(&format!("/agent/{}", world.user("ann")));
    let profile = world.arn(&format!("/security-profile/{}", world.profile("Agent")));
    let tag = |arn: &str| json!({ "resourceArn": arn, "tags": { "a": "b" } });
    ann.ok(Operation::TagResource, &tag(&user));
    ann.ok(Operation::ListTagsForResource, &json!({ "resourceArn": user }));
    for arn in [&profile, &world.arn(""), &profile.replace(&world.profile("Agent"), "x")] {
        ann.refused(Operation::TagResource, &tag(arn), AccessDenied);
        ann.refused(Operation::ListTagsForResource, &json!({ "resourceArn": arn }), AccessDenied);
    }
}
