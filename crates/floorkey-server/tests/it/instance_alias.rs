//! Tests a server with several instances. The pages before sign-in list no instances, and do not reveal whether an
//! instance exists.

use floorkey_aws::operation::Operation;
use serde_json::json;

use crate::server::ADMIN_PASSWORD;
use crate::visitor::{Visitor, page};
use crate::world::World;

/// Creates a server with a second instance that has the given alias.
fn with_second(alias: &str) -> World {
    let world = World::new();
    let input = json!({ "IdentityManagementType": "CONNECT_MANAGED", "InstanceAlias": alias,
        "InboundCallsEnabled": false, "OutboundCallsEnabled": false });
    world.operator.ok(Operation::CreateInstance, &input);
    world
}

#[test]
fn l11_the_sign_in_page_asks_for_the_alias_and_lists_no_instance() {
    let world = with_second("secret-center");
    let first = world.ok(Operation::ListInstances, json!({}))["InstanceSummaryList"][0]["InstanceAlias"].clone();
    let first = world.ok(Operation::ListInstances, json!({}))["InstanceSummaryList"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["InstanceAlias"].as_str())
        .find(|alias| *alias != "secret-center")
        .map_or_else(|| first.as_str().unwrap_or_default().to_owned(), str::to_owned);
    let visitor = Visitor::new(&world.server);
    let asked = visitor.see("/connect/login");
    assert_eq!(asked.field("Alias of the instance").value(), "");
    asked.assert_lacks("secret-center");
    asked.assert_lacks(&first);
    let answer = visitor.get(&format!("/connect/login?instance={first}&next=%2Fconnect%2Fusers"));
    assert_eq!(answer.status, 303);
    let form = format!("/connect/login/{first}");
    assert_eq!(answer.header("location"), Some(format!("{form}?next=%2Fconnect%2Fusers").as_str()));

    // After a sign-in, the browser remembers only the instance of that sign-in.
    let signed_in = visitor.post(&form, &[("username", "admin"), ("password", ADMIN_PASSWORD)]);
    assert_eq!(signed_in.status, 303, "{}", page(&signed_in));
    assert_eq!(visitor.post("/connect/logout", &[]).status, 303);
    let asked = visitor.see("/connect/login");
    assert!(asked.has_link_to(&form), "{asked}");
    asked.assert_lacks("secret-center");
}

#[test]
fn l11_unknown_and_existing_aliases_get_the_same_responses() {
    let world = with_second("secret-center");
    let visitor = Visitor::new(&world.server);
    let alike = |ask: &dyn Fn(&str) -> (u16, String)| {
        let [exists, missing] = ["secret-center", "no-such-place"].map(|alias| {
            let (status, text) = ask(alias);
            (status, text.replace(alias, "ALIAS"))
        });
        assert_eq!(exists, missing);
        exists.0
    };
    let seen = |answer: crate::http::Answer| (answer.status, String::from_utf8_lossy(&answer.body).into_owned());
    assert_eq!(alike(&|alias| seen(visitor.get(&format!("/connect/login/{alias}")))), 200);
    assert_eq!(alike(&|alias| seen(visitor.get(&format!("/connect/forgot/{alias}")))), 200);
    let who = [("username", "somebody"), ("password", "Wr0ng-password")];
    assert_eq!(alike(&|alias| seen(visitor.post(&format!("/connect/login/{alias}"), &who))), 401);
    assert_eq!(alike(&|alias| seen(visitor.post(&format!("/connect/forgot/{alias}"), &who[..1]))), 200);
    let metadata = |alias: &str| seen(visitor.get(&format!("/.well-known/authzen-configuration/{alias}")));
    assert_eq!(alike(&metadata), 200);
    // The page shows the alias in its address as plain text, not as markup.
    let odd = visitor.see("/connect/login/%3Cscript%3E%22%2F..%2F");
    odd.assert_lacks("<script>");
    odd.assert_lacks("\"/../");
}
