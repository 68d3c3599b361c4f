//! Tests the Home page, the form for the escalation guard's mode, and the history of changes.

use floorkey_aws::operation::Operation;
use serde_json::json;

use crate::html_page::Page;
use crate::visitor::{Visitor, page};
use crate::world::World;

#[test]
fn the_first_administrator_chooses_the_guard_mode_and_none_is_preselected() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let away = admin.get("/connect/");
    assert_eq!((away.status, away.header("location")), (303, Some("/connect/guard")));
    let form = admin.see("/connect/guard");
    assert_eq!((form.unchecked("mode"), form.checked("mode")), (vec!["enforce".to_owned(), "warn".to_owned()], vec![]));
    form.assert_lacks(" checked");
    assert_eq!(admin.post("/connect/guard", &[("mode", "")]).status, 422);
    let home = admin.submit("/connect/guard", &[("mode", "enforce")]);
    home.assert_flash("The escalation guard is on enforce.");
    // A less strict guard mode requires a reason and a recent sign-in. The administrator has signed in recently.
    let refused = admin.post("/connect/guard", &[("mode", "warn"), ("reason", " ")]);
    assert_eq!(refused.status, 422);
    page(&refused).assert_alert("requires a reason");
    let home = admin.submit("/connect/guard", &[("mode", "warn"), ("reason", "Trying things out")]);
    home.assert_flash("is on warn");
}

#[test]
fn the_choice_can_be_postponed() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    assert_eq!(admin.get("/connect/guard?later=1").status, 303);
    admin.see("/connect/").assert_shows("Not chosen yet");
    assert_eq!(Visitor::administrator(&world.server).get("/connect/").status, 303);
}

#[test]
fn only_administrators_set_the_guard_and_agents_are_redirected_to_their_access() {
    let world = World::new();
    let viewer = world.visitor("viewer", &["Users.View"]);
    viewer.see("/connect/guard").assert_shows("Only a full administrator");
    assert_eq!(viewer.post("/connect/guard", &[("mode", "enforce")]).status, 403);
    let agent = world.visitor("agent", &["BasicAgentAccess"]);
    assert_eq!(agent.get("/connect/").header("location"), Some("/connect/access"));
    assert_eq!(agent.get("/connect/guard").status, 404);
}

#[test]
fn changes_are_described_with_names_and_can_be_filtered() {
    let world = World::new();
    let agent = world.profile("Agent");
    let ann = world.new_user("ann", &[&agent]);
    let team = world.new_profile("Team lead", &["Users.View"]);
    let input = json!({ "UserId": ann, "SecurityProfileIds": [team] });
    world.ok(Operation::UpdateUserSecurityProfiles, input);
    world.ok(Operation::UpdateSecurityProfile, json!({ "SecurityProfileId": team, "Permissions": ["Users.Edit"] }));
    let admin = Visitor::administrator(&world.server);
    let all = admin.see("/connect/history");
    for words in ["changed the security profiles of", "Security profile: Team lead", "Permission: Users: Edit"] {
        all.assert_shows(words);
    }
    all.assert_lacks("security_epoch");
    let of_ann = admin.see("/connect/history?user=ann");
    of_ann.assert_shows("created the user ");
    of_ann.assert_lacks("Permission: Users: Edit");
    let of_team = admin.see(&format!("/connect/history?profile={team}"));
    of_team.assert_shows("Permission: Users: Edit");
    of_team.assert_lacks("created the user ");
    let unknown = admin.see("/connect/history?user=nobody").field("About the user").error().unwrap();
    assert_eq!(unknown, "None of the users whom you can see has the login name or ID nobody.");
    let wrong = admin.see("/connect/history?from=soon").field("From").error().unwrap();
    assert!(wrong.starts_with("A date is written as"), "{wrong}");
    let csv = page(&admin.get("/connect/history.csv?user=ann"));
    assert!(
        csv.contains(",User created,")
            && csv.contains("The operator created the user Ann Other (ann),")
            && csv.lines().count() >= 3,
        "{csv}"
    );
}

#[test]
fn an_event_about_several_records_names_each_record_before_its_lines() {
    let world = World::new();
    let (agent, analyst) = (world.profile("Agent"), world.profile("QualityAnalyst"));
    let users = ["ann", "bob", "cid"].map(|login| world.new_user(login, &[&agent]));
    let edit = json!({ "UserIds": users, "AddSecurityProfileIds": [analyst], "RemoveSecurityProfileIds": [agent] });
    world.extension("POST", "/users/edit", &edit);
    let admin = Visitor::administrator(&world.server);
    let history = admin.see("/connect/history");
    let changes = "Security profile: QualityAnalyst Security profile: Agent";
    // The list contains five of the six lines.
    let text = history.text();
    let blocks = text.matches(&format!(") {changes} ")).count();
    assert_eq!((blocks, text.matches("and 1 more change").count()), (2, 1), "{text}");
    let event = admin.see(&history.link("and 1 more change"));
    for login in ["ann", "bob", "cid"] {
        event.assert_shows(&format!("Ann Other ({login}) {changes}"));
    }
    // The history of one user does not name the user.
    let names = |page: &Page| {
        let mut names = page.texts("p.event-more");
        names.retain(|name| name.starts_with("Ann Other"));
        names.sort();
        names
    };
    assert_eq!(names(&history), ["Ann Other (ann)", "Ann Other (bob)", "Ann Other (cid)"]);
    let of_ann = admin.see("/connect/history?user=ann");
    of_ann.assert_shows(changes);
    assert!(names(&of_ann).is_empty(), "{of_ann}");
}

#[test]
fn a_refused_change_is_shown_with_its_reason_and_each_event_has_a_page() {
    let world = World::new();
    let viewer = world.visitor("viewer", &["Users.View", "SecurityProfiles.View"]);
    assert_eq!(viewer.post("/connect/guard", &[("mode", "enforce")]).status, 403);
    let admin = Visitor::administrator(&world.server);
    let refused = admin.see("/connect/history?refused=on");
    refused.assert_shows("Refused");
    refused.assert_shows("full administrator");
    let seq = refused.split("/connect/history/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let one = admin.see(&format!("/connect/history/{seq}"));
    one.assert_shows("the console");
    one.assert_shows("127.0.0.1");
    one.assert_shows("SetEscalationGuard");
    one.assert_shows("tried to set the escalation guard");
    one.assert_shows("Escalation guard set");
    let missing = |text: &str| {
        let answer = admin.get(&format!("/connect/history/{text}"));
        assert_eq!(answer.status, 404, "{text}");
        page(&answer)
    };
    let events = world.extension("GET", "/audit?maxResults=1", &serde_json::Value::Null);
    let newest = events["Events"][0]["Sequence"].as_u64().unwrap();
    let said = missing("99999999");
    said.assert_shows(&format!("There is no event 99999999. The newest is event {newest}."));
    said.assert_lacks("deleted");
    missing("x").assert_shows("x is not the number of an event.");
}

#[test]
fn changes_to_records_that_a_user_cannot_view_are_not_shown() {
    let world = World::new();
    let team = world.new_profile("Team lead", &["Users.View"]);
    world.new_user("ann", &[&team]);
    let auditor = world.visitor("auditor", &["HistoricalChanges.View", "SecurityProfiles.View"]);
    let seen = auditor.see("/connect/history");
    seen.assert_shows("Team lead");
    seen.assert_lacks("created the user ");
    seen.assert_shows("not shown: outside your scope");
    let stranger = world.visitor("stranger", &["Users.View", "SecurityProfiles.View"]);
    assert_eq!(stranger.get("/connect/history").status, 403);
    assert_eq!(stranger.get("/connect/history/1").status, 403);
    assert_eq!(stranger.get("/connect/history.csv").status, 403);
}

#[test]
fn a_failed_sign_in_is_attributed_to_someone_and_not_to_the_server() {
    let world = World::new();
    let failed = Visitor::new(&world.server);
    let typed = [("username", "admin"), ("password", "Wr0ng-password")];
    assert_eq!(failed.post("/connect/login", &typed).status, 401);
    // The server records the event only after it sends the response.
    let (admin, begun) = (Visitor::administrator(&world.server), std::time::Instant::now());
    while !admin.see("/connect/history").contains("<strong>Someone</strong> failed to sign in as") {
        assert!(begun.elapsed().as_secs() < 10, "{}", admin.see("/connect/history"));
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

#[test]
fn missing_permissions_are_named_as_in_the_grid() {
    let world = World::new();
    let viewer = world.visitor("viewer", &["Users.View"]);
    let refused = viewer.get("/connect/history");
    assert_eq!(refused.status, 403);
    let said = page(&refused);
    said.assert_shows("This requires the permission View historical changes: View, which you don’t have.");
    said.assert_shows("Ask an administrator for a security profile with");
    said.assert_lacks("CallCenterManager");
    said.assert_lacks("HistoricalChanges.View");
    // Users who can view profiles also see which profiles grant the permission.
    let viewer = world.visitor("profiles", &["SecurityProfiles.View"]);
    let said = page(&viewer.get("/connect/history"));
    said.assert_shows("Security profiles with");
    assert!(said.strong().iter().any(|name| name == "Admin"), "{said}");
}
