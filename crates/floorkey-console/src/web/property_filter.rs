//! The property filter of tables. It consists of a search text and of tokens, such as “Security profile is not Agent”.
//! A row must match the text and all tokens. The URL of a page contains the whole filter.
//!
//! A token is a field of the URL: `profile=ID`, or `profile.not=ID` with the operator after the property.

mod add_form;
mod dates;
mod properties;
mod suggest;
mod view;

use std::borrow::Cow;

use super::form::Fields;
pub(crate) use add_form::{AddForm, AddResult};
pub(crate) use dates::{day_of, start_of_day};
pub(crate) use properties::{Alias, FilterValues, Operator, Property, Relation, ValueChoice, Values, contains_words};
pub(crate) use suggest::Suggester;
pub(crate) use view::FilterView;

/// The name of the field with the search text.
pub(crate) const SEARCH: &str = "q";

/// A condition: a property, an operator and a value.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) property: &'static Property,
    pub(crate) operator: Operator,
    /// The value as in the URL. Empty if the operator takes no value.
    pub(crate) value: String,
}

/// A search text and tokens. All of them must match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PropertyFilter {
    /// The search text as entered.
    pub(crate) search: String,
    pub(crate) tokens: Vec<Token>,
}

impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        self.property.id == other.property.id && self.operator == other.operator && self.value == other.value
    }
}

impl Eq for Token {}

impl Token {
    /// Creates a token. An operator that takes no value drops the value.
    pub(crate) fn new(property: &'static Property, operator: Operator, value: &str) -> Self {
        let value = if operator.relation.takes_value() { value.trim().to_owned() } else { String::new() };
        Self { property, operator, value }
    }

    /// Returns the token that matches exactly the other rows, among the rows whose value the viewer can see.
    pub(crate) fn negated(&self) -> Self {
        Self { operator: self.operator.negated(), ..self.clone() }
    }

    /// Returns the name and the value of the token's field in the URL.
    pub(crate) fn field(&self) -> (Cow<'static, str>, &str) {
        let name = match self.operator {
            Operator::IS => Cow::Borrowed(self.property.id),
            operator => Cow::Owned(format!("{}.{}", self.property.id, operator.name())),
        };
        (name, if self.operator.relation.takes_value() { &self.value } else { "1" })
    }

    /// Parses a field. Returns `None` if the field is not a token: the property or its operator is unknown, or the value
    /// is blank.
    fn parse(name: &str, value: &str, properties: &'static [Property], aliases: &[Alias]) -> Option<Self> {
        let value = value.trim();
        if value.is_empty() {
            return None;
        }
        let find = |id: &str| properties.iter().find(|property| property.id == id);
        let is_alias = |alias: &&Alias| alias.name == name && alias.value.is_none_or(|known| known == value);
        if let Some(alias) = aliases.iter().find(is_alias) {
            return Some(Self::new(find(alias.property)?, alias.operator, alias.replacement.unwrap_or(value)));
        }
        let (id, operator) = match name.split_once('.') {
            Some((id, operator)) => (id, Operator::parse(operator)?),
            None => (name, Operator::IS),
        };
        let property = find(id).filter(|property| property.relations.contains(&operator.relation))?;
        Some(Self::new(property, operator, value))
    }
}

impl PropertyFilter {
    /// Parses the fields of a URL or of a form. Ignores fields that are not part of the filter.
    pub(crate) fn parse(fields: &Fields, properties: &'static [Property], aliases: &[Alias]) -> Self {
        let mut filter = Self { search: fields.text(SEARCH).unwrap_or_default().to_owned(), tokens: Vec::new() };
        for token in fields.iter().filter_map(|(name, value)| Token::parse(name, value, properties, aliases)) {
            filter.add(token);
        }
        filter
    }

    /// Returns the names and values of the filter's fields in the URL.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (Cow<'static, str>, &str)> {
        let search = (!self.search.is_empty()).then_some((Cow::Borrowed(SEARCH), self.search.as_str()));
        search.into_iter().chain(self.tokens.iter().map(Token::field))
    }

    /// Returns the filter with another token.
    pub(crate) fn with(&self, token: Token) -> Self {
        let mut filter = self.clone();
        filter.add(token);
        filter
    }

    /// Returns the filter without this token.
    pub(crate) fn without(&self, token: &Token) -> Self {
        let mut filter = self.clone();
        filter.tokens.retain(|other| other != token);
        filter
    }

    /// Returns the filter with another search text.
    pub(crate) fn with_search(&self, search: &str) -> Self {
        Self { search: search.trim().to_owned(), tokens: self.tokens.clone() }
    }

    fn add(&mut self, token: Token) {
        if !self.tokens.contains(&token) {
            self.tokens.push(token);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    static PROPERTIES: [Property; 3] = [
        Property::new("profile", "Profile", &[Relation::Is, Relation::Empty], Values::Suggested),
        Property::new("login", "Login", &[Relation::Contains, Relation::Is], Values::Text),
        Property::new("seen", "Seen", &[Relation::Before, Relation::After], Values::Date { is_future: false }),
    ];

    static ALIASES: [Alias; 2] = [
        Alias::value("profile", "none", "profile", Operator::EMPTY),
        Alias::name("seen-before", "seen", Operator::BEFORE),
    ];

    fn parse(query: &str) -> PropertyFilter {
        PropertyFilter::parse(&Fields::parse(query.as_bytes()), &PROPERTIES, &ALIASES)
    }

    fn query(filter: &PropertyFilter) -> String {
        Fields::from_pairs(filter.fields()).query()
    }

    fn token() -> impl Strategy<Value = Token> {
        let value = "\\PC{0,12}".prop_filter("blank values are no tokens", |value| !value.trim().is_empty());
        (0..PROPERTIES.len(), 0..2_usize, any::<bool>(), value).prop_map(|(at, relation, is_negated, value)| {
            let property = &PROPERTIES[at];
            let value = if value.trim() == "none" { "some" } else { value.as_str() };
            Token::new(property, Operator { relation: property.relations[relation], is_negated }, value)
        })
    }

    proptest! {
        #[test]
        fn a_filter_round_trips_through_its_url(
            search in "\\PC{0,12}",
            tokens in prop::collection::vec(token(), 0..6),
        ) {
            let mut filter = PropertyFilter { search: search.trim().to_owned(), tokens: Vec::new() };
            tokens.into_iter().for_each(|token| filter.add(token));
            let query = query(&filter);
            prop_assert_eq!(parse(query.trim_start_matches('?')), filter);
        }

        #[test]
        fn negating_twice_changes_nothing(token in token()) {
            prop_assert_ne!(&token.negated(), &token);
            prop_assert_eq!(token.negated().negated(), token);
        }
    }

    #[test]
    fn older_urls_are_still_understood() {
        assert_eq!(query(&parse("seen-before=2026-01-01&profile=none")), "?seen.before=2026-01-01&profile.empty=1");
    }

    #[test]
    fn fields_that_are_not_part_of_the_filter_are_ignored() {
        let filter = parse("page=2&other=1&profile=&login.before=x&login.unheard=x&profile.not=a&profile.not=a&q=+");
        assert_eq!(query(&filter), "?profile.not=a");
        assert_eq!(parse(""), PropertyFilter::default());
        assert_eq!(filter.without(&filter.tokens[0]), PropertyFilter::default());
    }
}
