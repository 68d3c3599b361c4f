//! Checks for problems that the browser logs: script errors, violations of the content security policy, missing files,
//! and requests to other servers.

use serde_json::Value;
use thirtyfour::BrowserLogEntry;

use super::driver::wait;
use super::page::Page;

impl Page {
    /// Returns all problems that the browser has logged since the previous call. The returned problems do not fail the
    /// test.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let log = |of| wait(self.driver().get_log(of)).unwrap_or_else(|error| panic!("no log {of}: {error}"));
        let said = log("browser").into_iter().filter(|entry| entry.level != "DEBUG" && !is_refused_page(entry));
        let mut complaints: Vec<String> = said.map(|entry| format!("{}: {}", entry.level, entry.message)).collect();
        let strangers = log("performance").into_iter().filter_map(|entry| requested(&entry.message));
        let strangers = strangers.filter(|url| !is_own(url, self.base()));
        complaints.extend(strangers.map(|url| format!("a request to somebody else: {url}")));
        complaints
    }
}

/// Whether the log entry only reports a 4xx response for a page. Pages can return such a response intentionally. For
/// files, which have a name with an extension, a 4xx response is a problem.
fn is_refused_page(entry: &BrowserLogEntry) -> bool {
    let Some((url, said)) = entry.message.split_once(" - ") else { return false };
    let file = url.split(['?', '#']).next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
    said.starts_with("Failed to load resource: the server responded with a status of 4") && !file.contains('.')
}

/// Returns the URL of a request if the log entry is about a request.
fn requested(message: &str) -> Option<String> {
    let entry: Value = serde_json::from_str(message).ok()?;
    let event = &entry["message"];
    let of_request = event["method"] == "Network.requestWillBeSent";
    of_request.then(|| event["params"]["request"]["url"].as_str().map(str::to_owned))?
}

/// Whether the URL belongs to the server, or needs no network request.
fn is_own(url: &str, base: &str) -> bool {
    let rest = url.strip_prefix(base);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
        || ["data:", "blob:", "about:", "chrome:", "chrome-untrusted:"].iter().any(|scheme| url.starts_with(scheme))
}
