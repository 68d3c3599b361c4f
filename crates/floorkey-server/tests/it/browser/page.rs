//! A page as a user sees it. Tests click and fill elements that they find by their visible text.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thirtyfour::error::WebDriverError;
use thirtyfour::{By, WebDriver, WebElement};

use super::driver::{Session, wait};
use super::find::{GLANCE, Kind};

/// A browser with one open page. Every test has its own browser. When the page is dropped, the test fails if the
/// browser has logged a problem that [`Page::complaints`] has not returned.
pub(crate) struct Page {
    session: Session,
    base: String,
    scopes: RefCell<Vec<String>>,
    patience: Cell<Duration>,
}

/// How long tests wait for an element to appear, unless a test sets another time. The time is long because test
/// machines are busy.
const PATIENCE: Duration = Duration::from_secs(20);

impl Page {
    /// Opens a browser for a server. `server` is an address or a base URL. If no browser is installed, prints a line
    /// and returns `None`.
    pub(crate) fn open(server: impl ToString) -> Option<Self> {
        let session = Session::open()?;
        // A passkey belongs to a host name, so the test can't use an IP address.
        let server = server.to_string().replace("127.0.0.1", "localhost");
        let base = if server.contains("://") { server } else { format!("http://{server}") };
        let page = Self { session, base, scopes: RefCell::default(), patience: Cell::new(PATIENCE) };
        let downloads = json!({ "behavior": "allow", "downloadPath": page.downloads() });
        page.devtools("Browser.setDownloadBehavior", downloads);
        Some(page)
    }

    /// Opens a path on the server, or a complete URL.
    #[track_caller]
    pub(crate) fn goto(&self, path: &str) {
        let url = if path.starts_with('/') { format!("{}{path}", self.base) } else { path.to_owned() };
        self.told(wait(self.driver().goto(url)));
    }

    /// Reloads the page by repeating the page's request.
    #[track_caller]
    pub(crate) fn reload(&self) {
        self.told(wait(self.driver().refresh()));
    }

    /// Returns the path and query of the current page.
    #[track_caller]
    pub(crate) fn url(&self) -> String {
        let url = self.told(wait(self.driver().current_url())).to_string();
        url.strip_prefix(&self.base).unwrap_or(&url).to_owned()
    }

    /// Returns the HTTP status of the current page.
    #[track_caller]
    pub(crate) fn status(&self) -> u64 {
        let script = "return performance.getEntriesByType('navigation')[0].responseStatus";
        self.run(script, vec![]).as_u64().unwrap()
    }

    /// Returns the page's title.
    #[track_caller]
    pub(crate) fn title(&self) -> String {
        self.told(wait(self.driver().title()))
    }

    /// Returns the page's visible text.
    #[track_caller]
    pub(crate) fn text(&self) -> String {
        self.run("return document.body.innerText", vec![]).as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the given text is visible.
    #[track_caller]
    pub(crate) fn wait_for(&self, words: &str) {
        self.until(&format!("`{words}` is seen"), || self.text().contains(words));
    }

    /// Waits until the given text is not visible.
    #[track_caller]
    pub(crate) fn wait_gone(&self, words: &str) {
        self.until(&format!("`{words}` is gone"), || !self.text().contains(words));
    }

    /// Waits until a condition is true. `what` describes the condition.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let begun = Instant::now();
        while !holds() {
            if begun.elapsed() > self.patience() {
                self.fail(&format!("after {:?} it still does not hold that {what}", self.patience()));
            }
            std::thread::sleep(GLANCE);
        }
    }

    /// Clicks the button, link or summary with the given text.
    #[track_caller]
    pub(crate) fn click(&self, name: &str) {
        self.with(Kind::Press, name, async |element| self.click_on(element).await);
    }

    /// Clicks an element. The click fails if a fixed bar covers the element. The element is then scrolled to the center
    /// for the next attempt.
    async fn click_on(&self, element: &WebElement) -> Result<(), WebDriverError> {
        let clicked = element.click().await;
        if clicked.is_err() {
            let centre = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })";
            self.driver().execute(centre, vec![element.to_json()?]).await?;
        }
        clicked
    }

    /// Clicks an element, and waits for the next page.
    #[track_caller]
    pub(crate) fn submit(&self, name: &str) {
        let before = self.told(wait(self.driver().find(By::Tag("html"))));
        self.click(name);
        self.until("another page came", || gone(&before));
    }

    /// Fills in the field with the given label, replacing its content.
    #[track_caller]
    pub(crate) fn fill(&self, label: &str, text: &str) {
        self.with(Kind::Field, label, async |element| {
            let of = element.prop("type").await?.unwrap_or_default();
            if matches!(of.as_str(), "date" | "datetime-local" | "time" | "month" | "week" | "color" | "range") {
                // The language determines what a user types into a field of these types, but not the field's value. The
                // script therefore sets the value.
                let script = "arguments[0].value = arguments[1]; for (const kind of ['input', 'change']) \
                              arguments[0].dispatchEvent(new Event(kind, { bubbles: true }))";
                return self.driver().execute(script, vec![element.to_json()?, json!(text)]).await.map(|_| ());
            }
            element.clear().await?;
            element.send_keys(text).await
        });
    }

    /// Returns the content of the field with the given label.
    #[track_caller]
    pub(crate) fn value(&self, label: &str) -> String {
        self.with(Kind::Field, label, async |element| Ok(element.prop("value").await?.unwrap_or_default()))
    }

    /// Selects an option by its text, in the list with the given label.
    #[track_caller]
    pub(crate) fn select(&self, label: &str, option: &str) {
        self.with(Kind::Field, label, async |element| {
            let options = element.find_all(By::Tag("option")).await?;
            let mut there = Vec::new();
            for one in options {
                let words = one.prop("label").await?.unwrap_or_default();
                if words.split_whitespace().eq(option.split_whitespace()) {
                    return one.click().await;
                }
                there.push(words);
            }
            Err(WebDriverError::NotFound(option.to_owned(), format!("there are {there:?}")))
        });
    }

    /// Chooses a file for the file field with the given label.
    #[track_caller]
    pub(crate) fn upload(&self, label: &str, file: &Path) {
        self.with(Kind::Field, label, async |element| element.send_keys(file.display().to_string()).await);
    }

    /// Selects the checkbox or radio button with the given label, unless it is already selected.
    #[track_caller]
    pub(crate) fn tick(&self, label: &str) {
        self.set_tick(label, true);
    }

    /// Clears the checkbox with the given label.
    #[track_caller]
    pub(crate) fn untick(&self, label: &str) {
        self.set_tick(label, false);
    }

    /// Whether the checkbox or radio button with the given label is selected.
    #[track_caller]
    pub(crate) fn ticked(&self, label: &str) -> bool {
        self.with(Kind::Tick, label, async |element| element.is_selected().await)
    }

    #[track_caller]
    fn set_tick(&self, label: &str, wanted: bool) {
        self.with(Kind::Tick, label, async |element| {
            if element.is_selected().await? == wanted {
                return Ok(());
            }
            if self.click_on(element).await.is_err() && element.click().await.is_err() {
                // The checkbox itself can be covered by the element that replaces it visually, so the label is clicked.
                let label = self.driver().execute("return arguments[0].labels[0]", vec![element.to_json()?]).await?;
                label.element()?.click().await?;
            }
            match element.is_selected().await? == wanted {
                true => Ok(()),
                false => Err(WebDriverError::FatalError(format!("a click did not make it {wanted}"))),
            }
        });
    }

    /// Sets how long to wait for an element to appear.
    pub(crate) fn be_patient(&self, patience: Duration) {
        self.patience.set(patience);
    }

    pub(super) fn patience(&self) -> Duration {
        self.patience.get()
    }

    /// Limits searches to the part of the page with this name. The part is a table row or a section with this heading,
    /// a fieldset with this legend, or a table with this caption.
    #[track_caller]
    pub(crate) fn within<T>(&self, name: &str, look: impl FnOnce(&Self) -> T) -> T {
        self.scopes.borrow_mut().push(name.to_owned());
        let seen = look(self);
        self.scopes.borrow_mut().pop();
        seen
    }

    /// Clicks an element that starts a download. Returns the file's name and content.
    #[track_caller]
    pub(crate) fn download(&self, name: &str) -> (String, String) {
        let before = files(&self.downloads());
        self.click(name);
        let new = || files(&self.downloads()).into_iter().find(|file| !before.contains(file));
        let whole = |file: &PathBuf| file.extension().is_none_or(|ending| ending != "crdownload" && ending != "tmp");
        self.until("a file was downloaded", || new().as_ref().is_some_and(whole));
        let file = new().unwrap();
        let content = std::fs::read(&file).unwrap();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        (name, String::from_utf8_lossy(&content).into_owned())
    }

    /// Returns the path of a downloaded file.
    pub(crate) fn downloaded(&self, name: &str) -> PathBuf {
        self.downloads().join(name)
    }

    fn downloads(&self) -> PathBuf {
        self.session.folder().join("downloads")
    }

    /// Disables scripts on all pages opened afterwards, as users can do in their browsers.
    #[track_caller]
    pub(crate) fn without_script(&self) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    }

    /// Returns the browser's cookies as the value of a `Cookie` header.
    #[track_caller]
    pub(crate) fn cookies(&self) -> String {
        let cookies = self.told(wait(self.driver().get_all_cookies()));
        let pairs: Vec<String> = cookies.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        pairs.join("; ")
    }

    /// Deletes all cookies, which signs the user out.
    #[track_caller]
    pub(crate) fn forget(&self) {
        self.told(wait(self.driver().delete_all_cookies()));
    }

    /// Runs a script on the page, regardless of the page's content security policy. Returns the script's result.
    #[track_caller]
    pub(crate) fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.told(wait(self.driver().execute(script, arguments))).json().clone()
    }

    /// Runs a script like [`Page::run`]. The script must call its last argument when it has finished.
    #[track_caller]
    pub(crate) fn run_async(&self, script: &str) -> Value {
        self.told(wait(self.driver().execute_async(script, vec![]))).json().clone()
    }

    /// Calls a method of Chromium's developer tools.
    #[track_caller]
    pub(super) fn devtools(&self, method: &str, parameters: Value) -> Value {
        self.told(wait(self.driver().cdp().send_raw(method, parameters)))
    }

    /// Returns the server's base URL.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(super) fn driver(&self) -> &WebDriver {
        &self.session.driver
    }

    pub(super) fn scopes(&self) -> Vec<String> {
        self.scopes.borrow().clone()
    }

    /// Returns the value in the browser's response. Fails the test if the response is an error.
    #[track_caller]
    pub(super) fn told<T>(&self, answer: Result<T, WebDriverError>) -> T {
        answer.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Fails the test with a message that contains the page's visible text.
    #[track_caller]
    pub(super) fn fail(&self, why: &str) -> ! {
        let text: String = self.text().chars().take(2_000).collect();
        panic!("{why}\nat {} ({}), within {:?}:\n{text}", self.url(), self.title(), self.scopes());
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let name = std::thread::current().name().unwrap_or("test").replace("::", "-");
            let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.webp"));
            if wait(self.picture(5_000)).is_ok_and(|picture| std::fs::write(&file, picture).is_ok()) {
                println!("what was seen last: {}", file.display());
            }
            return;
        }
        let complaints = self.complaints();
        assert!(complaints.is_empty(), "the browser complains:\n{}", complaints.join("\n"));
    }
}

/// Whether the element's page has been replaced by another page.
fn gone(element: &WebElement) -> bool {
    wait(element.tag_name()).is_err()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}
