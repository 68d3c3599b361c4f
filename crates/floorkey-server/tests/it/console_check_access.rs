//! Tests the Check access page. It shows the same decisions as the API, and only to users who may see them. The query is
//! part of the page's address.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use floorkey_aws::operation::Operation;

use crate::authzen::{Application, EVALUATION, records};
use crate::visitor::{Visitor, page};
use crate::world::{World, text};

const DECISION: &str = "/connect/check-access";
const SEARCH: &str = "/connect/check-access/who-can";
const DOWNLOAD: &str = "/connect/check-access/who-can/download";
const SUGGEST: &str = "/connect/check-access/suggest";

/// Returns a page's address with the given fields.
fn address(path: &str, fields: &[(&str, &str)]) -> String {
    format!("{path}?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish())
}

/// Replaces HTML escapes with the escaped characters.
fn unescaped(text: &str) -> String {
    let signs = [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")];
    signs.into_iter().fold(text.to_owned(), |text, (escaped, sign)| text.replace(escaped, sign))
}

/// Returns the request that the page shows for copying.
fn request(page: &str) -> Value {
    let (_, rest) = page.split_once("id=\"json\"").unwrap_or_else(|| panic!("no request in {page}"));
    let shown = rest.split_once('>').unwrap().1.split_once("</pre>").unwrap().0;
    serde_json::from_str(&unescaped(shown)).unwrap()
}

/// Whether the page shows that access is allowed.
fn allowed(page: &str) -> bool {
    let verdicts = ["Allowed", "Denied", "Only within a scope"];
    let shown: Vec<_> =
        verdicts.into_iter().filter(|verdict| page.contains(&format!(">{verdict}</span></h2>"))).collect();
    assert_eq!(shown.len(), 1, "{page}");
    shown == ["Allowed"]
}

/// Returns the rows of the CSV file, except the header.
fn rows(visitor: &Visitor, fields: &[(&str, &str)]) -> Vec<Vec<String>> {
    let answer = visitor.get(&address(DOWNLOAD, fields));
    assert_eq!(answer.status, 200, "{}", page(&answer));
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    let text = page(&answer);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn a_page_and_the_api_decide_the_shown_request_alike() {
    let world = records();
    let (admin, application) = (Visitor::administrator(&world.server), Application::of(&world));
    let pick = |of: &'static [&'static str]| prop::sample::select(of);
    let question = (
        pick(&["alice", "bob", "admin"]),
        pick(&["record: read", "record: write", "record: delete", "Users: Edit", "users.view", "Queues: View"]),
        pick(&["", "record-1", "record-2", "record-3"]),
        pick(&["", "status=archived", "status=active\nowner=bob", "tags=x"]),
        pick(&["", "role=admin", "role=none"]),
        pick(&["", "soft=true", "soft=false"]),
    );
    let config = Config { cases: 80, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&question, |(who, can, to, thing, user, action)| {
            let of_records = can.starts_with("record");
            let (to, thing) = if of_records { (to, thing) } else { ("", "") };
            let fields = [("who", who), ("can", can), ("to", to), ("thing", thing), ("user", user), ("act", action)];
            let seen = admin.see(&address(DECISION, &fields));
            let answer = application.ask(EVALUATION, &request(&seen));
            prop_assert_eq!(allowed(&seen), answer["decision"] == true, "{:?}: {}", fields, answer);
            Ok(())
        })
        .unwrap();
    // The displayed request must contain exactly the user's input. Another request with the same decision is not
    // enough.
    let fields = [("who", "bob"), ("can", "write"), ("to", "record-2"), ("user", "role=x"), ("act", "soft=true")];
    let seen = admin.see(&address(DECISION, &fields));
    assert_eq!(
        request(&seen),
        json!({
            "subject": { "type": "user", "id": "bob", "properties": { "role": "x" } },
            "action": { "name": "write", "properties": { "soft": "true" } },
            "resource": { "type": "record", "id": "record-2" },
        })
    );
    assert!(!allowed(&seen), "{seen}");
    seen.assert_shows("Record archivists");
    seen.assert_shows("Does not cover it");
    seen.assert_shows("only if the user's “role” is “admin” and its “status” is “archived”");
    seen.assert_shows("/access/v1/evaluation");
    seen.assert_shows("$FLOORKEY_API_TOKEN");
    // The page links to the reverse searches, and the links fill in all known fields.
    for asked in ["ask=who&#38;", "ask=what&#38;", "ask=on-what&#38;"] {
        let (_, link) = seen.split_once(asked).unwrap_or_else(|| panic!("no {asked} in {seen}"));
        let query = unescaped(&format!("{asked}{}", link.split('"').next().unwrap()));
        admin.see(&format!("{SEARCH}?{query}")).assert_has("#results");
    }
}

#[test]
fn a_search_finds_exactly_the_users_whom_the_api_allows() {
    let world = records();
    let (admin, application) = (Visitor::administrator(&world.server), Application::of(&world));
    for (can, to, thing, action) in [
        ("record: write", "record-1", "", ""),
        ("record: write", "record-2", "", ""),
        ("record: write", "record-1", "status=archived", ""),
        ("record: delete", "record-1", "", "soft=true"),
        ("Users: View", "", "", ""),
        ("Users: View", "alice", "", ""),
    ] {
        let fields = [("can", can), ("to", to), ("thing", thing), ("act", action)];
        let found: Vec<String> = rows(&admin, &fields).into_iter().map(|row| row[1].clone()).collect();
        let may = |who: &&str| {
            let seen = admin.see(&address(DECISION, &[&fields[..], &[("who", *who)]].concat()));
            application.ask(EVALUATION, &request(&seen))["decision"] == true
        };
        let expected: Vec<&str> = ["admin", "alice", "bob"].into_iter().filter(may).collect();
        assert_eq!(found, expected, "{fields:?}");
    }
    let names =
        |fields: &[(&str, &str)]| rows(&admin, fields).into_iter().map(|row| row[2].clone()).collect::<Vec<_>>();
    assert_eq!(names(&[("ask", "what"), ("who", "alice"), ("kind", "record"), ("to", "record-1")]), ["read", "write"]);
    assert_eq!(names(&[("ask", "what"), ("who", "alice"), ("kind", "record"), ("to", "record-2")]), ["read"]);
    let said = [("ask", "what"), ("who", "alice"), ("kind", "record"), ("to", "record-2"), ("thing", "status=active")];
    assert_eq!(names(&said), ["read", "write"]);
    assert_eq!(names(&[("ask", "on-what"), ("who", "bob"), ("can", "record: write")]), ["record-2"]);
    let said = |thing| names(&[("ask", "on-what"), ("who", "alice"), ("can", "record: write"), ("thing", thing)]);
    assert_eq!((said(""), said("status=archived")), (vec!["record-1".to_owned()], Vec::new()));
    assert_eq!(said("status=active"), ["record-1", "record-2"]);
    assert_eq!(names(&[("ask", "on-what"), ("who", "bob"), ("can", "Users: View")]), [""; 0]);
    assert_eq!(names(&[("ask", "on-what"), ("who", "admin"), ("can", "Users: View")]).len(), 3);
}

#[test]
fn a_denial_names_profiles_that_would_allow_it_and_an_approval_its_source() {
    let world = records();
    let admin = Visitor::administrator(&world.server);
    world.new_user("manager", &[&world.profile("CallCenterManager")]);
    let denied = admin.see(&address(DECISION, &[("who", "alice"), ("can", "record: write"), ("to", "record-2")]));
    assert!(!allowed(&denied) && denied.contains("What would allow it") == denied.contains("Assign this profile"));
    // Bob's profile would not help alice, because it requires the role `admin`. With that role, the profile would help.
    denied.assert_lacks("Record archivists");
    let fields = [("who", "alice"), ("can", "record: write"), ("to", "record-2"), ("user", "role=admin")];
    let denied = admin.see(&address(DECISION, &fields));
    assert!(!allowed(&denied), "{denied}");
    let offered = denied.section("What would allow it").text();
    assert!(offered.starts_with("What would allow it Record archivists Adds least"), "{offered}");
    denied.assert_has(&format!("a[href^='/connect/users/{}/details?give=']", world.user("alice")));
    let denied = admin.see(&address(DECISION, &[("who", "bob"), ("can", "Users.Edit")]));
    assert!(denied.strong().iter().any(|name| name == "CallCenterManager"), "{denied}");
    denied.assert_shows("Through no security profile");
    let yes = admin.see(&address(DECISION, &[("who", "admin"), ("can", "Users.Edit"), ("to", "bob")]));
    assert!(allowed(&yes), "{yes}");
    assert!(yes.strong().iter().any(|name| name == "Admin"), "{yes}");
    yes.assert_shows("Covers it");
    // The application `crm` is not registered.
    let held = json!([{ "Namespace": "crm", "ApplicationPermissions": ["Read"] }]);
    world.ok(
        Operation::UpdateSecurityProfile,
        json!({ "SecurityProfileId": world.profile("Agent"), "Applications": held }),
    );
    let unknown = admin.see(&address(DECISION, &[("who", "bob"), ("can", "crm: Read")]));
    assert!(!allowed(&unknown), "{unknown}");
    unknown.assert_shows("namespace is not registered");
}

#[test]
fn the_form_keeps_its_input_and_asks_about_unclear_fields() {
    let world = records();
    let admin = Visitor::administrator(&world.server);
    let blank = admin.see(DECISION);
    blank.assert_lacks("id=\"json\"");
    assert!(blank.errors().is_empty());
    let fields =
        [("who", "al"), ("can", "record: read"), ("to", "a&b"), ("thing", "x=\"1\""), ("at", "2030-01-02T03:04")];
    let seen = admin.see(&address(DECISION, &fields));
    for (label, value) in [
        ("User", "al"),
        ("Action or permission", "record: read"),
        ("Resource", "a&b"),
        ("Attributes of the resource", "x=\"1\""),
        ("At, in UTC", "2030-01-02T03:04"),
    ] {
        assert_eq!(seen.field(label).value(), value, "{label}");
    }
    seen.assert_shows("2 Jan 2030, 03:04 UTC");
    seen.assert_shows("no time is in it");
    for (fields, words) in [
        (&[("who", "nobody"), ("can", "Users.Edit")][..], "No user whom you can see is named"),
        (&[("who", "bob"), ("can", "xyzzy")], "No permission is called"),
        (&[("who", "bob"), ("can", "Users.Edit"), ("kind", "queue"), ("to", "Nothing")], "No queue that you can see"),
        (&[("who", "bob"), ("can", "Users.Edit"), ("kind", "user")], "Which user?"),
        (&[("who", "bob"), ("can", "Users.Edit"), ("kind", "record")], "own permissions"),
        (&[("who", "bob"), ("can", "record: read"), ("kind", "user")], "Leave the type empty"),
        (&[("who", "bob"), ("can", "record: read"), ("thing", "nonsense")], "Enter one name=value"),
        (&[("who", "bob"), ("can", "record: read"), ("at", "soon")], "Enter a time like"),
        (&[("who", "bob"), ("can", "record: read"), ("thing", "hierarchyGroup=Mars")], "no hierarchy group"),
        (&[("who", "bob")], "Enter what to do"),
    ] {
        let seen = admin.see(&address(DECISION, fields));
        seen.assert_error(words);
        seen.assert_lacks("id=\"json\"");
    }
    // Several answers are no errors.
    for (fields, words) in [
        (&[("who", "Ann"), ("can", "Users.Edit")][..], "Which one?"),
        (&[("who", "bob"), ("can", "view")], "Add another word, or choose one."),
        (&[("ask", "on-what"), ("who", "bob"), ("can", "download recordings")], "means 6 permissions. Which one?"),
    ] {
        let seen = admin.see(&address(DECISION, fields));
        seen.assert_shows(words);
        seen.assert_has(".check-which .chip");
        assert!(seen.errors().is_empty(), "{:?}", seen.errors());
    }
    // If the name is ambiguous, the page has a link for each possible user, and the links keep all other fields.
    let which = admin.see(&address(DECISION, &[("who", "Ann"), ("can", "Users.Edit"), ("at", "2030-01-02T03:04")]));
    assert!(
        which.has_link_to(&address(DECISION, &[("can", "Users.Edit"), ("at", "2030-01-02T03:04"), ("who", "alice")]))
    );
    assert_eq!(admin.get(&address(DOWNLOAD, &[("can", "xyzzy")])).status, 400);
}

#[test]
fn check_access_needs_the_view_permissions_of_users_and_profiles() {
    let world = World::new();
    for (username, permissions, status) in [
        ("users", &["Users.View"][..], 403),
        ("profiles", &["SecurityProfiles.View"][..], 403),
        ("both", &["Users.View", "SecurityProfiles.View"][..], 200),
    ] {
        let visitor = world.visitor(username, permissions);
        for path in [DECISION, SEARCH, SUGGEST, &address(DOWNLOAD, &[("can", "Users.View")])] {
            let answer = visitor.get(path);
            assert_eq!(answer.status, status, "{username} {path}: {}", page(&answer));
        }
        // The menu has the page if the user can open it.
        assert_eq!(visitor.see("/connect/access").has_link_to(DECISION), status == 200, "{username}");
    }
}

#[test]
fn scoped_users_can_check_only_users_in_their_scope() {
    let world = World::new();
    let levels = json!({ "HierarchyStructure": { "LevelOne": { "Name": "Site" } } });
    world.ok(Operation::UpdateUserHierarchyStructure, levels);
    let group =
        |name: &str| text(&world.ok(Operation::CreateUserHierarchyGroup, json!({ "Name": name }))["HierarchyGroupId"]);
    let (lyon, graz) = (group("Lyon"), group("Graz"));
    let agent = world.profile("Agent");
    let member = |username: &str, group: &str, profile: &str| {
        let mut input = world.user_input(username, &[profile]);
        input["HierarchyGroupId"] = group.into();
        world.operator.ok(Operation::CreateUser, &input);
    };
    member("inside", &lyon, &agent);
    member("outside", &graz, &agent);
    let made = world.ok(
        Operation::CreateSecurityProfile,
        json!({
            "SecurityProfileName": "Lyon only",
            "Permissions": ["Users.View", "SecurityProfiles.View"],
            "HierarchyRestrictedResources": ["User"],
            "AllowedAccessControlHierarchyGroupId": lyon,
        }),
    );
    member("looker", &lyon, &text(&made["SecurityProfileId"]));
    let looker = Visitor::new(&world.server);
    looker.sign_in_first("looker", "Passw0rd", "Better-passw0rd");
    let seen = looker.see(&address(DECISION, &[("who", "inside"), ("can", "BasicAgentAccess")]));
    assert!(allowed(&seen));
    for fields in [
        [("who", "outside"), ("can", "BasicAgentAccess")],
        [("who", "inside"), ("to", "outside")],
        [("who", "admin"), ("can", "Users.View")],
    ] {
        let fields = [&fields[..], &[("can", "Users.View")]].concat();
        let seen = looker.see(&address(DECISION, &fields));
        seen.assert_error("No user whom you can see is named");
        seen.assert_lacks("</h2>\n<p><strong>");
    }
    let found = rows(&looker, &[("can", "BasicAgentAccess")]);
    assert_eq!(found.iter().map(|row| row[1].as_str()).collect::<Vec<_>>(), ["inside"]);
    looker.see(&address(SEARCH, &[("can", "BasicAgentAccess")])).assert_shows("Only users and resources in your scope");
    let found = rows(&looker, &[("ask", "on-what"), ("who", "looker"), ("can", "Users.View")]);
    assert_eq!(
        found.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(),
        ["Ann Other (inside)", "Ann Other (looker)"]
    );
    let offered = page(&looker.get(&address(SUGGEST, &[("for", "who"), ("q", "side")])));
    assert_eq!(&*offered, "[[\"inside\",\"Ann Other\"]]");
}

#[test]
fn pages_escape_markup_and_downloads_escape_formulas() {
    let world = World::new();
    let agent = world.new_user("mallory", &[&world.profile("Agent")]);
    let identity = json!({ "FirstName": "=HYPERLINK(1)", "LastName": "<script>a()</script>" });
    world.ok(Operation::UpdateUserIdentityInfo, json!({ "UserId": agent, "IdentityInfo": identity }));
    let hostile = "<img src=x onerror=a()>";
    let application = json!({ "Name": hostile, "Permissions": [{ "Name": "<b>go", "Description": hostile }] });
    world.extension("PUT", "/applications/shop", &application);
    let admin = Visitor::administrator(&world.server);
    for path in [
        address(
            DECISION,
            &[("who", "mallory"), ("can", "shop: <b>go"), ("to", hostile), ("thing", &format!("{hostile}=1"))],
        ),
        address(DECISION, &[("who", hostile), ("can", hostile), ("to", hostile), ("at", hostile), ("act", hostile)]),
        address(SEARCH, &[("can", "BasicAgentAccess"), ("user", &format!("a={hostile}"))]),
        address(SEARCH, &[("ask", "what"), ("who", "mallory"), ("kind", "shop"), ("to", hostile)]),
    ] {
        let seen = admin.see(&path);
        seen.assert_lacks("<script>");
        seen.assert_lacks("<img");
        seen.assert_lacks("<b>go");
    }
    let found = rows(&admin, &[("can", "BasicAgentAccess")]);
    assert!(found.iter().any(|row| row[0] == "'=HYPERLINK(1) <script>a()</script>"), "{found:?}");
    // An apostrophe in the input does not end the quoted string in the shell command.
    let seen = admin.see(&address(DECISION, &[("who", "mallory"), ("can", "shop: <b>go"), ("to", "it's; rm")]));
    seen.assert_shows(r"it'\''s; rm");
}

#[test]
fn results_are_shown_in_pages_of_a_hundred_and_downloaded_as_a_whole() {
    let world = records();
    let things: Vec<Value> =
        (0..230).map(|n| json!({ "Id": format!("r-{n:03}"), "Attributes": { "status": "active" } })).collect();
    world.extension("PUT", "/applications/record/resources", &json!({ "Resources": things }));
    let admin = Visitor::administrator(&world.server);
    let fields = [("ask", "on-what"), ("who", "alice"), ("can", "record: write")];
    assert_eq!(rows(&admin, &fields).len(), 231);
    let first = admin.see(&address(SEARCH, &fields));
    first.assert_shows("(231 resources)");
    first.assert_shows("1 to 100");
    first.row("r-099");
    first.assert_lacks(">r-100<");
    first.assert_lacks("Previous");
    let next = [("who", "alice"), ("can", "record: write"), ("ask", "on-what"), ("page", "2")];
    assert_eq!(first.link("Next"), address(DECISION, &next));
    let last = admin.see(&address(SEARCH, &[&fields[..], &[("page", "3")]].concat()));
    last.assert_shows("201 to 231");
    last.row("r-229");
    last.assert_lacks(">Next<");
    let beyond = admin.see(&address(SEARCH, &[&fields[..], &[("page", "99")]].concat()));
    beyond.assert_shows("201 to 231");
    let nobody = admin.see(&address(SEARCH, &[("ask", "on-what"), ("who", "alice"), ("can", "Queues: Edit")]));
    nobody.assert_shows("(0 resources)");
    nobody.assert_shows("See why");
    nobody.assert_lacks("Download CSV");
}
