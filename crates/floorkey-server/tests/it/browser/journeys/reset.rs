//! Tests a password reset by an administrator.

use super::demo;

#[test]
fn a_temporary_password_is_shown_once_and_must_be_replaced() {
    let demo = demo();
    let Some(admin) = demo.open_as("admin") else { return };
    admin.open_user("elif.demir", "Elif Demir");
    let password = admin.reset_password();
    assert!(admin.text().contains(&password));

    let Some(elif) = demo.open() else { return };
    elif.sign_in("elif.demir", &password);
    elif.wait_for("Choose a password");
    // The user must choose a password before opening any other page.
    elif.goto("/connect/access");
    elif.choose_password("Another-passw0rd");
    elif.wait_for("Search everything");
    elif.goto("/connect/access");
    elif.reads("Elif Demir");
    elif.sign_out();
    elif.sign_in("elif.demir", &password);
    elif.wait_for("is not right");

    // If the administrator reloads the page or returns to the page, no new password is created or shown.
    admin.reload();
    admin.reads("Reset the password of Elif Demir");
    assert!(!admin.text().contains(&password));
    admin.goto(&admin.url());
    assert!(!admin.text().contains(&password));
    elif.sign_in("elif.demir", "Another-passw0rd");
    elif.wait_for("Search everything");
}
