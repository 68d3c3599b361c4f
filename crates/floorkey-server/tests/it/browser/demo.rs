//! The demo's server, and its people in front of it: what pages are looked at with.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::page::Page;
use crate::program::Program;

/// What everybody chooses in place of their one-time password.
pub(super) const CHOSEN: &str = "Chosen-passw0rd";

/// A server with the demo's 207 users, of whom `admin`, `sofia.marin` and `tom.okafor` can sign in.
pub(crate) struct Demo {
    pub(crate) program: Program,
    /// Those who have a password of their own by now.
    settled: Mutex<BTreeSet<String>>,
}

impl Demo {
    /// One of a test's own, for what changes things.
    pub(crate) fn new() -> Self {
        Self { program: Program::start(&["--demo"]), settled: Mutex::default() }
    }

    /// The one of all tests that only look.
    pub(crate) fn shared() -> Arc<Self> {
        static RUNNING: Mutex<Weak<Demo>> = Mutex::new(Weak::new());
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        running.upgrade().unwrap_or_else(|| {
            let new = Arc::new(Self::new());
            *running = Arc::downgrade(&new);
            new
        })
    }

    /// A browser in front of it; `None` where there is no browser.
    pub(crate) fn open(&self) -> Option<Page> {
        Page::open(&self.program.endpoint)
    }

    /// A browser in which that person is signed in.
    #[track_caller]
    pub(crate) fn open_as(&self, login: &str) -> Option<Page> {
        let page = self.open()?;
        // Nobody else may be choosing that person's password meanwhile.
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

    /// The one-time password that the server printed for that person.
    pub(crate) fn one_time(&self, login: &str) -> String {
        let printed = self.program.printed("out.txt");
        let beside = printed.lines().find_map(|line| line.strip_prefix(login)?.strip_prefix(' '));
        let of_administrator = format!("login name is {login}, ");
        let below = printed.lines().skip_while(|line| !line.contains(&of_administrator)).nth(1);
        let password = beside.or(below).unwrap_or_else(|| panic!("no password of {login} in:\n{printed}"));
        password.to_owned()
    }
}

impl Page {
    /// Signs in; whatever page that leads to is there afterwards.
    #[track_caller]
    pub(crate) fn sign_in(&self, login: &str, password: &str) {
        self.goto("/connect/login");
        self.fill("User name", login);
        self.fill("Password", password);
        self.submit("Sign in");
    }

    /// Chooses a password in place of the one-time one.
    #[track_caller]
    pub(crate) fn choose_password(&self, password: &str) {
        self.wait_for("Choose a password");
        self.fill("New password", password);
        self.fill("New password again", password);
        self.submit("Save the password");
    }
}
