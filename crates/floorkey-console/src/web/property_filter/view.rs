//! The filter as a page shows it.

use super::{AddForm, FilterValues, PropertyFilter, Token};

/// A token as a page shows it.
pub(crate) struct TokenView {
    /// The whole condition, such as `Security profile is Agent`.
    pub(crate) text: String,
    /// The property. Empty for the search text.
    pub(crate) property: &'static str,
    /// The words between the property and the value.
    pub(crate) operator: &'static str,
    pub(crate) value: String,
    /// The URL of the page with the negated token, and the negated operator. `None` for the search text.
    pub(crate) negated: Option<(String, &'static str)>,
    /// The URL of the page without the token.
    pub(crate) without: String,
}

/// The filter as a page shows it.
pub(crate) struct FilterView {
    pub(crate) tokens: Vec<TokenView>,
    /// The URL of the page without any filter.
    pub(crate) clear: String,
    pub(crate) search: String,
    /// The fields that a new search keeps, without the search text.
    pub(crate) kept: Vec<(String, String)>,
    pub(crate) form: AddForm,
}

impl Token {
    /// Returns the text of the value. If there is no such value that the viewer can see, the text says so.
    pub(crate) fn value_text(&self, values: &dyn FilterValues) -> String {
        match self.operator.relation.takes_value() {
            true => self
                .property
                .value_text(&self.value, values)
                .unwrap_or_else(|| format!("{} (there is none)", self.value)),
            false => String::new(),
        }
    }

    /// Returns the whole condition as text.
    pub(crate) fn text(&self, values: &dyn FilterValues) -> String {
        let operator = self.property.operator_label(self.operator);
        let text = format!("{} {operator} {}", self.property.label, self.value_text(values));
        text.trim_end().to_owned()
    }
}

impl PropertyFilter {
    /// Returns the search text and the tokens as a page shows them. `url` returns the URL of the page with another
    /// filter.
    pub(crate) fn token_views(
        &self,
        values: &dyn FilterValues,
        url: impl Fn(&PropertyFilter) -> String,
    ) -> Vec<TokenView> {
        let search = (!self.search.is_empty()).then(|| TokenView {
            text: format!("“{}”", self.search),
            property: "",
            operator: "",
            value: format!("“{}”", self.search),
            negated: None,
            without: url(&self.with_search("")),
        });
        let token = |token: &Token| {
            let negated = token.negated();
            let other = PropertyFilter {
                search: self.search.clone(),
                tokens: self
                    .tokens
                    .iter()
                    .map(|one| if one == token { negated.clone() } else { one.clone() })
                    .collect(),
            };
            TokenView {
                text: token.text(values),
                property: token.property.label,
                operator: token.property.operator_label(token.operator),
                value: token.value_text(values),
                negated: Some((url(&other), token.property.operator_label(negated.operator))),
                without: url(&self.without(token)),
            }
        };
        search.into_iter().chain(self.tokens.iter().map(token)).collect()
    }
}
