//! The properties that a table can be filtered by, their operators, and their values.

use floorkey::text::folded;
use jiff::civil::Date;

use crate::web::search_terms::search_terms;

/// How the value of a row is compared with the value of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Is,
    Contains,
    /// Before the start of a day.
    Before,
    /// On a day or later.
    After,
    /// The row has no value.
    Empty,
}

impl Relation {
    const ALL: [Self; 5] = [Self::Is, Self::Contains, Self::Before, Self::After, Self::Empty];

    /// Whether a token with this relation has a value.
    pub(crate) const fn takes_value(self) -> bool {
        !matches!(self, Self::Empty)
    }
}

/// A relation or its negation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) relation: Relation,
    pub(crate) is_negated: bool,
}

impl Operator {
    pub(crate) const IS: Self = Self::new(Relation::Is);
    pub(crate) const IS_NOT: Self = Self::IS.negated();
    pub(crate) const BEFORE: Self = Self::new(Relation::Before);
    pub(crate) const AFTER: Self = Self::new(Relation::After);
    pub(crate) const EMPTY: Self = Self::new(Relation::Empty);

    pub(crate) const fn new(relation: Relation) -> Self {
        Self { relation, is_negated: false }
    }

    /// Returns the operator that matches exactly the other rows.
    pub(crate) const fn negated(self) -> Self {
        Self { relation: self.relation, is_negated: !self.is_negated }
    }

    /// Returns all operators, each before its negation.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Relation::ALL.into_iter().flat_map(|relation| [Self::new(relation), Self::new(relation).negated()])
    }

    /// Returns the name in URLs.
    pub(crate) const fn name(self) -> &'static str {
        match (self.relation, self.is_negated) {
            (Relation::Is, false) => "is",
            (Relation::Is, true) => "not",
            (Relation::Contains, false) => "contains",
            (Relation::Contains, true) => "not-contains",
            (Relation::Before, false) => "before",
            (Relation::Before, true) => "not-before",
            (Relation::After, false) => "after",
            (Relation::After, true) => "not-after",
            (Relation::Empty, false) => "empty",
            (Relation::Empty, true) => "not-empty",
        }
    }

    /// Returns the operator with this name in URLs.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::all().find(|operator| operator.name() == name)
    }

    /// Returns the words between a property and a value.
    pub(crate) const fn label(self) -> &'static str {
        match (self.relation, self.is_negated) {
            (Relation::Is, false) => "is",
            (Relation::Is, true) => "is not",
            (Relation::Contains, false) => "contains",
            (Relation::Contains, true) => "does not contain",
            (Relation::Before, false) => "before",
            (Relation::Before, true) => "not before",
            (Relation::After, false) => "on or after",
            (Relation::After, true) => "not on or after",
            (Relation::Empty, false) => "is empty",
            (Relation::Empty, true) => "is not empty",
        }
    }
}

/// A property that a table can be filtered by.
#[derive(Debug)]
pub(crate) struct Property {
    /// The name in URLs.
    pub(crate) id: &'static str,
    pub(crate) label: &'static str,
    /// The relations that can be used, each also negated. The first one is suggested first.
    pub(crate) relations: &'static [Relation],
    pub(crate) values: Values,
    /// The words for [`Relation::Is`] and its negation.
    is_words: [&'static str; 2],
}

/// The values of a property.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Values {
    /// One of these, each with its text.
    Options(&'static [(&'static str, &'static str)]),
    /// Values that the page looks up, such as records (see [`FilterValues`]).
    Suggested,
    /// A day. `is_future` is `true` if most values are in the future.
    Date { is_future: bool },
    /// Any text.
    Text,
}

impl Property {
    pub(crate) const fn new(
        id: &'static str,
        label: &'static str,
        relations: &'static [Relation],
        values: Values,
    ) -> Self {
        Self { id, label, relations, values, is_words: [Operator::IS.label(), Operator::IS_NOT.label()] }
    }

    /// Creates a property that is one of several options.
    pub(crate) const fn options(
        id: &'static str,
        label: &'static str,
        options: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self::new(id, label, &[Relation::Is], Values::Options(options))
    }

    /// Returns the property with other words for [`Relation::Is`] and its negation.
    pub(crate) const fn with_is_words(self, is: &'static str, is_not: &'static str) -> Self {
        Self { is_words: [is, is_not], ..self }
    }

    /// Returns the property's operators.
    pub(crate) fn operators(&self) -> impl Iterator<Item = Operator> {
        self.relations.iter().flat_map(|relation| [Operator::new(*relation), Operator::new(*relation).negated()])
    }

    /// Returns the operator that is suggested first.
    pub(crate) fn default_operator(&self) -> Operator {
        Operator::new(self.relations.first().copied().unwrap_or(Relation::Is))
    }

    /// Returns the words between the property's label and a value.
    pub(crate) fn operator_label(&self, operator: Operator) -> &'static str {
        let [is, is_not] = self.is_words;
        match operator {
            Operator::IS => is,
            Operator::IS_NOT => is_not,
            operator => operator.label(),
        }
    }
}

/// A field of an older URL that stands for a token.
#[derive(Debug)]
pub(crate) struct Alias {
    pub(crate) name: &'static str,
    /// The value of the field; `None` for any value.
    pub(crate) value: Option<&'static str>,
    pub(crate) property: &'static str,
    pub(crate) operator: Operator,
    /// The value of the token; `None` if it is the value of the field.
    pub(crate) replacement: Option<&'static str>,
}

impl Alias {
    /// Creates an alias of a property with an operator.
    pub(crate) const fn name(name: &'static str, property: &'static str, operator: Operator) -> Self {
        Self { name, value: None, property, operator, replacement: None }
    }

    /// Creates an alias for one value of a field, for an operator that takes no value.
    pub(crate) const fn value(
        name: &'static str,
        value: &'static str,
        property: &'static str,
        operator: Operator,
    ) -> Self {
        Self { name, value: Some(value), property, operator, replacement: None }
    }

    /// Returns the alias with another value for the token.
    pub(crate) const fn with(self, value: &'static str) -> Self {
        Self { replacement: Some(value), ..self }
    }
}

/// A value that can be chosen for a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ValueChoice {
    /// The value in URLs.
    pub(crate) value: String,
    pub(crate) text: String,
    /// A note beside the text. Can be empty.
    pub(crate) detail: String,
}

impl ValueChoice {
    pub(crate) fn new(value: impl Into<String>, text: impl Into<String>) -> Self {
        Self { value: value.into(), text: text.into(), detail: String::new() }
    }
}

/// Looks up the values of properties with [`Values::Suggested`], as far as the viewer can see them.
pub(crate) trait FilterValues {
    /// Returns the text of a value. Returns `None` if there is no such value that the viewer can see.
    fn text(&self, property: &Property, value: &str) -> Option<String>;

    /// Returns at most `max` values whose texts contain all words, best first. The words are in lower case.
    fn choices(&self, property: &Property, words: &[String], max: usize) -> Vec<ValueChoice>;
}

impl Property {
    /// Returns the text of a value. Returns `None` if there is no such value that the viewer can see.
    pub(crate) fn value_text(&self, value: &str, values: &dyn FilterValues) -> Option<String> {
        match self.values {
            Values::Options(options) => {
                options.iter().find(|(known, _)| *known == value).map(|(_, text)| (*text).to_owned())
            }
            Values::Suggested => values.text(self, value),
            Values::Date { .. } => value.parse::<Date>().ok().map(|day| day.strftime("%-d %b %Y").to_string()),
            Values::Text => Some(format!("“{value}”")),
        }
    }

    /// Returns at most `max` values whose texts contain all words. Days and texts can't be listed.
    pub(crate) fn choices(&self, words: &[String], max: usize, values: &dyn FilterValues) -> Vec<ValueChoice> {
        match self.values {
            Values::Options(options) => {
                let fits = |(_, text): &&(&str, &str)| contains_words(text, words);
                let fitting = options.iter().filter(fits).map(|(value, text)| ValueChoice::new(*value, *text));
                fitting.take(max).collect()
            }
            Values::Suggested => values.choices(self, words, max),
            Values::Date { .. } | Values::Text => Vec::new(),
        }
    }
}

/// Whether a text contains all words, ignoring case. The words are in lower case.
pub(crate) fn contains_words(text: &str, words: &[String]) -> bool {
    let text = folded(text);
    words.iter().all(|word| text.contains(word.as_str()))
}

/// Returns the value that was entered as text: a value, or the text of exactly one value. `None` if there is none.
pub(super) fn resolve(property: &Property, entered: &str, values: &dyn FilterValues) -> Option<String> {
    const CANDIDATES_MAX: usize = 200;
    let entered = entered.trim();
    if property.value_text(entered, values).is_some() {
        return Some(entered.to_owned());
    }
    let wanted = folded(entered);
    let candidates = property.choices(&search_terms(entered), CANDIDATES_MAX, values);
    let mut same = candidates.iter().filter(|choice| folded(&choice.text) == wanted);
    match (same.next(), same.next(), candidates.as_slice()) {
        (Some(only), None, _) | (None, _, [only]) => Some(only.value.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_have_distinct_names_and_labels() {
        for operator in Operator::all() {
            assert_eq!(Operator::parse(operator.name()), Some(operator));
            assert_eq!(Operator::all().filter(|other| other.label() == operator.label()).count(), 1);
        }
    }
}
