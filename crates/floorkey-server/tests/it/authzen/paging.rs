//! Tests searches whose results are split into pages.

use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use super::{ACTIONS, Application, RESOURCES, SUBJECTS};
use crate::world::{World, text};

fn who(action: &str, page: Value) -> Value {
    json!({ "subject": { "type": "user" }, "action": { "name": action },
        "resource": { "type": "instance", "id": "floorkey" }, "page": page })
}

fn ids(answer: &Value) -> Vec<String> {
    answer["results"].as_array().unwrap().iter().map(|result| text(&result["id"])).collect()
}

fn team(people: usize) -> (World, String) {
    let world = World::new();
    let profile = world.new_profile("Viewers", &["Users.View"]);
    for n in 0..people {
        world.new_user(&format!("person{n:02}"), &[&profile]);
    }
    (world, profile)
}

#[test]
fn pages_show_one_revision_despite_changes_in_between() {
    let (world, profile) = team(7);
    let application = Application::of(&world);
    let whole = application.ask(SUBJECTS, &who("Users.View", Value::Null));
    assert_eq!(whole.get("page"), None);
    let whole = ids(&whole);
    assert_eq!(whole.len(), 8);
    let mut found = Vec::new();
    let mut page = json!({ "limit": 3 });
    for n in 0.. {
        let raw = application.try_ask(SUBJECTS, &who("Users.View", page.clone()));
        assert!(raw.body.starts_with(b"{\"page\":"), "the page comes first");
        let answer = raw.json();
        found.extend(ids(&answer));
        let token = text(&answer["page"]["next_token"]);
        if token.is_empty() {
            assert_eq!(n, 2);
            break;
        }
        assert_eq!(answer["page"]["count"], 3);
        // Requests for later pages can omit or repeat the limit.
        page = if n == 0 { json!({ "token": token }) } else { json!({ "token": token, "limit": 3 }) };
        world.new_user(&format!("person{n:02}a"), &[&profile]);
        let gone = world.user(&format!("person{:02}", 6 - n));
        world.ok(Operation::DeleteUser, json!({ "UserId": gone }));
    }
    assert_eq!(found, whole);
    assert_ne!(ids(&application.ask(SUBJECTS, &who("Users.View", Value::Null))), whole);
}

#[test]
fn a_page_token_continues_only_its_own_search() {
    let (mut world, _) = team(4);
    let mut application = Application::of(&world);
    let first = application.ask(SUBJECTS, &who("Users.View", json!({ "limit": 2 })));
    let token = text(&first["page"]["next_token"]);
    let go_on = |token: &str| who("Users.View", json!({ "token": token }));
    assert_eq!(application.ask(SUBJECTS, &go_on(&token))["results"].as_array().unwrap().len(), 2);
    let message = application.refused(SUBJECTS, &who("Users.View", json!({ "token": token, "limit": 3 })));
    assert!(message.contains("`page.limit`"), "{message}");
    let mut other = go_on(&token);
    other["context"] = json!({ "a": 1 });
    let changed = [
        who("Users.Edit", json!({ "token": token })),
        other,
        go_on(&format!("{token}A")),
        go_on(&token.to_lowercase()),
        go_on(&"A".repeat(60)),
        go_on("none"),
        go_on(&"x".repeat(10_000)),
    ];
    for body in changed {
        let message = application.refused(SUBJECTS, &body);
        assert!(message.contains("start again"), "{message}");
    }
    assert!(application.refused(SUBJECTS, &who("Users.View", json!({ "limit": -1 }))).contains("page.limit"));
    // A page token is invalid for another kind of search, and for the same search in another instance.
    let named = |page: Value| {
        let mut body = who("Users.View", page);
        body["subject"]["id"] = json!("admin");
        body
    };
    let begun = application.ask(SUBJECTS, &named(json!({ "limit": 2 })));
    let of_subjects = named(json!({ "token": begun["page"]["next_token"] }));
    for path in [RESOURCES, ACTIONS] {
        assert!(application.refused(path, &of_subjects).contains("start again"), "{path}");
    }
    assert_eq!(application.try_ask(SUBJECTS, &of_subjects).status, 200);
    let input = json!({ "IdentityManagementType": "CONNECT_MANAGED", "InstanceAlias": "second",
        "InboundCallsEnabled": true, "OutboundCallsEnabled": true });
    let second = text(&world.operator.ok(Operation::CreateInstance, &input)["Id"]);
    let first = std::mem::replace(&mut world.instance, second);
    let elsewhere = Application::of(&world);
    world.instance = first;
    assert!(elsewhere.refused(SUBJECTS, &who("Users.View", json!({ "token": token }))).contains("start again"));
    // A restart changes the order of users in memory, so the page token is no longer valid.
    world.server.restart();
    application.address = world.server.address;
    assert!(application.refused(SUBJECTS, &go_on(&token)).contains("has expired"));
}

#[test]
fn pages_can_be_empty_or_contain_all_results() {
    let (world, _) = team(3);
    let application = Application::of(&world);
    let none = application.ask(SUBJECTS, &who("Users.View", json!({ "limit": 0 })));
    assert_eq!((&none["results"], &none["page"]["count"]), (&json!([]), &json!(0)));
    assert!(!text(&none["page"]["next_token"]).is_empty());
    let all = application.ask(SUBJECTS, &who("Users.View", json!({})));
    assert_eq!((ids(&all).len(), &all["page"]["next_token"]), (4, &json!("")));
    for limit in [4, 5, u64::MAX] {
        let all = application.ask(SUBJECTS, &who("Users.View", json!({ "limit": limit })));
        assert_eq!((ids(&all).len(), &all["page"]["next_token"]), (4, &json!("")), "{limit}");
    }
    let nobody = application.ask(SUBJECTS, &who("Nothing.View", json!({ "limit": 2 })));
    assert_eq!((&nobody["results"], &nobody["page"]["next_token"]), (&json!([]), &json!("")));
}
