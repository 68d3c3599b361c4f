//! API tokens: what an application shows when it asks for decisions.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::ApiTokenId;
use crate::resource::ResourceType;
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
    /// How questions with it are read and answered.
    pub settings: TokenSettings,
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

/// How questions with a token are read and answered. It adds nothing to what the token opens: every question that can be
/// asked with settings can be asked without them, in Floorkey's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenSettings {
    /// Types of subjects that mean users; `user` where there is none.
    pub subject_types: BTreeSet<String>,
    /// Types of resources, and the application's namespace that each means; every namespace once. A type that is not
    /// among them means what it means without settings.
    pub resource_types: BTreeMap<String, String>,
    /// Whether answers go beyond what the standard asks for: `context` in the items of a batch, `properties` in the
    /// results of a search. A request can say otherwise.
    pub details: bool,
}

impl TokenSettings {
    /// The type of subjects that means users unless settings name others.
    pub const SUBJECT_TYPE: &'static str = "user";

    /// The settings of a token that was made without any.
    pub const DEFAULT: &'static Self =
        &Self { subject_types: BTreeSet::new(), resource_types: BTreeMap::new(), details: false };

    /// The same settings, written in one way only.
    #[must_use]
    pub fn canonical(mut self) -> Self {
        if self.subject_types.len() == 1 && self.is_user(Self::SUBJECT_TYPE) {
            self.subject_types.clear();
        }
        self
    }

    /// The types of subjects that mean users, by name.
    pub fn subject_types(&self) -> impl Iterator<Item = &str> {
        let default = self.subject_types.is_empty().then_some(Self::SUBJECT_TYPE);
        default.into_iter().chain(self.subject_types.iter().map(String::as_str))
    }

    /// Whether subjects of the type are users.
    #[inline]
    #[must_use]
    pub fn is_user(&self, subject_type: &str) -> bool {
        match self.subject_types.is_empty() {
            true => subject_type == Self::SUBJECT_TYPE,
            false => self.subject_types.contains(subject_type),
        }
    }

    /// The namespace that a type of resource means by these settings.
    #[inline]
    #[must_use]
    pub fn namespace_of(&self, resource_type: &str) -> Option<&str> {
        self.resource_types.get(resource_type).map(String::as_str)
    }

    /// The types of Floorkey's own that mean an application's resources by these settings, by name.
    pub fn replaced_types(&self) -> impl Iterator<Item = &str> {
        let is_own = |name: &&str| *name == "instance" || ResourceType::named(name).is_some();
        self.resource_types.keys().map(String::as_str).filter(is_own)
    }
}

/// What changes of a token's settings; `None` leaves a part as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenSettingsEdit {
    /// The types of subjects that mean users.
    pub subject_types: Option<BTreeSet<String>>,
    /// The whole table of types of resources.
    pub resource_types: Option<BTreeMap<String, String>>,
    /// Whether answers have details.
    pub details: Option<bool>,
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
