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
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/images");
    page.goto("/connect/guard?later=1");
    for (name, path, theme, width) in PICTURES {
        page.theme(*theme);
        page.width(*width);
        let path = address(&page, path);
        page.goto(&path);
        assert_eq!((page.status(), page.url()), (200, path), "{name}");
        let bytes = page.screenshot(&folder.join(format!("{name}.webp")), HEIGHT);
        assert!((1..=PICTURE_MAX).contains(&bytes), "{name}.webp has {bytes} bytes, at most {PICTURE_MAX}");
        assert!(docs.join(format!("{name}.webp")).exists(), "{name}.webp: `cargo xtask screenshots` was not run");
    }
}

/// Returns a page's address. A profile name in braces is replaced with that profile's address.
fn address(page: &Page, path: &str) -> String {
    match path.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(name) => address_of(page, "/connect/security-profiles", name, "/connect/security-profiles/"),
        None => path.to_owned(),
    }
}
