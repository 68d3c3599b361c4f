//! Searches, whole and page by page.

use floorkey_connect::operation::Operation;
use serde_json::{Value, json};

use super::{ACTIONS, Application, EVALUATION, RESOURCES, SUBJECTS, question, records};
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
fn pages_show_one_revision_whatever_happens_meanwhile() {
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
        // The limit may be left out or said again.
        page = if n == 0 { json!({ "token": token }) } else { json!({ "token": token, "limit": 3 }) };
        world.new_user(&format!("person{n:02}a"), &[&profile]);
        let gone = world.user(&format!("person{:02}", 6 - n));
        world.ok(Operation::DeleteUser, json!({ "UserId": gone }));
    }
    assert_eq!(found, whole);
    assert_ne!(ids(&application.ask(SUBJECTS, &who("Users.View", Value::Null))), whole);
}

#[test]
fn a_page_token_goes_on_with_its_own_search_only() {
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
    // After a restart users have other places.
    world.server.restart();
    application.address = world.server.address;
    assert!(application.refused(SUBJECTS, &go_on(&token)).contains("can't be used any more"));
}

#[test]
fn pages_of_no_results_and_of_all() {
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

#[test]
fn what_a_search_finds_is_allowed_and_what_it_does_not_find_is_not() {
    let world = records();
    let application = Application::of(&world);
    let (users, things, actions) = (["admin", "alice", "bob"], ["record-1", "record-2"], ["delete", "read", "write"]);
    let allowed = |user: &str, action: &Value, thing: &Value| {
        let mut question = question(user, "", "record", "");
        (question["action"], question["resource"]) = (action.clone(), thing.clone());
        application.ask(EVALUATION, &question)["decision"] == true
    };
    for (properties, said) in [(json!(null), json!(null)), (json!({ "status": "archived" }), json!({ "soft": true }))] {
        let thing = |id: &str| json!({ "type": "record", "id": id, "properties": properties });
        for id in things {
            for name in actions {
                let action = json!({ "name": name, "properties": said });
                let body = json!({ "subject": { "type": "user" }, "action": action, "resource": thing(id) });
                let mut found = ids(&application.ask(SUBJECTS, &body));
                found.sort();
                assert_eq!(
                    found,
                    users.into_iter().filter(|user| allowed(user, &action, &thing(id))).collect::<Vec<_>>()
                );
            }
            for user in users {
                let body = json!({ "subject": { "type": "user", "id": user }, "resource": thing(id) });
                let found = application.ask(ACTIONS, &body);
                let found: Vec<_> = found["results"].as_array().unwrap().iter().map(|one| text(&one["name"])).collect();
                let plain = |name: &&str| allowed(user, &json!({ "name": name }), &thing(id));
                assert_eq!(found, actions.into_iter().filter(plain).collect::<Vec<_>>(), "{user} {id}");
            }
        }
        for user in users {
            for name in actions {
                let action = json!({ "name": name, "properties": said });
                let body = json!({ "subject": { "type": "user", "id": user }, "action": action,
                    "resource": { "type": "record", "properties": properties } });
                let found = ids(&application.ask(RESOURCES, &body));
                assert_eq!(
                    found,
                    things.into_iter().filter(|id| allowed(user, &action, &thing(id))).collect::<Vec<_>>()
                );
            }
        }
    }
}

#[test]
fn built_in_things_are_searched_too() {
    let world = World::new();
    let application = Application::of(&world);
    let on = |kind: &str, action: &str| {
        let body = json!({ "subject": { "type": "user", "id": "admin" }, "action": { "name": action }, "resource": { "type": kind } });
        application.ask(RESOURCES, &body)
    };
    for (kind, action, id, name) in [
        ("User", "Users.Edit", world.user("admin"), json!("admin")),
        ("routing-profile", "RoutingPolicies.View", world.routing_profile(), json!("Basic Routing Profile")),
        ("instance", "Users.Edit", world.instance.clone(), json!(null)),
    ] {
        let found = on(kind, action);
        assert_eq!(found["results"].as_array().unwrap().len(), 1, "{found}");
        let result = &found["results"][0];
        assert_eq!((&result["type"], &result["id"]), (&json!(kind), &json!(id)));
        assert_eq!(result["properties"]["name"], name);
        assert_eq!(application.reason(&question("admin", action, kind, &id)), "granted");
    }
    assert_eq!(on("SecurityProfile", "SecurityProfiles.View")["results"].as_array().unwrap().len(), 4);
    for (kind, action) in [("User", "Queues.View"), ("spaceship", "fly"), ("ContactFlow", "ContactFlows.View")] {
        assert_eq!(on(kind, action), json!({ "results": [] }), "{kind}");
    }
    let actions =
        json!({ "subject": { "type": "user", "id": "admin" }, "resource": { "type": "instance", "id": "floorkey" } });
    let names = application.ask(ACTIONS, &actions);
    let names: Vec<_> = names["results"].as_array().unwrap().iter().map(|one| text(&one["name"])).collect();
    assert!(names.contains(&"Users.Edit".to_owned()) && !names.contains(&"RestrictTaskCreation.Access".to_owned()));
    assert!(names.is_sorted());
}
