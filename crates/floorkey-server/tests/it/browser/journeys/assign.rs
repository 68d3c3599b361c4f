//! Tests assigning security profiles to several users at once.

use super::demo;
use crate::browser::page::Page;

/// Filters the list of users by a profile, with the suggestions.
fn filter_with_suggestions(page: &Page, profile: &str) {
    page.click("Add filter");
    page.type_text(profile);
    page.submit(&format!("Security profile is {profile}"));
}

/// Filters the list of users by a profile, with the form that works without script.
fn filter_with_form(page: &Page, profile: &str) {
    page.click("Add filter");
    page.within("Add a filter", |page| {
        page.select("Property", "Security profile");
        page.select("Operator", "is");
        page.fill("Value", profile);
        page.submit("Apply");
    });
}

/// Selects two users who have the given profile, and clicks Edit. `filter` filters the list by a profile.
fn edit_two(page: &Page, filter: fn(&Page, &str), profile: &str, users: [&str; 2]) {
    page.goto("/connect/access");
    page.menu("User management");
    filter(page, profile);
    for name in users {
        page.tick(name);
    }
    page.submit("Edit");
    page.reads("Edit 2 users");
}

/// Submits the form to review the changes, and then confirms them.
fn save(page: &Page, added: &str, removed: &str) {
    page.submit("Save");
    page.reads("Review the change to 2 users");
    page.reads("Nothing is saved yet.");
    page.reads(&format!("{added} (2 users)"));
    page.reads(&format!("{removed} (2 users)"));
    page.submit("Save");
    page.reads("Saved for 2 users.");
}

#[test]
fn profiles_are_assigned_to_two_users_at_once_and_others_are_kept() {
    let demo = demo();
    let Some(page) = demo.open_as("admin") else { return };
    edit_two(&page, filter_with_suggestions, "Quality lead", ["Fatima El Idrissi", "Eoin Bracken"]);
    page.reads("Quality lead all 2");
    page.reads("QualityAnalyst 1 of 2");
    let at = page.url();
    page.fill("Add a security profile", "Auditor");
    page.click("Add");
    page.reads("Auditor added");
    page.click("Remove Quality lead");
    page.reads("removed");
    assert_eq!(page.url(), at, "with script no page is loaded for it");
    save(&page, "Auditor", "Quality lead");
    page.open_user("fatima.elidrissi", "Fatima El Idrissi");
    assert_eq!(page.held(), ["Auditor"]);
    page.open_user("eoin.bracken", "Eoin Bracken");
    assert_eq!(page.held(), ["Auditor", "QualityAnalyst"]);
}

#[test]
fn profiles_are_assigned_to_two_users_at_once_without_script() {
    let demo = demo();
    let Some(page) = demo.open_as("admin") else { return };
    page.without_script();
    edit_two(&page, filter_with_form, "IT helpdesk", ["Paula Sampaio", "Tariq Siddiqui"]);
    page.fill("Add a security profile", "Audit0r");
    page.submit("Add");
    page.reads("There is no security profile named “Audit0r”");
    page.fill("Add a security profile", "Auditor");
    page.submit("Add");
    page.reads("Auditor added");
    page.submit("Remove IT helpdesk");
    page.reads("IT helpdesk removed");
    save(&page, "Auditor", "IT helpdesk");
    page.open_user("paula.sampaio", "Paula Sampaio");
    assert_eq!(page.held(), ["Agent", "Auditor"]);
    page.open_user("tariq.siddiqui", "Tariq Siddiqui");
    assert_eq!(page.held(), ["Auditor"]);
}
