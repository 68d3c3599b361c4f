//! Finds elements by their visible text. For example, a field is found by its label, and a button or link by its text.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thirtyfour::WebElement;
use thirtyfour::error::WebDriverResult;

use super::driver::wait;
use super::page::Page;

/// The interval between two attempts to find an element.
pub(super) const GLANCE: Duration = Duration::from_millis(50);

/// The kind of element to find.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// A field to fill in.
    Field,
    /// A checkbox or radio button.
    Tick,
    /// A button, a link, or another element that can be clicked.
    Press,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::Tick => "tick",
            Self::Press => "press",
        }
    }
}

impl Page {
    /// Finds an element by its name and runs an action on the element. Retries until the action succeeds, because the
    /// page may still be loading.
    #[track_caller]
    pub(super) fn with<T>(&self, kind: Kind, name: &str, action: impl AsyncFn(&WebElement) -> WebDriverResult<T>) -> T {
        let begun = Instant::now();
        loop {
            let tried = wait(async {
                let element = self.find(kind, name).await?;
                action(&element).await.map_err(|error| format!("`{name}`: {error}"))
            });
            match tried {
                Ok(done) => return done,
                Err(why) if begun.elapsed() > self.patience() => self.fail(&format!("{}: {why}", kind.name())),
                Err(_) => std::thread::sleep(GLANCE),
            }
        }
    }

    async fn find(&self, kind: Kind, name: &str) -> Result<WebElement, String> {
        let arguments = vec![json!(kind.name()), json!(name), json!(self.scopes())];
        let found = self.driver().execute(include_str!("find.js"), arguments).await;
        let found = found.map_err(|error| error.to_string())?;
        match found.json() {
            Value::String(why) => Err(why.clone()),
            _ => found.element().map_err(|error| error.to_string()),
        }
    }
}
