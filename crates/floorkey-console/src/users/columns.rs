//! The columns of the list of users. Each viewer can select columns, and the selection is stored in a cookie.

use crate::user_fields::FIELDS;
use crate::web::form::Fields;

/// An optional column of the list of users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// The name of the column in the cookie and the form.
    pub(super) name: &'static str,
    /// The heading of the column.
    pub(super) title: &'static str,
}

impl Column {
    /// Whether the user is enabled, is locked out, or has no password.
    const STATUS: Self = Self { name: "status", title: "Status" };

    /// When the user was last active.
    pub(super) const LAST_SEEN: Self = Self { name: "seen", title: "Last seen" };

    /// Returns all columns in display order.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let fields = FIELDS.iter().filter(|field| !field.column.is_empty());
        fields.map(|field| Self { name: field.column, title: field.label }).chain([Self::STATUS, Self::LAST_SEEN])
    }
}

/// The names of the columns that are shown if the viewer has not selected any.
const DEFAULT: &str = "profiles.hierarchy.status.seen";

/// The name of the cookie with the selected columns. The cookie is not secret.
pub(super) const COOKIE: &str = "floorkey-user-columns";

/// Returns the columns that the cookie's value lists. Returns the default columns if the request has no such cookie.
pub(super) fn parse_cookie(value: Option<&str>) -> Vec<Column> {
    Column::all().filter(|column| value.unwrap_or(DEFAULT).split('.').any(|name| name == column.name)).collect()
}

/// Returns the cookie value for the selected checkboxes.
pub(super) fn cookie_value(fields: &Fields) -> String {
    let is_selected = |column: &Column| fields.all("column").any(|name| name == column.name);
    let names: Vec<_> = Column::all().filter(is_selected).map(|column| column.name).collect();
    // The viewer can select no columns at all, but the cookie's value must not be empty.
    if names.is_empty() { "none".to_owned() } else { names.join(".") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_round_trips_through_the_cookie() {
        fn names(value: Option<&str>) -> Vec<&'static str> {
            parse_cookie(value).into_iter().map(|column| column.name).collect()
        }
        let fields = Fields::parse(b"column=tags&column=email&column=other");
        assert_eq!(cookie_value(&fields), "email.tags");
        assert_eq!(names(Some("email.tags")), ["email", "tags"]);
        assert_eq!(names(Some(&cookie_value(&Fields::default()))), [""; 0]);
        assert_eq!(names(None), ["profiles", "hierarchy", "status", "seen"]);
        let all = ["email", "profiles", "routing", "hierarchy", "tags", "factors", "status", "seen"];
        assert_eq!(Column::all().map(|column| column.name).collect::<Vec<_>>(), all);
    }
}
