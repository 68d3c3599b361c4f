//! Each test performs a complete task as a user would, and finds elements by their visible text.
//!
//! Several tests share one demo. They change only data that no other test reads.

mod assign;
mod check_access;
mod conditions;
mod factors;
mod guard;
mod history;
mod hostile;
mod import;
mod keys;
mod profiles;
mod reset;
mod stale;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::demo::Demo;
use super::page::Page;

/// Returns the demo that these tests share.
fn demo() -> Arc<Demo> {
    static RUNNING: Mutex<Weak<Demo>> = Mutex::new(Weak::new());
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    running.upgrade().unwrap_or_else(|| {
        let new = Arc::new(Demo::new());
        *running = Arc::downgrade(&new);
        new
    })
}

impl Page {
    /// Returns the page's visible text as a single line.
    #[track_caller]
    fn words(&self) -> String {
        self.text().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Waits until the given text is visible, regardless of line breaks.
    #[track_caller]
    fn reads(&self, words: &str) {
        self.until(&format!("`{words}` is read"), || self.words().contains(words));
    }

    /// Opens a menu entry.
    #[track_caller]
    fn menu(&self, entry: &str) {
        self.within("Main", |menu| menu.submit(entry));
    }

    /// Signs out with the user menu.
    #[track_caller]
    fn sign_out(&self) {
        self.click("your menu");
        self.submit("Sign out");
    }

    /// Searches for a user in the user list, and opens the user's page.
    #[track_caller]
    fn open_user(&self, login: &str, name: &str) {
        self.goto("/connect/users");
        self.fill("Search users", login);
        self.submit("Search");
        self.submit(name);
        self.reads(&format!("{name} {login}"));
    }

    /// Returns the names of a user's profiles. The user's page must be open.
    #[track_caller]
    fn held(&self) -> Vec<String> {
        let script = "const part = [...document.querySelectorAll('section')]
            .find(one => one.querySelector('h2')?.textContent.startsWith('Security profiles'));
            return [...part.querySelectorAll('li > div:first-child strong')].map(one => one.textContent)";
        let names = self.run(script, vec![]);
        let names = names.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned());
        names.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Resets a user's password, and returns the displayed temporary password. The user's page must be open.
    #[track_caller]
    fn reset_password(&self) -> String {
        self.submit("Reset password");
        self.submit("Generate a temporary password");
        self.reads("It is shown only once.");
        self.run("return document.querySelector('#password').textContent", vec![]).as_str().unwrap().to_owned()
    }
}
