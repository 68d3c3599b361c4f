//! Simulates keys and checks focus, for users without a mouse.

use std::time::Instant;

use serde_json::json;
use thirtyfour::Key;

use super::driver::wait;
use super::find::GLANCE;
use super::page::Page;

/// The maximum number of Tab presses to reach an element. Beyond this number, the element counts as unreachable.
const TABS_MAX: usize = 400;

impl Page {
    /// Sends keys to the focused element, such as `Tab`, `Shift+Tab`, `Space`, `ArrowDown`, `g u` or `/`.
    #[track_caller]
    pub(crate) fn press(&self, keys: &str) {
        for stroke in keys.split_whitespace() {
            let mut names: Vec<&str> = if stroke == "+" { vec!["+"] } else { stroke.split('+').collect() };
            let last = key(names.pop().unwrap());
            let held: Vec<char> = names.into_iter().map(key).collect();
            let mut chain = self.driver().action_chain();
            for modifier in &held {
                chain = chain.key_down(*modifier);
            }
            chain = chain.key_down(last).key_up(last);
            for modifier in held.iter().rev() {
                chain = chain.key_up(*modifier);
            }
            self.told(wait(chain.perform()));
        }
    }

    /// Types text into the focused element.
    #[track_caller]
    pub(crate) fn type_text(&self, text: &str) {
        self.told(wait(self.driver().action_chain().send_keys(text).perform()));
    }

    /// Returns the name that screen readers use for the focused element. The name is empty if no element has focus.
    #[track_caller]
    pub(crate) fn focused(&self) -> String {
        wait(async {
            let Ok(element) = self.driver().active_element().await else { return String::new() };
            let Ok(element) = element.to_json() else { return String::new() };
            let named = self.driver().execute(include_str!("focused.js"), vec![element]).await;
            named.ok().and_then(|name| name.convert().ok()).unwrap_or_default()
        })
    }

    /// Presses Tab until the element with the given name has focus, and asserts that the focus is visible.
    #[track_caller]
    pub(crate) fn tab_to(&self, name: &str) {
        let mut passed = Vec::new();
        for _ in 0..TABS_MAX {
            self.press("Tab");
            let now = self.focused();
            if now == name {
                let seen = self.run(include_str!("focus_seen.js"), vec![]);
                assert!(seen == json!(true), "`{name}` has focus and nothing shows it");
                return;
            }
            // Tab has returned to the first elements, so all elements have been visited.
            if passed.len() > 2 && passed.first() == Some(&now) && passed.get(1).is_some_and(|next| *next == name) {
                break;
            }
            passed.push(now);
        }
        passed.dedup();
        passed.truncate(100);
        self.fail(&format!("Tab does not lead to `{name}`; it leads to {passed:?}"));
    }

    /// Waits until the element with the given name has focus.
    #[track_caller]
    pub(crate) fn wait_focused(&self, name: &str) {
        let begun = Instant::now();
        while self.focused() != name {
            if begun.elapsed() > self.patience() {
                self.fail(&format!("`{}` has focus, not `{name}`", self.focused()));
            }
            std::thread::sleep(GLANCE);
        }
    }
}

/// Returns the key with the given name. A character's name is the character itself.
fn key(name: &str) -> char {
    let key = match name {
        "Tab" => Key::Tab,
        "Enter" => Key::Enter,
        "Space" => Key::Space,
        "Escape" => Key::Escape,
        "Backspace" => Key::Backspace,
        "Delete" => Key::Delete,
        "Home" => Key::Home,
        "End" => Key::End,
        "PageUp" => Key::PageUp,
        "PageDown" => Key::PageDown,
        "ArrowUp" => Key::Up,
        "ArrowDown" => Key::Down,
        "ArrowLeft" => Key::Left,
        "ArrowRight" => Key::Right,
        "Shift" => Key::Shift,
        "Control" => Key::Control,
        "Alt" => Key::Alt,
        _ => {
            let mut letters = name.chars();
            return match (letters.next(), letters.next()) {
                (Some(letter), None) => letter,
                _ => panic!("no key is called {name}"),
            };
        }
    };
    key.into()
}
