//! Tests answers about several permissions, suggestions for users who are denied, and older addresses of the page
//! Check access.

use floorkey_aws::operation::Operation;
use serde_json::json;

use crate::html_page::Page;
use crate::visitor::{Visitor, page};
use crate::world::{World, text};

const PAGE: &str = "/connect/check-access";
const SEARCH: &str = "/connect/check-access/who-can";
const DOWNLOAD: &str = "/connect/check-access/who-can/download";

/// Creates a user with a profile of the same name that grants the permissions. The login name has a period for each
/// space.
fn user(world: &World, name: &str, permissions: &[&str]) -> String {
    let profile = world.new_profile(name, permissions);
    let mut input = world.user_input(&name.replace(' ', "."), &[&profile]);
    input["IdentityInfo"] = json!({ "FirstName": name, "LastName": "Lee" });
    text(&world.operator.ok(Operation::CreateUser, &input)["UserId"])
}

/// Returns the body of the response to a GET request, which is not a page.
fn body(visitor: &Visitor, address: &str) -> String {
    String::from_utf8(visitor.get(address).body).unwrap()
}

/// Returns the names of the suggested profiles, in order.
fn suggested(page: &Page) -> Vec<String> {
    page.texts(".check-held a.button .visually-hidden, .user-held a.button .visually-hidden")
        .iter()
        .map(|text| text.trim_start_matches(": ").to_owned())
        .collect()
}

#[test]
fn who_can_is_answered_over_all_permissions_that_mean_it() {
    let world = World::new();
    user(&world, "legacy", &["DownloadCallRecordings"]);
    user(&world, "screens", &["ScreenRecording.Download"]);
    user(&world, "redacted", &["CallRecordings.Redacted.DownloadButton"]);
    user(&world, "nothing", &["Users.View"]);
    let admin = Visitor::administrator(&world.server);
    let seen = admin.see(&format!("{PAGE}?ask=who&can=download+recordings"));
    assert!(seen.texts("h2").contains(&"Who can download recordings? (4 users)".to_owned()), "{:?}", seen.texts("h2"));
    seen.assert_shows("6 permissions mean this.");
    assert!(seen.errors().is_empty());
    let headings = seen.texts(".check-matrix thead th");
    assert_eq!(headings.len(), 7, "{headings:?}");
    assert!(headings.iter().all(|heading| !heading.contains("Recorded conversations")), "{headings:?}");
    let column = |name: &str| headings.iter().position(|heading| heading.starts_with(name)).unwrap();
    let unredacted = column("Call recordings (unredacted)");
    assert!(headings[unredacted].ends_with("2 users"), "{headings:?}");
    let cell = |row: &str, at: usize| seen.row(row).cell(&headings[at]);
    assert_eq!(cell("legacy Lee", unredacted), "Yes");
    assert_eq!(cell("legacy Lee", column("Screen recording:").max(1)), "–no");
    assert_eq!(cell("redacted Lee", column("Call recordings (redacted)")), "Yes");
    seen.assert_lacks("nothing Lee");
    // Each cell leads to the reasons, and each heading to the question about only this permission.
    let why = admin.see(&seen.link("Yes"));
    why.assert_shows("Allowed");
    let csv = body(&admin, &format!("{DOWNLOAD}?ask=who&can=download+recordings"));
    assert_eq!(csv.lines().count(), 5, "{csv}");
    assert!(csv.lines().next().unwrap().matches(',').count() >= 8, "{csv}");
    // The phrase in the user's own words, and the name in the address, mean the same.
    for can in ["downloading+recordings", "download-recordings", "Who+can+download+recordings"] {
        assert_eq!(admin.see(&format!("{PAGE}?ask=who&can={can}")).texts(".check-matrix thead th"), headings);
    }
}

#[test]
fn permissions_within_a_scope_are_counted_and_marked() {
    let world = World::new();
    let scoped = json!({
        "SecurityProfileName": "Own team", "Permissions": ["Users.View", "Users.Edit"],
        "HierarchyRestrictedResources": ["User"],
    });
    let scoped = text(&world.ok(Operation::CreateSecurityProfile, scoped)["SecurityProfileId"]);
    world.new_user("lead", &[&scoped]);
    let admin = Visitor::administrator(&world.server);
    let seen = admin.see(&format!("{PAGE}?ask=who&can=reset+passwords"));
    assert!(seen.texts("h2").contains(&"Who can reset passwords? (2 users)".to_owned()), "{:?}", seen.texts("h2"));
    seen.assert_shows("1 of them only within a scope.");
    let because = seen.row("lead").cell("Because of");
    assert!(because.starts_with("Within a scope Own team: selected; only"), "{because}");
    // About a particular user, only decisions count. The user `lead` is in no hierarchy group.
    let about = admin.see(&format!("{PAGE}?ask=who&can=reset+passwords&to=lead"));
    assert!(about.texts("h2").iter().any(|heading| heading.ends_with("(1 user)")), "{:?}", about.texts("h2"));
    let decision = admin.see(&format!("{PAGE}?who=lead&can=reset+passwords"));
    decision.assert_shows("Only within a scope");
    decision.assert_shows("can reset passwords only for some users or resources");
    let list = admin.see(&format!("{PAGE}?ask=what&who=lead"));
    let because = list.row("Users: Edit").cell("Because of");
    assert!(because.starts_with("Within a scope"), "{because}");
}

#[test]
fn a_decision_about_several_permissions_lists_each() {
    let world = World::new();
    user(&world, "screens", &["ScreenRecording.Download"]);
    user(&world, "nothing", &["Users.View"]);
    let admin = Visitor::administrator(&world.server);
    let yes = admin.see(&format!("{PAGE}?who=screens&can=download+recordings"));
    yes.assert_shows("screens Lee can download recordings: 1 of the 6 permissions that mean this are granted.");
    assert_eq!(yes.texts("tbody .badge").iter().filter(|badge| *badge == "Allowed").count(), 1);
    let no = admin.see(&format!("{PAGE}?who=nothing&can=download+recordings"));
    no.assert_shows("nothing Lee can’t download recordings");
    assert_eq!(suggested(&no), ["screens", "Admin"]);
    no.assert_shows("It takes 6 requests, one for each permission.");
}

#[test]
fn suggestions_are_ordered_by_risk_then_size_and_leave_out_unused_profiles() {
    let world = World::new();
    // The names are in an order that neither risk nor size would give.
    world.new_profile("Temp - do not use", &["ManagerListenIn"]);
    user(&world, "a lead", &["ManagerListenIn", "Users.EditPermission"]);
    user(&world, "b big", &["ManagerListenIn", "AccessMetrics", "BasicAgentAccess", "Forecasting.View"]);
    user(&world, "c small", &["ManagerListenIn", "AccessMetrics"]);
    let tom = user(&world, "tom", &["Users.View", "SecurityProfiles.View"]);
    let admin = Visitor::administrator(&world.server);
    let expected = ["c small", "b big", "a lead", "Admin"];
    for address in [
        format!("{PAGE}?who=tom&can=listen+in"),
        format!("{PAGE}?who=tom&can=ManagerListenIn"),
        format!("/connect/users/{tom}?can=listen+in"),
        format!("/connect/users/{tom}?can=ManagerListenIn"),
    ] {
        let seen = admin.see(&address);
        assert_eq!(suggested(&seen), expected, "{address}");
        seen.assert_lacks("Temp - do not use");
        let marks = seen.texts(".check-held .badge, .user-held .badge");
        assert_eq!(marks, ["Adds least", "Leads to full access", "Leads to full access"], "{address}");
        seen.assert_shows("In practice, Access Contact Control Panel");
        let form = admin.see(&seen.link("Create a profile with just this"));
        assert!(form.checked("p").contains(&"ManagerListenIn".to_owned()), "{address}: {:?}", form.checked("p"));
        assert!(form.checked("p").len() < 4, "{:?}", form.checked("p"));
    }
    // A permission that requires another one selects both in the form for a new profile.
    let seen = admin.see(&format!("{PAGE}?who=tom&can=Queues.Edit"));
    let form = admin.see(&seen.link("Create a profile with just this"));
    assert_eq!(form.checked("p"), ["Queues.View", "Queues.Edit"]);
}

#[test]
fn the_page_for_what_is_not_permitted_names_only_profiles_that_users_have() {
    let world = World::new();
    world.new_profile("Temp - do not use", &["HistoricalChanges.View"]);
    user(&world, "a lead", &["HistoricalChanges.View", "Users.EditPermission"]);
    user(&world, "b auditor", &["HistoricalChanges.View"]);
    let visitor = world.visitor("viewer", &["Users.View", "SecurityProfiles.View"]);
    let refused = visitor.get("/connect/history");
    assert_eq!(refused.status, 403);
    let refused = page(&refused);
    refused.assert_lacks("Temp - do not use");
    let names: Vec<String> = refused.texts("main strong").into_iter().skip(1).collect();
    assert_eq!(names, ["b auditor", "a lead", "Admin"]);
}

#[test]
fn older_addresses_give_the_same_answers() {
    let world = World::new();
    user(&world, "ann", &["BasicAgentAccess"]);
    let admin = Visitor::administrator(&world.server);
    let answer = |page: &Page| (page.texts("h2"), page.texts("tbody tr"));
    for (old, new) in [
        ("?can=BasicAgentAccess", "?ask=who&can=BasicAgentAccess"),
        ("?ask=who&can=Users%3A+View", "?ask=who&can=Users%3A+View"),
        ("?ask=what&who=ann", "?ask=what&who=ann"),
        ("?ask=on-what&who=admin&can=Users.Edit", "?ask=on-what&who=admin&can=Users.Edit"),
    ] {
        let (old, new) = (admin.see(&format!("{SEARCH}{old}")), admin.see(&format!("{PAGE}{new}")));
        assert_eq!(answer(&old), answer(&new));
        assert!(!answer(&old).1.is_empty());
    }
    let decision = admin.see(&format!("{PAGE}?who=ann&can=BasicAgentAccess"));
    decision.assert_shows("Allowed");
    assert_eq!(answer(&decision), answer(&admin.see(&format!("{PAGE}?ask=can&who=ann&can=BasicAgentAccess"))));
    assert_eq!(admin.get(&format!("{DOWNLOAD}?can=BasicAgentAccess")).status, 200);
    // The empty page teaches by example: one click answers a question.
    let blank = admin.see(SEARCH);
    let answered = admin.see(&blank.link("Who can download recordings?"));
    answered.assert_shows("6 permissions mean this.");
}

#[test]
fn kinds_of_questions_keep_the_fields() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let seen = admin.see(&format!("{PAGE}?who=admin&can=listen+in"));
    let who = admin.see(&seen.link("Who can …?"));
    assert_eq!(who.field("Action or permission").value(), "listen in");
    let back = admin.see(&who.link("Can a user …?"));
    assert_eq!(
        (back.field("User").value(), back.field("Action or permission").value()),
        ("admin".to_owned(), "listen in".to_owned())
    );
    let offered = body(&admin, &format!("{PAGE}/suggest?for=can&q=down"));
    assert!(offered.starts_with("[[\"download recordings\",\"6 permissions\"]"), "{offered}");
}
