//! Tests the page Who has what. The page's chart has a row for each user in the viewer's scope. If there are many
//! users, the chart has a row for each team instead. A table contains the same numbers as the chart.

use std::io::Write as _;

use floorkey_aws::operation::Operation;
use serde_json::json;

use crate::html_page::{Page, Part};
use crate::server::Server;
use crate::visitor::{Visitor, page};
use crate::world::{World, text};

const PLACE: &str = "/connect/who-has-what";

/// The first administrator's display name.
const ADMIN: &str = "Floorkey Administrator";

fn signed_in(world: &World, username: &str, profile: &str) -> Visitor {
    world.new_user(username, &[profile]);
    let visitor = Visitor::new(&world.server);
    visitor.sign_in_first(username, "Passw0rd", "Better-passw0rd");
    visitor
}

/// Creates a hierarchy group. If `parent` is given, the group becomes its subgroup.
fn group(world: &World, name: &str, parent: Option<&str>) -> String {
    let mut input = json!({ "Name": name });
    if let Some(parent) = parent {
        input["ParentGroupId"] = parent.into();
    }
    text(&world.ok(Operation::CreateUserHierarchyGroup, input)["HierarchyGroupId"])
}

/// Creates a user in a hierarchy group.
fn member(world: &World, username: &str, first_name: &str, profile: &str, group: &str) -> String {
    let mut input = world.user_input(username, &[profile]);
    input["HierarchyGroupId"] = group.into();
    input["IdentityInfo"] = json!({ "FirstName": first_name, "LastName": "Other" });
    text(&world.operator.ok(Operation::CreateUser, &input)["UserId"])
}

/// Returns the names of the chart's rows, in order.
fn rows(page: &Page) -> Vec<String> {
    page.texts(".map-lines a")
}

/// Returns the link of the chart's row with the given name.
fn address(page: &Page, name: &str) -> String {
    let links = page.parts(".map-lines a");
    let link = links.iter().find(|link| link.text() == name).unwrap_or_else(|| panic!("no {name}; {page}"));
    link.attribute("href").unwrap().to_owned()
}

/// Returns the cells of the table row with the given name.
fn cells(page: &Page, name: &str) -> Vec<String> {
    let rows = page.parts(".map-table tbody tr");
    let is_named = |row: &&Part<'_>| row.parts("th a").iter().any(|link| link.text() == name);
    let row = rows.iter().find(is_named).unwrap_or_else(|| panic!("no {name}; {page}"));
    row.parts("td.number").iter().map(|cell| cell.text()).collect()
}

fn levels(world: &World) {
    let levels = json!({ "HierarchyStructure": { "LevelOne": { "Name": "Site" }, "LevelTwo": { "Name": "Team" } } });
    world.ok(Operation::UpdateUserHierarchyStructure, levels);
}

#[test]
fn each_user_is_a_row_with_the_same_numbers_in_the_table() {
    let world = World::new();
    let user = world.new_user("ann", &[&world.profile("Agent")]);
    let half = world.new_profile("Half", &["HistoricalChanges.View", "Users.View"]);
    world.new_user("bob", &[&half]);
    let admin = Visitor::administrator(&world.server);
    let seen = admin.see(PLACE);
    seen.assert_shows("(3 users)");
    // The user with the most permissions is in the first row.
    assert_eq!(rows(&seen)[0], ADMIN);
    assert_eq!(address(&seen, ADMIN), format!("/connect/users/{}", world.user("admin")));
    assert!(seen.has_link_to(&format!("/connect/users/{user}")));
    let full = cells(&seen, ADMIN);
    assert_eq!(full.len(), 15);
    assert!(full.iter().all(|cell| cell == "all"), "{full:?}");
    let half = admin.see(&format!("{PLACE}?profile={half}"));
    half.assert_shows("(1 user)");
    half.assert_shows("Security profile: Half");
    let row = cells(&half, "Ann Other");
    assert_eq!(row.iter().filter(|cell| *cell == "all").count(), 1, "history is all of its group: {row:?}");
    assert_eq!(row.iter().filter(|cell| *cell == "0").count(), 13, "{row:?}");
    // A disabled user has no permissions.
    let disable = format!("/floorkey/v1/instances/{}/users/{user}/disable", world.instance);
    assert_eq!(world.operator.send("POST", &disable, "", b"{}").status, 200);
    let seen = admin.see(PLACE);
    seen.assert_shows("(2 users)");
    seen.assert_shows("1 disabled user");
}

#[test]
fn who_has_what_needs_the_view_permissions_of_users_and_profiles() {
    let world = World::new();
    for (username, permissions, status) in [
        ("users", &["Users.View"][..], 403),
        ("profiles", &["SecurityProfiles.View"][..], 403),
        ("neither", &["HistoricalChanges.View"][..], 403),
        ("both", &["Users.View", "SecurityProfiles.View"][..], 200),
    ] {
        let profile = world.new_profile(username, permissions);
        let visitor = signed_in(&world, username, &profile);
        let answer = visitor.get(PLACE);
        assert_eq!(answer.status, status, "{username}: {}", page(&answer));
    }
}

#[test]
fn scoped_users_see_only_users_in_their_scope() {
    let world = World::new();
    levels(&world);
    let (lyon, graz) = (group(&world, "Lyon", None), group(&world, "Graz", None));
    let agent = world.profile("Agent");
    member(&world, "inside", "Inge", &agent, &lyon);
    let outside = member(&world, "outside", "Otto", &agent, &graz);
    let made = world.ok(
        Operation::CreateSecurityProfile,
        json!({
            "SecurityProfileName": "Site lead", "Permissions": ["Users.View", "SecurityProfiles.View"],
            "HierarchyRestrictedResources": ["User"], "AllowedAccessControlHierarchyGroupId": lyon,
        }),
    );
    let lead = signed_in(&world, "lead", &text(&made["SecurityProfileId"]));
    let seen = lead.see(PLACE);
    assert_eq!(rows(&seen), ["Inge Other"]);
    seen.assert_shows("Only users in your scope are counted");
    seen.assert_lacks("Otto");
    seen.assert_lacks(&outside);
    lead.see(&format!("{PLACE}?group={graz}")).assert_shows("No users");
}

#[test]
fn groups_limit_the_users_and_unknown_groups_show_none() {
    let world = World::new();
    levels(&world);
    let lyon = group(&world, "Lyon", None);
    let team = group(&world, "Team 4", Some(&lyon));
    let agent = world.profile("Agent");
    member(&world, "one", "<b>Una</b>", &agent, &team);
    member(&world, "two", "Due", &agent, &lyon);
    let admin = Visitor::administrator(&world.server);
    let of = |query: &str| admin.see(&format!("{PLACE}?{query}"));
    let mut below = rows(&of(&format!("group={lyon}")));
    below.sort();
    assert_eq!(below, ["<b>Una</b> Other", "Due Other"]);
    assert_eq!(rows(&of(&format!("group={lyon}&only=1"))), ["Due Other"]);
    assert_eq!(rows(&of("group=none")), [ADMIN]);
    for nothing in ["group=nonsense", "profile=nonsense", "group=00000000-0000-4000-8000-000000000000"] {
        let page = of(nothing);
        page.assert_shows("No users");
        page.assert_shows("there is none");
    }
    let sets = of("by=profiles");
    assert_eq!(rows(&sets), ["Admin", "Agent"]);
    assert_eq!(address(&sets, "Agent"), format!("/connect/users?profile={agent}"));
}

#[test]
fn more_than_two_hundred_users_are_grouped_by_team() {
    let server = Server::demo();
    let admin = Visitor::administrator(&server);
    let all = admin.see(PLACE);
    let teams = rows(&all);
    for name in ["Cork VIP Desk", "Lisbon Payments", "Without a group"] {
        assert!(teams.iter().any(|team| team == name), "{name}: {teams:?}");
    }
    assert!(teams.len() < 40, "{teams:?}");
    all.assert_shows(" teams, ");
    let desk = admin.see(&address(&all, "Cork VIP Desk"));
    desk.assert_shows("In Ireland / Cork / Cork VIP Desk or below");
    let inside = rows(&desk);
    assert!((5..200).contains(&inside.len()), "{inside:?}");
    assert!(address(&desk, &inside[0]).starts_with("/connect/users/"));
    // The query in a team's link also works in the list of users.
    let users = admin.see(&address(&all, "Lisbon Payments").replace(PLACE, "/connect/users"));
    users.assert_shows("User management");
    for page in [&all, &desk] {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(page.as_bytes()).unwrap();
        let bytes = packer.finish().unwrap().len();
        assert!(bytes <= 60 * 1024, "{bytes} bytes");
    }
}
