//! Tests the history of changes for viewers whose permissions have a scope.

use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::visitor::{Visitor, page};
use crate::world::{World, text};

/// A test setup with two users. The visitor `reader` can see only the user whose site is Lyon.
struct Site {
    world: World,
    reader: Visitor,
    inside: String,
    outside: String,
}

impl Site {
    fn new() -> Self {
        let world = World::new();
        let tagged = |username: &str, site: &str| {
            let mut input = world.user_input(username, &[&world.profile("Agent")]);
            input["Tags"] = json!({ "site": site });
            text(&world.operator.ok(Operation::CreateUser, &input)["UserId"])
        };
        let (inside, outside) = (tagged("inside", "lyon"), tagged("secretly-here", "graz"));
        let made = world.ok(
            Operation::CreateSecurityProfile,
            json!({
                "SecurityProfileName": "Readers of Lyon", "Permissions": ["Users.View", "HistoricalChanges.View"],
                "AllowedAccessControlTags": { "site": "lyon" }, "TagRestrictedResources": ["User"],
            }),
        );
        world.new_user("reader", &[&text(&made["SecurityProfileId"])]);
        let reader = Visitor::new(&world.server);
        reader.sign_in_first("reader", "Passw0rd", "Better-passw0rd");
        // The first page after signing in contains a message about the sign-in, so the test opens that page first.
        reader.see("/connect/access");
        Self { world, reader, inside, outside }
    }
}

#[test]
fn l7_a_scoped_reader_sees_changes_in_scope_and_a_count_of_the_others() {
    let Site { world, reader, inside, outside } = Site::new();
    let mia = world.somebody("mia-outside", &["Users.Edit", "Users.Delete", "SecurityProfiles.View"]);
    // One change affects both users, and each of the other changes affects one user. Some commands are refused.
    let both = json!({ "UserIds": [inside, outside], "AutoAccept": true });
    assert_eq!(world.try_extension(&mia, "POST", "/users/edit", &both).status, 200);
    for user in [&inside, &outside] {
        let body = json!({});
        assert_eq!(world.try_extension(&mia, "POST", &format!("/users/{user}/sessions/end"), &body).status, 200);
        assert_eq!(world.try_extension(&mia, "POST", &format!("/users/{user}/disable"), &body).status, 403);
    }
    world.ok(
        Operation::UpdateUserSecurityProfiles,
        json!({
            "UserId": inside, "SecurityProfileIds": [world.profile("Agent"), world.profile("QualityAnalyst")],
        }),
    );
    let mia_user = world.user("mia-outside");
    let pages = [
        reader.see("/connect/history"),
        reader.see("/connect/history.csv"),
        reader.see(&format!("/connect/users/{inside}/history")),
    ];
    for shown in &pages {
        for secret in ["secretly-here", "mia-outside", outside.as_str(), mia_user.as_str()] {
            shown.assert_lacks(secret);
        }
        shown.assert_shows("1 more outside your scope");
        shown.assert_shows("An administrator");
        shown.assert_shows("A permission for it is missing.");
        // The page does not name the permission, because the name would reveal which permission the actor lacks.
        shown.assert_lacks("Users.EnableAndDisable");
    }
    pages[0].assert_shows("not shown: outside your scope");

    // The event's page shows a description, but not the actor's network address.
    let events = world.extension("GET", "/audit?maxResults=1000", &Value::Null)["Events"].clone();
    let of = |user: &str| {
        let is_it = |event: &&Value| {
            let targets = event["Targets"].as_array().unwrap();
            event["Act"] == "EndUserSessions" && targets.iter().any(|target| target["Id"] == json!(user))
        };
        let event = events.as_array().unwrap().iter().find(is_it).unwrap();
        (event["Sequence"].as_u64().unwrap(), text(&event["RequestId"]), text(&event["Leaf"]))
    };
    let (seq, request, leaf) = of(&inside);
    let shown = reader.see(&format!("/connect/history/{seq}"));
    shown.assert_shows("An administrator");
    shown.assert_lacks("127.0.0.1");
    shown.assert_lacks(&request);
    shown.assert_lacks(&leaf);
    let (seq, ..) = of(&outside);
    assert_eq!(reader.get(&format!("/connect/history/{seq}")).status, 404);

    // An administrator sees all details.
    let all = Visitor::administrator(&world.server).see("/connect/history");
    for secret in ["secretly-here", "mia-outside", "Users.EnableAndDisable"] {
        all.assert_shows(secret);
    }
    all.assert_lacks("outside your scope");
}

#[test]
fn l8_a_filter_finds_no_users_outside_the_scope() {
    let Site { world, reader, inside, outside } = Site::new();
    let mia = world.somebody("mia-outside", &["Users.Edit"]);
    let mia_user = world.user("mia-outside");
    let both = json!({ "UserIds": [inside, outside], "AutoAccept": true });
    assert_eq!(world.try_extension(&mia, "POST", "/users/edit", &both).status, 200);
    let profile = world.profile("QualityAnalyst");
    let (nobody, no_id) = ("nobody-here", "00000000-0000-4000-8000-000000000000");
    for (field, exists, missing) in [
        ("user", "secretly-here", nobody),
        ("user", outside.as_str(), no_id),
        ("actor", "mia-outside", nobody),
        ("actor", mia_user.as_str(), no_id),
        ("profile", "QualityAnalyst", nobody),
        ("profile", profile.as_str(), no_id),
    ] {
        let ask = |value: &str| {
            let answer = reader.get(&format!("/connect/history?{field}={value}"));
            (answer.status, page(&answer).replace(value, "VALUE"))
        };
        assert_eq!(ask(exists), ask(missing), "{field}={exists}");
    }
    // Viewers can filter the history by users whom they can see.
    let found = reader.see("/connect/history?user=inside");
    found.assert_shows("On: Ann Other (inside)");
    found.assert_shows("1 more outside your scope");
}

#[test]
fn a_refusal_out_of_scope_has_the_id_in_the_api_and_the_name_in_the_history() {
    let Site { world, outside, .. } = Site::new();
    let made = world.ok(
        Operation::CreateSecurityProfile,
        json!({
            "SecurityProfileName": "Editors of Lyon", "Permissions": ["Users.View", "Users.Edit"],
            "AllowedAccessControlTags": { "site": "lyon" }, "TagRestrictedResources": ["User"],
        }),
    );
    let editor = world.new_user("editor", &[&text(&made["SecurityProfileId"])]);
    let editor = world.server.as_user(&world.instance, &editor);
    let refused = world.try_extension(&editor, "POST", &format!("/users/{outside}/sessions/end"), &json!({}));
    assert_eq!(refused.status, 403);
    let covered = format!("the access control of your security profiles doesn't cover the user `{outside}`");
    let message = text(&refused.json()["message"]);
    assert!(message.starts_with("EndUserSessions is not allowed: ") && message.contains(&covered), "{message}");
    let history = Visitor::administrator(&world.server).see("/connect/history");
    history.assert_shows(
        "The access control of the actor's security profiles doesn't cover the user “Ann Other (secretly-here)”.",
    );
    assert!(!history.text().contains(&outside), "{}", history.text());
}
