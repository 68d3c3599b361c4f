//! Enters text that tries to run as a script in every field that accepts such text.

use super::demo;
use crate::browser::page::Page;

const IMAGE: &str = "<img src=x onerror=alert(1)>";
const SCRIPT: &str = "\"><script>alert(1)</script>";
/// A valid email address that contains markup.
const ADDRESS: &str = "<img/src=x/onerror=alert(1)>@example.com";

/// Asserts that the hostile text created no elements on the page. If the text opened a dialog, every call to the
/// browser would fail. If the page tried to run the text, the check at the end of the test would fail.
fn is_harmless(page: &Page) {
    let script = "return [...document.querySelectorAll('[onerror]')].length
        + [...document.scripts].filter(one => one.textContent.includes('alert')).length";
    assert_eq!(page.run(script, vec![]).as_u64(), Some(0), "at {}", page.url());
}

/// Opens the given pages. Asserts that each page shows the hostile text, and that the text is harmless.
fn see(page: &Page, paths: &[String], text: &str) {
    for path in paths {
        page.goto(path);
        page.until(&format!("{path} shows `{text}`"), || page.words().contains(text));
        is_harmless(page);
    }
}

#[test]
fn hostile_text_in_a_profile_is_shown_as_text() {
    let demo = demo();
    let Some(page) = demo.open_as("admin") else { return };
    page.goto("/connect/security-profiles/new");
    page.click("Access control");
    page.click("Applications, assignable profiles and tags");
    page.fill("Name", SCRIPT);
    page.fill("Description", IMAGE);
    page.fill("Namespace 1", SCRIPT);
    page.fill("Permissions 1", IMAGE);
    for part in ["Access-control tags", "Tags of this profile"] {
        page.within(part, |part| {
            part.fill("Key 1", SCRIPT);
            part.fill("Value 1", IMAGE);
        });
    }
    page.submit("Save");
    page.reads("Not saved");
    is_harmless(&page);
    assert_eq!(page.value("Name"), SCRIPT);
    page.fill("Name", "Hostile words");
    page.fill("Namespace 1", "");
    page.fill("Permissions 1", "");
    page.within("Access-control tags", |part| {
        part.fill("Key 1", "");
        part.fill("Value 1", "");
    });
    page.within("Tags of this profile", |part| {
        part.fill("Key 1", "hostile");
        part.fill("Value 1", SCRIPT);
    });
    page.submit("Save");
    page.reads("The security profile “Hostile words” is created.");
    is_harmless(&page);
    let at = page.url();
    see(&page, &["/connect/security-profiles?columns=description".to_owned(), format!("{at}/code")], IMAGE);
    see(&page, &["/connect/history".to_owned()], SCRIPT);
    page.goto(&format!("/connect/security-profiles?q={IMAGE}&permission={SCRIPT}"));
    is_harmless(&page);
    page.goto(&format!("{at}/delete"));
    page.submit("Delete Hostile words");
    is_harmless(&page);
}

#[test]
fn hostile_text_in_a_user_is_shown_as_text() {
    let demo = demo();
    let Some(page) = demo.open_as("admin") else { return };
    page.goto("/connect/users/new");
    page.fill("First name", IMAGE);
    page.fill("Last name", SCRIPT);
    for field in [
        "Email address (optional)",
        "Secondary email",
        "Mobile number",
        "Login name",
        "Desk phone number",
        "Key 1",
        "Value 1",
    ] {
        page.fill(field, SCRIPT);
    }
    page.submit("Add the user");
    assert_eq!(page.status(), 422);
    is_harmless(&page);
    assert_eq!(page.value("Login name"), SCRIPT);
    page.fill("Email address (", ADDRESS);
    page.fill("Secondary email", ADDRESS);
    page.fill("Mobile number", "");
    page.fill("Login name", "hostile.words");
    page.fill("Desk phone number", "");
    page.fill("Key 1", "hostile");
    page.select("Routing profile", "Bookings agents");
    page.select("Add a security profile", "Agent");
    page.click("Add");
    page.submit("Add the user");
    page.reads("is added");
    is_harmless(&page);
    let name = format!("{IMAGE} {SCRIPT}");
    page.submit("Go to");
    let at = page.url();
    let tabs = ["", "/details", "/sign-in", "/history", "/reset", "/same", "/delete"];
    see(&page, &tabs.map(|tab| format!("{at}{tab}")), &name);
    page.goto(&format!("{at}/details"));
    page.within("Proficiencies", |part| {
        part.fill("Proficiency 1: attribute", SCRIPT);
        part.fill("Proficiency 1: value", IMAGE);
        part.fill("Proficiency 1: level", "3");
    });
    page.submit("Save");
    is_harmless(&page);
    let profile = "/connect/users?q=hostile.words";
    see(&page, &[profile.to_owned(), "/connect/history?user=hostile.words".to_owned()], &name);
    page.goto(&format!("/connect/users?q={SCRIPT}"));
    is_harmless(&page);
    for path in ["/connect/who-has-what", "/connect/", "/connect/outbox", "/connect/security-profiles"] {
        page.goto(path);
        is_harmless(&page);
    }
    page.goto(profile);
    page.tick(&name);
    page.submit("Edit");
    page.reads("Edit");
    is_harmless(&page);
}
