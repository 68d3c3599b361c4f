//! Tests a user's page and form.

use floorkey_aws::operation::Operation;
use serde_json::json;

use crate::visitor::{Visitor, hidden, page};
use crate::world::World;

/// Returns the given fields with one field set to another value.
pub(crate) fn with(fields: &[(String, String)], name: &str, value: &str) -> Vec<(String, String)> {
    let mut fields: Vec<_> = fields.iter().filter(|(key, _)| key != name).cloned().collect();
    fields.push((name.to_owned(), value.to_owned()));
    fields
}

pub(crate) fn send(visitor: &Visitor, path: &str, fields: &[(String, String)]) -> crate::http::Answer {
    let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    visitor.post(path, &pairs)
}

pub(crate) fn describe(world: &World, user: &str) -> serde_json::Value {
    world.ok(Operation::DescribeUser, json!({ "UserId": user }))["User"].clone()
}

#[test]
fn an_unchanged_form_saves_nothing_and_many_changes_are_one_revision() {
    let world = World::new();
    let user = world.new_user("ann", &[&world.profile("Agent")]);
    let admin = Visitor::administrator(&world.server);
    let address = format!("/connect/users/{user}/details");
    let form = admin.see(&address).form_fields();
    let before = describe(&world, &user);
    let answer = send(&admin, &address, &form);
    assert_eq!(answer.status, 303, "{}", page(&answer));
    assert_eq!(describe(&world, &user), before);

    let mut changed = form.clone();
    for (name, value) in [
        ("first_name", "Anne"),
        ("mobile", "+4930123456"),
        ("username", "anne"),
        ("phone_type", "DESK_PHONE"),
        ("phone_number", "+4930654321"),
        ("accept-CHAT", "yes"),
        ("work-VOICE", "30"),
        ("skill-attribute", "Language"),
        ("skill-value", "German"),
        ("skill-level", "4"),
        ("tag-key", "site"),
        ("tag-value", "Berlin & Köln"),
    ] {
        changed = with(&changed, name, value);
    }
    let answer = send(&admin, &address, &changed);
    assert_eq!(answer.status, 303, "{}", page(&answer));
    let after = describe(&world, &user);
    assert_eq!(
        (&after["Username"], &after["IdentityInfo"]["FirstName"], &after["Tags"]["site"]),
        (&json!("anne"), &json!("Anne"), &json!("Berlin & Köln"))
    );
    assert_eq!(after["PhoneConfig"]["DeskPhoneNumber"], "+4930654321");
    let said = admin.see(answer.header("location").unwrap());
    said.assert_flash("Anne Other is saved.");
    // All changes are in one revision, so a single undo reverts all of them.
    let undone = admin.post("/connect/undo", &[("revision", &hidden(&said, "revision")), ("back", &address)]);
    assert_eq!(undone.status, 303);
    assert_eq!(describe(&world, &user)["Username"], "ann");
    assert_eq!(describe(&world, &user)["Tags"], before["Tags"]);
}

#[test]
fn assigning_a_profile_is_reviewed_and_dates_can_be_set_and_removed() {
    let world = World::new();
    let user = world.new_user("ann", &[&world.profile("Agent")]);
    let admin = Visitor::administrator(&world.server);
    let address = format!("/connect/users/{user}/details");
    let quality = world.profile("QualityAnalyst");
    let mut form = admin.see(&address).form_fields();
    form.retain(|(name, _)| name != "add");
    form.push(("add".to_owned(), quality.clone()));
    let review = send(&admin, &address, &form);
    let text = page(&review);
    assert!(review.status == 200, "{text}");
    text.assert_shows("Nothing is saved yet");
    text.assert_shows("Security profile QualityAnalyst");
    text.assert_shows("New permissions");
    assert_eq!(describe(&world, &user)["SecurityProfileIds"].as_array().unwrap().len(), 1);

    let mut save = text.form_fields();
    save.push(("step".to_owned(), "save".to_owned()));
    let dated: Vec<_> = save
        .iter()
        .map(|(name, value)| match *name == format!("until-{quality}") {
            true => (name.clone(), "2099-01-01T10:00".to_owned()),
            false => (name.clone(), value.clone()),
        })
        .collect();
    assert_eq!(send(&admin, &address, &dated).status, 303);
    let shown = admin.see(&format!("/connect/users/{user}"));
    shown.assert_shows("until 1 Jan 2099, 10:00 UTC");

    let form = with(&admin.see(&address).form_fields(), &format!("until-{quality}"), "");
    let mut undated = page(&send(&admin, &address, &form)).form_fields();
    undated.push(("step".to_owned(), "save".to_owned()));
    assert_eq!(send(&admin, &address, &undated).status, 303);
    let shown = admin.see(&format!("/connect/users/{user}"));
    shown.assert_shows("QualityAnalyst");
    shown.assert_lacks("until 1 Jan 2099");
    // The chart shows that one profile was assigned later than the other profile.
    shown.assert_shows("Profiles over time");
    assert!(shown.matches("class=\"user-bar\"").count() == 2, "{shown}");
}

#[test]
fn an_invalid_form_keeps_its_input_and_shows_errors_beside_the_fields() {
    let world = World::new();
    let user = world.new_user("ann", &[&world.profile("Agent")]);
    let admin = Visitor::administrator(&world.server);
    let address = format!("/connect/users/{user}/details");
    let mut form = admin.see(&address).form_fields();
    for (name, value) in [("last_name", "Müller <b>"), ("email", "nowhere"), ("username", "admin"), ("work-TASK", "-3")]
    {
        form = with(&form, name, value);
    }
    let answer = send(&admin, &address, &form);
    let text = page(&answer);
    assert_eq!(answer.status, 422, "{text}");
    assert_eq!(text.field("Last name").value(), "Müller <b>");
    assert_eq!(text.field("Email address").value(), "nowhere");
    text.assert_error("be an email address like");
    text.assert_error("There is already a user");
    assert_eq!(
        text.field("After-task work (seconds)").error().unwrap(),
        "Enter whole seconds: 0 (no limit) to 2000000."
    );
    assert_eq!(describe(&world, &user)["Username"], "ann");
}

#[test]
fn only_the_form_of_an_existing_user_says_that_a_new_login_name_ends_sessions() {
    let world = World::new();
    let user = world.new_user("ann", &[&world.profile("Agent")]);
    let admin = Visitor::administrator(&world.server);
    let hint = |path: &str| admin.see(path).field("Login name").hint().unwrap();
    let new = hint("/connect/users/new");
    assert_eq!(new, "Letters, digits and _ - . \\ @ +, for example an email address.");
    let existing = hint(&format!("/connect/users/{user}/details"));
    assert_eq!(existing, format!("{new} A new login name ends the user’s sessions."));
}

#[test]
fn a_stale_form_names_who_changed_the_user_and_keeps_both_changes() {
    let world = World::new();
    let user = world.new_user("ann", &[&world.profile("Agent")]);
    let admin = Visitor::administrator(&world.server);
    let bob = world.visitor("bob", &["Users.Edit"]);
    let address = format!("/connect/users/{user}/details");
    let (mine, theirs) = (admin.see(&address).form_fields(), bob.see(&address).form_fields());
    assert_eq!(send(&bob, &address, &with(&theirs, "mobile", "+4930123456")).status, 303);
    let answer = send(&admin, &address, &with(&mine, "first_name", "Anne"));
    let text = page(&answer);
    assert_eq!(answer.status, 409, "{text}");
    text.assert_shows("Ann Other");
    text.assert_shows("+4930123456");
    text.assert_shows("Anne");
    assert_eq!(describe(&world, &user)["IdentityInfo"]["FirstName"], "Ann");
    assert_eq!(send(&admin, &address, &text.form_fields()).status, 303);
    let now = describe(&world, &user);
    assert_eq!(
        (&now["IdentityInfo"]["FirstName"], &now["IdentityInfo"]["Mobile"]),
        (&json!("Anne"), &json!("+4930123456"))
    );
}

#[test]
fn a_reset_shows_a_password_once_ends_sessions_unlocks_and_cannot_be_repeated() {
    let world = World::new();
    let user = world.new_user("ann", &[&world.profile("Agent")]);
    let admin = Visitor::administrator(&world.server);
    let ann = Visitor::new(&world.server);
    ann.sign_in_first("ann", "Passw0rd", "Better-passw0rd");
    let other = Visitor::new(&world.server);
    for _ in 0..6 {
        assert_eq!(other.post("/connect/login", &[("username", "ann"), ("password", "Wr0ng-password")]).status, 401);
    }
    let key = world.server.as_user(&world.instance, &user);
    let address = format!("/connect/users/{user}/reset");
    let form = admin.see(&address);
    form.assert_shows("is signed in now");
    form.assert_shows("is lifted");
    let sent = form.form_fields();
    assert_eq!(form.checked("revoke"), ["yes"]);

    let slip = page(&send(&admin, &address, &sent));
    let (_, rest) = slip.split_once("id=\"password\">").unwrap_or_else(|| panic!("{slip}"));
    let password = rest.split_once('<').unwrap().0;
    assert_eq!(ann.get("/connect/access").status, 303);
    let again = send(&admin, &address, &sent);
    assert_eq!(again.status, 409);
    page(&again).assert_lacks("id=\"password\"");
    ann.sign_in_first("ann", password, "Third-passw0rd");
    let body = world.in_instance(json!({ "UserId": user })).to_string();
    assert_eq!(key.send("GET", &format!("/users/{}/{user}", world.instance), "", body.as_bytes()).status, 403);
}

#[test]
fn the_guard_warns_before_changes_to_a_user_with_more_access_or_refuses_them() {
    let guarded = |mode: &str| {
        let world = World::with(&[("FLOORKEY_GUARD", mode)]);
        let bob = world.visitor("bob", &["Users.Edit"]);
        let address = format!("/connect/users/{}/reset", world.user("admin"));
        let text = bob.see(&address);
        let modified = text.contains("name=\"modified\"").then(|| hidden(&text, "modified"));
        let answer = bob.post(&address, &[("modified", modified.as_deref().unwrap_or("0"))]);
        (text, answer)
    };
    let (warned, done) = guarded("warn");
    warned.assert_shows("Administrators will be notified");
    assert_eq!(done.status, 200);
    page(&done).assert_has("#password");
    let (refused, answer) = guarded("enforce");
    refused.assert_shows("You can't do this: ");
    refused.assert_lacks("Generate a temporary password");
    assert!(answer.status >= 403, "{}", answer.status);
    page(&answer).assert_lacks("id=\"password\"");
}

#[test]
fn a_new_user_gets_a_temporary_password_or_none_and_more_access_is_reviewed() {
    let world = World::new();
    let bob = world.visitor("bob", &["Users.Create"]);
    let form = bob.see("/connect/users/new").form_fields();
    let answer = send(&bob, "/connect/users/new", &form);
    let text = page(&answer);
    assert_eq!(answer.status, 422);
    // The page shows all errors at once.
    let profiles = text.section("Security profiles").error().unwrap();
    assert_eq!(profiles, "Choose at least one security profile.");
    assert_eq!(text.field("Login name").error().unwrap(), "Enter a login name.");

    let mut filled = form;
    for (name, value) in [("first_name", "Cid"), ("last_name", "New"), ("username", "cid"), ("password", "one-time")] {
        filled = with(&filled, name, value);
    }
    let own = world.profile("profile of bob");
    let answer = send(&bob, "/connect/users/new", &with(&filled, "add", &own));
    let text = page(&answer);
    let (_, rest) = text.split_once("id=\"password\">").unwrap_or_else(|| panic!("{text}"));
    let cid = Visitor::new(&world.server);
    cid.sign_in_first("cid", rest.split_once('<').unwrap().0, "Better-passw0rd");

    let more = with(&with(&filled, "add", &world.profile("Admin")), "username", "b0b");
    let review = page(&send(&bob, "/connect/users/new", &more));
    review.assert_shows("access that you don’t have yourself");
    review.assert_shows("looks like bob");
    let none = with(&with(&filled, "add", &own), "username", "dora");
    let answer = send(&bob, "/connect/users/new", &with(&none, "password", "none"));
    assert_eq!(answer.status, 303, "{}", page(&answer));
    bob.see(answer.header("location").unwrap()).assert_shows("Cannot sign in yet");
}

#[test]
fn links_are_emailed_to_users_with_an_address() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let mut form = admin.see("/connect/users/new").form_fields();
    let agent = world.profile("Agent");
    for (name, value) in [("first_name", "Cid"), ("last_name", "New"), ("username", "cid"), ("password", "invite")] {
        form = with(&form, name, value);
    }
    form = with(&form, "add", &agent);
    let refused = send(&admin, "/connect/users/new", &form);
    assert!(refused.status == 422, "{}", page(&refused));
    let email = page(&refused).field("Email address").error().unwrap();
    assert_eq!(email, "Enter the email address to send the invitation to.");
    let answer = send(&admin, "/connect/users/new", &with(&form, "email", "cid@example.com"));
    assert_eq!(answer.status, 303, "{}", page(&answer));
    let at = answer.header("location").unwrap().to_owned();
    let said = admin.see(&at);
    said.assert_flash("invitation was sent to cid@example.com");

    let modified = hidden(&admin.see(&format!("{at}/reset")), "modified");
    let link = [("modified", modified.as_str()), ("how", "link")];
    admin.submit(&format!("{at}/reset"), &link).assert_flash("was sent to cid@example.com");
    let nowhere = format!("/connect/users/{}/reset", world.new_user("dora", &[&agent]));
    admin.see(&nowhere).assert_lacks("Send the link");
    admin.submit(&nowhere, &link).assert_flash("No link was sent");
}

#[test]
fn copying_the_access_of_another_user_is_reviewed() {
    let world = World::new();
    let (agent, quality) = (world.profile("Agent"), world.profile("QualityAnalyst"));
    let (ann, bob) = (world.new_user("ann", &[&agent]), world.new_user("bob", &[&quality]));
    let admin = Visitor::administrator(&world.server);
    let found = admin.see(&format!("/connect/users/{ann}/same?q=bo"));
    let like = format!("/connect/users/{ann}/details?like={bob}");
    assert!(found.has_link_to(&like), "{found}");
    found.assert_lacks(&format!("like={ann}"));
    let mut save = admin.see(&like).form_fields();
    save.push(("step".to_owned(), "save".to_owned()));
    assert_eq!(send(&admin, &format!("/connect/users/{ann}/details"), &save).status, 303);
    assert_eq!(describe(&world, &ann)["SecurityProfileIds"], json!([quality]));
    admin.see(&format!("/connect/users/new?like={bob}")).assert_shows("with the same access as");
}

#[test]
fn a_missing_permission_is_explained_with_the_smallest_profile_first() {
    let world = World::new();
    let small = world.new_profile("Deletes users", &["Users.Delete"]);
    world.new_user("bob", &[&small]);
    let user = world.new_user("ann", &[&world.profile("Agent")]);
    let admin = Visitor::administrator(&world.server);
    let at = format!("/connect/users/{user}");
    let text = admin.see(&format!("{at}?can=Users.Delete"));
    text.assert_shows("No: Ann Other does not have Users: Remove");
    let way = format!("{at}/details?give={small}");
    let (before, _) = text.split_once(&way).unwrap_or_else(|| panic!("{text}"));
    assert!(!before.contains("Admin</strong>"), "the smaller profile comes first");
    let review = admin.see(&way);
    review.assert_shows("Security profile Deletes users");
    review.assert_shows("Nothing is saved yet");
    let held = admin.see(&format!("{at}?can=BasicAgentAccess"));
    held.assert_shows("Yes: Ann Other has");
    held.assert_shows("Agent: selected");
    admin.see(&format!("{at}?can=queues")).assert_shows("Ann Other has none of the");
    admin.see(&format!("{at}?can=download+recordings")).assert_shows("No: Ann Other can’t download recordings.");
    admin.see(&format!("{at}?can=xyzzy")).assert_shows("No permission matches");
}
