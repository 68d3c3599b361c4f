//! The form that adds a token without JavaScript: a property, an operator and a value. The value is a select box, a date
//! or a text field with suggestions, once the property is known.

use super::properties::{FilterValues, Operator, Property, Relation, Values, resolve};
use super::{PropertyFilter, Token};
use crate::web::fields::{InvalidInput, SelectOption};
use crate::web::form::Fields;

/// The names of the form's fields. A URL that has the first one opens the form.
pub(crate) const FIELDS: [&str; 3] = ["add", "operator", "value"];

/// The maximum number of values that the form lists.
const CHOICES_MAX: usize = 500;

/// The form, as the page shows it.
#[derive(Default)]
pub(crate) struct AddForm {
    /// Whether the form is open.
    pub(crate) is_open: bool,
    pub(crate) properties: Vec<SelectOption>,
    pub(crate) operators: Vec<SelectOption>,
    /// The entered value.
    pub(crate) value: String,
    /// Whether the value is a date.
    pub(crate) is_date: bool,
    /// The values to choose from if there are no others.
    pub(crate) options: Vec<SelectOption>,
    /// The texts that the text field suggests.
    pub(crate) suggestions: Vec<String>,
    pub(crate) error: Option<String>,
}

/// The result of a submitted form.
pub(crate) enum AddResult {
    /// The filter with the new token.
    Added(PropertyFilter),
    /// The form to show. It is closed if it was not submitted.
    Form(AddForm),
}

impl AddForm {
    /// Handles the form's fields in a URL.
    pub(crate) fn submit(
        fields: &Fields,
        filter: &PropertyFilter,
        properties: &[&'static Property],
        values: &dyn FilterValues,
    ) -> AddResult {
        let [add, operator, value] = FIELDS.map(|name| fields.raw(name).trim());
        let property = properties.iter().copied().find(|property| property.id == add);
        let operator = Operator::parse(operator);
        let mut error = None;
        if let Some((property, operator)) = property.zip(operator) {
            match token(property, operator, value, values) {
                Ok(Some(token)) => return AddResult::Added(filter.with(token)),
                Ok(None) => {}
                Err(invalid) => error = Some(invalid.into()),
            }
        }
        AddResult::Form(Self {
            is_open: fields.has("add"),
            properties: property_options(properties, property),
            operators: operator_options(property, operator),
            error,
            ..Self::value_input(property, value, values)
        })
    }

    fn value_input(property: Option<&'static Property>, value: &str, values: &dyn FilterValues) -> Self {
        let mut form = Self { value: value.to_owned(), ..Self::default() };
        let Some(property) = property else { return form };
        let choices = || property.choices(&[], CHOICES_MAX, values).into_iter();
        match property.values {
            Values::Options(_) => {
                let choices = choices().map(|choice| (choice.value, choice.text));
                form.options = SelectOption::all(choices, |choice| choice == value);
            }
            Values::Suggested => form.suggestions = choices().map(|choice| choice.text).collect(),
            Values::Date { .. } => form.is_date = true,
            Values::Text => {}
        }
        form
    }
}

/// Returns the token that was entered. Returns `Ok(None)` if no value was entered yet.
fn token(
    property: &'static Property,
    operator: Operator,
    value: &str,
    values: &dyn FilterValues,
) -> Result<Option<Token>, InvalidInput> {
    if !property.relations.contains(&operator.relation) {
        let words: Vec<_> = property.operators().map(|operator| property.operator_label(operator)).collect();
        let text = format!("Choose one of these for “{}”: {}.", property.label, words.join(", "));
        return Err(InvalidInput(text));
    }
    if !operator.relation.takes_value() {
        return Ok(Some(Token::new(property, operator, "")));
    }
    if value.is_empty() {
        return Ok(None);
    }
    match (resolve(property, value, values), property.values) {
        (Some(value), _) => Ok(Some(Token::new(property, operator, &value))),
        (None, Values::Date { .. }) => Err(InvalidInput("Enter a date, such as 2026-11-29.".to_owned())),
        (None, _) => {
            let text = format!("“{}”: there is no “{value}”. Choose one from the list.", property.label);
            Err(InvalidInput(text))
        }
    }
}

fn property_options(properties: &[&'static Property], selected: Option<&Property>) -> Vec<SelectOption> {
    let is_selected = |id: &str| selected.is_some_and(|property| property.id == id);
    SelectOption::all(
        properties.iter().map(|property| (property.id.to_owned(), property.label.to_owned())),
        is_selected,
    )
}

/// Returns the operators of the property. Without a property, returns all operators.
fn operator_options(property: Option<&'static Property>, selected: Option<Operator>) -> Vec<SelectOption> {
    let option = |operator: Operator| {
        let label = property.map_or(operator.label(), |property| property.operator_label(operator));
        (operator.name().to_owned(), label.to_owned())
    };
    let offered = |operator: &Operator| property.is_none_or(|property| property.relations.contains(&operator.relation));
    let first = property.map_or(Operator::new(Relation::Is), Property::default_operator);
    let selected = selected.filter(offered).unwrap_or(first);
    SelectOption::all(Operator::all().filter(offered).map(option), |name| name == selected.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::property_filter::ValueChoice;

    static PROPERTIES: [Property; 3] = [
        Property::new("profile", "Profile", &[Relation::Is], Values::Suggested),
        Property::options("status", "Status", &[("enabled", "Enabled"), ("disabled", "Disabled")]),
        Property::new("group", "Group", &[Relation::Is, Relation::Empty], Values::Text),
    ];

    struct Names;

    impl FilterValues for Names {
        fn text(&self, _: &Property, value: &str) -> Option<String> {
            (value == "1").then(|| "Agent".to_owned())
        }

        fn choices(&self, _: &Property, words: &[String], _: usize) -> Vec<ValueChoice> {
            let fits = super::super::properties::contains_words("Agent", words);
            if fits { vec![ValueChoice::new("1", "Agent")] } else { Vec::new() }
        }
    }

    fn submit(query: &str) -> AddResult {
        let properties: Vec<&'static Property> = PROPERTIES.iter().collect();
        AddForm::submit(&Fields::parse(query.as_bytes()), &PropertyFilter::default(), &properties, &Names)
    }

    fn added(query: &str) -> String {
        match submit(query) {
            AddResult::Added(filter) => Fields::from_pairs(filter.fields()).query(),
            AddResult::Form(form) => form.error.unwrap_or_default(),
        }
    }

    #[test]
    fn values_are_entered_as_texts_or_values() {
        assert_eq!(added("add=profile&operator=is&value=+agent+"), "?profile=1");
        assert_eq!(added("add=profile&operator=not&value=1"), "?profile.not=1");
        assert_eq!(added("add=status&operator=is&value=Disabled"), "?status=disabled");
        assert_eq!(added("add=group&operator=not-empty&value="), "?group.not-empty=1");
        assert!(added("add=profile&operator=is&value=Nothing").contains("there is no “Nothing”"));
        assert!(added("add=status&operator=before&value=enabled").contains("is, is not"));
    }

    #[test]
    fn the_value_is_entered_as_the_property_requires() {
        let form = |query: &str| match submit(query) {
            AddResult::Form(form) => form,
            AddResult::Added(_) => panic!("{query} adds a token"),
        };
        assert!(!form("").is_open);
        assert_eq!(form("").operators.len(), Operator::all().count());
        let status = form("add=status&operator=is&value=");
        assert!(status.is_open && status.error.is_none());
        assert_eq!((status.options.len(), status.operators.len()), (2, 2));
        assert_eq!(form("add=profile").suggestions, ["Agent"]);
    }
}
