//! Tests the escalation guard in mode `enforce`.

use crate::browser::demo::Demo;

#[test]
fn in_enforce_mode_a_manager_creates_agents_and_cannot_change_administrators() {
    let demo = Demo::new();
    let Some(admin) = demo.open_as("admin") else { return };
    admin.goto("/connect/guard");
    assert!(!admin.ticked("Warn") && !admin.ticked("Enforce"), "neither is chosen beforehand");
    admin.tick("Enforce");
    admin.submit("Save");
    admin.reads("The escalation guard is on enforce.");
    drop(admin);

    let Some(sofia) = demo.open_as("sofia.marin") else { return };
    sofia.goto("/connect/access");
    sofia.menu("User management");
    sofia.submit("Add new users");
    sofia.fill("First name", "Nuno");
    sofia.fill("Last name", "Faria");
    sofia.fill("Login name", "nuno.faria");
    sofia.select("Add a security profile", "Agent");
    sofia.click("Add");
    sofia.select("Routing profile", "Bookings agents");
    sofia.submit("Add the user");
    sofia.reads("Nuno Faria is added");
    sofia.submit("Go to Nuno Faria");
    assert_eq!(sofia.held(), ["Agent"]);
    assert!(sofia.reset_password().len() >= 8);

    sofia.open_user("admin", "Floorkey Administrator");
    sofia.reads("Reset password: You can't do this");
    sofia.goto(&format!("{}/reset", sofia.url()));
    sofia.reads("You cannot reset this password. You can't do this");
    assert!(!sofia.text().contains("Generate a temporary password"));
}
