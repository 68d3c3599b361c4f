//! chromedriver: one for as long as some test has a browser open, and at most a few browsers at a time.

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

/// Tests that may have a browser at a time, unless FLOORKEY_TEST_BROWSERS says another number: one takes half a core.
const TESTS_AT_A_TIME: usize = 2;

/// What every session starts Chromium with: no window, no sandbox (in a container there is none to be had), nothing
/// that talks to others by itself, and the same picture on every machine. No name but localhost leads anywhere.
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
    // Over a pipe, Chromium ends when chromedriver does, however that ends.
    "--remote-debugging-pipe",
];

/// What the system's own font is: a bare Debian has none that anybody would choose.
const FONTS: &str = "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig>\
    <alias binding='same'><family>system-ui</family><prefer><family>Inter</family></prefer></alias>\
    <alias binding='same'><family>sans-serif</family><prefer><family>Inter</family></prefer></alias></fontconfig>";

/// Tests are plain functions; what waits for the browser runs here.
static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
});

/// Waits for the browser's answer.
pub(super) fn wait<T>(answer: impl Future<Output = T>) -> T {
    RUNTIME.block_on(answer)
}

/// A browser that a test has to itself, with an empty profile; it ends when this goes.
pub(super) struct Session {
    pub(super) driver: WebDriver,
    folder: TempDir,
    // Their order is the one they go in: the browser, its chromedriver, and then it is the next test's turn.
    _chromedriver: Arc<Chromedriver>,
    _turn: Turn,
}

impl Session {
    /// Opens a browser; `None` where there is no Chromium and none is required.
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

    /// A folder that goes with the browser.
    pub(super) fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // A browser that has gone already can't be told to.
        let _ = wait(self.driver.clone().quit());
    }
}

/// Whether a machine without what the tests need is at fault.
pub(super) fn required() -> bool {
    std::env::var("FLOORKEY_TEST_BROWSER").is_ok_and(|value| value == "required")
}

/// Something that the tests need is missing: says so, or fails where it is required.
pub(super) fn missing(what: &str) {
    assert!(!required(), "there is no {what}");
    println!("skipped: there is no {what}");
}

/// Where the programs are.
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
    /// The one that runs, or a new one.
    fn shared(programs: &Programs) -> Arc<Self> {
        static RUNNING: Mutex<Weak<Chromedriver>> = Mutex::new(Weak::new());
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        running.upgrade().unwrap_or_else(|| {
            let new = Arc::new(Self::start(programs));
            *running = Arc::downgrade(&new);
            new
        })
    }

    /// Starts it below a shell that ends it, and every browser of it, when our end of its input is closed. That happens
    /// even if the tests are killed.
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

/// A test's turn to have browsers. A second browser in the same test needs no second turn.
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

/// What thirtyfour speaks to chromedriver with: the client that is in the workspace anyway.
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
