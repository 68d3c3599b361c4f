//! Tests adding users from a file.

use super::demo;
use crate::browser::page::Page;

const HEADINGS: &str = "First name,Last name,User login,Security profile name|s,Routing profile name";

/// Uploads a file with the given lines.
fn send(page: &Page, name: &str, lines: [&str; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, format!("{HEADINGS}\n{}\n", lines.join("\n"))).unwrap();
    page.upload("File", &file);
    page.submit("Check file");
}

/// Searches the user list for the new users, and returns the text of the page.
fn look(page: &Page) -> String {
    page.goto("/connect/users?q=murray.quist");
    page.words()
}

#[test]
fn a_file_with_an_invalid_line_adds_no_users_and_the_corrected_one_adds_all() {
    let demo = demo();
    let Some(page) = demo.open_as("admin") else { return };
    page.goto("/connect/users");
    page.submit("Add by CSV");
    let good = "Grace,Murray,grace.murray.quist,Agent,Bookings agents";
    let mended = "Ada,Byron,ada.murray.quist,Agent|QualityAnalyst,Bookings agents";
    send(&page, "bad.csv", [good, "Ada,Byron,ada.murray.quist,Agnet,Bookings agents"]);
    page.reads("1 of 2 lines is not valid, so no users were added.");
    page.reads("There is no security profile “Agnet” (did you mean “Agent”?).");
    assert!(!look(&page).contains("Grace Murray"));
    page.goto("/connect/users/import");
    send(&page, "mended.csv", [good, mended]);
    page.reads("No users are added yet.");
    assert!(!look(&page).contains("Grace Murray"));
    page.goto("/connect/users/import");
    send(&page, "mended.csv", [good, mended]);
    page.click("Add 2 users");
    page.reads("Users added (2 users)");
    let passwords = page.run("return document.querySelectorAll('.slip .secret').length", vec![]);
    assert_eq!(passwords.as_u64(), Some(2));
    let users = look(&page);
    assert!(users.contains("Grace Murray") && users.contains("Ada Byron"), "{users}");
    page.submit("Ada Byron");
    assert_eq!(page.held(), ["Agent", "QualityAnalyst"]);
}
