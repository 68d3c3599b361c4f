//! Tests the list of historical changes: its columns, its filter, its pages, and which attempts are in it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use floorkey_aws::exception::ExceptionKind::{AccessDenied, InvalidParameter, ResourceNotFound};
use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::html_page::Page;
use crate::visitor::{Visitor, hidden, page};
use crate::world::World;

/// The categories in the filter.
const CATEGORIES: [&str; 8] =
    ["users", "security-profiles", "access", "sign-in", "hierarchy", "resources", "applications", "system"];

/// Returns the addresses of the events in the list, in the order of the page.
fn events(list: &Page) -> Vec<String> {
    let links = list.split("<th scope=\"row\"><a href=\"").skip(1);
    links.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// Returns the column of the list.
fn column(list: &Page, name: &str) -> Vec<String> {
    list.texts(&format!("table.events td[data-label='{name}']"))
}

#[test]
fn changes_are_a_table_with_one_row_for_each_event() {
    let world = World::new();
    let agent = world.profile("Agent");
    let ann = world.new_user("ann", &[&agent]);
    let team = world.new_profile("Team lead", &["Users.View"]);
    let input = json!({ "UserId": ann, "SecurityProfileIds": [team] });
    world.ok(Operation::UpdateUserSecurityProfiles, input);
    world.ok(Operation::UpdateSecurityProfile, json!({ "SecurityProfileId": team, "Permissions": ["Users.Edit"] }));
    let admin = Visitor::administrator(&world.server);
    let all = admin.see("/connect/history");
    all.assert_lacks("security_epoch");
    assert_eq!(all.texts("table.events thead th"), ["Time", "Who", "What", "On", "Change"]);
    let rows = |list: &Page| {
        let columns = ["Who", "What", "On", "Change"].map(|name| column(list, name));
        (0..columns[0].len())
            .map(|row| columns.each_ref().map(|column| column[row].clone()).join(" | "))
            .collect::<Vec<_>>()
    };
    let newest = &rows(&all)[..2];
    assert_eq!(newest[0], "Operator | Edited the security profile | Team lead | Permission added: Users: Edit");
    let changed =
        "Operator | Changed the security profiles | Ann Other (ann) | Security profile added: Team lead +1 more";
    assert_eq!(newest[1], changed);
    assert!(
        all.has_link_to(&format!("/connect/users/{ann}"))
            && all.has_link_to(&format!("/connect/security-profiles/{team}"))
    );

    let of_ann = admin.see("/connect/history?user=ann");
    assert!(rows(&of_ann).iter().all(|row| row.contains("Ann Other (ann)")), "{of_ann}");
    of_ann.assert_shows("Created the user");
    let of_team = admin.see(&format!("/connect/history?profile={team}"));
    assert_eq!(column(&of_team, "What"), ["Edited the security profile", "Created the security profile"]);
    let csv = page(&admin.get("/connect/history.csv?user=ann"));
    assert_eq!(csv.lines().count(), 1 + events(&of_ann).len(), "{csv}");
    assert!(csv.contains(",Users,User created,The operator created the user Ann Other (ann),"), "{csv}");
}

#[test]
fn an_event_about_many_records_has_one_row_and_names_each_record_on_its_page() {
    let world = World::new();
    let (agent, analyst) = (world.profile("Agent"), world.profile("QualityAnalyst"));
    let users = ["ann", "bob", "cid", "dan"].map(|login| world.new_user(login, &[&agent]));
    let edit = json!({ "UserIds": users, "AddSecurityProfileIds": [analyst], "RemoveSecurityProfileIds": [agent] });
    world.extension("POST", "/users/edit", &edit);
    let admin = Visitor::administrator(&world.server);
    let list = admin.see("/connect/history");
    assert_eq!(column(&list, "What")[0], "Edited 4 users");
    let on = &column(&list, "On")[0];
    assert!(on.ends_with(" and 1 more") && on.matches("Ann Other").count() == 3, "{on}");
    let change = &column(&list, "Change")[0];
    assert!(change.ends_with("Security profile added: QualityAnalyst +7 more"), "{change}");
    let event = admin.see(&events(&list)[0]);
    let names: BTreeSet<_> = event.texts("h3.change-of").into_iter().collect();
    assert_eq!(names.len(), 4, "{event}");
    // The history of one user has only the changes to that user, and does not name the user in them.
    let of_ann = admin.see("/connect/history?user=ann");
    assert_eq!(column(&of_ann, "Change")[0], "Security profile added: QualityAnalyst +1 more");
}

#[test]
fn malformed_input_leaves_no_event_and_refused_access_does() {
    let world = World::new();
    let agent = world.profile("Agent");
    let ann = world.new_user("ann", &[&agent]);
    let admin = Visitor::administrator(&world.server);
    let modified = hidden(&admin.see(&format!("/connect/users/{ann}/details")), "modified");
    let before = world.newest_event();
    // The three interfaces refuse input that their callers are allowed to send.
    let none = world.in_instance(json!({ "UserId": ann, "SecurityProfileIds": [] }));
    world.operator.refused(Operation::UpdateUserSecurityProfiles, &none, InvalidParameter);
    let missing = world.in_instance(json!({ "UserId": "00000000-0000-4000-8000-000000000000" }));
    world.operator.refused(Operation::DeleteUser, &missing, ResourceNotFound);
    for (path, body) in [
        (
            "/users/edit",
            json!({ "UserIds": [ann], "AddSecurityProfileIds": [agent], "RemoveSecurityProfileIds": [agent] }),
        ),
        ("/undo", json!({ "Revision": 999_999 })),
    ] {
        let answer = world.try_extension(&world.operator, "POST", path, &body);
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
    }
    let details = format!("/connect/users/{ann}/details");
    let form = [
        ("modified", &*modified),
        ("section", "profiles"),
        ("section", "login"),
        ("username", "admin"),
        ("step", "save"),
    ];
    assert_ne!(admin.post(&details, &form).status, 303);
    assert_eq!(world.newest_event(), before);

    // The same interfaces refuse access.
    let mia = world.somebody("mia", &["Users.View"]);
    let before = world.newest_event();
    mia.refused(Operation::DeleteUser, &world.in_instance(json!({ "UserId": ann })), AccessDenied);
    let body = json!({ "UserIds": [ann], "AutoAccept": true });
    assert_eq!(world.try_extension(&mia, "POST", "/users/edit", &body).status, 403);
    let vera = world.visitor("vera", &["Users.View"]);
    assert_eq!(vera.post("/connect/guard", &[("mode", "enforce")]).status, 403);
    let refused = world.extension("GET", "/audit?maxResults=1000", &Value::Null)["Events"].clone();
    let refused = refused
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["Outcome"]["Result"] == "Refused" && event["Sequence"].as_u64().unwrap() > before);
    assert_eq!(
        refused.map(|event| event["Act"].clone()).collect::<Vec<_>>(),
        ["SetEscalationGuard", "EditUsers", "DeleteUser"]
    );
}

#[test]
fn a_refused_attempt_has_a_badge_and_its_reason() {
    let world = World::new();
    let viewer = world.visitor("viewer", &["Users.View", "SecurityProfiles.View"]);
    assert_eq!(viewer.post("/connect/guard", &[("mode", "enforce")]).status, 403);
    let admin = Visitor::administrator(&world.server);
    let refused = admin.see("/connect/history?outcome=refused");
    assert_eq!(column(&refused, "What"), ["Refused Tried to set the escalation guard"]);
    assert!(column(&refused, "Change")[0].contains("full administrator"), "{refused}");
    let event = admin.see(&events(&refused)[0]);
    assert_eq!(event.heading(), "Ann Other (viewer) tried to set the escalation guard");
    for words in
        ["the console", "127.0.0.1", "SetEscalationGuard", "Escalation guard set", "Guard, settings and system"]
    {
        event.assert_shows(words);
    }
    let changes = admin.see("/connect/history?outcome=changes");
    assert!(column(&changes, "What").iter().all(|what| !what.starts_with("Refused")), "{changes}");
    assert!(!events(&changes).is_empty());
}

#[test]
fn every_event_is_in_exactly_one_category() {
    let world = World::new();
    let ann = world.new_user("ann", &[&world.profile("Agent")]);
    world.new_profile("Team lead", &["Users.View"]);
    world.ok(Operation::DeleteUser, json!({ "UserId": ann }));
    world.extension("PUT", "/guard", &json!({ "Mode": "enforce" }));
    let admin = Visitor::administrator(&world.server);
    // Sign-ins are in their category, and otherwise only if the filter asks for them.
    let all: BTreeSet<_> = events(&admin.see("/connect/history?sign-ins=on")).into_iter().collect();
    let by_category: Vec<_> =
        CATEGORIES.iter().flat_map(|slug| events(&admin.see(&format!("/connect/history?category={slug}")))).collect();
    assert_eq!(by_category.len(), all.len());
    assert_eq!(by_category.into_iter().collect::<BTreeSet<_>>(), all);
    admin.see("/connect/history").assert_lacks(">Signed in<");

    // A link to one event type is a token. Choosing a category replaces it.
    let of_type = admin.see("/connect/history?act=DeleteUser");
    assert_eq!(column(&of_type, "What"), ["Deleted the user"]);
    of_type.assert_shows("Type: User deleted");
    assert_eq!(of_type.link("Remove: Type: User deleted"), "/connect/history");
    let category = admin.see("/connect/history?act=DeleteUser&category=system");
    assert_eq!(category.field("Category").value(), "system");
    category.assert_lacks("Type: ");
    admin.see("/connect/history?category=access").assert_shows("Edits and imports of users can change access too.");
}

#[test]
fn people_are_found_by_name_and_an_ambiguous_name_is_answered_with_choices() {
    let world = World::new();
    let agent = world.profile("Agent");
    for login in ["ann.lee", "ann.low", "bob"] {
        world.new_user(login, &[&agent]);
    }
    let admin = Visitor::administrator(&world.server);
    let found = admin.see("/connect/history?user=low");
    found.assert_shows("On: Ann Other (ann.low)");
    assert_eq!(column(&found, "On"), ["Ann Other (ann.low)"]);
    let ambiguous = admin.see("/connect/history?user=ann.l&outcome=changes");
    let error = ambiguous.field("On").error().unwrap();
    assert_eq!(error, "Several users match ann.l. Choose one. Ann Other (ann.lee) Ann Other (ann.low)");
    assert!(events(&ambiguous).is_empty() && ambiguous.text().contains("Correct the filter"), "{ambiguous}");
    let chosen = admin.see(&ambiguous.link("Ann Other (ann.lee)"));
    assert_eq!((chosen.field("On").value().as_str(), chosen.field("Outcome").value().as_str()), ("ann.lee", "changes"));
    let unknown = admin.see("/connect/history?user=nobody").field("On").error().unwrap();
    assert_eq!(unknown, "No user whom you can see has the name, login or ID nobody.");
    assert_eq!(admin.get("/connect/history.csv?user=nobody").status, 422);
    for (actor, name) in [("operator", "By: Operator"), ("System", "By: System")] {
        admin.see(&format!("/connect/history?actor={actor}")).assert_shows(name);
    }
    let suggested = admin.get("/connect/history/suggest?q=ann.").json();
    assert_eq!(suggested, json!([["ann.lee", "Ann Other"], ["ann.low", "Ann Other"]]));
    let stranger = world.visitor("stranger", &["Users.View"]);
    assert_eq!(stranger.get("/connect/history/suggest?q=ann.").status, 403);
}

#[test]
fn periods_and_days_are_in_the_address_and_kept_by_the_other_filters() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let week = admin.see("/connect/history?period=7d&outcome=changes");
    assert!(!events(&week).is_empty());
    assert_eq!(week.texts(".history-periods [aria-current]"), ["Last 7 days"]);
    assert_eq!(week.link("Yesterday"), "/connect/history?outcome=changes&period=yesterday");
    assert_eq!(week.link("Any time"), "/connect/history?outcome=changes");
    assert_eq!(week.values("form.history-filter input[type=hidden]"), ["7d"]);
    let old = admin.see("/connect/history?from=2001-01-01&to=2001-01-31&category=users");
    assert!(events(&old).is_empty() && old.text().contains("No event matches all filters"), "{old}");
    assert_eq!(old.values("form.days input[type=hidden]"), ["users"]);
    assert_eq!(old.values("form.history-filter input[type=hidden]"), ["2001-01-01", "2001-01-31"]);
    old.assert_shows("2001-01-01 to 2001-01-31");
    for (query, field, error) in [
        ("from=soon", "From", "Enter a date as 2026-11-22."),
        ("from=2026-11-22&to=2026-11-21", "To", "The last day must not be before the first day."),
        ("reference=7", "Reference", "A reference is written as R-7F3KW."),
    ] {
        assert_eq!(admin.see(&format!("/connect/history?{query}")).field(field).error().as_deref(), Some(error));
    }
}

#[test]
fn pages_are_linked_in_both_directions_and_cover_all_events() {
    let world = World::new();
    let ann = world.new_user("ann", &[&world.profile("Agent")]);
    for round in 0..125 {
        let name = json!({ "FirstName": format!("Ann {round}"), "LastName": "Other" });
        world.ok(Operation::UpdateUserIdentityInfo, json!({ "UserId": ann, "IdentityInfo": name }));
    }
    let admin = Visitor::administrator(&world.server);
    let first = admin.see("/connect/history?user=ann&category=users");
    first.assert_shows("1–50 of 126 events");
    let second = admin.see(&first.link("Older"));
    second.assert_shows("51–100 of 126 events");
    let third = admin.see(&second.link("Older"));
    third.assert_shows("101–126 of 126 events");
    third.assert_lacks(">Older<");
    let all: Vec<_> = [&first, &second, &third].into_iter().flat_map(events).collect();
    assert_eq!((all.len(), all.iter().collect::<BTreeSet<_>>().len()), (126, 126));
    assert_eq!(events(&admin.see(&third.link("Newer"))), events(&second));
    assert_eq!(events(&admin.see(&second.link("Newer"))), events(&first));
    assert_eq!(events(&admin.see(&third.link("Newest"))), events(&first));
}

#[test]
fn changes_to_records_that_a_user_cannot_view_are_not_shown() {
    let world = World::new();
    let team = world.new_profile("Team lead", &["Users.View"]);
    world.new_user("ann", &[&team]);
    let auditor = world.visitor("auditor", &["HistoricalChanges.View", "SecurityProfiles.View"]);
    let seen = auditor.see("/connect/history");
    seen.assert_shows("Team lead");
    seen.assert_lacks("Created the user");
    seen.assert_shows("not shown: outside your scope");
    // The total would count events that the auditor can't see.
    assert_eq!(seen.texts("nav.pager .quiet"), [""]);
    let stranger = world.visitor("stranger", &["Users.View", "SecurityProfiles.View"]);
    for path in ["", "/1", ".csv", "/1/json", "/1/undo"] {
        assert_eq!(stranger.get(&format!("/connect/history{path}")).status, 403, "{path}");
    }
}

#[test]
fn a_failed_sign_in_is_attributed_to_an_unknown_user_and_not_to_the_server() {
    let world = World::new();
    let failed = Visitor::new(&world.server);
    let typed = [("username", "admin"), ("password", "Wr0ng-password")];
    assert_eq!(failed.post("/connect/login", &typed).status, 401);
    // The server records the event only after it sends the response.
    let (admin, begun) = (Visitor::administrator(&world.server), Instant::now());
    let list = loop {
        let list = admin.see("/connect/history?category=sign-in");
        if column(&list, "What").contains(&"Failed to sign in".to_owned()) {
            break list;
        }
        assert!(begun.elapsed().as_secs() < 10, "{list}");
        std::thread::sleep(Duration::from_millis(100));
    };
    let at = column(&list, "What").iter().position(|what| what == "Failed to sign in").unwrap();
    assert_eq!(column(&list, "Who")[at], "Unknown user");
    let heading = admin.see(&events(&list)[at]).heading();
    assert!(heading.starts_with("An unknown user failed to sign in as ") && heading.contains("(admin)"), "{heading}");
}
