//! Tests setting the proficiencies of new users, ending a single session, and deleting and restoring a user.

use floorkey_aws::operation::Operation;
use serde_json::json;

use crate::visitor::{Visitor, hidden, page};
use crate::world::World;

#[test]
fn a_new_user_is_created_with_proficiencies_or_not_at_all() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let (agent, routing) = (world.profile("Agent"), world.routing_profile());
    let form = |level: &str| {
        let sections = ["identity", "login", "profiles", "routing", "skills"].map(|name| ("section", name.to_owned()));
        let values = [
            ("first_name", "Cid"),
            ("last_name", "New"),
            ("username", "cid"),
            ("add", &agent),
            ("routing_profile", &routing),
            ("skill-attribute", "Language"),
            ("skill-value", "Welsh"),
            ("skill-level", level),
            ("password", "none"),
        ];
        sections.into_iter().chain(values.map(|(name, value)| (name, value.to_owned()))).collect::<Vec<_>>()
    };
    let send = |visitor: &Visitor, form: &[(&str, String)]| {
        let pairs: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        visitor.post("/connect/users/new", &pairs)
    };
    let wrong = send(&admin, &form("9"));
    assert_eq!(wrong.status, 422);
    assert_eq!(page(&wrong).field("Proficiency 1: value").value(), "Welsh");
    assert!(page(&wrong).has_link_to("#skills"), "{}", page(&wrong));
    let made = send(&admin, &form("4"));
    assert_eq!(made.status, 303, "{}", page(&made));
    admin.see(made.header("location").unwrap()).assert_flash("cid is added");
    let held = world.ok(Operation::ListUserProficiencies, json!({ "UserId": world.user("cid") }));
    let held = &held["UserProficiencyList"][0];
    assert_eq!((&held["AttributeName"], &held["AttributeValue"]), (&json!("Language"), &json!("Welsh")));
    // A user who has only the permission to create users can't set proficiencies, and the form says so.
    let maker = world.visitor("maker", &["Users.Create"]);
    let shown = maker.see("/connect/users/new");
    let (_, skills) = shown.split_once("<h2>Proficiencies</h2>").unwrap();
    assert!(
        skills.trim_start().starts_with("<p class=\"hint\">You can’t change this. This requires the permission"),
        "{skills}"
    );
}

#[test]
fn single_sessions_can_be_ended_and_deletions_undone() {
    let world = World::new();
    let user = world.new_user("ann", &[&world.profile("Agent")]);
    let admin = Visitor::administrator(&world.server);
    let (one, two) = (Visitor::new(&world.server), Visitor::new(&world.server));
    one.sign_in_first("ann", "Passw0rd", "Better-passw0rd");
    two.sign_in("ann", "Better-passw0rd");
    let at = format!("/connect/users/{user}");
    let tab = admin.see(&format!("{at}/sign-in"));
    assert_eq!(tab.heading_of("Sessions"), "Sessions (2)");
    let newest = hidden(&tab, "session");
    admin.submit(&format!("{at}/sign-in/end-session"), &[("session", &newest)]);
    assert_eq!((one.get("/connect/access").status, two.get("/connect/access").status), (200, 303));
    admin.submit(&format!("{at}/sign-in/sign-out"), &[]);
    assert_eq!(one.get("/connect/access").status, 303);

    let modified = hidden(&admin.see(&format!("{at}/delete")), "modified");
    let gone = admin.submit(&format!("{at}/delete"), &[("modified", &modified)]);
    gone.assert_flash("is deleted");
    assert_eq!(admin.get(&at).status, 404);
    let revision = hidden(&gone, "revision");
    assert_eq!(admin.post("/connect/undo", &[("revision", &revision), ("back", &at)]).status, 303);
    assert_eq!(admin.get(&at).status, 200);
    // The last administrator can't be deleted, and the page explains why.
    let me = format!("/connect/users/{}", world.user("admin"));
    admin.see(&format!("{me}/delete")).assert_shows("the last user who can administer");
}
