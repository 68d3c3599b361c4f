//! Tests the form for the escalation guard's mode, and the page about a missing permission.

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
    // Users who can view profiles and the users who have them also see which profiles grant the permission.
    let viewer = world.visitor("profiles", &["SecurityProfiles.View", "Users.View"]);
    let said = page(&viewer.get("/connect/history"));
    said.assert_shows("Security profiles with");
    assert!(said.strong().iter().any(|name| name == "Admin"), "{said}");
}
