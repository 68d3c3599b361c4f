//! The stylesheet, script, icons and fonts, which are embedded in the binary. Browsers can cache these files
//! indefinitely, because their addresses contain a hash of the content.

#[cfg(test)]
mod contrast;

use std::borrow::Cow;
use std::sync::OnceLock;

use axum::body::Body;
use axum::extract::Path;
use floorkey_service::digest::short_digest;
use http::{HeaderValue, Response, header};
use hyper::body::Bytes;

use super::page_error::PageError;
use super::routes::{Routes, get};

/// The path of the files.
pub(crate) const FOLDER: &str = "/connect/assets/";

/// The stylesheet, concatenated from several files.
const STYLE: &str = concat!(
    include_str!("../../assets/css/tokens.css"),
    include_str!("../../assets/css/base.css"),
    include_str!("../../assets/css/frame.css"),
    include_str!("../../assets/css/components.css"),
    include_str!("../../assets/css/tables.css"),
    include_str!("../../assets/css/table.css"),
    include_str!("../../assets/css/users.css"),
    include_str!("../../assets/css/user.css"),
    include_str!("../../assets/css/access.css"),
    include_str!("../../assets/css/grid.css"),
    include_str!("../../assets/css/records.css"),
    include_str!("../../assets/css/map.css"),
    include_str!("../../assets/css/check.css"),
    include_str!("../../assets/css/home.css"),
);

/// The script, concatenated from several files. Each file consists of blocks, and each block has its own scope. A block
/// changes only elements with certain data attributes.
const SCRIPT: &str = concat!(
    include_str!("../../assets/js/base.js"),
    include_str!("../../assets/js/keys.js"),
    include_str!("../../assets/js/palette.js"),
    include_str!("../../assets/js/table.js"),
    include_str!("../../assets/js/users.js"),
    include_str!("../../assets/js/user.js"),
    include_str!("../../assets/js/access.js"),
    include_str!("../../assets/js/grid.js"),
    include_str!("../../assets/js/check.js"),
);

/// The icon of browser tabs.
const ICON: &[u8] = include_bytes!("../../assets/icon.svg");

/// The icons of pages, as symbols of one file.
const ICONS: &[u8] = include_bytes!("../../assets/icons/sprite.svg");

/// The fonts, with the names that the stylesheet uses.
const FONTS: [(&str, &[u8]); 2] = [
    ("inter-latin", include_bytes!("../../assets/fonts/inter-latin.woff2")),
    ("inter-latin-ext", include_bytes!("../../assets/fonts/inter-latin-ext.woff2")),
];

struct Asset {
    address: String,
    content: Cow<'static, [u8]>,
    content_type: &'static str,
}

impl Asset {
    fn new(name: &str, extension: &str, content: impl Into<Cow<'static, [u8]>>, content_type: &'static str) -> Self {
        let content = content.into();
        let content_hash = short_digest(&content, 6);
        Self { address: format!("{FOLDER}{name}-{content_hash}.{extension}"), content, content_type }
    }
}

struct Assets {
    style: Asset,
    script: Asset,
    icon: Asset,
    icons: Asset,
    fonts: [Asset; 2],
}

impl Assets {
    fn iter(&self) -> impl Iterator<Item = &Asset> {
        [&self.style, &self.script, &self.icon, &self.icons].into_iter().chain(&self.fonts)
    }
}

fn assets() -> &'static Assets {
    static ASSETS: OnceLock<Assets> = OnceLock::new();
    ASSETS.get_or_init(|| {
        let fonts = FONTS.map(|(name, content)| (name, Asset::new(name, "woff2", content, "font/woff2")));
        // The stylesheet names the fonts by their files. Browsers need the addresses with the hashes.
        let style = fonts.iter().fold(STYLE.to_owned(), |style, (name, font)| {
            style.replace(&format!("\"{name}.woff2\""), &format!("\"{}\"", font.address))
        });
        Assets {
            style: Asset::new("console", "css", style.into_bytes(), "text/css; charset=utf-8"),
            script: Asset::new("console", "js", SCRIPT.as_bytes(), "text/javascript; charset=utf-8"),
            icon: Asset::new("icon", "svg", ICON, "image/svg+xml"),
            icons: Asset::new("icons", "svg", ICONS, "image/svg+xml"),
            fonts: fonts.map(|(_, font)| font),
        }
    })
}

pub(crate) fn style_address() -> &'static str {
    &assets().style.address
}

pub(crate) fn script_address() -> &'static str {
    &assets().script.address
}

pub(crate) fn icon_address() -> &'static str {
    &assets().icon.address
}

/// Returns the address of the file with all icons. An icon's address ends with `#` and its name.
pub(crate) fn icons_address() -> &'static str {
    &assets().icons.address
}

/// Returns the address of the font that every page needs.
pub(crate) fn font_address() -> &'static str {
    let [latin, _] = &assets().fonts;
    &latin.address
}

pub(crate) fn routes() -> Routes {
    Routes::new().route("/connect/assets/{name}", get(serve))
}

async fn serve(Path(name): Path<String>) -> Result<Response<Body>, PageError> {
    let asset = assets().iter().find(|asset| asset.address.strip_prefix(FOLDER) == Some(&name));
    let asset = asset.ok_or_else(|| PageError::NotFound("file".to_owned()))?;
    let mut response = Response::new(Body::from(Bytes::from_static(&asset.content)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stylesheet_has_the_addresses_of_all_fonts() {
        let style = std::str::from_utf8(&assets().style.content).unwrap();
        for font in &assets().fonts {
            assert!(style.contains(&format!("url(\"{}\")", font.address)), "{}", font.address);
        }
        assert_eq!(style.matches("url(").count(), FONTS.len(), "the stylesheet loads nothing else");
    }

    #[test]
    fn the_first_visit_loads_little() {
        let [latin, latin_ext] = &assets().fonts;
        assert!(latin.content.len() <= 50 * 1024, "{}", latin.content.len());
        assert!(latin_ext.content.len() <= 80 * 1024, "{}", latin_ext.content.len());
        assert!(assets().icons.content.len() <= 24 * 1024, "{}", assets().icons.content.len());
    }

    #[test]
    fn every_icon_of_a_template_exists() {
        let sprite = std::str::from_utf8(ICONS).unwrap();
        let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/templates"))];
        let mut used = std::collections::BTreeSet::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let template = std::fs::read_to_string(&path).unwrap();
                for (_, rest) in
                    template.match_indices("layout.icons }}#").map(|(at, found)| template.split_at(at + found.len()))
                {
                    let name = rest.split('"').next().unwrap();
                    if !name.contains("{{") {
                        used.insert(name.to_owned());
                    }
                }
            }
        }
        let missing: Vec<_> = used.iter().filter(|name| !sprite.contains(&format!("<symbol id=\"{name}\""))).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
