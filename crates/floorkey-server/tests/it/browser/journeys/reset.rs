//! A password that is reset by hand.

use super::demo;

#[test]
fn a_one_time_password_is_shown_once_and_leads_to_a_chosen_one() {
    let demo = demo();
    let Some(admin) = demo.open_as("admin") else { return };
    admin.open_user("elif.demir", "Elif Demir");
    let password = admin.reset_password();
    assert!(admin.text().contains(&password));

    let Some(elif) = demo.open() else { return };
    elif.sign_in("elif.demir", &password);
    elif.wait_for("Choose a password");
    // There is no way round.
    elif.goto("/connect/access");
    elif.choose_password("Another-passw0rd");
    elif.wait_for("Sign out");
    elif.goto("/connect/access");
    elif.reads("Elif Demir");
    elif.submit("Sign out");
    elif.sign_in("elif.demir", &password);
    elif.wait_for("is not right");

    // Whoever loads the page again, or comes back to it, makes no other password and sees none.
    admin.reload();
    admin.reads("Reset the password of Elif Demir");
    assert!(!admin.text().contains(&password));
    admin.goto(&admin.url());
    assert!(!admin.text().contains(&password));
    elif.sign_in("elif.demir", "Another-passw0rd");
    elif.wait_for("Sign out");
}
