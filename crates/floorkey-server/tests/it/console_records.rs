//! Tests the Home page, the form for the escalation guard's mode, and the history of changes.

use floorkey_aws::operation::Operation;
use serde_json::json;

use crate::visitor::{Visitor, page};
use crate::world::World;

#[test]
fn the_first_administrator_chooses_the_guard_mode_and_none_is_preselected() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let away = admin.get("/connect/");
    assert_eq!((away.status, away.header("location")), (303, Some("/connect/guard")));
    let form = admin.see("/connect/guard");
    assert!(form.contains("value=\"warn\" required>") && !form.contains(" checked"), "{form}");
    assert_eq!(admin.post("/connect/guard", &[("mode", "")]).status, 422);
    let home = admin.submit("/connect/guard", &[("mode", "enforce")]);
    assert!(home.contains("The escalation guard is on enforce."), "{home}");
    // A less strict guard mode requires a reason and a recent sign-in. The administrator has signed in recently.
    let refused = admin.post("/connect/guard", &[("mode", "warn"), ("reason", " ")]);
    assert_eq!(refused.status, 422);
    assert!(page(&refused).contains("requires a reason"), "{}", page(&refused));
    let home = admin.submit("/connect/guard", &[("mode", "warn"), ("reason", "Trying things out")]);
    assert!(home.contains("is on warn"), "{home}");
}

#[test]
fn the_choice_can_be_postponed() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    assert_eq!(admin.get("/connect/guard?later=1").status, 303);
    assert!(admin.see("/connect/").contains("not chosen yet"));
    assert_eq!(Visitor::administrator(&world.server).get("/connect/").status, 303);
}

#[test]
fn only_administrators_set_the_guard_and_agents_are_redirected_to_their_access() {
    let world = World::new();
    let viewer = world.visitor("viewer", &["Users.View"]);
    assert!(viewer.see("/connect/guard").contains("Only a full administrator"));
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
        assert!(all.contains(words), "{words}: {all}");
    }
    assert!(!all.contains("security_epoch"));
    let of_ann = admin.see("/connect/history?user=ann");
    assert!(of_ann.contains("created the user ") && !of_ann.contains("Permission: Users: Edit"), "{of_ann}");
    let of_team = admin.see(&format!("/connect/history?profile={team}"));
    assert!(of_team.contains("Permission: Users: Edit") && !of_team.contains("created the user "), "{of_team}");
    assert!(admin.see("/connect/history?user=nobody").contains("whom you can see has the login name or ID nobody"));
    assert!(admin.see("/connect/history?from=soon").contains("A date is written as"));
    let csv = page(&admin.get("/connect/history.csv?user=ann"));
    assert!(
        csv.contains(",User created,")
            && csv.contains("The operator created the user Ann Other (ann),")
            && csv.lines().count() >= 3,
        "{csv}"
    );
}

#[test]
fn a_refused_change_is_shown_with_its_reason_and_each_event_has_a_page() {
    let world = World::new();
    let viewer = world.visitor("viewer", &["Users.View", "SecurityProfiles.View"]);
    assert_eq!(viewer.post("/connect/guard", &[("mode", "enforce")]).status, 403);
    let admin = Visitor::administrator(&world.server);
    let refused = admin.see("/connect/history?refused=on");
    assert!(refused.contains("Refused") && refused.contains("full administrator"), "{refused}");
    let seq = refused.split("/connect/history/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let one = admin.see(&format!("/connect/history/{seq}"));
    assert!(one.contains("the console") && one.contains("127.0.0.1") && one.contains("SetEscalationGuard"), "{one}");
    assert!(one.contains("tried to set the escalation guard") && one.contains("Escalation guard set"), "{one}");
    let missing = |text: &str| {
        let answer = admin.get(&format!("/connect/history/{text}"));
        assert_eq!(answer.status, 404, "{text}");
        page(&answer)
    };
    let events = world.extension("GET", "/audit?maxResults=1", &serde_json::Value::Null);
    let newest = events["Events"][0]["Sequence"].as_u64().unwrap();
    let said = missing("99999999");
    assert!(said.contains(&format!("There is no event 99999999. The newest is event {newest}.")), "{said}");
    assert!(!said.contains("deleted"), "{said}");
    assert!(missing("x").contains("x is not the number of an event."));
}

#[test]
fn changes_to_records_that_a_user_cannot_view_are_not_shown() {
    let world = World::new();
    let team = world.new_profile("Team lead", &["Users.View"]);
    world.new_user("ann", &[&team]);
    let auditor = world.visitor("auditor", &["HistoricalChanges.View", "SecurityProfiles.View"]);
    let seen = auditor.see("/connect/history");
    assert!(seen.contains("Team lead") && !seen.contains("created the user "), "{seen}");
    assert!(seen.contains("not shown: outside your scope"), "{seen}");
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
    assert!(
        said.contains("This requires the permission View historical changes: View, which you don’t have."),
        "{said}"
    );
    assert!(said.contains("Ask an administrator for a security profile with"), "{said}");
    assert!(!said.contains("CallCenterManager") && !said.contains("HistoricalChanges.View"), "{said}");
    // Users who can view profiles also see which profiles grant the permission.
    let viewer = world.visitor("profiles", &["SecurityProfiles.View"]);
    let said = page(&viewer.get("/connect/history"));
    assert!(said.contains("Security profiles with") && said.contains("<strong>Admin</strong>"), "{said}");
}
