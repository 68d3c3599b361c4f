//! Which permissions of the grid are shown: what was searched for, and one of a few views.

use floorkey::{Permission, PermissionSet};

use super::super::fields::Fields;
use super::super::search_words::search_words;
use super::super::words;

/// What is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// Words that the name or the sentence has to have, in lower case.
    pub(super) search: String,
    words: Vec<String>,
    pub(super) view: View,
}

/// One of a few views of the grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum View {
    #[default]
    All,
    Chosen,
    Needed,
    Inherited,
    Risky,
    Differs,
}

impl View {
    /// The views, with their words in addresses and on the page.
    pub(super) const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::All, "", "All permissions"),
        (Self::Chosen, "chosen", "Chosen"),
        (Self::Needed, "required", "Required by others"),
        (Self::Inherited, "inherited", "Inherited"),
        (Self::Risky, "risky", "Risky"),
        (Self::Differs, "differs", "Differs from default"),
    ];
}

impl Filter {
    /// Out of a form or an address.
    pub(super) fn read(fields: &Fields) -> Self {
        let word = fields.raw("show");
        let view = View::ALL.into_iter().find(|(_, known, _)| *known == word).map_or(View::All, |(view, ..)| view);
        let search = fields.raw("q").trim().to_owned();
        Self { words: search_words(&search), search, view }
    }

    pub(super) fn is_set(&self) -> bool {
        *self != Self::default()
    }

    /// Whether the permission is one of those to show.
    pub(super) fn shows(
        &self,
        permission: Permission,
        ticked: &PermissionSet,
        needed: &PermissionSet,
        inherited: &PermissionSet,
        default: Option<&PermissionSet>,
    ) -> bool {
        let is_ticked = ticked.contains(permission);
        let is_viewed = match self.view {
            View::All => true,
            View::Chosen => is_ticked && !needed.contains(permission),
            View::Needed => is_ticked && needed.contains(permission),
            View::Inherited => inherited.contains(permission),
            View::Risky => !permission.info().risks.is_empty(),
            View::Differs => default.is_some_and(|default| default.contains(permission) != is_ticked),
        };
        is_viewed && (self.is_in_name(permission) || self.is_in_sentence(permission))
    }

    /// Whether the search finds the permission by its names.
    fn is_in_name(&self, permission: Permission) -> bool {
        let info = permission.info();
        let text = format!("{} {} {}", words::permission(permission), info.name, info.group).to_lowercase();
        self.words.iter().all(|word| text.contains(word.as_str()))
    }

    /// Whether the search finds the permission by its sentence.
    pub(super) fn is_in_sentence(&self, permission: Permission) -> bool {
        let text = permission.info().about.to_lowercase();
        !self.search.is_empty() && self.words.iter().all(|word| text.contains(word.as_str()))
    }
}
