//! Tests the page Who has what. Each cell is a number of users, and links to a list with exactly these users.

use std::io::Write as _;

use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::console_home::{dated, groups, hire, hire_without_passwords};
use crate::html_page::Page;
use crate::server::Server;
use crate::visitor::{Visitor, page};
use crate::world::{World, text};

const PLACE: &str = "/connect/who-has-what";

/// The first administrator's display name.
const ADMIN: &str = "Floorkey Administrator";

/// The headings of the capabilities.
const CAPABILITIES: [&str; 9] = [
    "Reset passwords",
    "Assign security profiles",
    "Edit security profiles",
    "Listen in on live contacts",
    "Play recordings",
    "Download recordings",
    "Delete recordings",
    "Change live flows",
    "See personal data",
];

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

fn levels(world: &World) {
    let levels = json!({ "HierarchyStructure": { "LevelOne": { "Name": "Site" }, "LevelTwo": { "Name": "Team" } } });
    world.ok(Operation::UpdateUserHierarchyStructure, levels);
}

/// A link in a cell: the number in the cell, and the address.
#[derive(Debug)]
struct Linked {
    count: usize,
    href: String,
}

/// Returns the cells with links to the list of users.
fn linked(page: &str) -> Vec<Linked> {
    let cells = page.split("<td class=\"cap ").skip(1).map(|cell| cell.split_once("</td>").unwrap().0);
    let cells = cells.filter(|cell| cell.contains("<a href=\"/connect/users?"));
    let read = |cell: &str| {
        let href = cell.split_once("href=\"").unwrap().1.split_once('"').unwrap().0;
        let number = cell.split_once("</svg>").unwrap().1.split_once('<').unwrap().0;
        Linked {
            count: number.replace(',', "").parse().unwrap(),
            href: href.replace("&#38;", "&").replace("&amp;", "&"),
        }
    };
    cells.map(read).collect()
}

/// Returns the names of the rows, in order, without the row of all users.
fn rows(page: &Page) -> Vec<String> {
    page.texts(".map-table tbody tr:not(.map-total) th a")
}

/// Returns the texts of a row's cells: the number and the risk, such as `3, full control`.
fn cells(page: &Page, name: &str) -> Vec<String> {
    CAPABILITIES.iter().enumerate().map(|(at, _)| nth_cell(page, name, at)).collect()
}

fn nth_cell(page: &Page, name: &str, at: usize) -> String {
    page.row(name).cell(&format!("{} Who can {}?", CAPABILITIES[at], CAPABILITIES[at].to_lowercase()))
}

/// Checks on all pages of a view that each cell equals the number of users in the list that it links to. Returns the
/// number of cells.
fn check(visitor: &Visitor, query: &str) -> usize {
    let (mut next, mut checked) = (Some(format!("{PLACE}?{query}")), 0);
    while let Some(at) = next {
        let page = visitor.see(&at);
        for cell in linked(&page) {
            let list = visitor.see(&cell.href);
            let heading = list.heading();
            let count = heading.split_once('(').unwrap().1.trim_end_matches(')').replace(',', "");
            assert_eq!(count, cell.count.to_string(), "{at}: {cell:?}");
            let shown = list.texts("tbody th[scope=row]").len();
            assert_eq!(shown, cell.count.min(50), "{at}: {cell:?}");
            checked += 1;
        }
        let links = page.split("rel=\"next\"").next().filter(|_| page.contains("rel=\"next\""));
        next = links.map(|before| {
            let href = before.rsplit_once("href=\"").unwrap().1.split_once('"').unwrap().0;
            href.replace("&#38;", "&").replace("&amp;", "&")
        });
    }
    checked
}

const VIEWS: [&str; 5] = ["by=team&level=1", "by=team&level=2", "by=profiles", "by=user", ""];

#[test]
fn cells_equal_the_lists_behind_them_in_a_new_instance() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    for view in VIEWS {
        assert!(check(&admin, view) >= 9, "{view}");
    }
    let seen = admin.see(PLACE);
    assert_eq!(rows(&seen), [ADMIN]);
    assert_eq!(nth_cell(&seen, ADMIN, 0), "Yes, full control");
    assert_eq!(nth_cell(&seen, ADMIN, 5), "Yes, sensitive");
}

#[test]
fn cells_equal_the_lists_behind_them_in_the_demo() {
    let server = Server::demo();
    let admin = Visitor::administrator(&server);
    for view in VIEWS {
        assert!(check(&admin, view) >= 9, "{view}");
    }
    let all = admin.see(PLACE);
    let teams = rows(&all);
    for name in ["Cork VIP Desk", "Lisbon Payments", "Without a group"] {
        assert!(teams.iter().any(|team| team == name), "{name}: {teams:?}");
    }
    let desk = admin.see(&all.link("Cork VIP Desk"));
    desk.assert_shows("In Ireland / Cork / Cork VIP Desk or below");
    let inside = rows(&desk);
    assert!((5..=40).contains(&inside.len()), "{inside:?}");
    // The numbers of users by capability are the same in each view, and in the answer of Check access.
    let total = |query: &str| linked(&admin.see(&format!("{PLACE}?{query}"))).into_iter().take(9).map(|one| one.count);
    let totals: Vec<usize> = total("by=team").collect();
    assert_eq!(totals, total("by=profiles").collect::<Vec<_>>());
    for (capability, count) in CAPABILITIES.iter().zip(&totals) {
        let answer = admin.see(&all.link(&format!("Who can {}?", capability.to_lowercase())));
        let noun = if *count == 1 { "user" } else { "users" };
        let heading = format!("Who can {}? ({count} {noun})", capability.to_lowercase());
        assert!(answer.texts("h2").contains(&heading), "{heading}: {:?}", answer.texts("h2"));
    }
    for page in [&all, &desk, &admin.see(&format!("{PLACE}?by=profiles&columns=groups"))] {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(page.as_bytes()).unwrap();
        let bytes = packer.finish().unwrap().len();
        assert!(bytes <= 60 * 1024 && page.len() <= 200 * 1024, "{bytes} of {} bytes", page.len());
    }
}

#[test]
fn cells_equal_the_lists_behind_them_in_an_instance_with_all_cases() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let (site, team) = groups(&world);
    let (full, agent) = (world.profile("Admin"), world.profile("Agent"));
    let scoped = json!({
        "SecurityProfileName": "Own team", "Permissions": ["Users.View", "Users.Edit", "SecurityProfiles.View"],
        "HierarchyRestrictedResources": ["User"],
    });
    let lead = text(&world.ok(Operation::CreateSecurityProfile, scoped)["SecurityProfileId"]);
    let legacy = world.new_profile("Listeners", &["ListenCallRecordings", "DownloadCallRecordings"]);
    let restricted =
        world.new_profile("Own contacts", &["ContactSearch.View", "RestrictContactAccessByHierarchy.View"]);
    for at in 0..4 {
        let group = if at % 2 == 0 { &site } else { &team };
        hire(&world, &format!("lead{at}"), &[&lead], Some(group));
    }
    hire(&world, "second", &[&full, &agent], None);
    hire(&world, "listener", &[&agent, &legacy], Some(&team));
    hire(&world, "searcher", &[&restricted], Some(&site));
    hire_without_passwords(&admin, &[("lead4", "Own team", "Lisbon"), ("third", "Admin", "")]);
    let off = hire(&world, "off", &[&full], None);
    world.extension("POST", &format!("/users/{off}/disable"), &Value::Null);
    for (login, from, until) in
        [("now", "", "2099-01-01T10:00"), ("over", "", "2020-01-01T10:00"), ("later", "2098-01-01T10:00", "")]
    {
        let user = hire(&world, login, &[&agent, &full], None);
        dated(&admin, &user, &full, from, until);
    }
    for view in VIEWS.iter().copied().chain([
        &*format!("by=team&group={site}"),
        &format!("by=profiles&group={site}&only=1"),
        "by=profiles&group=none",
        &format!("by=team&profile={lead}"),
    ]) {
        assert!(check(&admin, view) >= 4, "{view}");
    }
    let seen = admin.see(&format!("{PLACE}?by=profiles"));
    seen.assert_shows("1 disabled user has no permissions and is not counted.");
    assert_eq!(nth_cell(&seen, "Own team", 0), "5, full control, within limits");
    assert_eq!(nth_cell(&seen, "Own contacts", 8), "1, sensitive, within limits");
    assert_eq!(nth_cell(&seen, "Agent and Listeners", 5), "1, sensitive");
    assert_eq!(nth_cell(&seen, "Agent and Listeners", 6), "–none");
    // A user with `Users.View` within a scope sees and counts only users in that scope.
    let seeing = Visitor::new(&world.server);
    seeing.sign_in_first("lead1", "Passw0rd", "Better-passw0rd");
    for view in VIEWS {
        check(&seeing, view);
    }
    seeing.see(PLACE).assert_shows("Only users in your scope are counted");
}

#[test]
fn a_row_of_a_user_links_to_the_reasons() {
    let world = World::new();
    let recorder = world.new_profile("Recorder", &["ScreenRecording.Download"]);
    let user = world.new_user("ann", &[&world.profile("Agent"), &recorder]);
    let admin = Visitor::administrator(&world.server);
    let seen = admin.see(PLACE);
    seen.assert_shows("(2 users)");
    // The user who can do the most harm comes first.
    assert_eq!(rows(&seen), [ADMIN, "Ann Other"]);
    assert!(seen.has_link_to(&format!("/connect/users/{user}")));
    let own = cells(&seen, "Ann Other");
    assert_eq!((own[0].as_str(), own[5].as_str()), ("–none", "Yes, sensitive"));
    let why = admin.see("/connect/check-access?who=ann&can=download-recordings");
    assert!(seen.has_link_to("/connect/check-access?who=ann&can=download-recordings"));
    why.assert_shows("Ann Other can download recordings");
    // Sorted by a capability, users without it come last.
    let sorted = admin.see(&format!("{PLACE}?by=user&sort=name"));
    assert_eq!(rows(&sorted), [ADMIN, "Ann Other"]);
    let mut others = rows(&admin.see(&format!("{PLACE}?by=user&sort=download-recordings")));
    others.sort();
    assert_eq!(others, ["Ann Other", ADMIN]);
}

#[test]
fn permission_groups_by_profile_set_are_percentages() {
    let world = World::new();
    let half = world.new_profile("Half", &["HistoricalChanges.View", "Users.View"]);
    world.new_user("bob", &[&half]);
    let admin = Visitor::administrator(&world.server);
    let seen = admin.see(&format!("{PLACE}?by=profiles&columns=groups"));
    assert_eq!(rows(&seen), ["Admin", "Half"], "the set with the most permissions is in the first row");
    let cells = |name: &str| {
        let row = seen.split("<tr").find(|row| row.contains(&format!(">{name}</a>"))).unwrap();
        let cells = row.split("<td class=\"cap ").skip(1).map(|cell| cell.chars().take(2).collect::<String>());
        cells.collect::<Vec<_>>()
    };
    assert_eq!(cells("Admin"), vec!["h5"; 15]);
    let half_cells = cells("Half");
    assert_eq!(
        half_cells.iter().filter(|cell| *cell == "h5").count(),
        1,
        "history is all of its group: {half_cells:?}"
    );
    assert_eq!(half_cells.iter().filter(|cell| *cell == "h0").count(), 13, "{half_cells:?}");
    assert_eq!(seen.row("Half").cell("Historical Changes (1)"), "All");
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
    of("by=user").assert_lacks("<b>Una");
    assert_eq!(rows(&of(&format!("group={lyon}&only=1"))), ["Due Other"]);
    assert_eq!(rows(&of("group=none")), [ADMIN]);
    for nothing in ["group=nonsense", "profile=nonsense", "group=00000000-0000-4000-8000-000000000000"] {
        let page = of(nothing);
        page.assert_shows("No users");
        page.assert_shows("there is none");
    }
    // At the lower level, the users directly in Lyon are a team of their own.
    assert_eq!(rows(&of("by=team&level=1")), ["Lyon", "Without a group"]);
    assert_eq!(rows(&of("by=team&level=2")), ["Directly in Lyon", "Team 4", "Without a group"]);
    let directly = of("by=team&level=2").link("Directly in Lyon");
    assert_eq!(rows(&admin.see(&directly)), ["Due Other"]);
    let sets = of("by=profiles");
    assert_eq!(rows(&sets), ["Agent", "Admin"], "the set of most users comes first");
    assert_eq!(sets.link("Agent"), format!("/connect/users?profiles={agent}&status=enabled"));
    assert_eq!(admin.see(&sets.link("Agent")).heading(), "User management (2)");
}
