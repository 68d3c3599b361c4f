//! Tests the history of changes with events about 10,000 users. The size of every page, row and response is limited.

use floorkey::audit::{FieldChange, Outcome, ValueChange};
use floorkey::{Action, Actor, AuditEvent, InstanceId, RecordKey, Timestamp, UserId};
use floorkey_aws::operation::Operation;
use floorkey_store::{Batch, Entry, EntryContent, Store, StoreSettings};
use serde_json::{Value, json};

use crate::html_page::Page;
use crate::visitor::{Visitor, page};
use crate::world::{World, text};

/// The maximum size in bytes of a console page, and of an event in an API list.
const BYTES_MAX: usize = 200 * 1024;

const USERS: u128 = 10_000;

/// The number of changed fields per user in these tests' events.
const LINES: usize = 11;

/// The position of ann in each event. Ann is the only user in the events who exists.
const ANN: u128 = 7_000;

fn id(number: u128, ann: UserId) -> UserId {
    if number == ANN { ann } else { UserId::from_bits(number + 1) }
}

/// Returns the event of an import of 10,000 users.
fn import(ann: UserId, revision: floorkey::Revision) -> AuditEvent {
    let added = |user: u128, field, value: String, is_personal: bool| {
        let id = id(user, ann);
        let step = ValueChange::Value { before: None, after: Some(value) };
        FieldChange { record: RecordKey::User(id), field, change: step, personal: is_personal.then_some(id) }
    };
    let changes = (0..USERS).flat_map(|user| {
        let tags = (0..4).map(|tag| format!("tag-{tag}=value of user {user}")).collect();
        let tags = ValueChange::Members { added: tags, removed: Vec::new() };
        [
            added(user, "username", format!("user-{user:05}"), true),
            added(user, "first_name", format!("First{user}"), true),
            added(user, "last_name", format!("Last{user}"), true),
            added(user, "email", format!("user-{user:05}@example.com"), true),
            added(user, "mobile", format!("+1555{user:07}"), true),
            added(user, "enabled", "true".to_owned(), false),
            added(user, "password", "None".to_owned(), false),
            added(user, "security_epoch", "0".to_owned(), false),
            FieldChange { change: tags, ..added(user, "tags", String::new(), false) },
        ]
    });
    AuditEvent {
        action: Action::ImportUsers,
        actor: Actor { request_id: "an import".to_owned(), ..Actor::system() },
        at: Timestamp::from_millis(1_795_000_000_000),
        outcome: Outcome::Done { revision },
        targets: (0..USERS).map(|user| RecordKey::User(id(user, ann))).collect(),
        changes: changes.collect(),
        flags: Vec::new(),
    }
}

/// Creates a server whose history contains two imports of 10,000 users each. Ann is one of these users.
fn world() -> (World, String) {
    let mut world = World::new();
    let input = world.user_input("ann", &[&world.profile("Agent")]);
    let ann = text(&world.operator.ok(Operation::CreateUser, &with_site(input))["UserId"]);
    world.server.kill();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(&StoreSettings { folder: world.server.data() }).unwrap();
        let instance = InstanceId::parse(&world.instance).unwrap();
        let head = store.load(instance).await.unwrap().head;
        let event = import(UserId::parse(&ann).unwrap(), head.revision());
        let entry = |seed| Entry { content: EntryContent::Event(Box::new(event.clone())), salt_seed: [seed; 32] };
        store.commit(Batch { instance, expected: head, entries: vec![entry(1), entry(2)] }).await.unwrap();
    });
    world.server.restart();
    world.operator = world.server.operator();
    (world, ann)
}

fn with_site(mut input: Value) -> Value {
    input["Tags"] = json!({ "site": "lyon" });
    input
}

/// Requests a page and checks its size.
#[track_caller]
fn bounded(visitor: &Visitor, path: &str) -> Page {
    let shown = visitor.see(path);
    assert!(shown.len() <= BYTES_MAX, "{path} has {} bytes", shown.len());
    shown
}

/// Returns the number of changes that a page lists.
fn lines(page: &str) -> usize {
    ["added", "removed", "changed"].iter().map(|kind| page.matches(&format!("<tr class=\"{kind}\">")).count()).sum()
}

#[test]
fn lists_pages_files_and_responses_are_bounded_with_events_about_ten_thousand_users() {
    let (world, ann) = world();
    let seq = world.newest_event();
    let admin = Visitor::administrator(&world.server);
    assert_eq!(admin.get("/connect/guard?later=1").status, 303);
    let list = bounded(&admin, "/connect/history");
    let text = list.text();
    for words in [
        "Imported 10,000 users",
        "user-00000 (deleted), user-00001 (deleted), user-00002 (deleted) and 9,997 more",
        "user-00000 (deleted): Login name: user-00000",
        "+109,999 more",
    ] {
        assert_eq!(text.matches(words).count(), 2, "{words}: {text}");
    }
    bounded(&admin, "/connect/");

    for (query, range, count) in [
        ("", "1–100 of 110,000", 100),
        ("?changes=550", "54,901–55,000 of 110,000", 100),
        ("?changes=1100", "109,901–110,000 of 110,000", 100),
        // If the page number is too large, the last page is shown.
        ("?changes=99999", "109,901–110,000 of 110,000", 100),
        ("?changes=soon", "1–100 of 110,000", 100),
        ("?targets=71", "7,001–7,100 of 10,000", 100),
        ("?targets=71&changes=2", "(user-00000 (deleted), ", 100),
    ] {
        let shown = bounded(&admin, &format!("/connect/history/{seq}{query}"));
        shown.assert_shows(range);
        assert_eq!(lines(&shown), count, "{query}: {shown}");
        shown.assert_lacks("security_epoch");
    }
    let last = admin.see(&format!("/connect/history/{seq}?changes=1100"));
    last.assert_shows("user-09999 (deleted)");
    last.assert_shows("tag-3=value of user 9999");
    let middle = admin.see(&format!("/connect/history/{seq}?targets=71"));
    assert_eq!(middle.link("Ann Other (ann)"), format!("/connect/users/{ann}"));

    let csv = page(&admin.get("/connect/history.csv"));
    assert!(csv.lines().all(|row| row.len() <= 4 * 1024), "{}", csv.len());
    assert_eq!(csv.matches("and 109,995 more").count(), 2, "{csv}");

    let events = world.extension("GET", "/audit?maxResults=1000", &Value::Null);
    let events = events["Events"].as_array().unwrap();
    assert!(events.iter().all(|event| event.to_string().len() <= BYTES_MAX));
    let is_import =
        |event: &&Value| (&event["ChangeCount"], &event["TargetCount"]) == (&json!(120_000), &json!(10_000));
    assert_eq!(events.iter().filter(is_import).count(), 2);
}

#[test]
fn the_history_of_a_user_has_only_lines_about_that_user() {
    let (world, ann) = world();
    let seq = world.newest_event();
    let admin = Visitor::administrator(&world.server);
    for path in [format!("/connect/users/{ann}/history"), "/connect/history?user=ann".to_owned()] {
        let shown = bounded(&admin, &path);
        let text = shown.text();
        for words in ["Imported 10,000 users Ann Other (ann), ", "Login name: user-07000", "+10 more"] {
            assert_eq!(text.matches(words).count(), 2, "{words}: {text}");
        }
        shown.assert_lacks("First6999");
        shown.assert_lacks("user-07001");
    }
    // The event's page lists all changes to ann, and no changes to other users.
    let shown = bounded(&admin, &format!("/connect/history/{seq}?user={ann}"));
    assert_eq!(lines(&shown), LINES, "{shown}");
    shown.assert_shows("Only those of Ann Other (ann)");
    shown.assert_shows("tag-3=value of user 7000");
}

#[test]
fn a_scoped_reader_sees_the_lines_in_scope_and_the_counts_of_the_event() {
    let (world, ann) = world();
    let input = json!({
        "SecurityProfileName": "Readers of Lyon", "Permissions": ["Users.View", "HistoricalChanges.View"],
        "AllowedAccessControlTags": { "site": "lyon" }, "TagRestrictedResources": ["User"],
    });
    let profile = text(&world.ok(Operation::CreateSecurityProfile, input)["SecurityProfileId"]);
    let seq = world.newest_event() - 1;
    world.new_user("reader", &[&profile]);
    let hidden = world.newest_event();
    let reader = Visitor::new(&world.server);
    reader.sign_in_first("reader", "Passw0rd", "Better-passw0rd");
    reader.see("/connect/access");
    let own = [
        bounded(&reader, "/connect/history"),
        bounded(&reader, &format!("/connect/history/{seq}")),
        bounded(&reader, &format!("/connect/history/{seq}?changes=2&targets=2")),
        bounded(&reader, &format!("/connect/users/{ann}/history")),
        page(&reader.get("/connect/history.csv")),
    ];
    for shown in &own {
        assert!(shown.text().to_lowercase().contains("imported the user"), "{shown}");
        shown.assert_shows(", and 9,999 more outside your scope");
        shown.assert_shows("user-07000");
        shown.assert_lacks("user-07001");
        shown.assert_lacks("user-00000");
    }
    assert_eq!(lines(&own[1]), LINES);
    own[1].assert_lacks("Hash in the log");
    // Filtering by a user outside the scope has the same result as filtering by a nonexistent user.
    let stranger = UserId::from_bits(8);
    assert_eq!(reader.see(&format!("/connect/history/{seq}?user={stranger}")).replace(&stranger.to_string(), ""), {
        let nobody = UserId::from_bits(u128::MAX);
        reader.see(&format!("/connect/history/{seq}?user={nobody}")).replace(&nobody.to_string(), "")
    });
    reader.see(&format!("/connect/history/{seq}?user={}", world.user("admin"))).assert_lacks("Only those of");
    // A hidden event and a nonexistent event get the same response, so the response does not reveal the number of
    // events.
    let missing = |seq: u64| {
        let answer = reader.get(&format!("/connect/history/{seq}"));
        assert_eq!(answer.status, 404);
        // The names of the page's files can contain the number too.
        page(&answer).replace(&format!("/{seq}\""), "/N\"").replace(&format!("event {seq} "), "event N ")
    };
    assert_eq!(missing(hidden), missing(99_999_999));
    assert!(missing(hidden).contains("There is no event N that you can view."));
}

#[test]
fn the_api_returns_an_event_in_pages() {
    let world = World::new();
    let agent = world.profile("Agent");
    world.new_user("ann", &[&agent]);
    let whole = world.extension("GET", "/audit?maxResults=1", &Value::Null)["Events"][0].clone();
    let seq = whole["Sequence"].as_u64().unwrap();
    let (mut changes, mut query) = (Vec::new(), "maxResults=3".to_owned());
    loop {
        let read = world.extension("GET", &format!("/audit/{seq}?{query}"), &Value::Null);
        let event = &read["Event"];
        assert_eq!((&event["Leaf"], &event["ChangeCount"]), (&whole["Leaf"], &whole["ChangeCount"]));
        assert!(event["Changes"].as_array().unwrap().len() <= 3);
        changes.extend(event["Changes"].as_array().unwrap().clone());
        let Some(token) = read["NextToken"].as_str() else { break };
        let token: String = form_urlencoded::byte_serialize(token.as_bytes()).collect();
        query = format!("maxResults=3&nextToken={token}");
    }
    assert_eq!(json!(changes), whole["Changes"]);
    let missing = world.try_extension(&world.operator, "GET", "/audit/4242", &Value::Null);
    let newest = world.newest_event();
    assert_eq!(missing.status, 404);
    page(&missing).assert_shows(&format!("There is no event 4242. The latest is {newest}."));
    let wrong = world.try_extension(&world.operator, "GET", "/audit/soon", &Value::Null);
    assert_eq!(wrong.status, 400, "{}", page(&wrong));
    let mia = world.somebody("mia", &["HistoricalChanges.View"]);
    assert_eq!(world.try_extension(&mia, "GET", &format!("/audit/{seq}"), &Value::Null).status, 403);
}
