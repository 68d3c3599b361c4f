//! The values of the Check access form as the user entered them. The query string has the same fields.

use crate::web::fields;
use crate::web::form::Fields;

/// The values of the form fields, unchanged.
#[derive(Clone, Debug, Default)]
pub(super) struct FormInput {
    /// The user's name or login.
    pub(super) who: String,
    /// The permission's name, or words from its description.
    pub(super) can: String,
    /// The API name of the resource type. Empty if the permission determines the type.
    pub(super) kind: String,
    /// The resource's name or ID.
    pub(super) to: String,
    /// The time, in the format of a `datetime-local` field.
    pub(super) at: String,
    /// The attributes of the resource, of the user, and of the action, as `name=value` pairs, one per line.
    pub(super) resource_attributes: String,
    pub(super) user_attributes: String,
    pub(super) action_attributes: String,
}

impl FormInput {
    pub(super) fn parse(fields: &Fields) -> Self {
        let text = |name: &str| fields.text(name).unwrap_or_default().to_owned();
        Self {
            who: text("who"),
            can: text("can"),
            kind: text("kind"),
            to: text("to"),
            at: text("at"),
            resource_attributes: text("thing"),
            user_attributes: text("user"),
            action_attributes: text("act"),
        }
    }

    /// Whether the form is empty.
    pub(super) fn is_blank(&self) -> bool {
        [&self.who, &self.can, &self.to, &self.resource_attributes, &self.user_attributes, &self.action_attributes]
            .into_iter()
            .all(String::is_empty)
    }

    /// Whether the section that is collapsed by default contains any input.
    pub(super) fn has_advanced(&self) -> bool {
        self.has_attributes() || !self.at.is_empty()
    }

    /// Whether the form contains any attributes.
    fn has_attributes(&self) -> bool {
        [&self.user_attributes, &self.action_attributes, &self.resource_attributes]
            .into_iter()
            .any(|text| !text.is_empty())
    }
}

/// The error message for a form field, with suggested values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FieldError {
    pub(super) text: String,
    /// The suggested values. Each suggestion consists of its text and the address of the page with this value filled
    /// in.
    pub(super) choices: Vec<(String, String)>,
}

impl FieldError {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), choices: Vec::new() }
    }

    /// Creates an error for an ambiguous value, with a list of possible values. Each value links to the same page with
    /// this value filled in.
    pub(super) fn ambiguous(
        text: impl Into<String>,
        page: &str,
        fields: &Fields,
        field: &str,
        choices: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let link = |(label, value): (String, String)| {
            let fields = fields.with("page", None).with(field, Some(&value)).without_blank();
            (label, format!("{page}{}", fields.query()))
        };
        Self { text: text.into(), choices: choices.into_iter().map(link).collect() }
    }
}

/// The errors of the form.
pub(super) type FieldErrors = fields::FieldErrors<FieldError>;

/// The fields in the section that is collapsed unless one of them has an error.
pub(super) const ADVANCED_FIELDS: [&str; 4] = ["at", "thing", "user", "act"];

/// Parses `name=value` pairs, one per line.
///
/// # Errors
/// Returns an error about the first line that is not a `name=value` pair.
pub(super) fn pairs(text: &str) -> Result<Vec<(String, String)>, FieldError> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let pair = |line: &str| match line.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.trim().to_owned())),
        _ => Err(FieldError::new(format!("“{line}” is not valid. Enter one name=value pair per line."))),
    };
    lines.map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_lines_with_an_equals_sign() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(pairs(" a = b=c \r\n\n d=").unwrap(), [pair("a", "b=c"), pair("d", "")]);
        assert!(pairs("a=b\nnothing").unwrap_err().text.contains("“nothing”"));
        assert!(pairs("=b").is_err());
    }

    #[test]
    fn choices_link_to_the_same_page_with_the_value_filled_in() {
        let fields = Fields::parse(b"who=an&can=Users.Edit&to=&page=3");
        let error = FieldError::ambiguous("Which?", "/x", &fields, "who", [("Ann".to_owned(), "ann".to_owned())]);
        assert_eq!(error.choices, [("Ann".to_owned(), "/x?can=Users.Edit&who=ann".to_owned())]);
    }
}
