//! The stylesheet, script and icon, which are embedded in the binary. Browsers can cache these files indefinitely,
//! because their addresses contain a hash of the content.

use std::sync::OnceLock;

use axum::body::Body;
use axum::extract::Path;
use floorkey_service::digest::short_digest;
use http::{HeaderValue, Response, header};

use super::page_error::PageError;
use super::routes::{Routes, get};

/// The stylesheet, concatenated from several files.
const STYLE: &str = concat!(
    include_str!("../../assets/css/base.css"),
    include_str!("../../assets/css/users.css"),
    include_str!("../../assets/css/user.css"),
    include_str!("../../assets/css/access.css"),
    include_str!("../../assets/css/grid.css"),
    include_str!("../../assets/css/records.css"),
    include_str!("../../assets/css/map.css"),
    include_str!("../../assets/css/check.css"),
);

/// The script, concatenated from several files. Each file consists of blocks, and each block has its own scope. A block
/// changes only elements with certain data attributes.
const SCRIPT: &str = concat!(
    include_str!("../../assets/js/base.js"),
    include_str!("../../assets/js/users.js"),
    include_str!("../../assets/js/user.js"),
    include_str!("../../assets/js/access.js"),
    include_str!("../../assets/js/grid.js"),
    include_str!("../../assets/js/check.js"),
);

const ICON: &str = include_str!("../../assets/icon.svg");

struct Asset {
    address: String,
    content: &'static str,
    content_type: &'static str,
}

fn all_assets() -> &'static [Asset; 3] {
    static ALL: OnceLock<[Asset; 3]> = OnceLock::new();
    ALL.get_or_init(|| {
        let asset = |name: &str, extension: &str, content: &'static str, content_type| {
            let content_hash = short_digest(content, 6);
            Asset { address: format!("/connect/assets/{name}-{content_hash}.{extension}"), content, content_type }
        };
        [
            asset("console", "css", STYLE, "text/css; charset=utf-8"),
            asset("console", "js", SCRIPT, "text/javascript; charset=utf-8"),
            asset("icon", "svg", ICON, "image/svg+xml"),
        ]
    })
}

pub(crate) fn style_address() -> &'static str {
    let [style, ..] = all_assets();
    &style.address
}

pub(crate) fn script_address() -> &'static str {
    let [_, script, _] = all_assets();
    &script.address
}

pub(crate) fn icon_address() -> &'static str {
    let [.., icon] = all_assets();
    &icon.address
}

pub(crate) fn routes() -> Routes {
    Routes::new().route("/connect/assets/{name}", get(serve))
}

async fn serve(Path(name): Path<String>) -> Result<Response<Body>, PageError> {
    let asset = all_assets().iter().find(|asset| asset.address.strip_prefix("/connect/assets/") == Some(&name));
    let asset = asset.ok_or_else(|| PageError::NotFound("file".to_owned()))?;
    let mut response = Response::new(Body::from(asset.content));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    Ok(response)
}
