//! Checks a page's size: the number of bytes that the server sends to a browser that accepts gzip.

use std::io::{Read as _, Write as _};

use super::page::Page;

/// The maximum size of a page's HTML, in bytes after gzip compression.
const HTML_MAX: usize = 60 * 1024;

/// The maximum size of each style sheet or script, in bytes after gzip compression.
const FILE_MAX: usize = 25 * 1024;

/// A page's size, in bytes after gzip compression.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Weight {
    pub(crate) html: usize,
    /// The path and size of each style sheet and script.
    pub(crate) files: Vec<(String, usize)>,
}

impl Weight {
    /// Returns a message for each file that is too large.
    pub(super) fn too_heavy(&self) -> Vec<String> {
        let html = (self.html > HTML_MAX).then(|| format!("the HTML has {} bytes, at most {HTML_MAX}", self.html));
        let files = self.files.iter().filter(|(_, bytes)| *bytes > FILE_MAX);
        html.into_iter()
            .chain(files.map(|(path, bytes)| format!("{path} has {bytes} bytes, at most {FILE_MAX}")))
            .collect()
    }
}

impl Page {
    /// Asserts that the page is within the size limits, and returns the page's size.
    #[track_caller]
    pub(crate) fn assert_within_budget(&self) -> Weight {
        let weight = weigh(self.base(), &self.url(), &self.cookies());
        let too_heavy = weight.too_heavy();
        assert!(too_heavy.is_empty(), "{}, gzipped: {}", self.url(), too_heavy.join("; "));
        weight
    }
}

/// Fetches a page, its style sheets and its scripts with the given cookies, without a browser. Returns their sizes.
#[track_caller]
pub(crate) fn weigh(base: &str, path: &str, cookies: &str) -> Weight {
    let (html, bytes) = fetch(&format!("{base}{path}"), cookies);
    let files = parts(&html).into_iter().map(|path| {
        let url =
            if path.starts_with('/') { format!("{base}{path}") } else { panic!("{path} is no path from the root") };
        (path, fetch(&url, cookies).1)
    });
    Weight { html: bytes, files: files.collect() }
}

/// Returns the content of a URL and its compressed size. If the server does not compress the content, this function
/// compresses it as a proxy would.
#[track_caller]
fn fetch(url: &str, cookies: &str) -> (String, usize) {
    let mut request = ureq::get(url).header("Accept-Encoding", "gzip");
    if !cookies.is_empty() {
        request = request.header("Cookie", cookies);
    }
    let mut answer = request.call().unwrap_or_else(|error| panic!("{url}: {error}"));
    let packed = answer.headers().get("content-encoding").is_some_and(|encoding| encoding == "gzip");
    let body = answer.body_mut().read_to_vec().unwrap();
    let mut text = String::new();
    if packed {
        flate2::read::GzDecoder::new(body.as_slice()).read_to_string(&mut text).unwrap();
        return (text, body.len());
    }
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(&body).unwrap();
    (String::from_utf8(body).unwrap(), packer.finish().unwrap().len())
}

/// Returns the paths of style sheets and scripts in the HTML.
fn parts(html: &str) -> Vec<String> {
    let tags = html.split('<').filter_map(|rest| rest.split('>').next());
    let value = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}="))?;
        let rest = rest.trim_start_matches(['"', '\'']);
        rest.split(['"', '\'', ' ']).next().map(str::to_owned)
    };
    let named = tags.filter_map(|tag| match tag.split_whitespace().next()? {
        "script" => value(tag, "src"),
        "link" if value(tag, "rel").is_some_and(|rel| rel == "stylesheet") => value(tag, "href"),
        _ => None,
    });
    named.collect()
}
