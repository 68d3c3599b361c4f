//! Provides a server with the demo data, and browsers in which demo users are signed in.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::page::Page;
use crate::program::Program;

/// The password that every demo user chooses to replace their temporary password.
pub(super) const CHOSEN: &str = "Chosen-passw0rd";

/// A server with the demo's 207 users. The passwords of three of them are known: `admin`, `sofia.marin` and
/// `tom.okafor`.
pub(crate) struct Demo {
    pub(crate) program: Program,
    /// The demo users who have already replaced their temporary password.
    settled: Mutex<BTreeSet<String>>,
}

impl Demo {
    /// Starts a demo for one test, which can change the demo's data.
    pub(crate) fn new() -> Self {
        Self { program: Program::start(&["--demo"]), settled: Mutex::default() }
    }

    /// Returns the demo that all read-only tests share.
    pub(crate) fn shared() -> Arc<Self> {
        static RUNNING: Mutex<Weak<Demo>> = Mutex::new(Weak::new());
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        running.upgrade().unwrap_or_else(|| {
            let new = Arc::new(Self::new());
            *running = Arc::downgrade(&new);
            new
        })
    }

    /// Opens a browser for the demo. Returns `None` if no browser is installed.
    pub(crate) fn open(&self) -> Option<Page> {
        Page::open(&self.program.endpoint)
    }

    /// Opens a browser and signs the user in.
    #[track_caller]
    pub(crate) fn open_as(&self, login: &str) -> Option<Page> {
        let page = self.open()?;
        // The lock prevents other tests from choosing the user's password at the same time.
        let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        if settled.contains(login) {
            page.sign_in(login, CHOSEN);
        } else {
            page.sign_in(login, &self.one_time(login));
            page.choose_password(CHOSEN);
            settled.insert(login.to_owned());
        }
        drop(settled);
        Some(page)
    }

    /// Returns the user's temporary password, which the server has printed.
    pub(crate) fn one_time(&self, login: &str) -> String {
        let printed = self.program.printed("out.txt");
        let beside = printed.lines().find_map(|line| line.strip_prefix(login)?.strip_prefix(' '));
        let of_administrator = format!("Sign in as {login} with ");
        let below = printed.lines().skip_while(|line| !line.contains(&of_administrator)).nth(1);
        let password = beside.or(below).unwrap_or_else(|| panic!("no password of {login} in:\n{printed}"));
        password.to_owned()
    }
}

impl Page {
    /// Signs in, and waits for the next page.
    #[track_caller]
    pub(crate) fn sign_in(&self, login: &str, password: &str) {
        self.goto("/connect/login");
        self.fill("User name", login);
        self.fill("Password", password);
        self.submit("Sign in");
    }

    /// Chooses a new password to replace the temporary password.
    #[track_caller]
    pub(crate) fn choose_password(&self, password: &str) {
        self.wait_for("Choose a password");
        self.fill("New password", password);
        self.fill("New password again", password);
        self.submit("Save the password");
    }
}
