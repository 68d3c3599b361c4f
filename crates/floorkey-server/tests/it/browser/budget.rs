//! The weight of a page: what goes over the wire to somebody whose browser takes gzip.

use std::io::{Read as _, Write as _};

use super::page::Page;

/// Bytes of a page's HTML, gzipped.
const HTML_MAX: usize = 60 * 1024;

/// Bytes of each of its style sheets and scripts, gzipped.
const FILE_MAX: usize = 15 * 1024;

/// What a page weighs, in bytes, gzipped.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Weight {
    pub(crate) html: usize,
    /// Style sheets and scripts, with their paths.
    pub(crate) files: Vec<(String, usize)>,
}

impl Weight {
    /// What is too heavy.
    pub(super) fn too_heavy(&self) -> Vec<String> {
        let html = (self.html > HTML_MAX).then(|| format!("the HTML has {} bytes, at most {HTML_MAX}", self.html));
        let files = self.files.iter().filter(|(_, bytes)| *bytes > FILE_MAX);
        html.into_iter()
            .chain(files.map(|(path, bytes)| format!("{path} has {bytes} bytes, at most {FILE_MAX}")))
            .collect()
    }
}

impl Page {
    /// Sees that the page keeps the budget, and gives its weight.
    #[track_caller]
    pub(crate) fn assert_within_budget(&self) -> Weight {
        let weight = weigh(self.base(), &self.url(), &self.cookies());
        let too_heavy = weight.too_heavy();
        assert!(too_heavy.is_empty(), "{}, gzipped: {}", self.url(), too_heavy.join("; "));
        weight
    }
}

/// Fetches a page and its style sheets and scripts, with these cookies; needs no browser.
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

/// What is at a URL, and what it weighs gzipped: as the server packs it, or where it doesn't, as a proxy would.
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

/// The style sheets and scripts that the HTML names.
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
