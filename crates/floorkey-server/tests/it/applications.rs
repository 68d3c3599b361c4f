//! Tests applications and their resources, which can be registered, replaced, listed in pages, and deleted.

use serde_json::{Value, json};

use crate::client::{Client, message};
use crate::world::{World, column, text, timeless};

fn orders() -> Value {
    json!({
        "Name": "Orders",
        "Description": "Where orders are kept.",
        "Permissions": [
            { "Name": "view", "Description": "Look at an order." },
            { "Name": "change", "Description": "Change an order.", "Requires": ["view"] },
            { "Name": "refund", "Description": "Give money back.", "Requires": ["change"] },
        ],
    })
}

#[track_caller]
fn refused(world: &World, client: &Client, call: (&str, &str, Value), error: &str, words: &str) {
    let (method, path, body) = call;
    let answer = world.try_extension(client, method, path, &body);
    assert_eq!(answer.header("x-amzn-errortype"), Some(error), "{}", String::from_utf8_lossy(&answer.body));
    assert!(message(&answer).contains(words), "`{}` does not say `{words}`", message(&answer));
}

#[test]
fn an_application_is_registered_described_and_deleted() {
    let world = World::new();
    assert_eq!(world.extension("GET", "/applications", &Value::Null), json!({ "Applications": [] }));
    let made = world.extension("PUT", "/applications/orders", &orders());
    assert!(made["Revision"].as_u64().unwrap() > 1, "{made}");
    world.extension("PUT", "/applications/a%2Fb", &json!({ "Permissions": [{ "Name": "x" }] }));

    let described = timeless(world.extension("GET", "/applications/orders", &Value::Null));
    let permission = |name: &str, description: &str, requires: &[&str], brings: &[&str]| json!({ "Name": name, "Description": description, "Requires": requires, "Brings": brings });
    assert_eq!(
        described,
        json!({
            "Namespace": "orders",
            "Name": "Orders",
            "Description": "Where orders are kept.",
            "Permissions": [
                permission("view", "Look at an order.", &[], &[]),
                permission("change", "Change an order.", &["view"], &["view"]),
                permission("refund", "Give money back.", &["change"], &["change", "view"]),
            ],
            "Resources": 0,
        })
    );
    let list = world.extension("GET", "/applications", &Value::Null);
    assert_eq!(column(&list["Applications"], "Namespace"), ["a/b", "orders"]);
    // The list shows the namespace of an application that has no name.
    assert_eq!(column(&list["Applications"], "Name"), ["a/b", "Orders"]);

    // A second registration replaces the application's first registration entirely.
    let fewer = json!({ "Permissions": [{ "Name": "view" }] });
    world.extension("PUT", "/applications/orders", &fewer);
    let described = world.extension("GET", "/applications/orders", &Value::Null);
    assert_eq!(
        (column(&described["Permissions"], "Name"), &described["Description"]),
        (vec!["view".into()], &"".into())
    );

    world.extension("DELETE", "/applications/orders", &Value::Null);
    let gone = ("GET", "/applications/orders", Value::Null);
    refused(&world, &world.operator, gone, "ResourceNotFoundException", "orders");
    let gone = ("DELETE", "/applications/orders", Value::Null);
    refused(&world, &world.operator, gone, "ResourceNotFoundException", "orders");
}

#[test]
fn errors_name_the_invalid_input() {
    let world = World::new();
    let permission = |more: Value| json!({ "Permissions": [more] });
    for (path, body, error, words) in [
        ("/applications/user", orders(), "InvalidParameterException", "Floorkey's own"),
        ("/applications/Queue", orders(), "InvalidParameterException", "Floorkey's own"),
        ("/applications/orders", json!({}), "SerializationException", "Permissions"),
        ("/applications/orders", json!({ "Permissions": [] }), "InvalidParameterException", "at least one"),
        ("/applications/orders", permission(json!({ "Nmae": "x" })), "SerializationException", "Nmae"),
        (
            "/applications/orders",
            permission(json!({ "Name": "x", "Requires": ["y"] })),
            "InvalidParameterException",
            "`x` requires `y`",
        ),
        (
            "/applications/orders",
            permission(json!({ "Name": "x", "Requires": ["x"] })),
            "InvalidParameterException",
            "requires itself",
        ),
    ] {
        refused(&world, &world.operator, ("PUT", path, body), error, words);
    }
    world.extension("PUT", "/applications/orders", &orders());
    let resources = "/applications/orders/resources";
    let of = |resource: Value| json!({ "Resources": [resource] });
    for (body, error, words) in [
        (of(json!({ "Id": "" })), "InvalidParameterException", "Resources.Id"),
        (of(json!({ "Id": "1", "Attributes": { "a": 1 } })), "SerializationException", "Resources[0].Attributes.a"),
        (of(json!({ "Id": "1", "Atributes": {} })), "SerializationException", "Atributes"),
        (of(json!({ "Id": "1", "HierarchyGroupId": "x" })), "ResourceNotFoundException", "hierarchy group"),
        (json!({ "Resources": [{ "Id": "1" }, { "Id": "1" }] }), "InvalidParameterException", "more than once"),
    ] {
        refused(&world, &world.operator, ("PUT", resources, body), error, words);
    }
    let nowhere = ("PUT", "/applications/none/resources", of(json!({ "Id": "1" })));
    refused(&world, &world.operator, nowhere, "ResourceNotFoundException", "none");
    for query in ["maxResults=0", "maxResults=1001", "nextToken=x", "max=3"] {
        let call = ("GET", &*format!("{resources}?{query}"), Value::Null);
        refused(&world, &world.operator, call, "InvalidParameterException", "");
    }
}

#[test]
fn users_who_can_view_profiles_see_applications_and_only_administrators_change_them() {
    let world = World::new();
    world.extension("PUT", "/applications/orders", &orders());
    let viewer = world.somebody("viewer", &["SecurityProfiles.View"]);
    let list = world.try_extension(&viewer, "GET", "/applications", &Value::Null);
    assert_eq!(column(&list.json()["Applications"], "Namespace"), ["orders"]);
    let editor = world.somebody("editor", &["SecurityProfiles.Edit", "Users.Edit"]);
    for call in [
        ("PUT", "/applications/orders", orders()),
        ("DELETE", "/applications/orders", Value::Null),
        ("PUT", "/applications/orders/resources", json!({ "Resources": [] })),
        ("POST", "/applications/orders/resources/delete", json!({ "Ids": [] })),
    ] {
        refused(&world, &editor, call, "AccessDeniedException", "full administrator");
    }
    let admin = world.new_user("second", &[&world.profile("Admin")]);
    let admin = world.server.as_user(&world.instance, &admin);
    assert_eq!(world.try_extension(&admin, "PUT", "/applications/orders", &orders()).status, 200);
}

#[test]
fn thousands_of_resources_are_registered_at_once_and_listed_in_pages() {
    let world = World::new();
    world.extension("PUT", "/applications/orders", &orders());
    world.extension("PUT", "/applications/others", &orders());
    let resources = "/applications/orders/resources";
    let many: Vec<Value> =
        (0..10_000).map(|id| json!({ "Id": format!("o{id:05}"), "Attributes": { "status": "open" } })).collect();
    world.extension("PUT", resources, &json!({ "Resources": many }));
    let one_more = [many, vec![json!({ "Id": "x" })]].concat();
    let call = ("PUT", resources, json!({ "Resources": one_more }));
    refused(&world, &world.operator, call, "InvalidParameterException", "the maximum of 10000");

    let mut found: Vec<String> = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let token = next.map(|token| format!("&nextToken={token}")).unwrap_or_default();
        let page = world.extension("GET", &format!("{resources}?maxResults=1000{token}"), &Value::Null);
        found.extend(column(&page["Resources"], "Id"));
        next = page["NextToken"].as_str().map(str::to_owned);
        match &next {
            None => break,
            // A page token is valid only for the list that returned it.
            Some(token) => {
                let call = ("GET", &*format!("/applications/others/resources?nextToken={token}"), Value::Null);
                refused(&world, &world.operator, call, "InvalidParameterException", "nextToken");
            }
        }
    }
    assert_eq!(found, (0..10_000).map(|id| format!("o{id:05}")).collect::<Vec<_>>());

    // Registering a resource again replaces that resource. The application's other resources do not change.
    world.extension(
        "PUT",
        resources,
        &json!({ "Resources": [{ "Id": "o00001", "Attributes": { "status": "paid" } }] }),
    );
    world.extension("POST", &format!("{resources}/delete"), &json!({ "Ids": ["o00000", "o00002", "unknown"] }));
    let page = timeless(world.extension("GET", &format!("{resources}?maxResults=2"), &Value::Null));
    assert_eq!(
        page["Resources"],
        json!([
            { "Id": "o00001", "Attributes": { "status": "paid" } },
            { "Id": "o00003", "Attributes": { "status": "open" } },
        ])
    );
    let listed = world.extension("GET", "/applications", &Value::Null);
    assert_eq!(listed["Applications"][0]["Resources"], 9_998);
    // Deleting an application also deletes its resources.
    world.extension("DELETE", "/applications/orders", &Value::Null);
    world.extension("PUT", "/applications/orders", &orders());
    assert_eq!(world.extension("GET", resources, &Value::Null), json!({ "Resources": [] }));
}

#[test]
fn effective_permissions_include_names_and_descriptions_of_applications() {
    let world = World::new();
    let input = json!({
        "SecurityProfileName": "Refunds",
        "Applications": [{ "Namespace": "orders", "ApplicationPermissions": ["refund"] }],
    });
    let profile = world.ok(floorkey_aws::operation::Operation::CreateSecurityProfile, input);
    let ann = world.new_user("ann", &[&text(&profile["SecurityProfileId"])]);
    let held = || world.extension("GET", &format!("/users/{ann}/permissions"), &Value::Null)["Applications"].clone();
    // The application is not registered yet, so its permission has no display name and allows nothing.
    let before = held();
    assert_eq!(column(&before, "Permission"), ["refund"]);
    assert_eq!((&before[0]["Allowed"], before[0].get("Name")), (&false.into(), None));

    world.extension("PUT", "/applications/orders", &orders());
    let id = text(&profile["SecurityProfileId"]);
    let mut shown = held();
    for row in shown.as_array_mut().unwrap() {
        for grant in row["Grants"].as_array_mut().unwrap() {
            assert_eq!(grant.as_object_mut().unwrap().remove("SecurityProfileId"), Some(id.clone().into()));
        }
    }
    let row = |permission: &str, about: &str, mut grant: Value| {
        grant["SecurityProfileName"] = "Refunds".into();
        json!({
            "Namespace": "orders", "Name": "Orders", "Permission": permission, "About": about, "Allowed": true,
            "Reason": "a profile grants it", "Grants": [grant],
        })
    };
    assert_eq!(
        shown,
        json!([
            row("change", "Change an order.", json!({ "Origin": "RequiredBy", "Because": ["refund"] })),
            row("refund", "Give money back.", json!({ "Origin": "Chosen" })),
            row("view", "Look at an order.", json!({ "Origin": "RequiredBy", "Because": ["refund"] })),
        ])
    );

    // A permission with a condition is allowed only within a scope, which the response describes in words.
    let conditions = json!({ "Conditions": [
        { "Namespace": "orders", "Permission": "refund", "All": [{ "Kind": "Own", "Attribute": "owner" }] },
    ] });
    world.extension("PUT", &format!("/security-profiles/{id}/conditions"), &conditions);
    let shown = held();
    let refund = shown.as_array().unwrap().iter().find(|row| row["Permission"] == "refund").unwrap();
    assert_eq!(refund["Reason"], "a profile grants it within a scope that includes this resource");
    let scope = &refund["Grants"][0]["Scope"];
    assert_eq!(scope["Words"], "if its “owner” is the user, or it is the user");
}
