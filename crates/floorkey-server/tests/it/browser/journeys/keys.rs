//! Tests changing a profile with the keyboard only.

use crate::browser::page::Page;
use crate::server::{ADMIN_PASSWORD, Server};

/// Presses Tab until the focused element's name starts with `beginning`.
fn tab_on(page: &Page, beginning: &str) {
    for _ in 0..40 {
        if page.focused().starts_with(beginning) {
            return;
        }
        page.press("Tab");
    }
    panic!("Tab does not lead to `{beginning}`, it leads to `{}`", page.focused());
}

#[test]
fn a_profile_is_changed_with_the_keyboard_only() {
    let server = Server::start_with(&[]);
    let Some(page) = Page::open(server.address) else { return };
    page.goto("/connect/login");
    page.wait_focused("User name");
    page.type_text("admin");
    page.press("Tab");
    page.type_text(ADMIN_PASSWORD);
    page.press("Enter");
    page.wait_for("Search everything");
    page.press("g p");
    page.wait_for("Add new security profile");
    // The checkbox that selects the profile comes before the link.
    page.tab_to("QualityAnalyst");
    page.tab_to("QualityAnalyst");
    page.press("Enter");
    page.wait_for("Users (");
    page.press("f");
    page.wait_focused("Search names and meanings");
    page.type_text("users");
    page.wait_for("match. What you selected elsewhere is kept.");
    tab_on(&page, "Users: View");
    page.press("ArrowRight");
    assert!(page.focused().starts_with("Users: Edit"), "{}", page.focused());
    page.press("ArrowRight");
    assert!(page.focused().starts_with("Users: Create"), "{}", page.focused());
    page.press("ArrowDown");
    let below = page.focused();
    assert!(!below.starts_with("Users:") && below.contains(": "), "{below}");
    page.press("ArrowUp ArrowLeft");
    assert!(page.focused().starts_with("Users: Edit"), "{}", page.focused());
    page.press("Space");
    page.reads("selected because Users: Edit needs it.");
    page.tab_to("Save");
    page.press("Enter");
    page.wait_for("The security profile “QualityAnalyst” is saved.");
    assert!(page.ticked("Users: View") && page.ticked("Users: Edit ("));
}
