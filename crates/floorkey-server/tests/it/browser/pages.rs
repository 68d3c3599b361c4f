//! Checks every page with axe in light, dark and forced colors and at a width of 320 px. Also checks each page's size.

use serde_json::json;

use super::demo::Demo;
use super::page::Page;

/// The pages that every administrator can open.
const PAGES: [&str; 32] = [
    "/connect/",
    "/connect/findings/administrators-without-mfa",
    "/connect/ending-assignments",
    "/connect/guard",
    "/connect/users?sort=login",
    "/connect/users?q=nobody-at-all",
    "/connect/users/new",
    "/connect/users/import",
    "/connect/users/deleted",
    "/connect/security-profiles",
    "/connect/security-profiles/new",
    "/connect/security-profiles/compare",
    "/connect/history",
    "/connect/history/1",
    "/connect/history/1/undo",
    "/connect/permissions",
    "/connect/permissions/Users.Edit",
    "/connect/who-has-what",
    "/connect/check-access",
    "/connect/check-access?who=isabel.tavares&can=Users.View&to=tom.okafor",
    "/connect/check-access/who-can?can=bookings:+refund&to=NS-20431",
    "/connect/check-access/who-can?ask=what&who=jonas.brandao&kind=bookings&to=NS-20588",
    "/connect/check-access/who-can?ask=on-what&who=vera.lindner&can=Queues:+Edit",
    "/connect/access",
    "/connect/access/sign-in",
    "/connect/search",
    "/connect/search?q=sofia",
    "/connect/notifications",
    "/connect/applications",
    "/connect/api-tokens",
    "/connect/about",
    "/connect/preferences",
];

/// The suffixes of the addresses of a user's pages and of a security profile's pages.
const OF_A_USER: [&str; 8] = ["", "/details", "/sign-in", "/history", "/reset", "/same", "/delete", "?can=Users.Edit"];
const OF_A_PROFILE: [&str; 3] = ["", "/delete", "/code"];

#[test]
fn every_page_is_accessible_narrow_and_small() {
    let demo = Demo::shared();
    let Some(page) = demo.open_as("admin") else { return };
    page.goto("/connect/guard?later=1");
    for path in PAGES {
        look_at(&page, path);
    }
}

#[test]
fn every_page_of_a_user_and_of_a_profile_is_accessible_narrow_and_small() {
    let demo = Demo::shared();
    let Some(page) = demo.open_as("admin") else { return };
    let user = address_of(&page, "/connect/users?q=sofia.marin", "sofia.marin", "/connect/users/");
    for part in OF_A_USER {
        look_at(&page, &format!("{user}{part}"));
    }
    let profile = address_of(&page, "/connect/security-profiles", "CallCenterManager", "/connect/security-profiles/");
    for part in OF_A_PROFILE {
        look_at(&page, &format!("{profile}{part}"));
    }
    // This profile has conditions and application permissions, so the form shows these sections expanded.
    look_at(&page, &address_of(&page, "/connect/security-profiles", "Team lead", "/connect/security-profiles/"));
}

/// A script that checks whether a click at the center of the focused element would hit that element.
const SEEN: &str = "const now = document.activeElement, { x, y, width, height } = now.getBoundingClientRect();
    return now.contains(document.elementFromPoint(x + width / 2, y + height / 2));";

#[test]
fn the_controls_of_the_list_of_users_can_be_reached_at_320_px() {
    let demo = Demo::shared();
    let Some(page) = demo.open_as("admin") else { return };
    page.width(320);
    page.goto("/connect/users");
    page.tick("Adaeze Lynch");
    for menu in ["Columns", "More"] {
        page.click(menu);
        page.assert_no_sideways_scroll();
        page.press("Escape");
    }
    for heading in ["All users on this page", "Last seen"] {
        page.tab_to(heading);
        assert_eq!(page.run(SEEN, vec![]), true, "{heading}");
    }
}

/// This test uses its own server, because changes by other tests would appear on the pages.
#[test]
fn every_page_matches_its_snapshot() {
    let demo = Demo::new();
    let Some(page) = demo.open_as("admin") else { return };
    page.goto("/connect/guard?later=1");
    for path in PAGES {
        page.goto(path);
        page.assert_reads(&named(path.trim_start_matches("/connect/"), "home"));
    }
    let user = address_of(&page, "/connect/users?q=sofia.marin", "sofia.marin", "/connect/users/");
    for part in OF_A_USER {
        page.goto(&format!("{user}{part}"));
        page.assert_reads(&format!("user-{}", named(part, "access")));
    }
    let profile = address_of(&page, "/connect/security-profiles", "CallCenterManager", "/connect/security-profiles/");
    for part in OF_A_PROFILE {
        page.goto(&format!("{profile}{part}"));
        page.assert_reads(&format!("profile-{}", named(part, "form")));
    }
}

/// Returns the name of the snapshot file for a page's address.
fn named(path: &str, empty: &str) -> String {
    let words: Vec<_> =
        path.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { empty.to_owned() } else { words.join("-").to_lowercase() }
}

fn look_at(page: &Page, path: &str) {
    page.goto(path);
    assert_eq!(page.status(), 200, "{path}");
    page.assert_well_made();
    page.assert_within_budget();
}

/// Returns the first address that starts with `begins`, in a row that contains the given text. The token of a search also
/// contains the text, but no such address.
pub(super) fn address_of(page: &Page, list: &str, text: &str, begins: &str) -> String {
    page.goto(list);
    let script = "const rows = [...document.querySelectorAll('main tr, main li')]; \
        const found = rows.filter((row) => row.textContent.includes(arguments[0])); \
        const links = found.flatMap((row) => [...row.querySelectorAll('a[href]')]); \
        const addresses = links.map((link) => link.getAttribute('href')); \
        return addresses.find((href) => href.startsWith(arguments[1])) ?? null;";
    let found = page.run(script, vec![json!(text), json!(begins)]);
    found.as_str().unwrap_or_else(|| panic!("no {text} on {list}")).to_owned()
}
