//! What the last page left to say: shown once on the next one, carried in a sealed cookie.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use floorkey::Revision;
use serde::{Deserialize, Serialize};

use crate::sealing::Sealer;

/// A message for the next page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Flash {
    /// How it looks: `good`, `info`, `warn` or `bad`.
    pub(super) kind: String,
    /// What it says, in a sentence or two.
    pub(super) text: String,
    /// The revision that a button beside it undoes.
    pub(super) undo: Option<u64>,
}

impl Flash {
    /// The cookie it is carried in.
    pub(super) const COOKIE: &'static str = "floorkey-flash";

    /// What it is sealed for.
    const OWNER: &'static str = "console flash";

    /// Something went as wanted.
    pub(super) fn good(text: impl Into<String>) -> Self {
        Self { kind: "good".to_owned(), text: text.into(), undo: None }
    }

    /// Something to know.
    pub(super) fn info(text: impl Into<String>) -> Self {
        Self { kind: "info".to_owned(), text: text.into(), undo: None }
    }

    /// Something that somebody should read.
    pub(super) fn warn(text: impl Into<String>) -> Self {
        Self { kind: "warn".to_owned(), text: text.into(), undo: None }
    }

    /// Something did not go as wanted.
    pub(super) fn bad(text: impl Into<String>) -> Self {
        Self { kind: "bad".to_owned(), text: text.into(), undo: None }
    }

    /// With a button that undoes the change which made this revision.
    pub(super) fn undo(self, revision: Revision) -> Self {
        Self { undo: Some(revision.0), ..self }
    }

    /// As the value of its cookie; `None` if it can't be sealed.
    pub(super) fn seal(&self, sealer: &Sealer) -> Option<String> {
        let text = serde_json::to_string(self).ok()?;
        Some(URL_SAFE_NO_PAD.encode(sealer.seal(Self::OWNER, &text).ok()?.reveal()))
    }

    /// Out of its cookie; `None` for anything that was not sealed here.
    pub(super) fn open(sealer: &Sealer, value: &str) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(value).ok()?;
        serde_json::from_str(&sealer.open_sealed(Self::OWNER, &sealed).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_sealed_here_is_shown() {
        let sealer = Sealer::new(&[7; 32]);
        let flash = Flash::good("Saved.").undo(Revision(4));
        let sealed = flash.seal(&sealer).unwrap();
        assert_eq!(Flash::open(&sealer, &sealed), Some(flash));
        assert_eq!(Flash::open(&Sealer::new(&[8; 32]), &sealed), None);
        assert_eq!(Flash::open(&sealer, "eyJ0ZXh0IjoiIn0"), None);
    }
}
