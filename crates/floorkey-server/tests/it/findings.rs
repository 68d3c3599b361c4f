//! Tests the operations of the management API on findings.

use serde_json::{Value, json};

use crate::world::World;

fn list(world: &World) -> Vec<Value> {
    let findings = world.extension("GET", "/findings", &Value::Null);
    findings["Findings"].as_array().unwrap().clone()
}

fn finding(world: &World, id: &str) -> Value {
    let all = list(world);
    all.iter().find(|finding| finding["FindingId"] == id).unwrap_or_else(|| panic!("no {id} in {all:?}")).clone()
}

/// Returns a time in some days, in seconds since 1970.
fn time(days: i64) -> i64 {
    floorkey_service::clock::now().as_millis() / 1000 + days * 86_400
}

#[test]
fn findings_are_listed_with_their_users() {
    let world = World::new();
    let admin = world.user("admin");
    let ids: Vec<_> = list(&world).iter().map(|finding| finding["FindingId"].clone()).collect();
    assert_eq!(ids, ["administrators-without-mfa", "single-administrator", "unused-profiles"]);
    let first = finding(&world, "administrators-without-mfa");
    assert_eq!((&first["Severity"], &first["Count"]), (&json!("high"), &json!(1)));
    assert_eq!(first["UserIds"], json!([admin]));
    let unused = finding(&world, "unused-profiles");
    assert_eq!((&unused["Count"], unused["SecurityProfileIds"].as_array().unwrap().len()), (&json!(3), 3));
    assert!(unused.get("UserIds").is_none(), "{unused}");
}

#[test]
fn a_finding_is_dismissed_reopened_and_assigned() {
    let world = World::new();
    let id = "administrators-without-mfa";
    let (dismiss, reopen) = (format!("/findings/{id}/dismiss"), format!("/findings/{id}/reopen"));
    let until = time(30);
    let done = world.extension("POST", &dismiss, &json!({ "Reason": "moving", "UntilTime": until }));
    assert!(done["Revision"].is_u64(), "{done}");
    let dismissed = finding(&world, id);
    let dismissal = &dismissed["Dismissal"];
    assert_eq!((&dismissal["Reason"], &dismissal["Count"]), (&json!("moving"), &json!(1)));
    assert_eq!(dismissal["UntilTime"].as_f64().unwrap() as i64, until);
    assert!(dismissal.get("UserId").is_none(), "the operator: {dismissal}");
    assert_eq!(list(&world).last().unwrap()["FindingId"], id, "dismissed findings are at the end");
    world.extension("POST", &reopen, &json!({}));
    assert!(finding(&world, id).get("Dismissal").is_none());
    let admin = world.user("admin");
    world.extension("PUT", &format!("/findings/{id}/assignee"), &json!({ "UserId": admin }));
    assert_eq!(finding(&world, id)["AssigneeId"], admin);
    world.extension("PUT", &format!("/findings/{id}/assignee"), &json!({}));
    assert!(finding(&world, id).get("AssigneeId").is_none());
    let audit = world.extension("GET", "/audit", &Value::Null);
    let acts: Vec<_> = audit["Events"].as_array().unwrap().iter().take(4).map(|event| event["Act"].clone()).collect();
    assert_eq!(acts, ["AssignFinding", "AssignFinding", "ReopenFinding", "DismissFinding"]);
    assert_eq!(audit["Events"][0]["Targets"], json!([{ "Kind": "Finding", "Id": id }]));
}

#[test]
fn decisions_are_refused_with_reasons() {
    let world = World::new();
    let dismiss = "/findings/administrators-without-mfa/dismiss";
    let valid = json!({ "Reason": "moving", "UntilTime": time(30) });
    let status = |path: &str, body: &Value| world.try_extension(&world.operator, "POST", path, body).status;
    assert_eq!(status(dismiss, &json!({ "Reason": " ", "UntilTime": time(30) })), 400);
    assert_eq!(status(dismiss, &json!({ "Reason": "moving", "UntilTime": time(-1) })), 400);
    assert_eq!(status(dismiss, &json!({ "Reason": "moving", "UntilTime": time(400) })), 400);
    assert_eq!(status(dismiss, &json!({ "Reason": "moving", "UntilTime": -5 })), 400);
    assert_eq!(status("/findings/unknown/dismiss", &valid), 404);
    assert_eq!(status("/findings/many-administrators/dismiss", &valid), 404);
    assert_eq!(status("/findings/administrators-without-mfa/reopen", &json!({})), 400);
    // Users can't dismiss findings about themselves, and need permissions without a scope.
    let admin = world.server.as_user(&world.instance, &world.user("admin"));
    let refused = world.try_extension(&admin, "POST", dismiss, &valid);
    assert_eq!(refused.status, 403);
    assert!(String::from_utf8_lossy(&refused.body).contains("about yourself"));
    let reader = world.somebody("rea", &["Users.View"]);
    assert_eq!(world.try_extension(&reader, "POST", dismiss, &valid).status, 403);
    let seen = world.try_extension(&reader, "GET", "/findings", &Value::Null).json();
    let about_access = seen.to_string().contains("administrators");
    assert!(!about_access, "{seen}");
    let agent = world.somebody("agnes", &["BasicAgentAccess"]);
    assert_eq!(world.try_extension(&agent, "GET", "/findings", &Value::Null).status, 403);
    let auditor = world.somebody("aud", &["Users.View", "SecurityProfiles.Edit"]);
    assert_eq!(world.try_extension(&auditor, "POST", dismiss, &valid).status, 200);
}
