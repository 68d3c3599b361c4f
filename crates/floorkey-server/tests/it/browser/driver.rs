//! Runs chromedriver. One chromedriver process runs while any test has a browser open. Only a limited number of tests
//! can have a browser at a time.

use std::cell::Cell;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, LazyLock, Mutex, PoisonError, Weak};

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::error::{WebDriverError, WebDriverResult};
use thirtyfour::session::http::{Body, HttpClient};
use thirtyfour::{Capabilities, WebDriver};

/// The number of tests that can have a browser at the same time. FLOORKEY_TEST_BROWSERS can set another number. Each
/// browser uses about half a CPU core.
const TESTS_AT_A_TIME: usize = 2;

/// The Chromium flags for every session. Chromium has no window, and no sandbox because sandboxes do not work in
/// containers. It makes no network requests of its own, and renders pages the same on every machine. It cannot resolve
/// any host name except localhost.
const FLAGS: [&str; 18] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-breakpad",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--lang=en-GB",
    "--window-size=1280,900",
    "--host-resolver-rules=MAP localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    // With this flag, Chromium exits when chromedriver exits.
    "--remote-debugging-pipe",
];

/// The font configuration. It is needed because a bare Debian system has no suitable default fonts.
const FONTS: &str = "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig>\
    <alias binding='same'><family>system-ui</family><prefer><family>Inter</family></prefer></alias>\
    <alias binding='same'><family>sans-serif</family><prefer><family>Inter</family></prefer></alias></fontconfig>";

/// The asynchronous runtime that waits for the browser. The tests themselves are synchronous.
static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
});

/// Waits for the browser's response.
pub(super) fn wait<T>(answer: impl Future<Output = T>) -> T {
    RUNTIME.block_on(answer)
}

/// A test's browser, with an empty browser profile. Dropping this value closes the browser.
pub(super) struct Session {
    pub(super) driver: WebDriver,
    folder: TempDir,
    // Fields are dropped in order. The browser and its chromedriver close first. Dropping `_turn` last lets the next
    // test start.
    _chromedriver: Arc<Chromedriver>,
    _turn: Turn,
}

impl Session {
    /// Opens a browser. Returns `None` if Chromium is not installed, unless a browser is required.
    pub(super) fn open() -> Option<Self> {
        let programs = Programs::find()?;
        let turn = Turn::wait();
        let chromedriver = Chromedriver::shared(&programs);
        let folder = tempfile::tempdir().unwrap();
        let arguments: Vec<String> = FLAGS
            .iter()
            .map(|flag| (*flag).to_owned())
            .chain([format!("--user-data-dir={}", folder.path().join("profile").display())])
            .collect();
        let capabilities = json!({
            "browserName": "chrome",
            "acceptInsecureCerts": true,
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "goog:chromeOptions": {
                "binary": programs.chromium,
                "args": arguments,
                "perfLoggingPrefs": { "enableNetwork": true, "enablePage": false },
            },
        });
        let capabilities = Capabilities::from(capabilities.as_object().unwrap().clone());
        let url = format!("http://127.0.0.1:{}", chromedriver.port);
        let driver = wait(async { WebDriver::builder(url, capabilities).client(Http::new()).connect().await });
        let driver = driver.unwrap_or_else(|error| panic!("no browser: {error}"));
        Some(Self { driver, folder, _chromedriver: chromedriver, _turn: turn })
    }

    /// Returns the session's folder, which is deleted with the session.
    pub(super) fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Closing the browser fails if the browser has already exited; the error is ignored.
        let _ = wait(self.driver.clone().quit());
    }
}

/// Whether a missing tool makes the tests fail.
pub(super) fn required() -> bool {
    std::env::var("FLOORKEY_TEST_BROWSER").is_ok_and(|value| value == "required")
}

/// Reports a missing tool. Fails if the tool is required.
pub(super) fn missing(what: &str) {
    assert!(!required(), "there is no {what}");
    println!("skipped: there is no {what}");
}

/// The paths of the programs that the tests run.
struct Programs {
    chromium: PathBuf,
    chromedriver: PathBuf,
}

impl Programs {
    fn find() -> Option<Self> {
        let found = |name: &str| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
            if found.is_none() {
                missing(name);
            }
            found
        };
        Some(Self { chromium: found("chromium")?, chromedriver: found("chromedriver")? })
    }
}

/// A running chromedriver.
struct Chromedriver {
    shell: Child,
    port: u16,
    _home: TempDir,
}

impl Chromedriver {
    /// Returns the running chromedriver. Starts chromedriver if it is not running.
    fn shared(programs: &Programs) -> Arc<Self> {
        static RUNNING: Mutex<Weak<Chromedriver>> = Mutex::new(Weak::new());
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        running.upgrade().unwrap_or_else(|| {
            let new = Arc::new(Self::start(programs));
            *running = Arc::downgrade(&new);
            new
        })
    }

    /// Starts chromedriver from a shell. When the shell's standard input closes, the shell ends chromedriver and all
    /// its browsers. This happens even if the test process is killed.
    fn start(programs: &Programs) -> Self {
        let home = tempfile::tempdir().unwrap();
        let fonts = home.path().join(".config/fontconfig");
        std::fs::create_dir_all(&fonts).unwrap();
        std::fs::write(fonts.join("fonts.conf"), FONTS).unwrap();
        let mut shell = Command::new("sh")
            .args(["-c", "\"$0\" --port=0 & read -r _; kill $!; wait $!; kill -s KILL 0"])
            .arg(&programs.chromedriver)
            .process_group(0)
            .env("HOME", home.path())
            .env("XDG_CONFIG_HOME", home.path().join(".config"))
            .env("TZ", "UTC")
            .env("LANG", "C.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(shell.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next().expect("chromedriver ended before it said its port").unwrap();
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                break port.trim_end_matches('.').parse().unwrap();
            }
        };
        std::thread::spawn(move || for _ in lines {});
        Self { shell, port, _home: home }
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

/// A test's permission to open browsers. If the test opens a second browser, both browsers use the same permission.
struct Turn;

static TURNS: (Mutex<Option<usize>>, Condvar) = (Mutex::new(None), Condvar::new());

thread_local! {
    static BROWSERS: Cell<usize> = const { Cell::new(0) };
}

impl Turn {
    fn wait() -> Self {
        if BROWSERS.replace(BROWSERS.get() + 1) == 0 {
            let (left, given_back) = (&TURNS.0, &TURNS.1);
            let at_a_time = || {
                let said = std::env::var("FLOORKEY_TEST_BROWSERS").ok().and_then(|number| number.parse().ok());
                said.unwrap_or(TESTS_AT_A_TIME)
            };
            let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
            while *left.get_or_insert_with(at_a_time) == 0 {
                left = given_back.wait(left).unwrap_or_else(PoisonError::into_inner);
            }
            *left = left.map(|left| left - 1);
        }
        Self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        BROWSERS.set(BROWSERS.get() - 1);
        if BROWSERS.get() == 0 {
            let mut left = TURNS.0.lock().unwrap_or_else(PoisonError::into_inner);
            *left = left.map(|left| left + 1);
            TURNS.1.notify_one();
        }
    }
}

/// The HTTP client for calls from the crate thirtyfour to chromedriver. It uses HTTP crates that the workspace already
/// depends on.
struct Http(Client<HttpConnector, Full<Bytes>>);

impl Http {
    fn new() -> Self {
        Self(Client::builder(TokioExecutor::new()).build_http())
    }
}

#[async_trait::async_trait]
impl HttpClient for Http {
    async fn send(&self, request: http::Request<Body<'_>>) -> WebDriverResult<http::Response<Bytes>> {
        let failed = |error: &dyn std::error::Error| WebDriverError::HttpError(error.to_string());
        let request = request.map(|body| match body {
            Body::Empty => Full::default(),
            Body::Json(value) => Full::from(value.to_string()),
        });
        let (head, body) = self.0.request(request).await.map_err(|error| failed(&error))?.into_parts();
        let body = body.collect().await.map_err(|error| failed(&error))?.to_bytes();
        Ok(http::Response::from_parts(head, body))
    }

    async fn new(&self) -> Arc<dyn HttpClient> {
        Arc::new(Self::new())
    }
}
