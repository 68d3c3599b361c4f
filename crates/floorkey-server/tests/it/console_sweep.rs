//! Requests every page and form of the console without a session, and as a user with each default profile. A committed
//! table contains the expected responses. The test uses the router's own table of routes, so it can't miss a route.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use floorkey_aws::operation::Operation;
use floorkey_console::{Route, console_routes};
use serde_json::json;

use crate::visitor::{Visitor, page};
use crate::world::{World, text};

const PROFILES: [&str; 3] = ["Agent", "QualityAnalyst", "CallCenterManager"];

/// Markup that must never appear unescaped in a page.
const MARKUP: &str = "\"'><script>a()</script><img src=x onerror=a()>";

#[test]
fn every_page_and_form_responds_as_listed_to_each_default_profile_and_without_a_session() {
    let world = World::new();
    let viewers = viewers(&world);
    let header = "method path | no session | Agent | QualityAnalyst | CallCenterManager | Admin\n";
    let mut tables: BTreeMap<&str, String> = BTreeMap::new();
    for (method, path) in routes() {
        let mut row = format!("{method} {path}");
        for (name, viewer) in &viewers {
            let ends_session = path == "/connect/logout" && *name != "none";
            let status = match (ends_session, method) {
                (true, _) => "not asked".to_owned(),
                (_, "GET") => answered(viewer, "GET", &filled(&world, &path, &victim(&world, "get")), name),
                _ => answered(viewer, "POST", &filled(&world, &path, &victim(&world, name)), name),
            };
            write!(row, " | {status}").unwrap();
        }
        let section = path.split('/').nth(2).unwrap_or_default();
        let section = ["access", "security-profiles", "users"].into_iter().find(|known| *known == section);
        let table = tables.entry(section.unwrap_or("other-pages")).or_insert_with(|| header.to_owned());
        table.push_str(&row);
        table.push('\n');
    }
    for (section, table) in tables {
        insta::assert_snapshot!(section, table);
    }
}

#[test]
fn input_is_never_rendered_as_markup_and_no_page_has_inline_script_or_style() {
    let world = World::new();
    let victim = victim(&world, "victim");
    let identity = json!({ "FirstName": MARKUP, "LastName": MARKUP, "SecondaryEmail": "a@b.example" });
    world.ok(Operation::UpdateUserIdentityInfo, json!({ "UserId": victim, "IdentityInfo": identity }));
    let tags = json!({ "resourceArn": world.arn(&format!("/agent/{victim}")), "tags": { "note": MARKUP } });
    world.operator.ok(Operation::TagResource, &tags);
    let update = json!({ "SecurityProfileId": world.profile("Agent"), "Description": MARKUP });
    world.ok(Operation::UpdateSecurityProfile, update);
    let levels = json!({ "HierarchyStructure": { "LevelOne": { "Name": "Site" } } });
    world.ok(Operation::UpdateUserHierarchyStructure, levels);
    world.ok(Operation::CreateUserHierarchyGroup, json!({ "Name": MARKUP }));
    let admin = Visitor::administrator(&world.server);
    assert_eq!(admin.get("/connect/guard?later=1").status, 303);
    let queries = ["", "?q=%3Cscript%3Ea()%3C/script%3E", "?user=%3Cscript%3Ea()%3C/script%3E"];
    for (method, path) in routes() {
        if method != "GET" || path.contains("assets") {
            continue;
        }
        for query in queries {
            let path = format!("{}{query}", filled(&world, &path, &victim));
            let answer = admin.get(&path);
            if !answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
                continue;
            }
            let text = page(&answer);
            for bad in ["<script>", "<img src=x", " style=\"", " onclick=", " onload=", "javascript:"] {
                assert!(!text.contains(bad), "{path} has {bad}: {text}");
            }
        }
    }
}

fn answered(viewer: &Visitor, method: &str, path: &str, name: &str) -> String {
    let answer = match method {
        "GET" => viewer.get(path),
        _ => viewer.post(path, &[]),
    };
    assert!(answer.status < 500, "{method} {path} by {name}: {} {}", answer.status, page(&answer));
    match answer.header("location").map(|location| location.split('?').next().unwrap_or_default().to_owned()) {
        Some(location) if location == "/connect/login" => "sign in".to_owned(),
        Some(_) => format!("{} on", answer.status),
        None => answer.status.to_string(),
    }
}

/// Returns a visitor without a session, and a signed-in visitor for each default profile.
fn viewers(world: &World) -> Vec<(&'static str, Visitor)> {
    let mut viewers = vec![("none", Visitor::new(&world.server))];
    for profile in PROFILES {
        let username = profile.to_lowercase();
        world.new_user(&username, &[&world.profile(profile)]);
        let visitor = Visitor::new(&world.server);
        visitor.sign_in_first(&username, "Passw0rd", "Better-passw0rd");
        viewers.push((profile, visitor));
    }
    let admin = Visitor::administrator(&world.server);
    assert_eq!(admin.get("/connect/guard?later=1").status, 303);
    viewers.push(("Admin", admin));
    viewers
}

/// Returns a user for the viewer's forms to change. Each viewer has a separate user, which is created if it does not
/// exist.
fn victim(world: &World, whose: &str) -> String {
    let username = format!("victim.{}", whose.to_lowercase());
    let users = world.ok(Operation::ListUsers, json!({}));
    let known = users["UserSummaryList"].as_array().unwrap().iter().find(|user| user["Username"] == username.as_str());
    match known {
        Some(user) => text(&user["Id"]),
        None => world.new_user(&username, &[&world.profile("Agent")]),
    }
}

/// Returns the path with actual values for its parameters.
pub(crate) fn filled(world: &World, path: &str, victim: &str) -> String {
    let id = match path {
        path if path.contains("/security-profiles/") => world.profile("QualityAnalyst"),
        _ => victim.to_owned(),
    };
    let path = path.replace("{id}", &id).replace("{alias}", "floorkey").replace("{seq}", "1");
    let path = path.replace("{finding}", "administrators-without-mfa");
    let path = path.replace("{action}", "unlock").replace("{token}", "none");
    let path = path.replace("/permissions/{name}", "/permissions/Users.Edit").replace("{name}", "none.css");
    assert!(!path.contains('{'), "{path} leaves something open");
    path
}

/// Returns the console's routes, sorted by path.
pub(crate) fn routes() -> Vec<Route> {
    let mut routes = console_routes();
    routes.sort_by(|(method, path), (other_method, other_path)| (path, method).cmp(&(other_path, other_method)));
    assert!(routes.len() > 60, "the console has more routes than these: {routes:?}");
    routes
}
