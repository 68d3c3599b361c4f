//! Takes screenshots of the main pages, for the README and as an overview.
//!
//! `cargo xtask screenshots` sets FLOORKEY_SCREENSHOTS to `docs/images`, where the screenshots are then written. A test
//! run writes the screenshots to a temporary folder. The test checks that each file is small enough, and that
//! `docs/images` has all files.

use std::path::{Path, PathBuf};

use super::demo::Demo;
use super::look::Theme;
use super::page::Page;
use super::pages::address_of;

/// The maximum size of a screenshot in bytes. A README with six screenshots of this size still opens quickly.
const PICTURE_MAX: usize = 150 * 1024;

/// The height of a screenshot in pixels, which is about the height of a window.
const HEIGHT: u32 = 960;

/// The height of the screenshot of the permission grid in pixels. The window has the same height, so that the bar with
/// the buttons is at the bottom.
const GRID_HEIGHT: u32 = 1240;

/// The screenshots, taken as the demo's administrator. Each entry has the file name, the page, the theme and the width.
const PICTURES: &[(&str, &str, Theme, u32)] = &[
    ("home", "/connect/", Theme::Light, 1280),
    ("profile", "{CallCenterManager}", Theme::Light, 1280),
    ("profile-dark", "{CallCenterManager}", Theme::Dark, 1280),
    ("profiles", "/connect/security-profiles", Theme::Light, 1280),
    ("history", "/connect/history", Theme::Light, 1280),
    ("permissions", "/connect/permissions?q=password", Theme::Light, 1280),
    ("who-has-what", "/connect/who-has-what", Theme::Light, 1280),
    ("check-access", "/connect/check-access?who=isabel.tavares&can=Users:+View&to=tom.okafor", Theme::Light, 1280),
    ("who-can", "/connect/check-access/who-can?ask=who&can=bookings:+refund&to=NS-20431", Theme::Light, 1280),
    ("users", "/connect/users", Theme::Light, 1280),
    ("users-dark", "/connect/users", Theme::Dark, 1280),
    ("users-narrow", "/connect/users", Theme::Light, 390),
    ("access", "/connect/access", Theme::Light, 1280),
];

#[test]
fn screenshots_of_the_main_pages_can_be_taken() {
    let demo = Demo::shared();
    let Some(page) = demo.open_as("admin") else { return };
    let own = tempfile::tempdir().unwrap();
    let asked = std::env::var_os("FLOORKEY_SCREENSHOTS").map(PathBuf::from);
    let folder = asked.as_deref().unwrap_or(own.path());
    std::fs::create_dir_all(folder).unwrap();
    page.goto("/connect/guard?later=1");
    for (name, path, theme, width) in PICTURES {
        page.theme(*theme);
        page.width(*width);
        let path = address(&page, path);
        page.goto(&path);
        assert_eq!((page.status(), page.url()), (200, path), "{name}");
        take(&page, folder, name, HEIGHT);
    }
    open_grid(&page);
    take(&page, folder, "grid", GRID_HEIGHT);
}

/// Takes a screenshot, and checks its size, and that it is among the documents.
fn take(page: &Page, folder: &Path, name: &str, height: u32) {
    let file = format!("{name}.webp");
    let bytes = page.screenshot(&folder.join(&file), height);
    assert!((1..=PICTURE_MAX).contains(&bytes), "{file} has {bytes} bytes, at most {PICTURE_MAX}");
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/images");
    assert!(docs.join(&file).exists(), "{file}: `cargo xtask screenshots` was not run");
}

/// Opens a group of permissions in the form for a new profile, and selects a permission that requires another one.
fn open_grid(page: &Page) {
    page.theme(Theme::Light);
    page.size(1280, GRID_HEIGHT);
    page.goto("/connect/security-profiles/new");
    page.fill("Name", "Team lead");
    page.fill("Description", "Plans the shifts of a team and keeps its accounts up to date");
    page.click("Users and permissions");
    page.tick("Users: Edit (");
    page.wait_for("Users: View selected because Users: Edit needs it.");
}

/// Returns a page's address. A profile name in braces is replaced with that profile's address.
fn address(page: &Page, path: &str) -> String {
    match path.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(name) => address_of(page, "/connect/security-profiles", name, "/connect/security-profiles/"),
        None => path.to_owned(),
    }
}
