//! Tests reviews of changes that give more access to users whose credentials another person might know. These changes
//! are promotions, profile edits, edits of many users, and changes of the guard mode.

use floorkey_aws::operation::Operation;
use serde_json::json;

use crate::client::Client;
use crate::console_mail::{letter, link};
use crate::console_user::{send, with};
use crate::visitor::{Visitor, hidden, page};
use crate::world::{World, text};

/// Creates a user with the given profile and email address. The actor is mia.
fn made_by(mia: &Client, world: &World, login: &str, profile: &str, email: &str) -> String {
    let mut input = world.user_input(login, &[profile]);
    input["IdentityInfo"]["Email"] = json!(email);
    text(&mia.ok(Operation::CreateUser, &input)["UserId"])
}

const MANAGES: [&str; 4] = ["Users.View", "Users.Create", "Users.Edit", "BasicAgentAccess"];

#[test]
fn a_promotion_that_replaces_credentials_says_so_and_sends_an_invitation_in_the_same_step() {
    let world = World::with(&[("FLOORKEY_GUARD", "enforce")]);
    let names = ["Users.View", "Users.Create", "Users.Edit", "BasicAgentAccess"];
    let mia = world.somebody("mia", &names);
    let small = world.new_profile("Small", &["BasicAgentAccess"]);
    let strong = world.new_profile("Strong", &["Users.View", "Prompts.Delete"]);
    let mut input = world.user_input("boss", &[&small]);
    input["IdentityInfo"]["Email"] = json!("boss@example.com");
    let made = mia.ok(Operation::CreateUser, &input);
    let boss = made["UserId"].as_str().unwrap();
    let browser = Visitor::new(&world.server);
    browser.sign_in_first("boss", "Passw0rd", "Better-passw0rd");

    let admin = Visitor::administrator(&world.server);
    let review = admin.see(&format!("/connect/users/{boss}/details?give={strong}"));
    for words in ["must sign in again", "1 session ends", "boss@example.com", "Send a new invitation to"] {
        review.assert_shows(words);
    }
    let save = with(&review.form_fields(), "invite_to", "boss@example.com");
    let saved = send(&admin, &format!("/connect/users/{boss}/details"), &with(&save, "step", "save"));
    assert_eq!(saved.status, 303, "{}", page(&saved));
    let after = admin.see(saved.header("location").unwrap());
    after.assert_flash("A new invitation was sent to boss@example.com");
    assert_ne!(browser.get("/connect/access").status, 200);
    // The history shows the replaced credentials to users who can view the user boss. The invitation has an event of its
    // own, which is newer.
    let replaced = world.newest_event_where(|event| event["Flags"].to_string().contains("CredentialsReplaced"));
    let event = admin.see(&format!("/connect/history/{}", replaced["Sequence"]));
    event.assert_shows("Replaced credentials that other users could know: boss");
    let invited = world.newest_event_of("InviteUser");
    assert!(invited["Sequence"].as_u64() > replaced["Sequence"].as_u64(), "{invited}");
}

#[test]
fn the_review_of_an_extended_profile_offers_to_replace_credentials() {
    let world = World::with(&[("FLOORKEY_GUARD", "enforce")]);
    let mia = world.somebody("mia", &MANAGES);
    let small = world.new_profile("Small", &["BasicAgentAccess"]);
    made_by(&mia, &world, "newcomer", &small, "newcomer@example.com");
    let newcomer = Visitor::new(&world.server);
    newcomer.sign_in_first("newcomer", "Passw0rd", "Better-passw0rd");
    let admin = Visitor::administrator(&world.server);
    let path = format!("/connect/security-profiles/{small}");
    let modified = hidden(&admin.see(&path), "modified");
    let grow = |more: &[(&str, &str)]| {
        let fields = [("name", "Small"), ("p", "BasicAgentAccess"), ("p", "Prompts.View"), ("modified", &*modified)];
        admin.post(&path, &[&fields, more].concat())
    };
    let review = page(&grow(&[("do", "save"), ("live", "1")]));
    review.assert_shows("Credentials that other users could know");
    review.assert_shows("newcomer");
    assert!(review.checked("replace_credentials").is_empty());
    assert_eq!(review.unchecked("replace_credentials"), ["1"]);
    let saved = grow(&[("do", "confirm"), ("live", "1"), ("replace_credentials", "1")]);
    assert_eq!(saved.status, 303, "{}", page(&saved));
    let after = admin.see(saved.header("location").unwrap());
    after.assert_flash("1 user can sign in again only with a new invitation");
    assert_ne!(newcomer.get("/connect/access").status, 200);
    let event = admin.see(&format!("/connect/history/{}", world.newest_event()));
    event.assert_shows("Replaced credentials that other users could know: newcomer");
}

#[test]
fn an_edit_of_many_users_sends_invitations_in_the_same_step() {
    let world = World::with(&[("FLOORKEY_GUARD", "enforce")]);
    let mia = world.somebody("mia", &MANAGES);
    let small = world.new_profile("Small", &["BasicAgentAccess"]);
    let strong = world.new_profile("Strong", &["Users.View", "Prompts.Delete"]);
    let ids: Vec<String> = ["one", "two"]
        .iter()
        .map(|login| made_by(&mia, &world, login, &small, &format!("{login}@example.com")))
        .collect();
    let admin = Visitor::administrator(&world.server);
    let picked: Vec<(&str, &str)> = ids.iter().map(|id| ("user", &**id)).chain([("add", &*strong)]).collect();
    let review = page(&admin.post("/connect/users/edit", &[picked.clone(), vec![("do", "review")]].concat()));
    review.assert_shows("Send new invitations");
    review.assert_shows("two@example.com");
    let (mark, invite) = (hidden(&review, "mark"), format!("{} one@example.com", ids[0]));
    let save = [picked, vec![("mark", &*mark), ("invite", &*invite), ("do", "save")]].concat();
    admin.submit("/connect/users/edit", &save);
    let welcome = link(&letter(&world.server, "one@example.com", 1));
    Visitor::new(&world.server).see(&welcome).assert_shows("Welcome");
}

#[test]
fn users_promoted_in_warn_mode_are_listed_with_the_guard_and_their_credentials_can_be_replaced() {
    let world = World::new();
    let mia = world.somebody("mia", &MANAGES);
    let small = world.new_profile("Small", &["BasicAgentAccess"]);
    let boss = made_by(&mia, &world, "boss", &small, "boss@example.com");
    let visitor = Visitor::new(&world.server);
    visitor.sign_in_first("boss", "Passw0rd", "Better-passw0rd");
    let promote = world.in_instance(json!({ "UserId": boss, "SecurityProfileIds": [world.profile("Admin")] }));
    world.operator.ok(Operation::UpdateUserSecurityProfiles, &promote);
    let guard = format!("/floorkey/v1/instances/{}/guard", world.instance);
    let described = world.operator.send("GET", &guard, "", b"").json();
    assert_eq!(described["ExposedUsers"], json!({ "Count": 1, "UserIds": [boss] }));
    assert_eq!(mia.send("GET", &guard, "", b"").json()["ExposedUsers"], serde_json::Value::Null);
    let admin = Visitor::administrator(&world.server);
    let asked = admin.see("/connect/guard");
    asked.assert_shows("could sign in with it: boss");
    let after = admin.submit("/connect/guard", &[("mode", "enforce"), ("replace_credentials", "1")]);
    after.assert_flash("1 user can sign in again only with a new invitation");
    assert_ne!(visitor.get("/connect/access").status, 200);
    assert_eq!(world.operator.send("GET", &guard, "", b"").json()["ExposedUsers"]["Count"], 0);
}

#[test]
fn responses_contain_the_number_of_replaced_credentials() {
    let world = World::with(&[("FLOORKEY_GUARD", "enforce")]);
    let mia = world.somebody("mia", &MANAGES);
    let small = world.new_profile("Small", &["BasicAgentAccess"]);
    let boss = made_by(&mia, &world, "boss", &small, "boss@example.com");
    let assign = |profile: String| {
        let input = world.in_instance(json!({ "UserId": boss, "SecurityProfileIds": [profile] }));
        let answer = world.operator.call(Operation::UpdateUserSecurityProfiles, &input);
        assert_eq!(answer.status, 200);
        answer.header("x-floorkey-credentials-replaced").map(str::to_owned)
    };
    assert_eq!(assign(world.profile("Admin")).as_deref(), Some("1"));
    assert_eq!(assign(small.clone()), None);
}

#[test]
fn an_email_that_a_custodian_entered_is_confirmed_in_the_users_own_browser() {
    let world = World::with(&[("FLOORKEY_GUARD", "enforce")]);
    let mia = world.somebody("mia", &MANAGES);
    let small = world.new_profile("Small", &["BasicAgentAccess"]);
    let boss = made_by(&mia, &world, "boss", &small, "boss@example.com");
    let promote = world.in_instance(json!({ "UserId": boss, "SecurityProfileIds": [world.profile("Admin")] }));
    world.operator.ok(Operation::UpdateUserSecurityProfiles, &promote);
    // Sets a temporary password, which replaces the invitation.
    let reset = json!({ "Password": "Temporary-1" });
    world.extension("POST", &format!("/users/{boss}/password"), &reset);
    let visitor = Visitor::new(&world.server);
    visitor.sign_in_first("boss", "Temporary-1", "Better-passw0rd");
    visitor.see("/connect/access/sign-in").assert_shows("Another user entered this address");
    visitor.submit("/connect/access/confirm-email", &[]);
    let confirm = link(&letter(&world.server, "boss@example.com", 1));
    // A person who reads the user's mailbox has the link, but is not signed in as the user.
    let reader = Visitor::new(&world.server).post(&confirm, &[]);
    assert_eq!(reader.status, 422);
    page(&reader).assert_shows("Sign in as boss in this browser");
    visitor.submit(&confirm, &[]).assert_flash("boss@example.com is confirmed");
    visitor.see("/connect/access/sign-in").assert_lacks("Another user entered this address");
}
