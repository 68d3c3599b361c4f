//! Suggestions while the user types a filter, such as `Security profile is not adm`. The text consists of a property, an
//! operator and a part of a value. Without a property, values of all properties are suggested.

use jiff::civil::Date;
use serde::Serialize;

use super::dates::suggested_days;
use super::properties::{FilterValues, Operator, Property, Values, contains_words, resolve};
use super::{PropertyFilter, Token};
use crate::web::search_terms::search_terms;

/// The maximum number of characters that are read.
const TEXT_CHARS_MAX: usize = 300;

/// The maximum number of suggestions.
const SUGGESTIONS_MAX: usize = 20;

/// The maximum number of values that are suggested for each property if no property was entered.
const VALUES_OF_A_PROPERTY_MAX: usize = 3;

/// The symbols that can be typed instead of the words of an operator.
const SYMBOLS: [(&str, Operator); 3] = [("!=", Operator::IS_NOT), ("=", Operator::IS), (":", Operator::IS)];

/// A suggestion: either a link to the page with another token, or a text that continues what was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Suggestion {
    pub(crate) text: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) href: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fill: Option<String>,
}

/// Suggests tokens for a page.
pub(crate) struct Suggester<'a> {
    /// The properties that the viewer can filter by.
    pub(crate) properties: &'a [&'static Property],
    pub(crate) values: &'a dyn FilterValues,
    pub(crate) today: Date,
    /// The filter of the page.
    pub(crate) filter: &'a PropertyFilter,
    /// Returns the URL of the page with another filter.
    pub(crate) url: &'a dyn Fn(&PropertyFilter) -> String,
}

impl Suggester<'_> {
    /// Returns suggestions for a text, best first.
    pub(crate) fn suggest(&self, text: &str) -> Vec<Suggestion> {
        let text: String = text.chars().take(TEXT_CHARS_MAX).collect();
        let mut suggestions = match self.split_property(&text) {
            Some((property, rest)) => match split_operator(property, rest) {
                Some((operator, rest)) => self.values(property, operator, rest),
                None => self.operators(property, rest),
            },
            None => self.start(text.trim()),
        };
        suggestions.truncate(SUGGESTIONS_MAX);
        suggestions
    }

    /// Returns the token that a text stands for. Returns `None` unless the text consists of a property, an operator and
    /// a value.
    pub(crate) fn token(&self, text: &str) -> Option<Token> {
        let (property, rest) = self.split_property(text)?;
        let (operator, value) = split_operator(property, rest)?;
        match (operator.relation.takes_value(), value.trim()) {
            (false, "") => Some(Token::new(property, operator, "")),
            (false, _) | (true, "") => None,
            (true, value) => Some(Token::new(property, operator, &resolve(property, value, self.values)?)),
        }
    }

    /// Splits off the property at the beginning of a text.
    fn split_property<'t>(&self, text: &'t str) -> Option<(&'static Property, &'t str)> {
        let text = text.trim_start();
        let rest = |property: &&'static Property| Some((*property, strip_words(text, property.label)?));
        self.properties.iter().filter_map(rest).max_by_key(|(property, _)| property.label.len())
    }

    /// Returns suggestions for a text without a property.
    fn start(&self, text: &str) -> Vec<Suggestion> {
        let words = search_terms(text);
        let search = (!words.is_empty()).then(|| Suggestion {
            text: format!("Search for “{text}”"),
            href: Some((self.url)(&self.filter.with_search(text))),
            ..Suggestion::default()
        });
        let named = self.properties.iter().filter(|property| contains_words(property.label, &words));
        let properties = named.map(|property| fill(property.label.to_owned()));
        let values = self.properties.iter().filter(|_| !words.is_empty()).flat_map(|property| {
            let choices = property.choices(&words, VALUES_OF_A_PROPERTY_MAX, self.values);
            choices
                .into_iter()
                .map(|choice| self.link(Token::new(property, Operator::IS, &choice.value), &choice.text, choice.detail))
        });
        search.into_iter().chain(properties).chain(values).collect()
    }

    /// Returns suggestions for a property without an operator: values for the usual operator, and the other operators.
    fn operators(&self, property: &'static Property, rest: &str) -> Vec<Suggestion> {
        let usual = property.default_operator();
        let mut suggestions = match property.values {
            Values::Text if rest.trim().is_empty() => vec![self.operator(property, usual)],
            _ => self.values(property, usual, rest),
        };
        // Operators come after at most half of the suggestions, so that they are always visible.
        suggestions.truncate(SUGGESTIONS_MAX / 2);
        let others = property.operators().filter(|operator| *operator != usual);
        match rest.trim() {
            "" => suggestions.extend(others.map(|operator| self.operator(property, operator))),
            rest => suggestions.extend(
                others
                    .filter(|operator| operator.label().starts_with(&rest.to_lowercase()))
                    .map(|operator| self.operator(property, operator)),
            ),
        }
        suggestions
    }

    /// Suggests an operator. Links to the page if the operator takes no value.
    fn operator(&self, property: &'static Property, operator: Operator) -> Suggestion {
        let words = format!("{} {}", property.label, property.operator_label(operator));
        match operator.relation.takes_value() {
            true => fill(words),
            false => self.link(Token::new(property, operator, ""), "", String::new()),
        }
    }

    /// Returns suggestions for a value.
    fn values(&self, property: &'static Property, operator: Operator, rest: &str) -> Vec<Suggestion> {
        if !operator.relation.takes_value() {
            return vec![self.operator(property, operator)];
        }
        let (rest, words) = (rest.trim(), search_terms(rest));
        match property.values {
            Values::Options(_) | Values::Suggested => {
                let choices = property.choices(&words, SUGGESTIONS_MAX, self.values).into_iter();
                let link =
                    |value: &str, text: &str, detail| self.link(Token::new(property, operator, value), text, detail);
                choices.map(|choice| link(&choice.value, &choice.text, choice.detail)).collect()
            }
            Values::Date { is_future } => {
                let typed = rest.parse::<Date>().ok().map(|day| (day, ""));
                let days = suggested_days(self.today, is_future);
                let fitting = days.into_iter().filter(|(_, text)| contains_words(text, &words));
                let link = |(day, text): (Date, &str)| {
                    let value = day.to_string();
                    let shown = property.value_text(&value, self.values).unwrap_or_default();
                    self.link(Token::new(property, operator, &value), &shown, text.to_owned())
                };
                typed.into_iter().chain(fitting).map(link).collect()
            }
            Values::Text if rest.is_empty() => Vec::new(),
            Values::Text => vec![self.link(Token::new(property, operator, rest), &format!("“{rest}”"), String::new())],
        }
    }

    fn link(&self, token: Token, value: &str, detail: String) -> Suggestion {
        let words = [token.property.label, token.property.operator_label(token.operator), value];
        let text = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        Suggestion { text, detail, href: Some((self.url)(&self.filter.with(token))), fill: None }
    }
}

/// Splits off the operator at the beginning of a text.
fn split_operator<'t>(property: &Property, text: &'t str) -> Option<(Operator, &'t str)> {
    let text = text.trim_start();
    let is_offered = |operator: &Operator| property.relations.contains(&operator.relation);
    let symbol = SYMBOLS.into_iter().filter(|(_, operator)| is_offered(operator));
    if let Some(found) = symbol.into_iter().find_map(|(symbol, operator)| Some((operator, text.strip_prefix(symbol)?)))
    {
        return Some(found);
    }
    let rest = |operator: Operator| Some((operator, strip_words(text, property.operator_label(operator))?));
    // “is not” also starts with “is”.
    property.operators().filter_map(rest).max_by_key(|(operator, _)| property.operator_label(*operator).len())
}

/// Strips words at the beginning of a text, ignoring case. Returns `None` if the text has other words, or if it goes on
/// within a word.
fn strip_words<'t>(text: &'t str, words: &str) -> Option<&'t str> {
    let (begin, rest) = text.split_at_checked(words.len())?;
    let ends_word = !rest.starts_with(char::is_alphanumeric);
    (begin.eq_ignore_ascii_case(words) && ends_word).then_some(rest)
}

fn fill(text: String) -> Suggestion {
    Suggestion { fill: Some(format!("{text} ")), text, ..Suggestion::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::property_filter::{Relation, ValueChoice};

    static PROPERTIES: [Property; 5] = [
        Property::new("profile", "Security profile", &[Relation::Is], Values::Suggested),
        Property::options("status", "Status", &[("enabled", "Enabled"), ("disabled", "Disabled")]),
        Property::new("group", "Group", &[Relation::Is, Relation::Empty], Values::Suggested)
            .with_is_words("is in", "is not in"),
        Property::new("login", "Login", &[Relation::Contains, Relation::Is], Values::Text),
        Property::new("seen", "Last seen", &[Relation::Before, Relation::After], Values::Date { is_future: false }),
    ];

    struct Names;

    impl FilterValues for Names {
        fn text(&self, _: &Property, value: &str) -> Option<String> {
            (value == "1").then(|| "Admin".to_owned())
        }

        fn choices(&self, property: &Property, words: &[String], max: usize) -> Vec<ValueChoice> {
            let all = if property.id == "profile" { vec![ValueChoice::new("1", "Admin")] } else { Vec::new() };
            all.into_iter().filter(|choice| contains_words(&choice.text, words)).take(max).collect()
        }
    }

    fn with<T>(work: impl FnOnce(&Suggester<'_>) -> T) -> T {
        let properties: Vec<&'static Property> = PROPERTIES.iter().collect();
        let url = |filter: &PropertyFilter| super::super::Fields::from_pairs(filter.fields()).query();
        work(&Suggester {
            properties: &properties,
            values: &Names,
            today: Date::constant(2026, 11, 29),
            filter: &PropertyFilter::default(),
            url: &url,
        })
    }

    fn texts(typed: &str) -> Vec<String> {
        with(|suggester| suggester.suggest(typed).into_iter().map(|one| one.text).collect())
    }

    fn href(typed: &str) -> Option<String> {
        with(|suggester| suggester.suggest(typed).into_iter().find_map(|one| one.href))
    }

    #[test]
    fn without_text_all_properties_are_suggested() {
        assert_eq!(texts(""), ["Security profile", "Status", "Group", "Login", "Last seen"]);
    }

    #[test]
    fn values_are_found_without_their_property() {
        assert_eq!(texts("adm"), ["Search for “adm”", "Security profile is Admin"]);
        assert_eq!(href("adm").as_deref(), Some("?q=adm"));
        assert_eq!(texts("sec"), ["Search for “sec”", "Security profile"]);
    }

    #[test]
    fn a_property_leads_to_values_and_operators() {
        assert_eq!(texts("Security profile "), ["Security profile is Admin", "Security profile is not"]);
        assert_eq!(texts("security PROFILE is not a"), ["Security profile is not Admin"]);
        assert_eq!(href("security profile != adm").as_deref(), Some("?profile.not=1"));
        assert_eq!(texts("group"), ["Group is not in", "Group is empty", "Group is not empty"]);
        assert_eq!(href("group is e").as_deref(), Some("?group.empty=1"));
        assert_eq!(texts("login"), ["Login contains", "Login does not contain", "Login is", "Login is not"]);
        assert_eq!(href("login is ann").as_deref(), Some("?login=ann"));
        assert_eq!(texts("statuses"), ["Search for “statuses”"]);
    }

    #[test]
    fn days_are_suggested_and_understood() {
        assert_eq!(texts("last seen before 7"), ["Last seen before 22 Nov 2026"]);
        assert_eq!(href("last seen on or after 2026-01-02").as_deref(), Some("?seen.after=2026-01-02"));
    }

    #[test]
    fn a_complete_text_is_a_token() {
        let field = |typed: &str| with(|suggester| suggester.token(typed).map(|token| token.field().1.to_owned()));
        assert_eq!(field("Security profile is admin").as_deref(), Some("1"));
        assert_eq!(field("status: disabled").as_deref(), Some("disabled"));
        assert_eq!(field("Group is not empty").as_deref(), Some("1"));
        for other in
            ["ann lee", "Security profile", "Security profile is nothing", "Status disabled", "Group is empty x"]
        {
            assert_eq!(field(other), None, "{other}");
        }
    }
}
