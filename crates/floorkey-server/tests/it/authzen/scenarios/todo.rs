//! Tests the todo list scenario. It has five users, four roles, and todos that belong to an owner. The subject of each
//! user's identity token is the user's login.
//!
//! The test vectors come from the scenario's final form, "Todo 1.1". The file is
//! `test/decisions-authorization-api-1_0-02.json`, in which batches are arrays. Test vectors of earlier drafts are not
//! used. These drafts put the owner outside `properties`, where the standard ignores additional keys.

use serde_json::{Value, json};

use super::{Grant, grant, profile, profile_name, raw, register, user};
use crate::authzen::{Application, EVALUATION, EVALUATIONS};
use crate::world::World;

/// Each user's login (the `sub` of the user's token), email address and roles.
pub(super) const USERS: [(&str, &str, &[&str]); 5] = [
    ("CiRmZDA2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs", RICK, &["admin", "evil_genius"]),
    ("CiRmZDE2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs", MORTY, &["editor"]),
    ("CiRmZDI2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs", SUMMER, &["editor"]),
    ("CiRmZDM2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs", BETH, &["viewer"]),
    ("CiRmZDQ2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs", JERRY, &["viewer"]),
];

const RICK: &str = "rick@the-citadel.com";
const MORTY: &str = "morty@the-citadel.com";
const SUMMER: &str = "summer@the-smiths.com";
const BETH: &str = "beth@the-smiths.com";
const JERRY: &str = "jerry@the-smiths.com";

/// The ID of the todo in the test vectors.
const TODO: &str = "7240d0db-8ff0-41ec-98b2-34a096273b9f";

/// Creates the users, each with the profiles for the user's roles.
pub(super) fn hire(world: &World) {
    for (login, email, roles) in USERS {
        let profiles: Vec<String> = roles.iter().map(|role| world.profile(&profile_name(role))).collect();
        let profiles: Vec<&str> = profiles.iter().map(String::as_str).collect();
        user(world, login, &profiles, json!({ "email": email }));
    }
}

/// Creates the todo list. The resource type `user` represents the namespace `todo-users`, not Floorkey's own users.
fn todo_list() -> (World, Application) {
    let world = World::new();
    let of_todos = ["can_read_todos", "can_create_todo", "can_update_todo", "can_delete_todo"];
    register(&world, "todo", &of_todos);
    register(&world, "todo-users", &["can_read_user"]);
    let own = json!({ "Kind": "Same", "Attribute": "ownerID", "OfSubject": "email" });
    let viewer = || vec![grant("todo-users", "can_read_user"), grant("todo", "can_read_todos")];
    let role = |name: &str, more: Vec<Grant>| {
        let grants: Vec<Grant> = viewer().into_iter().chain(more).collect();
        profile(&world, name, &grants)
    };
    let of = |permission| grant("todo", permission);
    role("viewer", Vec::new());
    let own_update = || of("can_update_todo").only_if(own.clone());
    let own_delete = || of("can_delete_todo").only_if(own.clone());
    role("editor", vec![of("can_create_todo"), own_update(), own_delete()]);
    role("admin", vec![of("can_create_todo"), own_update(), of("can_delete_todo")]);
    role("evil_genius", vec![of("can_create_todo"), of("can_update_todo"), own_delete()]);
    hire(&world);
    let settings = json!({ "ResourceTypes": { "user": "todo-users" } });
    let application = Application::with(&world, "Todo", &settings);
    (world, application)
}

fn ask(subject: &str, action: &str, resource: Value) -> Value {
    json!({ "subject": { "type": "user", "id": subject }, "action": { "name": action }, "resource": resource })
}

fn todo_of(owner: &str) -> Value {
    json!({ "type": "todo", "id": TODO, "properties": { "ownerID": owner } })
}

#[test]
fn the_todo_list_decides_as_expected() {
    let (_world, application) = todo_list();
    let mut asked = 0;
    let mut check = |question: Value, expected: bool| {
        let answer = application.ask(EVALUATION, &question);
        assert_eq!(answer["decision"], expected, "{question}: {answer}");
        asked += 1;
    };
    // Three expected decisions for each user: creating todos, changing Rick's todos, and changing the user's own todos.
    // For Rick, the third decision is about Morty's todos.
    for ((login, email, _), [create, ricks, own]) in USERS.into_iter().zip([
        [true, true, true],
        [true, false, true],
        [true, false, true],
        [false, false, false],
        [false, false, false],
    ]) {
        let other = if email == RICK { MORTY } else { email };
        let person = |id: &str| json!({ "type": "user", "id": id });
        let first = json!({ "type": "todo", "id": "todo-1" });
        check(ask(login, "can_read_user", person(BETH)), true);
        check(ask(login, "can_read_user", person(email)), true);
        check(ask(login, "can_read_todos", first.clone()), true);
        check(ask(login, "can_create_todo", first), create);
        for action in ["can_update_todo", "can_delete_todo"] {
            check(ask(login, action, todo_of(RICK)), ricks);
            check(ask(login, action, todo_of(other)), own);
        }
    }
    assert_eq!(asked, 40);
}

#[test]
fn the_todo_list_answers_batches_as_expected() {
    let (_world, application) = todo_list();
    let [rick, morty, _, _, jerry] = USERS.map(|(login, ..)| login);
    for (login, owner, expected) in [
        (rick, JERRY, r#"[{"decision":true},{"decision":true}]"#),
        (morty, MORTY, r#"[{"decision":false},{"decision":true}]"#),
        (jerry, JERRY, r#"[{"decision":false},{"decision":false}]"#),
    ] {
        let items = json!([{ "resource": todo_of(RICK) }, { "resource": todo_of(owner) }]);
        let mut body = json!({ "subject": { "type": "user", "id": login }, "action": { "name": "can_update_todo" } });
        body["evaluations"] = items;
        let expected = format!(r#"{{"evaluations":{expected}}}"#);
        assert_eq!(raw(&application, EVALUATIONS, &body), expected, "{body}");
        // The payload specification also contains a variant of this request with empty objects.
        body["resource"] = json!({});
        body["context"] = json!({});
        assert_eq!(raw(&application, EVALUATIONS, &body), expected, "{body}");
    }
}
