//! What the review of a promotion says and does, where it replaces credentials.

use floorkey_connect::operation::Operation;
use serde_json::json;

use crate::console_user::{fields, send, with};
use crate::visitor::{Visitor, page};
use crate::world::World;

#[test]
fn a_promotion_that_replaces_credentials_says_so_and_invites_anew_in_the_same_step() {
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
    for words in ["has to sign in anew", "1 session ends", "boss@example.com", "Send a new invitation to"] {
        assert!(review.contains(words), "{words}: {review}");
    }
    let save = with(&fields(&review), "invite_to", "boss@example.com");
    let saved = send(&admin, &format!("/connect/users/{boss}/details"), &with(&save, "step", "save"));
    assert_eq!(saved.status, 303, "{}", page(&saved));
    let after = admin.see(saved.header("location").unwrap());
    assert!(after.contains("A new invitation is on its way to boss@example.com"), "{after}");
    assert_ne!(browser.get("/connect/access").status, 200);
    // The history tells it to people who may see the user.
    assert!(admin.see("/connect/history").contains("Replaced credentials that other users could know: boss"));
}
