//! Tests security profiles in the console: the permission grid without scripts, saving after a review, outdated forms,
//! undo, and replacing a profile.

use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::visitor::{Visitor, hidden, page};
use crate::world::{World, column, text};

pub(crate) const LIST: &str = "/connect/security-profiles";

fn somebody(world: &World, username: &str, permissions: &[&str]) -> (Visitor, String) {
    (world.visitor(username, permissions), world.user(username))
}

fn permissions(world: &World, profile: &str) -> Vec<String> {
    let input = json!({ "SecurityProfileId": profile });
    let list = world.ok(Operation::ListSecurityProfilePermissions, input)["Permissions"].clone();
    list.as_array().unwrap().iter().map(text).collect()
}

fn names(world: &World) -> Vec<String> {
    column(&world.ok(Operation::ListSecurityProfiles, json!({}))["SecurityProfileSummaryList"], "Name")
}

#[test]
fn a_profile_is_created_found_renamed_and_undone_without_script() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let new = format!("{LIST}/new");
    assert_eq!(admin.see(LIST).link("Add new security profile"), new);
    admin.see(&new);
    // If a saved permission requires another permission, the form saves both, and the next page reports the latter.
    let made = admin.submit(&new, &[("do", "save"), ("name", "Night shift"), ("p", "Users.Edit")]);
    made.assert_flash("Users: View was added, because");
    let id = world.profile("Night shift");
    assert_eq!(permissions(&world, &id), ["Users.View", "Users.Edit"]);
    let own = format!("{LIST}/{id}");
    let shown = admin.see(&own);
    assert_eq!(shown.checked("p"), ["Users.View", "Users.Edit"]);
    assert_eq!(hidden(&shown, "needed"), "Users.View");
    for (query, found) in [
        ("q=night", true),
        ("q=day", false),
        ("permission=Users.Edit", true),
        ("permission=users:+edit", true),
        ("permission=Queues.Purge", false),
    ] {
        let shown = admin.see(&format!("{LIST}?{query}")).texts("tbody th a");
        assert_eq!(shown.iter().any(|name| name == "Night shift"), found, "{query}: {shown:?}");
    }
    let modified = hidden(&shown, "modified");
    let fields = [
        ("do", "save"),
        ("name", "Late shift"),
        ("p", "Users.Edit"),
        ("p", "Users.View"),
        ("needed", "Users.View"),
        ("modified", &modified),
    ];
    let saved = admin.submit(&own, &fields);
    assert!(names(&world).contains(&"Late shift".to_owned()));
    let revision = hidden(&saved, "revision");
    let undone = admin.submit("/connect/undo", &[("revision", &revision), ("back", &own)]);
    undone.assert_flash("Undone");
    assert!(names(&world).contains(&"Night shift".to_owned()));
    // The page shows the message about the undo only once.
    assert!(!admin.see(&own).has_flash());
}

#[test]
fn clearing_a_required_permission_asks_first_and_keeps_the_input() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let id = world.new_profile("Desk", &["Users.Edit"]);
    let own = format!("{LIST}/{id}");
    let shown = admin.see(&own);
    let (modified, was) = (hidden(&shown, "modified"), hidden(&shown, "was"));
    let base = [("name", "Desk"), ("description", "typed"), ("modified", &modified), ("was", &was)];
    let with = |more: &[(&'static str, &'static str)]| [&base[..], more].concat();
    let asked = admin.post(&own, &with(&[("do", "save"), ("p", "Users.Edit")]));
    assert_eq!(asked.status, 422);
    let asked = page(&asked);
    asked.assert_shows("Users: View: still required");
    assert_eq!(asked.field("Description").value(), "typed");
    assert_eq!(asked.checked("p"), ["Users.View", "Users.Edit"]);
    let unticked =
        page(&admin.post(&own, &with(&[("untick", "Users.View"), ("p", "Users.Edit"), ("p", "Users.View")])));
    assert!(unticked.checked("p").is_empty());
    // Some permissions are usually granted together with another permission. The form selects such permissions
    // automatically, and the user can clear them.
    let usual = admin.post(
        &own,
        &with(&[
            ("do", "save"),
            ("p", "Users.Edit"),
            ("p", "Users.View"),
            ("p", "MetricsReports.Create"),
            ("p", "MetricsReports.View"),
        ]),
    );
    let usual = page(&usual);
    assert!(usual.checked("p").contains(&"MetricsReports.Share".to_owned()));
    usual.assert_shows("Nothing is saved yet");
    assert_eq!(permissions(&world, &id), ["Users.View", "Users.Edit"]);
    let was = hidden(&usual, "was");
    let fields = [
        ("name", "Desk"),
        ("modified", &modified),
        ("was", &was),
        ("do", "save"),
        ("p", "MetricsReports.Create"),
        ("p", "MetricsReports.View"),
    ];
    assert_eq!(admin.post(&own, &fields).status, 303);
    assert!(!permissions(&world, &id).contains(&"MetricsReports.Share".to_owned()));
}

#[test]
fn buttons_select_rows_and_groups_and_filters_keep_unsaved_selections() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let new = format!("{LIST}/new");
    let row = page(&admin.post(&new, &[("name", "x"), ("tick", "users-and-permissions-agent-status")]));
    assert_eq!(
        row.checked("p"),
        ["AgentStates.View", "AgentStates.Edit", "AgentStates.Create", "AgentStates.EnableAndDisable"]
    );
    let selected = row.checked("p");
    let both = selected.iter().map(|name| ("p", name.as_str())).chain([("tick", "users-and-permissions-agent-status")]);
    let both: Vec<_> = both.collect();
    assert!(page(&admin.post(&new, &both)).checked("p").is_empty());
    let group = page(&admin.post(&new, &[("tick", "users-and-permissions")]));
    assert_eq!(group.checked("p").len(), 24);
    let found = page(
        &admin.post(&new, &[("do", "show"), ("q", "lock out nobody"), ("p", "Queues.Purge"), ("p", "Queues.View")]),
    );
    found.assert_shows("No permission matches");
    assert_eq!(found.checked("p"), ["Queues.View", "Queues.Purge"]);
    // Legacy permission names are converted to newer names only if the user requests the conversion.
    let old = page(&admin.post(&new, &[("do", "show"), ("p", "ListenCallRecordings")]));
    old.assert_shows("Legacy names are selected");
    assert!(old.checked("p").contains(&"ListenCallRecordings".to_owned()));
    let newer = page(&admin.post(&new, &[("do", "convert"), ("p", "ListenCallRecordings")]));
    assert!(
        !newer.checked("p").contains(&"ListenCallRecordings".to_owned())
            && newer.checked("p").contains(&"CallRecordings.Unredacted.Access".to_owned())
    );
    assert!(!newer.checked("p").contains(&"CallRecordings.Unredacted.DownloadButton".to_owned()));
}

#[test]
fn users_who_gain_or_lose_access_are_named_before_saving() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let id = world.new_profile("Desk", &["Users.View"]);
    world.new_user("ann", &[&id]);
    let own = format!("{LIST}/{id}");
    let modified = hidden(&admin.see(&own), "modified");
    let fields = |action| [("do", action), ("name", "Desk"), ("p", "Queues.View"), ("modified", modified.as_str())];
    let review = admin.post(&own, &fields("save"));
    assert_eq!(review.status, 200);
    let review = page(&review);
    for words in [
        "Review the change to Desk",
        "New permissions: Queues: View",
        "Removed permissions: Users: View",
        "Ann Other",
        "1 user can do more",
    ] {
        review.assert_shows(words);
    }
    assert_eq!(permissions(&world, &id), ["Users.View"]);
    assert_eq!(hidden(&review, "modified"), modified);
    admin.submit(&own, &fields("confirm"));
    assert_eq!(permissions(&world, &id), ["Queues.View"]);
}

#[test]
fn the_guard_warns_before_saving_and_in_enforce_mode_refuses_and_keeps_the_input() {
    let world = World::new();
    let (editor, _) =
        somebody(&world, "editor", &["SecurityProfiles.View", "SecurityProfiles.Edit", "SecurityProfiles.Create"]);
    let new = format!("{LIST}/new");
    let fields = |action| [("do", action), ("name", "Stronger"), ("description", "kept"), ("p", "Queues.Purge")];
    let review = page(&editor.post(&new, &fields("save")));
    review.assert_shows("This grants access that you don’t have yourself: Queues: View and Queues: Purge");
    review.assert_shows("Users with this profile can permanently delete data in queues");
    assert!(!names(&world).contains(&"Stronger".to_owned()));
    let guard = format!("/floorkey/v1/instances/{}/guard", world.instance);
    assert_eq!(world.operator.send("PUT", &guard, "", br#"{"Mode":"enforce"}"#).status, 200);
    for action in ["save", "confirm"] {
        let refused = editor.post(&new, &fields(action));
        assert_eq!(refused.status, 409);
        let refused = page(&refused);
        refused.assert_shows("You can't do this: ");
        assert_eq!(refused.field("Description").value(), "kept");
    }
    assert!(!names(&world).contains(&"Stronger".to_owned()));
}

#[test]
fn errors_are_shown_beside_their_fields_and_the_input_is_kept() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let id = world.new_profile("Desk", &[]);
    let before = world.ok(Operation::DescribeSecurityProfile, json!({ "SecurityProfileId": id }));
    let own = format!("{LIST}/{id}");
    let modified = hidden(&admin.see(&own), "modified");
    type Case<'a> = (&'a [(&'a str, &'a str)], u16, &'a str);
    let cases: [Case<'_>; 7] = [
        (&[("name", "")], 422, "Enter a name for the profile"),
        (&[("name", "agent")], 409, "already a security profile named"),
        (&[("name", "Desk"), ("description", "a\nb")], 422, "control character"),
        (&[("name", "Desk"), ("control-key", "brand"), ("control-value", "x")], 422, "require each other"),
        (
            &[("name", "Desk"), ("tag-key", "a"), ("tag-value", "1"), ("tag-key", "a"), ("tag-value", "2")],
            422,
            "occurs twice",
        ),
        (&[("name", "Desk"), ("app-name", "crm"), ("app-permissions", ""), ("app-kind", "")], 422, "no permissions"),
        (&[("name", "Desk"), ("hierarchy", "00000000-0000-0000-0000-000000000009")], 422, "hierarchy group"),
    ];
    for (fields, status, words) in cases {
        let all = [fields, &[("do", "save"), ("p", "Queues.View"), ("modified", modified.as_str())]].concat();
        let answer = admin.post(&own, &all);
        assert_eq!(answer.status, status, "{words}: {}", page(&answer));
        let shown = page(&answer);
        shown.assert_error(words);
        assert_eq!(shown.errors().len(), 1, "{:?}", shown.errors());
        assert_eq!(shown.checked("p"), ["Queues.View"]);
    }
    assert_eq!(world.ok(Operation::DescribeSecurityProfile, json!({ "SecurityProfileId": id })), before);
}

#[test]
fn a_stale_form_says_who_changed_what_and_offers_both_versions() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let (ann, _) = somebody(&world, "ann", &["SecurityProfiles.View", "SecurityProfiles.Edit"]);
    let id = world.new_profile("Desk", &["Users.View"]);
    let own = format!("{LIST}/{id}");
    let modified = hidden(&admin.see(&own), "modified");
    ann.submit(
        &own,
        &[("do", "save"), ("name", "Desk"), ("description", "by Ann"), ("p", "Users.View"), ("modified", &modified)],
    );
    let mine = |modified: &str| {
        [("do", "save"), ("name", "Desk"), ("description", "mine"), ("p", "Users.View"), ("modified", modified)]
            .map(|(name, value)| (name, value.to_owned()))
    };
    let send =
        |fields: [(&str, String); 5]| admin.post(&own, &fields.each_ref().map(|(name, value)| (*name, value.as_str())));
    let stale = send(mine(&modified));
    assert_eq!(stale.status, 409);
    let stale = page(&stale);
    for words in ["Ann Other (ann) changed this profile", "Description: by Ann", "Take theirs"] {
        stale.assert_shows(words);
    }
    assert_eq!(stale.field("Description").value(), "mine");
    let newer = hidden(&stale, "modified");
    assert_ne!(newer, modified);
    assert_eq!(send(mine(&newer)).status, 303);
    let now = world.ok(Operation::DescribeSecurityProfile, json!({ "SecurityProfileId": id }));
    assert_eq!(now["SecurityProfile"]["Description"], "mine");
}

#[test]
fn profiles_are_replaced_for_their_users_or_deleted_and_both_can_be_undone() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let (old, new) = (world.new_profile("Old", &["Users.View"]), world.new_profile("New", &["Queues.View"]));
    let ann = world.new_user("ann", &[&old]);
    let held = || world.ok(Operation::DescribeUser, json!({ "UserId": ann }))["User"]["SecurityProfileIds"].clone();
    let delete = format!("{LIST}/{old}/delete");
    let shown = admin.see(&delete);
    shown.assert_shows("1 user has this profile");
    shown.assert_shows("Ann Other");
    let modified = hidden(&shown, "modified");
    let fields = |action, with| [("do", action), ("with", with), ("and-delete", "1"), ("modified", modified.as_str())];
    assert_eq!(admin.post(&delete, &fields("delete", "")).status, 409);
    assert_eq!(admin.post(&delete, &fields("review", "")).status, 422);
    let review = page(&admin.post(&delete, &fields("review", &new)));
    review.assert_shows("New permissions: Queues: View");
    review.assert_shows("Removed permissions: Users: View");
    assert_eq!(held(), json!([old]));
    let done = admin.submit(&delete, &fields("replace", &new));
    assert_eq!(held(), json!([new]));
    assert!(!names(&world).contains(&"Old".to_owned()));
    admin.submit("/connect/undo", &[("revision", &hidden(&done, "revision")), ("back", LIST)]);
    assert_eq!(held(), json!([old]));
    let alone = format!("{LIST}/{new}");
    let modified = hidden(&admin.see(&format!("{alone}/delete")), "modified");
    let deleted = admin.submit(&format!("{alone}/delete"), &[("do", "delete"), ("modified", &modified)]);
    assert!(!names(&world).contains(&"New".to_owned()));
    admin.submit("/connect/undo", &[("revision", &hidden(&deleted, "revision")), ("back", LIST)]);
    assert!(names(&world).contains(&"New".to_owned()));
}

#[test]
fn users_who_can_only_view_profiles_cannot_change_them_and_others_see_nothing() {
    let world = World::new();
    let admin = world.profile("Admin");
    let own = format!("{LIST}/{admin}");
    let (viewer, _) = somebody(&world, "viewer", &["SecurityProfiles.View"]);
    let shown = viewer.see(&own);
    shown.assert_shows("You can view this profile, but not change it");
    shown.assert_shows("SecurityProfiles.Edit");
    shown.assert_lacks("value=\"save\"");
    shown.assert_lacks("/delete\"");
    viewer.see(LIST).assert_lacks("/new\"");
    let before = permissions(&world, &admin);
    let modified = hidden(&shown, "modified");
    for action in ["save", "confirm"] {
        let fields = [("do", action), ("name", "Admin"), ("modified", modified.as_str()), ("p", "Users.View")];
        assert_eq!(viewer.post(&own, &fields).status, 403);
    }
    assert_eq!(viewer.post(&format!("{LIST}/new"), &[("do", "save"), ("name", "x")]).status, 403);
    assert_eq!(viewer.post(&format!("{own}/delete"), &[("do", "delete")]).status, 403);
    let (agent, _) = somebody(&world, "agent", &["BasicAgentAccess"]);
    for path in [
        LIST.to_owned(),
        own.clone(),
        format!("{own}/code"),
        format!("{own}/delete"),
        format!("{LIST}/new"),
        format!("{LIST}/compare?p={admin}"),
    ] {
        assert_eq!(agent.get(&path).status, 403, "{path}");
    }
    assert_eq!(permissions(&world, &admin), before);
    assert!(!names(&world).contains(&"x".to_owned()));
}

#[test]
fn two_profiles_are_compared_copied_and_shown_as_code() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let a = world.new_profile("One", &["Users.View", "Queues.View"]);
    let b = world.new_profile("It-s two", &["Queues.Purge"]);
    let differs = admin.see(&format!("{LIST}/compare?p={a}&p={b}"));
    differs.assert_shows("Only in One");
    differs.assert_shows("Users.View");
    differs.assert_shows("Queues.Purge");
    differs.assert_lacks("Queues.View");
    admin.see(&format!("{LIST}/compare?a={a}&b={b}&all=1")).assert_shows("Queues.View");
    let agent = world.profile("Agent");
    admin.see(&format!("{LIST}/compare?p={agent}")).assert_shows("No difference");
    let copy = admin.see(&format!("{LIST}/new?from={a}"));
    assert_eq!(copy.field("Name").value(), "Copy of One");
    assert_eq!(copy.checked("p"), ["Queues.View", "Users.View"]);
    let saved_as = page(&admin.post(&format!("{LIST}/{a}"), &[("do", "copy"), ("name", "One"), ("p", "Queues.View")]));
    assert_eq!(saved_as.field("Name").value(), "Copy of One");
    assert_eq!(saved_as.checked("p"), ["Queues.View"]);
    let code = admin.see(&format!("{LIST}/{b}/code"));
    code.assert_shows("aws connect create-security-profile");
    code.assert_shows("Queues.Purge");
}

#[test]
fn replacing_and_undoing_are_in_the_management_api_too() {
    let world = World::new();
    let (old, new) = (world.new_profile("Old", &["Users.View"]), world.new_profile("New", &["Queues.View"]));
    let ann = world.new_user("ann", &[&old]);
    let held = || world.ok(Operation::DescribeUser, json!({ "UserId": ann }))["User"]["SecurityProfileIds"].clone();
    let base = format!("/floorkey/v1/instances/{}", world.instance);
    let operator = &world.operator;
    let send =
        |path: &str, body: Value| operator.send("POST", &format!("{base}{path}"), "", body.to_string().as_bytes());
    let replace = format!("/security-profiles/{old}/replace");
    assert_eq!(send(&replace, json!({ "ReplacementId": new, "Delete": true })).status, 200);
    assert_eq!(held(), json!([new]));
    let audit = world.operator.send("GET", &format!("{base}/audit"), "", b"").json();
    let revision = audit["Events"][0]["Outcome"]["Revision"].clone();
    assert_eq!(send("/undo", json!({ "Revision": revision })).status, 200);
    assert_eq!(held(), json!([old]));
    assert_eq!(send("/undo", json!({ "Revision": revision })).status, 409);
    // For an unknown revision, the error also names the newest revision, in the API and in the console.
    let unknown = send("/undo", json!({ "Revision": 4242 }));
    let newest = revision.as_u64().unwrap() + 1;
    let words = format!("there is no revision 4242; the latest is {newest}");
    assert_eq!(unknown.status, 400);
    page(&unknown).assert_shows(&words);
    let admin = Visitor::administrator(&world.server);
    let shown = admin.submit("/connect/undo", &[("revision", "4242"), ("back", LIST)]);
    assert_eq!(shown.flash(), format!("Not undone. T{}.", words.get(1..).unwrap()));
    assert_eq!(send(&replace, json!({ "ReplacementId": old })).status, 400);
    assert_eq!(send(&replace, json!({ "ReplacementId": "nothing" })).status, 404);
}
