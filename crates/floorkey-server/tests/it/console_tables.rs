//! Tests what all tables of the console have in common: filters as tokens, suggestions, columns, saved views, pages, and
//! files with what the filter shows.

use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::html_page::Page;
use crate::visitor::{Visitor, page};
use crate::world::World;

const USERS: &str = "/connect/users";
const PROFILES: &str = "/connect/security-profiles";

/// Returns the address that a request is redirected to.
fn redirect(visitor: &Visitor, path: &str) -> String {
    let answer = visitor.get(path);
    assert_eq!(answer.status, 303, "{path}: {}", page(&answer));
    answer.header("location").unwrap().to_owned()
}

/// Returns the suggestions for a text, each with what it leads to.
fn suggestions(visitor: &Visitor, list: &str, text: &str) -> Vec<(String, String)> {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("text", text).finish();
    let answer = visitor.get(&format!("{list}/suggest?{query}"));
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    let found: Vec<Value> = serde_json::from_slice(&answer.body).unwrap();
    let text = |one: &Value, name: &str| one[name].as_str().map(str::to_owned);
    found.iter().map(|one| (text(one, "text").unwrap(), text(one, "href").or(text(one, "fill")).unwrap())).collect()
}

fn tokens(page: &Page) -> Vec<String> {
    page.texts(".token").into_iter().map(|token| token.trim_end_matches(" ×").to_owned()).collect()
}

#[test]
fn a_filter_is_added_negated_and_removed_without_script() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let agent = world.profile("Agent");
    world.new_user("ann", &[&agent]);
    // The form first asks for the property. The second time, it has the property's operators and values.
    let form = admin.see(&format!("{USERS}?add=status&operator=is&value="));
    assert_eq!(form.values("#filter-value option"), ["", "enabled", "disabled", "locked"]);
    assert_eq!(form.values("#filter-operator option"), ["is", "not"]);
    let wrong = admin.see(&format!("{USERS}?add=profile&operator=is&value=Agnet"));
    assert!(wrong.field("Value").error().unwrap().contains("there is no “Agnet”"));
    let added = redirect(&admin, &format!("{USERS}?sort=-login&add=profile&operator=is&value=agent"));
    assert_eq!(added, format!("{USERS}?profile={agent}&sort=-login"));
    let list = admin.see(&added);
    assert_eq!(tokens(&list), ["Security profile is Agent"]);
    assert_eq!(list.heading(), "User management (1)");
    let negated = list.link("is");
    assert_eq!(negated, format!("{USERS}?profile.not={agent}&sort=-login"));
    let others = admin.see(&negated);
    assert_eq!(
        (tokens(&others), others.heading()),
        (vec!["Security profile is not Agent".to_owned()], "User management (1)".to_owned())
    );
    assert_eq!(others.link("Remove the filter Security profile is not Agent"), format!("{USERS}?sort=-login"));
    // A complete filter can also be typed into the search field.
    assert_eq!(
        redirect(&admin, &format!("{USERS}?q=security+profile+is+not+agent")),
        format!("{USERS}?profile.not={agent}")
    );
    let unknown = admin.see(&format!("{USERS}?q=ann&profile=nothing"));
    assert_eq!(tokens(&unknown), ["“ann”", "Security profile is nothing (there is none)"]);
    assert_eq!(unknown.link("Remove the last filter"), format!("{USERS}?q=ann"));
}

#[test]
fn suggestions_contain_only_what_the_viewer_can_see() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let agent = world.profile("Agent");
    let id = world.new_user("ann", &[&agent]);
    let tags = json!({ "resourceArn": world.arn(&format!("/agent/{id}")), "tags": { "site": "Lisbon" } });
    world.operator.ok(Operation::TagResource, &tags);
    let found = suggestions(&admin, USERS, "agent");
    assert_eq!(found[0], ("Search for “agent”".to_owned(), format!("{USERS}?q=agent")));
    assert!(found.contains(&("Security profile is Agent".to_owned(), format!("{USERS}?profile={agent}"))), "{found:?}");
    assert_eq!(
        suggestions(&admin, USERS, "tag is site="),
        [("Tag is site=Lisbon".to_owned(), format!("{USERS}?tag=site%3DLisbon"))]
    );
    let users_only = world.visitor("viewer", &["Users.View"]);
    let names = |text: &str| -> Vec<String> {
        suggestions(&users_only, USERS, text).into_iter().map(|(text, _)| text).collect()
    };
    assert!(!names("").iter().any(|name| name == "Permission"), "{:?}", names(""));
    // A viewer who can list users also sees the names of their profiles in the list, but can't filter by permission.
    assert!(users_only.see(USERS).row("ann").cell("Security profiles").contains("Agent"));
    assert_eq!(names("agent"), ["Search for “agent”", "Security profile is Agent"]);
    assert_eq!(users_only.get(&format!("{PROFILES}/suggest?text=a")).status, 403);
}

#[test]
fn columns_and_views_are_remembered() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let headings = |path: &str| admin.see(path).texts("thead th:not(.tick)");
    assert_eq!(headings(USERS), ["Name", "Login name", "Security profiles", "Hierarchy group", "Status", "Last seen"]);
    let chosen = admin.submit(
        &format!("{USERS}/columns"),
        &[("column", "email"), ("column", "tags"), ("size", "100"), ("back", "/connect/users?q=a")],
    );
    assert_eq!(tokens(&chosen), ["“a”"]);
    assert_eq!(headings(USERS), ["Name", "Email address", "Tags"]);
    assert_eq!(headings(&format!("{USERS}?columns=login.nothing")), ["Name", "Login name"]);
    admin.submit(&format!("{USERS}/columns"), &[("reset", "1"), ("back", USERS)]);
    assert_eq!(headings(USERS).len(), 6);

    let views = format!("{USERS}/views");
    let query = "?status=disabled&sort=-login&page=4&other=1";
    let saved = admin.submit(&views, &[("name", "Gone <b>"), ("query", query)]);
    saved.assert_flash("Saved as the view “Gone <b>”.");
    assert_eq!(saved.link("Gone <b>"), format!("{USERS}?status=disabled&sort=-login"));
    saved.assert_has(".views a[aria-current]");
    admin.submit(&views, &[("query", query)]).assert_flash("Enter a name");
    admin.submit(&views, &[("name", &"x".repeat(61)), ("query", "")]).assert_flash("up to 60 characters");
    let other = admin.see(USERS);
    assert_eq!(other.texts(".views a").len(), 2);
    assert!(!admin.see(PROFILES).text().contains("Gone"), "each table has its own views");
    admin.submit(&views, &[("delete", "Gone <b>"), ("query", "")]).assert_flash("is deleted");
    assert_eq!(admin.see(USERS).texts(".views a").len(), 1);
}

#[test]
fn files_contain_what_the_filter_shows_in_its_order() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let agent = world.profile("Agent");
    for login in ["ann", "bob", "cat"] {
        world.new_user(login, &[&agent]);
    }
    let lines = |path: &str| -> Vec<String> {
        let answer = admin.get(path);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/csv; charset=utf-8")), "{path}");
        String::from_utf8(answer.body.clone()).unwrap().lines().skip(1).map(str::to_owned).collect()
    };
    let list = admin.see(&format!("{USERS}?profile={agent}&login.not=bob&sort=-login"));
    let users = lines(&list.link("Download CSV"));
    assert_eq!(users.len(), 2);
    assert!(users[0].contains("cat") && users[1].contains("ann"), "{users:?}");
    let shown = admin.see(&format!("{PROFILES}?default=same&sort=-name"));
    let names: Vec<String> =
        lines(&shown.link("Download CSV")).iter().map(|line| line.split(',').next().unwrap().to_owned()).collect();
    assert_eq!(names, ["QualityAnalyst", "CallCenterManager", "Agent", "Admin"]);
    assert_eq!(shown.texts("tbody th a"), names);
    let permissions = lines(&admin.see("/connect/permissions?q=users.edit").link("Download CSV"));
    assert_eq!(permissions.len(), 2);
}

#[test]
fn profiles_are_filtered_and_sorted_by_what_the_list_shows() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let input = json!({
        "SecurityProfileName": "Team", "Permissions": ["Users.View", "Users.Edit"], "Description": "For leads",
        "AllowedAccessControlTags": { "site": "lyon" }, "TagRestrictedResources": ["User"],
    });
    world.ok(Operation::CreateSecurityProfile, input);
    world.new_profile("Wall board", &["Queues.View"]);
    let found = |query: &str| admin.see(&format!("{PROFILES}?{query}")).texts("tbody th a");
    assert_eq!(found(""), ["Admin", "Agent", "CallCenterManager", "QualityAnalyst", "Team", "Wall board"]);
    assert_eq!(found("risk=full"), ["Admin"]);
    assert!(found("risk=escalation").contains(&"Team".to_owned()));
    assert_eq!(found("default=none"), ["Team", "Wall board"]);
    assert_eq!(found("default.not=none&users.not=none"), ["Admin"]);
    assert_eq!(found("control=tags"), ["Team"]);
    assert_eq!(found("control.not=none"), ["Team"]);
    assert_eq!(found("q=leads"), ["Team"]);
    assert_eq!(found("permission=Users.Edit&permission.not=Queues.View"), ["Team"]);
    assert_eq!(found("risk=none&default=none"), ["Wall board"]);
    assert_eq!(found("sort=users")[0], "Admin");
    assert_eq!(found("sort=-name")[0], "Wall board");
    assert_eq!(found("sort=risk")[0], "Admin");
    assert_eq!(found("changed.before=2020-01-01"), [""; 0]);
    let list = admin.see(PROFILES);
    assert_eq!(list.heading(), "Security profiles (6)");
    assert_eq!(list.row("Team").cell("Access control"), "site=lyon");
    assert_eq!(list.row("Admin").cell("Risks"), "Full access");
    assert_eq!(list.row("Admin").cell("Users"), "1");
    // Each negation is the rest.
    for token in
        ["risk=escalation", "users=none", "default=same", "control=none", "permission=Users.Edit", "assigns.empty=1"]
    {
        let (name, value) = token.split_once('=').unwrap();
        let negated = match name.split_once('.') {
            Some((property, operator)) => format!("{property}.not-{operator}={value}"),
            None => format!("{name}.not={value}"),
        };
        assert_eq!(found(token).len() + found(&negated).len(), 6, "{token}");
    }
    // A viewer who does not see all users can't derive their numbers from the order.
    let scoped = world.visitor("profiles", &["SecurityProfiles.View"]);
    assert_eq!(scoped.see(&format!("{PROFILES}?sort=-users")).texts("tbody th a"), found(""));
    assert_eq!(scoped.see(&format!("{PROFILES}?users=none")).texts("tbody th a"), [""; 0]);
    scoped.see(PROFILES).assert_lacks(">Users</a></th>");
}

#[test]
fn pages_have_numbers_and_totals() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let agent = world.profile("Agent");
    for at in 0..160 {
        world.new_user(&format!("agent{at:03}"), &[&agent]);
    }
    let third = admin.see(&format!("{USERS}?page=3"));
    third.assert_shows("101 to 150 of 161");
    third.assert_shows("Page 3 of 4");
    assert_eq!(third.link("First page"), USERS);
    assert_eq!(third.link("Previous page"), format!("{USERS}?page=2"));
    assert_eq!(third.link("Next page"), format!("{USERS}?page=4"));
    assert_eq!(third.link("Last page"), format!("{USERS}?page=4"));
    // A page after the last one is the last one, and a selection of all users is offered on each page.
    let last = admin.see(&format!("{USERS}?page=99"));
    last.assert_shows("Page 4 of 4");
    assert_eq!(last.texts("tbody tr").len(), 11);
    last.assert_shows("Select all 161 users");
    // The form that jumps to a page keeps the filter.
    let filtered = admin.see(&format!("{USERS}?q=agent&sort=-login"));
    assert_eq!(filtered.values("#users-jump input"), ["-login", "agent"]);
}
