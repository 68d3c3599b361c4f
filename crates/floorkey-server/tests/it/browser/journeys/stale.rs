//! Tests two administrators who edit the same profile at the same time.

use super::demo;

#[test]
fn the_second_to_save_learns_who_was_first_and_can_keep_their_changes() {
    let demo = demo();
    let Some(first) = demo.open_as("admin") else { return };
    first.open_user("lidia.rocha", "Lídia Rocha");
    let password = first.reset_password();
    let Some(second) = demo.open() else { return };
    second.sign_in("lidia.rocha", &password);
    second.choose_password("Lidias-passw0rd");
    second.wait_for("Search everything");
    for page in [&first, &second] {
        page.goto("/connect/security-profiles");
        page.within("Workforce planner", |row| row.submit("Workforce planner"));
    }
    first.fill("Description", "Rosters of all sites");
    first.submit("Save");
    first.reads("The security profile “Workforce planner” is saved.");
    second.fill("Description", "Plans of all sites");
    second.submit("Save");
    assert_eq!(second.status(), 409);
    second.reads("Floorkey Administrator (admin) changed this profile just now");
    second.reads("while you were editing it");
    second.reads("→ Rosters of all sites");
    second.reads("Take theirs: show the profile as it is now");
    assert_eq!(second.value("Description"), "Plans of all sites");
    second.submit("Save");
    second.reads("The security profile “Workforce planner” is saved.");
    assert_eq!(second.value("Description"), "Plans of all sites");
}
