//! Tables of a record's fields. Forms, the placement of errors, reviews, Historical changes, CSV files, the column
//! chooser and bulk edit take the IDs and labels of fields from them.

use floorkey::{EntityKind, Refusal, ResourceType};
use floorkey_service::failure::Failure;

use super::page_error::to_sentence;

/// The choices for a setting that can be on, off or not set.
pub(crate) const YES_NO: &[(&str, &str)] = &[("", "Not set"), ("yes", "Yes"), ("no", "No")];

/// A field of a record of type `R`.
pub(crate) struct Field<R: 'static> {
    /// The name of the form field and the HTML ID.
    pub(crate) id: &'static str,
    /// The label, which is the same on all pages.
    pub(crate) label: &'static str,
    /// The label of a single value if the field has several values. Otherwise, the same as `label`.
    pub(crate) singular: &'static str,
    /// The section of the form. Empty if the form does not show the field.
    pub(crate) section: &'static str,
    pub(crate) hint: &'static str,
    /// A hint about changing the value, which forms for existing records add.
    pub(crate) edit_hint: &'static str,
    pub(crate) input: Input,
    /// Whether every record must have a value.
    pub(crate) required: bool,
    /// The inputs in Amazon Connect's API that the domain names in refusals of a value.
    wire: &'static [&'static str],
    /// The kind of entity that a refusal of a duplicate is about; `None` if two records can have the same value.
    unique: Option<EntityKind>,
    /// The kind of entity that the field refers to.
    refers_to: Option<EntityKind>,
    /// The name of the field in audit events.
    pub(crate) history: &'static str,
    /// The heading in CSV files, followed by other accepted headings. Empty if CSV files don't have the field.
    pub(crate) csv: &'static [&'static str],
    /// The value in the example row of the CSV template.
    pub(crate) example: &'static str,
    /// The name of the column in the list. Empty if there is no such column.
    pub(crate) column: &'static str,
    /// The name of the form field in bulk edit. Empty if bulk edit does not offer the field.
    pub(crate) bulk: &'static str,
    /// Returns the value as text: an ID for a record, `yes` or `no` for a setting.
    pub(crate) get: fn(&R) -> String,
    /// Sets a value that [`Self::get`] returned or that was entered. Fails with a sentence about an invalid value.
    pub(crate) set: fn(&mut R, &str) -> Result<(), &'static str>,
}

/// How a value is entered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// A text field, with its HTML type.
    Text(&'static str),
    /// One of these values, each with its text. An empty value stands for no value.
    Options(&'static [(&'static str, &'static str)]),
    /// A record, chosen from those that the viewer can see. Contains the text for no record.
    Record(&'static str),
    /// Several values, which have their own part of the form.
    List,
    /// The form does not change the value.
    ReadOnly,
}

/// Defines a method for each of these members of [`Field`], which returns the field with another value.
macro_rules! setters {
    ($($member:ident: $type:ty),+ $(,)?) => {
        impl<R> Field<R> {
            $(pub(crate) const fn $member(self, $member: $type) -> Self {
                Self { $member, ..self }
            })+
        }
    };
}

setters! {
    input: Input,
    hint: &'static str,
    edit_hint: &'static str,
    wire: &'static [&'static str],
    history: &'static str,
    column: &'static str,
    bulk: &'static str,
    get: fn(&R) -> String,
    set: fn(&mut R, &str) -> Result<(), &'static str>,
}

impl<R> Field<R> {
    /// Creates a text field of a section.
    pub(crate) const fn new(id: &'static str, label: &'static str, section: &'static str) -> Self {
        Self {
            id,
            label,
            singular: label,
            section,
            hint: "",
            edit_hint: "",
            input: Input::Text("text"),
            required: false,
            wire: &[],
            unique: None,
            refers_to: None,
            history: id,
            csv: &[],
            example: "",
            column: "",
            bulk: "",
            get: |_| String::new(),
            set: |_, _| Ok(()),
        }
    }

    /// Creates a field that the form does not show.
    pub(crate) const fn read_only(id: &'static str, label: &'static str) -> Self {
        Self { input: Input::ReadOnly, ..Self::new(id, label, "") }
    }

    /// Creates a field with several values. `singular` is the label of one of them.
    pub(crate) const fn list(
        id: &'static str,
        label: &'static str,
        singular: &'static str,
        section: &'static str,
    ) -> Self {
        Self { singular, input: Input::List, ..Self::new(id, label, section) }
    }

    pub(crate) const fn unique(self, unique: EntityKind) -> Self {
        Self { unique: Some(unique), ..self }
    }

    pub(crate) const fn refers_to(self, refers_to: EntityKind) -> Self {
        Self { refers_to: Some(refers_to), ..self }
    }

    pub(crate) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(crate) const fn csv(self, csv: &'static [&'static str], example: &'static str) -> Self {
        Self { csv, example, ..self }
    }

    /// Whether the form has one input for the field.
    pub(crate) const fn has_single_value(&self) -> bool {
        matches!(self.input, Input::Text(_) | Input::Options(_) | Input::Record(_))
    }

    /// Returns the input of a form with this value. `choices` are the records that can be chosen.
    pub(crate) fn form_input(&self, value: &str, choices: Vec<(String, String)>, errors: &FieldErrors) -> FormInput {
        let owned = |(value, text): &(&str, &str)| ((*value).to_owned(), (*text).to_owned());
        let (kind, mut choices): (_, Vec<_>) = match self.input {
            Input::Options(all) => ("", all.iter().map(owned).collect()),
            Input::Record(none) => ("", [owned(&("", none))].into_iter().chain(choices).collect()),
            Input::Text(kind) => (kind, Vec::new()),
            Input::List | Input::ReadOnly => ("text", Vec::new()),
        };
        if kind.is_empty() && !choices.iter().any(|(choice, _)| choice == value) {
            choices.push((value.to_owned(), value.to_owned()));
        }
        FormInput {
            name: self.id,
            label: self.label,
            hint: self.hint.to_owned(),
            kind,
            value: value.to_owned(),
            required: self.required,
            error: errors.get(self.id),
            options: SelectOption::all(choices, |choice| choice == value),
        }
    }
}

/// An input of a form: a text field, or a select box if it has options.
pub(crate) struct FormInput {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) hint: String,
    /// The HTML type of a text field.
    pub(crate) kind: &'static str,
    pub(crate) value: String,
    pub(crate) required: bool,
    pub(crate) error: Option<String>,
    pub(crate) options: Vec<SelectOption>,
}

/// An option of a select box or a checkbox of a list.
pub(crate) struct SelectOption {
    pub(crate) value: String,
    pub(crate) text: String,
    pub(crate) is_selected: bool,
}

impl SelectOption {
    /// Returns the options for these values and texts.
    pub(crate) fn all(
        choices: impl IntoIterator<Item = (String, String)>,
        is_selected: impl Fn(&str) -> bool,
    ) -> Vec<Self> {
        let option = |(value, text): (String, String)| Self { is_selected: is_selected(&value), value, text };
        choices.into_iter().map(option).collect()
    }
}

/// A sentence about an invalid input, for the person who entered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InvalidInput(pub(crate) String);

impl From<InvalidInput> for String {
    fn from(InvalidInput(sentence): InvalidInput) -> Self {
        sentence
    }
}

/// The errors of a form, each with the ID of its field. The ID `""` stands for the form as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldErrors<E = String>(Vec<(&'static str, E)>);

impl<E: Clone> FieldErrors<E> {
    /// Returns the error of a field.
    pub(crate) fn get(&self, id: &str) -> Option<E> {
        self.0.iter().find(|(field, _)| *field == id).map(|(_, error)| error.clone())
    }

    /// Whether any of these fields has an error.
    pub(crate) fn has(&self, ids: &[&str]) -> bool {
        self.0.iter().any(|(field, _)| ids.contains(field))
    }

    /// Returns all errors with their fields, except the error of the form as a whole.
    pub(crate) fn by_field(&self) -> Vec<(&'static str, E)> {
        self.0.iter().filter(|(field, _)| !field.is_empty()).cloned().collect()
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds an error, unless the field already has one.
    pub(crate) fn add(&mut self, id: &'static str, error: impl Into<E>) {
        if !self.has(&[id]) {
            self.0.push((id, error.into()));
        }
    }

    /// Returns the value, or adds the error and returns `None`.
    pub(crate) fn record<T>(&mut self, id: &'static str, result: Result<T, impl Into<E>>) -> Option<T> {
        result.map_err(|error| self.add(id, error)).ok()
    }
}

impl FieldErrors {
    /// Adds a refusal as an error of the field that caused it.
    pub(crate) fn add_refusal<R>(&mut self, fields: &[Field<R>], refusal: &Refusal) {
        let root = refusal.root();
        let text = match root {
            // Only the outer refusal contains the reference code for the withheld details.
            _ if refusal.withholds_details() => to_sentence(&Failure::Refused(refusal.clone())),
            Refusal::Invalid(invalid) => floorkey::text::sentence(&invalid.problem),
            root => to_sentence(&Failure::Refused(root.clone())),
        };
        self.add(cause(fields, refusal).map_or("", |field| field.id), text);
    }
}

/// Returns the text of a field, or an empty string if there is no field with this ID.
pub(crate) fn text_of<R>(fields: &[Field<R>], id: &str, text: fn(&Field<R>) -> &'static str) -> &'static str {
    fields.iter().find(|field| field.id == id).map_or("", text)
}

/// Returns the field that caused a refusal. Returns `None` if the refusal is not about one field.
pub(crate) fn cause<'a, R>(fields: &'a [Field<R>], refusal: &Refusal) -> Option<&'a Field<R>> {
    let root = refusal.root();
    fields.iter().find(|field| match root {
        Refusal::Invalid(invalid) => invalid.input.split(", ").any(|input| field.wire.contains(&input)),
        Refusal::LimitExceeded { input, .. } => field.wire.contains(input),
        Refusal::Duplicate { kind, .. } => field.unique == Some(*kind),
        Refusal::Reserved { .. } => field.unique == Some(EntityKind::Resource(ResourceType::User)),
        Refusal::NotFound { kind, .. } => field.refers_to == Some(*kind),
        _ => false,
    })
}

/// Checks a table: IDs and labels exist and are unique, and no two fields claim the same name.
#[cfg(test)]
pub(crate) fn assert_unambiguous<R>(fields: &[Field<R>]) {
    let assert_unique = |what: &str, names: Vec<&str>| {
        for (at, name) in names.iter().enumerate() {
            assert!(!names.iter().skip(at + 1).any(|other| other == name), "two fields have the {what} “{name}”");
        }
    };
    for field in fields {
        assert!(!field.id.is_empty() && !field.label.is_empty() && !field.singular.is_empty(), "{}", field.id);
    }
    let all = |names: fn(&Field<R>) -> Vec<&'static str>| {
        fields.iter().flat_map(names).filter(|name| !name.is_empty()).collect::<Vec<_>>()
    };
    assert_unique("ID", all(|field| vec![field.id]));
    assert_unique("label", all(|field| vec![field.label]));
    assert_unique("input", all(|field| field.wire.to_vec()));
    assert_unique("column", all(|field| vec![field.column]));
    assert_unique("bulk name", all(|field| vec![field.bulk]));
    assert_unique("heading", all(|field| field.csv.to_vec()));
    assert_unique("reference", all(|field| field.refers_to.iter().map(|kind| kind.noun()).collect()));
}

/// Checks that each of these changed records differs from `base` in the value of exactly one field.
#[cfg(test)]
pub(crate) fn assert_one_field_each<R>(fields: &[Field<R>], base: &R, changed: &[(&str, R)]) {
    for (member, record) in changed {
        let differing: Vec<_> =
            fields.iter().filter(|field| (field.get)(base) != (field.get)(record)).map(|field| field.id).collect();
        assert_eq!(differing.len(), 1, "{member} is in the fields {differing:?}");
    }
}
