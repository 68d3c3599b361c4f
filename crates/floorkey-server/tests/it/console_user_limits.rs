//! Tests what users who can only view users, or only some of them, see on the page of a user.

use floorkey_aws::operation::Operation;
use serde_json::json;

use crate::console_user::describe;
use crate::visitor::{Visitor, hidden};
use crate::world::World;

#[test]
fn users_who_can_only_view_are_offered_no_changes_and_refused_all() {
    let world = World::new();
    let user = world.new_user("ann", &[&world.profile("Agent")]);
    let looker = world.visitor("bob", &["Users.View"]);
    let at = format!("/connect/users/{user}");
    let details = looker.see(&format!("{at}/details"));
    assert!(details.field("First name").is_disabled());
    details.assert_lacks(">Save</button>\n");
    details.assert_shows("This requires the permission Users: Edit");
    let before = describe(&world, &user);
    let modified = hidden(&details, "modified");
    let forged = [("modified", modified.as_str()), ("section", "identity"), ("first_name", "Forged")];
    assert_eq!(looker.post(&format!("{at}/details"), &forged).status, 422);
    for action in ["disable", "sign-out", "unlock", "remove-factors", "end-session"] {
        let status = looker.post(&format!("{at}/sign-in/{action}"), &[]).status;
        assert_eq!(status, 403, "{action}");
    }
    assert_eq!(looker.post(&format!("{at}/reset"), &[("modified", &modified)]).status, 403);
    assert_eq!(looker.post(&format!("{at}/delete"), &[("modified", &modified)]).status, 403);
    assert_eq!(looker.get("/connect/users/new").status, 403);
    assert_eq!(describe(&world, &user), before);
    let nobody = world.visitor("cid", &["BasicAgentAccess"]);
    assert_eq!(nobody.get(&at).status, 403);
}

#[test]
fn users_out_of_scope_are_not_found() {
    let world = World::new();
    let (inside, outside) = (world.new_user("ann", &[&world.profile("Agent")]), world.user("admin"));
    world.ok(
        Operation::TagResource,
        json!({ "resourceArn": world.arn(&format!("/agent/{inside}")), "tags": { "site": "cork" } }),
    );
    let scoped = world.ok(
        Operation::CreateSecurityProfile,
        json!({
            "SecurityProfileName": "Cork", "Permissions": ["Users.Edit"],
            "TagRestrictedResources": ["User"], "AllowedAccessControlTags": { "site": "cork" },
        }),
    )["SecurityProfileId"]
        .as_str()
        .unwrap()
        .to_owned();
    world.new_user("bob", &[&scoped]);
    let bob = Visitor::new(&world.server);
    bob.sign_in_first("bob", "Passw0rd", "Better-passw0rd");
    for tail in ["", "/details", "/sign-in", "/reset", "/same", "/delete"] {
        assert_eq!(bob.get(&format!("/connect/users/{inside}{tail}")).status, 200, "{tail}");
        assert_eq!(bob.get(&format!("/connect/users/{outside}{tail}")).status, 404, "{tail}");
    }
    assert_eq!(bob.post(&format!("/connect/users/{outside}/reset"), &[("modified", "0")]).status, 404);
    assert_eq!(bob.get(&format!("/connect/users/{inside}/details?like={outside}")).status, 404);
}
