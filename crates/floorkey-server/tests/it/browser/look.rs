//! Sets the window size and the theme, and takes screenshots.

use std::path::Path;

use base64::Engine as _;
use serde_json::{Value, json};
use thirtyfour::error::{WebDriverError, WebDriverResult};

use super::driver::wait;
use super::page::Page;

/// The default window width, which is typical of a laptop.
const WIDTH: u32 = 1280;

/// The minimum width that a page must support, in CSS pixels, according to WCAG 2.2, 1.4.10.
const NARROWEST: u32 = 320;

/// The quality of screenshots. With this quality, screenshots look good and are small enough for a README.
const QUALITY: u32 = 85;

/// A color setting of the user's operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    Light,
    Dark,
    /// A small palette chosen by the user, as in the high contrast mode of Windows.
    ForcedColors,
}

impl Page {
    /// Shows pages as users with the given color setting see them. Turns animations off, so that screenshots show the
    /// final state.
    #[track_caller]
    pub(crate) fn theme(&self, theme: Theme) {
        let scheme = if theme == Theme::Dark { "dark" } else { "light" };
        let forced = if theme == Theme::ForcedColors { "active" } else { "none" };
        let features =
            [("prefers-color-scheme", scheme), ("forced-colors", forced), ("prefers-reduced-motion", "reduce")];
        self.media("screen", &features);
    }

    /// Shows pages for the given medium (`screen` or `print`) with the given media features.
    #[track_caller]
    pub(crate) fn media(&self, medium: &str, features: &[(&str, &str)]) {
        let features: Vec<Value> =
            features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": medium, "features": features }));
    }

    /// Sets the window width in CSS pixels.
    #[track_caller]
    pub(crate) fn width(&self, width: u32) {
        self.size(width, if width < 600 { 800 } else { 900 });
    }

    /// Sets the window size in CSS pixels.
    #[track_caller]
    pub(crate) fn size(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size);
    }

    /// Asserts that the page can be read at a width of 320 pixels without horizontal scrolling.
    #[track_caller]
    pub(crate) fn assert_no_sideways_scroll(&self) {
        let too_wide = self.too_wide();
        assert!(too_wide.is_empty(), "{} is wider than {NARROWEST} pixels:\n{}", self.url(), too_wide.join("\n"));
    }

    /// Returns the elements that make the page wider than 320 pixels.
    #[track_caller]
    pub(super) fn too_wide(&self) -> Vec<String> {
        self.width(NARROWEST);
        let found = self.run(include_str!("too_wide.js"), vec![]);
        self.width(WIDTH);
        found.as_array().unwrap().iter().map(|element| element.as_str().unwrap().to_owned()).collect()
    }

    /// Asserts the rules for all pages: the page is accessible in every theme, and fits a narrow screen.
    #[track_caller]
    pub(crate) fn assert_well_made(&self) {
        for theme in [Theme::Light, Theme::Dark, Theme::ForcedColors] {
            self.theme(theme);
            self.assert_accessible(&format!("{theme:?}"));
        }
        self.theme(Theme::Light);
        self.assert_no_sideways_scroll();
    }

    /// Takes a screenshot of the page's first `height` pixels, and writes it as WebP. Returns the screenshot's size in
    /// bytes.
    #[track_caller]
    pub(crate) fn screenshot(&self, file: &Path, height: u32) -> usize {
        let picture = self.told(wait(self.picture(height)));
        std::fs::write(file, &picture).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        picture.len()
    }

    pub(super) async fn picture(&self, height: u32) -> WebDriverResult<Vec<u8>> {
        let devtools = self.driver().cdp();
        let layout = devtools.send_raw("Page.getLayoutMetrics", json!({})).await?;
        let size = &layout["cssContentSize"];
        let height = size["height"].as_f64().unwrap_or_default().min(f64::from(height));
        let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": height, "scale": 1 });
        let how = json!({ "format": "webp", "quality": QUALITY, "captureBeyondViewport": true, "clip": clip });
        let taken = devtools.send_raw("Page.captureScreenshot", how).await?;
        let picture = base64::prelude::BASE64_STANDARD.decode(taken["data"].as_str().unwrap_or_default());
        picture.map_err(|error| WebDriverError::ParseError(error.to_string()))
    }
}
