//! Tests creating and changing security profiles.

use super::demo;
use crate::browser::find::Kind;
use crate::browser::page::Page;

/// Opens the form for a new profile.
fn add_new(page: &Page) {
    page.goto("/connect/access");
    page.menu("Security profiles");
    page.submit("Add new security profile");
}

/// Asserts that the profile is in the list, and that the profile's page has both permissions selected.
fn is_listed_with_both(page: &Page, name: &str) {
    page.menu("Security profiles");
    page.within(name, |row| row.submit(name));
    page.reads("Users (0)");
    for permission in ["Users: View", "Users: Edit ("] {
        assert!(page.ticked(permission), "{permission}");
    }
    assert!(!page.ticked("Users: Create"));
    page.reads("(2 permissions)");
}

#[test]
fn a_security_profile_is_created_and_required_permissions_are_announced() {
    let demo = demo();
    let Some(page) = demo.open_as("admin") else { return };
    add_new(&page);
    page.fill("Name", "Shift desk");
    page.fill("Description", "Keeps the accounts of the shift right");
    page.click("Users and permissions");
    page.tick("Users: Edit (");
    page.reads("Users: View selected because Users: Edit needs it.");
    assert!(page.ticked("Users: View"));
    // A permission can't be cleared while another selected permission requires it.
    page.with(Kind::Tick, "Users: View", async |tick| tick.click().await);
    page.reads("Users: View stays: Users: Edit needs it.");
    assert!(page.ticked("Users: View"));
    page.submit("Save");
    page.reads("The security profile “Shift desk” is created. No users have it yet.");
    is_listed_with_both(&page, "Shift desk");
}

#[test]
fn a_security_profile_is_created_without_script() {
    let demo = demo();
    let Some(page) = demo.open_as("admin") else { return };
    page.without_script();
    add_new(&page);
    page.fill("Name", "Desk without script");
    page.fill("Description", "Keeps the accounts of the shift right");
    page.click("Users and permissions");
    page.tick("Users: Edit (");
    page.submit("Save");
    page.reads("The security profile “Desk without script” is created.");
    page.reads("Users: View was added, because a permission that you selected requires it.");
    is_listed_with_both(&page, "Desk without script");
}

#[test]
fn a_security_profile_is_updated_after_a_review_of_its_effects_and_undone() {
    let demo = demo();
    let Some(page) = demo.open_as("admin") else { return };
    page.goto("/connect/access");
    page.menu("Security profiles");
    page.within("Team lead", |row| row.submit("Team lead"));
    page.fill("Name", "Shift lead");
    page.fill("Description", "Sees the own shift, and what was changed");
    page.click("Historical Changes 0");
    page.tick("View historical changes: View");
    page.submit("Save");
    page.reads("Review the change to Team lead");
    page.reads("Nothing is saved yet.");
    page.reads("Name from “Team lead” to “Shift lead”");
    page.reads("Description now “Sees the own shift, and what was changed”");
    page.reads("Adds View historical changes: View");
    page.reads("can do more");
    page.reads("Jonas Brandão");
    page.submit("Save");
    page.reads("The security profile “Shift lead” is saved.");
    assert!(page.ticked("View historical changes: View"));
    page.submit("Undo");
    page.reads("Undone: everything is as it was before.");
    assert_eq!(page.value("Name"), "Team lead");
    page.reads("Historical Changes 0 of 1");
}

/// Returns the number of granted permissions that the form shows.
fn granted(page: &Page) -> usize {
    let text = page.text();
    let (before, _) = text.split_once(" permissions)").unwrap_or_else(|| panic!("no count: {text}"));
    before.rsplit('(').next().unwrap().parse().unwrap()
}

#[test]
fn select_all_selects_what_a_search_shows_and_undo_restores_required_permissions() {
    let demo = demo();
    let Some(page) = demo.open_as("admin") else { return };
    add_new(&page);
    page.click("Users and permissions");
    page.tick("Users: Edit (");
    page.reads("(2 permissions)");
    page.fill("Search names and meanings", "listen");
    page.reads("match. What you selected elsewhere is kept.");
    page.click("found in Metrics and Quality");
    page.reads("Clear ");
    // The form selects the permissions that match the search, and the permissions that they require. The whole group
    // has about ten times as many permissions.
    assert!((3..30).contains(&granted(&page)), "{}", granted(&page));
    page.click("Undo");
    page.reads("(2 permissions)");
    page.fill("Search names and meanings", "users");
    // Users: View is selected because Users: Edit requires it.
    page.reads("for Edit");
}
