//! Tests the permission catalog, which users can search. Each permission has a page. If the viewer can view users, this
//! page lists the users with the permission.

use std::io::Write as _;

use floorkey_aws::operation::Operation;
use serde_json::json;

use crate::html_page::Page;
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

/// Returns the API names in the catalog, in the order of its pages.
fn names(visitor: &Visitor, query: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut next = format!("{LIST}?{query}");
    loop {
        let page = visitor.see(&next);
        names.extend(page.texts("tbody td code"));
        match page.texts("a[rel=next]").is_empty() {
            true => return names,
            false => next = page.link("Next page"),
        }
    }
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
    let every = names(&admin, "");
    assert_eq!(every.len(), 327);
    assert_eq!(all.heading(), "Permissions (327)");
    assert!(gzipped(&all) <= 60 * 1024, "{} bytes", gzipped(&all));
    // Each permission in the catalog has a page.
    for name in every {
        let shown = admin.see(&format!("{LIST}/{name}"));
        shown.assert_shows(&name);
    }
}

#[test]
fn permissions_are_found_by_words_group_risk_profile_and_use() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let found = |query: &str| names(&admin, query);
    assert!(found("q=reset+password").contains(&"Users.Edit".to_owned()));
    assert_eq!(found("q=Users.EditPermission"), ["Users.EditPermission"]);
    assert!(found("risk=lock-out").contains(&"Users.Delete".to_owned()));
    assert_eq!(found("group=historical-changes"), ["HistoricalChanges.View"]);
    // No user has any of the four restrictions, because the Admin profile does not contain restrictions.
    assert_eq!(found("held=no").len(), 4);
    assert_eq!(found("held=yes").len(), 323);
    assert_eq!(found("users.not=none").len(), 323);
    let desk = world.new_profile("Desk", &["Users.Edit"]);
    assert_eq!(found(&format!("profile={desk}&sort=api")), ["Users.Edit", "Users.View"]);
    // The list of groups has the number of permissions in each group that match the rest of the filter.
    let risky = admin.see(&format!("{LIST}?risk=escalation&group=routing"));
    let groups = risky.texts(".group-list a");
    assert!(groups.iter().any(|group| group == "Routing 0"), "{groups:?}");
    let all = groups[0].strip_prefix("All permissions ").unwrap().parse::<usize>().unwrap();
    assert_eq!(all, found("risk=escalation").len());
    let nothing = admin.see(&format!("{LIST}?q=no+such+thing&group=routing"));
    nothing.assert_shows("No permissions match");
    assert_eq!(nothing.link("Remove the last filter"), "/connect/permissions?q=no+such+thing");
    let odd = admin.see(&format!("{LIST}?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E"));
    odd.assert_lacks("<script>alert");
}

#[test]
fn the_page_of_a_permission_shows_what_it_requires_inherits_and_allows() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let edit = admin.see(&format!("{LIST}/Users.Edit"));
    for expected in [
        "Users: Edit",
        "must be able to see them",
        "the drop-downs of the user form",
        "UpdateUserIdentityInfo",
        "administrator's too",
        "limit it to users with given tags, or in a part of the hierarchy",
    ] {
        edit.assert_shows(expected);
    }
    assert_eq!(edit.link("Users: View"), "/connect/permissions/Users.View");
    assert!(edit.has_link_to("/connect/users?permission=Users.Edit"), "{edit}");
    let view = admin.see(&format!("{LIST}/Users.View"));
    view.assert_shows("Required by");
    assert!(view.has_link_to("/connect/permissions/Users.Edit"), "{view}");
    let limit = admin.see(&format!("{LIST}/RestrictTaskCreation.Access"));
    limit.assert_shows("Restriction");
    limit.assert_lacks("/connect/users?permission=");
    let old = admin.see(&format!("{LIST}/ListenCallRecordings"));
    old.assert_shows("An older name");
    assert!(old.has_link_to("/connect/permissions/CallRecordings.Unredacted.Access"), "{old}");
    let offered = admin.see(&format!("{LIST}/CallRecordings.Redacted.Access"));
    offered.assert_shows("Suggested with it");
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
    page(&meant).assert_shows("Users.Edit");
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
    let offered = |page: &Page| page.values("#filter-property option");
    assert!(!offered(&list).contains(&"users".to_owned()) && !offered(&list).contains(&"profile".to_owned()));
    assert_eq!(names(&users_only, "").len(), 327);
    // If the viewer can't view profiles, the filter matches nothing. Otherwise, the filter would reveal who has a
    // permission.
    for query in ["held=no", "users.not=none"] {
        assert_eq!(names(&users_only, query), [""; 0], "{query}");
    }
    assert_eq!(names(&users_only, "sort=users"), names(&users_only, ""));
    let one = users_only.see(&format!("{LIST}/Users.View"));
    one.assert_lacks("/connect/users?permission=Users.View");
    one.assert_lacks("/connect/security-profiles/");
    one.assert_lacks("profile of users");

    let both = visitor(&world, "both", &["Users.View", "SecurityProfiles.View"]);
    both.see(&format!("{LIST}/Users.View")).assert_shows("profile of users");
    assert!(offered(&both.see(LIST)).contains(&"users".to_owned()));

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
    assert!(!offered(&scoped.see(LIST)).contains(&"users".to_owned()));
    let one = scoped.see(&format!("{LIST}/Users.View"));
    one.assert_shows("No security profile that you can view grants it");
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
