//! Tests signing in and out.

use super::demo::Demo;
use crate::server::{ADMIN_PASSWORD, Server};

#[test]
fn an_administrator_signs_in_and_out_with_the_keyboard_only() {
    let server = Server::start_with(&[]);
    let Some(page) = super::page::Page::open(server.address) else { return };
    page.goto("/connect/login");
    page.wait_focused("User name");
    page.type_text("admin");
    page.press("Tab");
    page.type_text("Wr0ng-password");
    page.press("Enter");
    page.wait_for("is not right");
    page.wait_focused("Password");
    assert_eq!(page.status(), 401);
    page.type_text(ADMIN_PASSWORD);
    page.press("Enter");
    page.wait_for("Search everything");
    page.tab_to("Skip to content");
    page.tab_to("Floorkey Administrator: your menu");
    page.press("Enter");
    page.tab_to("Sign out");
    page.press("Enter");
    page.wait_for("You are signed out.");
    assert_eq!(page.url(), "/connect/login");
}

#[test]
fn a_temporary_password_must_be_changed_with_and_without_scripts() {
    let demo = Demo::new();
    for (login, scripts) in [("sofia.marin", true), ("tom.okafor", false)] {
        let Some(page) = demo.open() else { return };
        if !scripts {
            page.without_script();
        }
        page.goto("/connect/users");
        assert!(page.url().starts_with("/connect/login?next="), "{}", page.url());
        page.sign_in(login, &demo.one_time(login));
        page.wait_for("Choose a password");
        page.fill("New password", "short");
        page.fill("New password again", "short");
        page.submit("Save the password");
        assert_eq!(page.status(), 422);
        page.choose_password("Chosen-passw0rd");
        page.wait_for("Search everything");
    }
}

#[test]
fn the_pages_before_sign_in_are_accessible_narrow_and_small() {
    let demo = Demo::new();
    let Some(page) = demo.open() else { return };
    page.goto("/connect/login");
    page.assert_well_made();
    page.assert_within_budget();
    insta::assert_snapshot!("login", page.accessibility());
    page.sign_in("sofia.marin", &demo.one_time("sofia.marin"));
    page.wait_for("Choose a password");
    page.assert_well_made();
    page.assert_within_budget();
    insta::assert_snapshot!("password", page.accessibility());
    page.goto("/connect/no-such-page");
    page.assert_well_made();
}
