//! Tests that a search finds exactly what single evaluations allow, regardless of the attributes in the request.

use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use super::{ACTIONS, Application, EVALUATION, RESOURCES, SUBJECTS, question, records};
use crate::world::{World, column, text};

/// Returns the body of a search request. If all IDs are given, it is the body of an evaluation request.
fn asked(
    subject: (Option<&str>, &Value),
    action: Option<(&str, &Value)>,
    resource: (&str, Option<&str>, &Value),
) -> Value {
    let mut body = json!({
        "subject": { "type": "user", "id": subject.0, "properties": subject.1 },
        "resource": { "type": resource.0, "id": resource.1, "properties": resource.2 },
    });
    if let Some((name, said)) = action {
        body["action"] = json!({ "name": name, "properties": said });
    }
    body
}

fn found(application: &Application, path: &str, body: &Value) -> Vec<String> {
    let whole = application.ask(path, body);
    let called = if path == ACTIONS { "name" } else { "id" };
    // A search with small pages returns the same results.
    let (mut pages, mut page) = (Vec::new(), json!({ "limit": 1 }));
    loop {
        let mut body = body.clone();
        body["page"] = page;
        let answer = application.ask(path, &body);
        pages.extend(answer["results"].as_array().unwrap().iter().cloned());
        let token = text(&answer["page"]["next_token"]);
        if token.is_empty() {
            break;
        }
        page = json!({ "token": token });
    }
    assert_eq!(whole["results"], Value::from(pages), "{path} {body}");
    column(&whole["results"], called)
}

#[test]
fn searches_find_exactly_what_evaluations_allow() {
    let world = records();
    let application = Application::of(&world);
    let (users, things, actions) = (["admin", "alice", "bob"], ["record-1", "record-2"], ["delete", "read", "write"]);
    let mut counts = Vec::new();
    for (of_user, of_action, of_thing) in [
        (json!(null), json!(null), json!(null)),
        (json!(null), json!({ "soft": true }), json!({ "status": "archived" })),
        (json!({ "role": ["admin"] }), json!({ "soft": [true] }), json!(null)),
        (json!({ "role": "admin" }), json!({ "soft": false }), json!({ "tags": { "status": "archived" } })),
        (json!(null), json!({ "soft": true }), json!({ "status": {} })),
        (json!({ "role": "none" }), json!({}), json!({ "status": "active", "tags": { "status": null } })),
    ] {
        let allowed = |user: &str, action: (&str, &Value), thing: &str| {
            let question = asked((Some(user), &of_user), Some(action), ("record", Some(thing), &of_thing));
            application.ask(EVALUATION, &question)["decision"] == true
        };
        let mut count = 0;
        for thing in things {
            for name in actions {
                let action = (name, &of_action);
                let body = asked((None, &of_user), Some(action), ("record", Some(thing), &of_thing));
                let mut found = found(&application, SUBJECTS, &body);
                found.sort();
                let expected: Vec<_> = users.into_iter().filter(|user| allowed(user, action, thing)).collect();
                assert_eq!(found, expected, "{body}");
                count += expected.len();
            }
            for user in users {
                let body = asked((Some(user), &of_user), None, ("record", Some(thing), &of_thing));
                let plain = |name: &&str| allowed(user, (name, &Value::Null), thing);
                let expected: Vec<_> = actions.into_iter().filter(plain).collect();
                assert_eq!(found(&application, ACTIONS, &body), expected, "{body}");
            }
        }
        for user in users {
            for name in actions {
                let action = (name, &of_action);
                let body = asked((Some(user), &of_user), Some(action), ("record", None, &of_thing));
                let expected: Vec<_> = things.into_iter().filter(|thing| allowed(user, action, thing)).collect();
                assert_eq!(found(&application, RESOURCES, &body), expected, "{body}");
            }
        }
        counts.push(count);
    }
    // The expected number of results depends on the attributes in the request.
    assert_eq!(counts, [6, 8, 5, 6, 6, 6]);
}

#[test]
fn supplied_attributes_of_built_in_resources_are_used_in_searches() {
    let world = World::new();
    let application = Application::of(&world);
    let profile = world.operator.ok(
        Operation::CreateSecurityProfile,
        &json!({ "InstanceId": world.instance, "SecurityProfileName": "North", "Permissions": ["Users.View"],
            "AllowedAccessControlTags": { "site": "north" }, "TagRestrictedResources": ["User"] }),
    );
    let mut people = vec![world.user("admin")];
    for (name, site) in [("ann", "south"), ("nora", "north")] {
        let mut input = world.user_input(name, &[&text(&profile["SecurityProfileId"])]);
        input["Tags"] = json!({ "site": site });
        people.push(text(&world.operator.ok(Operation::CreateUser, &input)["UserId"]));
    }
    people.sort();
    for (said, count) in [
        (json!(null), 1),
        (json!({ "site": "north" }), 3),
        (json!({ "tags": { "site": "south" } }), 0),
        (json!({ "site": ["north"] }), 0),
        (json!({ "team": "red" }), 1),
    ] {
        let ask = |id: Option<&str>| {
            asked((Some("ann"), &Value::Null), Some(("Users.View", &Value::Null)), ("User", id, &said))
        };
        let may = |id: &&String| application.ask(EVALUATION, &ask(Some(id.as_str())))["decision"] == true;
        let expected: Vec<_> = people.iter().filter(may).cloned().collect();
        assert_eq!(found(&application, RESOURCES, &ask(None)), expected, "{said}");
        assert_eq!(expected.len(), count, "{said}");
        for id in &people {
            let body = asked((Some("ann"), &Value::Null), None, ("User", Some(id), &said));
            let is_found = found(&application, ACTIONS, &body).contains(&"Users.View".to_owned());
            assert_eq!(is_found, expected.contains(id), "{body}");
        }
    }
    // The instance itself has no attributes. Attributes in the request can't place the instance within a scope.
    let instance = |said: &Value| {
        let body = asked((Some("ann"), &Value::Null), Some(("Users.View", &Value::Null)), ("instance", None, said));
        found(&application, RESOURCES, &body)
    };
    assert_eq!(instance(&json!({ "site": "north" })), [""; 0]);
}

#[test]
fn searches_find_built_in_resources() {
    let world = World::new();
    let application = Application::of(&world);
    let on = |kind: &str, action: &str| {
        let body = json!({ "subject": { "type": "user", "id": "admin" }, "action": { "name": action },
            "resource": { "type": kind }, "context": { "floorkey": { "details": true } } });
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
