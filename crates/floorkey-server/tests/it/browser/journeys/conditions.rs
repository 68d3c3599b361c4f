//! Tests restricting a security profile's permission with conditions in the profile's form.

use super::demo;
use crate::browser::find::Kind;
use crate::browser::page::Page;

/// Creates a profile that grants Users: Edit and has no users. Opens the profile's form.
fn begin(page: &Page, name: &str) {
    page.goto("/connect/security-profiles/new");
    page.fill("Name", name);
    page.click("Users and permissions");
    page.tick("Users: Edit (");
    page.submit("Save");
    page.reads(&format!("The security profile “{name}” is created."));
    page.click("Conditions");
}

/// Returns the visible labels of the fields for a new condition.
fn fields(page: &Page) -> Vec<String> {
    let script = "return [...document.querySelectorAll('.condition-new label')]
        .filter((label) => label.checkVisibility()).map((label) => label.textContent)";
    let labels = page.run(script, vec![]);
    labels.as_array().unwrap().iter().map(|label| label.as_str().unwrap().to_owned()).collect()
}

#[test]
fn conditions_are_added_and_removed_and_unsaved_selections_are_kept() {
    let demo = demo();
    let Some(page) = demo.open_as("admin") else { return };
    begin(&page, "Own team only");
    // The form shows only the fields for the selected kind of condition.
    page.select("Applies only if", "it is the user’s own");
    assert_eq!(fields(&page), ["Permission", "Applies only if", "Attribute or tag"]);
    page.select("Applies only if", "it is in the user’s hierarchy group or below");
    assert_eq!(fields(&page), ["Permission", "Applies only if"]);
    page.select("Applies only if", "an attribute has one of these values");
    assert_eq!(
        fields(&page),
        ["Permission", "Applies only if", "Whose attribute", "Attribute or tag", "Values, one per line"]
    );
    page.select("Applies only if", "it has the same value as the user");
    assert_eq!(fields(&page), ["Permission", "Applies only if", "Attribute or tag", "The user’s tag"]);

    // The form keeps selections that were made before the condition was added. Errors appear beside the field.
    page.tick("Users: Create");
    page.fill("Permission", "Users: Edit");
    page.submit("Add the condition");
    page.reads("Name the attribute that the condition looks at.");
    assert!(page.ticked("Users: Create"));
    assert_eq!(page.value("Permission"), "Users: Edit");
    // The Enter key adds the condition and does not save the profile.
    page.fill("Attribute or tag", "team");
    page.with(Kind::Field, "Attribute or tag", async |field| field.focus().await);
    page.press("Enter");
    page.reads("Conditions (1)");
    page.reads("if its “team” is the same as the user's");
    assert!(page.ticked("Users: Create") && !page.text().contains("only” is saved"));
    let seen = "const row = document.querySelector('#when table').getBoundingClientRect();
        return row.top >= 0 && row.top < innerHeight";
    assert_eq!(page.run(seen, vec![]), true, "the page stays where one was");

    page.fill("Permission", "Users: Create");
    page.select("Applies only if", "it is in the user’s hierarchy group or below");
    page.submit("Add the condition");
    page.reads("Conditions (2)");
    page.submit("Remove the condition of Users: Edit");
    page.reads("Conditions (1)");
    page.submit("Save");
    page.reads("The security profile “Own team only” is saved.");
    page.reads("Create only if it is in the user's own hierarchy group or below");
    assert!(page.ticked("Users: Create"));
    page.submit("Undo");
    page.reads("Conditions (0)");
    assert!(!page.ticked("Users: Create"));
}
