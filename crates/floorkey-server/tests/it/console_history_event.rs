//! Tests the page of an event: the change, the undo, the events around it, and the evidence.

use floorkey_aws::operation::Operation;
use serde_json::{Value, json};
use sha2::Digest as _;

use crate::html_page::Page;
use crate::visitor::{Visitor, hidden, page};
use crate::world::{World, text};

/// Renames a security profile, and returns the page of the event.
fn renamed(world: &World, admin: &Visitor, id: &str, name: &str) -> Page {
    world.extension("POST", &format!("/security-profiles/{id}/name"), &json!({ "Name": name }));
    event(world, admin)
}

/// Returns the page of the newest event.
fn event(world: &World, admin: &Visitor) -> Page {
    admin.see(&format!("/connect/history/{}", world.newest_event()))
}

/// Returns the rows of the table of changes in a section, as `field: before → after`.
fn changes(page: &Page, section: &str) -> Vec<String> {
    let cells = |selector: &str| page.texts(&format!("#{section} table.changes tbody {selector}"));
    let (before, after) = (cells("td[data-label=Before]"), cells("td[data-label=After]"));
    let rows = cells("th").into_iter().zip(before.into_iter().zip(after));
    rows.map(|(field, (before, after))| format!("{field}: {before} → {after}")).collect()
}

#[test]
fn the_change_comes_first_and_says_what_was_before() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let id = world.new_profile("Team lead", &["Users.View"]);
    let page = renamed(&world, &admin, &id, "Team leads");
    assert_eq!(page.heading(), "The operator renamed the security profile Team leads");
    assert_eq!(changes(&page, "changes"), ["Name: Team lead → Team leads"]);
    let headings = page.texts(".main h2, .main summary");
    assert_eq!(headings, ["Changes (1)", "Details", "Undo", "Evidence"]);
    assert!(page.section("Details").text().contains("the operator's key"));
}

#[test]
fn an_event_is_undone_on_its_page_which_says_what_the_undo_would_do() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let id = world.new_profile("Team lead", &["Users.View"]);
    let page = renamed(&world, &admin, &id, "Team leads");
    let seq = world.newest_event();
    assert_eq!(changes(&page, "undo"), ["Name: Team leads → Team lead"]);
    let back = format!("/connect/history/{seq}");
    assert_eq!(hidden(&page, "back"), back);
    let undone = admin.submit("/connect/undo", &[("revision", &hidden(&page, "revision")), ("back", &back)]);
    undone.assert_flash("Undone");
    let by = world.newest_event();
    undone.assert_shows(&format!("This change was undone by event {by}."));
    event(&world, &admin).assert_shows(&format!("This event undid event {seq}."));

    // The undo is refused if the record has changed since.
    let first = renamed(&world, &admin, &id, "First");
    let first_seq = world.newest_event();
    assert!(first.has_button("Undo this change"));
    renamed(&world, &admin, &id, "Second");
    let refused = admin.see(&format!("/connect/history/{first_seq}"));
    assert!(refused.section("Undo").text().starts_with("Undo This change can’t be undone."), "{refused}");
    assert!(!refused.has_button("Undo this change"));
}

#[test]
fn events_without_a_change_offer_no_undo() {
    let world = World::new();
    let viewer = world.visitor("viewer", &["Users.View"]);
    assert_eq!(viewer.post("/connect/guard", &[("mode", "enforce")]).status, 403);
    let admin = Visitor::administrator(&world.server);
    let events = world.extension("GET", "/audit?maxResults=1000", &Value::Null)["Events"].clone();
    for act in ["SetEscalationGuard", "SignIn"] {
        let event = events.as_array().unwrap().iter().find(|event| event["Act"] == act).unwrap();
        let page = admin.see(&format!("/connect/history/{}", event["Sequence"]));
        page.assert_lacks("id=\"undo\"");
        admin.see(&format!("/connect/history/{}/undo", event["Sequence"])).assert_shows("nothing to undo");
    }
}

#[test]
fn the_undo_of_an_event_about_many_users_has_a_page_of_its_own() {
    let world = World::new();
    let (agent, analyst) = (world.profile("Agent"), world.profile("QualityAnalyst"));
    let users: Vec<String> = (0..25).map(|number| world.new_user(&format!("user-{number}"), &[&agent])).collect();
    world.extension("POST", "/users/edit", &json!({ "UserIds": users, "AddSecurityProfileIds": [analyst] }));
    let admin = Visitor::administrator(&world.server);
    let edited = world.newest_event_of("EditUsers");
    let page = admin.see(&format!("/connect/history/{}", edited["Sequence"]));
    let review = admin.see(&page.link("Undo …"));
    assert_eq!(changes(&review, "undo").len(), 20);
    review.assert_shows("and 5 more changes");
    let back = hidden(&review, "back");
    admin
        .submit("/connect/undo", &[("revision", &hidden(&review, "revision")), ("back", &back)])
        .assert_flash("Undone");
    assert_eq!(
        world.ok(Operation::DescribeUser, json!({ "UserId": users[7] }))["User"]["SecurityProfileIds"],
        json!([agent])
    );
}

#[test]
fn the_events_before_and_after_are_about_the_same_record() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let (id, other) = (world.new_profile("Team lead", &["Users.View"]), world.new_profile("Other", &["Users.View"]));
    renamed(&world, &admin, &id, "First");
    let first = world.newest_event();
    renamed(&world, &admin, &other, "Another");
    let last = renamed(&world, &admin, &id, "Second");
    assert_eq!(last.link("Previous"), format!("/connect/history/{first}"));
    last.assert_lacks(">Next<");
    let first_page = admin.see(&last.link("Previous"));
    assert_eq!(first_page.link("Next"), format!("/connect/history/{}", world.newest_event()));
    let created = admin.see(&first_page.link("Previous"));
    assert_eq!(created.heading(), "The operator created the security profile Second");
    created.assert_lacks(">Previous<");
}

#[test]
fn the_evidence_is_the_text_that_the_hash_is_computed_from() {
    let world = World::new();
    world.new_profile("Team lead", &["Users.View"]);
    let admin = Visitor::administrator(&world.server);
    let created = world.newest_event_of("CreateSecurityProfile");
    let seq = &created["Sequence"];
    let shown = admin.see(&format!("/connect/history/{seq}"));
    shown.assert_shows(&text(&created["Leaf"]));
    let raw = admin.get(&format!("/connect/history/{seq}/json"));
    assert_eq!((raw.status, raw.header("content-type")), (200, Some("application/json")));
    assert_eq!(raw.json()["act"], "CreateSecurityProfile");
    assert_eq!(shown.texts("pre.raw"), [String::from_utf8(raw.body.clone()).unwrap()]);
    // The leaf hash is SHA-256(0x00, format, body).
    let leaf = [&[0, 1][..], &raw.body].concat();
    let hash: [u8; 32] = sha2::Sha256::digest(&leaf).into();
    let hex = hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(json!(hex), created["Leaf"]);

    // Readers who can see only some of the users get no evidence, because it would contain the IDs of others.
    world.new_user("ann", &[&world.profile("Agent")]);
    let of_ann = world.newest_event();
    let reader = world.visitor("reader", &["Users.View", "HistoricalChanges.View"]);
    reader.see(&format!("/connect/history/{of_ann}")).assert_lacks("pre class=\"raw\"");
    let answer = reader.get(&format!("/connect/history/{of_ann}/json"));
    assert_eq!(answer.status, 404, "{}", page(&answer));
}

#[test]
fn numbers_without_an_event_are_answered_with_the_newest() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let missing = |path: &str| {
        let answer = admin.get(&format!("/connect/history/{path}"));
        assert_eq!(answer.status, 404, "{path}");
        page(&answer)
    };
    admin.see("/connect/access");
    let newest = world.newest_event();
    for path in ["99999999", "99999999/undo", "99999999/json"] {
        let said = missing(path);
        said.assert_shows(&format!("There is no event 99999999. The newest is event {newest}."));
        said.assert_lacks("deleted");
    }
    missing("x").assert_shows("x is not the number of an event.");
}
