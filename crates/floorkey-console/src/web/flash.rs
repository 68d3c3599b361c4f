//! Flash messages. A flash message is shown once, on the next page. Until then, a sealed cookie contains the message.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use floorkey::Revision;
use serde::{Deserialize, Serialize};

use floorkey_service::sealing::Sealer;

/// A message that is shown on the next page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Flash {
    /// The style: `good`, `info`, `warn` or `bad`.
    pub(crate) kind: String,
    /// The text of the message, which is one or two sentences.
    pub(crate) text: String,
    /// The revision that the *Undo* button next to the message reverts.
    pub(crate) undo: Option<u64>,
}

impl Flash {
    /// The name of the cookie with the message.
    pub(crate) const COOKIE: &'static str = "floorkey-flash";

    /// The context string used to seal the cookie with the message.
    const OWNER: &'static str = "console flash";

    /// Creates a success message.
    pub(crate) fn good(text: impl Into<String>) -> Self {
        Self { kind: "good".to_owned(), text: text.into(), undo: None }
    }

    /// Creates an informational message.
    pub(crate) fn info(text: impl Into<String>) -> Self {
        Self { kind: "info".to_owned(), text: text.into(), undo: None }
    }

    /// Creates a warning.
    pub(crate) fn warn(text: impl Into<String>) -> Self {
        Self { kind: "warn".to_owned(), text: text.into(), undo: None }
    }

    /// Creates an error message.
    pub(crate) fn bad(text: impl Into<String>) -> Self {
        Self { kind: "bad".to_owned(), text: text.into(), undo: None }
    }

    /// Adds an *Undo* button that reverts this revision.
    pub(crate) fn undo(self, revision: Revision) -> Self {
        Self { undo: Some(revision.0), ..self }
    }

    /// Returns the sealed cookie value, or `None` if sealing fails.
    pub(crate) fn seal(&self, sealer: &Sealer) -> Option<String> {
        let text = serde_json::to_string(self).ok()?;
        Some(URL_SAFE_NO_PAD.encode(sealer.seal(Self::OWNER, &text).ok()?.reveal()))
    }

    /// Opens a sealed cookie value. Returns `None` if the value was not sealed by this server.
    pub(crate) fn open(sealer: &Sealer, value: &str) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(value).ok()?;
        serde_json::from_str(&sealer.open_sealed(Self::OWNER, &sealed).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_sealed_elsewhere_are_ignored() {
        let sealer = Sealer::new(&[7; 32]);
        let flash = Flash::good("Saved.").undo(Revision(4));
        let sealed = flash.seal(&sealer).unwrap();
        assert_eq!(Flash::open(&sealer, &sealed), Some(flash));
        assert_eq!(Flash::open(&Sealer::new(&[8; 32]), &sealed), None);
        assert_eq!(Flash::open(&sealer, "eyJ0ZXh0IjoiIn0"), None);
    }
}
