//! The filter of the permission grid, which consists of a search text and a view.

use floorkey::{Permission, PermissionSet};

use crate::web::form::Fields;
use crate::web::search_terms::search_terms;
use crate::web::text;

/// The search text and the view that filter the grid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct GridFilter {
    /// The search text. Every word must occur in a permission's name or description, ignoring case.
    pub(super) search: String,
    words: Vec<String>,
    pub(super) view: View,
}

/// A predefined view of the grid.
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
    /// The views, each with its query value and label.
    pub(super) const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::All, "", "All permissions"),
        (Self::Chosen, "chosen", "Selected"),
        (Self::Needed, "required", "Required by others"),
        (Self::Inherited, "inherited", "Inherited"),
        (Self::Risky, "risky", "Risky"),
        (Self::Differs, "differs", "Differs from default"),
    ];
}

impl GridFilter {
    /// Parses the fields of a form or query string.
    pub(super) fn parse(fields: &Fields) -> Self {
        let word = fields.raw("show");
        let view = View::ALL.into_iter().find(|(_, known, _)| *known == word).map_or(View::All, |(view, ..)| view);
        let search = fields.raw("q").trim().to_owned();
        Self { words: search_terms(&search), search, view }
    }

    pub(super) fn is_set(&self) -> bool {
        *self != Self::default()
    }

    /// Whether the permission matches the filter.
    pub(super) fn shows(
        &self,
        permission: Permission,
        selected: &PermissionSet,
        required_by_others: &PermissionSet,
        inherited: &PermissionSet,
        default: Option<&PermissionSet>,
    ) -> bool {
        let is_ticked = selected.contains(permission);
        let is_viewed = match self.view {
            View::All => true,
            View::Chosen => is_ticked && !required_by_others.contains(permission),
            View::Needed => is_ticked && required_by_others.contains(permission),
            View::Inherited => inherited.contains(permission),
            View::Risky => !permission.info().risks.is_empty(),
            View::Differs => default.is_some_and(|default| default.contains(permission) != is_ticked),
        };
        is_viewed && (self.is_in_name(permission) || self.is_in_sentence(permission))
    }

    /// Whether the search matches the permission's names.
    fn is_in_name(&self, permission: Permission) -> bool {
        let info = permission.info();
        let text = format!("{} {} {}", text::permission(permission), info.name, info.group).to_lowercase();
        self.words.iter().all(|word| text.contains(word.as_str()))
    }

    /// Whether the search matches the permission's description.
    pub(super) fn is_in_sentence(&self, permission: Permission) -> bool {
        let text = permission.info().description.to_lowercase();
        !self.search.is_empty() && self.words.iter().all(|word| text.contains(word.as_str()))
    }
}
