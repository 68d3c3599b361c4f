//! Tests that numbers and names have the same meaning on every page. A page must say which records are not included in
//! its numbers.

use floorkey_aws::operation::Operation;
use serde_json::json;

use crate::console_users_files::{HEADINGS, send};
use crate::html_page::Page;
use crate::visitor::{Visitor, hidden, page};
use crate::world::{World, text};

const PROFILES: &str = "/connect/security-profiles";

/// Returns the number before the first occurrence of the given words.
fn number_before(page: &str, words: &str) -> usize {
    let (before, _) = page.split_once(words).unwrap_or_else(|| panic!("no {words} in {page}"));
    let digits: String = before.chars().rev().take_while(char::is_ascii_digit).collect();
    digits.chars().rev().collect::<String>().parse().unwrap()
}

#[test]
fn a_profile_and_its_only_user_have_the_same_number_of_permissions() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    for name in ["CallCenterManager", "Agent", "QualityAnalyst"] {
        let profile = world.profile(name);
        let user = world.new_user(&format!("user-{}", name.to_lowercase()), &[&profile]);
        let form = admin.see(&format!("{PROFILES}/{profile}"));
        let total = number_before(&form, " permissions)</span>");
        let of_user = admin.see(&format!("/connect/users/{user}"));
        let (_, rest) = of_user.split_once("Effective permissions <span class=\"count\">(").unwrap();
        let held: usize = rest.split_once(')').unwrap().0.parse().unwrap();
        assert_eq!(total, held, "{name}");
        // The numbers of the form's permission groups add up to the total number of permissions.
        let groups = form.split("<span class=\"count\" data-count>").skip(1);
        let sum: usize = groups.map(|rest| rest.split_once(' ').unwrap().0.parse::<usize>().unwrap()).sum();
        assert_eq!(sum, total, "{name}");
        let list = admin.see(PROFILES);
        assert_eq!(list.row(name).cell("Permissions"), total.to_string());
        let has_legacy = form.contains("Legacy names are selected");
        assert_eq!(of_user.contains("Profiles have the legacy name"), has_legacy, "{name}");
    }
}

#[test]
fn selecting_all_selects_only_what_a_search_shows() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let new = format!("{PROFILES}/new");
    let base = [("name", "Listeners"), ("q", "listen")];
    let shown = page(&admin.post(&new, &[&base[..], &[("do", "show")]].concat()));
    let group = "metrics-and-quality";
    let button = shown.split(&format!("data-all-of=\"{group}\">")).nth(1).unwrap().split_once('<').unwrap().0;
    let words: Vec<&str> = button.split(' ').collect();
    assert_eq!((words[0], words[2]), ("Select", "found"), "{button}");
    let count: usize = words[1].parse().unwrap();
    assert!(count > 0 && count < 20, "{button}");
    let selected = page(&admin.post(&new, &[&base[..], &[("tick", group)]].concat()));
    let needed = hidden(&selected, "needed");
    let needed: Vec<&str> = needed.split(' ').filter(|name| !name.is_empty()).collect();
    let own = selected.checked("p").into_iter().filter(|name| !needed.contains(&name.as_str())).count();
    assert_eq!(own, count, "what others need comes along, and nothing else: {:?}", selected.checked("p"));
    assert!(selected.has_button(&format!("Clear {count} found in Metrics and Quality")));
    // Without a search, the button selects the whole group.
    let all = page(&admin.post(&new, &[("name", "Listeners"), ("tick", group)]));
    assert!(all.checked("p").len() > 60, "{}", all.checked("p").len());
    assert!(all.has_button("Clear all of Metrics and Quality"));
}

#[test]
fn hierarchy_groups_are_listed_before_the_groups_below_them() {
    let world = World::new();
    let levels = json!({ "HierarchyStructure": { "LevelOne": { "Name": "Country" }, "LevelTwo": { "Name": "Site" } } });
    world.ok(Operation::UpdateUserHierarchyStructure, levels);
    let group = |name: &str, parent: Option<&String>| {
        let input = json!({ "Name": name, "ParentGroupId": parent });
        text(&world.ok(Operation::CreateUserHierarchyGroup, input)["HierarchyGroupId"])
    };
    let (portugal, ireland) = (group("Portugal", None), group("Ireland", None));
    group("Poland", None);
    for (name, parent) in [("Lisbon", &portugal), ("Cork", &ireland), ("Aveiro", &portugal)] {
        group(name, Some(parent));
    }
    let form = Visitor::administrator(&world.server).see(&format!("{PROFILES}/new"));
    let (_, rest) = form.split_once("name=\"hierarchy\"").unwrap();
    let options = rest.split_once("</select>").unwrap().0.split("<option").skip(3);
    let names: Vec<&str> =
        options.map(|option| option.split_once('>').unwrap().1.split_once(" or below").unwrap().0).collect();
    let sorted = ["Ireland", "Ireland / Cork", "Poland", "Portugal", "Portugal / Aveiro", "Portugal / Lisbon"];
    assert_eq!(names, sorted.map(|name| format!("Users in {name}")));
}

#[test]
fn three_or_more_profiles_are_compared_beside_each_other() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let first = world.profile("Admin");
    let [second, third] =
        ["Readers", "Viewers"].map(|name| world.new_profile(name, &["Users.View", "SecurityProfiles.View"]));
    let compared = admin.see(&format!("{PROFILES}/compare?p={first}&p={second}&p={third}"));
    assert_eq!(compared.heading(), "Compare security profiles (3)");
    let row = compared.row("Users: Edit Can lead to full access");
    assert_eq!(["Admin", "Readers", "Viewers"].map(|name| row.cell(name)), ["Yes", "–", "–"]);
    // What all three have is shown on request, so that the rows add up.
    let all = admin.see(&compared.link("Show what is the same too"));
    let rows = |page: &Page| page.texts("tbody th[scope=row]").len();
    let same = compared.text().split(" rows in which").next().unwrap().split(' ').next_back().unwrap().parse();
    assert_eq!(rows(&all), rows(&compared) + same.unwrap_or(usize::MAX));
    // Up to eight profiles fit beside each other. The page names the others.
    let many: Vec<String> =
        (0..9).map(|at| format!("p={}", world.new_profile(&format!("P{at}"), &["Users.View"]))).collect();
    let crowded = admin.see(&format!("{PROFILES}/compare?{}", many.join("&")));
    crowded.assert_shows("Not shown: P8.");
    crowded.assert_shows("No difference");
}

#[test]
fn the_review_of_a_profile_counts_each_user_once() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let edit = ["Users.View", "Users.Edit"];
    let (team, wide) = (world.new_profile("Team", &["Users.View"]), world.new_profile("Wide", &edit));
    for (login, profiles) in [("ann", vec![&*team]), ("bob", vec![&*team, &*wide]), ("cat", vec![&*team, &*wide])] {
        world.new_user(login, &profiles);
    }
    let own = format!("{PROFILES}/{team}");
    let modified = hidden(&admin.see(&own), "modified");
    let mut fields = vec![("do", "save"), ("name", "Team"), ("hierarchy", "own"), ("modified", &*modified)];
    fields.extend(edit.map(|name| ("p", name)));
    let review = page(&admin.post(&own, &fields));
    // Ann is in no hierarchy group. A permission for users in Ann's own group therefore applies to no users.
    for words in ["1 user can do less", "2 users: no change", "Removed permissions: Users: View"] {
        review.assert_shows(words);
    }
    review.assert_lacks("can do more");
    let risk = "Users with this profile can reset the passwords of users in their own hierarchy group or below";
    review.assert_shows(risk);
    review.assert_lacks("reset any user");
}

#[test]
fn an_import_without_passwords_shows_none_and_too_many_selected_users_are_refused_at_once() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let lines: String = (0..10_000).map(|at| format!("A,B,new{at:05},,Agent,Basic Routing Profile,,,\n")).collect();
    let ready = page(&send(&admin, &format!("{HEADINGS}\n{lines}")));
    assert!(ready.has_button("Add 10,000 users"));
    let upload = hidden(&ready, "upload");
    let done = admin.submit("/connect/users/import", &[("upload", &upload), ("passwords", "none")]);
    done.assert_flash("10,000 users added. They have no password yet");
    assert_eq!(done.heading(), "User management (10,001)");
    done.assert_lacks("class=\"secret\"");
    for path in ["edit", "reset", "delete", "disable"] {
        let answer = admin.get(&format!("/connect/users/{path}?all=1"));
        assert_eq!((answer.status, answer.header("location")), (303, Some("/connect/users")), "{path}");
        let list = admin.see("/connect/users");
        let words = "You can change up to 10,000 users at a time. Narrow your filter (10,001 selected).";
        list.assert_flash(words);
    }
    let narrowed = admin.get("/connect/users/edit?all=1&q=new0");
    assert_eq!(narrowed.status, 200);
}

#[test]
fn an_unmet_condition_is_shown_with_the_known_values() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let desk = world.new_profile("Desk", &["Users.View", "Users.Edit"]);
    let conditions = json!({ "Conditions": [{ "Permission": "Users.Edit", "All": [
        { "Kind": "Same", "Attribute": "team" },
    ] }] });
    world.extension("PUT", &format!("/security-profiles/{desk}/conditions"), &conditions);
    for (login, team) in [("ann", Some("red")), ("bob", Some("blue")), ("cat", None)] {
        let mut input = world.user_input(login, &[&desk]);
        if let Some(team) = team {
            input["Tags"] = json!({ "team": team });
        }
        world.operator.ok(Operation::CreateUser, &input);
    }
    let asked = |to: &str| admin.see(&format!("/connect/check-access?who=ann&can=Users.Edit&to={to}"));
    let denied = asked("bob");
    denied.assert_shows("it is granted only under a condition that is not met");
    let known = "Known: its “team” is “blue” and the user's “team” is “red”.";
    denied.assert_shows("Required: its “team” is the same as the user's.");
    denied.assert_shows(known);
    denied.assert_lacks("access control that does not cover");
    asked("cat").assert_shows("Known: its “team” is not known and the user's “team” is “red”.");
    asked("ann").assert_lacks("Required:");
}
