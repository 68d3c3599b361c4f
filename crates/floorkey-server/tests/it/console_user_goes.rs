//! Single sessions ended, and a user deleted and brought back.

use crate::visitor::{Visitor, hidden};
use crate::world::World;

#[test]
fn single_sessions_end_and_deleting_can_be_undone() {
    let world = World::new();
    let user = world.new_user("ann", &[&world.profile("Agent")]);
    let admin = Visitor::administrator(&world.server);
    let (one, two) = (Visitor::new(&world.server), Visitor::new(&world.server));
    one.sign_in_first("ann", "Passw0rd", "Better-passw0rd");
    two.sign_in("ann", "Better-passw0rd");
    let at = format!("/connect/users/{user}");
    let tab = admin.see(&format!("{at}/sign-in"));
    assert!(tab.contains("Sessions <span class=\"count\">(2)</span>"), "{tab}");
    let newest = hidden(&tab, "session");
    admin.submit(&format!("{at}/sign-in/end-session"), &[("session", &newest)]);
    assert_eq!((one.get("/connect/access").status, two.get("/connect/access").status), (200, 303));
    admin.submit(&format!("{at}/sign-in/sign-out"), &[]);
    assert_eq!(one.get("/connect/access").status, 303);

    let modified = hidden(&admin.see(&format!("{at}/delete")), "modified");
    let gone = admin.submit(&format!("{at}/delete"), &[("modified", &modified)]);
    assert!(gone.contains("is deleted"), "{gone}");
    assert_eq!(admin.get(&at).status, 404);
    let revision = hidden(&gone, "revision");
    assert_eq!(admin.post("/connect/undo", &[("revision", &revision), ("back", &at)]).status, 303);
    assert_eq!(admin.get(&at).status, 200);
    // The last administrator stays, and the page says why.
    let me = format!("/connect/users/{}", world.user("admin"));
    assert!(admin.see(&format!("{me}/delete")).contains("the last user who can administer"));
}
