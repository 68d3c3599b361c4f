//! The fields of a form or of a query string. Several fields can have the same name.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use http::request::Parts;
use http::{StatusCode, header};

use super::page_error::PageError;

/// The maximum number of fields in a form. A form can have a field for each selected user, and up to `BATCH_MAX` users
/// can be selected.
const FIELDS_MAX: usize = floorkey::limits::BATCH_MAX + 2_000;

/// The maximum number of fields with the same name in a form. It equals the maximum number of conditions in a profile.
/// The limit does not apply to the fields for selected users.
const FIELDS_OF_A_NAME_MAX: usize = floorkey::limits::PERMISSIONS_MAX * floorkey::limits::CONDITIONS_A_GRANT_MAX;

/// The maximum number of fields in a query string. No page has filters that need more fields.
const QUERY_FIELDS_MAX: usize = 100;

/// The maximum length of a field's name, in bytes. The same maximum applies to a field's value.
const FIELD_BYTES_MAX: usize = 64 * 1024;

/// The names and values of fields, in order of appearance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

/// The fields of a submitted form, as an argument of a handler.
pub(crate) struct Form(pub(crate) Fields);

/// The fields of the query string, as an argument of a handler.
pub(crate) struct Query(pub(crate) Fields);

/// A condition of a filter as text, with the URL that removes the condition.
pub(crate) struct FilterChip {
    pub(crate) text: String,
    pub(crate) without: String,
}

impl Fields {
    /// Parses fields in the format `name=value&…`.
    pub(crate) fn parse(text: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(text);
        Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// Creates fields from names and values.
    pub(crate) fn from_pairs(pairs: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// Parses a form. Limits the number and the length of the fields to what the console's pages can send. These limits
    /// bound the cost of processing a form.
    ///
    /// # Errors
    /// Returns a [`PageError`] that names the exceeded limit.
    pub(crate) fn parse_form(text: &[u8]) -> Result<Self, PageError> {
        let separators = text.iter().filter(|byte| **byte == b'&').count();
        if separators >= FIELDS_MAX {
            return Err(PageError::InvalidInput(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("The form has more than {FIELDS_MAX} fields: choose fewer at a time."),
            ));
        }
        let fields = Self::parse(text);
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for (name, _) in fields.0.iter().filter(|(name, _)| name != "user") {
            let count = counts.entry(name.as_str()).or_default();
            *count += 1;
            if *count > FIELDS_OF_A_NAME_MAX {
                let text = format!("The form has more than {FIELDS_OF_A_NAME_MAX} fields “{}”.", truncated_name(name));
                return Err(PageError::InvalidInput(StatusCode::PAYLOAD_TOO_LARGE, text));
            }
        }
        let is_long = |(name, value): &&(String, String)| name.len().max(value.len()) > FIELD_BYTES_MAX;
        match fields.0.iter().find(is_long) {
            None => Ok(fields),
            Some((name, _)) => {
                let name = truncated_name(name);
                let text = format!("The field “{name}” is too long: at most {} kB are taken.", FIELD_BYTES_MAX / 1024);
                Err(PageError::InvalidInput(StatusCode::PAYLOAD_TOO_LARGE, text))
            }
        }
    }

    /// Returns the value of the field unchanged. Returns an empty string if the field is missing.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Returns the trimmed value of the field. Returns `None` if the field is missing or blank.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        Some(self.raw(name).trim()).filter(|text| !text.is_empty())
    }

    /// Returns the values of all fields with this name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether the form has a field with this name. The form has a field for each selected checkbox and for the pressed
    /// button.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// Returns the rows of a table of text fields. `names` are the names of the fields of a row. Trims the texts, and
    /// leaves out rows in which the first two texts are empty.
    pub(crate) fn rows<const N: usize>(&self, names: [&str; N]) -> Vec<[String; N]> {
        let columns = names.map(|name| self.all(name).map(str::trim).collect::<Vec<_>>());
        let count = columns.iter().map(Vec::len).min().unwrap_or_default();
        let row = |at: usize| columns.each_ref().map(|texts| texts.get(at).copied().unwrap_or_default().to_owned());
        (0..count).map(row).filter(|row| row.iter().take(2).any(|text| !text.is_empty())).collect()
    }

    /// Iterates over all names and values, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the fields with `name` set to one value. If `value` is `None`, returns the fields without `name`.
    pub(crate) fn with(&self, name: &str, value: Option<&str>) -> Self {
        let mut fields: Vec<_> = self.0.iter().filter(|(key, _)| key != name).cloned().collect();
        if let Some(value) = value {
            fields.push((name.to_owned(), value.to_owned()));
        }
        Self(fields)
    }

    /// Returns the fields with another field added at the end.
    pub(crate) fn with_added(&self, name: &str, value: &str) -> Self {
        let more = (name.to_owned(), value.to_owned());
        Self(self.0.iter().cloned().chain([more]).collect())
    }

    /// Returns the fields without any field that has this name and value.
    pub(crate) fn without(&self, name: &str, value: &str) -> Self {
        Self(self.0.iter().filter(|(key, other)| key != name || other.trim() != value).cloned().collect())
    }

    /// Returns the fields without any field that has a blank value.
    pub(crate) fn without_blank(&self) -> Self {
        Self(self.0.iter().filter(|(_, value)| !value.trim().is_empty()).cloned().collect())
    }

    /// Returns the fields as a query string that starts with `?`. Returns an empty string if there are no fields.
    pub(crate) fn query(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let pairs = form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish();
        format!("?{pairs}")
    }
}

/// Returns a field's name for error messages. Removes control characters, and truncates the name to 64 characters.
fn truncated_name(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(64).collect()
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(PageError::bad_request("This page takes a form, sent as application/x-www-form-urlencoded."));
        }
        let body = Bytes::from_request(request, state).await;
        let body = body.map_err(|_| PageError::bad_request("The form was not received completely."))?;
        Fields::parse_form(&body).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        if query.iter().filter(|byte| **byte == b'&').count() >= QUERY_FIELDS_MAX {
            let text = format!("The address has more than {QUERY_FIELDS_MAX} fields: choose fewer filters.");
            return Err(PageError::InvalidInput(StatusCode::URI_TOO_LONG, text));
        }
        Ok(Self(Fields::parse(query)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_names_survive_a_round_trip() {
        let fields = Fields::parse(b"user=1&user=2&q=Ann+%26+Bob&empty=");
        assert_eq!(fields.all("user").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(fields.text("q"), Some("Ann & Bob"));
        assert_eq!((fields.text("empty"), fields.has("empty"), fields.has("none")), (None, true, false));
        assert_eq!(fields.with("user", Some("3")).with("empty", None).query(), "?q=Ann+%26+Bob&user=3");
        assert_eq!(fields.without("user", "1").without_blank().query(), "?user=2&q=Ann+%26+Bob");
        assert_eq!(Fields::default().query(), "");
    }

    #[test]
    fn form_fields_are_limited_in_number_and_length() {
        let field = |bytes: usize| format!("a=1&note={}", "%C3%A9".repeat(bytes / 2));
        assert!(Fields::parse_form(field(FIELD_BYTES_MAX).as_bytes()).is_ok());
        let refused = Fields::parse_form(field(FIELD_BYTES_MAX + 2).as_bytes());
        assert!(matches!(refused, Err(PageError::InvalidInput(_, text)) if text.contains("“note”")));
        assert!(Fields::parse_form("user=1&".repeat(FIELDS_MAX - 1).as_bytes()).is_ok());
        assert!(Fields::parse_form("user=1&".repeat(FIELDS_MAX).as_bytes()).is_err());
        assert!(Fields::parse_form("p=1&".repeat(FIELDS_OF_A_NAME_MAX).as_bytes()).is_ok());
        let refused = Fields::parse_form("p=1&".repeat(FIELDS_OF_A_NAME_MAX + 1).as_bytes());
        assert!(matches!(refused, Err(PageError::InvalidInput(_, text)) if text.contains("5000 fields “p”")));
    }
}
