//! Things by the words that are seen: a field by its label, a button or link by what stands on it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thirtyfour::WebElement;
use thirtyfour::error::WebDriverResult;

use super::driver::wait;
use super::page::Page;

/// How long to wait between two looks.
pub(super) const GLANCE: Duration = Duration::from_millis(50);

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Something to fill in.
    Field,
    /// A check box or radio button.
    Tick,
    /// A button, a link, or whatever else is there to be pressed.
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
    /// Does something with what is called so; tries again until it is there, because the page may still be on its way.
    #[track_caller]
    pub(super) fn with<T>(&self, kind: Kind, name: &str, act: impl AsyncFn(&WebElement) -> WebDriverResult<T>) -> T {
        let begun = Instant::now();
        loop {
            let tried = wait(async {
                let element = self.find(kind, name).await?;
                act(&element).await.map_err(|error| format!("`{name}`: {error}"))
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
