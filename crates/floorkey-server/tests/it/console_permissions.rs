//! Tests the permission catalog, which users can search. Each permission has a page. If the viewer can view users, this
//! page lists the users with the permission.

use std::io::Write as _;

use floorkey_aws::operation::Operation;
use serde_json::json;

use crate::server::Server;
use crate::visitor::{Visitor, page};
use crate::world::{World, text};

const LIST: &str = "/connect/permissions";

/// Creates a user with a new profile that has the given permissions, and signs the user in.
fn visitor(world: &World, username: &str, permissions: &[&str]) -> Visitor {
    let profile = world.new_profile(&format!("profile of {username}"), permissions);
    signed_in(world, username, &profile)
}

fn signed_in(world: &World, username: &str, profile: &str) -> Visitor {
    world.new_user(username, &[profile]);
    let visitor = Visitor::new(&world.server);
    visitor.sign_in_first(username, "Passw0rd", "Better-passw0rd");
    visitor
}

/// Returns the API names on a page of the catalog, in order.
fn names(page: &str) -> Vec<String> {
    let cells = page.split("<code id=\"name-").skip(1);
    cells.filter_map(|rest| Some(rest.split_once('>')?.1.split_once('<')?.0.to_owned())).collect()
}

fn gzipped(text: &str) -> usize {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap().len()
}

#[test]
fn the_whole_catalog_is_listed_on_a_small_page() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let all = admin.see(LIST);
    assert_eq!(names(&all).len(), 327);
    assert!(all.contains("Permissions <span class=\"count\">(327)"));
    assert!(gzipped(&all) <= 60 * 1024, "{} bytes", gzipped(&all));
    // Each permission in the catalog has a page.
    for name in names(&all) {
        let shown = admin.see(&format!("{LIST}/{name}"));
        assert!(shown.contains(&format!(">{name}</code>")), "{name}");
    }
}

#[test]
fn permissions_are_found_by_words_group_risk_and_use() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let found = |query: &str| names(&admin.see(&format!("{LIST}?{query}")));
    assert!(found("q=reset+password").contains(&"Users.Edit".to_owned()));
    assert_eq!(found("q=Users.EditPermission"), ["Users.EditPermission"]);
    assert!(found("risk=lock-out").contains(&"Users.Delete".to_owned()));
    assert_eq!(found("group=historical-changes"), ["HistoricalChanges.View"]);
    // No user has any of the four restrictions, because the Admin profile does not contain restrictions.
    assert_eq!(found("held=no").len(), 4);
    assert_eq!(found("held=yes").len(), 323);
    let nothing = admin.see(&format!("{LIST}?q=no+such+thing&group=routing"));
    assert!(nothing.contains("No permission matches"));
    assert!(nothing.contains("href=\"/connect/permissions?q=no+such+thing\""), "{nothing}");
    let odd = admin.see(&format!("{LIST}?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E"));
    assert!(!odd.contains("<script>alert"));
}

#[test]
fn the_page_of_a_permission_shows_what_it_requires_inherits_and_allows() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let edit = admin.see(&format!("{LIST}/Users.Edit"));
    for expected in [
        "Users: Edit",
        "<a href=\"/connect/permissions/Users.View\">Users: View</a>",
        "must be able to see them",
        "the drop-downs of the user form",
        "<code>UpdateUserIdentityInfo</code>",
        "administrator&#39;s too",
        "/connect/users?permission=Users.Edit",
        "limit it to users with given tags, or in a part of the hierarchy",
    ] {
        assert!(edit.contains(expected), "{expected}: {edit}");
    }
    let view = admin.see(&format!("{LIST}/Users.View"));
    assert!(view.contains("Required by") && view.contains("/connect/permissions/Users.Edit"));
    let limit = admin.see(&format!("{LIST}/RestrictTaskCreation.Access"));
    assert!(limit.contains("Restriction") && !limit.contains("/connect/users?permission="));
    let old = admin.see(&format!("{LIST}/ListenCallRecordings"));
    assert!(old.contains("An older name") && old.contains("/connect/permissions/CallRecordings."));
    let offered = admin.see(&format!("{LIST}/CallRecordings.Redacted.Access"));
    assert!(offered.contains("Suggested with it"));
}

#[test]
fn aliases_redirect_and_unknown_names_get_suggestions() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let alias = admin.get(&format!("{LIST}/RealTimeMetrics.Access"));
    assert_eq!(
        (alias.status, alias.header("location")),
        (303, Some("/connect/permissions/AccessMetrics.RealTimeMetrics.Access"))
    );
    let meant = admin.get(&format!("{LIST}/users.edit"));
    assert_eq!(meant.status, 404);
    assert!(page(&meant).contains("Users.Edit"), "{}", page(&meant));
    assert_eq!(admin.get(&format!("{LIST}/%3Cb%3E")).status, 404);
}

#[test]
fn the_catalog_needs_a_permission_and_numbers_are_shown_only_without_a_scope() {
    let world = World::new();
    let agent = signed_in(&world, "agent", &world.profile("Agent"));
    for path in [LIST.to_owned(), format!("{LIST}/Users.Edit")] {
        assert_eq!(agent.get(&path).status, 403);
    }
    let users_only = visitor(&world, "users", &["Users.View"]);
    let list = users_only.see(LIST);
    assert!(!list.contains("for=\"held\"") && names(&list).len() == 327);
    // If the viewer can't view profiles, the filter has no effect. Otherwise, the filter would reveal who has a
    // permission.
    assert_eq!(names(&users_only.see(&format!("{LIST}?held=no"))).len(), 327);
    let one = users_only.see(&format!("{LIST}/Users.View"));
    assert!(!one.contains("/connect/users?permission=Users.View"), "who has a permission follows from profiles");
    assert!(!one.contains("/connect/security-profiles/") && !one.contains("profile of users"), "{one}");

    let both = visitor(&world, "both", &["Users.View", "SecurityProfiles.View"]);
    assert!(both.see(&format!("{LIST}/Users.View")).contains("profile of users"));
    assert!(both.see(LIST).contains("for=\"held\""));

    // If the viewer's permission to view users has a scope, the page shows no numbers. The numbers would count only
    // some users.
    let made = world.ok(
        Operation::CreateSecurityProfile,
        json!({
            "SecurityProfileName": "scoped", "Permissions": ["Users.View", "SecurityProfiles.View"],
            "AllowedAccessControlTags": { "site": "lyon" }, "TagRestrictedResources": ["User", "SecurityProfile"],
        }),
    );
    let scoped = signed_in(&world, "scoped", &text(&made["SecurityProfileId"]));
    assert!(!scoped.see(LIST).contains("for=\"held\""));
    let one = scoped.see(&format!("{LIST}/Users.View"));
    assert!(one.contains("No security profile that you can view grants it"), "{one}");
}

#[test]
fn the_page_of_a_permission_and_the_list_of_users_show_the_same_number() {
    let server = Server::demo();
    let admin = Visitor::administrator(&server);
    let count = |page: &str, before: &str| {
        let (_, rest) = page.split_once(before).unwrap_or_else(|| panic!("no {before} in {page}"));
        rest.split([' ', ')']).next().unwrap().parse::<usize>().unwrap()
    };
    for name in ["Users.Edit", "Users.View", "BasicAgentAccess", "ListenCallRecordings", "HistoricalChanges.View"] {
        let told = count(&admin.see(&format!("{LIST}/{name}")), "Users who have it <span class=\"count\">(");
        let found = count(&admin.see(&format!("/connect/users?permission={name}")), "<span class=\"count\">(");
        assert_eq!(told, found, "{name}");
        assert!(told > 0, "{name}");
    }
}
