//! API tokens: what an application shows when it asks for decisions.

use std::collections::BTreeSet;

use crate::id::ApiTokenId;
use crate::time::Timestamp;

/// A token of an application. Its text is shown once and kept nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id.
    pub id: ApiTokenId,
    /// What it is for, unique in the instance.
    pub label: String,
    /// What it opens, at least one.
    pub scopes: BTreeSet<TokenScope>,
    /// SHA-256 of its text.
    pub hash: [u8; 32],
    /// It opens nothing from this time on.
    pub expires: Option<Timestamp>,
    /// When it was made.
    pub created: Timestamp,
}

impl ApiToken {
    /// The label of the token that the server's settings preset. Only the system makes one of that label.
    pub const PRESET_LABEL: &'static str = "FLOORKEY_API_TOKEN";

    /// Whether it is over at the time.
    #[must_use]
    pub fn has_expired(&self, at: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= at)
    }
}

impl std::fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiToken").field("id", &self.id).field("label", &self.label).finish_non_exhaustive()
    }
}

/// What a token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenScope {
    /// Questions about one subject, action and resource, and batches of them.
    Evaluate,
    /// Questions about all subjects, resources or actions.
    Search,
}

impl TokenScope {
    /// All scopes.
    pub const ALL: [Self; 2] = [Self::Evaluate, Self::Search];

    /// `evaluate` or `search`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Evaluate => "evaluate",
            Self::Search => "search",
        }
    }

    /// The scope of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }
}
