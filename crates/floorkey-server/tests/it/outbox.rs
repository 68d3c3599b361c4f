//! Tests the demo's outbox, which contains links that give access to accounts.

use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::server::Server;
use crate::visitor::Visitor;
use crate::world::{World, text};

#[test]
fn only_full_administrators_can_view_the_outbox_of_the_demo() {
    let server = Server::demo();
    let (operator, instance) = (server.operator(), server.instance());
    let world = World { server, operator, instance };
    let editors = world.new_profile("Editors of users", &["Users.Edit", "Users.Create"]);
    let boss = world.new_user("new.boss", &[&world.profile("Admin")]);
    for (login, profile) in [("mia.outbox", editors), ("root.outbox", world.profile("Admin"))] {
        world.new_user(login, &[&profile]);
    }
    let identity = json!({ "FirstName": "New", "LastName": "Boss", "Email": "new.boss@example.com" });
    world.ok(Operation::UpdateUserIdentityInfo, json!({ "UserId": boss, "IdentityInfo": identity }));
    let invited = world.extension("POST", &format!("/users/{boss}/invite"), &json!({}));
    assert_eq!(text(&invited["Email"]), "new.boss@example.com");
    assert_ne!(invited, Value::Null);

    let browser = |login: &str| {
        let visitor = Visitor::new(&world.server);
        visitor.sign_in_first(login, "Passw0rd", "Better-passw0rd");
        visitor
    };
    let mia = browser("mia.outbox");
    assert_eq!(mia.get("/connect/outbox").status, 404);
    mia.see("/connect/access").assert_lacks("/connect/outbox");
    let root = browser("root.outbox");
    let shown = root.see("/connect/outbox");
    shown.assert_shows("new.boss@example.com");
    assert!(shown.contains("/connect/link/"), "{shown}");
}
