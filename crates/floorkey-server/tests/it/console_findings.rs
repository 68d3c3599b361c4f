//! Tests what users decide about findings on the pages of the console, the first steps of a new instance, and the list
//! of changes that the guard would have refused.

use floorkey_aws::operation::Operation;
use serde_json::json;

use crate::console_access::Authenticator;
use crate::visitor::{Visitor, page};
use crate::world::World;

const WITHOUT_MFA: &str = "/connect/findings/administrators-without-mfa";
const UNUSED: &str = "/connect/findings/unused-profiles";

fn admin(world: &World) -> Visitor {
    let admin = Visitor::administrator(&world.server);
    admin.get("/connect/guard?later=1");
    admin
}

/// Returns a date in some days, as a date field has it.
fn day(days: i64) -> String {
    let now = jiff::Timestamp::from_millisecond(floorkey_service::clock::now().as_millis()).unwrap();
    (now + jiff::SignedDuration::from_hours(days * 24)).strftime("%Y-%m-%d").to_string()
}

#[test]
fn a_finding_is_dismissed_with_a_reason_and_an_end_and_comes_back() {
    let world = World::new();
    let admin = admin(&world);
    let form = admin.see(UNUSED);
    assert_eq!((form.field("Until").value(), form.heading()), (day(90), "Security profiles without users".to_owned()));
    let dismiss = format!("{UNUSED}/dismiss");
    for (reason, until, error) in [
        ("", day(90), "requires a reason"),
        ("moving", String::new(), "Enter a date"),
        ("moving", day(-1), "Must be in the future"),
        ("moving", day(400), "can be dismissed for a year"),
    ] {
        let answer = admin.post(&dismiss, &[("reason", reason), ("until", &until)]);
        assert_eq!(answer.status, 422, "{reason} {until}");
        page(&answer).assert_error(error);
    }
    let home = admin.submit(&dismiss, &[("reason", "Kept for the audit"), ("until", &day(30))]);
    home.assert_flash("Finding dismissed until");
    home.assert_lacks("data-finding=\"unused-profiles\"");
    let dismissed = home.section("Dismissed findings").text();
    assert!(dismissed.contains("Kept for the audit") && dismissed.contains("until"), "{dismissed}");
    assert!(dismissed.contains("Floorkey Administrator"), "{dismissed}");
    let open = admin.see(UNUSED);
    open.assert_shows("By Floorkey Administrator");
    assert!(open.has_button("Reopen"));
    // One more unused profile makes the finding worse than at the dismissal.
    let profile = world.new_profile("Unused", &["BasicAgentAccess"]);
    admin.see("/connect/").assert_has("tr[data-finding='unused-profiles']");
    world.ok(Operation::DeleteSecurityProfile, json!({ "SecurityProfileId": profile }));
    admin.see("/connect/").assert_lacks("data-finding=\"unused-profiles\"");
    let home = admin.submit(&format!("{UNUSED}/reopen"), &[]);
    home.assert_flash("Finding reopened");
    home.assert_has("tr[data-finding='unused-profiles']");
    let decisions = admin.see(UNUSED).section("Decisions").text();
    assert!(decisions.contains("dismissed the finding") && decisions.contains("reopened the finding"), "{decisions}");
    let history = admin.see("/connect/history");
    let column = |name: &str| history.texts(&format!("table.events td[data-label='{name}']"));
    let what = column("What");
    for decision in ["Dismissed the finding", "Reopened the finding"] {
        let at = what.iter().position(|what| what == decision).unwrap_or_else(|| panic!("no {decision}: {what:?}"));
        assert_eq!(column("On")[at], "Security profiles without users");
        assert_eq!(column("Who")[at], "Floorkey Administrator (admin)");
    }
}

#[test]
fn a_decision_is_undone_from_the_message_about_it() {
    let world = World::new();
    let admin = admin(&world);
    let home = admin.submit(&format!("{UNUSED}/dismiss"), &[("reason", "moving"), ("until", &day(30))]);
    let revision = home.values(".flash input[name='revision']").remove(0);
    let undone = admin.submit("/connect/undo", &[("revision", &revision), ("back", "/connect/")]);
    undone.assert_has("tr[data-finding='unused-profiles']");
}

#[test]
fn administrators_do_not_dismiss_findings_about_themselves() {
    let world = World::new();
    world.new_user("second", &[&world.profile("Admin")]);
    let (admin, second) = (admin(&world), Visitor::new(&world.server));
    second.sign_in_first("second", "Passw0rd", "Better-passw0rd");
    second.get("/connect/guard?later=1");
    let fields = [("reason", "later"), ("until", &*day(30))];
    admin.see(WITHOUT_MFA).assert_shows("You can’t dismiss this finding, because it is about you.");
    admin.see("/connect/").assert_shows("You can’t dismiss this, because it is about you.");
    let refused = admin.post(&format!("{WITHOUT_MFA}/dismiss"), &fields);
    assert_eq!(refused.status, 422);
    page(&refused).assert_alert("You can't dismiss a finding that is about yourself");
    Authenticator::added(&second);
    second.see(WITHOUT_MFA).assert_shows("All users who see findings can read the reason");
    second.submit(&format!("{WITHOUT_MFA}/dismiss"), &fields).assert_flash("Finding dismissed");
}

#[test]
fn a_finding_is_assigned_to_a_user_who_sees_it() {
    let world = World::new();
    world.new_user("agnes", &[&world.profile("Agent")]);
    let reader = world.visitor("reader", &["Users.View", "SecurityProfiles.View"]);
    let admin = admin(&world);
    let assign = format!("{WITHOUT_MFA}/assign");
    for (login, error) in [("", "Enter a login"), ("nobody", "no user with the login nobody"), ("agnes", "can't view")]
    {
        let answer = admin.post(&assign, &[("login", login)]);
        assert_eq!(answer.status, 422, "{login}");
        page(&answer).assert_error(error);
    }
    admin.submit(&assign, &[("login", "reader")]).assert_flash("Finding assigned to Ann Other");
    assert_eq!(admin.see("/connect/").row("Administrators without MFA").cell("Assigned to"), "Ann Other");
    let home = reader.see("/connect/");
    assert_eq!(home.row("Administrators without MFA").cell("Assigned to"), "You");
    // The reader can't decide about findings.
    home.assert_lacks("#dismiss");
    reader.see(WITHOUT_MFA).assert_shows("To dismiss or assign findings, you need Security profiles – Edit");
    assert_eq!(reader.post(&assign, &[("to", "none")]).status, 403);
    admin.submit(&assign, &[("to", "me")]).assert_flash("assigned to you");
    admin.submit(&assign, &[("to", "none")]).assert_flash("no longer assigned");
}

#[test]
fn findings_about_access_are_hidden_from_users_who_do_not_see_it() {
    let world = World::new();
    let viewer = world.visitor("viewer", &["Users.View"]);
    let agent = world.visitor("agent", &["BasicAgentAccess"]);
    viewer.see("/connect/").assert_lacks("administrators-without-mfa");
    viewer.see(WITHOUT_MFA).assert_shows("This finding doesn’t apply at the moment.");
    assert_eq!(agent.get(WITHOUT_MFA).status, 404);
    assert_eq!(viewer.get("/connect/findings/unknown").status, 404);
}

#[test]
fn the_home_page_of_a_new_instance_is_a_list_of_first_steps() {
    let world = World::new();
    let admin = admin(&world);
    let home = admin.see("/connect/");
    assert_eq!(home.heading_of("First steps"), "First steps (0 of 5 done)");
    home.assert_shows("Recommended: enforce.");
    admin.submit("/connect/guard", &[("mode", "enforce")]);
    Authenticator::added(&admin);
    world.new_user("second", &[&world.profile("Admin")]);
    let home = admin.see("/connect/");
    assert_eq!(home.heading_of("First steps"), "First steps (3 of 5 done)");
    // People and a profile of its own end the first steps.
    world.new_user("ann", &[&world.new_profile("Team", &["Users.View"])]);
    admin.see("/connect/").assert_lacks("First steps");
    let other = World::new();
    let hiding = Visitor::administrator(&other.server);
    hiding.get("/connect/guard?later=1");
    hiding.submit("/connect/checklist", &[]).assert_lacks("First steps");
    hiding.see("/connect/").assert_lacks("First steps");
}

#[test]
fn the_last_changes_stay_listed_on_a_second_visit() {
    let world = World::new();
    let admin = admin(&world);
    world.new_user("ann", &[&world.profile("Agent")]);
    for visit in ["first", "second"] {
        let changes = admin.see("/connect/").section("Recent changes").text();
        assert!(changes.contains("created the user Ann Other (ann)") && changes.contains("New"), "{visit}: {changes}");
    }
}

#[test]
fn assignments_that_end_soon_are_listed() {
    let world = World::new();
    let admin = admin(&world);
    admin.see("/connect/ending-assignments").assert_shows("No assignment ends soon");
    admin.see("/connect/").assert_shows("No assignment of a security profile ends in the next 14 days.");
    let viewer = world.visitor("profiles", &["SecurityProfiles.View"]);
    assert_eq!(viewer.get("/connect/ending-assignments").status, 404);
}

#[test]
fn the_page_of_the_guard_lists_what_enforce_would_have_refused() {
    let world = World::new();
    let admin = admin(&world);
    admin.see("/connect/guard").assert_shows("With enforce, the same changes would have been possible.");
    let manager = world.somebody("mia", &["Users.View", "Users.Edit", "Users.Create", "SecurityProfiles.View"]);
    let ann = world.new_user("ann", &[&world.profile("Agent")]);
    let promote = world.in_instance(json!({ "UserId": ann, "SecurityProfileIds": [world.profile("Admin")] }));
    manager.ok(Operation::UpdateUserSecurityProfiles, &promote);
    // A change by the operator is not refused.
    world.new_user("bob", &[&world.profile("Admin")]);
    let guard = admin.see("/connect/guard");
    assert_eq!(guard.heading_of("What enforce would have refused"), "What enforce would have refused (1)");
    guard.assert_shows("changed the security profiles of");
    guard.assert_shows("Gave more access than the actor has");
    assert_eq!(guard.row("Ann Other (mia)").cell("Changes"), "1");
    admin.see("/connect/").assert_shows("Enforce would have refused 1 change in the last 30 days.");
    // The management API has the same list.
    let check = world.extension("GET", "/guard/check", &serde_json::Value::Null);
    assert_eq!((&check["Mode"], &check["EventCount"]), (&json!("warn"), &json!(1)));
    assert_eq!(check["Actors"][0]["Username"], "mia");
    assert_eq!(check["Events"].as_array().unwrap().len(), 1);
    assert_eq!(check["Events"][0]["Flags"][0]["Flag"], "GaveMoreThanHeld");
    assert_eq!(world.try_extension(&manager, "GET", "/guard/check", &serde_json::Value::Null).status, 403);
    let viewer = world.visitor("viewer", &["Users.View"]);
    viewer.see("/connect/guard").assert_lacks("would have refused");
}
