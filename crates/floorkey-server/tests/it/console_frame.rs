//! Tests the frame around the console's pages: navigation, preferences, search over everything, notifications, and the
//! pages under Settings.

use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::server::Server;
use crate::visitor::{Visitor, hidden, page};
use crate::world::World;

fn admin(server: &Server) -> Visitor {
    let admin = Visitor::administrator(server);
    assert_eq!(admin.get("/connect/guard?later=1").status, 303);
    admin
}

/// Returns the names of the results of a search, in order.
fn found(visitor: &Visitor, search: &str) -> Vec<String> {
    visitor.see(&format!("/connect/search?q={search}")).texts(".found .name")
}

#[test]
fn the_navigation_has_the_pages_that_the_viewer_can_open() {
    let world = World::new();
    let nav = |visitor: &Visitor, path: &str| visitor.see(path).texts(".nav a");
    assert_eq!(
        nav(&admin(&world.server), "/connect/"),
        [
            "Home",
            "User management",
            "Security profiles",
            "Check access",
            "Who has what",
            "Historical changes",
            "Escalation guard",
            "Applications",
            "API tokens",
            "Permissions",
            "About"
        ]
    );
    let viewer = world.visitor("ann", &["Users.View"]);
    assert_eq!(nav(&viewer, "/connect/"), ["Home", "User management", "Escalation guard", "Permissions", "About"]);
    for href in viewer.see("/connect/").texts(".nav a") {
        viewer.see(&viewer.see("/connect/").link(&href));
    }
    let agent = world.visitor("bob", &["BasicAgentAccess"]);
    assert_eq!(nav(&agent, "/connect/access"), ["My access", "Preferences"]);
    agent.see("/connect/access").assert_lacks("/connect/notifications");
}

#[test]
fn fonts_and_icons_come_from_the_server_and_are_cached() {
    let server = Server::start_with(&[]);
    let visitor = Visitor::new(&server);
    let login = visitor.get("/connect/login");
    let policy = login.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("font-src 'self'"), "{policy}");
    let html = page(&login);
    let style = html.split("href=\"").find(|rest| rest.contains(".css\"")).unwrap().split('"').next().unwrap();
    let font = html.split("preload\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let css = visitor.get(style);
    assert!(String::from_utf8_lossy(&css.body).contains(font), "the style sheet uses the font that is loaded first");
    for (address, kind) in [(style, "text/css"), (font, "font/woff2")] {
        let answer = visitor.get(address);
        assert_eq!(answer.status, 200, "{address}");
        assert!(answer.header("content-type").unwrap().starts_with(kind), "{address}");
        assert!(answer.header("cache-control").unwrap().contains("immutable"), "{address}");
    }
}

#[test]
fn preferences_belong_to_the_user_and_apply_to_all_pages() {
    let world = World::new();
    let admin = admin(&world.server);
    admin.see("/connect/").assert_has("html[data-density='comfortable']");
    let form = [("zone", "Asia/Tokyo"), ("dates", "iso"), ("density", "compact"), ("has-shortcuts", "1")];
    admin.submit("/connect/preferences", &form).assert_flash("Your preferences are saved.");
    // Another browser of the same user has the same preferences.
    let elsewhere = Visitor::administrator(&world.server);
    let shown = elsewhere.see("/connect/preferences");
    shown.assert_has("html[data-density='compact'][data-shortcuts='off']");
    assert_eq!(shown.field("Time zone").value(), "Asia/Tokyo");
    assert_eq!(shown.checked("dates"), ["iso"]);
    // The buttons of the user menu set one preference and return to the page.
    let back = elsewhere.post("/connect/preferences", &[("density", "comfortable"), ("back", "/connect/users?q=a")]);
    assert_eq!((back.status, back.header("location")), (303, Some("/connect/users?q=a")));
    assert_eq!(elsewhere.see("/connect/preferences").field("Time zone").value(), "Asia/Tokyo");
    let refused = elsewhere.post("/connect/preferences", &[("zone", "Europe/Atlantis")]);
    assert_eq!(refused.status, 400);
    let ann = world.visitor("ann", &["Users.View"]);
    ann.see("/connect/").assert_has("html[data-density='comfortable']");
    assert_eq!(ann.see("/connect/preferences").field("Time zone").value(), "UTC");
}

#[test]
fn the_search_finds_users_profiles_permissions_pages_and_actions() {
    let world = World::new();
    let profile = world.new_profile("Night shift", &["BasicAgentAccess"]);
    for login in ["nina.night", "tom.knight"] {
        world.new_user(login, &[&profile]);
    }
    let admin = admin(&world.server);
    let page = admin.see("/connect/search?q=night");
    assert_eq!(page.texts(".found h2").first().map(String::as_str), Some("Security profiles"));
    assert!(page.has_link_to(&format!("/connect/security-profiles/{profile}")), "{page}");
    page.assert_shows("tom.knight");
    assert!(found(&admin, "users.edit").contains(&"Users: Edit".to_owned()));
    assert!(found(&admin, "users+and+permissions").contains(&"Users and permissions".to_owned()));
    assert_eq!(found(&admin, "outbox"), [""; 0], "the outbox exists only in the demo");
    assert_eq!(found(&admin, "historical+changes").first().map(String::as_str), Some("Historical changes"));
    assert_eq!(found(&admin, "add+new+u").first().map(String::as_str), Some("Add new users"));
    assert!(found(&admin, "basic+routing").contains(&"Basic Routing Profile".to_owned()));
    admin.see("/connect/search?q=no-such-name").assert_shows("Nothing matches “no-such-name”");
}

#[test]
fn the_search_dialog_gets_the_results_alone() {
    let world = World::new();
    let admin = admin(&world.server);
    let results = admin.see("/connect/search?q=admin&palette=1");
    results.assert_lacks("<html");
    assert!(!results.texts(".found-list [role=option]").is_empty());
    // Without a search, the dialog offers pages and actions.
    let start = admin.see("/connect/search?palette=1");
    assert_eq!(start.texts(".found h2"), ["Pages", "Actions"]);
}

#[test]
fn the_search_finds_only_what_the_viewer_can_see() {
    let world = World::new();
    world.new_user("nina.night", &[&world.profile("Agent")]);
    let ann = world.visitor("ann", &["Users.View"]);
    assert!(found(&ann, "nina").contains(&"Ann Other".to_owned()));
    assert!(!found(&ann, "callcentermanager").contains(&"CallCenterManager".to_owned()));
    assert!(!found(&ann, "add+new").iter().any(|name| name.starts_with("Add new")));
    let agent = world.visitor("bob", &["BasicAgentAccess"]);
    assert!(found(&agent, "nina").is_empty());
    assert!(!found(&agent, "users.edit").contains(&"Users: Edit".to_owned()));
    assert!(found(&agent, "preferences").contains(&"Preferences".to_owned()));
}

#[test]
fn administrators_are_notified_until_they_have_read() {
    let world = World::new();
    let admin = admin(&world.server);
    admin.see("/connect/notifications").assert_shows("No notifications");
    // The guard is on warn, so the change is made and flagged.
    let ann = world.somebody("ann", &["Users.View", "Users.Edit", "SecurityProfiles.View"]);
    let user = world.new_user("carl", &[&world.profile("Agent")]);
    let input = json!({ "UserId": user, "SecurityProfileIds": [world.profile("Admin")] });
    ann.ok(Operation::UpdateUserSecurityProfiles, &world.in_instance(input));
    let unread = |visitor: &Visitor| visitor.see("/connect/users").texts(".bar-count");
    assert_eq!(unread(&admin), ["1"]);
    let list = admin.see("/connect/notifications");
    assert_eq!(list.texts(".notification.unread").len(), 1);
    list.assert_shows("Gave more access than the actor has");
    let read = admin.submit("/connect/notifications", &[("until", &hidden(&list, "until"))]);
    assert!(read.texts(".notification.unread").is_empty() && read.texts(".notification").len() == 1, "{read}");
    assert!(unread(&admin).is_empty());
    // A later change is unread again.
    let input = json!({ "UserId": user, "SecurityProfileIds": [world.profile("CallCenterManager")] });
    ann.ok(Operation::UpdateUserSecurityProfiles, &world.in_instance(input));
    assert_eq!(unread(&admin), ["1"]);
    let viewer = world.visitor("eve", &["Users.View", "HistoricalChanges.View"]);
    assert!(unread(&viewer).is_empty());
    assert_eq!(viewer.get("/connect/notifications").status, 403);
}

#[test]
fn applications_and_tokens_are_listed_with_who_created_them() {
    let world = World::new();
    let admin = admin(&world.server);
    admin.see("/connect/applications").assert_shows("No applications are registered");
    admin.see("/connect/api-tokens").assert_shows("No API tokens");
    let orders = json!({ "Name": "Orders", "Permissions": [{ "Name": "view" }, { "Name": "refund" }] });
    world.extension("PUT", "/applications/orders", &orders);
    let token = world.extension("POST", "/api-tokens", &json!({ "Label": "Till", "Scopes": ["search"] }));
    let list = admin.see("/connect/applications");
    let row = list.row("Orders");
    assert_eq!(row.cell("Permissions"), "2: view and refund");
    assert_eq!(row.cell("Registered by"), "The operator");
    let list = admin.see("/connect/api-tokens");
    let row = list.row("Till");
    assert_eq!(
        (row.cell("Can ask to"), row.cell("Created by"), row.cell("Expires")),
        ("search".to_owned(), "The operator".to_owned(), "Never".to_owned())
    );
    list.assert_lacks(token["Token"].as_str().unwrap());
    // Viewers of security profiles see applications, but no tokens and not who registered them.
    let ann = world.visitor("ann", &["SecurityProfiles.View"]);
    ann.see("/connect/applications").assert_lacks("The operator");
    assert_eq!(ann.get("/connect/api-tokens").status, 403);
    assert_eq!(world.extension("GET", "/api-tokens", &Value::Null)["ApiTokens"].as_array().unwrap().len(), 1);
}

#[test]
fn the_page_about_the_server_has_its_health_for_administrators_only() {
    let world = World::new();
    let about = admin(&world.server).see("/connect/about");
    about.assert_shows(env!("CARGO_PKG_VERSION"));
    about.assert_shows("Root of the audit log");
    let ann = world.visitor("ann", &["Users.View"]).see("/connect/about");
    ann.assert_shows(env!("CARGO_PKG_VERSION"));
    ann.assert_lacks("Root of the audit log");
}
